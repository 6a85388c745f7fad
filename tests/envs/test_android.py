"""AndroidDevice and AndroidEnv against the simulated phone, over the real wire."""

from __future__ import annotations

import io
import struct
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
from agentkit.errors import ConfigError, EnvError
from agentkit.tasks import FreeGoal
from agentkit.types import Ending, Reply
from envs.android import AndroidDevice, AndroidEnv, CannotDo
from envs.android.apps import find_package
from envs.android.env import unhurried_ms
from envs.android.screen import decode_png, decode_raw
from envs.android.tree import parse_tree
from envs.phone.adb import AdbServer

GOAL = FreeGoal("look around")


@pytest.fixture
def env(server) -> Iterator[AndroidEnv]:
    opened = AndroidEnv(server.address, timeout_s=5)
    yield opened
    opened.close()


# Seeing.


@pytest.mark.parametrize("kind", ["auto", "raw", "png"])
def test_screenshots(server, kind):
    with AndroidDevice(server.address, screenshot=kind) as device:
        assert device.screenshot().tobytes() == server.phone.screenshot().tobytes()
        device.launch("Settings")
        assert device.screenshot().tobytes() == server.phone.screenshot().tobytes()


def test_facts(server, device):
    assert device.size() == server.phone.size
    assert device.simulated
    assert "com.android.settings" in device.packages()
    assert device.launch("settings") == "com.android.settings"
    assert device.current_activity() == server.phone.foreground()
    nodes = device.ui_tree()
    assert {(e.text, e.bounds) for e in server.phone.elements() if e.text} <= {(n.text, n.bounds) for n in nodes}


def test_an_override_of_the_size_counts(device, monkeypatch):
    said = "Physical size: 1080x2400\nOverride size: 720x1600\n"
    monkeypatch.setattr(device._console, "look", lambda *args, **kwargs: said)
    assert device.size() == (720, 1600)
    monkeypatch.setattr(device._console, "look", lambda *args, **kwargs: "wm: not found")
    with pytest.raises(EnvError, match="Physical size"):
        device.size()


def raw_screen(width: int, height: int, header: int, kind: int = 1) -> bytes:
    words = (width, height, kind, 1)[: header // 4]
    return struct.pack(f"<{len(words)}I", *words) + bytes(range(256)) * (width * height * 4 // 256)


def test_raw_screenshots_of_old_and_new_devices():
    for header in (12, 16):
        image = decode_raw(raw_screen(64, 32, header))
        assert (image.size, image.mode) == ((64, 32), "RGB")
        assert image.getpixel((1, 0)) == (4, 5, 6)
    for bad, why in (
        (b"", "12 bytes of header"),
        (b"screencap: permission denied", "names its size"),
        (raw_screen(64, 32, 16)[:-1], "has 8208 bytes, got 8207"),
        (raw_screen(64, 32, 16, kind=4), "pixel format"),
    ):
        with pytest.raises(EnvError, match=why):
            decode_raw(bad)


def test_png_screenshots_are_checked_to_the_end():
    out = io.BytesIO()
    Image.effect_noise((64, 64), 50).save(out, "PNG")
    assert decode_png(out.getvalue()).mode == "RGB"
    for bad in (b"", b"error", out.getvalue()[:-200], out.getvalue().replace(b"\n", b"\r\n")):
        with pytest.raises(EnvError, match="no whole PNG"):
            decode_png(bad)


def test_another_pixel_format_falls_back_to_png(server, monkeypatch):
    odd = struct.pack("<4I", 360, 720, 4, 1) + bytes(360 * 720 * 2)
    monkeypatch.setattr(server.system, "raw_frame", lambda: odd)
    with AndroidDevice(server.address, screenshot="raw") as device:
        assert device.screenshot().tobytes() == server.phone.screenshot().tobytes()
    monkeypatch.setattr(server.system, "png", lambda: b"broken, too")
    with AndroidDevice(server.address, screenshot="raw") as device, pytest.raises(EnvError, match="pixel format"):
        device.screenshot()


def test_hierarchies_that_are_none():
    for bad, why in (
        ("", "no XML"),
        ("<a/>", "<hierarchy>"),
        ('<!DOCTYPE x [<!ENTITY a "b">]><hierarchy/>', "entities"),
        ('<hierarchy><node bounds="[0,0]"/></hierarchy>', "bounds"),
    ):
        with pytest.raises(EnvError, match=why):
            parse_tree(bad)


# Touching and typing.


def open_contact_form(server: AdbServer, device: AndroidDevice) -> None:
    device.launch("Contacts")
    with server.lock:
        fab = next(e for e in server.phone.elements() if "Create" in (e.label + e.text))
    device.tap(*_middle(fab.bounds))
    with server.lock:
        field = next(e for e in server.phone.elements() if e.role == "input")
    device.tap(field.bounds[0] + 9, (field.bounds[1] + field.bounds[3]) // 2)


def _middle(bounds) -> tuple[int, int]:
    return (bounds[0] + bounds[2]) // 2, (bounds[1] + bounds[3]) // 2


def field_text(server: AdbServer) -> str:
    with server.lock:
        return next(e for e in server.phone.elements() if e.role == "input").text


@pytest.fixture
def words(server, device) -> tuple[int, int]:
    """A place in the first of two words that stand in a text field with the keyboard."""
    open_contact_form(server, device)
    device.type_text("first second")
    with server.lock:
        x1, y1, _, y2 = next(e for e in server.phone.elements() if e.role == "input").bounds
    return x1 + 30, (y1 + y2) // 2


def test_a_double_tap_selects_a_word(server, device, words):
    device.double_tap(*words)
    assert server.phone.editing.selection == (0, 5)
    assert any(e.text == "Cut" for e in server.phone.elements())
    device.tap(*words)
    device.tap(*words)  # two command lines
    start, end = server.phone.editing.selection
    assert start == end


@pytest.mark.parametrize(
    ("between", "selected"),
    [
        ("", True),
        ("sleep 0.29;", True),
        ("sleep 0.3;", False),
        ("input keyevent SHIFT_LEFT;", False),
        ("input tap 1 300;", False),
        ("am start -n com.android.settings/.Settings; am start -n com.google.android.contacts/.Editor;", False),
    ],
)
def test_what_may_lie_between_the_taps_of_a_double_tap(server, device, words, between, selected):
    x, y = words
    device._console.pipe(f"input tap {x} {y}; {between} input tap {x + 4} {y + 2}")
    start, end = server.phone.editing.selection
    assert (end - start == 5) == selected


def test_a_third_tap_begins_anew(server, device, words):
    device._console.pipe(f"for n in 1 2 3; do input tap {words[0]} {words[1]}; done")
    start, end = server.phone.editing.selection
    assert start == end
    device._console.pipe(f"for n in 1 2 3 4; do input tap {words[0]} {words[1]}; done")
    assert server.phone.editing.selection == (0, 5)


def test_a_double_tap_elsewhere_is_two_taps_but_never_on_two_screens(server, device, words):
    key = next(e for e in server.phone.elements() if e.role == "key" and e.text == "l")
    device.double_tap(*_middle(key.bounds))
    assert field_text(server).count("l") == 2
    here, beside = (next(e for e in server.phone.elements() if e.role == "key" and e.text == c) for c in "op")
    line = " && ".join("input tap {} {}".format(*_middle(key.bounds)) for key in (here, beside))
    device._console.pipe(line)
    assert "op" in field_text(server)
    device.press("HOME")
    icon = next(e for e in server.phone.elements() if e.text == "Settings")
    device.double_tap(*_middle(icon.bounds))
    assert server.phone.foreground() == ("com.android.settings", ".Settings")


def test_text_of_every_kind(server, device):
    open_contact_form(server, device)
    hard = "a'b\"c $(reboot) `id` %s 50%sure \\ ; | & < > * ? ~ ! {x} [y] # -n"
    device.type_text(hard)
    assert field_text(server) == hard
    device.clear_text()
    assert field_text(server) == ""
    device.type_text("Zoë 日本 'q'")
    assert field_text(server) == "Zoë 日本 'q'"
    device.clear_text()
    device.type_text("plain again")
    assert field_text(server) == "plain again"
    device.press("DEL", "KEYCODE_DEL", "67")
    assert field_text(server) == "plain ag"
    assert "adbkeyboard" in server.phone.settings.get("secure", "default_input_method")
    device.close()
    assert "latin" in server.phone.settings.get("secure", "default_input_method")


def test_what_cannot_be_typed_is_said(server, device, monkeypatch):
    with pytest.raises(CannotDo, match="control characters"):
        device.type_text("a\x1bb")
    look = device._console.look
    monkeypatch.setattr(
        device._console, "look", lambda argv, **kw: "other/.Ime\n" if argv[0] == "ime" else look(argv, **kw)
    )
    with pytest.raises(CannotDo, match="ADB keyboard"):
        device.type_text("é")
    with pytest.raises(CannotDo, match="NUL"):
        device.shell(["echo", "a\0"])
    with pytest.raises(CannotDo, match="key"):
        device.press("BACK; reboot")


def test_shell_quotes_every_word(device):
    words = ["$(id)", "a b", "; reboot", "'", '"', "*", "\\", "", "é\n2"]
    assert device.shell(["printf", "%s\\0", *words]).split("\0")[:-1] == words
    with pytest.raises(CannotDo, match="status 1"):
        device.shell(["ls", "/nope"])


def test_apps_by_name(device):
    assert device.launch("SMS Messenger") == "com.simplemobiletools.smsmessenger"
    assert device.launch("com.google.android.deskclock") == "com.google.android.deskclock"
    assert device.current_activity()[0] == "com.google.android.deskclock"
    with pytest.raises(CannotDo, match="'Frobnicator; reboot'"):
        device.launch("Frobnicator; reboot")
    assert find_package("Chrome app", ["com.android.chrome"]) == "com.android.chrome"
    assert find_package("frob", ["org.a.frob"]) == "org.a.frob"
    assert find_package("frob", ["org.a.frob", "org.b.frob"]) is None


def test_files(device):
    data = bytes(range(256)) * 2000
    device.push(data, "/sdcard/Download/a b.bin")
    assert device.pull("/sdcard/Download/a b.bin") == data
    with pytest.raises(CannotDo, match="No such file"):
        device.pull("/sdcard/nope")


# The environment.


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
