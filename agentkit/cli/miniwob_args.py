"""Options of `agentkit eval miniwob`."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

NEEDS = ("click", "type", "drag", "hover")
ABOUT = """MiniWoB++: 134 small web tasks in a real headless Chromium, seen as pixels.

  agentkit eval miniwob --policy oracle --episodes 10 --workers 2 --out runs/miniwob-oracle
  agentkit eval miniwob --policy qwen:runs/mini --protocol venus15_navi_web --needs click --out runs/miniwob
  agentkit eval miniwob --policy served:http://127.0.0.1:8000/v1#UI-Venus --tasks 'click-*' use-spinner --out runs/venus
  agentkit eval miniwob --list

Needs pip install 'glint-agents[miniwob]' and a Chromium: --browser, $CHROMIUM, or chromium on the PATH. Problem i of a
task is the one that its page makes of seed --seed + i. `success` counts a reward above 0, `exact` a reward of 1.
--out gets settings.json, a trace per episode under episodes/, results.json and report.html."""


class _List(argparse.Action):
    """Print the tasks and leave, whatever else is missing from the command line."""

    def __init__(self, option_strings: Sequence[str], dest: str, **options: Any) -> None:
        super().__init__(option_strings, dest=argparse.SUPPRESS, default=argparse.SUPPRESS, nargs=0, **options)

    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> None:
        from envs.miniwob.oracle import RULES
        from envs.miniwob.tasks import PAGES

        print(f"{'task':30}{'needs':8}{'oracle':8}depends on the policy's speed because")
        for page in PAGES.values():
            print(f"{page.name:30}{page.need:8}{'yes' if page.name in RULES else '-':8}{page.timed}".rstrip())
        parser.exit()


def configure_miniwob(suites: Any) -> None:
    raw = argparse.RawDescriptionHelpFormatter
    parser = suites.add_parser("miniwob", help="MiniWoB++ in a browser", description=ABOUT, formatter_class=raw)
    add = parser.add_argument
    add("--list", action=_List, help="print all tasks, what they need and which the oracle can do, and leave")
    add("--policy", required=True, help="qwen:..., served:URL#MODEL, scripted:FILE, or a baseline: oracle, noop")
    add("--protocol", default="venus15_navi_web", help="prompt protocol (default: %(default)s)")
    add("--tasks", nargs="+", metavar="NAME", help="tasks by name; * matches anything (default: all untimed ones)")
    add("--needs", nargs="+", choices=NEEDS, help="only tasks that need this of the hand (default: all)")
    add("--episodes", "--seeds", type=int, default=1, metavar="N", help="problems per task (default: %(default)s)")
    add("--seed", type=int, default=0, help="of the first problem of each task, and of the bootstrap (default: 0)")
    add("--mode", choices=("train", "test"), default="train", help="words of tasks that have two sets (default: train)")
    add("--max-steps", type=int, default=30, metavar="N", help="replies per episode (default: %(default)s)")
    add("--scale", type=float, default=2.0, help="pixels per CSS pixel; a task has 160 x 210 of these (default: 2)")
    add("--keep-limits", action="store_true", help="keep the pages' own time limits of 7 to 60 s")
    add("--workers", type=int, default=1, metavar="N", help="browsers at the same time (default: %(default)s)")
    add("--browser", metavar="FILE", help="the Chromium to run")
    add("--profile", action="store_true", help="split the time of each reply also on a GPU (on a CPU it always is)")
    add("--out", required=True, type=Path, metavar="DIR", help="new folder, or that of the run to continue")
