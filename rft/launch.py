"""The command line that starts a run on several processes, and starting it. Inside a launched process: nothing.

Scale-out belongs to torchrun and accelerate; this file only writes their command lines.
"""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from types import FrameType

from agentkit.errors import ConfigError
from rft.configs import RunConfig


def is_launched(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether a launcher (torchrun, accelerate, SLURM's wrappers) already started this process."""
    return "RANK" in environ or "WORLD_SIZE" in environ


def is_main(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether this process speaks and writes for all: rank 0, or the only one."""
    return environ.get("RANK", "0") == "0"


def launch_command(config: RunConfig, program: Sequence[str]) -> list[str]:
    """The launcher's command line for `program` (module and arguments, such as `["rft", "train", ...]`).

    Raises ConfigError for settings the launcher would silently get wrong.
    """
    if config.nnodes > 1 and not config.rdzv_endpoint:
        raise ConfigError(f"rdzv_endpoint (host:port) is needed for nnodes={config.nnodes}")
    if config.launch == "accelerate":
        if config.device == "cpu":
            raise ConfigError("accelerate launch runs a single process on CPUs without saying so; use launch=torchrun")
        extra = ["--config_file", config.accelerate_config] if config.accelerate_config else []
        if config.nnodes > 1:
            host, _, port = config.rdzv_endpoint.partition(":")
            extra += ["--num_machines", str(config.nnodes), "--main_process_ip", host, "--main_process_port", port]
        total = str(config.nproc * config.nnodes)
        return [sys.executable, "-m", "accelerate.commands.launch", "--num_processes", total, *extra, "-m", *program]
    if config.accelerate_config:
        raise ConfigError(f"accelerate_config needs launch=accelerate, got launch={config.launch}")
    where = ["--standalone"]
    if config.nnodes > 1:
        where = ["--nnodes", str(config.nnodes), "--rdzv_backend", "c10d", "--rdzv_endpoint", config.rdzv_endpoint]
    return [sys.executable, "-m", "torch.distributed.run", *where, "--nproc_per_node", str(config.nproc), "-m",
            *program]  # fmt: skip


def shown(command: Sequence[str]) -> str:
    """The command as one line for a shell, a SLURM script or a pod."""
    return shlex.join(["python" if word == sys.executable else word for word in command])


def run_command(command: Sequence[str]) -> int:
    """Run `command`, pass SIGTERM and SIGINT on to it, and return its exit code: 143 when SIGTERM ended it."""
    child = subprocess.Popen(command)  # noqa: S603 - a list, our own words and the user's flags
    passed: set[int] = set()

    def pass_on(number: int, _frame: FrameType | None) -> None:
        passed.add(number)
        child.send_signal(number)

    before = {number: signal.signal(number, pass_on) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        code = child.wait()
        # torchrun answers a signal with a traceback and 1.
        return 143 if code and signal.SIGTERM in passed else code
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
