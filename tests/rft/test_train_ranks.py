"""Two processes with gloo: rows of different kinds on each, and the same choices on both."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rft.checkpoints import newest_complete, read_run_state
from runs import comparable, finish, start


@pytest.fixture
def uneven(two_answers, tmp_path):
    """In order and two prompts a step, one process has only pictures and the other only text, which is never right.

    A text-only row has no size to read coordinates at, so its group is dead.
    """
    data = Path(two_answers["data"])
    rows = [json.loads(line) for line in data.read_text().splitlines()]
    for index, row in enumerate(rows):
        row["image"] = str(data.parent / row["image"]) if index % 2 else None
    (tmp_path / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return {
        **two_answers, "data": str(tmp_path / "rows.jsonl"), "lora_r": 4, "lr": 1e-3, "prompts": 2, "group": 4,
        "save_every": 2, "trainer": {"shuffle_dataset": False},
    }  # fmt: skip


def two_ranks(settings, out, steps):
    code, err = finish(start(settings, out, steps, "--launch", "torchrun", "--nproc", "2"))
    assert code == 0, err
    return comparable(out)


@pytest.mark.slow
def test_text_on_one_process_and_pictures_on_the_other(uneven, tmp_path):
    lines = two_ranks({**uneven, "save_every": 0}, tmp_path / "run", 4)
    assert json.loads((tmp_path / "run" / "run.json").read_text())["processes"] == 2
    assert [line["step"] for line in lines] == [1, 2, 3, 4]
    assert {line["live_groups"] for line in lines} <= {0, 1} and sum(line["live_groups"] for line in lines) > 0
    assert (tmp_path / "run" / "final" / "model.safetensors").exists()


@pytest.mark.slow
def test_drawing_validating_and_going_on(uneven, tmp_path):
    settings = {**uneven, "dynamic_sampling": True, "skip_dead": 1, "val_data": uneven["data"], "val_every": 2}
    whole = two_ranks(settings, tmp_path / "whole", 4)
    steps = [line for line in whole if "reward" in line]
    assert max(line["draws"] for line in steps) > 2 and max(line["live_groups"] for line in steps) == 2
    assert [line["step"] for line in whole if "val/accuracy" in line] == [0, 2, 4]
    assert {line["val/accuracy"] * 16 % 1 for line in whole if "val/accuracy" in line} == {0}
    two_ranks(settings, tmp_path / "parts", 2)
    assert two_ranks(settings, tmp_path / "parts", 4) == whole
    found = [read_run_state(newest_complete(tmp_path / out / "checkpoints")[0]) for out in ("whole", "parts")]
    assert found[0] == found[1] and found[0]["prompts"]["skipped"] > 0
