"""Verbs for scripted solutions: find an element on the screen, scroll to it, tap it, type into it.

Each verb is a generator of actions and looks at `phone.elements()` afresh after every action it yields, so a solution
is a chain of `yield from tap(phone, text="Display")`. An element is asked for by exactly what a person would see or a
screen reader would say. One that cannot be found after scrolling both ways raises EnvError: a script never guesses.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from typing import TYPE_CHECKING, TypedDict, Unpack

from agentkit.actions import Action, CallUser, Click, Direction, Drag, Launch, LongPress, Point, Press, Scroll, Type
from agentkit.errors import EnvError

if TYPE_CHECKING:
    from envs.phone.device import Phone
    from envs.phone.elements import Element

Steps = Iterator[Action]
SCROLLS = 12
"""Swipes tried in one direction before giving up."""


class Wanted(TypedDict, total=False):
    """What an element must be like; only what is given counts."""

    text: str
    label: str
    id: str
    role: str
    nth: int
    """Which of several, first those that a tap reaches, then in drawing order; -1 is the last."""


def find(phone: Phone, **wanted: Unpack[Wanted]) -> Element | None:
    """The visible element that is like this, None when there is none."""
    nth = wanted.pop("nth", 0)
    if not wanted:
        raise ValueError("find needs a text, a label, an id or a role, got none")
    found = [e for e in phone.elements() if all(getattr(e, name) == value for name, value in wanted.items())]
    found.sort(key=lambda e: not e.hit)
    return found[nth] if -len(found) <= nth < len(found) else None


def seen(phone: Phone, **wanted: Unpack[Wanted]) -> bool:
    """Whether such an element is on the screen now, without scrolling."""
    return find(phone, **wanted) is not None


def read(phone: Phone, id: str) -> str:
    """The text of the element with this id. EnvError when it is not on the screen."""
    return _found(phone, id=id).text


def read_below(phone: Phone, text: str) -> str:
    """The first text after the element with this one: a row's subtitle, what stands under a caption."""
    elements = phone.elements()
    after = elements[elements.index(_found(phone, text=text)) + 1 :]
    return next((e.text for e in after if e.text), "")


def launch(app: str) -> Steps:
    yield Launch(app)


def scroll_to(phone: Phone, **wanted: Unpack[Wanted]) -> Steps:
    """Scroll down, then up, until the element is on the screen; nothing when it already is.

    A keyboard is put away first: a swipe would begin on it and move nothing.
    """
    directions: tuple[Direction, ...] = ("up", "down")
    for finger in directions:
        for _ in range(SCROLLS):
            element = find(phone, **wanted)
            if element is not None and element.hit:
                return
            before = phone.elements()
            yield Press("back") if seen(phone, role="key") else Scroll(direction=finger)
            if phone.elements() == before:
                break
    _found(phone, **wanted)


def tap(phone: Phone, **wanted: Unpack[Wanted]) -> Steps:
    """Scroll to the element and tap its centre."""
    yield from scroll_to(phone, **wanted)
    yield Click(centre(phone, _found(phone, **wanted)))


def tap_text(phone: Phone, text: str) -> Steps:
    yield from tap(phone, text=text)


def tap_label(phone: Phone, label: str) -> Steps:
    yield from tap(phone, label=label)


def tap_id(phone: Phone, id: str) -> Steps:
    yield from tap(phone, id=id)


def choose(phone: Phone, item: str) -> Steps:
    """Open the menu of the screen in front and tap one of its items."""
    yield from tap_label(phone, "More options")
    yield from tap_text(phone, item)


def long_press(phone: Phone, **wanted: Unpack[Wanted]) -> Steps:
    yield from scroll_to(phone, **wanted)
    yield LongPress(centre(phone, _found(phone, **wanted)))


def delete(phone: Phone, text: str, confirm: str) -> Steps:
    """Select what has this text by a long press, delete it and tap `confirm` when asked."""
    yield from long_press(phone, text=text)
    yield from delete_selected(phone, confirm)


def delete_all(phone: Phone, one: str, confirm: str) -> Steps:
    """Select `one` by a long press, then all, and delete them."""
    yield from long_press(phone, text=one)
    yield from choose(phone, "Select all")
    yield from delete_selected(phone, confirm)


def delete_selected(phone: Phone, confirm: str) -> Steps:
    yield from tap_label(phone, "Delete")
    yield from tap_text(phone, confirm)


def type_into(phone: Phone, id: str, text: str) -> Steps:
    """Tap the text field with this id and type; what it held stays in front."""
    yield from tap(phone, id=id)
    yield Type(text)


def overwrite(phone: Phone, id: str, text: str) -> Steps:
    """Type in place of all that the text field with this id holds."""
    yield from select_all(phone, id)
    yield Type(text)


def select_all(phone: Phone, id: str) -> Steps:
    """Select all that the text field with this id holds; a long press alone does it when that is one word."""
    yield from long_press(phone, id=id)
    if seen(phone, text="Select all"):
        yield from tap_text(phone, "Select all")


def slide(phone: Phone, id: str, value: float) -> Steps:
    """Drag the slider with this id from its middle to `value` (0..1)."""
    yield from scroll_to(phone, id=id)
    element = _found(phone, id=id)
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


def _found(phone: Phone, **wanted: Unpack[Wanted]) -> Element:
    element = find(phone, **wanted)
    if element is None:
        shown = [e.text or e.label or e.id for e in phone.elements() if e.text or e.label or e.id]
        raise EnvError(f"the screen must show an element with {wanted}; {phone.foreground()} shows {shown}")
    return element
