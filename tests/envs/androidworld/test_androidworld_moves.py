"""Our actions in AndroidWorld's terms, trap by trap."""

from __future__ import annotations

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
    Malformed,
    Point,
    Press,
    Refusal,
    Scroll,
    Type,
    Wait,
)
from agentkit.errors import EnvError
from envs.androidworld.moves import Adb, Json, Text, move_of

SIZE = (1080, 2400)
MIDDLE = Point(0.5, 0.5)


@pytest.mark.parametrize(
    ("action", "fields"),
    [
        (Click(MIDDLE), {"action_type": "click", "x": 540, "y": 1200}),
        (DoubleClick(MIDDLE), {"action_type": "double_tap", "x": 540, "y": 1200}),
        (LongPress(Point(1.0, 1.0)), {"action_type": "long_press", "x": 1079, "y": 2399}),
        (Press("back"), {"action_type": "navigate_back"}),
        (Press("home"), {"action_type": "navigate_home"}),
        (Press("enter"), {"action_type": "keyboard_enter"}),
        (Launch("Simple Calendar Pro"), {"action_type": "open_app", "app_name": "Simple Calendar Pro"}),
        (Wait(), {"action_type": "wait"}),
        (CallUser("42"), {"action_type": "answer", "text": "42"}),
        (Finished("done"), {"action_type": "status", "goal_status": "complete"}),
        (Finished(" Infeasible "), {"action_type": "status", "goal_status": "infeasible"}),
        (Refusal(), {"action_type": "status", "goal_status": "infeasible"}),
    ],
)
def test_what_json_action_can_say(action, fields):
    assert move_of(action, SIZE) == Json(fields)


def test_a_swipe_keeps_its_two_points_and_is_never_a_direction():
    """AndroidWorld's scroll and swipe take a direction, each the other's inverse."""
    swipe = ("shell", "input", "swipe", "540", "1920", "540", "480", "2000")
    assert move_of(Drag(Point(0.5, 0.8), Point(0.5, 0.2)), SIZE) == Adb(swipe)
    assert move_of(Scroll(Point(0.5, 0.8), Point(0.5, 0.2), "down"), SIZE) == Adb(swipe)
    up = move_of(Scroll(direction="up"), SIZE)
    assert isinstance(up, Adb)
    assert int(up.words[4]) > int(up.words[6]), "the finger moves up"


def test_text_is_typed_without_the_enter_of_input_text():
    assert move_of(Type("two words\n"), SIZE) == Text("two words\n")


def test_keys_that_json_action_lacks():
    assert move_of(Press("recent"), SIZE) == Adb(("shell", "input", "keyevent", "KEYCODE_APP_SWITCH"))
    pressed = ("shell", "input", "keycombination", "KEYCODE_CTRL_LEFT", "KEYCODE_A")
    assert move_of(Hotkey(("ctrl", "a")), SIZE) == Adb(pressed)
    assert move_of(Hotkey(("tab",)), SIZE) == Adb(("shell", "input", "keyevent", "KEYCODE_TAB"))


@pytest.mark.parametrize("keys", [("ctrl", "a;reboot"), ("$(id)",), ("a b",), ("é",)])
def test_a_key_cannot_become_shell_syntax(keys):
    with pytest.raises(EnvError, match="a key has a name like"):
        move_of(Hotkey(keys), SIZE)


def test_what_a_phone_cannot_do_is_said():
    with pytest.raises(EnvError, match="no pointer"):
        move_of(Hover(MIDDLE), SIZE)
    with pytest.raises(EnvError, match="expected an action"):
        move_of(Malformed("no action"), SIZE)
