"""Hand data, rewards and models to other engines."""

from __future__ import annotations

import argparse

from agentkit.command import add_commands

HELP = "rows for verl or EasyR1, or a run's model as one folder"

COMMANDS: dict[str, str] = {
    "rows": "rft.cli.export_rows",
    "model": "rft.cli.export_model",
}


def configure(parser: argparse.ArgumentParser) -> None:
    add_commands(parser, COMMANDS, dest="export_command", metavar="WHAT")
