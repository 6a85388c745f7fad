"""The `rft` command. The only place in this package that may import `envs` or `vlm_sparse`."""

from __future__ import annotations

from collections.abc import Sequence

from agentkit.command import dispatch

COMMANDS: dict[str, str] = {
    "sft": "rft.cli.sft",
    "sft-stream": "rft.cli.sft_stream",
    "train": "rft.cli.train",
    "evolve": "rft.cli.evolve",
    "data": "rft.cli.data",
    "rewards": "rft.cli.rewards",
    "doctor": "rft.cli.doctor",
    "export": "rft.cli.export",
}


def main(argv: Sequence[str] | None = None) -> int:
    return dispatch("rft", "Train UI agents: supervised warm start, reinforcement fine-tuning, data.", COMMANDS, argv)
