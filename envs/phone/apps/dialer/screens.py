"""The screens of Phone apart from that of a call, each a function of the app's state."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from envs.phone.apps.dialer.pad import keys
from envs.phone.apps.epoch import day_text
from envs.phone.apps.pickers import time_text
from envs.phone.call_log import Kind, LoggedCall
from envs.phone.people import PHONE_TYPES, Person
from envs.phone.telephony import normalise
from envs.phone.ui import (
    Avatar,
    BottomBar,
    Button,
    Card,
    Dialog,
    Fab,
    Grid,
    Header,
    Icon,
    IconButton,
    Line,
    ListItem,
    Menu,
    Screen,
    Spacer,
    Text,
    TextField,
    Tile,
    Widget,
)

if TYPE_CHECKING:
    from envs.phone.apps.dialer.main import Dialer

TABS = (("star-outline", "Favorites"), ("clock-outline", "Recents"), ("account-multiple", "Contacts"))
ICONS = {
    Kind.INCOMING: "phone-incoming",
    Kind.OUTGOING: "phone-outgoing",
    Kind.MISSED: "phone-missed",
    Kind.REJECTED: "phone-cancel",
}
WORDS = {
    Kind.INCOMING: "Incoming call",
    Kind.OUTGOING: "Outgoing call",
    Kind.MISSED: "Missed call",
    Kind.REJECTED: "Declined call",
}


def home(app: Dialer) -> Screen:
    hint = Text("Search contacts & places", color="on_surface_variant")
    bar = Card(
        [Line([Icon("magnify"), hint], spread=False, padding=16)],
        on_tap=app.open_search,
        id="open_search_bar",
        label="Search contacts & places",
    )
    rows = (_favorites, _recents, _contacts)[app.tab](app)
    return Screen(
        "Phone",
        [bar, *rows],
        name=app.activity,
        actions=[IconButton("dots-vertical", app.open_menu, label="More options")],
        menu=Menu([("Clear call history", app.ask_clear)], on_dismiss=app.close) if app.menu_open else None,
        dialog=_clearing(app) if app.asking else None,
        fab=Fab("dialpad", app.open_pad, label="key pad", id="dialpad_fab"),
        bottom=BottomBar(TABS, app.tab, on_select=app.select_tab),
        scroll_key=TABS[app.tab][1],
    )


def _favorites(app: Dialer) -> list[Widget]:
    starred = [p for p in app.people() if p.starred and p.phones]
    if not starred:
        return [Spacer(80), Text("No one is on your favorites yet", align="center", color="on_surface_variant")]
    tiles = [Tile("account", p.name, partial(app.dial, p.phones[0][0]), label=f"Call {p.name}") for p in starred]
    return [Header("Favorites"), Grid(tiles, columns=3)]


def _recents(app: Dialer) -> list[Widget]:
    rows: list[Widget] = []
    now, heading = app.device.now(), ""
    full_day = app.device.settings.get("system", "time_12_24") == "24"
    for call in app.log.all():
        day = day_text(call.begin.date(), now.date())
        if day != heading:
            heading = day
            rows.append(Header(day))
        rows.append(_call_row(app, call, time_text(call.begin.hour, call.begin.minute, full_day=full_day)))
        if call.id == app.unfolded:
            rows += _actions(app, call)
    return rows or [Spacer(80), Text("Your call history is empty", align="center", color="on_surface_variant")]


def _call_row(app: Dialer, call: LoggedCall, when: str) -> ListItem:
    name, missed = app.name(call.number), call.kind == Kind.MISSED
    return ListItem(
        name,
        f"{WORDS[call.kind]} • {when}",
        leading=Icon(ICONS[call.kind], color="error" if missed else "on_surface_variant"),
        trailing=IconButton("phone-outline", partial(app.dial, call.number), label=f"Call {name}"),
        on_tap=partial(app.unfold, call),
        selected=call.id == app.unfolded,
        id=f"call_{call.id}",
    )


def _actions(app: Dialer, call: LoggedCall) -> list[Widget]:
    known = app.name(call.number) != call.number
    minutes, seconds = divmod(call.seconds, 60)
    rows: list[Widget] = [
        ListItem(call.number, f"{minutes} min {seconds} s", leading=Icon("history"), id="call_details"),
        ListItem("Message", leading=Icon("message-text-outline"), on_tap=partial(app.text, call.number)),
    ]
    if not known:
        add = partial(app.add_contact, call.number)
        rows.append(ListItem("Add contact", leading=Icon("account-plus-outline"), on_tap=add))
    rows.append(ListItem("Delete", leading=Icon("delete-outline"), on_tap=partial(app.forget, call.number)))
    return rows


def _contacts(app: Dialer) -> list[Widget]:
    people = [p for p in app.people() if p.phones]
    new = ListItem("Create new contact", leading=Icon("account-plus-outline"), on_tap=partial(app.add_contact, ""))
    return [new, *_rows(app, people)]


def _rows(app: Dialer, people: Sequence[Person]) -> list[Widget]:
    return [
        ListItem(
            person.name,
            f"{PHONE_TYPES.get(kind, 'Other')} • {number}",
            leading=Avatar(person.name[0].upper() if person.name[0].isalpha() else "#"),
            on_tap=partial(app.dial, number),
            id=f"contact_{person.id}" + (f"_{i}" if i else ""),
        )
        for person in people
        for i, (number, kind) in enumerate(person.phones)
    ]


def _matching(app: Dialer, text: str) -> list[Person]:
    """People whose name or number holds the text."""
    needle, digits = text.casefold().strip(), normalise(text).lstrip("+") if any(c.isdigit() for c in text) else ""
    return [
        p
        for p in app.people()
        if p.phones and (needle in p.name.casefold() or (digits and any(digits in normalise(n) for n, _ in p.phones)))
    ]


def search(app: Dialer, query: str) -> Screen:
    field = TextField(query, app.set_query, hint="Search contacts & places", autofocus=True, id="search_view")
    rows: list[Widget] = _rows(app, _matching(app, query)) if query.strip() else []
    if query.strip() and not rows:
        rows = [Text("No results found", align="center", color="on_surface_variant")]
    return Screen("Search", [field, *rows], name=app.activity, nav="back", scroll_key="search")


def dial_pad(app: Dialer, digits: str) -> Screen:
    found = _matching(app, digits)[:2] if digits else []
    number = Line(
        [
            Text(digits or " ", style="headline", id="digits", label="Number"),
            IconButton("backspace-outline", partial(app.press, ""), label="backspace", enabled=bool(digits)),
        ],
        spread=False,
    )
    call = Line([Button("Call", partial(app.dial, digits), icon="phone", id="dialpad_voice_call_button")])
    body: list[Widget] = _rows(app, found)
    if digits and not found:
        add = partial(app.add_contact, digits)
        body = [ListItem("Create new contact", leading=Icon("account-plus-outline"), on_tap=add)]
    footer = [number, Grid(keys(app.press), columns=3), call]
    return Screen("Phone", body, name=app.activity, nav="back", footer=footer, scroll_key="pad")


def _clearing(app: Dialer) -> Dialog:
    return Dialog(
        "Clear call history?",
        [Text("This will delete all calls from your history")],
        [Button("Cancel", app.close, kind="text"), Button("OK", app.clear_log, kind="text")],
        on_dismiss=app.close,
    )
