"""PhoneEnv: every action of agentkit does on the phone what it says, and the verdict tells the state."""

from __future__ import annotations

import json

import pytest

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
from agentkit.errors import EnvError
from agentkit.types import Env
from envs.phone import oracle
from envs.phone.apps.clock.store import Store
from envs.phone.env import PhoneEnv
from envs.phone.tasks.clock import RunStopwatch
from envs.phone.tasks.system import TurnWifi


@pytest.fixture
def env() -> PhoneEnv:
    env = PhoneEnv(screen="small", dark=False)
    env.reset(TurnWifi.generate(0))
    return env


def at(env: PhoneEnv, **wanted: str) -> Point:
    element = oracle.find(env.phone, **wanted)
    assert element is not None
    return oracle.centre(env.phone, element)


def texts(env: PhoneEnv) -> set[str]:
    return {e.text for e in env.phone.elements()}


def test_it_is_an_env_and_starts_at_home(env: PhoneEnv) -> None:
    assert isinstance(env, Env)
    observation = env.reset(TurnWifi.generate(0))
    assert observation.image.size == env.phone.size and observation.image.mode == "RGB"
    assert "launcher" in observation.info["foreground"]
    json.dumps(dict(observation.info))


def test_launch_by_label_and_package_and_an_unknown_app(env: PhoneEnv) -> None:
    assert env.step(Launch("settings")).info["foreground"] == "com.android.settings/.Settings"
    assert (
        env.step(Launch("com.google.android.deskclock")).info["foreground"].endswith("com.android.deskclock.DeskClock")
    )
    before = env.phone.revision
    observation = env.step(Launch("Spotify"))
    assert "Spotify" in observation.info["last_error"]
    assert observation.info["foreground"].startswith("com.google.android.deskclock/") and env.phone.revision == before


def test_click_opens_and_keys_go_back_and_home(env: PhoneEnv) -> None:
    env.step(Launch("Settings"))
    env.step(Click(at(env, text="Network & internet")))
    assert "Airplane mode" in texts(env)
    env.step(Press("back"))
    assert "Airplane mode" not in texts(env) and "Network & internet" in texts(env)
    assert "launcher" in env.step(Press("home")).info["foreground"]
    env.step(Press("recent"))
    assert env.phone.where == "recents"


def test_the_right_edge_of_the_screenshot_is_on_the_screen(env: PhoneEnv) -> None:
    env.step(Launch("Settings"))
    env.step(Click(Point(1.0, at(env, text="Network & internet").y)))
    assert "Airplane mode" in texts(env)
    env.step(LongPress(Point(1.0, 1.0)))


def test_scroll_up_moves_the_finger_up_and_shows_what_is_below(env: PhoneEnv) -> None:
    env.step(Launch("Settings"))
    assert "About phone" not in texts(env)
    for _ in range(6):
        env.step(Scroll(direction="up"))
    assert "About phone" in texts(env)
    for _ in range(6):
        env.step(Scroll(Point(0.5, 0.3), Point(0.5, 0.8)))
    assert "About phone" not in texts(env) and "Network & internet" in texts(env)


def test_drag_moves_a_slider(env: PhoneEnv) -> None:
    env.step(Launch("Settings"))
    for action in oracle.tap(env.phone, text="Sound & vibration"):
        env.step(action)
    slider = oracle.find(env.phone, id="media_volume")
    assert slider is not None
    start = oracle.centre(env.phone, slider)
    env.step(Drag(start, Point(1.0, start.y)))
    assert env.phone.settings.get("system", "volume_music_speaker") == "15"
    env.step(Drag(start, Point(0.0, start.y)))
    assert env.phone.settings.get("system", "volume_music_speaker") == "0"


def test_type_enter_long_press_double_click_and_hotkey(env: PhoneEnv) -> None:
    env.step(Launch("Contacts"))
    env.step(Click(at(env, label="Search contacts")))
    env.step(Type("Zebedee"))
    field = "open_search_view_edit_text"
    assert oracle.read(env.phone, field) == "Zebedee"
    env.step(Hotkey(("ctrl", "a")))
    env.step(Type("q"))
    assert oracle.read(env.phone, field) == "q"
    assert "last_error" in env.step(Hotkey(("NOT_A_KEY",))).info
    env.step(Type("w e"))
    env.step(DoubleClick(at(env, id=field)))
    env.step(Press("enter"))
    env.step(Launch("Clock"))
    Store(env.phone).set_cities(["Oslo"])
    env.step(Click(at(env, text="Clock", role="tab")))
    env.step(LongPress(at(env, text="Oslo")))
    assert "Remove Oslo?" in texts(env)


def test_wait_moves_the_phones_clock_only(env: PhoneEnv) -> None:
    task = RunStopwatch.generate(0)
    env.reset(task)
    for action in task.oracle(env.phone):
        env.step(action)
    before = env.phone.now()
    shown = oracle.read(env.phone, "stopwatch_time_text")
    env.step(Wait())
    assert (env.phone.now() - before).total_seconds() == 1.0
    assert oracle.read(env.phone, "stopwatch_time_text") != shown


def test_what_a_phone_cannot_do_is_told_and_changes_nothing(env: PhoneEnv) -> None:
    before = env.phone.revision
    assert "pointer" in env.step(Hover(Point(0.5, 0.5))).info["last_error"]
    env.step(Finished("done"))
    assert env.phone.revision == before
    with pytest.raises(EnvError, match="expected an action"):
        env.step("Click")  # type: ignore[arg-type]


def test_verdict_holds_state_answers_and_foreground(env: PhoneEnv) -> None:
    task = TurnWifi.generate(0)
    env.reset(task)
    env.step(CallUser("hello"))
    assert env.verdict() == {
        "success": 0.0,
        "answers": ["hello"],
        "foreground": "/".join(env.phone.foreground()),
    }
    for action in task.oracle(env.phone):
        env.step(action)
    assert env.verdict()["success"] == 1.0
    env.reset(task)
    assert env.verdict()["answers"] == [] and env.verdict()["success"] == 0.0


def test_before_reset_and_after_close_the_phone_is_off() -> None:
    env = PhoneEnv(screen="small")
    with pytest.raises(EnvError, match="reset"):
        env.step(Wait())
    env.reset(TurnWifi.generate(0))
    env.close()
    with pytest.raises(EnvError, match="reset"):
        env.verdict()


def test_a_foreign_task_is_refused() -> None:
    class Foreign:
        key, goal, max_steps = "f_0", "?", 1

        def score(self, trajectory: object) -> dict[str, float]:
            return {"success": 0.0}

    with pytest.raises(EnvError, match="PhoneTask"):
        PhoneEnv().reset(Foreign())
