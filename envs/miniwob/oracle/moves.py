"""Verbs for rules: each is a generator of actions that looks at the page afresh before every action it yields."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterator
from typing import TypeAlias

from agentkit.actions import Action, Click, Drag, Hotkey, Hover, Scroll, Type, Wait
from agentkit.errors import PolicyError
from envs.miniwob.dom import XY, Dom, Element

Moves: TypeAlias = Iterator[Action]
Rule: TypeAlias = Callable[[Dom], Moves]
SUBMIT = "#subbtn, #submit, #area button.secondary-action"
TRIES = 25
WAITS = 4


def quoted(text: str) -> list[str]:
    """What stands in double quotes."""
    return re.findall(r'"([^"]*)"', text)


def matched(pattern: str, text: str) -> re.Match[str]:
    """The first match. PolicyError when the page words its goal in another way."""
    found = re.search(pattern, text)
    if found is None:
        raise PolicyError(f"expected a goal like {pattern!r}, got {text!r}")
    return found


def reachable(dom: Dom, find: Callable[[], Element]) -> Generator[Action, None, Element]:
    """Scroll until a click reaches the element that `find` finds. PolicyError when nothing can be done."""
    for _ in range(TRIES):
        element = find()
        if element.at is not None:
            return element
        if element.scroller is None:
            raise PolicyError(f"<{element.tag}> {element.text!r} is covered or outside the picture")
        (x, y), by = element.scroller.at, element.scroller.by
        # The longest way that both ends leave in the picture.
        end = min(max(y - by, 1.0), 209.0)
        start = y if abs(end - y) > 1 else y + (1 if by > 0 else -1)
        yield Scroll(dom.point((x, start)), dom.point((x, end)))
    raise PolicyError(f"{TRIES} scrolls did not bring <{element.tag}> {element.text!r} into the picture")


def click(dom: Dom, selector: str, text: str | None = None, nth: int = 0) -> Moves:
    """Click the element, scrolled into the picture if need be."""
    element = yield from reachable(dom, lambda: dom.one(selector, text, nth))
    yield click_at(dom, element)


def click_at(dom: Dom, element: Element) -> Click:
    """A click on an element just looked at. PolicyError when none would reach it."""
    if element.at is None:
        raise PolicyError(f"<{element.tag}> {element.text!r} cannot be clicked where it is")
    return Click(dom.point(element.at))


def submit(dom: Dom) -> Moves:
    yield from click(dom, SUBMIT)


def hover_open(dom: Dom, selector: str, text: str, opened: Callable[[], bool]) -> Moves:
    """Rest the pointer on a menu's item until what belongs to it unfolds."""
    element = dom.one(selector, text)
    if element.at is None:
        raise PolicyError(f"the item {text!r} is not in the picture")
    yield Hover(dom.point(element.at))
    yield from wait_until(opened)


def wait_until(ready: Callable[[], bool]) -> Moves:
    """Wait for what moves by itself. PolicyError after `WAITS` times."""
    for _ in range(WAITS):
        if ready():
            return
        yield Wait()
    if not ready():
        raise PolicyError(f"the page was not as expected after waiting {WAITS} times")


def write(dom: Dom, selector: str, text: str, nth: int = 0) -> Moves:
    """Click a field and type; what it held is replaced."""
    held = dom.one(selector, nth=nth).value
    yield from click(dom, selector, nth=nth)
    if held:
        yield Hotkey(("ctrl", "a"))
    yield Type(text)


def drag(dom: Dom, start: XY, end: XY) -> Drag:
    return Drag(dom.point(start), dom.point(end))
