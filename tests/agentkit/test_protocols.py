"""The prompt protocols: their exact strings, their replies both ways, and their fixed parts."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from agentkit.actions import Box, Click, Finished, Hotkey, Hover, Malformed, Point, Press, Refusal, Scroll, Type
from agentkit.errors import ConfigError
from agentkit.frames import BUDGETS, QWEN3VL, Size
from agentkit.protocols import PROTOCOLS, get_protocol
from agentkit.protocols.template import Template, prompt
from agentkit.types import Observation, Reply, Step

SCREEN = Observation(Image.new("RGB", (1080, 2400)))
NAVIGATION = [p for p in PROTOCOLS if "navi" in p.name]
by_name = pytest.mark.parametrize("protocol", PROTOCOLS, ids=lambda p: p.name)
navigation = pytest.mark.parametrize("protocol", NAVIGATION, ids=lambda p: p.name)


def user_text(protocol, goal: str, steps=()) -> str:
    (user,) = [m for m in protocol.messages(goal, steps, SCREEN, protocol.budget.resize) if m["role"] == "user"]
    (text,) = [part["text"] for part in user["content"] if part["type"] == "text"]
    return text


def said(protocol, action, thought="") -> Step:
    return Step(SCREEN, Reply("", action, thought))


def test_the_exact_grounding_prompts() -> None:
    goal = "open the menu"
    assert user_text(get_protocol("venus1_ground"), goal) == (
        "Outline the position corresponding to the instruction: open the menu. The output should be only [x1,y1,x2,y2]."
    )
    assert user_text(get_protocol("venus1_ground_72b"), goal) == (
        'Output the bounding box in the image corresponding to the instruction "open the menu" with grounding. '
        "The output should be only [x1,y1,x2,y2]."
    )
    assert user_text(get_protocol("venus1_ground", refusal=True), goal).endswith(
        "[x1,y1,x2,y2]. Additionally, if you think the task is infeasible (e.g., the task is not related to the "
        "image), the output should be [-1,-1,-1,-1]."
    )
    point = (
        "Output the center point of the position corresponding to the following instruction: \nopen the menu. \n\n"
        "The output should just be the coordinates of a point, in the format [x,y]."
    )
    tail = (
        " Additionally, if the task is infeasible (e.g., the task is not related to the image), "
        "the output should be [-1,-1]."
    )
    assert user_text(get_protocol("venus15_ground"), goal) == point + tail
    assert user_text(get_protocol("venus15_ground", refusal=False), goal) == point
    assert user_text(get_protocol("venus15_ground", refusal=False), goal + ".") == point


def test_declared_frames_and_budgets() -> None:
    declared = {p.name: (p.frame, p.budget) for p in PROTOCOLS}
    assert declared == {
        "venus1_ground": ("model_px", BUDGETS["venus1_ground_7b"]),
        "venus1_ground_72b": ("model_px", BUDGETS["venus1_ground_72b"]),
        "venus1_navi": ("model_px", BUDGETS["venus1_navi_7b"]),
        "venus1_navi_72b": ("model_px", BUDGETS["venus1_navi_72b"]),
        "venus15_ground": ("n1000", QWEN3VL),
        "venus15_navi": ("n1000", QWEN3VL),
        "venus15_navi_web": ("n1000", QWEN3VL),
    }


@by_name
def test_turns_and_part_order(protocol) -> None:
    messages = protocol.messages("g", [], SCREEN, protocol.budget.resize)
    kinds = [part["type"] for part in messages[-1]["content"]]
    if protocol in NAVIGATION:
        assert messages[0] == {"role": "system", "content": "You are a helpful assistant."}
        assert kinds == ["text", "image"]
    else:
        assert kinds == ["image", "text"] and len(messages) == 1
    (image,) = [part["image"] for part in messages[-1]["content"] if part["type"] == "image"]
    assert image is SCREEN.image


@by_name
@given(goal=st.text(max_size=60), thought=st.text(max_size=40))
def test_fixed_parts_are_there_verbatim_and_in_order(protocol, goal: str, thought: str) -> None:
    text = user_text(protocol, goal, [said(protocol, Press("back"), thought)])
    parts = protocol.fixed_parts()
    assert text.startswith(parts[0]) and text.endswith(parts[-1])
    place = 0
    for part in parts:
        place = text.index(part, place) + len(part)
    assert goal.removesuffix(".") in text


@navigation
def test_section_order(protocol) -> None:
    text = user_text(protocol, "GOAL")
    venus1 = (
        "**You are a GUI Agent.**",
        "### User Task",
        "### Previous Actions",
        "### Available Actions",
        "### Instruction",
    )
    venus15 = (venus1[0], venus1[3], venus1[1], venus1[2], "### Output Format", venus1[4])
    places = [text.index(title) for title in (venus1 if protocol.name.startswith("venus1_") else venus15)]
    assert places == sorted(places)


@navigation
def test_every_offered_call_is_in_the_table_and_the_reverse(protocol) -> None:
    import re

    text = user_text(protocol, "GOAL")
    offered = re.findall(r"^(?:- )?([A-Z]\w+)\(", text.split("### Available Actions")[1], flags=re.MULTILINE)
    assert sorted(offered) == sorted(form.name for form in protocol.forms)


def test_number_of_calls() -> None:
    assert [len(p.forms) for p in NAVIGATION] == [13, 13, 13, 16]


@navigation
def test_reply_round_trip(protocol) -> None:
    size = protocol.budget.resize((1080, 2400))
    for action in (Type('it\'s </action> "x" (a, b) | 日本\nline'), Finished(""), Press("recent")):
        text = protocol.render(action, "see the list", "typed", size)
        parsed = protocol.parse(text, size)
        assert (parsed.action, parsed.thought, parsed.conclusion) == (action, "see the list", "typed")
    click = protocol.parse(protocol.render(Click(Point(0.25, 0.75)), model_size=size), size).action
    assert abs(click.at.x - 0.25) < 1 / 644 and abs(click.at.y - 0.75) < 1 / 1000


@navigation
def test_a_thought_that_could_not_be_read_back_is_refused(protocol) -> None:
    with pytest.raises(ValueError, match="a thought must hold none of the tags"):
        protocol.render(Press("back"), "I will write <action> now")
    with pytest.raises(ValueError, match="no words for a refusal"):
        protocol.render(Refusal())


@by_name
@given(text=st.text(max_size=200) | st.text(alphabet="<>/thinkaco[]-1234567890., '()=C", max_size=120))
def test_no_text_crashes_a_protocol(protocol, text: str) -> None:
    for shown in (text, f"<think>{text}", f"<action>{text}</action>", f"[{text}]"):
        parsed = protocol.parse(shown, (644, 1428))
        assert isinstance(parsed.thought, str) and isinstance(parsed.conclusion, str)


@navigation
@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "found none"),
        ("PressBack()", "found none"),
        ("<action>PressBack()", "never closed"),
        ("<action>PressBack()</action><action>PressHome()</action>", "found several"),
        ("<action></action>", "expected a call name at 0, found the end"),
        ("<think><action>PressBack()</action></think>", "found none"),
    ],
)
def test_unreadable_navigation_replies(protocol, text: str, fault: str) -> None:
    action = protocol.parse(text, (644, 1428)).action
    assert isinstance(action, Malformed) and fault in action.fault


@navigation
def test_blocks_around_the_action_are_optional_and_cut_gracefully(protocol) -> None:
    parse = lambda text: protocol.parse(text, (644, 1428))  # noqa: E731
    assert parse("<action>PressBack()</action>").action == Press("back")
    assert parse("<think>a<action>PressBack()</action>").thought == "a"
    assert parse("<think>a</think>\n<action>\nPressBack()\n</action><conclusion>b").conclusion == "b"
    speaks = parse("<think>then <action>PressHome()</action></think><action>PressBack()</action>")
    assert speaks.action == Press("back")


def test_history_lines_and_window() -> None:
    protocol = get_protocol("venus1_navi")
    narrow = Observation(Image.new("RGB", (540, 1200)))
    steps = [
        Step(SCREEN, Reply("", Click(Point(0.5, 0.25)), "first")),
        Step(narrow, Reply("", Click(Point(0.5, 0.25)), "second")),
        Step(SCREEN, Reply("<think>hm</think><action>Tap(1)</action>", Malformed("unknown"), "hm")),
        Step(SCREEN, Reply("no tags at all " + "x" * 1000, Malformed("none"))),
        Step(SCREEN, Reply("", Type("a'b"), "last", conclusion="never shown")),
    ]
    width, height = protocol.budget.resize((540, 1200))
    lines = [
        "Step 0: <think>first</think><action>Click(box=(322, 357))</action>",
        f"Step 1: <think>second</think><action>Click(box=({width // 2}, {height // 4}))</action>",
        "Step 2: <think>hm</think><action>Tap(1)</action>",
        "Step 3: <think></think><action>no tags at all " + "x" * 385 + "</action>",
        "Step 4: <think>last</think><action>Type(content='a\\'b')</action>",
    ]
    text = user_text(protocol, "g", steps)
    assert "### Previous Actions\n" + "\n".join(lines) + "\n\n### Available Actions" in text
    assert "never shown" not in text
    two = user_text(replace(protocol, history=2), "g", steps)
    assert "Step 0: <think></think><action>no tags" in two and "Step 1: <think>last" in two and "Step 2" not in two
    assert user_text(replace(protocol, history=9), "g", steps) == text
    assert get_protocol("venus15_navi").history == 5


def test_box_replies() -> None:
    protocol = get_protocol("venus1_ground")
    size = Size(1932, 1092)
    action = protocol.parse(" [100, 200.5,300,400] ", size).action
    assert action == Click(action.box.centre, Box(100 / 1932, 200.5 / 1092, 300 / 1932, 400 / 1092))
    assert protocol.render(action, model_size=size) == "[100,201,300,400]"
    assert protocol.render(Click(Point(0.5, 0.5)), model_size=size) == "[966,546,966,546]"
    assert protocol.parse("[-1,-1,-1,-1]", size).action == Refusal()
    assert protocol.parse(protocol.render(Refusal()), size).action == Refusal()
    with pytest.raises(ValueError, match="can only say a click"):
        protocol.render(Press("back"))


@pytest.mark.parametrize(
    "text",
    [
        "", "[1,2,3]", "[1,2,3,4,5]", "1,2,3,4", "[1,2,3,4] done", "The box is [1,2,3,4]", "[-1,-1,3,4]", "[5,5,4,6]",
        "[0,0,1933,5]", "[1e3,2,3,4]", "(1,2,3,4)", "[__import__('os')]", "[-1,-1]", "[1,2],[3,4]", "[1 2 3 4]",
    ],
)  # fmt: skip
def test_box_replies_that_are_refused(text: str) -> None:
    assert isinstance(get_protocol("venus1_ground").parse(text, (1932, 1092)).action, Malformed)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[250, 500]", Click(Point(0.25, 0.5))),
        ("[100,200,300,400]", Click(Point(0.2, 0.30000000000000004), Box(0.1, 0.2, 0.3, 0.4))),
        ("[100,200],[300,400]", Click(Point(0.2, 0.30000000000000004), Box(0.1, 0.2, 0.3, 0.4))),
        ("It is at [250,500], I think. Not [1,2].", Click(Point(0.25, 0.5))),
        ("[1000,0]", Click(Point(1, 0))),
        ("[-1,-1]", Refusal()),
        ("[-1,-1,-1,-1]", Refusal()),
    ],
)
def test_point_replies(text: str, expected) -> None:
    assert get_protocol("venus15_ground").parse(text, (7, 7)).action == expected


@pytest.mark.parametrize("text", ["", "[1]", "[1,2,3]", "[1001,5]", "[-1,5]", "nowhere", "[a,b]", "[300,400,100,200]"])
def test_point_replies_that_are_refused(text: str) -> None:
    assert isinstance(get_protocol("venus15_ground").parse(text, (7, 7)).action, Malformed)


def test_point_rendering() -> None:
    protocol = get_protocol("venus15_ground")
    assert protocol.render(Click(Point(0.25, 0.9999))) == "[250,1000]"
    assert protocol.render(Refusal()) == "[-1,-1]"
    with pytest.raises(ValueError, match="can only say a click"):
        protocol.render(Scroll(direction="up"))


def test_web_only_calls() -> None:
    web, mobile = get_protocol("venus15_navi_web"), get_protocol("venus15_navi")
    for action in (Hover(Point(0.5, 0.5)), Hotkey(("ctrl", "c"))):
        text = web.render(action)
        assert web.parse(text, (1, 1)).action == action
        assert isinstance(mobile.parse(text, (1, 1)).action, Malformed)


def test_options_and_names() -> None:
    assert get_protocol("venus1_navi", history=0).history == 0
    with pytest.raises(ConfigError, match="unknown protocol 'venus9', expected one of venus1_ground"):
        get_protocol("venus9")
    with pytest.raises(ConfigError, match=r"protocol venus1_navi: .*histroy"):
        get_protocol("venus1_navi", histroy=3)
    with pytest.raises(ConfigError, match="history must be None or at least 0, got -1"):
        get_protocol("venus1_navi", history=-1)


def test_template_is_strict_and_fills_once() -> None:
    template = Template.of("a ${goal} b ${history} c")
    assert template.fill(goal="${history}", history="$x") == "a ${history} b $x c"
    assert template.literals() == ("a ", " b ", " c")
    for wrong in ({"goal": "x"}, {"goal": "x", "history": "y", "more": "z"}):
        with pytest.raises(ValueError, match="template has fields"):
            template.fill(**wrong)
    assert prompt("venus1_navi").fields == ("goal", "history")
