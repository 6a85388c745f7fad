"""The loop: its command lines say what they should, it goes on where it was, and it runs end to end."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from agentkit.errors import ConfigError
from agentkit.recorded.traces import read_traces
from rft.cli import main
from rft.configs import TrainConfig
from rft.evolve.config import EvolveConfig
from rft.evolve.loop import go, same_settings
from rft.evolve.plan import flags, plan
from rft.evolve.summary import summary
from rft.replies import read_replies
from rft.settings import add_flags, given, load


def words(stage) -> dict[str, str]:
    """The flags of a stage with their first value."""
    found = list(stage.words)
    return {word: (found[i + 1] if i + 1 < len(found) else "") for i, word in enumerate(found) if word[:2] == "--"}


def test_each_stage_reads_what_the_one_before_it_wrote():
    stages = plan(Path("t.jsonl"), Path("o"), EvolveConfig(model="mini", rounds=3, seed=7))
    assert [(stage.round, stage.name) for stage in stages] == [
        (1, "rows"), (1, "train"),
        (2, "align"), (2, "enhance"), (2, "train"),
        (3, "align"), (3, "enhance"), (3, "train"),
    ]  # fmt: skip
    rows, first, align2, enhance2, second, align3, _, third = stages
    assert rows.words == ("data", "rows", "t.jsonl", "--out", "o/round-01/rows.jsonl")
    assert (words(first)["--model"], words(first)["--data"]) == ("mini", "o/round-01/rows.jsonl")
    assert align2.words[2] == "t.jsonl" and words(align2)["--replies"] == "o/round-01/train"
    assert words(align2)["--epoch"] == "0" and "--pools" not in words(align2)
    assert enhance2.words[2] == "o/round-02/aligned/traces.jsonl"
    assert words(enhance2)["--pools"] == "o/round-02/aligned/pools.jsonl"
    assert words(second)["--data"] == "o/round-02/enhanced/rows.jsonl"
    assert words(second)["--model"] == "o/round-01/train/final"
    assert align3.words[2] == "o/round-02/aligned/traces.jsonl" and words(align3)["--replies"] == "o/round-02/train"
    assert words(align3)["--epoch"] == "1" and words(align3)["--pools"] == "o/round-02/aligned/pools.jsonl"
    assert [words(stage)["--seed"] for stage in (first, second, third)] == ["7", "8", "9"]
    assert all("--keep-replies" in stage.words and words(stage)["--epochs"] == "1" for stage in (first, second, third))


def test_a_policy_is_asked_as_it_was_trained():
    config = EvolveConfig(
        model="mini", rounds=2, samples=5, enhance=False, align_args={"target_length": 9},
        train_args={"protocol": "venus15_navi", "protocol_args": {"history": 2}, "temperature": 0.7},
    )  # fmt: skip
    stages = plan(Path("t.jsonl"), Path("o"), config)
    assert [stage.name for stage in stages] == ["rows", "train", "align", "train"]
    said = words(stages[2])
    assert said["--policy"] == "qwen:o/round-01/train/final" and said["--samples"] == "5"
    assert (said["--protocol"], said["--protocol-args"], said["--temperature"]) == ("venus15_navi", "history=2", "0.7")
    assert said["--target-length"] == "9" and "--no-keep-replies" in stages[1].words
    assert words(stages[3])["--data"] == "o/round-02/aligned/rows.jsonl"


def test_without_alignment_every_round_trains_on_the_recorded_histories():
    stages = plan(Path("t.jsonl"), Path("o"), EvolveConfig(model="mini", rounds=3, align=False, enhance=False))
    assert [stage.name for stage in stages] == ["rows", "train", "train", "train"]
    assert {words(stage)["--data"] for stage in stages[1:]} == {"o/round-01/rows.jsonl"}
    assert words(stages[2])["--model"] == "o/round-01/train/final" and "--no-keep-replies" in stages[2].words
    with pytest.raises(ConfigError, match="alignment: add --no-enhance"):
        EvolveConfig(model="mini", align=False)


@pytest.mark.parametrize(
    "settings",
    [
        {"trainer": {"a": True, "b": None, "c": [1, "x y"], "e": 'it\'s "so"', "f": {"g": 1e-05}}},
        {"lr": 1e-05, "freeze_vision": False, "report_to": ("a", "b"), "lora_targets": r".*\.(q|k)", "steps": 7},
    ],
)
def test_flags_are_read_back(settings):
    import argparse

    parser = argparse.ArgumentParser()
    add_flags(parser, TrainConfig)
    assert load(TrainConfig, None, given(parser.parse_args(flags(settings)))) == TrainConfig(**settings)


def test_the_plan_is_printed(capsys):
    assert main(["evolve", "t.jsonl", "--out", "o", "--model", "m", "--rounds", "1", "--print"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "rft data rows t.jsonl --out o/round-01/rows.jsonl" and lines[1].startswith(
        "rft train --model m"
    )


def test_the_loop_goes_on_where_it_was(tmp_path):
    stages = plan(Path("t.jsonl"), tmp_path, EvolveConfig(model="m", rounds=2))
    ran: list[str] = []

    def run(command, fail="", code=1):
        name = next(stage.name + str(stage.round) for stage in stages if tuple(command[3:]) == stage.words)
        ran.append(name)
        if name == fail:
            return code
        stage = next(stage for stage in stages if tuple(command[3:]) == stage.words)
        if not stage.marked:
            stage.done.touch()
        return 0

    said: list[str] = []
    assert go(tmp_path, stages, said.append, lambda command: run(command, "train1", 143)) == 143
    assert ran == ["rows1", "train1"] and "train ended with exit code 143" in said[-1]
    assert go(tmp_path, stages, said.append, lambda command: run(command, "enhance2")) == 1
    assert go(tmp_path, stages, said.append, run) == 0
    assert ran == ["rows1", "train1", "train1", "align2", "enhance2", "enhance2", "train2"]
    assert go(tmp_path, stages, said.append, run) == 0 and len(ran) == 7


def test_a_folder_belongs_to_its_settings(tmp_path):
    same_settings(tmp_path, EvolveConfig(model="m", rounds=2))
    same_settings(tmp_path, EvolveConfig(model="m", rounds=5))
    with pytest.raises(ConfigError, match=r"began with other settings \(seed, train_args\)"):
        same_settings(tmp_path, EvolveConfig(model="m", seed=1, train_args={"lr": 1}))


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"rounds": 0}, "rounds must be at least 1"),
        ({"train_args": {"data": "x"}}, "train_args.data cannot be set"),
        ({"align_args": {"pools": "x"}}, "align_args.pools cannot be set"),
    ],
)
def test_bad_settings(settings, message):
    with pytest.raises(ConfigError, match=message):
        EvolveConfig(**settings)


def test_settings_that_training_refuses_are_told_before_anything_runs(tmp_path, capsys):
    command = ["evolve", str(tmp_path / "t"), "--out", str(tmp_path / "o"), "--model", "m", "--train-args", "groop=4"]
    assert main(command) == 2
    assert "unknown setting 'groop'; did you mean 'group'" in capsys.readouterr().err
    assert not (tmp_path / "o").exists()


@pytest.mark.slow
def test_two_rounds_with_the_shipped_model(tmp_path, capsys):
    assert main(["data", "traces", "--n", "2", "--seed", "1", "--out", str(tmp_path / "data")]) == 0
    command = [
        "evolve", str(tmp_path / "data" / "traces.jsonl"), "--out", str(tmp_path / "run"), "--model", "mini",
        "--rounds", "2", "--train-args", "protocol=venus1_navi", "reward=venus_navi", "group=4", "prompts=2", "steps=3",
        "max_new_tokens=40", "temperature=1.4", "device=cpu", "save_every=0",
        "--enhance-args", "below=0.5",
    ]  # fmt: skip
    assert main(command) == 0
    first, second = tmp_path / "run" / "round-01", tmp_path / "run" / "round-02"
    replies = list(read_replies(first / "train"))
    assert len(replies) == 3 * 2 * 4
    report = json.loads((second / "aligned" / "report.json").read_text())
    assert report["replies"]["right"] > 0 and report["settings"]["protocol"] == "venus1_navi"
    pools = (second / "aligned" / "pools.jsonl").read_text()
    for trace in read_traces(second / "aligned" / "traces.jsonl"):
        for step in trace.steps:
            assert step.thought
    assert pools.count("\n") == sum(tally["aligned"] for tally in report["steps_by_action"].values()) > 0
    lines = summary(tmp_path / "run", 2)
    assert [line["steps"] for line in lines] == [3, 3] and 0 < lines[1]["aligned"] <= 1
    assert (second / "train" / "final" / "model.safetensors").exists()
    assert "Self-evolving histories" in (tmp_path / "run" / "report.html").read_text()
    capsys.readouterr()
    assert main(command) == 0  # nothing is left to do
    assert "round 2" not in capsys.readouterr().err
