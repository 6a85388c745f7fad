"""What a solution reads off the screen: the rows of a list, the records of a text; and how it goes down a list once."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterable
from typing import TypeAlias, Unpack

from agentkit.actions import Action, Click, Point, Scroll
from agentkit.errors import EnvError, boundary
from envs.phone import oracle
from envs.phone.device import Phone
from envs.phone.oracle import Steps, Wanted

Row: TypeAlias = tuple[str, ...]
"""A list row's title and what else it says, top first."""
Record: TypeAlias = dict[str, str]
PAGE = Scroll(start=Point(0.5, 0.8), end=Point(0.5, 0.2))
"""Most of a screen down: AndroidWorld's budgets leave few steps for a long list. The rest is more than one row high, so
that every row is on the screen whole at least once."""
LEAP = Scroll(start=Point(0.5, 0.8), end=Point(0.5, 0.1))
"""Almost a screen down: of some rows only a part comes into view, which is enough to know and to tap them."""
LEAP_UP = Scroll(start=LEAP.end, end=Point(0.5, 0.8))
PAGES = 30
_FIELD = re.compile(r" (\w+): (.*)")
_FIRST = re.compile(r"\w+: (.*)")


def rows(phone: Phone, prefix: str) -> dict[str, Row]:
    """The rows on the screen whose id begins with `prefix`, by id. One at the edge may say only a part of it."""
    elements = phone.elements()
    found: dict[str, Row] = {}
    for row in elements:
        if row.role == "list_item" and row.id.startswith(prefix):
            x1, y1, x2, y2 = row.bounds
            inside = [
                e.text or e.label
                for e in elements
                if not e.clickable
                and x1 <= e.bounds[0] and y1 <= e.bounds[1] and e.bounds[2] <= x2 and e.bounds[3] <= y2
            ]  # fmt: skip
            found[row.id] = (row.text, *filter(None, inside))
    return found


def all_rows(phone: Phone, prefix: str) -> Generator[Action, None, dict[str, Row]]:
    """Go down to the end of the list; its rows in order, each as it was when most of it was on the screen."""
    met: dict[str, Row] = {}
    for _ in range(PAGES):
        for id, row in rows(phone, prefix).items():
            met[id] = max(row, met.get(id, ()), key=len)
        before = phone.elements()
        if not any(e.scrollable for e in before):
            return met
        yield PAGE
        if phone.elements() == before:
            return met
    raise EnvError(f"the list in {phone.foreground()} must end within {PAGES} pages, after {len(met)} rows it goes on")


def go_to(phone: Phone, swipe: Scroll = LEAP, **wanted: Unpack[Wanted]) -> Steps:
    """`LEAP` or `LEAP_UP` until a tap reaches the element; from the end of the list on, look everywhere."""
    while (met := oracle.find(phone, **wanted)) is None or not met.hit:
        before = phone.elements()
        yield swipe
        if phone.elements() == before:
            break
    yield from oracle.scroll_to(phone, **wanted)


def delete_each(phone: Phone, titles: Iterable[str], delete: Callable[[], Steps]) -> Steps:
    """Go down the list once, tap what has one of `titles` and do `delete`; a title given twice is deleted twice."""
    left = list(titles)
    for _ in range(PAGES):
        while met := [e for e in phone.elements() if e.text in left and e.hit]:
            yield Click(oracle.centre(phone, met[0]))
            yield from delete()
            left.remove(met[0].text)
        if not left:
            return
        yield LEAP
    raise EnvError(f"the list must hold {left}; {PAGES} pages of {phone.foreground()} do not show them")


def records(text: str) -> list[Record]:
    """The records of a text as AndroidWorld writes them: columns between bars below their names, or blocks of indented
    fields below a first line "Kind: title", whose field is "title" here. EnvError for any other text."""
    lines = text.strip("\n").splitlines()
    if lines and "|" in lines[0]:
        names = lines[0].split("|")
        with boundary(EnvError, f"a line must have the columns {names}"):
            return [dict(zip(names, line.split("|"), strict=True)) for line in lines[1:]]
    found: list[Record] = []
    for line in filter(str.strip, lines):
        if found and (field := _FIELD.fullmatch(line)):
            found[-1][field[1]] = field[2]
        elif first := _FIRST.fullmatch(line):
            found.append({"title": first[1]})
        else:
            raise EnvError(f"a record must begin with 'Kind: title' and go on with ' name: value', got {line!r}")
    if not found:
        raise EnvError(f"a text of records must hold one, got {text!r}")
    return found
