"""`agentkit eval miniwob` end to end in a real browser: baselines, a scripted policy, stopped runs, the list."""

from __future__ import annotations

import importlib.util
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from agentkit.cli import main
from agentkit.errors import ConfigError
from agentkit.types import Ending


@pytest.fixture(scope="module")
def browser() -> str:
    from envs.miniwob.browser import find_chromium

    if importlib.util.find_spec("playwright") is None or importlib.util.find_spec("miniwob") is None:
        pytest.skip("needs the packages playwright and miniwob: pip install 'glint-agents[miniwob]'")
    try:
        return find_chromium()
    except ConfigError as error:
        pytest.skip(str(error))


def evaluate(browser: str, out: Path, *options: str) -> int:
    return main(["eval", "miniwob", "--browser", browser, "--scale", "1", "--out", str(out), *options])


def results(out: Path) -> dict[str, Any]:
    return json.loads((out / "results.json").read_text())


@pytest.mark.slow
def test_oracle_and_noop_then_a_stopped_run_goes_on(
    browser: str, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    out = tmp_path / "oracle"
    tasks = ("click-test*", "circle-center", "use-spinner")  # one spinner wants the same click seven times
    options = ("--policy", "oracle", "--tasks", *tasks, "--episodes", "2", "--workers", "2")
    assert evaluate(browser, out, *options) == 0
    found = results(out)
    assert (found["card"]["solved"]["hits"], found["card"]["solved"]["total"]) == (10, 10)
    row = found["by_task"]["click-test-2"]
    assert (row["needs"], row["episodes"], row["success"], row["exact"], row["broken"]) == ("click", 2, 2, 2, 0)
    assert row["steps"] == 1 and row["seconds"] > 0
    assert found["by_task"]["circle-center"]["success"] == 2 and found["by_task"]["circle-center"]["exact"] < 2
    assert {"miniwob", "playwright"} <= found["versions"].keys() and found["cost"]["machine"]["cores"] >= 1
    page = (out / "report.html").read_text()
    assert "By task" in page and "click-test-transfer" in page and "data:image" in page
    text = capsys.readouterr().out
    assert "10 problems of 5 tasks" in text and "click-test-2" in text

    broken, gone, kept = sorted((out / "episodes").iterdir())[:3]
    head = json.loads((broken / "trace.json").read_text())
    (broken / "trace.json").write_text(json.dumps(head | {"ending": Ending.BROKEN.value}))
    shutil.rmtree(gone)
    before = (kept / "trace.json").stat().st_mtime_ns
    assert evaluate(browser, out, *options) == 0
    assert results(out)["card"]["solved"]["hits"] == 10
    assert json.loads((broken / "trace.json").read_text())["ending"] == "ended"
    assert (kept / "trace.json").stat().st_mtime_ns == before
    assert evaluate(browser, out, *options, "--seed", "5") == 2
    assert "other settings" in capsys.readouterr().err

    assert evaluate(browser, tmp_path / "noop", "--policy", "noop", "--tasks", "click-test") == 0
    assert results(tmp_path / "noop")["card"]["solved"]["hits"] == 0


def test_any_policy_clicks_in_its_own_protocol(browser: str, tmp_path: Path) -> None:
    """One click in the middle of the lower half, as UI-Venus-1.5 words it: it meets the button of some problems."""
    script = tmp_path / "script.txt"
    script.write_text("<think></think><action>Click(box=(500, 620))</action><conclusion></conclusion>\n" * 2)
    out = tmp_path / "run"
    options = ("--policy", f"scripted:{script}", "--tasks", "click-test", "--episodes", "4", "--max-steps", "2")
    assert evaluate(browser, out, *options) == 0
    card = results(out)["card"]
    assert 0 < card["solved"]["hits"] < 4 and card["malformed"]["hits"] == 0
    assert set(card["endings"]) == {"ended", "cut"}


def test_tasks_that_are_left_out_are_named(browser: str, tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    assert evaluate(browser, tmp_path / "a", "--policy", "oracle", "--tasks", "drag-cube") == 2
    assert evaluate(browser, tmp_path / "b", "--policy", "oracle", "--tasks", "click-tset") == 2
    assert evaluate(browser, tmp_path / "c", "--policy", "oracle", "--needs", "hover") == 2
    said = capsys.readouterr().err
    assert "no task is left" in said and "'click-tset' fits no task" in said


def test_settings_are_checked_before_anything_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    pytest.importorskip("miniwob")
    assert evaluate("none-such", tmp_path / "a", "--policy", "oracle") == 2
    assert "must name a Chromium to run, got 'none-such'" in capsys.readouterr().err
    assert evaluate("none-such", tmp_path / "a", "--policy", "oracle", "--episodes", "0") == 2
    assert "must be at least 1" in capsys.readouterr().err
    assert not (tmp_path / "a").exists()


def test_the_list_needs_no_other_option(capsys: pytest.CaptureFixture) -> None:
    with pytest.raises(SystemExit) as left:
        main(["eval", "miniwob", "--list"])
    lines = capsys.readouterr().out.splitlines()
    assert left.value.code == 0 and len(lines) == 135
    assert "click-test-2                  click   yes" in lines
    assert any(line.startswith("simon-says") and "shown once" in line for line in lines)
