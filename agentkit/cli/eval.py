"""Score a policy on a public grounding suite, on recorded traces, or on the simulated phone's tasks.

  agentkit eval screenspot-v2 --data ScreenSpot-v2 --policy qwen:inclusionAI/UI-Venus-Ground-7B \\
      --protocol venus1_ground --out runs/v2
  agentkit eval screenspot-pro --data ScreenSpot-Pro --predictions runs/pro/predictions.jsonl --out runs/again
  agentkit eval androidcontrol-high --data android_control --policy qwen:inclusionAI/UI-Venus-Navi-7B \\
      --protocol venus1_navi --out runs/ac
  agentkit eval phone --policy qwen:runs/mini --protocol venus15_navi --seeds 3 --out runs/phone
  agentkit eval miniwob --policy qwen:runs/mini --protocol venus15_navi_web --needs click --out runs/miniwob
  agentkit eval compare before=runs/v2 after=runs/v2-tuned --out compare.html

Every answer is on disk before the next is asked for: the same command again goes on where a run was stopped. A run
leaves results.json (settings, versions, denominators, the whole card) and report.html (the same for people).
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from agentkit.cli.miniwob_args import configure_miniwob
from agentkit.cli.navigation_args import configure_navigation, is_navigation

HELP = "score a policy on public grounding suites or the simulated phone's tasks"
SPLITS = ("all", "train", "heldout_seeds", "heldout_templates")


def configure(parser: argparse.ArgumentParser) -> None:
    from envs.grounding.catalog import CATALOG, layouts

    suites = parser.add_subparsers(dest="suite", required=True, metavar="SUITE")
    parser.epilog = f"grounding suites and what --data must hold:\n{layouts(CATALOG)}"
    for name, entry in CATALOG.items():
        about = f"{entry.about}\n\n--data must hold:\n{layouts([name])}"
        raw = argparse.RawDescriptionHelpFormatter
        _configure_grounding(suites.add_parser(name, help=entry.about, description=about, formatter_class=raw))
    configure_navigation(suites)
    _configure_phone(suites.add_parser("phone", help="task success on the simulated phone"))
    _configure_androidworld(suites.add_parser("androidworld", help="AndroidWorld's own tasks and checkers"))
    configure_miniwob(suites)
    _configure_compare(suites)


def _configure_compare(suites: Any) -> None:
    about = """Finished runs side by side, item by item; the first is what the others are measured against.

  agentkit eval compare before=runs/v2 after=runs/v2-tuned --out compare.html
  agentkit eval compare sft=runs/sft-0 sft=runs/sft-1 rft=runs/rft-0 rft=runs/rft-1 --out seeds.html

Folders of one name are seeds of one run. The page has the paired difference with its bootstrap interval and p, every
group, and what turned wrong and right as pictures (from the runs' samples.jsonl and predictions.jsonl). Runs that were
not asked the same are refused; --shared compares the part that they share, scored again."""
    raw = argparse.RawDescriptionHelpFormatter
    compare = suites.add_parser("compare", help="finished runs side by side", description=about, formatter_class=raw)
    compare.add_argument("runs", nargs="+", metavar="[NAME=]DIR", help="two or more; equal names are seeds of one run")
    compare.add_argument("--shared", action="store_true", help="compare what all runs were asked, leave out the rest")
    compare.add_argument("--out", required=True, type=Path, metavar="FILE", help="the page to write")


def _configure_grounding(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--data", required=True, type=Path, metavar="DIR", help="the suite as published, unpacked")
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--policy", help="qwen:FOLDER_OR_HUB_ID, served:URL#MODEL, scripted:FILE, centre (a baseline)")
    source.add_argument("--predictions", type=Path, metavar="FILE", help="score these answers; no model is asked")
    add("--protocol", default="venus15_ground", help="prompt protocol (default: %(default)s)")
    add("--no-refusal", action="store_true", help="ask without offering a refusal, where the protocol knows one")
    add("--box-format", choices=("xywh", "xyxy"), help="overrule what the rows prove")
    add("--limit", type=int, default=0, metavar="N", help="a random subset of N samples (default: all)")
    add("--seed", type=int, default=0, help="of the subset and the bootstrap (default: %(default)s)")
    add("--batch", type=int, default=1, metavar="N", help="samples per model call (default: %(default)s)")
    add("--zoom", type=float, metavar="RATIO", help="look twice: again at a crop of RATIO times the sides, enlarged")
    add("--profile", action="store_true", help="split the time of each reply also on a GPU (on a CPU it always is)")
    add("--out", required=True, type=Path, metavar="DIR", help="new folder, or that of the run to continue")


def _configure_phone(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--policy", required=True, help="qwen:..., served:URL#MODEL, scripted:FILE, or a baseline: oracle, noop")
    add("--protocol", default="venus15_navi", help="prompt protocol (default: %(default)s)")
    add("--tasks", nargs="+", metavar="NAME", help="templates by name; * matches anything (default: all)")
    add("--seeds", type=int, default=1, metavar="N", help="instances of each template (default: %(default)s)")
    add("--seed", type=int, default=0, help="of the instances and the bootstrap (default: %(default)s)")
    add("--split", choices=SPLITS, default="heldout_seeds", help="templates and words (default: %(default)s)")
    add("--screen", default="small", help="small, medium, large, tall, ... (default: %(default)s)")
    add("--device", choices=("process", "adb"), default="process", help="the way to the phone (default: %(default)s)")
    add("--workers", "--phones", type=int, default=1, metavar="N", help="phones at once (default: %(default)s)")
    add("--processes", type=int, default=0, metavar="N", help="draw the phones in N other processes (default: 0)")
    add("--no-baseline", action="store_true", help="do not run the no-op baseline beside it")
    add("--profile", action="store_true", help="split the time of each reply also on a GPU (on a CPU it always is)")
    add("--out", required=True, type=Path, metavar="DIR", help="new folder, or that of the run to continue")


def _configure_androidworld(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--policy", required=True, help="qwen:..., served:URL#MODEL, scripted:FILE, or a baseline: oracle, noop")
    add("--protocol", default="venus15_navi", help="prompt protocol (default: %(default)s)")
    add("--device", default="phone", metavar="WHERE", help="phone (simulated) or adb:SERIAL, a real emulator or phone")
    add("--python", metavar="FILE", help="interpreter with android_world (default: $ANDROID_WORLD_PYTHON)")
    add("--source", type=Path, metavar="DIR", help="checkout of android_world, if --python has its needs only")
    add("--tasks", nargs="+", metavar="NAME", help="templates by name; * matches anything (default: all)")
    add("--seeds", type=int, default=1, metavar="N", help="instances of each template (default: %(default)s)")
    add("--record", type=Path, metavar="DIR", help="keep what solved tasks asked of the phone, for replays in tests")
    add("--seed", type=int, default=30, help="of the parameters, as AndroidWorld's runner has it (default: 30)")
    add("--screen", default="medium", help="of the simulated phone (default: %(default)s)")
    add("--workers", type=int, default=1, metavar="N", help="phones at the same time (default: %(default)s)")
    add("--out", required=True, type=Path, metavar="DIR", help="new folder, or that of the run to continue")


def run(args: argparse.Namespace) -> int:
    if args.suite == "androidworld":
        from agentkit.cli.eval_androidworld import run_androidworld

        return run_androidworld(args)
    if args.suite == "compare":
        from agentkit.cli.eval_compare import run_compare

        return run_compare(args)
    if args.suite == "phone":
        from agentkit.cli.eval_phone import run_phone

        return run_phone(args)
    if args.suite == "miniwob":
        from agentkit.cli.eval_miniwob import run_miniwob

        return run_miniwob(args)
    if is_navigation(args.suite):
        from agentkit.cli.eval_navigation import run_navigation

        return run_navigation(args)
    from agentkit.cli.eval_grounding import run_grounding

    return run_grounding(args)
