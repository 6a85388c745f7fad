"""`rft data traces`: what is recorded solves its task again, is read as traces, and hangs on the seed alone."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from PIL import Image, ImageChops

from agentkit.actions import CallUser, Click, Finished, LongPress
from agentkit.errors import EnvError
from agentkit.recorded.traces import Trace, read_traces
from envs.phone.env import PhoneEnv
from envs.phone.tasks.suite import HELD_OUT, templates
from rft.cli import data_traces, main
from rft.data.rows import NavigationRow
from rft.data.trace_rows import rows_of


def make(out: Path, *options: str) -> list[Trace]:
    assert main(["data", "traces", "--out", str(out), *options]) == 0
    return list(read_traces(out / "traces.jsonl"))


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Trace]]:
    out = tmp_path_factory.mktemp("traces") / "out"
    return out, make(out, "--n", "24", "--seed", "3", "--screen", "small", "medium")


def test_a_trace_played_back_solves_its_task_and_sees_its_screens(recorded: tuple[Path, list[Trace]]) -> None:
    kinds = {kind.__name__: kind for kind in templates("train")}
    from envs.phone.words import vocabulary

    for trace in recorded[1][:6]:
        with vocabulary("train"):
            task = kinds[trace.task].generate(trace.meta["seed"])
        assert (trace.id, trace.goal, trace.app) == (task.key, task.goal, task.app)
        env = PhoneEnv(screen=trace.meta["screen"])
        seen = env.reset(task)
        for step in trace.steps:
            assert step.image is not None and step.size == seen.image.size
            with Image.open(step.image) as shot:
                assert ImageChops.difference(shot.convert("RGB"), seen.image.convert("RGB")).getbbox() is None
            seen = env.step(step.action)
        assert env.verdict()["success"] == 1


def test_traces_are_whole(recorded: tuple[Path, list[Trace]]) -> None:
    out, traces = recorded
    assert len({trace.id for trace in traces}) == len({trace.task for trace in traces}) == 24
    assert {trace.meta["screen"] for trace in traces} == {"small", "medium"}
    for trace in traces:
        assert trace.source == "glint-phone" and isinstance(trace.steps[-1].action, Finished)
        assert not any(isinstance(step.action, Finished) for step in trace.steps[:-1])
        assert all(step.thought for step in trace.steps)
        said = [step.action.content for step in trace.steps if isinstance(step.action, CallUser)]
        assert trace.answer == (said[-1] if said else "")
        for step in trace.steps:
            if isinstance(step.action, (Click, LongPress)):
                assert step.box is not None and step.box.contains(step.action.at)
                assert (step.box.x2 - step.box.x1) * (step.box.y2 - step.box.y1) < 0.5
            else:
                assert step.box is None
        assert all(isinstance(row, NavigationRow) for row in rows_of(trace))
    shots = {step.image for trace in traces for step in trace.steps}
    assert {path.name for path in (out / "images").iterdir()} == {path.name for path in shots if path}


def digest(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_the_seed_decides_and_what_a_kill_left_does_not(tmp_path: Path) -> None:
    make(tmp_path / "a", "--n", "3", "--seed", "5")
    stale = tmp_path / ".b.partial" / "images"
    stale.mkdir(parents=True)
    (stale / "old.png").write_bytes(b"x")
    make(tmp_path / "b", "--n", "3", "--seed", "5")
    assert digest(tmp_path / "a") == digest(tmp_path / "b")
    assert digest(make_folder(tmp_path / "c", "--n", "3", "--seed", "6")) != digest(tmp_path / "a")


def make_folder(out: Path, *options: str) -> Path:
    make(out, *options)
    return out


def test_held_out_templates_and_silent_traces(tmp_path: Path) -> None:
    traces = make(tmp_path / "out", "--n", "4", "--split", "heldout_templates", "--no-thoughts")
    assert {trace.task for trace in traces} <= HELD_OUT
    assert not any(step.thought for trace in traces for step in trace.steps)


def test_a_script_that_fails_is_left_out_and_told(tmp_path: Path, monkeypatch, capsys) -> None:
    record, calls = data_traces.record, []

    def failing(*args):
        calls.append(args[1].key)
        if len(calls) == 2:
            raise EnvError("the screen must show an element")
        return record(*args)

    monkeypatch.setattr(data_traces, "record", failing)
    traces = make(tmp_path / "out", "--n", "2")
    assert [trace.id for trace in traces] == [calls[0], calls[2]]
    said = capsys.readouterr()
    assert f"left out: {calls[1]}: the screen must show an element" in said.err and "1 left out" in said.out


def test_a_solution_that_leaves_a_wrong_state_is_no_trace(tmp_path: Path, monkeypatch) -> None:
    kind = next(kind for kind in templates("train") if kind.__name__ == "TurnWifi")
    monkeypatch.setattr(kind, "oracle", lambda self, phone: iter(()))
    with pytest.raises(EnvError, match="its solution scores 0"):
        data_traces.record(PhoneEnv(screen="small"), kind.generate(2), tmp_path, True, {})


def test_bad_arguments(tmp_path: Path, capsys) -> None:
    assert main(["data", "traces", "--out", str(tmp_path / "out"), "--n", "0"]) == 2
    assert "--n must be at least 1, got 0" in capsys.readouterr().err
    (tmp_path / "there").mkdir()
    assert main(["data", "traces", "--out", str(tmp_path / "there"), "--n", "1"]) == 2
    assert "--out needs a new folder" in capsys.readouterr().err
