"""`agentkit eval phone` end to end on real tasks: the oracle solves, doing nothing does not, stopped runs go on."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

import envs.phone.tasks
from agentkit.actions import Wait
from agentkit.cli import main
from agentkit.cli.eval_phone import choose_tasks
from agentkit.errors import ConfigError, PolicyError
from agentkit.policies.scripted import ScriptedPolicy
from agentkit.types import Ending
from envs.phone.baselines import Oracle
from envs.phone.tasks.base import PhoneTask
from envs.phone.tasks.files import CreateFolder
from envs.phone.tasks.messages import ReadCode
from envs.phone.tasks.notes import DeleteNote

TEMPLATES: tuple[type[PhoneTask], ...] = (CreateFolder, ReadCode, DeleteNote)


@pytest.fixture(autouse=True)
def three_templates(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three of the real templates stand for all, so that the test stays short."""

    def task_suite(seed: int, n_per_template: int) -> list[PhoneTask]:
        return [cls.generate(seed + i) for cls in TEMPLATES for i in range(n_per_template)]

    monkeypatch.setattr(envs.phone.tasks, "task_suite", task_suite, raising=False)


def evaluate(out: Path, *options: str) -> int:
    return main(["eval", "phone", "--out", str(out), *options])


def results(out: Path) -> dict[str, Any]:
    return json.loads((out / "results.json").read_text())


def test_the_oracle_solves_what_doing_nothing_does_not(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    assert evaluate(tmp_path / "oracle", "--policy", "oracle", "--seeds", "2", "--workers", "2") == 0
    card = results(tmp_path / "oracle")["card"]
    assert (card["solved"]["hits"], card["solved"]["total"]) == (6, 6)
    assert (card["baselines"]["no-op"]["hits"], card["baselines"]["no-op"]["total"]) == (0, 6)
    assert set(card["templates"]) == {"CreateFolder", "ReadCode", "DeleteNote"}
    assert card["steps"] > 2
    page = (tmp_path / "oracle" / "report.html").read_text()
    assert page.count("<details") == 6 and "data:image/jpeg" in page
    assert evaluate(tmp_path / "noop", "--policy", "noop", "--seeds", "2") == 0
    assert results(tmp_path / "noop")["card"]["solved"]["hits"] == 0
    assert "solved              0.0 % (0/6" in capsys.readouterr().out


def test_a_stopped_run_goes_on_and_broken_episodes_are_tried_again(tmp_path: Path) -> None:
    """One episode is marked broken and one removed; only these two may get new pictures."""
    out = tmp_path / "run"
    assert evaluate(out, "--policy", "oracle", "--no-baseline") == 0
    broken, gone, kept = sorted((out / "episodes").iterdir())
    head = json.loads((broken / "trace.json").read_text())
    (broken / "trace.json").write_text(json.dumps(head | {"ending": Ending.BROKEN.value}))
    shutil.rmtree(gone)
    before = (kept / "trace.json").stat().st_mtime_ns
    assert evaluate(out, "--policy", "oracle", "--no-baseline") == 0
    assert results(out)["card"]["solved"]["hits"] == 3
    assert json.loads((broken / "trace.json").read_text())["ending"] == "finished"
    assert (kept / "trace.json").stat().st_mtime_ns == before
    assert sorted((out / "episodes").iterdir()) == [broken, gone, kept]


def test_a_policy_that_breaks_is_excluded_and_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    def fails_on_notes(spec: str, protocol: object) -> ScriptedPolicy:
        def script(goal: str, steps: object, observation: object) -> Wait:
            if "Markor" in goal:
                raise PolicyError("the endpoint said 500")
            return Wait()

        return ScriptedPolicy(script)

    monkeypatch.setattr("agentkit.cli.eval_phone.make_policy", fails_on_notes)
    assert evaluate(tmp_path / "run", "--policy", "served:http://127.0.0.1:1#x", "--no-baseline") == 1
    card = results(tmp_path / "run")["card"]
    assert (card["solved"]["hits"], card["solved"]["total"]) == (0, 2)
    assert [(r["template"], r["fault"]) for r in card["broken"]] == [
        ("DeleteNote", "PolicyError: the endpoint said 500")
    ]
    assert card["endings"] == {"cut": 2, "broken": 1}
    assert "1 episodes broke" in capsys.readouterr().err


def test_choosing_tasks() -> None:
    assert [task.key for task in choose_tasks(4, 2, "train", ["Read*"])] == ["ReadCode_4", "ReadCode_5"]
    assert {task.split for task in choose_tasks(0, 1, "held_out", None)} == {"held_out"}
    with pytest.raises(ConfigError, match="'Nothing' fits no template; there are CreateFolder, DeleteNote, ReadCode"):
        choose_tasks(0, 1, "train", ["Nothing"])


def test_other_settings_do_not_mix(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    evaluate(tmp_path / "run", "--policy", "noop", "--tasks", "ReadCode")
    assert evaluate(tmp_path / "run", "--policy", "noop", "--tasks", "ReadCode", "--seed", "3") == 2
    assert "other settings" in capsys.readouterr().err


def test_the_oracle_needs_its_own_phone() -> None:
    with pytest.raises(PolicyError, match="own env"):
        Oracle().reply("goal", (), None)  # type: ignore[arg-type]
