"""The `<think>..</think><action>..</action><conclusion>..</conclusion>` reply of the UI-Venus navigation models.

Reading: exactly one action block is needed; thought and conclusion may be missing, and a block that is cut off is
taken as far as it goes, except the action, where a cut is a fault. Whatever comes first closes first, so a thought may
speak of `<action>` as long as it is closed. Writing: a thought or conclusion that holds a tag is refused, since it
could not be read back.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

from agentkit.actions import Action, Malformed, Refusal
from agentkit.calls import CallForm, parse_action, render_action
from agentkit.frames import Frame
from agentkit.protocols.base import ParsedReply
from agentkit.types import Step

FrameOf: TypeAlias = Callable[[tuple[int, int]], Frame]
"""Screenshot size -> the frame in which its coordinates are written."""

_TAGS = tuple(f"<{slash}{name}>" for name in ("think", "action", "conclusion") for slash in ("", "/"))
_HISTORY_LIMIT = 400
"""Characters of an unreadable reply that go into the history."""


def parse_tagged(text: str, forms: Sequence[CallForm], frame: Frame) -> ParsedReply:
    """Thought, action and conclusion of a reply. Never raises."""
    thought, rest = _take_thought(text)
    if "<action>" not in rest:
        return ParsedReply(Malformed("expected one <action>...</action> block, found none"), thought)
    body, closed, tail = rest.partition("<action>")[2].partition("</action>")
    between, _, conclusion = tail.partition("<conclusion>")
    conclusion = conclusion.partition("</conclusion>")[0].strip()
    if not closed:
        return ParsedReply(Malformed("the <action> block is never closed"), thought)
    if "<action>" in between:
        return ParsedReply(Malformed("expected one <action> block, found several"), thought, conclusion)
    return ParsedReply(parse_action(body, forms, frame), thought, conclusion)


def render_tagged(action: Action, thought: str, conclusion: str, forms: Sequence[CallForm], frame: Frame) -> str:
    """The reply that `parse_tagged` reads back; surrounding whitespace of thought and conclusion is dropped."""
    for what, said in (("thought", thought), ("conclusion", conclusion)):
        if any(tag in said for tag in _TAGS):
            raise ValueError(f"a {what} must hold none of the tags {' '.join(_TAGS)}, got {said[:80]!r}")
    call = render_action(action, forms, frame)
    return f"<think>{thought.strip()}</think><action>{call}</action><conclusion>{conclusion.strip()}</conclusion>"


def history_text(steps: Sequence[Step], window: int | None, forms: Sequence[CallForm], frame_of: FrameOf) -> str:
    """One line per step, `Step i: <think>..</think><action>..</action>`, numbered from 0 within the window.

    `window` is the number of last steps shown: None shows all, 0 none. Coordinates are those of each step's own
    screenshot. An unreadable reply stays in the history as the model wrote it (its action block if there is one,
    else its text, cut to a few hundred characters), since the model should see that it was said and did nothing.
    """
    shown = steps if window is None else steps[max(0, len(steps) - window) :]
    return "\n".join(
        f"Step {i}: <think>{step.reply.thought}</think><action>{_said(step, forms, frame_of)}</action>"
        for i, step in enumerate(shown)
    )


def _take_thought(text: str) -> tuple[str, str]:
    """The thought and what follows it. A thought that never closes ends where the action opens."""
    opened = text.find("<think>")
    action = text.find("<action>")
    if opened < 0 or 0 <= action < opened:
        return "", text
    body = text[opened + len("<think>") :]
    thought, closed, rest = body.partition("</think>")
    if closed:
        return thought.strip(), rest
    thought, opens_action, rest = body.partition("<action>")
    return thought.strip(), opens_action + rest


def _said(step: Step, forms: Sequence[CallForm], frame_of: FrameOf) -> str:
    action = step.reply.action
    if isinstance(action, (Malformed, Refusal)):
        rest = _take_thought(step.reply.text)[1]
        block = rest.partition("<action>")[2].partition("</action>")[0]
        return (block or rest).strip()[:_HISTORY_LIMIT]
    return render_action(action, forms, frame_of(step.observation.image.size))
