"""Real tasks in a real browser: pictures, actions, refusals, rewards, and nothing that leaks between episodes."""

from __future__ import annotations

import socket
import time

import numpy as np
import pytest
from PIL import Image

from agentkit.actions import (
    Action,
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
from agentkit.policies.scripted import ScriptedPolicy
from agentkit.types import Ending, Env, Observation
from envs.miniwob import PAGES, MiniWobEnv, MiniWobTask, Page
from envs.miniwob.dom import Dom


def start(env: MiniWobEnv, name: str, seed: int = 0) -> Observation:
    return env.reset(MiniWobTask(PAGES[name], seed))


def box_of(image: Image.Image, box: tuple[float, float, float, float], scale: float) -> np.ndarray:
    return np.asarray(image.crop([round(scale * side) for side in box]).convert("L"), dtype=int)


def test_an_episode_from_goal_to_reward(env: MiniWobEnv) -> None:
    observation = start(env, "click-test", 3)
    assert isinstance(env, Env) and env.task.goal == "Click the button."
    assert observation.image.size == (320, 420) and observation.image.mode == "RGB" and not observation.ended
    assert dict(observation.info) == {"task": "click-test"}
    dom = Dom(env)
    at = dom.one("#subbtn").at
    assert at is not None
    missed = env.step(Click(Point(0.01, 0.99)))
    assert not missed.ended
    ended = env.step(Click(dom.point(at)))
    assert ended.ended
    verdict = env.verdict()
    assert (verdict["done"], verdict["raw"], verdict["task"], verdict["page_seed"]) == (True, 1.0, "click-test", 3)
    assert 0.999 < verdict["reward"] <= 1


def test_a_wrong_click_is_told(env: MiniWobEnv) -> None:
    start(env, "click-dialog-2", 0)
    dom = Dom(env)
    wrong = "OK" if '"Cancel"' in env.task.goal else "Cancel"
    at = dom.one(".ui-dialog-buttonpane button", wrong).at
    assert at is not None and env.step(Click(dom.point(at))).ended
    assert env.verdict()["raw"] == -1.0


@pytest.mark.parametrize("name", ["click-tab-2", "copy-paste-2", "scroll-text-2"])
def test_an_episode_depends_on_its_seed_alone(env: MiniWobEnv, name: str) -> None:
    """Started again without loading, the last two keep what was typed and where the text was scrolled to."""
    first = start(env, name, 1).image
    goal = env.task.goal
    for action in (Click(Point(0.5, 0.6)), Scroll(direction="up"), Type("abc"), Click(Point(0.2, 0.4))):
        env.step(action)
    other = start(env, name, 2)
    assert other.image.tobytes() != first.tobytes()
    again = start(env, name, 1)
    assert (env.task.goal, again.image.tobytes()) == (goal, first.tobytes())


def test_options_of_a_select_are_seen_and_clicked_by_pixels(env: MiniWobEnv) -> None:
    closed = start(env, "choose-list", 5).image
    dom, scale = Dom(env), env.scale
    at = dom.one("#options").at
    assert at is not None
    opened = env.step(Click(dom.point(at))).image
    options = dom.all("#options option")
    wanted = next(option for option in options if option.text == "Congo")
    for option in options:
        assert box_of(opened, option.box, scale).min() < 100, f"{option.text} cannot be read"
        assert np.abs(box_of(opened, option.box, scale) - box_of(closed, option.box, scale)).max() > 100
    assert wanted.value != dom.one("#options").value
    env.step(Click(Point(wanted.middle[0] / 160, wanted.middle[1] / 210)))
    assert dom.one("#options").value == "Congo"
    at = dom.one("button").at
    assert at is not None and env.step(Click(dom.point(at))).ended and env.verdict()["raw"] == 1.0


def test_typing_keys_and_the_clipboard(env: MiniWobEnv) -> None:
    start(env, "enter-text", 0)
    dom = Dom(env)
    at = dom.one("#tt").at
    assert at is not None
    env.step(Click(dom.point(at)))
    env.step(Type("Hello é 日本"))
    assert dom.one("#tt").value == "Hello é 日本"
    env.step(Hotkey(("ctrl", "a")))
    env.step(Hotkey(("ctrl", "c")))
    env.step(Hotkey(("end",)))
    env.step(Hotkey(("ctrl", "v")))
    assert dom.one("#tt").value == "Hello é 日本" * 2
    env.step(DoubleClick(dom.point(at)))
    env.step(Hotkey(("Backspace",)))
    assert len(dom.one("#tt").value) < 20
    env.step(Hotkey(("shift", "x")))
    env.step(Hotkey(("shift", "1")))
    assert "X!" in dom.one("#tt").value


def test_the_wheel_and_the_pointer(env: MiniWobEnv) -> None:
    start(env, "scroll-text", 3)
    dom = Dom(env)
    top = "() => document.getElementById('text-area').scrollTop"
    env.step(Scroll(start=Point(0.4, 0.5), end=Point(0.4, 0.3)))
    assert dom.read(top) == 42  # a fifth of 210 CSS pixels, upwards: what is below comes into view
    env.step(Scroll(start=Point(0.4, 0.3), end=Point(0.4, 0.4)))
    assert dom.read(top) == 21
    env.step(Hover(Point(0.4, 0.5)))
    assert dom.read("() => document.querySelector('#text-area:hover') !== null")
    start(env, "highlight-text", 0)
    box = Dom(env).one("#randomText").box
    y = (box[1] + 6) / 210
    env.step(Drag(Point(box[0] / 160, y), Point(0.5, y)))
    assert dom.read("() => getSelection().toString().length") > 5


@pytest.mark.parametrize(
    ("action", "reason"),
    [
        (Press("home"), "has no home key"),
        (Press("back"), "has no back key"),
        (LongPress(Point(0.5, 0.5)), "no long press"),
        (Launch("http://127.0.0.1/"), "opens no other addresses"),
        (Hotkey(("ctrl", "hyper")), "no key is called 'hyper'"),
        (Type("x" * 5000), "at most 1000 characters"),
    ],
)
def test_what_a_page_cannot_do_is_told_and_changes_nothing(env: MiniWobEnv, action: Action, reason: str) -> None:
    before = start(env, "click-checkboxes", 1).image
    after = env.step(action)
    assert reason in after.info["last_error"] and not after.ended
    assert after.image.tobytes() == before.tobytes()
    assert "last_error" not in env.step(Wait()).info


@pytest.mark.parametrize("keys", [("F5",), ("ctrl", "r"), ("ctrl", "w"), ("alt", "left"), ("ctrl", "t"), ("alt", "F4")])
def test_no_shortcut_leaves_the_page(env: MiniWobEnv, keys: tuple[str, ...]) -> None:
    before = start(env, "click-checkboxes", 1).image
    assert env.step(Hotkey(keys)).image.tobytes() == before.tobytes()
    assert env.verdict()["done"] is False


def test_waiting_and_telling(env: MiniWobEnv) -> None:
    start(env, "click-test", 0)
    begun = time.monotonic()
    env.step(Wait())
    assert time.monotonic() - begun >= 1
    env.step(CallUser("it is 42"))
    env.step(Finished())
    assert env.verdict()["answers"] == ["it is 42"] and env.verdict()["done"] is False


def test_a_policy_that_gives_up_scores_nothing(env: MiniWobEnv) -> None:
    task = MiniWobTask(PAGES["click-test"], 0)
    trajectory = run_episode(ScriptedPolicy([Finished()]), env, task)
    assert trajectory.ending is Ending.FINISHED and trajectory.goal == "Click the button."
    assert task.score(trajectory) == {"success": 0.0, "exact": 0.0}


def test_pages_cannot_reach_the_network(env: MiniWobEnv) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(1)
        start(env, "click-test", 0)
        url = f"http://127.0.0.1:{server.getsockname()[1]}/"
        script = "url => fetch(url, {mode: 'no-cors'}).then(() => 'answered', error => error.name)"
        assert Dom(env).read(script, url) == "TypeError"
        with pytest.raises(TimeoutError):
            server.accept()


def test_two_browsers_in_a_thread_and_another_scale(chromium: str, env: MiniWobEnv) -> None:
    start(env, "click-test", 0)
    scale, fine = 3.0, env
    env = MiniWobEnv(executable=chromium, scale=scale)
    try:
        assert start(env, "click-test-2", 4).image.size == (160 * scale, 210 * scale)
        dom = Dom(env)
        at = dom.one("#subbtn").at
        assert at is not None and env.step(Click(dom.point(at))).ended and env.verdict()["raw"] == 1.0
    finally:
        env.close()
    assert not fine.step(Wait()).ended and fine.browser_pid != env.browser_pid


def test_flights_are_pages_of_another_size(env: MiniWobEnv) -> None:
    observation = start(env, "flight.AA", 0)
    assert observation.image.size == (750, 1334) and "Departure City" in env.task.goal
    assert np.asarray(observation.image.convert("L")).std() > 20
    assert start(env, "click-test", 0).image.size == (320, 420)


def test_time_limits_are_lifted_or_kept(chromium: str, pages) -> None:
    pages.write("short", "var genProblem = function() { core.EPISODE_MAX_TIME = 400; };")
    task = MiniWobTask(Page("short", "click"), 0)
    for keep in (False, True):
        env = MiniWobEnv(executable=chromium, html=pages.root, keep_limits=keep)
        try:
            env.reset(task)
            assert env.step(Wait()).ended is keep
            verdict = env.verdict()
            expected = (True, -1.0, "timed out") if keep else (False, 0.0, "")
            assert (verdict["done"], verdict["raw"], verdict["reason"]) == expected
        finally:
            env.close()


def test_odd_rewards_count_as_nothing(chromium: str, pages) -> None:
    button = "document.getElementById('go')"
    pages.write("odd", f"var genProblem = () => {{ {button}.onclick = () => core.endEpisode(NaN); }};")
    env = MiniWobEnv(executable=chromium, html=pages.root)
    try:
        env.reset(MiniWobTask(Page("odd", "click"), 0))
        assert env.step(Click(Point(0.2, 0.4))).ended
        assert env.verdict()["raw"] == 0.0
    finally:
        env.close()
