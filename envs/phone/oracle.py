"""Verbs for scripted solutions: find an element on the screen, scroll to it, tap it, type into it.

Each verb is a generator of actions and looks at `phone.elements()` afresh after every action it yields, so a solution
is a chain of `yield from tap(phone, text="Display")`. An element is asked for by exactly what a person would see or a
screen reader would say. One that cannot be found after scrolling both ways raises EnvError: a script never guesses.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from typing import TYPE_CHECKING

from agentkit.actions import Action, CallUser, Click, Direction, Drag, Launch, LongPress, Point, Press, Scroll, Type
from agentkit.errors import EnvError

if TYPE_CHECKING:
    from envs.phone.device import Phone
    from envs.phone.elements import Element

Steps = Iterator[Action]
SCROLLS = 12
"""Swipes tried in one direction before giving up."""


def find(phone: Phone, *, text: str = "", label: str = "", id: str = "", nth: int = 0) -> Element | None:
    """The `nth` element with this text, content description and id (each only if given), those a tap reaches first."""
    if not (text or label or id):
        raise ValueError("find needs a text, a label or an id, got none")
    hits = [
        e
        for e in phone.elements()
        if (not text or e.text == text) and (not label or e.label == label) and (not id or e.id == id)
    ]
    hits.sort(key=lambda e: not e.hit)
    return hits[nth] if nth < len(hits) else None


def seen(phone: Phone, **wanted: str) -> bool:
    """Whether such an element is on the screen now, without scrolling."""
    return find(phone, **wanted) is not None


def read(phone: Phone, id: str) -> str:
    """The text of the element with this id. EnvError when it is not on the screen."""
    element = find(phone, id=id)
    if element is None:
        raise _lost(phone, f"id={id!r}")
    return element.text


def launch(app: str) -> Steps:
    yield Launch(app)


def scroll_to(phone: Phone, *, text: str = "", label: str = "", id: str = "") -> Steps:
    """Scroll down, then up, until the element is on the screen; nothing when it already is."""
    directions: tuple[Direction, ...] = ("up", "down")
    for finger in directions:
        for _ in range(SCROLLS):
            if find(phone, text=text, label=label, id=id) is not None:
                return
            before = phone.elements()
            yield Scroll(direction=finger)
            if phone.elements() == before:
                break
    if find(phone, text=text, label=label, id=id) is None:
        raise _lost(phone, f"text={text!r} label={label!r} id={id!r}")


def tap(phone: Phone, *, text: str = "", label: str = "", id: str = "", nth: int = 0) -> Steps:
    """Scroll to the element and tap its centre."""
    yield from scroll_to(phone, text=text, label=label, id=id)
    yield Click(_centre(phone, text=text, label=label, id=id, nth=nth))


def tap_text(phone: Phone, text: str) -> Steps:
    yield from tap(phone, text=text)


def tap_label(phone: Phone, label: str) -> Steps:
    yield from tap(phone, label=label)


def tap_id(phone: Phone, id: str) -> Steps:
    yield from tap(phone, id=id)


def long_press(phone: Phone, *, text: str = "", label: str = "", id: str = "") -> Steps:
    yield from scroll_to(phone, text=text, label=label, id=id)
    yield LongPress(_centre(phone, text=text, label=label, id=id))


def type_into(phone: Phone, id: str, text: str) -> Steps:
    """Tap the text field with this id and type; what it held stays in front."""
    yield from tap(phone, id=id)
    yield Type(text)


def slide(phone: Phone, id: str, value: float) -> Steps:
    """Drag the slider with this id from its middle to `value` (0..1)."""
    yield from scroll_to(phone, id=id)
    element = find(phone, id=id)
    if element is None:
        raise _lost(phone, f"id={id!r}")
    middle = centre(phone, element)
    left, right = element.bounds[0] / phone.size[0], element.bounds[2] / phone.size[0]
    yield Drag(middle, Point(left + value * (right - left), middle.y))


def gather(phone: Phone, wanted: Callable[[Element], bool]) -> Generator[Action, None, dict[str, Element]]:
    """Scroll down to the end; the matching elements met on the way, by text, in the order in which they were met."""
    met: dict[str, Element] = {}
    for _ in range(SCROLLS):
        before = phone.elements()
        for element in filter(wanted, before):
            met.setdefault(element.text, element)
        yield Scroll(direction="up")
        if phone.elements() == before:
            break
    return met


def back() -> Steps:
    yield Press("back")


def answer(text: str) -> Steps:
    yield CallUser(text)


def centre(phone: Phone, element: Element) -> Point:
    """The middle of an element as fractions of the screenshot."""
    x1, y1, x2, y2 = element.bounds
    return Point((x1 + x2) / 2 / phone.size[0], (y1 + y2) / 2 / phone.size[1])


def _centre(phone: Phone, *, text: str, label: str, id: str, nth: int = 0) -> Point:
    element = find(phone, text=text, label=label, id=id, nth=nth)
    if element is None:
        raise _lost(phone, f"text={text!r} label={label!r} id={id!r} nth={nth}")
    return centre(phone, element)


def _lost(phone: Phone, wanted: str) -> EnvError:
    shown = [e.text or e.label or e.id for e in phone.elements() if e.text or e.label or e.id]
    return EnvError(f"the screen must show an element with {wanted}; {phone.foreground()} shows {shown}")
