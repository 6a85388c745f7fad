"""The 13 traps of UI-Venus's released navigation code, each as a test that the behaviour here is another one."""

from __future__ import annotations

import ast
import time
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from PIL import Image

import agentkit
from agentkit.actions import (
    CallUser,
    Click,
    DoubleClick,
    Finished,
    Hotkey,
    Hover,
    Launch,
    Malformed,
    Point,
    Scroll,
    Type,
)
from agentkit.episode import run_episode
from agentkit.errors import PolicyError
from agentkit.frames import screen
from agentkit.policies.scripted import ScriptedPolicy
from agentkit.policies.served import ServedPolicy
from agentkit.protocols import get_protocol
from agentkit.tasks import FreeGoal
from agentkit.types import Ending, Observation, Reply, Step
from envs.phone.env import PhoneEnv
from envs.phone.tasks.base import PhoneTask

SIZE = (644, 1428)
SCREEN = Observation(Image.new("RGB", (1080, 2400)))


def parse(call: str, name: str = "venus1_navi"):
    return get_protocol(name).parse(f"<think>t</think><action>{call}</action><conclusion>c</conclusion>", SIZE).action


class Recorder:
    """An environment that accepts anything and remembers it."""

    def __init__(self) -> None:
        self.actions: list = []

    def reset(self, task) -> Observation:
        return SCREEN

    def step(self, action) -> Observation:
        self.actions.append(action)
        return SCREEN

    def verdict(self) -> dict:
        return {}

    def close(self) -> None: ...


@dataclass(frozen=True)
class Anything(PhoneTask):
    """A phone without a goal."""

    template = "type"
    app = ""

    def check(self, phone, answers) -> float:
        return 0.0


def tap(env: PhoneEnv, text: str):
    """A click, decided when it is due, on the element that shows `text`."""

    def now() -> Click:
        (element,) = [element for element in env.phone.elements() if element.text == text]
        x1, y1, x2, y2 = element.bounds
        return Click(screen(env.phone.size).point((x1 + x2) / 2, (y1 + y2) / 2))

    return now


def resolve(line):
    return line() if callable(line) else line


def test_trap_01_a_history_of_zero_shows_nothing() -> None:
    steps = [Step(SCREEN, Reply("", Type("secret"), "thought"))] * 3
    shown = {}
    for window in (0, 1, None):
        protocol = get_protocol("venus1_navi", history=window)
        text = protocol.messages("g", steps, SCREEN, protocol.budget.resize)[-1]["content"][0]["text"]
        shown[window] = text.count("Type(content='secret')")
    assert shown == {0: 0, 1: 1, None: 3}


def test_trap_02_venus15_numbers_are_thousandths_whatever_the_picture() -> None:
    for size in ((28, 28), (644, 1428), (5124, 2884)):
        text = "<action>Click(box=(250, 750))</action>"
        assert get_protocol("venus15_navi").parse(text, size).action == Click(Point(0.25, 0.75))


def test_trap_03_the_web_calls_that_the_prompt_offers_parse() -> None:
    assert parse("Hover(box=(10, 20))", "venus15_navi_web") == Hover(Point(0.01, 0.02))
    assert parse("DoubleClick(box=(10, 20))", "venus15_navi_web") == DoubleClick(Point(0.01, 0.02))
    assert parse("Hotkey(keys=['ctrl', 'c'])", "venus15_navi_web") == Hotkey(("ctrl", "c"))


def test_trap_04_quotes_of_either_kind_are_no_part_of_the_text_and_its_own_apostrophe_is() -> None:
    assert parse('Type(content="plain")') == Type("plain")
    assert parse("Type(content='the dogs'')") == Type("the dogs'")
    assert parse('Type(content="the dogs\'")') == Type("the dogs'")


def test_trap_05_a_minus_sign_is_seen() -> None:
    action = parse("Click(box=(-5, 20))")
    assert isinstance(action, Malformed) and "(-5, 20) lies outside" in action.fault


@pytest.mark.parametrize("text", ["", "<action>Wait()</action>", "<think>x", "Wait()", "<conclusion></conclusion>"])
def test_trap_06_missing_tags_do_not_crash(text: str) -> None:
    for name in ("venus1_navi", "venus15_navi", "venus15_navi_web"):
        get_protocol(name).parse(text, SIZE)


def test_trap_07_a_scroll_without_places_keeps_its_direction_or_is_refused() -> None:
    for direction in ("up", "down", "left", "right"):
        action = parse(f"Scroll(direction='{direction}')")
        assert action == Scroll(direction=direction)
    assert isinstance(parse("Scroll()"), Malformed)
    assert isinstance(parse("Drag(start=(1, 2))"), Malformed)
    assert isinstance(parse("Scroll(direction='up')", "venus15_navi"), Malformed)


def test_trap_08_an_apostrophe_does_not_end_the_text() -> None:
    assert parse("Type(content='it's five o'clock')") == Type("it's five o'clock")


def test_trap_09_parentheses_and_bars_arrive_unchanged() -> None:
    assert parse("Type(content='p(a)ss|w,rd')") == Type("p(a)ss|w,rd")


def test_trap_10_nothing_evaluates_text_or_starts_a_shell() -> None:
    """No call by these names anywhere in the package, and shell syntax in a text stays text."""
    forbidden = {"eval", "exec", "system", "popen", "literal_eval", "loads_pickle", "getoutput"}
    for file in Path(agentkit.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                # `model.eval()` takes no argument; Python's `eval` always does.
                assert name not in forbidden or (name == "eval" and not node.args), f"{file}:{node.lineno} calls {name}"
                assert not any(keyword.arg == "shell" for keyword in node.keywords), f"{file}:{node.lineno}"
            names = [a.name for a in node.names] if isinstance(node, (ast.Import, ast.ImportFrom)) else []
            assert not {"pickle", "marshal", "shelve"} & set(names), f"{file} imports {names}"
    assert parse("Type(content='x; reboot $(id) `id`')") == Type("x; reboot $(id) `id`")


def test_trap_11_a_type_action_adds_to_the_field_and_its_text_arrives_unchanged() -> None:
    """Through the loop and onto the simulated phone: nothing is cleared, nothing is replaced."""
    env = PhoneEnv()
    lines = [Launch("Settings"), tap(env, "Search settings"), Type("(it's) "), Type("b|c"), Finished()]
    run_episode(ScriptedPolicy(lambda goal, steps, screen: resolve(lines[len(steps)])), env, Anything(3))
    (field,) = [element.text for element in env.phone.elements() if element.focused]
    assert field == "(it's) b|c"


def test_trap_12_multi_line_text_parses_and_a_parse_failure_ends_nothing() -> None:
    assert parse("Type(\n  content='one\ntwo'\n)") == Type("one\ntwo")
    env = Recorder()
    lines = [
        "<action>Nonsense(</action>",
        "<action>Type(content='a')</action>",
        "<action>Finished(content='')</action>",
    ]
    trajectory = run_episode(ScriptedPolicy(lines), env, FreeGoal("g"))
    assert isinstance(trajectory.steps[0].reply.action, Malformed)
    assert env.actions == [Type("a")] and trajectory.ending is Ending.FINISHED
    assert not any(isinstance(step.reply.action, CallUser) for step in trajectory.steps)


def test_trap_13_a_request_that_times_out_is_an_error_not_an_empty_reply() -> None:
    policy = ServedPolicy("http://127.0.0.1:9/v1", "m", timeout_s=0.2, retries=1, backoff_s=0.0)
    started = time.monotonic()
    with pytest.raises(PolicyError, match="gave up after 2 attempts"):
        policy.reply("g", [], SCREEN)
    assert time.monotonic() - started < 5
    slow = ServedPolicy("http://127.0.0.1:9/v1", "m", timeout_s=300)
    assert slow._client.timeout == httpx.Timeout(300)
