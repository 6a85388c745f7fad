"""`agentkit eval androidcontrol-high` end to end: a perfect agent, resuming, rescoring, and what is not scored."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from agentkit.actions import Click, Point
from agentkit.cli import eval_navigation, main
from agentkit.errors import PolicyError
from agentkit.types import Observation, Reply, Step
from recorded_files import AC_ACTIONS, episode
from tfrecord_files import write_tfrecord

RULES = ["agentcpm", "ui-tars", "ui-s1", "androidcontrol"]
STEPS = 9 + 2
"""Recorded steps of the two test episodes, each with its finish step."""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    root = tmp_path / "ac"
    write_tfrecord(
        root / "android_control-00000-of-00001",
        [episode(1, AC_ACTIONS), episode(2, [{"action_type": "wait"}]), episode(3, [{"action_type": "fly"}])],
    )
    (root / "splits.json").write_text(json.dumps({"train": [3], "test": [1, 2]}))
    return root


def evaluate(data: Path, out: Path, *options: str, suite: str = "androidcontrol-high") -> int:
    return main(["eval", suite, "--data", str(data), "--out", str(out), *options])


def results(out: Path) -> dict[str, Any]:
    return json.loads((out / "results.json").read_text())


def share(out: Path, number: str) -> list[tuple[int, int]]:
    rules = results(out)["card"]["rules"]
    assert list(rules) == RULES
    return [(rule[number]["hits"], rule[number]["total"]) for rule in rules.values()]


class Said:
    """Answers a click at its own count, and remembers what it was asked; raises where told."""

    def __init__(self, fail_at: Sequence[int] = ()) -> None:
        self.asked: list[tuple[str, int]] = []
        self.fail_at = fail_at

    def reply(self, goal: str, steps: Sequence[Step], observation: Observation) -> Reply:
        self.asked.append((goal, len(steps)))
        if len(self.asked) in self.fail_at:
            raise PolicyError("no answer")
        return Reply("said", Click(Point(0.1, 0.2)), seconds=0.5)


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> Said:
    policy = Said()
    monkeypatch.setattr(eval_navigation, "make_policy", lambda spec, protocol: policy)
    return policy


def test_the_recorded_actions_are_a_perfect_agent_but_for_what_protocols_do_to_them(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    out = tmp_path / "run"
    assert evaluate(data, out, "--policy", "recorded") == 0
    # Open_app is dropped, the finish steps count, and the long press is a click: AgentCPM's converter made it one.
    assert share(out, "step") == [(9, 10), (9, 9), (9, 9), (9, 9)]
    assert share(out, "type") == [(9, 10), (9, 9), (9, 9), (9, 9)]
    assert share(out, "traces") == [(1, 2), (2, 2), (2, 2), (2, 2)]
    assert share(out, "grounding") == [(1, 2), (2, 2), (2, 2), (2, 2)]
    found = results(out)
    assert found["split"] == ["test"] and found["policy"] == "recorded" and found["card"]["steps"] == STEPS
    assert "<table" in (out / "report.html").read_text()
    said = capsys.readouterr().out
    assert "90.0 (9/10)" in said and "100.0 (9/9)" in said and "split test has 2 traces" in said


def test_a_run_that_was_stopped_goes_on_and_asks_nothing_twice(data: Path, tmp_path: Path, said: Said) -> None:
    out = tmp_path / "run"
    assert evaluate(data, out, "--policy", "qwen:x") == 0
    assert len(said.asked) == STEPS and [number for _, number in said.asked] == [*range(9), 0, 1]
    whole = results(out)["card"]
    lines = (out / "predictions.jsonl").read_text().splitlines(keepends=True)
    (out / "predictions.jsonl").write_text("".join(lines[:4]) + lines[4][:20])  # torn in the fifth
    said.asked.clear()
    assert evaluate(data, out, "--policy", "qwen:x") == 0
    assert [number for _, number in said.asked] == [*range(4, 9), 0, 1]
    assert results(out)["card"]["rules"] == whole["rules"]
    said.asked.clear()
    assert evaluate(data, out, "--policy", "qwen:x") == 0 and said.asked == []
    assert evaluate(data, out, "--policy", "qwen:y") == 2  # another policy is another run


def test_low_asks_with_the_instruction(data: Path, tmp_path: Path, said: Said) -> None:
    assert evaluate(data, tmp_path / "run", "--policy", "qwen:x", suite="androidcontrol-low") == 0
    assert said.asked[0] == ("Open the clock\nCurrent step: do 0", 0)
    assert said.asked[8] == ("Open the clock\nCurrent step: finish the task", 8)


def test_steps_without_an_answer_are_wrong_and_asked_again(data: Path, tmp_path: Path, said: Said) -> None:
    out = tmp_path / "run"
    said.fail_at = (2,)  # the click that the others get right
    assert evaluate(data, out, "--policy", "qwen:x") == 1
    assert results(out)["card"]["missing"] == ["androidcontrol-1/1"]
    assert results(out)["failures"] == ["androidcontrol-1/1: no answer"]
    before = share(out, "step")
    assert evaluate(data, out, "--policy", "qwen:x") == 0
    assert len(said.asked) == STEPS + 1
    assert [hits for hits, _ in share(out, "step")] == [hits + 1 for hits, _ in before]


def test_a_policy_that_is_down_stops_the_run(data: Path, tmp_path: Path, said: Said, capsys: Any) -> None:
    said.fail_at = range(3, 99)
    assert evaluate(data, tmp_path / "run", "--policy", "qwen:x") == 2
    assert "5 questions in a row failed, the last with: no answer" in capsys.readouterr().err
    assert len((tmp_path / "run" / "predictions.jsonl").read_text().splitlines()) == 2


def test_traces_that_are_not_scored_are_told_and_the_exit_code_says_so(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    (data / "splits.json").write_text(json.dumps({"test": [1, 3, 99]}))
    out = tmp_path / "run"
    assert evaluate(data, out, "--policy", "recorded") == 1
    err = capsys.readouterr().err
    assert "not scored: 1 x action fly, e.g. 3: " in err and "1 x named by the split, not in the data, e.g. 99" in err
    assert results(out)["card"]["excluded"] == {"action fly": 1, "named by the split, not in the data": 1}
    assert results(out)["card"]["traces"] == 1


def test_answers_of_a_file_are_scored_without_asking(data: Path, tmp_path: Path, said: Said) -> None:
    first, again = tmp_path / "first", tmp_path / "again"
    assert evaluate(data, first, "--policy", "qwen:x") == 0
    asked = len(said.asked)
    assert evaluate(data, again, "--predictions", str(first / "predictions.jsonl")) == 0
    assert len(said.asked) == asked and results(again)["card"]["rules"] == results(first)["card"]["rules"]


def test_a_file_of_texts_is_read_by_the_protocol_at_each_steps_size(data: Path, tmp_path: Path) -> None:
    """The screens measure 40 x 80, which the model sees at 644 x 1316: (64, 263) there is the recorded (4, 16)."""
    answers = tmp_path / "texts.jsonl"
    answers.write_text(json.dumps({"id": "androidcontrol-1/1", "text": "<action>Click(box=(64, 263))</action>"}) + "\n")
    out = tmp_path / "run"
    assert evaluate(data, out, "--predictions", str(answers), "--protocol", "venus1_navi") == 0
    assert [hits for hits, _ in share(out, "step")] == [1, 1, 1, 1]
    assert len(results(out)["card"]["missing"]) == STEPS - 1


def test_foreign_answers_and_damaged_data_are_errors(data: Path, tmp_path: Path, capsys: Any) -> None:
    answers = tmp_path / "answers.jsonl"
    answers.write_text('{"id": "androidcontrol-9/0", "action": {"type": "Wait"}}\n')
    assert evaluate(data, tmp_path / "a", "--predictions", str(answers)) == 2
    assert "1 predictions name no step of this suite, e.g. ['androidcontrol-9/0']" in capsys.readouterr().err
    shard = data / "android_control-00000-of-00001"
    shard.write_bytes(shard.read_bytes()[:-30])
    assert evaluate(data, tmp_path / "b", "--policy", "recorded", "--split", "all") == 2
    assert "cannot read" in capsys.readouterr().err
    assert evaluate(data, tmp_path / "c", "--policy", "recorded", "--batch", "0") == 2


def test_agentkit_score_gives_the_same_card_and_needs_no_model(
    data: Path, tmp_path: Path, said: Said, capsys: Any
) -> None:
    first = tmp_path / "first"
    assert evaluate(data, first, "--policy", "qwen:x") == 0
    lines = (first / "predictions.jsonl").read_text().splitlines(keepends=True)
    parts = [tmp_path / "a.jsonl", tmp_path / "b.jsonl"]
    for part, some in zip(parts, (lines[:5], lines[5:]), strict=True):
        part.write_text("".join(some))
    words = ["score", "androidcontrol-high", "--data", str(data), "--predictions", *map(str, parts)]
    asked = len(said.asked)
    assert main([*words, "--out", str(tmp_path / "scored"), "--json", str(tmp_path / "card.json")]) == 0
    assert len(said.asked) == asked
    assert results(tmp_path / "scored")["card"] == results(first)["card"]
    assert json.loads((tmp_path / "card.json").read_text())["split"] == ["test"]
    assert "<table" in (tmp_path / "scored" / "report.html").read_text()
    assert "under 4 published rules" in capsys.readouterr().out
    assert main([*words, "--split", "train"]) == 2  # the answers are to other episodes
    assert main([*words, "--out", str(tmp_path / "scored")]) == 2
    assert main(["score", "aitz", "--predictions", str(parts[0])]) == 2
    assert "--data is needed" in capsys.readouterr().err


@pytest.mark.slow
def test_the_shipped_model_answers_every_step(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    assert evaluate(data, out, "--policy", "qwen:mini", "--protocol", "venus1_navi", "--limit", "1") == 0
    assert results(out)["card"]["missing"] == [] and results(out)["card"]["traces"] == 1
    assert "history" in results(out)["protocol_options"] and results(out)["asked"]["policy"]
