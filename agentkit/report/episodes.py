"""Episodes as strips of screenshots: what the agent saw, what it did, and what it said, step by step."""

from __future__ import annotations

from agentkit.actions import CallUser, Malformed, Parsed, Refusal
from agentkit.describe import describe_action, one_line
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
                tag("code", describe_action(reply.action)),
                tag("p", one_line(reply.thought or reply.conclusion or _unread(reply.action, reply.text), WORDS)),
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


def _frame(wide: bool, label: str, *parts: Markup) -> Markup:
    return tag("div", tag("span", label, class_="n"), *parts, class_="step wide" if wide else "step")


def _unread(action: Parsed, text: str) -> str:
    """What the model wrote, when nothing else shows it."""
    return text if isinstance(action, (Malformed, Refusal)) else ""
