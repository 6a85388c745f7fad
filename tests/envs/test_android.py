"""AndroidEnv against the simulated phone, over the real wire."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from PIL import Image

from agentkit.actions import (
    CallUser,
    Click,
    DoubleClick,
    Drag,
    Finished,
    Hotkey,
    Hover,
    Launch,
    LongPress,
    Point,
    Press,
    Scroll,
    Type,
    Wait,
)
from agentkit.episode import run_episode
from agentkit.errors import ConfigError
from agentkit.tasks import FreeGoal
from agentkit.types import Ending, Reply
from envs.android import AndroidEnv
from envs.phone.adb import AdbServer
from envs.touch import unhurried_ms

GOAL = FreeGoal("look around")


@pytest.fixture
def env(server) -> Iterator[AndroidEnv]:
    opened = AndroidEnv(server.address, timeout_s=5)
    yield opened
    opened.close()


def test_every_action_reaches_the_phone(server, env, monkeypatch):
    calls = []

    def record(name):
        real = getattr(server.phone, name)
        monkeypatch.setattr(server.phone, name, lambda *args: (calls.append((name, *args)), real(*args))[1])

    env.reset(GOAL)
    for name in ("tap", "tap_again", "swipe", "type_text", "key", "key_combination"):
        record(name)
    middle = Point(0.5, 0.5)
    expected = {
        Click(middle): [("tap", 180, 360)],
        Click(Point(1.0, 1.0)): [("tap", 359, 719)],
        DoubleClick(middle): [("tap", 180, 360), ("tap_again", 180, 360)],
        LongPress(middle): [("swipe", 180, 360, 180, 360, 1000)],
        Drag(Point(0, 0), middle): [("swipe", 0, 0, 180, 360, 1000)],
        Scroll(Point(0.5, 0.7), Point(0.5, 0.3)): [("swipe", 180, 504, 180, 216, 1000)],
        Scroll(direction="up"): [("swipe", 180, 504, 180, 216, 1000)],
        Scroll(direction="left"): [("swipe", 288, 360, 72, 360, 1000)],
        Type("a b"): [("type_text", "a b")],
        Type(""): [],
        Type("a\nb"): [("type_text", "a"), ("key", 66), ("type_text", "b")],
        Press("back"): [("key", "KEYCODE_BACK")],
        Press("home"): [("key", "KEYCODE_HOME")],
        Press("enter"): [("key", "KEYCODE_ENTER")],
        Press("recent"): [("key", "KEYCODE_APP_SWITCH")],
        Hotkey(("ctrl", "a")): [("key_combination", "KEYCODE_CTRL_LEFT", "KEYCODE_A")],
        Hotkey(("enter",)): [("key", "KEYCODE_ENTER")],
        CallUser("42"): [],
        Finished(): [],
    }
    for action, wanted in expected.items():
        calls.clear()
        observation = env.step(action)
        assert [(name, *(int(a) if isinstance(a, float) else a for a in args)) for name, *args in calls] == wanted, (
            action
        )
        assert "last_error" not in observation.info, action
        assert observation.image.tobytes() == server.phone.screenshot().tobytes()
    assert env.answers == ["42"]
    assert env.verdict() == {}


def test_swipes_are_slow_enough_not_to_fling():
    assert unhurried_ms(0, 0, 0, 100) == 1000
    assert unhurried_ms(0, 0, 0, 1200) == 1440
    assert unhurried_ms(0, 0, 1000, 2000) == 2000


def test_what_the_device_cannot_do_is_told(env):
    env.reset(GOAL)
    for action in (Launch("no such app"), Hover(Point(0, 0)), Type("\x07"), Hotkey(("nokey",))):
        assert env.step(action).info["last_error"], action
    observation = env.step(Launch("Settings"))
    assert observation.info["foreground"].startswith("com.android.settings/")
    assert "last_error" not in observation.info


def test_reset_goes_home_and_waiting_takes_phone_time(server, env):
    assert env.reset(GOAL).info["foreground"].startswith("com.google.android.apps.nexuslauncher/")
    env.step(Launch("Settings"))
    before = server.phone.now()
    env.step(Wait())
    assert (server.phone.now() - before).total_seconds() == 1
    assert env.reset(GOAL).info["foreground"].startswith("com.google.android.apps.nexuslauncher/")
    with pytest.raises(ConfigError, match="settle_s"):
        AndroidEnv("x:1", settle_s=-1)


def test_steps_on_the_simulated_phone_are_quick(env):
    env.reset(GOAL)
    start = time.monotonic()
    for _ in range(10):
        env.step(Press("home"))
    assert time.monotonic() - start < 2


def test_a_moving_screen_is_waited_for(server, monkeypatch):
    """As on a real device: the picture changes for a while after the tap, and the last one counts."""
    env = AndroidEnv(server.address, settle_s=5)
    monkeypatch.setattr(type(env.device), "simulated", False)
    env.reset(GOAL)
    colours = iter(["red", "green", "blue", "blue", "yellow"])
    monkeypatch.setattr(env.device, "screenshot", lambda: Image.new("RGB", (4, 4), next(colours)))
    assert env.step(Press("home")).image.getpixel((0, 0)) == (0, 0, 255)
    blink = iter(range(10_000))
    monkeypatch.setattr(env.device, "screenshot", lambda: Image.new("RGB", (4, 4), (next(blink) % 256, 0, 0)))
    env.settle_s = 1
    start = time.monotonic()
    env.step(Press("home"))
    assert 0.9 < time.monotonic() - start < 2
    env.close()


class Walker:
    """Goes home for ever; after some steps the device goes away."""

    def __init__(self, server: AdbServer, steps: int) -> None:
        self.server, self.left = server, steps

    def reply(self, goal, steps, observation) -> Reply:
        self.left -= 1
        if self.left == 0:
            self.server.close()
        return Reply("", Click(Point(0.1 + 0.05 * self.left, 0.5)))


def test_a_device_lost_in_the_middle_breaks_the_episode(server):
    env = AndroidEnv(server.address, timeout_s=1, reconnects=1)
    trajectory = run_episode(Walker(server, 3), env, GOAL)
    env.close()
    assert trajectory.ending is Ending.BROKEN
    assert trajectory.fault.startswith("DeviceLost:")
    assert len(trajectory.steps) == 3
    assert trajectory.final is None


def test_an_episode_over_the_wire(server):
    class Script:
        def __init__(self) -> None:
            self.actions = iter([Launch("Settings"), Scroll(direction="up"), Press("home"), Finished()])

        def reply(self, goal, steps, observation) -> Reply:
            return Reply("", next(self.actions))

    env = AndroidEnv(server.address)
    trajectory = run_episode(Script(), env, GOAL)
    env.close()
    assert (trajectory.ending, trajectory.fault, len(trajectory.steps)) == (Ending.FINISHED, "", 4)
    assert trajectory.steps[1].observation.info["foreground"].startswith("com.android.settings/")
