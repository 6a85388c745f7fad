"""The published rewards: what there is, what each makes of a file of replies, and where they disagree."""

from __future__ import annotations

import argparse

from agentkit.command import add_commands

HELP = "list the published rewards and compare them on replies"

COMMANDS: dict[str, str] = {
    "list": "rft.cli.rewards_list",
    "sample": "rft.cli.rewards_sample",
    "compare": "rft.cli.rewards_compare",
}
"""Subcommand to its module, which has `HELP`, `configure(parser)` and `run(args)` as `agentkit.command` says."""


def configure(parser: argparse.ArgumentParser) -> None:
    add_commands(parser, COMMANDS, dest="rewards_command", metavar="WHAT")
