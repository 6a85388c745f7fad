"""Run kernel tests and benches on this machine's accelerator; a short table last, JSON for docs/results.

    python scripts/gpu_check.py --list
    python scripts/gpu_check.py --tests tests/rft/test_train_gpu.py tests/rft/test_group_decode.py
    python scripts/gpu_check.py --bench grpo_throughput --out docs/results
    python scripts/gpu_check.py --bench grpo_throughput:shape=toy --device cpu

A bench is one file of scripts/benches with `run(device, **options) -> {"rows": [...], ...}`: every row names what was
measured and its figure, baselines are measured in the same call. Its JSON also holds card, commit, versions and date.
"""

from __future__ import annotations

import argparse
import datetime
import importlib
import json
import subprocess
import sys
import time
import traceback
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
BENCHES = HERE / "benches"


def facts(device: str) -> dict[str, Any]:
    """What a figure depends on: card, versions, commit, date."""
    import os
    from importlib.metadata import PackageNotFoundError, version

    import torch

    def installed(name: str) -> str:
        try:
            return version(name)
        except PackageNotFoundError:
            return "none"

    return {
        "card": torch.cuda.get_device_name() if device == "cuda" else f"CPU, {os.cpu_count()} cores",
        "threads": torch.get_num_threads(),
        "commit": _commit(),
        "date": datetime.date.today().isoformat(),
        "python": sys.version.split()[0],
        "versions": {name: installed(name) for name in ("torch", "triton", "transformers", "trl", "peft")},
    }


def _commit() -> str:
    words = ["git", "rev-parse", "--short", "HEAD"]
    done = subprocess.run(words, capture_output=True, text=True, cwd=HERE, check=False)  # noqa: S603
    return done.stdout.strip() or "unknown"


def run_tests(paths: list[str]) -> tuple[bool, str]:
    """pytest in a process of its own -> (passed, its last line)."""
    words = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-m", "gpu", "-rfE", *paths]
    done = subprocess.run(words, capture_output=True, text=True, check=False)  # noqa: S603
    print(done.stdout[-6000:], done.stderr[-2000:], flush=True)
    lines = [line for line in done.stdout.splitlines() if line.strip()]
    return done.returncode == 0, lines[-1].strip("= ") if lines else "no output"


def run_bench(spec: str, device: str, out: Path | None) -> list[dict[str, Any]]:
    """Run `NAME` or `NAME:key=value,...` and write NAME.json; its rows for the table."""
    name, _, tail = spec.partition(":")
    options = dict(pair.split("=", 1) for pair in tail.split(",") if pair)
    bench = importlib.import_module(f"benches.{name}")
    started = time.monotonic()
    result = bench.run(device, **options)
    result = {"bench": name, "options": options, **facts(device), **result}
    result["seconds"] = round(time.monotonic() - started, 1)
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        suffix = "".join(f"_{value}" for value in options.values())
        (out / f"{name}{suffix}.json").write_text(json.dumps(result, indent=2) + "\n")
    return result["rows"]


def table(rows: list[dict[str, Any]]) -> str:
    """Rows as aligned columns, one column per key in order of appearance."""
    keys = list(dict.fromkeys(key for row in rows for key in row))
    cells = [keys, *[[_cell(row.get(key, "")) for key in keys] for row in rows]]
    widths = [max(len(line[i]) for line in cells) for i in range(len(keys))]
    return "\n".join("  ".join(word.ljust(width) for word, width in zip(line, widths, strict=True)) for line in cells)


def _cell(value: Any) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tests", nargs="+", default=[], metavar="PATH", help="test files to run with -m gpu")
    parser.add_argument(
        "--bench", nargs="+", default=[], metavar="NAME[:k=v,...]", help="benches to run, in this order"
    )
    parser.add_argument("--device", choices=("cuda", "cpu"), default="cuda")
    parser.add_argument("--out", type=Path, help="folder for one JSON file per bench")
    parser.add_argument("--list", action="store_true", help="list the benches and exit")
    args = parser.parse_args()
    sys.path[:0] = [str(HERE), str(HERE.parent)]
    if args.list or not (args.tests or args.bench):
        for file in sorted(BENCHES.glob("[a-z]*.py")):
            print(f"{file.stem:24s}{(file.read_text().split(chr(10), 1)[0]).strip(chr(34))}")
        return 0

    failed, lines = False, []
    for path in args.tests:
        passed, last = run_tests([path])
        failed |= not passed
        lines.append(f"{'ok  ' if passed else 'FAIL'}  {path}: {last}")
    for spec in args.bench:
        try:
            lines.append(f"\n{spec}\n{table(run_bench(spec, args.device, args.out))}")
        except Exception:
            traceback.print_exc()
            failed = True
            lines.append(f"FAIL  {spec}")
    print("\n" + "\n".join(lines), flush=True)
    return int(failed)


if __name__ == "__main__":
    raise SystemExit(main())
