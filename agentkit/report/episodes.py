"""Episodes as strips of screenshots: what the agent saw, what it did, and what it said, step by step."""

from __future__ import annotations

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
    Parsed,
    Point,
    Refusal,
    Scroll,
    Type,
    action_name,
)
from agentkit.report.markup import Markup, join, tag
from agentkit.report.pictures import picture
from agentkit.types import Ending, Trajectory

SIDE = 420
"""Longer side of a step's picture in pixels."""
WORDS = 280
"""Longest thought shown."""


def strip(trajectory: Trajectory, side: int = SIDE) -> Markup:
    """One frame per step with its action drawn on it, then the final screen."""
    frames = []
    for number, step in enumerate(trajectory.steps, 1):
        reply = step.reply
        good = False if isinstance(reply.action, Malformed) else None
        image = step.observation.image
        frames.append(
            _frame(
                image.width > image.height,
                f"step {number}",
                picture(image, side, answer=reply.action, good=good),
                tag("code", describe(reply.action)),
                tag("p", _short(reply.thought or reply.conclusion or _unread(reply.action, reply.text))),
            )
        )
    if trajectory.final is not None:
        image = trajectory.final.image
        frames.append(_frame(image.width > image.height, "final screen", picture(image, side)))
    return tag("div", *frames, class_="strip") if frames else tag("p", "No steps were taken.", class_="muted")


def episode(trajectory: Trajectory, success: float | None = None, opened: bool = False, side: int = SIDE) -> Markup:
    """A line that unfolds into the strip."""
    if trajectory.ending is Ending.BROKEN:
        mark = tag("span", "broken", class_="chip warn")
    elif success is None:
        mark = tag("span", trajectory.ending.value, class_="chip")
    elif success > 0.5:
        mark = tag("span", "solved", class_="chip good")
    else:
        mark = tag("span", "not solved", class_="chip bad")
    count = len(trajectory.steps)
    facts = f"{count} step{'s' if count != 1 else ''} · {trajectory.ending.value}"
    head = tag(
        "summary", tag("span", trajectory.goal, class_="goal"), tag("span", facts, class_="meta"), tag("span", mark)
    )
    fault = tag("p", trajectory.fault, class_="muted") if trajectory.fault else None
    said = [step.reply.action.content for step in trajectory.steps if isinstance(step.reply.action, CallUser)]
    answers = join(*(tag("p", "Told the user: ", tag("b", content)) for content in said))
    key = tag("p", tag("code", trajectory.task_key), class_="muted")
    return tag("details", head, key, strip(trajectory, side), answers, fault, open=opened)


def describe(action: Parsed) -> str:
    """The action in a few words, places as percent of the screen."""
    name = action_name(action)
    match action:
        case Click(at=at) | LongPress(at=at) | Hover(at=at) | DoubleClick(at=at):
            return f"{name} {_place(at)}"
        case Drag(start=start, end=end) | Scroll(start=Point() as start, end=Point() as end):
            return f"{name} {_place(start)} → {_place(end)}"
        case Scroll(direction=direction):
            return f"{name} {direction}"
        case Type(text=text):
            return f"{name} “{_short(text, 80)}”"
        case Launch(app=app):
            return f"{name} {_short(app, 60)}"
        case CallUser(content=content) | Finished(content=content):
            return f"{name} “{_short(content, 80)}”" if content else name
        case Hotkey(keys=keys):
            return f"{name} {' + '.join(keys)}"
        case Malformed(fault=fault):
            return f"{name}: {_short(fault, 120)}"
    return name


def _frame(wide: bool, label: str, *parts: Markup) -> Markup:
    return tag("div", tag("span", label, class_="n"), *parts, class_="step wide" if wide else "step")


def _unread(action: Parsed, text: str) -> str:
    """What the model wrote, when nothing else shows it."""
    return text if isinstance(action, (Malformed, Refusal)) else ""


def _place(point: Point) -> str:
    return f"({100 * point.x:.0f} %, {100 * point.y:.0f} %)"


def _short(text: str, most: int = WORDS) -> str:
    text = " ".join(text.split())
    return text if len(text) <= most else text[: most - 1] + "…"
