"""The published rewards: what there is, what each makes of a file of replies, and where they disagree."""

from __future__ import annotations

import argparse
import importlib

HELP = "list the published rewards and compare them on replies"

COMMANDS: dict[str, str] = {
    "list": "rft.cli.rewards_list",
    "sample": "rft.cli.rewards_sample",
    "compare": "rft.cli.rewards_compare",
}
"""Subcommand to its module, which has `HELP`, `configure(parser)` and `run(args)` as `agentkit.command` says."""


def configure(parser: argparse.ArgumentParser) -> None:
    commands = parser.add_subparsers(dest="rewards_command", required=True, metavar="WHAT")
    for name, module_name in COMMANDS.items():
        module = importlib.import_module(module_name)
        sub = commands.add_parser(
            name,
            help=module.HELP,
            description=module.__doc__,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        module.configure(sub)
        sub.set_defaults(run_rewards=module.run)


def run(args: argparse.Namespace) -> int:
    return int(args.run_rewards(args) or 0)
