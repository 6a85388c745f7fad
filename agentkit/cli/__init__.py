"""The `agentkit` command. The only place in this package that may import `envs`, `rft` or `vlm_sparse`."""

from __future__ import annotations

from collections.abc import Sequence

from agentkit.command import dispatch

COMMANDS: dict[str, str] = {
    "run": "agentkit.cli.run",
    "show": "agentkit.cli.show",
    "eval": "agentkit.cli.eval",
    "score": "agentkit.cli.score",
    "phone": "agentkit.cli.phone",
}


def main(argv: Sequence[str] | None = None) -> int:
    return dispatch("agentkit", "Drive, record and score agents that see a screen and act.", COMMANDS, argv)
