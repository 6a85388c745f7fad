"""The input method: the on-screen keyboard's state and the text field it types into."""

from __future__ import annotations

from collections.abc import Callable

from envs.phone.editor import Editor
from envs.phone.keyboard import Page
from envs.phone.layout import Editing, FieldPlace
from envs.phone.ui import TextField

PAGES: dict[str, Page] = {"SYMBOLS": "symbols", "MORE": "more", "LETTERS": "letters"}


class InputMethod:
    """Belongs to one phone. `fields` are the text fields of its current frame; `changed` is called after an app's
    handler ran."""

    def __init__(self, fields: Callable[[], dict[str, FieldPlace]], changed: Callable[[], None]) -> None:
        self.editing = Editing()
        self.editor = Editor(self.editing, fields, changed)
        self.shift = False
        self.page: Page = "letters"
        self.reveal = False
        """Scroll the focused field into view in the next frame."""
        self.known_fields: frozenset[tuple[str, str]] = frozenset()
        """(screen, field) of the fields that could be reached in the last frame: a new one may ask for the focus."""

    def focus(self, field: TextField, caret: int | None = None) -> None:
        """Give a text field the keyboard."""
        self.editor.focus(field, caret)
        self.shift, self.page, self.reveal = False, "letters", True

    def touch(self, field: TextField, caret: int, held: bool) -> None:
        """A finger came down in a text field: it gets the keyboard and the caret; `held` selects a word."""
        if not field.enabled:
            return
        if self.editing.id != field.id or not self.editing.keyboard:
            self.focus(field, caret)
        self.editor.put(caret)
        if held:
            self.editor.select_word(caret)

    def type(self, text: str) -> None:
        """Type into the focused field; without one the text is lost."""
        if self.editor.field is not None:
            self.editor.insert(text)
            self.reveal = True

    def key(self, key: str) -> Callable[[], None]:
        """What a tap on a key of the on-screen keyboard does."""
        return lambda: self._press(key)

    def _press(self, key: str) -> None:
        if key == "SHIFT":
            self.shift = not self.shift
        elif key in PAGES:
            self.page = PAGES[key]
        elif key == "DEL":
            self.editor.delete(-1)
        elif key == "ENTER":
            self.editor.enter()
        else:
            self.editor.insert(key)
            self.shift, self.reveal = False, True
