"""A healthy run to plant faults in: the shipped model, rendered phone rows, the demo's settings, a sound machine."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from agentkit.policies.qwen_load import SHIPPED
from rft.configs import TrainConfig
from rft.doctor import Case, Finding, Machine, examine
from rft.doctor.catalogue import CHECKS
from rft.settings import load

DEMO = Path(__file__).parents[2] / "configs" / "demo.yaml"
VERSIONS = {
    "torch": "2.13.0+cpu", "transformers": "5.23.0", "trl": "1.16.0", "peft": "0.21.2", "accelerate": "1.15.0",
    "datasets": "5.2.0", "tokenizers": "0.23.3", "pyarrow": "26.0.1",
}  # fmt: skip


def machine(**changes: Any) -> Machine:
    """A CPU machine with the proven versions and a thread count; `changes` are its fields."""
    sound = {
        "versions": VERSIONS, "environ": {"OMP_NUM_THREADS": "1"}, "gpus": 0, "bfloat16": True, "cores": 8,
        "free_bytes": lambda folder: 10**12,
    }  # fmt: skip
    return Machine(**{**sound, **changes})


GPUS = {"gpus": 2}


def render(folder: Path, rows: int = 24) -> Path:
    """Rows over rendered screens of the phone that the demo trains on."""
    from rft.cli import main

    assert main(["data", "phone", "--out", str(folder), "--n", str(rows), "--seed", "3", "--screen", "wide"]) == 0
    return folder / "rows.jsonl"


def healthy(data: Path, **settings: Any) -> TrainConfig:
    return load(TrainConfig, DEMO, {"model": "mini", "data": str(data), "device": "cpu", **settings})


def find(name: str, config: TrainConfig, where: Machine | None = None, sample: int = 4) -> Finding:
    """What the check `name` says about a run."""
    return look(Case(config, where or machine(), sample), name)


def look(case: Case, name: str) -> Finding:
    """What the check `name` says about `case`, whose parts stay loaded."""
    (check,) = [check for check in CHECKS if check.name == name]
    (finding,) = examine(case, [check])
    return finding


def mini_with(folder: Path, file: str, edit: Callable[[dict[str, Any]], None]) -> str:
    """A copy of the shipped model in `folder` with one of its JSON files edited."""
    shutil.copytree(SHIPPED["mini"], folder)
    values = json.loads((folder / file).read_text())
    edit(values)
    (folder / file).write_text(json.dumps(values))
    return str(folder)


def rows_with(data: Path, edit: Callable[[list[dict[str, Any]]], None]) -> Path:
    """A copy of `data`, beside it, with its rows edited."""
    rows = [json.loads(line) for line in data.read_text().splitlines()]
    edit(rows)
    path = data.with_name("edited.jsonl")
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path
