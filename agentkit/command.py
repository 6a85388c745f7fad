"""Turn a table of subcommands into a command-line program whose `--help` is instant.

A subcommand is a module with `HELP` (one line), `configure(parser)` and `run(args) -> int | None`; heavy imports
belong inside `run`. A GlintError becomes one line on stderr and exit code 2; everything else is a bug and is shown.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Mapping, Sequence

from agentkit.errors import GlintError


def add_commands(
    parser: argparse.ArgumentParser, commands: Mapping[str, str], dest: str = "command", metavar: str = "COMMAND"
) -> None:
    """Give `parser` a subcommand for each entry of `commands`, a name and its module.

    A module that only gathers further subcommands calls this in its `configure` and has no `run`.
    """
    subparsers = parser.add_subparsers(dest=dest, required=True, metavar=metavar)
    for name, module_name in commands.items():
        module = importlib.import_module(module_name)
        sub = subparsers.add_parser(
            name,
            help=module.HELP,
            description=module.__doc__,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        module.configure(sub)
        if hasattr(module, "run"):
            sub.set_defaults(run=module.run)


def dispatch(prog: str, description: str, commands: Mapping[str, str], argv: Sequence[str] | None = None) -> int:
    """Parse `argv` and run the subcommand; `commands` maps its name to its module. Returns the exit code."""
    parser = argparse.ArgumentParser(prog=prog, description=description)
    add_commands(parser, commands)
    args = parser.parse_args(argv)
    try:
        return int(args.run(args) or 0)
    except GlintError as error:
        print(f"{prog} {args.command}: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(f"{prog} {args.command}: interrupted", file=sys.stderr)
        return 130
