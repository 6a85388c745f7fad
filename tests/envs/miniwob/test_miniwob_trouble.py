"""Browsers that die and pages that hang, for real: the episode is broken, the run goes on, nothing is left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from agentkit.actions import Action, Click, Point
from agentkit.errors import EnvError
from agentkit.pool import run_episodes
from agentkit.types import Ending, Observation, Reply, Step
from envs.miniwob import PAGES, MiniWobEnv, MiniWobTask, Page
from envs.miniwob.dom import Dom

GO = Click(Point(0.2, 0.4))
FINE = "var genProblem = function() { document.getElementById('go').onclick = () => core.endEpisode(1); };"
HANGS = "var genProblem = function() { document.getElementById('go').onclick = () => { while (true) {} }; };"
NEVER = "var genProblem = function() { WOB_TASK_READY = false; };"
LEAVES = "var genProblem = function() { document.getElementById('go').onclick = () => { location = 'fine.html'; }; };"


class Clicker:
    """Clicks the button; `before` happens first, in the thread of the episode."""

    def __init__(self, before: Callable[[str], None] = lambda goal: None) -> None:
        self.before = before

    def reply(self, goal: str, steps: Sequence[Step], observation: Observation) -> Reply:
        self.before(goal)
        return Reply("", GO)


@pytest.fixture
def ours(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty folder for temporary files, whose name also marks the processes that this test starts.

    Its path is short: Chromium keeps a socket in it, whose path may have no more than 107 characters.
    """
    with tempfile.TemporaryDirectory(prefix="mw") as name:
        monkeypatch.setenv("TMPDIR", name)
        yield Path(name)


def processes_of(folder: Path) -> list[str]:
    """Command lines of living processes that were started with TMPDIR set to `folder`."""
    found = []
    for place in Path("/proc").iterdir():
        if not place.name.isdigit() or int(place.name) == os.getpid():
            continue
        try:
            marked = f"TMPDIR={folder}".encode() in (place / "environ").read_bytes().split(b"\0")
            line = (place / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
        except OSError:
            continue
        if marked and line:
            found.append(line)
    return found


def assert_nothing_left(folder: Path) -> None:
    deadline = time.monotonic() + 10
    while (processes_of(folder) or list(folder.iterdir())) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert processes_of(folder) == [] and list(folder.iterdir()) == []


def test_the_witness_sees_processes_and_profiles(chromium: str, ours: Path) -> None:
    env = MiniWobEnv(executable=chromium)
    try:
        env.reset(MiniWobTask(PAGES["click-test"], 0))
        assert any("--headless" in line for line in processes_of(ours)) and list(ours.iterdir())
        assert env.browser_pid is not None and os.path.exists(f"/proc/{env.browser_pid}")
    finally:
        env.close()
    assert_nothing_left(ours)


def test_a_killed_browser_breaks_the_episode_and_the_next_one_runs(chromium: str, ours: Path) -> None:
    env = MiniWobEnv(executable=chromium)
    first, second = (MiniWobTask(PAGES["click-test"], seed) for seed in (0, 1))
    try:
        env.reset(first)
        killed = env.browser_pid
        assert killed is not None
        os.kill(killed, signal.SIGKILL)
        with pytest.raises(EnvError, match=r"carrying out Click on click-test_0: .*closed"):
            env.step(GO)
        with pytest.raises(EnvError, match="reset"):
            env.verdict()
        assert env.reset(second).image.size == (320, 420) and env.browser_pid not in (None, killed)
    finally:
        env.close()
    assert_nothing_left(ours)


@pytest.mark.slow
def test_a_run_outlives_dead_browsers_hung_pages_and_pages_that_are_never_ready(
    chromium: str, ours: Path, pages
) -> None:
    for name, script in {"fine": FINE, "hangs": HANGS, "never": NEVER, "leaves": LEAVES}.items():
        pages.write(name, script)
    names = ["fine", "hangs", "fine", "never", "fine", "leaves", "fine", "missing", "fine"]
    tasks = [MiniWobTask(Page(name, "click"), seed) for seed, name in enumerate(names)]
    made: list[MiniWobEnv] = []

    def make() -> MiniWobEnv:
        made.append(MiniWobEnv(executable=chromium, html=pages.root, timeout_s=8))
        return made[-1]

    shots = iter(range(100))

    def kill_the_third(goal: str) -> None:
        if next(shots) == 2:
            pid = made[-1].browser_pid
            assert pid is not None
            os.kill(pid, signal.SIGKILL)

    found = run_episodes(Clicker(kill_the_third), make, tasks, workers=1)
    endings = [trajectory.ending for trajectory in found]
    broken = Ending.BROKEN
    assert endings == [Ending.ENDED, broken, broken, broken, Ending.ENDED, broken, Ending.ENDED, broken, Ending.ENDED]
    faults = [trajectory.fault for trajectory in found]
    assert "carrying out Click on hangs_1 took longer than 8 s; the browser was killed" in faults[1]
    assert "closed" in faults[2] and "never was not ready" in faults[3]
    assert ("left the page of leaves" in faults[5] or "navigation" in faults[5]) and "opening missing_7" in faults[7]
    assert {trajectory.verdict["raw"] for trajectory in found if trajectory.ending is Ending.ENDED} == {1.0}
    assert_nothing_left(ours)


def test_two_workers_leave_nothing(chromium: str, ours: Path, pages) -> None:
    pages.write("fine", FINE)
    tasks = [MiniWobTask(Page("fine", "click"), seed) for seed in range(6)]
    found = run_episodes(Clicker(), lambda: MiniWobEnv(executable=chromium, html=pages.root), tasks, workers=2)
    assert {trajectory.ending for trajectory in found} == {Ending.ENDED}
    assert_nothing_left(ours)


def test_the_browser_does_not_outlive_a_killed_program(chromium: str, ours: Path) -> None:
    code = (
        "import os, signal, sys\n"
        "from envs.miniwob import PAGES, MiniWobEnv, MiniWobTask\n"
        "env = MiniWobEnv(executable=sys.argv[1])\n"
        "env.reset(MiniWobTask(PAGES['click-test'], 0))\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    root = Path(__file__).resolve().parents[3]
    done = subprocess.run([sys.executable, "-c", code, chromium], cwd=root, timeout=60, check=False)
    assert done.returncode == -signal.SIGKILL
    assert_nothing_left(ours)


def test_a_browser_that_cannot_start_says_why(chromium: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / ("long" * 20)
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    with pytest.raises(EnvError, match="Socket path too long"):
        MiniWobEnv(executable=chromium).reset(MiniWobTask(PAGES["click-test"], 0))


def test_a_program_that_is_no_browser(tmp_path: Path, chromium: str) -> None:
    fake = tmp_path / "chromium"
    fake.write_text("#!/bin/sh\nexit 3\n")
    fake.chmod(0o755)
    with pytest.raises(EnvError, match=f"starting {fake}"):
        MiniWobEnv(executable=fake).reset(MiniWobTask(PAGES["click-test"], 0))


@pytest.mark.parametrize("reload_every", [1, 3])
def test_tabs_are_renewed_and_pages_reloaded(
    chromium: str, monkeypatch: pytest.MonkeyPatch, reload_every: int
) -> None:
    monkeypatch.setattr("envs.miniwob.env.RENEW_EVERY", 4)
    env = MiniWobEnv(executable=chromium, reload_every=reload_every)
    tabs, fresh = set(), []
    try:
        for seed in range(8):
            env.reset(MiniWobTask(PAGES["click-test"], seed))
            tabs.add(id(env.page))
            fresh.append(Dom(env).read("() => { const seen = window.seen; window.seen = true; return !seen; }"))
    finally:
        env.close()
    assert len(tabs) == 2
    assert fresh == [True] * 8 if reload_every == 1 else fresh == [True, False, False, True, True, False, True, False]


def test_actions_are_finite_even_where_a_page_moves_for_ever(chromium: str, pages) -> None:
    pages.write(
        "moves",
        "var genProblem = function() { setInterval(() => { const go = document.getElementById('go');"
        " go.style.marginLeft = (Date.now() % 50) + 'px'; }, 10); };",
    )
    env = MiniWobEnv(executable=chromium, html=pages.root, settle_s=0.3)
    try:
        env.reset(MiniWobTask(Page("moves", "click"), 0))
        begun = time.monotonic()
        action: Action = Click(Point(0.9, 0.9))
        assert not env.step(action).ended and time.monotonic() - begun < 5
    finally:
        env.close()
