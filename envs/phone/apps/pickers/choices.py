"""Small questions: one of several, some of several, a number, yes or no. Each is asked by showing its `dialog`."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from functools import partial
from typing import Generic, Protocol, TypeVar

from envs.phone.ui import Button, Checkbox, Dialog, Handler, Icon, ListItem, Radio, Text, TextField, Widget

T = TypeVar("T", bound=Hashable)
RGB = tuple[int, int, int]


class Asking(Protocol):
    """A question that is open: pickers are such, too."""

    def dialog(self) -> Dialog: ...


class Choice(Generic[T]):
    """One of several. A tap chooses at once; with `confirm`, the name of a button, it takes that button's tap."""

    def __init__(
        self,
        title: str,
        options: Sequence[tuple[str, T]],
        chosen: T | None,
        done: Callable[[T], None],
        close: Handler,
        *,
        confirm: str = "",
        text: str = "",
    ) -> None:
        self.title, self.options, self.chosen, self.text = title, options, chosen, text
        self._done, self._close, self._confirm = done, close, confirm

    def dialog(self) -> Dialog:
        rows: list[Widget] = [
            ListItem(name, leading=Radio(value == self.chosen, partial(self.choose, value)))
            for name, value in self.options
        ]
        if self.text:
            rows.insert(0, Text(self.text))
        buttons = [Button("Cancel", self._close)]
        if self._confirm:
            buttons.append(Button(self._confirm, self.confirm, enabled=self.chosen is not None))
        return Dialog(self.title, rows, buttons, on_dismiss=self._close)

    def choose(self, value: T) -> None:
        self.chosen = value
        if not self._confirm:
            self.confirm()

    def confirm(self) -> None:
        if self.chosen is not None:
            self._close()
            self._done(self.chosen)


class ColorChoice(Choice[RGB]):
    """One of several named colours, each shown."""

    def dialog(self) -> Dialog:
        rows = [
            ListItem(
                name,
                leading=Icon("circle", color=color),
                trailing=Icon("check", color="primary") if color == self.chosen else None,
                on_tap=partial(self.choose, color),
            )
            for name, color in self.options
        ]
        return Dialog(self.title, rows, [Button("Cancel", self._close)], on_dismiss=self._close)


class Ticks:
    """Some of several: bit i of the number belongs to the i-th name."""

    def __init__(
        self, title: str, names: Sequence[tuple[str, int]], bits: int, done: Callable[[int], None], close: Handler
    ) -> None:
        """`names` are (name, bit) in the order in which they are shown."""
        self.title, self.names, self.bits = title, names, bits
        self._done, self._close = done, close

    def dialog(self) -> Dialog:
        rows = [
            ListItem(name, leading=Checkbox(bool(self.bits >> bit & 1), partial(self._tick, bit)))
            for name, bit in self.names
        ]
        buttons = [Button("Cancel", self._close), Button("OK", self.confirm)]
        return Dialog(self.title, rows, buttons, on_dismiss=self._close)

    def confirm(self) -> None:
        self._close()
        self._done(self.bits)

    def _tick(self, bit: int, on: bool) -> None:
        self.bits = self.bits | 1 << bit if on else self.bits & ~(1 << bit)


class LineOfText:
    """A line of text; the button stays off while `fits` refuses it."""

    def __init__(
        self,
        title: str,
        hint: str,
        text: str,
        done: Callable[[str], None],
        close: Handler,
        *,
        fits: Callable[[str], bool] = bool,
        number: bool = False,
    ) -> None:
        self.title, self.hint, self.text, self.number = title, hint, text, number
        self._done, self._close, self._fits = done, close, fits

    def dialog(self) -> Dialog:
        field = TextField(
            self.text,
            self._type,
            hint=self.hint,
            on_submit=self.confirm,
            keyboard="number" if self.number else "text",
            autofocus=True,
            id="line_value",
        )
        fits = self._fits(self.text.strip())
        buttons = [Button("Cancel", self._close), Button("OK", self.confirm, enabled=fits)]
        return Dialog(self.title, [field], buttons, on_dismiss=self._close)

    def confirm(self) -> None:
        if self._fits(self.text.strip()):
            self._close()
            self._done(self.text.strip())

    def _type(self, text: str) -> None:
        self.text = text


class Confirm:
    """`done` is called for yes; `refused`, where given, for no, but not when the dialog is left by the back key."""

    def __init__(
        self,
        text: str,
        done: Handler,
        close: Handler,
        *,
        yes: str = "Yes",
        no: str = "No",
        refused: Handler | None = None,
    ) -> None:
        self.text, self.yes, self.no = text, yes, no
        self._done, self._close, self._refused = done, close, refused

    def dialog(self) -> Dialog:
        buttons = [Button(self.no, self.refuse), Button(self.yes, self.confirm)]
        return Dialog("", [Text(self.text)], buttons, on_dismiss=self._close)

    def refuse(self) -> None:
        self._close()
        if self._refused is not None:
            self._refused()

    def confirm(self) -> None:
        self._close()
        self._done()
