"""Options of the navigation suites of `agentkit eval` and `agentkit score`."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any


def is_navigation(suite: str) -> bool:
    """Whether `suite` is one of recorded traces."""
    from envs.navigation.catalog import CATALOG

    return suite in CATALOG


def configure_navigation(suites: Any) -> None:
    """A parser for each navigation suite, which teaches what its data must hold."""
    from envs.navigation.catalog import CATALOG, layout

    raw = argparse.RawDescriptionHelpFormatter
    for name, entry in CATALOG.items():
        about = f"""{entry.about}.

Every recorded step is asked behind its recorded past; the same answers are scored under every published rule at once.

  agentkit eval {name} --data DIR --policy qwen:inclusionAI/UI-Venus-Navi-7B \\
      --protocol venus1_navi --out runs/navi
  agentkit eval {name} --data DIR --policy recorded --out runs/ceiling

{layout(name)}"""
        parser = suites.add_parser(name, help=entry.about, description=about, formatter_class=raw)
        add = parser.add_argument
        add("--data", required=True, type=Path, metavar="DIR", help="the suite as published, unpacked")
        add("--split", nargs="+", metavar="NAME", help=f"default: {' '.join(entry.split)}")
        source = parser.add_mutually_exclusive_group(required=True)
        source.add_argument(
            "--policy", help="qwen:FOLDER_OR_HUB_ID, served:URL#MODEL, scripted:FILE, or a baseline: recorded, centre"
        )
        source.add_argument("--predictions", type=Path, metavar="FILE", help="score these answers; no model is asked")
        add("--protocol", default="venus15_navi", help="prompt protocol (default: %(default)s)")
        add("--limit", type=int, default=0, metavar="N", help="a random subset of N traces (default: all)")
        add("--seed", type=int, default=0, help="of the subset and the bootstrap (default: %(default)s)")
        add("--batch", type=int, default=1, metavar="N", help="steps of a trace per model call (default: %(default)s)")
        add("--out", required=True, type=Path, metavar="DIR", help="new folder, or that of the run to continue")
