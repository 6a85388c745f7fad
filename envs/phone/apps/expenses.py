"""Pro Expense (com.arduia.expense): an expense log in the table `expense` that AndroidWorld's checkers read."""

from __future__ import annotations

import datetime as dt
import re
import sqlite3
from functools import partial
from typing import Literal

from envs.phone.app import App, Device
from envs.phone.apps.listing import date_text
from envs.phone.ui import (
    Button,
    Chip,
    Dialog,
    Fab,
    Header,
    Icon,
    IconButton,
    Line,
    ListItem,
    Screen,
    Text,
    TextField,
    Widget,
)
from envs.phone.words import words

PATH = "/data/data/com.arduia.expense/databases/accounting.db"
SCHEMA = """
CREATE TABLE IF NOT EXISTS expense (
    expense_id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, name TEXT, amount INTEGER NOT NULL,
    category INTEGER NOT NULL, note TEXT, created_date INTEGER NOT NULL, modified_date INTEGER NOT NULL);
"""
CATEGORIES = {
    1: ("Others", "dots-horizontal"),
    2: ("Income", "cash"),
    3: ("Food", "food"),
    4: ("Housing", "home"),
    5: ("Social", "account-group"),
    6: ("Entertainment", "movie"),
    7: ("Transportation", "bus"),
    8: ("Clothes", "tshirt-crew"),
    9: ("Health Care", "hospital-box"),
    10: ("Education", "school"),
    11: ("Donation", "heart"),
}
"""`category` -> name and icon."""


class Expenses(App):
    package = "com.arduia.expense"
    label = "Pro Expense"
    icon = "cash-multiple"
    color = (47, 94, 161)
    activity = ".ui.MainActivity"

    def __init__(self, device: Device) -> None:
        super().__init__(device)
        self.stop()

    def stop(self) -> None:
        self.view: Literal["home", "log", "form"] = "home"
        self.origin: Literal["home", "log"] = "home"
        """Where the form was opened from."""
        self.shown = 0
        """The expense whose details lie over the list."""
        self.asking = False
        self._clear_form()

    def _clear_form(self) -> None:
        self.editing = 0
        self.name = self.amount = self.note = ""
        self.category = 1

    def install(self) -> None:
        self.stop()
        if self.device.files.exists(PATH):
            return
        rng = self.device.random
        draw = words(rng)
        for _ in range(rng.randint(3, 7)):
            when = self.device.now() - dt.timedelta(minutes=rng.randint(60, 40_000))
            name = rng.choice((f"{draw.adjective()} {draw.thing()}", f"{draw.place()} {draw.topic()}")).capitalize()
            note = rng.choice(("", "", f"For {draw.first_name()}", f"Paid by {draw.full_name()}"))
            self._insert(name, rng.randint(150, 90_000), rng.choice(list(CATEGORIES)), note, when)

    def _insert(self, name: str, cents: int, category: int, note: str, when: dt.datetime) -> None:
        self.db.execute(
            "INSERT INTO expense (name, amount, category, note, created_date, modified_date) VALUES (?, ?, ?, ?, ?, ?)",
            (name, cents, category, note, _stamp(when), _stamp(when)),
        )

    @property
    def db(self) -> sqlite3.Connection:
        return self.device.files.database(PATH, SCHEMA)

    def back(self) -> bool:
        if self.asking or self.shown:
            self.close()
        elif self.view == "form":
            self.view = self.origin
        elif self.view == "log":
            self.view = "home"
        else:
            return False
        return True

    # Screens

    def screen(self) -> Screen:
        if self.view == "form":
            return self._form()
        rows = self.db.execute(
            "SELECT expense_id, name, amount, category, note, modified_date FROM expense "
            "ORDER BY modified_date DESC, expense_id DESC"
        ).fetchall()
        return self._home(rows) if self.view == "home" else self._log(rows)

    def _home(self, rows: list[tuple]) -> Screen:
        spent = sum(row[2] for row in rows if row[3] != 2)
        body: list[Widget] = [
            Text(f"Spent: {money(spent)}", style="headline", id="tv_outcome_value"),
            Header("Recent"),
            *(self._row(row) for row in rows[:5]),
        ]
        if rows:
            body.append(Button("More logs", self.open_log, kind="text", id="btn_more_logs"))
        return self._page("Pro Expense", body, rows)

    def _log(self, rows: list[tuple]) -> Screen:
        return self._page("Expense logs", [self._row(row) for row in rows], rows, nav="back")

    def _page(self, title: str, body: list[Widget], rows: list[tuple], nav: Literal["none", "back"] = "none") -> Screen:
        if not rows:
            body.append(Text("No expense data", align="center", color="on_surface_variant"))
        chosen = next((row for row in rows if row[0] == self.shown), None)
        return Screen(
            title,
            body,
            name=self.activity,
            nav=nav,
            fab=Fab("plus", self.add, label="Add expense", id="fab_main_add"),
            dialog=None if chosen is None else self._details(chosen),
        )

    def _row(self, row: tuple) -> ListItem:
        key, name, amount, category, _, modified = row
        return ListItem(
            name or "",
            f"{category_name(category)}, {date_text(_time(modified), self.device.now())}",
            leading=Icon(CATEGORIES.get(category, CATEGORIES[1])[1], color="primary"),
            trailing=Text(money(amount), style="label"),
            on_tap=partial(self.show, key),
            id=f"expense_{key}",
        )

    def _details(self, row: tuple) -> Dialog:
        _, name, amount, category, note, modified = row
        if self.asking:
            buttons = [Button("Cancel", self.close, id="btn_cancel"), Button("Delete", self.delete, id="btn_delete")]
            return Dialog("Confirm delete", [Text(f"Delete “{name}”?")], buttons, on_dismiss=self.close)
        facts: list[Widget] = [
            Text(f"Amount: {money(amount)}"),
            Text(f"Category: {category_name(category)}"),
            Text(f"Date: {_time(modified):%Y-%m-%d}"),
        ]
        if note:
            facts.append(Text(f"Note: {note}"))
        buttons = [
            Button("Delete", self.ask, id="img_delete"),
            Button("Edit", self.edit, id="btn_edit"),
            Button("Close", self.close, id="img_close"),
        ]
        return Dialog(name or "", facts, buttons, on_dismiss=self.close)

    def _form(self) -> Screen:
        chips = [
            Chip(name, self.category == key, partial(self.set_category, key)) for key, (name, _) in CATEGORIES.items()
        ]
        return Screen(
            "Update expense" if self.editing else "Add expense",
            [
                TextField(self.name, partial(self.set_text, "name"), hint="Name", id="edt_name"),
                TextField(
                    self.amount, partial(self.set_text, "amount"), hint="Amount", keyboard="number", id="edt_amount"
                ),
                Text("Category", style="label"),
                Line(chips, spread=False),
                TextField(self.note, partial(self.set_text, "note"), hint="Note", id="edt_note"),
            ],
            name=self.activity,
            nav="back",
            actions=[IconButton("check", self.save, label="Save", id="btn_save")],
            scroll_key="form",
        )

    # What taps do

    def add(self) -> None:
        self._clear_form()
        self._to_form()

    def edit(self) -> None:
        row = self.db.execute(
            "SELECT name, amount, category, note FROM expense WHERE expense_id = ?", (self.shown,)
        ).fetchone()
        if row is not None:
            self.editing, self.name, self.note = self.shown, row[0] or "", row[3] or ""
            self.amount, self.category = f"{row[1] / 100:.2f}", row[2]
            self._to_form()
        self.close()

    def _to_form(self) -> None:
        if self.view != "form":
            self.origin = self.view
        self.view = "form"

    def save(self) -> None:
        """Store the form; the amount is kept in cents, times in milliseconds."""
        cents = to_cents(self.amount)
        if not self.name.strip() or cents is None:
            return self.device.toast("Enter a name and an amount")
        values = (self.name.strip(), cents, self.category, self.note.strip())
        if self.editing:
            self.db.execute(
                "UPDATE expense SET name = ?, amount = ?, category = ?, note = ?, modified_date = ? "
                "WHERE expense_id = ?",
                (*values, _stamp(self.device.now()), self.editing),
            )
        else:
            self._insert(*values, self.device.now())
        self.view = self.origin

    def delete(self) -> None:
        self.db.execute("DELETE FROM expense WHERE expense_id = ?", (self.shown,))
        self.close()

    def show(self, key: int) -> None:
        self.shown = key

    def ask(self) -> None:
        self.asking = True

    def close(self) -> None:
        self.shown, self.asking = 0, False

    def open_log(self) -> None:
        self.view = "log"

    def set_text(self, field: Literal["name", "amount", "note"], text: str) -> None:
        setattr(self, field, text)

    def set_category(self, category: int) -> None:
        self.category = category


def money(cents: int) -> str:
    return f"${cents / 100:,.2f}"


def to_cents(text: str) -> int | None:
    """ "12.5" -> 1250; None for what is not a positive amount below ten digits."""
    if not re.fullmatch(r"\d{1,9}(\.\d{0,2})?", text.strip()):
        return None
    whole, _, part = text.strip().partition(".")
    return int(whole) * 100 + int(part.ljust(2, "0")) or None


def category_name(category: int) -> str:
    return CATEGORIES.get(category, CATEGORIES[1])[0]


def _stamp(when: dt.datetime) -> int:
    return int(when.replace(tzinfo=dt.UTC).timestamp() * 1000)


def _time(stamp: int | None) -> dt.datetime:
    return dt.datetime.fromtimestamp((stamp or 0) / 1000, dt.UTC).replace(tzinfo=None)
