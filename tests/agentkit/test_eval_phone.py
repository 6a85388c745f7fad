"""`agentkit eval phone` end to end on real tasks: the oracle solves, doing nothing does not, stopped runs go on."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from agentkit.actions import Wait
from agentkit.cli import main
from agentkit.cli.eval_phone import choose_tasks
from agentkit.errors import ConfigError, PolicyError
from agentkit.policies.scripted import ScriptedPolicy
from agentkit.scoring import template_of
from agentkit.types import Ending
from envs.phone.baselines import Oracle

TASKS = ("--tasks", "CreateFolder", "ReadCode", "DeleteNote")


def evaluate(out: Path, *options: str) -> int:
    return main(["eval", "phone", "--out", str(out), *TASKS, *options])


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


def test_many_phones_in_other_processes_find_the_same(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    """A script of clicks that open apps: what is seen and judged does not depend on where the phones are drawn."""
    script = tmp_path / "script.txt"
    lines = [
        f"<think>a</think><action>{call}</action>"
        for call in ("Launch(app='Markor')", "PressBack()", "Finished(content='')")
    ]
    script.write_text("\n".join(lines) + "\n")
    common = ["--policy", f"scripted:{script}", "--seeds", "2", "--no-baseline"]
    assert evaluate(tmp_path / "here", *common) == 0
    assert evaluate(tmp_path / "there", *common, "--phones", "4", "--processes", "2") == 0
    here, there = results(tmp_path / "here"), results(tmp_path / "there")
    assert here["card"]["endings"] == there["card"]["endings"] == {"finished": 6}
    pictures = [
        {str(file.relative_to(tmp_path / run)): file.read_bytes() for file in (tmp_path / run).rglob("*.png")}
        for run in ("here", "there")
    ]
    assert pictures[0] == pictures[1] and len(pictures[0]) > 12
    assert evaluate(tmp_path / "x", "--policy", "oracle", "--processes", "2") == 2
    assert evaluate(tmp_path / "x", "--policy", "noop", "--processes", "-1") == 2
    assert "which must be in this process" in capsys.readouterr().err


def test_choosing_tasks() -> None:
    chosen = choose_tasks(4, 2, "train", ["Read*", "DeleteNote"])
    assert sorted({template_of(task) for task in chosen}) == ["DeleteNote", "ReadCode"]
    assert len(chosen) == len({task.key for task in chosen}) == 4
    assert {task.split for task in choose_tasks(0, 1, "heldout_seeds", None)} == {"held_out"}
    assert len({template_of(task) for task in choose_tasks(0, 1, "all", None)}) > 50
    with pytest.raises(ConfigError, match="'Nothing' fits no template; there are A"):
        choose_tasks(0, 1, "train", ["Nothing"])


def test_other_settings_do_not_mix(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    evaluate(tmp_path / "run", "--policy", "noop")
    assert evaluate(tmp_path / "run", "--policy", "noop", "--seed", "3") == 2
    assert "other settings" in capsys.readouterr().err


def test_the_oracle_needs_its_own_phone() -> None:
    with pytest.raises(PolicyError, match="own env"):
        Oracle().reply("goal", (), None)  # type: ignore[arg-type]
