"""Make, import and improve training data: one subcommand for each thing that can be done to it."""

from __future__ import annotations

import argparse

from agentkit.command import add_commands

HELP = "make, import, clean and improve training data"

COMMANDS: dict[str, str] = {
    "phone": "rft.cli.data_phone",
    "traces": "rft.cli.data_traces",
    "import": "rft.cli.data_import",
    "rows": "rft.cli.data_rows",
    "clean": "rft.cli.data_clean",
    "align": "rft.cli.data_align",
    "enhance": "rft.cli.data_enhance",
}
"""Subcommand to its module, which has `HELP`, `configure(parser)` and `run(args)` as `agentkit.command` says."""


def configure(parser: argparse.ArgumentParser) -> None:
    add_commands(parser, COMMANDS, dest="data_command", metavar="WHAT")
