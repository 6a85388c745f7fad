"""The scripted policy and the policy specs of the command line."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from PIL import Image

from agentkit.actions import Click, Hover, Malformed, Point, Press, Type
from agentkit.errors import ConfigError, DataError, PolicyError
from agentkit.policies import make_policy
from agentkit.policies.scripted import ScriptedPolicy, read_script
from agentkit.policies.served import ServedPolicy
from agentkit.protocols import get_protocol
from agentkit.types import Observation, Reply, Step

SCREEN = Observation(Image.new("RGB", (1080, 2400)))
STEP = Step(SCREEN, Reply("", Press("back")))


def test_texts_are_parsed_and_actions_are_worded() -> None:
    policy = ScriptedPolicy(["<think>t</think><action>PressBack()</action>", Click(Point(0.5, 0.5)), "?"])
    first, second, third = (policy.reply("g", [STEP] * i, SCREEN) for i in range(3))
    assert (first.action, first.thought) == (Press("back"), "t")
    assert second.action == Click(Point(0.5, 0.5)) and "Click(box=(322, 714))" in second.text
    assert isinstance(third.action, Malformed)
    with pytest.raises(PolicyError, match="the script has 3 lines; step 3 has none"):
        policy.reply("g", [STEP] * 3, SCREEN)
    with pytest.raises(PolicyError, match="cannot word Hover"):
        ScriptedPolicy([Hover(Point(0, 0))]).reply("g", [], SCREEN)
    with pytest.raises(PolicyError, match="aspect ratio"):
        policy.reply("g", [], Observation(Image.new("RGB", (2, 900))))


def test_a_function_may_be_the_script() -> None:
    policy = ScriptedPolicy(lambda goal, steps, observation: Type(f"{goal} {len(steps)} {observation.image.size}"))
    assert policy.reply("g", [STEP], SCREEN).action == Type("g 1 (1080, 2400)")


def test_script_files(tmp_path: Path) -> None:
    plain = tmp_path / "s.txt"
    plain.write_text("<action>Wait()</action>\n\n<action>PressBack()</action>\n")
    assert read_script(plain) == ["<action>Wait()</action>", "<action>PressBack()</action>"]
    lines = tmp_path / "s.jsonl"
    lines.write_text('"a\\nb"\n{"text": "c", "other": 1}\n')
    assert read_script(lines) == ["a\nb", "c"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "line 1 is not JSON"),
        ('"a"\n5', "line 2: expected a string or an object"),
        ('{"text": 5}', "string `text`"),
    ],
)
def test_script_files_that_are_refused(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "s.jsonl").write_text(text)
    with pytest.raises(DataError, match=message):
        read_script(tmp_path / "s.jsonl")
    with pytest.raises(DataError, match="cannot read the script"):
        read_script(tmp_path / "none.txt")


def test_policy_specs(tmp_path: Path) -> None:
    protocol = get_protocol("venus1_navi")
    (tmp_path / "s.txt").write_text("x\n")
    assert isinstance(make_policy(f"scripted:{tmp_path}/s.txt", protocol), ScriptedPolicy)
    served = make_policy("served:http://127.0.0.1:1/v1#org/model", protocol, timeout_s=3)
    assert isinstance(served, ServedPolicy) and served.url == "http://127.0.0.1:1/v1/chat/completions"
    for spec in ("", "qwen", "qwen:", "gpt:x", "served:http://x"):
        with pytest.raises(ConfigError, match="policy is"):
            make_policy(spec, protocol)


@pytest.mark.parametrize(("kind", "package"), [("qwen", "torch"), ("served", "httpx")])
def test_a_missing_extra_is_named(kind: str, package: str, monkeypatch) -> None:
    for module in [name for name in sys.modules if name.startswith("agentkit.policies.")]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(ConfigError, match=rf"needs the package {package}: pip install 'glint-agents\[{kind}\]'"):
        make_policy(f"{kind}:http://127.0.0.1:1#m", get_protocol("venus1_navi"))
