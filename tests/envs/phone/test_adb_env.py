"""Phone tasks over ADB: solved by what is seen and touched over the wire, judged in process."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from agentkit.actions import (
    CallUser,
    Click,
    DoubleClick,
    Drag,
    Finished,
    Launch,
    LongPress,
    Point,
    Press,
    Scroll,
    Type,
    Wait,
)
from agentkit.cli import main
from agentkit.episode import run_episode
from agentkit.errors import EnvError
from agentkit.tasks import FreeGoal
from agentkit.types import Ending, Env, Reply
from envs.phone import oracle
from envs.phone.adb import AdbServer
from envs.phone.adb.env import PhoneOverAdb
from envs.phone.baselines import NoOp, Oracle
from envs.phone.env import PhoneEnv
from envs.phone.tasks import TASKS
from envs.phone.tasks.base import PhoneTask

NAMES = {"TurnWifi", "ReadCode", "CreateNote"}
"""A switch, a question that wants an answer, and text to type."""
CHOSEN: list[PhoneTask] = [kind.generate(4) for kind in TASKS if kind.__name__ in NAMES]


@pytest.fixture
def wired() -> Iterator[PhoneOverAdb]:
    env = PhoneOverAdb(screen="small")
    yield env
    env.close()


@pytest.mark.parametrize("task", CHOSEN, ids=lambda task: task.key)
def test_the_oracle_solves_what_doing_nothing_does_not(task):
    solver = Oracle(PhoneOverAdb, screen="small")
    env = solver.env()
    solved = run_episode(solver, env, task)
    assert (solved.ending, solved.fault) == (Ending.FINISHED, "")
    assert task.score(solved) == {"success": 1.0, "state": 1.0}
    idle = run_episode(NoOp(), env, task)
    assert task.score(idle) == {"success": 0.0, "state": 0.0}
    env.close()


def test_both_ways_to_the_phone_show_the_same(wired):
    """Every look, every fact and the clock agree after every kind of action, those that fail included."""
    inside = PhoneEnv(screen="small")
    task = next(task for task in CHOSEN if type(task).__name__ == "CreateNote")
    near, far = Point(0.29, 0.41), Point(0.5, 0.9)
    note = Point(0.5, 0.27)
    script = [
        Launch("Markor"),
        Scroll(note, Point(0.5, 0.271)),  # hardly moves, and is too short for a long press
        Press("back"),
        Drag(note, Point(0.5, 0.271)),  # is long enough
        Press("back"),
        Click(Point(0.87, 0.77)),  # the button for a new note, whose dialog has the keyboard up
        Type('it\'s 50% "so" $HOME'),  # one command; a text that takes several takes as many ticks of the clock
        Scroll(direction="up"),
        Launch("Settings"),
        Scroll(direction="up"),
        Scroll(far, near),
        LongPress(near),
        Launch("clock"),
        Press("back"),
        Launch("no such app"),
        Wait(),
        Press("recent"),
        Press("home"),
        Scroll(Point(0.5, 0.0), far),
        CallUser("done?"),
        Finished(),
    ]
    one, other = inside.reset(task), wired.reset(task)
    for action in [None, *script]:
        if action is not None:
            one, other = inside.step(action), wired.step(action)
        assert other.image.tobytes() == one.image.tobytes(), action
        assert other.info["foreground"] == one.info["foreground"], action
        assert ("last_error" in other.info) == ("last_error" in one.info), action
        if isinstance(action, Type):
            assert oracle.seen(inside.phone, text=action.text, id="new_file_dialog__name")
        with wired.lock:
            assert wired.phone.now() == inside.phone.now(), action
    assert wired.verdict() == inside.verdict()
    assert wired.verdict()["answers"] == ["done?"]


def test_a_double_click_does_the_same_both_ways(wired):
    """On an icon, whose app must not get the second tap, in a text, on a key, on a switch and on nothing."""
    inside = PhoneEnv(screen="small")
    one, other = inside.reset(CHOSEN[0]), wired.reset(CHOSEN[0])

    def both(action) -> None:
        nonlocal one, other
        one, other = inside.step(action), wired.step(action)
        assert other.image.tobytes() == one.image.tobytes(), action
        with wired.lock:
            assert wired.phone.now() == inside.phone.now(), action

    def on(**wanted) -> Point:
        element = oracle.find(inside.phone, **wanted)
        assert element is not None, wanted
        return oracle.centre(inside.phone, element)

    both(DoubleClick(on(text="Settings")))
    assert inside.phone.foreground()[1] == ".Settings"
    both(Click(on(label="Search settings")))
    both(DoubleClick(on(text="o", role="key")))
    both(Type(" word again"))
    both(DoubleClick(Point(0.25, on(id="open_search_view_edit_text").y)))
    start, end = inside.phone.editing.selection
    assert "oo word again"[start:end] in ("oo", "word", "again")
    both(Press("back"))
    both(Launch("Settings"))
    both(DoubleClick(Point(0.99, 0.01)))


def test_the_policy_reaches_the_phone_over_the_wire_only(wired, monkeypatch):
    """With the wire cut the episode breaks, although the phone itself is well."""
    trajectory = run_episode(_CutAt(wired, 2), wired, CHOSEN[0])
    assert (trajectory.ending, len(trajectory.steps)) == (Ending.BROKEN, 2)
    assert trajectory.fault.startswith("DeviceLost:")


class _CutAt:
    def __init__(self, env: PhoneOverAdb, step: int) -> None:
        self.env, self.step = env, step

    def reply(self, goal, steps, observation):
        if len(steps) == self.step - 1:
            self.env._server.close()
        return Reply("", Press("home"))


def test_each_reset_is_a_fresh_phone_and_nothing_stays_behind(wired):
    import threading

    others = set(threading.enumerate())

    def new_threads(prefix: str) -> list[threading.Thread]:
        return [t for t in threading.enumerate() if t not in others and t.name.startswith(prefix)]

    first = wired.reset(CHOSEN[0])
    wired.step(Launch("Settings"))
    for _ in range(5):
        again = wired.reset(CHOSEN[0])
    assert again.image.tobytes() == first.image.tobytes()
    assert len(new_threads("adb-server")) == 1
    wired.close()
    wired.close()
    for thread in new_threads("adb"):
        thread.join(5)  # a worker ends by itself a moment after its server
    assert not new_threads("adb")  # neither servers nor the workers of their pools
    for use in (lambda: wired.step(Wait()), wired.verdict, lambda: wired.phone, lambda: wired.lock, lambda: wired.task):
        with pytest.raises(EnvError, match="reset"):
            use()


def test_it_is_an_env_and_takes_phone_tasks_only(wired):
    assert isinstance(wired, Env)
    with pytest.raises(EnvError, match="PhoneTask"):
        wired.reset(FreeGoal("x"))


def test_evaluation_over_adb(tmp_path, monkeypatch):
    started = []
    start = AdbServer.start
    monkeypatch.setattr(AdbServer, "start", lambda server: (started.append(server), start(server))[1])
    common = ["eval", "phone", "--policy", "oracle", "--tasks", "TurnWifi", "ReadCode", "--no-baseline"]
    assert main([*common, "--device", "adb", "--workers", "2", "--out", str(tmp_path / "adb")]) == 0
    assert len(started) == 2
    assert '"hits": 2' in (tmp_path / "adb/results.json").read_text()
    assert main([*common, "--out", str(tmp_path / "adb")]) == 2  # other settings than those of the run that is there
