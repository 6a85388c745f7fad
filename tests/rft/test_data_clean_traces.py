"""The stages that judge and mend traces, each on traces of which it is plain what should become of them."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw

from agentkit.actions import (
    Action,
    Box,
    CallUser,
    Click,
    Direction,
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
from agentkit.errors import ConfigError
from agentkit.recorded.directions import finger_direction
from agentkit.recorded.traces import Trace, TraceStep, read_traces, write_traces
from rft.data.clean.answers import asks
from rft.data.clean.config import CleanConfig
from rft.data.clean.motion import contents_moved
from rft.data.clean.pipeline import clean

HERE = Click(Point(0.5, 0.5))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for number in range(8):
        Image.new("RGB", (20, 40), (number * 30, 0, 0)).save(tmp_path / f"{number}.png")
    return tmp_path


def trace(folder: Path, *actions: Action, shots: str = "01234567", **more: Any) -> Trace:
    steps = tuple(TraceStep(folder / f"{shot}.png", action) for action, shot in zip(actions, shots * 9, strict=False))
    return Trace(**{"id": "t", "goal": "Open it", "steps": steps} | more)


def run(folder: Path, traces: list[Trace], **settings: Any) -> tuple[list[Trace], list[str | None], dict[str, Any]]:
    """(what stayed, for each trace why it went, report)."""
    number = len(list(folder.iterdir()))
    source, out = folder / f"in{number}.jsonl", folder / f"out{number}"
    write_traces(source, [replace(one, id=str(i)) for i, one in enumerate(traces)])
    report = clean(source, out, CleanConfig(**settings))
    dropped = {e["line"]: e["reason"] for e in map(json.loads, (out / "dropped.jsonl").read_text().splitlines())}
    reasons = [dropped.get(line) for line in range(1, len(traces) + 1)]
    return list(read_traces(out / "traces.jsonl")), reasons, report


def touched(action: Action, box: Box) -> TraceStep:
    return TraceStep(None, action, box=box)


def test_episodes(folder: Path) -> None:
    def ends(*actions: Action, shots: str = "01234567") -> Trace:
        return trace(folder, *actions, Finished(), shots=shots)

    off = ends(HERE)
    box = Box(0.1, 0.1, 0.2, 0.2)
    beside = replace(off, steps=(replace(off.steps[0], box=box), off.steps[1]))
    just = replace(off, steps=(replace(off.steps[0], action=Click(Point(0.205, 0.1)), box=box), off.steps[1]))
    blind = replace(off, steps=(replace(off.steps[0], image=None), off.steps[1]))
    cases: list[tuple[Trace, str | None]] = [
        (ends(HERE), None),
        (ends(), "too short"),
        (ends(*[Click(Point(0.5, i / 70)) for i in range(61)]), "too long"),
        (trace(folder, HERE, HERE), "no end"),
        (trace(folder, HERE, Finished(), HERE, Finished()), "goes on after its end"),
        (ends(HERE, HERE, HERE, shots="0001"), "goes in circles"),
        (ends(HERE, HERE, shots="001"), None),
        (ends(HERE, Press("back"), HERE, HERE, shots="00001"), None),
        (ends(*[HERE] * 4), None),
        (ends(*[HERE] * 5), "goes in circles"),
        (ends(*[Wait()] * 6), None),
        (ends(*[Scroll(direction="up")] * 6), None),
        (ends(*[Scroll(direction="up")] * 3, shots="0001"), "goes in circles"),
        (ends(Type("")), "impossible action"),
        (ends(Launch("")), "impossible action"),
        (ends(CallUser("")), "impossible action"),
        (ends(Scroll(Point(0.5, 0.5), Point(0.5, 0.5))), "impossible action"),
        (ends(Drag(Point(0.5, 0.5), Point(0.5, 0.5))), "impossible action"),
        (beside, "impossible action"),
        (just, None),
        (blind, "impossible action"),
    ]
    _, reasons, _ = run(folder, [one for one, _ in cases], stages=("episodes",))
    assert reasons == [reason for _, reason in cases]
    kept, _, _ = run(folder, [trace(folder, HERE, HERE)], stages=("episodes",), finish=False)
    assert len(kept) == 1


def test_a_missing_screenshot_names_its_step(folder: Path) -> None:
    broken = trace(folder, HERE, Finished(), shots="09")
    kept, reasons, _ = run(folder, [broken, trace(folder, HERE, Finished())])
    assert len(kept) == 1 and reasons == ["screenshot missing or damaged", None]
    dropped = json.loads(next(folder.glob("out*/dropped.jsonl")).read_text())
    assert dropped["step"] == 1 and "9.png" in dropped["detail"]


def test_duplicate_traces(folder: Path) -> None:
    once = trace(folder, HERE, Finished())
    other = trace(folder, LongPress(Point(0.5, 0.5)), Finished())
    seen = trace(folder, HERE, Finished(), shots="02")
    _, reasons, _ = run(folder, [once, other, replace(once, goal="open it."), seen], stages=("duplicates",))
    assert reasons == [None, None, "duplicate", None]


def swipe(start: float, end: float, direction: Direction | None) -> Scroll:
    return Scroll(Point(0.5, start), Point(0.5, end), direction)


def test_scrolls_are_turned_to_the_finger_when_their_points_say_so(folder: Path) -> None:
    """Source `c` names contents, `f` fingers; both have scrolls without points, which only the source explains."""
    both = [swipe(0.8, 0.2, "down"), swipe(0.2, 0.8, "up")] * 3
    content = trace(folder, *both, Scroll(direction="down"), Finished(), source="c")
    finger = trace(folder, *[swipe(0.8, 0.2, "up")] * 6, Scroll(direction="down"), Finished(), source="f")
    lone = trace(folder, Scroll(direction="down"), Finished(), source="c")
    (c, f, one), _, report = run(folder, [content, finger, lone], stages=("scroll",))
    assert [step.action.direction for step in c.steps[:2]] == ["up", "down"]  # type: ignore[union-attr]
    assert c.steps[6].action == one.steps[0].action == Scroll(direction="up")
    assert f.steps[6].action == Scroll(direction="down")
    notes = next(stage["notes"] for stage in report["stages"] if stage["stage"] == "scroll")
    assert notes[0].startswith("source 'c': content; 0 scrolls by the finger, 6 by the contents")
    assert notes[1].startswith("source 'f': finger; 6 scrolls by the finger, 0 by the contents")


def test_a_source_without_one_convention_loses_what_cannot_be_told(folder: Path) -> None:
    mixed = [swipe(0.8, 0.2, "down"), swipe(0.8, 0.2, "up")] * 4
    told = trace(folder, *mixed, Finished(), source="m")
    untold = trace(folder, Scroll(direction="down"), Finished(), source="m")
    kept, reasons, _ = run(folder, [told, untold], stages=("scroll",))
    assert reasons == [None, "scroll of unknown direction"]
    assert all(step.action.direction == "up" for step in kept[0].steps[:-1])  # type: ignore[union-attr]
    kept, reasons, _ = run(folder, [told, untold], stages=("scroll",), scroll={"m": "content"})
    assert reasons == [None, None] and kept[1].steps[0].action == Scroll(direction="up")


def test_too_few_scrolls_prove_nothing(folder: Path) -> None:
    few = trace(folder, swipe(0.8, 0.2, "down"), Scroll(direction="down"), Finished())
    kept, _, report = run(folder, [few], stages=("scroll",))
    assert kept[0].steps[1].action == Scroll(direction="down")
    assert "unproven" in str(report["stages"][-1]["notes"])


def page(path: Path, offset: int, sideways: bool = False) -> Path:
    """A list between two fixed bars, scrolled by `offset` pixels."""
    image = Image.new("RGB", (180, 360), "white")
    draw = ImageDraw.Draw(image)
    for line in range(60):
        at, seed = line * 24 - offset, line * 7919
        wide = 20 + seed % 120
        box = (at, 60 + seed % 60, at + 12, 60 + seed % 60 + wide) if sideways else (8, at, 8 + wide, at + 12)
        draw.rectangle(box, fill=(seed % 200, seed % 150, seed % 99))
    draw.rectangle((0, 0, 180, 40), fill="navy")
    draw.rectangle((0, 330, 180, 360), fill="black")
    image.save(path)
    return path


@pytest.mark.parametrize(
    ("before", "after", "sideways", "moved"),
    [
        (200, 320, False, "up"), (320, 200, False, "down"), (200, 290, True, "left"), (290, 200, True, "right"),
        (200, 200, False, None), (200, 1200, False, None),
    ],
)  # fmt: skip
def test_motion_is_seen_in_the_pixels(
    tmp_path: Path, before: int, after: int, sideways: bool, moved: str | None
) -> None:
    shots = [page(tmp_path / f"{i}.png", offset, sideways) for i, offset in enumerate((before, after))]
    assert contents_moved(*shots) == moved


def test_scrolls_without_points_are_told_by_the_pixels(tmp_path: Path) -> None:
    """The contents go up, which is a finger that moves up; the source calls it down."""
    steps = [TraceStep(page(tmp_path / f"{i}.png", 100 * i), Scroll(direction="down")) for i in range(6)]
    whole = Trace("t", "Look", (*steps, TraceStep(page(tmp_path / "6.png", 600), Finished())), source="ac")
    kept, _, report = run(tmp_path, [whole], stages=("scroll",))
    assert [step.action for step in kept[0].steps[:-1]] == [Scroll(direction="up")] * 6
    assert "source 'ac': content; 0 scrolls by the finger, 6 by the contents" in str(report["stages"])


def test_the_direction_of_a_swipe_heeds_the_shape_of_the_screen() -> None:
    start = Point(0.5, 0.5)
    assert finger_direction(start, Point(0.62, 0.6), aspect=1.0) == "right"
    assert finger_direction(start, Point(0.62, 0.6), aspect=2.0) == "down"
    assert finger_direction(start, start) is None


def test_answers_are_said_before_the_end(folder: Path) -> None:
    asked = trace(folder, HERE, Finished(), goal="When does it ring?", answer="7:30")
    said = trace(folder, HERE, Finished("7:30"), goal="Tell me when it rings")
    known = trace(folder, HERE, CallUser("7:30"), Finished(), goal="When does it ring?", answer="7:30")
    unknown = trace(folder, HERE, Finished(), goal="When does it ring?")
    order = trace(folder, HERE, Finished(), goal="Set the alarm")
    hopeless = trace(folder, HERE, Finished("infeasible"), goal="When does it ring?")
    traces = [asked, said, known, unknown, order, hopeless]
    kept, reasons, report = run(folder, traces, stages=("answers",))
    assert reasons == [None, None, None, "answer not known", None, None]
    for one, final in ((kept[0], Finished()), (kept[1], Finished())):
        assert [step.action for step in one.steps] == [HERE, CallUser("7:30"), final]
        assert one.steps[1].image == one.steps[2].image == folder / "1.png"
    assert [len(one.steps) for one in kept[2:]] == [3, 2, 2]
    assert report["stages"][-1]["changes"] == {"answer put before the end": 2}
    assert run(folder, [unknown], stages=("answers",), unanswered="keep")[1] == [None]


def test_a_policy_may_answer(folder: Path) -> None:
    script = folder / "script.txt"
    said = "<think>it says so</think><action>{}</action><conclusion></conclusion>\n"
    script.write_text(said.format("Wait()") + said.format("CallUser(content='half past seven')"))
    unknown = trace(folder, HERE, Finished(), goal="When does it ring?")
    kept, _, _ = run(folder, [unknown], stages=("answers",), answerer=f"scripted:{script}")
    assert [step.action for step in kept[0].steps] == [HERE, CallUser("half past seven"), Finished()]
    with pytest.raises(ConfigError, match="a policy is"):
        run(folder, [unknown], stages=("answers",), answerer="oracle")


@pytest.mark.parametrize(
    ("goal", "question"),
    [
        ("What is the time?", True), ("How many alarms are set", True), ("tell me the price", True),
        ("Check whether Wi-Fi is on", True), ("Set an alarm", False), ("Isolate the file", False),
        ("Check the box", False), ("Whatsapp: call Mum", False),
    ],
)  # fmt: skip
def test_questions_are_told_from_orders(goal: str, question: bool) -> None:
    assert asks(goal) == question
