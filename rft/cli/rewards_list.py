"""List the published rewards, or tell the constants of some.

  rft rewards list
  rft rewards list gui_r1 gta1

Use one with `rft train --reward NAME --reward-args KEY=VALUE ...`.
"""

from __future__ import annotations

import argparse
import dataclasses
import textwrap
from typing import Any

from agentkit.errors import ConfigError

HELP = "names, what they ask, where they are from; with NAME their constants"


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("names", nargs="*", metavar="NAME", help="tell the constants of these (default: list all)")


def run(args: argparse.Namespace) -> int:
    from agentkit.closest import unknown
    from rft.rewards import REWARDS, TRAJECTORY_REWARDS

    both: tuple[Any, ...] = (*REWARDS, *TRAJECTORY_REWARDS)
    every = {reward.name: reward for reward in both}
    for name in args.names:
        if name not in every:
            raise ConfigError(unknown("reward", name, every))
    for reward in [every[name] for name in args.names] or every.values():
        print(_about(reward))
        if args.names:
            print(_constants(reward))
    return 0


def _about(reward: Any) -> str:
    takes = getattr(reward, "takes", None)
    rows = f"rows with {', '.join(sorted(takes))}" if takes else "whole episodes"
    asks = (reward.__doc__ or "").splitlines()[0]
    return f"{reward.name:<15} {asks}\n{'':<15} {reward.source}; {rows}"


def _constants(reward: Any) -> str:
    from rft.settings import field_docs

    docs, lines = field_docs(reward), []
    for field in dataclasses.fields(reward):
        lines.append(f"  {field.name} = {field.default}")
        lines += textwrap.wrap(docs.get(field.name, ""), 110, initial_indent="      ", subsequent_indent="      ")
    return "\n".join(lines) + "\n"
