"""Several `rft train` runs that differ in a few settings, scored on the same held-out rows; one JSON of all curves.

    python scripts/sweep.py scripts/sweeps/dynamic_sampling.yaml --work runs/sweep
    python scripts/sweep.py scripts/sweeps/wide.yaml --work runs/sweep --jobs 8     # side by side, on a big machine

A sweep names the phone whose rows are rendered, the flags all runs share, and each variant's own. Finished runs are
not repeated. Writes docs/results/NAME.json, NAME being the file's.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

import yaml

RESULTS = Path(__file__).resolve().parents[1] / "docs" / "results"


def rft(*words: str) -> None:
    """Run an `rft` command. SystemExit with its last words when it fails."""
    code = "import sys; from rft.cli import main; sys.exit(main())"
    done = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise SystemExit(f"sweep: rft {' '.join(words)} failed:\n{done.stderr[-2000:]}")


def flags(settings: Mapping[str, Any]) -> list[str]:
    words: list[str] = []
    for name, value in settings.items():
        flag = name.replace("_", "-")
        words += [f"--{flag}" if value else f"--no-{flag}"] if isinstance(value, bool) else [f"--{flag}", str(value)]
    return words


def rows(work: Path, name: str, settings: Mapping[str, Any]) -> Path:
    """Rendered rows, made once."""
    folder = work / name
    if not (folder / "rows.jsonl").exists():
        rft("data", "phone", "--out", str(folder), *flags(settings))
    return folder / "rows.jsonl"


def curve(run: Path) -> list[dict[str, float]]:
    """Held-out accuracy by step, with the replies sampled until then."""
    config = yaml.safe_load((run / "config.yaml").read_text("utf-8"))
    points, prompts = [], 0.0
    for line in map(json.loads, (run / "metrics.jsonl").read_text("utf-8").splitlines()):
        if "reward" in line:
            prompts += line.get("draws", config["prompts"])
        if "val/accuracy" in line:
            replies = int(prompts * config["group"])
            points.append({"step": line["step"], "replies": replies, "accuracy": line["val/accuracy"]})
    return points


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sweep", type=Path, help="YAML file of scripts/sweeps")
    parser.add_argument("--work", type=Path, default=Path("runs/sweep"), help="folder of data and runs (%(default)s)")
    parser.add_argument("--jobs", type=int, default=1, help="runs at the same time (default: 1)")
    args = parser.parse_args()
    sweep = yaml.safe_load(args.sweep.read_text("utf-8"))
    name = args.sweep.stem
    work = args.work / name
    data = {kind: rows(work, kind, sweep[kind]) for kind in ("train", "held_out")}

    def one(variant: str) -> dict[str, Any]:
        out = work / variant
        settings = {**sweep["common"], **(sweep["variants"][variant] or {})}
        if not (out / "final").exists():
            rft("train", *flags(settings), "--data", str(data["train"]), "--val-data", str(data["held_out"]),
                "--out", str(out))  # fmt: skip
        points = curve(out)
        print(f"{variant}: {' '.join(format(p['accuracy'], '.1%') for p in points)}", flush=True)
        return {"variant": variant, "settings": settings, "held_out": points}

    with ThreadPoolExecutor(args.jobs) as pool:
        runs = list(pool.map(one, sweep["variants"]))
    versions = {package: version(package) for package in ("torch", "transformers", "trl")}
    facts = json.loads((work / runs[0]["variant"] / "run.json").read_text("utf-8"))
    result = {"date": date.today().isoformat(), "device": facts["device"], "versions": versions, **sweep, "runs": runs}
    (RESULTS / f"{name}.json").write_text(json.dumps(result, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
