"""How well `rft data clean` finds noise: phone screens spoiled on purpose, cleaned, compared with the labels.

    python scripts/bench_cleaning.py

Writes docs/results/data_cleaning.json. For each seed a data set is made with `rft data phone --noise`, then cleaned
with the default settings. A dropped row counts as right when noise was put into it. Rows that lent their instruction
to an ambiguous one are right themselves but cannot be told from it: they are counted apart as partners, and against
the precision called strict.

The thresholds of the `misplaced` stage were chosen on seed 1 of the same generator, so the figures say how well the
stages work on screens like these, with noise of these kinds, not what they do on a data set from the web.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import tempfile
import time
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

from agentkit.jsonl import read_lines
from agentkit.scoring import Rate
from rft.cli import main as rft
from rft.data.clean.config import CleanConfig
from rft.data.clean.pipeline import DROPPED, clean

RESULT = Path("docs/results/data_cleaning.json")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--n", type=int, default=4000, help="questions per data set")
    parser.add_argument("--noise", type=float, nargs="+", default=[0.0, 0.2, 0.4], help="shares of rows to spoil")
    parser.add_argument("--seeds", type=int, nargs="+", default=[11, 12, 13])
    parser.add_argument("--out", type=Path, default=RESULT)
    args = parser.parse_args()
    rows = []
    for noise in args.noise:
        counts = [one_set(args.n, noise, seed) for seed in args.seeds]
        rows.append({"noise": noise, **summary(counts)})
        print(json.dumps(rows[-1], indent=1))
    host = {"cores": os.cpu_count(), "machine": platform.machine(), "python": platform.python_version()}
    config = {"stages": list(CleanConfig().stages), "seeds": args.seeds, "questions_per_set": args.n, "per_screen": 8}
    args.out.parent.mkdir(parents=True, exist_ok=True)
    args.out.write_text(json.dumps({"host": host, "config": config, "sets": rows}, indent=1) + "\n")
    print(f"-> {args.out}")


def one_set(n: int, noise: float, seed: int) -> dict[str, Any]:
    """Counts of one data set: rows, seconds, and what was dropped, by reason and by what the row really was."""
    with tempfile.TemporaryDirectory() as folder:
        data, out = Path(folder, "noisy"), Path(folder, "clean")
        made = ["data", "phone", "--out", str(data), "--n", str(n), "--seed", str(seed), "--per-screen", "8"]
        if rft([*made, "--noise", str(noise)]):
            raise SystemExit("rft data phone failed")
        labels = [json.loads(line) for _, line in read_lines(data / "noise.jsonl")] if noise else []
        kinds = {label["id"]: label["noise"] for label in labels}
        partners = {label["partner"] for label in labels if label["noise"] == "ambiguous"}
        begun = time.monotonic()
        report = clean(data / "rows.jsonl", out, CleanConfig())
        seconds = time.monotonic() - begun
        dropped: Counter[tuple[str, str]] = Counter()
        for _, line in read_lines(out / DROPPED):
            entry = json.loads(line)
            key = entry["row"]["id"]
            what = kinds.get(key, "partner" if key in partners else "clean")
            dropped[f"{entry['stage']}: {entry['reason']}", what] += 1
    return {"rows": report["samples"], "injected": Counter(kinds.values()), "dropped": dropped, "seconds": seconds}


def summary(sets: list[dict[str, Any]]) -> dict[str, Any]:
    rows = sum(one["rows"] for one in sets)
    injected = sum((one["injected"] for one in sets), Counter())
    dropped = sum((one["dropped"] for one in sets), Counter())
    found: Counter[str] = Counter()
    stages: dict[str, Counter[str]] = defaultdict(Counter)
    for (stage, what), count in dropped.items():
        found[what] += count
        stages[stage][what] += count
    right = sum(found[kind] for kind in injected)
    unspoiled = rows - injected.total()
    return {
        "rows": rows,
        "rows_per_s": round(rows / sum(one["seconds"] for one in sets)),
        "recall": {kind: rate(found[kind], count) for kind, count in sorted(injected.items())},
        "recall_all": rate(right, injected.total()),
        "precision": rate(right, right + found["clean"]),
        "precision_strict": rate(right, right + found["clean"] + found["partner"]),
        "clean_rows_lost": rate(found["clean"], unspoiled),
        "noise_left": rate(injected.total() - right, rows - dropped.total()),
        "noise_before": rate(injected.total(), rows),
        "by_reason": {stage: dict(counts.most_common()) for stage, counts in sorted(stages.items())},
    }


def rate(hits: int, total: int) -> dict[str, Any]:
    """The share, its 95 % interval and what it is a share of; null without a denominator."""
    if not total:
        return {"value": None, "of": 0}
    low, high = Rate(hits, total).interval
    return {"value": round(hits / total, 4), "low": round(low, 4), "high": round(high, 4), "of": total}


if __name__ == "__main__":
    main()
