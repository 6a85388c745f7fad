"""The form that creates or changes a contact."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from envs.phone.people import EMAIL_TYPES, PHONE_TYPES, Person
from envs.phone.ui import (
    Button,
    Column,
    Dialog,
    Icon,
    IconButton,
    Line,
    ListItem,
    Radio,
    Screen,
    Text,
    TextField,
    Widget,
)


@dataclass
class Draft:
    """What the form holds. Rows are mutable [text, type] pairs; an empty row is dropped on save."""

    id: int = 0
    first: str = ""
    last: str = ""
    company: str = ""
    starred: bool = False
    phones: list[list] = field(default_factory=lambda: [["", 2]])
    emails: list[list] = field(default_factory=lambda: [["", 1]])

    @classmethod
    def of(cls, person: Person) -> Draft:
        phones = [list(row) for row in person.phones] or [["", 2]]
        emails = [list(row) for row in person.emails] or [["", 1]]
        return cls(person.id, person.first, person.last, person.company, person.starred, phones, emails)

    def person(self) -> Person:
        return Person(
            self.first.strip(),
            self.last.strip(),
            tuple((text.strip(), kind) for text, kind in self.phones if text.strip()),
            tuple((text.strip(), kind) for text, kind in self.emails if text.strip()),
            self.company.strip(),
            self.starred,
            self.id,
        )


class Editor:
    """The form over one draft. `on_save` and `on_close` hand control back to the app."""

    def __init__(self, draft: Draft, on_save: Callable[[], None], on_close: Callable[[], None]) -> None:
        self.draft = draft
        self.start = draft.person()
        self.on_save = on_save
        self.on_close = on_close
        self.choosing: tuple[str, int] | None = None
        """The row whose type dialog is open: ("phone" or "email", index)."""
        self.leaving = False

    def back(self) -> bool:
        """Close a dialog, or ask before changes are lost; False when the form may close."""
        if self.choosing is not None:
            self.choosing = None
        elif self.leaving:
            self.leaving = False
        elif self.draft.person() != self.start:
            self.leaving = True
        else:
            return False
        return True

    def screen(self) -> Screen:
        def leave() -> None:
            if not self.back():
                self.on_close()

        d = self.draft
        fields: list[Widget] = [
            self._field("first_name", "First name", d.first, lambda t: setattr(d, "first", t), autofocus=not d.id),
            self._field("last_name", "Last name", d.last, lambda t: setattr(d, "last", t)),
            self._field("company", "Company", d.company, lambda t: setattr(d, "company", t)),
        ]
        for kind, hint, rows, types in (
            ("phone", "Phone", d.phones, PHONE_TYPES),
            ("email", "Email", d.emails, EMAIL_TYPES),
        ):
            for i, row in enumerate(rows):
                fields += self._row(kind, hint, rows, i, types[row[1]])
            fields.append(Button(f"Add {kind}", on_tap=self._adder(kind, rows), kind="text", icon="plus"))
        save = IconButton("check", label="Save", on_tap=self.on_save, id="save", enabled=bool(d.person().name))
        return Screen(
            "Edit contact" if d.id else "Create contact",
            [
                Line([Icon("cellphone", size=20), Text("Saving to Device", style="caption")], spread=False),
                Column(fields),
            ],
            "com.google.android.apps.contacts.editor.ContactEditorActivity",
            nav="close",
            on_nav=leave,
            actions=[save],
            dialog=self._dialog(),
            scroll_key=f"editor{d.id}",
        )

    def _field(
        self, id: str, hint: str, value: str, on_change: Callable[[str], None], *, autofocus: bool = False
    ) -> TextField:
        return TextField(
            id=id,
            hint=hint,
            label=hint,
            value=value,
            on_change=on_change,
            autofocus=autofocus,
            keyboard="number" if hint == "Phone" else "text",
        )

    def _row(self, kind: str, hint: str, rows: list[list], i: int, type_name: str) -> list[Widget]:
        suffix = "" if i == 0 else f"_{i + 1}"
        row = rows[i]

        def choose() -> None:
            self.choosing = (kind, i)

        def remove() -> None:
            rows.pop(i)

        return [
            self._field(f"{kind}{suffix}", hint, row[0], lambda text: row.__setitem__(0, text)),
            Line(
                [
                    Button(
                        type_name,
                        on_tap=choose,
                        kind="outlined",
                        icon="menu-down",
                        id=f"{kind}_label{suffix}",
                        label=f"{type_name} {hint}",
                    ),
                    IconButton(
                        "minus-circle-outline", label=f"Delete {hint}", id=f"{kind}_delete{suffix}", on_tap=remove
                    ),
                ],
                spread=False,
            ),
        ]

    @staticmethod
    def _adder(kind: str, rows: list[list]) -> Callable[[], None]:
        return lambda: rows.append(["", 2 if kind == "phone" else 1])

    def _dialog(self) -> Dialog | None:
        def close() -> None:
            self.choosing, self.leaving = None, False

        if self.leaving:
            return Dialog(
                "Your changes have not been saved",
                [],
                [
                    Button("Cancel", on_tap=close, kind="text"),
                    Button("Discard", on_tap=self.on_close, kind="text"),
                    Button("Save", on_tap=self.on_save, kind="text", enabled=bool(self.draft.person().name)),
                ],
                on_dismiss=close,
            )
        if self.choosing is None:
            return None
        kind, i = self.choosing
        rows = self.draft.phones if kind == "phone" else self.draft.emails
        types = PHONE_TYPES if kind == "phone" else EMAIL_TYPES

        def option(code: int, name: str) -> ListItem:
            def choose() -> None:
                rows[i][1] = code
                close()

            return ListItem(title=name, leading=Radio(on=rows[i][1] == code, on_tap=choose), on_tap=choose)

        return Dialog(
            f"{kind.capitalize()} label",
            [option(code, name) for code, name in types.items()],
            [Button("Cancel", on_tap=close, kind="text")],
            on_dismiss=close,
        )
