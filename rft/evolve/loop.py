"""Go through the stages of a loop, each in a process of its own, passing over what is done."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from agentkit.errors import ConfigError, DataError, boundary
from rft.evolve.config import EvolveConfig
from rft.evolve.plan import Stage
from rft.launch import run_command
from rft.settings import load, read_yaml, to_yaml

SETTINGS = "evolve.yaml"


def go(
    out: Path, stages: Sequence[Stage], say: Callable[[str], None], run: Callable[[Sequence[str]], int] = run_command
) -> int:
    """Run what is not done yet, in order. Returns 0, or the exit code of the stage that ended the loop."""
    for stage in stages:
        if stage.done.exists():
            continue
        say(f"round {stage.round}: {stage.name}")
        with boundary(DataError, f"cannot write {out}"):
            stage.done.parent.mkdir(parents=True, exist_ok=True)
        code = run([sys.executable, "-m", "rft", *stage.words])
        if code:
            say(f"round {stage.round}: {stage.name} ended with exit code {code}; the same command goes on from there")
            return code
        if stage.marked:
            stage.done.touch()
    return 0


def same_settings(out: Path, config: EvolveConfig) -> None:
    """Keep the settings in the folder, or hold them against those that it began with: only `rounds` may differ.

    ConfigError when others do.
    """
    file = out / SETTINGS
    if file.is_file():
        before = load(EvolveConfig, None, read_yaml(EvolveConfig, file))
        names = [field.name for field in dataclasses.fields(EvolveConfig) if field.name != "rounds"]
        if changed := [name for name in names if getattr(before, name) != getattr(config, name)]:
            raise ConfigError(f"{out} began with other settings ({', '.join(changed)}): choose another --out")
    with boundary(DataError, f"cannot write {out}"):
        out.mkdir(parents=True, exist_ok=True)
        scratch = file.with_suffix(".tmp")
        scratch.write_text(to_yaml(config), "utf-8")
        scratch.replace(file)
