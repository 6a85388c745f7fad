"""Make, import and improve training data: one subcommand for each thing that can be done to it."""

from __future__ import annotations

import argparse
import importlib

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
    commands = parser.add_subparsers(dest="data_command", required=True, metavar="WHAT")
    for name, module_name in COMMANDS.items():
        module = importlib.import_module(module_name)
        sub = commands.add_parser(
            name,
            help=module.HELP,
            description=module.__doc__,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        module.configure(sub)
        sub.set_defaults(run_data=module.run)


def run(args: argparse.Namespace) -> int:
    return int(args.run_data(args) or 0)
