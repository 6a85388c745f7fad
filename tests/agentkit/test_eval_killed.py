"""`agentkit eval phone` killed at random moments: no episode is repeated, none is lost, and the result is the same."""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import signal
import subprocess
import sys
import time
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import pytest

from agentkit.cli import main
from agentkit.errors import DataError
from agentkit.scoring import append_row, read_rows
from agentkit.trace import drop_trace, sweep_drafts

FRESH = multiprocessing.get_context("forkserver")
"""Processes that have the program loaded already: most of a short run is loading."""
OPTIONS = ["--policy", "oracle", "--workers", "2", "--no-baseline"]
TASKS = ["--tasks", "Turn*", "Set*", "Read*", "CreateN*", "D*"]
KILLS = 20


def finished(out: Path) -> dict[str, tuple[int, int]]:
    """Each finished trace, by which file it is and when that was written."""
    heads = (out / "episodes").glob("[!.]*/trace.json")
    return {head.parent.name: (head.stat().st_ino, head.stat().st_mtime_ns) for head in heads}


def outcome(out: Path) -> dict[str, Any]:
    """What a run found, without how long it took."""
    found = json.loads((out / "results.json").read_text())
    return {key: found[key] for key in ("suite", "policy", "tasks", "seed")} | {
        "card": json.loads(json.dumps(found["card"]), object_hook=_timeless)
    }


def _timeless(item: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in item.items() if "seconds" not in key and key != "device_step"}


def begin(out: Path) -> BaseProcess:
    FRESH.set_forkserver_preload(["__main__", "agentkit.cli.eval_phone", "envs.phone.baselines", "envs.phone.apps"])
    process = FRESH.Process(target=main, args=(["eval", "phone", *OPTIONS, *TASKS, "--out", str(out)],))
    process.start()
    return process


def at_work(process: BaseProcess, folder: Path, there: set[str], done: int) -> None:
    """Wait until the process has begun to write an episode and finished `done` of them."""
    while process.is_alive():
        new = names(folder) - there
        if new and sum(not name.startswith(".") for name in new) >= done:
            return
        time.sleep(0.002)


def names(folder: Path) -> set[str]:
    return {item.name for item in folder.iterdir()} if folder.is_dir() else set()


@pytest.mark.slow
def test_killed_at_random_moments_the_result_is_the_same(tmp_path: Path) -> None:
    begin(tmp_path / "unbroken").join()
    out, dice, drafts, counts = tmp_path / "killed", random.Random(0), 0, []
    episodes = out / "episodes"
    before: dict[str, tuple[int, int]] = {}
    for _ in range(KILLS):
        if len(before) > 12:  # nearly done: take some away, so that there is more to kill
            for key in dice.sample(sorted(before), 8):
                drop_trace(episodes / key)
                del before[key]
        there = names(episodes)
        process = begin(out)
        at_work(process, episodes, there, dice.randrange(3))
        time.sleep(dice.uniform(0, 0.1))
        process.kill()
        process.join()
        assert process.exitcode == -signal.SIGKILL, "it ended before it could be killed"
        now = finished(out)
        assert {key: now[key] for key in before} == before, "a finished episode was repeated or lost"
        drafts += any(name.startswith(".") for name in names(episodes))
        counts.append(len(now) - len(before))
        before = now
    begin(out).join()
    assert {key: finished(out)[key] for key in before} == before
    assert outcome(out) == outcome(tmp_path / "unbroken")
    assert outcome(out)["card"]["solved"]["hits"] == len(outcome(out)["tasks"]) == len(finished(out))
    assert not list(episodes.glob(".*")), "drafts of killed processes stayed"
    assert drafts >= 3 and len(set(counts)) >= 3, f"too few different moments: {drafts} drafts, {counts} finished"


def test_killed_while_a_broken_episode_is_dropped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is dropped disappears as a whole, so that half a trace can never stand in the way of the next run."""
    run = [
        "eval",
        "phone",
        "--policy",
        "oracle",
        "--tasks",
        "TurnWifi",
        "--no-baseline",
        "--out",
        str(tmp_path / "run"),
    ]
    assert main(run) == 0
    (trace,) = (tmp_path / "run" / "episodes").iterdir()
    head = json.loads((trace / "trace.json").read_text())
    (trace / "trace.json").write_text(json.dumps(head | {"ending": "broken"}))

    def killed(folder: Path, **_: Any) -> None:
        next(Path(folder).glob("*.png")).unlink()
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("agentkit.trace.shutil.rmtree", killed)
        assert main(run) == 130
    assert not trace.exists()
    assert main(run) == 0
    assert names(trace.parent) == {trace.name}


def test_drafts_of_running_processes_are_left_alone(tmp_path: Path) -> None:
    other = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    for name in (f".a.partial-{other.pid}", f".b.partial-{os.getpid()}", ".c.partial-x", "d"):
        (tmp_path / name).mkdir()
    sweep_drafts(tmp_path)
    assert names(tmp_path) == {f".a.partial-{other.pid}", "d"}
    other.communicate(b"\n")
    sweep_drafts(tmp_path)
    assert names(tmp_path) == {"d"}
    with pytest.raises(DataError, match="cannot delete"):
        drop_trace(tmp_path / "nothing")


def test_killed_as_it_began(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / ".settings.json.partial").write_text('{"suite": "ph')
    run = ["eval", "phone", "--policy", "noop", "--tasks", "TurnWifi", "--out", str(tmp_path / "run")]
    assert main(run) == 0


def test_a_torn_last_line_is_cut_off_wherever_it_broke(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    rows = [{"id": "a", "text": "ä\n"}, {"id": "b"}, {"id": "c", "text": "x" * 20}]
    for row in rows:
        append_row(path, row)
    data = path.read_bytes()
    for size in range(len(data) + 1):
        path.write_bytes(data[:size])
        whole = data[:size].count(b"\n")
        assert list(read_rows(path, mend=True)) == rows[:whole], size
        for row in rows[whole:]:
            append_row(path, row)
        assert path.read_bytes() == data, size
