"""Gold answers and a way to score one action against them, for the tests of rewards."""

from __future__ import annotations

from agentkit.actions import Box, Point, Scroll, Type
from agentkit.protocols import ParsedReply
from rft.rewards import Gold, get_reward

TAGGED = "<think>t</think><action>x</action><conclusion>c</conclusion>"
TINY = 2**-20
BOX = Box(0.25, 0.25, 0.75, 0.5)
ON_BOX = Gold(box=BOX, size=(1000, 2000), aspect=2.0)
NOWHERE = Gold(refusal=True, size=(1000, 2000), aspect=2.0)
UP = Gold(action=Scroll(Point(0.5, 0.75), Point(0.5, 0.25)))


def swipe(x1, y1, x2, y2):
    return Scroll(Point(x1, y1), Point(x2, y2))


def typed(text):
    return Gold(action=Type(text))


def score(name, action, gold, text=TAGGED, thought="t", **constants):
    return get_reward(name, **constants)(ParsedReply(action, thought), text, gold)
