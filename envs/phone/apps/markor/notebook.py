"""Where Markor keeps notes, the kinds it makes, and a plausible note."""

from __future__ import annotations

from envs.phone.apps.listing import STORAGE
from envs.phone.words import Words

NOTEBOOK = f"{STORAGE}/Documents/Markor"
TYPES = {"Markdown": ".md", "Plain text": ".txt"}
TABS = (("folder", "Files"), ("check-all", "To-Do"), ("lightning-bolt", "QuickNote"), ("dots-horizontal", "More"))
EDITED = {1: f"{NOTEBOOK}/todo.txt", 2: f"{NOTEBOOK}/QuickNote.md"}
"""The file behind a tab of the bottom bar."""
EDITOR = "document__fragment__edit__highlighting_editor"
"""Resource id of the editor's text field."""


def made_up_note(draw: Words) -> tuple[str, str]:
    """A plausible file name and its text: a list, minutes of a meeting or a few lines."""
    rng, topic = draw.rng, draw.topic()
    kind = rng.choice(("list", "minutes", "lines"))
    name = f"{draw.adjective()}_{topic}.{rng.choice(('md', 'md', 'txt'))}"
    if kind == "list":
        items = draw.distinct("thing", rng.randint(3, 7))
        return name, f"# {topic.capitalize()}\n\n" + "".join(f"- {item}\n" for item in items)
    if kind == "minutes":
        people = draw.distinct("first_name", 3)
        lines = [f"# {topic.capitalize()} at the {draw.place()}", "", f"Present: {', '.join(people)}", ""]
        return name, "\n".join([*lines, *(f"{i}. {draw.sentence()}" for i in range(1, rng.randint(3, 5)))]) + "\n"
    return name, "\n".join(draw.sentence() for _ in range(rng.randint(2, 5))) + "\n"
