"""AndroidWorld's scoring rule, the worker's protocol, and transcripts."""

from __future__ import annotations

import sqlite3
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from agentkit.actions import Click, Finished, Point
from agentkit.errors import ConfigError, DataError, EnvError
from agentkit.types import Ending, Trajectory
from envs.androidworld import process
from envs.androidworld.env import AndroidWorldEnv
from envs.androidworld.process import TaskFault, WorkerProcess
from envs.androidworld.task import AndroidWorldTask, answers
from envs.androidworld.transcript import Call, Replay, Transcript, differences

TASK = AndroidWorldTask("Turn_0", "Turn", "Turn it on.", "Turn it {way}.", 10, ("settings",), 7, {"way": "on"})


@pytest.mark.parametrize(
    ("ending", "state", "success"),
    [(Ending.FINISHED, 1.0, 1.0), (Ending.CUT, 1.0, 0.0), (Ending.ENDED, 1.0, 0.0), (Ending.FINISHED, 0.5, 0.5)],
)
def test_a_right_state_counts_only_when_the_agent_declared_the_end(ending, state, success):
    run = Trajectory(TASK.key, TASK.goal, (), ending, verdict={"success": state})
    assert TASK.score(run) == {"success": success, "state": state}


def test_a_task_without_a_solution_says_so():
    with pytest.raises(EnvError, match="Turn has no scripted solution"):
        TASK.oracle(None)  # type: ignore[arg-type]


class Rewording:
    """A worker that words the goal as it sets the task up."""

    alive = True

    def initialize(self, key, params):
        return "Turn it on tomorrow."


class Screen:
    def reset(self, task):
        return task.goal


def test_the_goal_is_what_the_set_up_made_of_it():
    task = replace(TASK)
    assert AndroidWorldEnv(Screen(), Rewording()).reset(task) == "Turn it on tomorrow."
    assert (task.goal, TASK.goal) == ("Turn it on tomorrow.", "Turn it on.")


def worker(tmp_path: Path, body: str, monkeypatch) -> WorkerProcess:
    """A process whose worker is `body` instead of AndroidWorld's."""
    script = tmp_path / "worker.py"
    script.write_text(body)
    monkeypatch.setattr(process, "WORKER", script)
    return WorkerProcess(sys.executable, "emulator-5554", adb=sys.executable, timeout_s=30, log=tmp_path / "log")


ANSWERING = """
import json, sys
print('{"ok": "ready"}', flush=True)
for line in sys.stdin:
    request = json.loads(line)
    if request["do"] == "score":
        answer = {"error": "no such table: events", "kind": "OperationalError", "trace": "checker.py"}
    elif request["do"] == "finish":
        raise SystemExit(3)
    elif request["do"] == "answer":
        import time; time.sleep(60)
    else:
        answer = {"ok": {"goal": f"{request['key']} {request['params']}"}}
    print(json.dumps(answer), flush=True)
"""


def test_what_the_worker_says_and_how_it_ends(tmp_path, monkeypatch):
    with worker(tmp_path, ANSWERING, monkeypatch) as running:
        assert running.initialize("Turn_0", {"way": "on", "rows": [1]}) == "Turn_0 {'way': 'on'}"
        with pytest.raises(TaskFault, match="score: OperationalError: no such table: events"):
            running.score()
        assert running.alive
        with pytest.raises(EnvError, match="finish: the AndroidWorld worker died with exit code 3"):
            running.finish()
        assert not running.alive
        with pytest.raises(EnvError, match=r"gone|died"):
            running.score()


def test_a_silent_worker_is_killed(tmp_path, monkeypatch):
    with worker(tmp_path, ANSWERING, monkeypatch) as running:
        running.timeout_s = 0.5
        with pytest.raises(EnvError, match=r"silent for 0\.5 s and was killed"):
            running.answer("x")
        assert not running.alive


def test_an_interpreter_without_androidworld_is_named(tmp_path, monkeypatch):
    with pytest.raises(ConfigError, match=r"does this Python import android_world.*log"):
        worker(tmp_path, "import no_such_module_anywhere", monkeypatch)
    assert "no_such_module_anywhere" in (tmp_path / "log").read_text()
    with pytest.raises(ConfigError, match="is no Python interpreter"):
        WorkerProcess(tmp_path / "python", "emulator-5554", adb=sys.executable)
    with pytest.raises(ConfigError, match="no 'no-adb' on PATH"):
        WorkerProcess(sys.executable, "emulator-5554", adb="no-adb")


def database(path: Path, rows: list[int], vacuum: bool = False) -> bytes:
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE t (x INTEGER)")
    connection.executemany("INSERT INTO t VALUES (?)", [(row,) for row in rows])
    if vacuum:  # other bytes, the same contents
        connection.execute("CREATE TABLE u (x)")
        connection.execute("DROP TABLE u")
    connection.commit()
    connection.close()
    return path.read_bytes()


def test_databases_are_compared_by_contents(tmp_path):
    pulled = [
        Call(("pull", "/data/x.db", "@file"), b"", False, database(tmp_path / f"{i}.db", rows, vacuum))
        for i, (rows, vacuum) in enumerate([([1, 2], False), ([1, 2], True), ([1, 3], False)])
    ]
    assert pulled[0].file != pulled[1].file
    assert differences(pulled[0], pulled[1]) == []
    assert differences(pulled[0], pulled[2]) == ["pull /data/x.db @file: another file"]


def test_a_replay_gives_the_recorded_score_only_for_the_recorded_answers(tmp_path):
    said = {"shell get": b"1\n"}
    calls = []

    def adb(words):
        calls.append(tuple(words))
        return (0, said.get(" ".join(words), b""))

    check = (Call(("shell", "get"), b"1\n", False),)
    recorded = Transcript(TASK, (Call(("shell", "put"), b"noise", False),), ("yes",), check, 1.0)
    path = recorded.save(tmp_path)
    assert path.read_bytes() == recorded.save(tmp_path / "again").read_bytes()
    replay = Replay([Transcript.load(path)], adb)
    assert replay.suite(0) == [replace(TASK, goal="Turn_0", template="Turn")]
    assert replay.initialize("Turn_0", TASK.params) == "Turn_0"
    assert calls == [("shell", "put")]
    assert replay.score() == 0.0
    assert replay.differences == ["answers: [] instead of ['yes']"]
    replay.answer("no")
    replay.answer("yes")
    assert replay.score() == 1.0
    said["shell get"] = b"0\n"
    assert replay.score() == 0.0
    with pytest.raises(DataError, match="no transcript of Other_0"):
        replay.initialize("Other_0", {})


@pytest.mark.parametrize("data", [b"", b"{}", b"\x1f\x8b\x08broken"])
def test_a_broken_transcript_is_refused(tmp_path, data):
    (tmp_path / "x.json.gz").write_bytes(data)
    with pytest.raises(DataError, match="is no transcript of a task"):
        Transcript.load(tmp_path / "x.json.gz")


def test_only_what_is_said_to_the_user_is_an_answer():
    assert answers(Click(Point(0, 0))) is None
    assert answers(Finished("x")) is None
