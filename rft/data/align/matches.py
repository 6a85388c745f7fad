"""When a reply got its step right: tests by name, all of them strict.

The paper asks for an exact match, name and arguments. A point that must hit one pixel leaves hardly a reply, so the
default is the largest reward that the step can give, which for reused GRPO replies is what the run itself rewarded.
Note that it is as loose as the reward: UI-Venus' own gives all for a text whose token F1 is 0.5.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

from agentkit.protocols import PromptProtocol
from agentkit.protocols.base import ParsedReply
from rft.data.rows import NavigationRow
from rft.rewards import Reward
from rft.rewards.places import hits, place_of

SLACK = 1e-9
"""Rounding of a weighted sum."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A reply to one step of a trace."""

    row: NavigationRow
    """The step, with the outline of the element that it touches where that is known; its history does not matter
    here."""
    reply: ParsedReply
    text: str
    size: tuple[int, int]
    """At which the model saw the screenshot."""


Match: TypeAlias = Callable[[Answer], bool]


def gold_text(protocol: PromptProtocol, answer: Answer) -> str | None:
    """The recorded action in the protocol's words, at the resolution in which the model speaks; None when it has
    none."""
    try:
        return protocol.render(answer.row.action, "-", "", answer.size)
    except ValueError:
        return None


def max_reward(protocol: PromptProtocol, reward: Reward) -> Match:
    """It earns at least what the recorded action itself earns."""
    most: dict[tuple[str, tuple[int, int]], float] = {}

    def score(answer: Answer, reply: ParsedReply, text: str) -> float:
        return reward(reply, text, replace(answer.row.gold, model_size=answer.size))["total"]

    def match(answer: Answer) -> bool:
        key = (answer.row.id, answer.size)
        if key not in most:
            text = gold_text(protocol, answer)
            gold = protocol.parse(text, answer.size) if text is not None else None
            most[key] = float("inf") if text is None or gold is None else score(answer, gold, text)
        return score(answer, answer.reply, answer.text) >= most[key] - SLACK

    return match


def exact(protocol: PromptProtocol, reward: Reward) -> Match:
    """The same call with the same arguments; a point is the same when it is the same pixel of the model's picture."""

    def match(answer: Answer) -> bool:
        text = gold_text(protocol, answer)
        return text is not None and answer.reply.action == protocol.parse(text, answer.size).action

    return match


def in_box(protocol: PromptProtocol, reward: Reward) -> Match:
    """As `exact`, but a point may lie anywhere in an outline of the touched element, where one is known."""
    same = exact(protocol, reward)

    def match(answer: Answer) -> bool:
        said, boxes = answer.reply.action, answer.row.gold.targets
        at = place_of(said)
        if at is None or not boxes or type(said) is not type(answer.row.action):
            return same(answer)
        return hits(at, boxes)

    return match


MATCHES: Mapping[str, Callable[[PromptProtocol, Reward], Match]] = {
    "max_reward": max_reward,
    "exact": exact,
    "in_box": in_box,
}
