"""`rft train` in a process of its own, for tests that stop it."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rft.run_log import read_metrics


def start(settings: Mapping[str, Any], out: Path, steps: int, *words: str) -> subprocess.Popen[str]:
    """Begin a run of `steps` steps with `settings` and further flags; stderr is a pipe."""
    config = out.parent / f"{out.name}.json"
    config.write_text(json.dumps(settings))  # JSON is YAML
    flags = ["--config", str(config), "--out", str(out), "--steps", str(steps), *words]
    env = {**os.environ, "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "rft", "train", *flags]
    return subprocess.Popen(command, env=env, stderr=subprocess.PIPE, text=True, start_new_session=True)


def forked(words: list[str]) -> Any:
    """`rft WORDS` in a process that is forked from one with everything imported, so that starting costs no seconds."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["rft.cli", "rft.loading", "rft.trl_bridge"])
    process = context.Process(target=_quietly, args=(words,))
    process.start()
    return process


def _quietly(words: list[str]) -> None:
    import torch

    from rft.cli import main

    sys.stdout = sys.stderr = open(os.devnull, "w")  # noqa: SIM115 - until the process ends
    torch.set_num_threads(1)
    raise SystemExit(main(words))


def wait_for_lines(process: subprocess.Popen[str], out: Path, count: int) -> None:
    """Return once metrics.jsonl has `count` lines."""
    deadline = time.monotonic() + 90
    while len(read_metrics(out / "metrics.jsonl")) < count:
        assert process.poll() is None, process.stderr.read()
        assert time.monotonic() < deadline
        time.sleep(0.005)


def finish(process: subprocess.Popen[str]) -> tuple[int, str]:
    """Exit code and stderr. A process that hangs is killed with all that it started."""
    try:
        _, err = process.communicate(timeout=150)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        raise
    return process.returncode, err


def comparable(out: Path) -> list[dict[str, Any]]:
    """Metrics without the clock and the memory."""
    lines = read_metrics(out / "metrics.jsonl")
    return [{k: v for k, v in line.items() if not k.startswith("memory/") and "time" not in k} for line in lines]
