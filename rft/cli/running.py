"""What `rft train` and `rft sft` share: flags, printing, launching, and the exit code."""

from __future__ import annotations

import argparse
import logging
import os
import sys
import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from rft.configs import RunConfig
from rft.launch import is_launched, is_main, launch_command, run_command, shown
from rft.settings import add_flags, given, load, to_yaml

if TYPE_CHECKING:
    from rft.train import RunResult

C = TypeVar("C", bound=RunConfig)

LAUNCH_FIELDS = ("launch", "nproc", "nnodes", "rdzv_endpoint", "accelerate_config")
"""Settings that the launched processes must not see: torchrun reads `--nproc` among its script's words as its own."""


def configure(parser: argparse.ArgumentParser, config: type[RunConfig]) -> None:
    """Every field as a flag, and the two flags that only print."""
    add_flags(parser, config)
    parser.add_argument("--print-config", action="store_true", help="print the settings as YAML and stop")
    parser.add_argument("--print-launch", action="store_true", help="print the launcher's command line and stop")


def run(command: str, args: argparse.Namespace, config_type: type[C], work: Callable[[C], RunResult]) -> int:
    """Print, launch or work, as the flags say. Returns the exit code: 143 when SIGTERM ended the run."""
    flags = given(args)
    config = load(config_type, args.config, flags)
    if args.print_config:
        print(to_yaml(config), end="")
        return 0
    if args.print_launch or (config.launch != "none" and not is_launched()):
        line = launch_command(config, ["rft", command, *words(args.config, flags)])
        if args.print_launch:
            print(shown(line))
            return 0
        config.require_paths()
        return run_command(line)
    config.require_paths()
    quiet()
    result = work(config)
    if result.stopped:
        print(f"stopped at step {result.steps}; run the same command again to go on", file=sys.stderr)
        return 143
    if is_main():
        best = f", the best on held-out data in {result.best}" if result.best else ""
        print(f"{result.steps} steps; model in {result.final}{best}, curve in {result.folder / 'curve.png'}")
    return 0


def words(config_file: str | None, flags: dict[str, object]) -> list[str]:
    """The given flags as command-line words, without those about launching."""
    out = ["--config", config_file] if config_file else []
    for name, value in flags.items():
        flag = name.replace("_", "-")
        if name in LAUNCH_FIELDS:
            continue
        if isinstance(value, bool):
            out.append(f"--{flag}" if value else f"--no-{flag}")
        elif isinstance(value, list):
            out += [f"--{flag}", *map(str, value)]
        else:
            out += [f"--{flag}", str(value)]
    return out


def quiet() -> None:
    """Our own progress to stderr; of the libraries warnings only, without the bars; of other ranks errors only."""
    logging.basicConfig(level=logging.WARNING, format="%(message)s", stream=sys.stderr, force=True)
    logging.getLogger("rft").setLevel(logging.INFO)
    if not is_main():
        logging.disable(logging.WARNING)
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    # Names that transformers is about to change; TRL uses them, we cannot.
    warnings.filterwarnings("ignore", category=FutureWarning, module="transformers")
    from transformers.utils.logging import disable_progress_bar

    disable_progress_bar()
