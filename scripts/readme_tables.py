"""Fill the tables of README.md and docs/results.md from docs/results/*.json, so that no figure there is typed.

    python scripts/readme_tables.py            # rewrite both
    python scripts/readme_tables.py --check    # exit 1 when one differs

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
PAGES = (ROOT / "README.md", ROOT / "docs" / "results.md")
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


def rewards() -> str:
    """What each reward says of the same replies."""
    rows = [
        [f"`{name}`", f"{facts['mean']:.2f}", str(facts["values"]), f"{facts['share_of_rows_with_signal']:.0%}"]
        for name, facts in result("reward_compare")["rewards"].items()
    ]
    return table(["reward", "mean", "distinct values", "questions with a signal"], rows)


def cleaning() -> str:
    """What `rft data clean` finds of faults that were put in, one line per share of faulty rows."""
    columns = ("recall_all", "precision", "clean_rows_lost", "noise_before", "noise_left")
    rows = [
        [f"{part['noise']:.0%}", str(part["rows"]), *(_share(part[column]["value"]) for column in columns)]
        for part in result("data_cleaning")["sets"]
    ]
    head = ["noise asked for", "rows", "recall", "precision", "clean rows lost", "faulty before", "faulty after"]
    return table(head, rows)


def _share(value: float | None) -> str:
    return "none" if value is None else f"{value:.1%}"


def throughput_toy() -> str:
    """`rft train` and stock TRL on one machine in one run."""
    found = result("grpo_throughput_toy_16_2_3")
    rows = [
        [
            row["variant"],
            f"{row['samples_per_s']:.2f}",
            f"{row['s_per_step']:.1f} s",
            f"{row['vs_best_stock']:.2f}",
            f"{row['grad_norm']:.6f}",
        ]
        for row in found["rows"]
    ]
    return table([found["card"], "samples/s", "step", "against stock", "first gradient norm"], rows)


def online() -> str:
    """Whole episodes before and after online training, pooled over seeds."""
    found = result("online_phone")["sampled"]
    rows = []
    for when in ("before", "after"):
        rate = found[when]
        interval = f"{rate['low']:.1%} to {rate['high']:.1%}"
        rows.append([when, f"{rate['value']:.1%}", interval, *rate["templates"].values()])
    return table(["sampled episodes", "solved", "95 % interval", *found["before"]["templates"]], rows)


def navigation() -> str:
    """The same answers under each published rule: step success with the interval over traces."""
    runs = result("navigation_protocols")["runs"]
    rules = list(next(iter(runs.values()))["rules"])
    rows = []
    for name, run in runs.items():
        steps = [run["rules"][rule]["step"] for rule in rules]
        rows.append([name, *(f"{s['value']:.1%} ({s['low']:.1%} to {s['high']:.1%})" for s in steps)])
    return table(["step success", *rules], rows)


def faults() -> str:
    """What a thousand broken ADB conversations did to episodes on the phone."""
    found = result("adb_faults")
    orders, endings = found["orders"], found["episodes_by_ending"]
    rows = [
        ["faults injected", str(found["faults"])],
        ["kinds of faults", str(len(found["faults_by_kind"]))],
        ["episodes", str(found["episodes"])],
        *([f"episodes {name}", str(count)] for name, count in endings.items()),
        ["actions sent", str(orders["sent"])],
        ["actions carried out", str(orders["executed"])],
        ["actions carried out twice", str(orders["doubled"])],
        ["finished episodes that are solved", f"{found['solved']} of {endings['finished']}"],
    ]
    return table(["ADB through a faulty proxy", "count"], rows)


def zoom() -> str:
    """A second look at a crop around the first answer."""
    rows = []
    for screen, looks in result("zoom_in")["screens"].items():
        for name, look in looks.items():
            asked = look["per_question"]
            tokens = f"{asked['prompt'] + asked['completion']:.0f}"
            rows.append([f"{screen}, {name}", f"{look['hits']}/{look['total']}", f"{look['value']:.1%}", tokens])
    return table(["screen and crop", "hits", "point in box", "tokens a question"], rows)


def androidworld() -> str:
    """How many of AndroidWorld's tasks run on the simulated phone."""
    found = result("androidworld_on_phone")
    rows = [
        ["templates in AndroidWorld", str(found["templates"])],
        ["set up and scored on the phone", str(found["start"])],
        ["solved by a scripted solution through the screen", str(found["solved_by_oracle"])],
        ["of these, not solved by doing nothing", f"**{found['solved_and_not_given_away']}**"],
    ]
    return table(["AndroidWorld's own tasks and checkers", "count"], rows)


def androidworld_tasks() -> str:
    """Every task."""
    rows = [
        [
            f"`{row['task']}`",
            f"{row['oracle']}/{row['instances']}",
            f"{row['noop']}/{row['instances']}",
            f"{row['steps']:g}",
            row["remark"].replace("|", "/"),
        ]
        for row in result("androidworld_on_phone")["tasks"]
    ]
    return table(["task", "solution", "doing nothing", "steps", "remark"], rows)


def many_phones() -> str:
    """Steps a second and processor time of a step against the number of phones, without a model."""
    measured = [row for row in result("many_phones")["rows"] if row["model_ms"] == 0]
    modes = list(dict.fromkeys(row["mode"] for row in measured))
    by = {(row["mode"], row["phones"]): row for row in measured}
    rows = []
    for phones in sorted({row["phones"] for row in measured}):
        found = [by.get((mode, phones)) for mode in modes]
        rows.append([str(phones), *(_rate(row) if row else "" for row in found)])
    return table(["phones", *modes], rows)


def _rate(row: dict[str, Any]) -> str:
    """Ray's workers do not tell their processor time."""
    cost = "" if row["cpu_ms_step"] is None else f" ({row['cpu_ms_step']:.1f} ms)"
    return f"{row['steps_per_s']:.0f}{cost}"


def miniwob() -> str:
    """What the scripted oracle solves in a real browser."""
    found = result("miniwob_oracle")
    solved, tasks = found["solved"], found["by_task"]
    seconds = sum(task["seconds"] for task in tasks.values()) / len(tasks)
    rows = [
        ["tasks run", str(len(tasks))],
        ["solved in every episode", f"**{found['tasks_solved_always']}**"],
        ["episodes solved", f"{solved['hits']} of {solved['total']}"],
        ["browser", found["versions"]["browser"].partition(" built")[0]],
        ["mean seconds an episode", f"{seconds:.1f}"],
    ]
    return table(["MiniWoB++, the oracle", ""], rows)


MAKERS: tuple[Callable[[], str], ...] = (
    *(demo, model, rewards, cleaning, throughput_toy, online),
    *(navigation, faults, zoom, androidworld, androidworld_tasks, many_phones, miniwob),
)
TABLES: dict[str, Callable[[], str]] = {
    make.__name__: make for make in MAKERS
}


def filled(text: str) -> str:
    """`text` with every marked table made anew. KeyError for a name that is no table."""
    return PLACE.sub(lambda found: found[1] + TABLES[found[2]]() + found[3], text)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when README.md is out of date")
    args = parser.parse_args()
    old = 0
    for page in PAGES:
        before = page.read_text("utf-8")
        after = filled(before)
        if before != after and args.check:
            print(f"{page.name} is out of date: python scripts/readme_tables.py")
            old = 1
        elif before != after:
            page.write_text(after, "utf-8")
    return old


if __name__ == "__main__":
    raise SystemExit(main())
