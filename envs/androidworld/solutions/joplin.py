"""Solutions of the questions about Joplin: find a note by the search, or count the to-dos of a notebook."""

from __future__ import annotations

import re
from collections.abc import Callable

from agentkit.actions import Type
from agentkit.errors import EnvError
from envs.androidworld.solutions.answers import say
from envs.androidworld.solutions.reading import PAGE, PAGES
from envs.androidworld.task import AndroidWorldTask
from envs.phone import oracle
from envs.phone.device import Phone
from envs.phone.oracle import Steps

Solution = Callable[[Phone, AndroidWorldTask], Steps]


def _search(phone: Phone, title: str) -> Steps:
    """Until the note with this title is on the screen in the list of what was found."""
    yield from oracle.launch("Joplin")
    yield from oracle.tap_label(phone, "Search")
    yield Type(title)
    yield from oracle.scroll_to(phone, text=title, role="list_item")


def _read(phone: Phone, task: AndroidWorldTask, pattern: str) -> Steps:
    """Open the note with the task's title and answer with the group of `pattern` in what it says."""
    title = task.params["title"]
    yield from _search(phone, title)
    yield from oracle.tap(phone, text=title, role="list_item")
    for _ in range(PAGES):
        for element in phone.elements():
            if found := re.search(pattern, element.text):
                yield from say([found[1]])
                return
        yield PAGE
    raise EnvError(f"the note {title!r} must say something like {pattern!r}")


def _ingredient(phone: Phone, task: AndroidWorldTask) -> Steps:
    yield from _read(phone, task, rf"^• (.+) {re.escape(task.params['ingredient'])}$")


def _attendees(phone: Phone, task: AndroidWorldTask) -> Steps:
    yield from _read(phone, task, r"^• .*?(\d+) (?:attendees|individuals|participants|people)\b")


def _is_todo(phone: Phone, task: AndroidWorldTask) -> Steps:
    """A to-do has a check box, which bears its title."""
    title = task.params["title"]
    yield from _search(phone, title)
    yield from say([str(oracle.seen(phone, label=title, role="checkbox"))])


def _count_todos(phone: Phone, task: AndroidWorldTask) -> Steps:
    """Go down the notebook until as many notes were met as the side menu says there are."""
    folder = task.params["folder"]
    yield from oracle.launch("Joplin")
    yield from oracle.tap_label(phone, "Open menu")
    yield from oracle.scroll_to(phone, text=folder)
    held = int(oracle.read_below(phone, folder))
    yield from oracle.tap_text(phone, folder)
    met: dict[str, bool] = {}
    for _ in range(PAGES):
        met |= _notes(phone)
        if len(met) == held:
            break
        yield PAGE
    yield from say([str(sum(met.values()))])


def _notes(phone: Phone) -> dict[str, bool]:
    """Id of a row that is on the screen with its middle -> whether it has a check box."""
    shown = phone.elements()
    boxes = [oracle.centre(phone, e).y for e in shown if e.role == "checkbox"]
    rows = {e.id: [y / phone.size[1] for y in e.bounds[1::2]] for e in shown if e.role == "list_item" and e.hit}
    return {id: any(top < y < bottom for y in boxes) for id, (top, bottom) in rows.items()}


SOLUTIONS: dict[str, Solution] = {
    "NotesIsTodo": _is_todo,
    "NotesMeetingAttendeeCount": _attendees,
    "NotesRecipeIngredientCount": _ingredient,
    "NotesTodoItemCount": _count_todos,
}
