"""Fill README's tables from docs/results, so that no figure there is typed.

    python scripts/readme_tables.py            # rewrite README.md
    python scripts/readme_tables.py --check    # exit 1 when it differs

A table stands between `<!-- table NAME -->` and `<!-- end -->`; NAME is a function here.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PLACE = re.compile(r"(<!-- table (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def result(name: str) -> Any:
    return json.loads((ROOT / "docs" / "results" / f"{name}.json").read_text("utf-8"))


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A GitHub table; every column but the first is aligned to the right."""
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def demo() -> str:
    """Held-out accuracy before and after GRPO, one line per seed."""
    head = ["seed", "before", "after", "95 % interval", "reward, first to last 10 steps", "tasks over ADB", "time"]
    rows = [
        [
            str(run["seed"]),
            f"{run['before']['value']:.1%}",
            f"**{run['after']['value']:.1%}**",
            f"{run['after']['low']:.1%} to {run['after']['high']:.1%}",
            f"{run['reward']['first']:.2f} to {run['reward']['last']:.2f}",
            f"{run['tasks_solved_over_adb']:.0f} of {run['tasks']}",
            f"{run['seconds'] / 60:.1f} min",
        ]
        for run in result("demo")
    ]
    return table(head, rows)


def model() -> str:
    """The shipped model on held-out words, one line per screen."""
    rows = [
        [screen, f"{rate['value']:.1%}", f"{rate['hits']}/{rate['total']}"]
        for screen, rate in result("mini_grounding")["before"].items()
    ]
    return table(["screen", "point in box", "questions"], rows)


TABLES: dict[str, Callable[[], str]] = {make.__name__: make for make in (demo, model)}


def filled(text: str) -> str:
    """`text` with every marked table made anew. KeyError for a name that is no table."""
    return PLACE.sub(lambda found: found[1] + TABLES[found[2]]() + found[3], text)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when README.md is out of date")
    args = parser.parse_args()
    readme = ROOT / "README.md"
    before = readme.read_text("utf-8")
    after = filled(before)
    if args.check:
        if before != after:
            print("README.md is out of date: python scripts/readme_tables.py")
        return int(before != after)
    readme.write_text(after, "utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
