"""The Contacts app: the list with search, highlights, one person's page, and the form."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal

from envs.phone.app import App, Device
from envs.phone.apps.contacts.editor import Draft, Editor
from envs.phone.apps.contacts.made_up import make_person
from envs.phone.people import EMAIL_TYPES, PHONE_TYPES, People, Person
from envs.phone.ui import (
    Avatar,
    BottomBar,
    Button,
    Card,
    Column,
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
from envs.phone.words import words

MESSAGES = "com.simplemobiletools.smsmessenger"
TABS = (("account-outline", "Contacts"), ("star-outline", "Highlights"), ("wrench-outline", "Fix & manage"))


class Contacts(App):
    package = "com.google.android.contacts"
    label = "Contacts"
    icon = "account"
    color = (26, 115, 232)
    activity = "com.android.contacts.activities.PeopleActivity"

    def __init__(self, device: Device) -> None:
        super().__init__(device)
        self.people = People(device.files)
        self.shown: int | None
        """The contact whose page is open."""
        self.stop()

    def install(self) -> None:
        """Ten to sixteen made-up people; `pm clear` of the app leaves those that the provider still holds."""
        if self.people.all():
            return
        rng = self.device.random
        drawer = words(rng)
        for name in drawer.distinct("full_name", rng.randint(10, 16)):
            self.people.save(make_person(drawer, name))

    def numbers(self) -> list[tuple[str, str]]:
        """(display name, number) of every phone number, by name: what other apps look names up in."""
        return [(p.name, number) for p in self.people.all() for number, _ in p.phones]

    def start(self, extras: Mapping[str, str]) -> None:
        action = extras.get("action", "")
        if action in ("android.intent.action.INSERT", "android.intent.action.INSERT_OR_EDIT"):
            first, _, last = extras.get("name", "").partition(" ")
            phones = [[extras.get("phone", ""), 2]]
            emails = [[extras.get("email", ""), 1]]
            self._edit(Draft(first=first, last=last, company=extras.get("company", ""), phones=phones, emails=emails))
        elif action == "android.intent.action.VIEW":
            self.stop()
            tail = extras.get("data", "").rstrip("/").rsplit("/", 1)[-1]
            if tail.isdigit() and self.people.get(int(tail)):
                self.shown = int(tail)

    def stop(self) -> None:
        self.tab = 0
        self.query: str | None = None
        """The search text; None when search is closed."""
        self.shown = None
        self.editor: Editor | None = None
        self.overlay: Literal["", "menu", "delete"] = ""

    def back(self) -> bool:
        if self.editor is not None:
            if not self.editor.back():
                self.editor = None
        elif self.overlay:
            self.overlay = ""
        elif self.shown is not None:
            self.shown = None
        elif self.query is not None:
            self.query = None
        elif self.tab:
            self.tab = 0
        else:
            return False
        return True

    def screen(self) -> Screen:
        if self.editor is not None:
            return self.editor.screen()
        if self.shown is not None:
            person = self.people.get(self.shown)
            if person is not None:
                return self._page(person)
            self.shown = None  # deleted under our feet, by adb or another app
        if self.query is not None:
            return self._search()
        return (self._list, self._highlights, self._manage)[self.tab]()

    # Screens

    def _home(self, body: list[Widget], *, fab: bool, key: str) -> Screen:
        hint = Text("Search contacts", color="on_surface_variant")
        bar = Card(
            [Line([Icon("magnify"), hint], spread=False, padding=16)],
            on_tap=self._open_search,
            id="open_search_bar",
            label="Search contacts",
        )
        return Screen(
            "",
            [bar, *body],
            self.activity,
            fab=Fab("plus", label="Create contact", on_tap=lambda: self._edit(Draft())) if fab else None,
            bottom=BottomBar(TABS, self.tab, on_select=lambda i: setattr(self, "tab", i)),
            scroll_key=key,
        )

    def _list(self) -> Screen:
        rows: list[Widget] = []
        people = self.people.all()
        letter = ""
        for person in people:
            first = person.name[0].upper()
            if first != letter:
                letter = first
                rows.append(Header(text=letter))
            rows.append(self._person_row(person))
        if not people:
            rows = [Spacer(120), Text("No contacts in this account", align="center", color="on_surface_variant")]
        return self._home(rows, fab=True, key="list")

    def _highlights(self) -> Screen:
        starred = [p for p in self.people.all() if p.starred]
        rows: list[Widget] = [Header(text="Favorites")]
        rows += [self._person_row(p) for p in starred]
        if not starred:
            rows.append(Text("Star a contact to find it here", color="on_surface_variant"))
        return self._home(rows, fab=True, key="highlights")

    def _manage(self) -> Screen:
        def note(title: str, subtitle: str, icon: str) -> ListItem:
            return ListItem(title=title, subtitle=subtitle, leading=Icon(icon))

        rows: list[Widget] = [
            note("Merge & fix", "No suggestions", "account-multiple"),
            note("Import from file", "From a vCard", "download"),
            note("Export to file", f"{len(self.people.all())} contacts", "upload"),
            note("Import from SIM", "No SIM contacts", "sim-outline"),
            note("Blocked numbers", "None", "cancel"),
            note("Trash", "Empty", "delete-outline"),
        ]
        return self._home(rows, fab=False, key="manage")

    def _search(self) -> Screen:
        needle = (self.query or "").strip().casefold()
        digits = "".join(c for c in needle if c.isdigit())
        hits = [p for p in self.people.all() if needle and _matches(p, needle, digits)]
        field = TextField(
            id="open_search_view_edit_text",
            hint="Search contacts",
            value=self.query or "",
            on_change=lambda text: setattr(self, "query", text),
            autofocus=True,
        )
        rows: list[Widget] = [self._person_row(p) for p in hits]
        if needle and not hits:
            rows = [Text("No matching contacts", align="center", color="on_surface_variant")]
        return Screen("Search", [Column([field]), *rows], self.activity, nav="back", scroll_key="search")

    def _page(self, person: Person) -> Screen:
        first_number = person.phones[0][0] if person.phones else ""
        first_address = person.emails[0][0] if person.emails else ""
        info: list[Widget] = [Text("Contact info", style="label")]
        for number, kind in person.phones:
            trailing = IconButton(
                "message-text-outline", label=f"Text {PHONE_TYPES.get(kind, 'Other')}", on_tap=self._texter(number)
            )
            info.append(
                ListItem(
                    title=number,
                    subtitle=PHONE_TYPES.get(kind, "Other"),
                    leading=Icon("phone-outline"),
                    trailing=trailing,
                    on_tap=self._toaster(f"Calling {number}"),
                )
            )
        for address, kind in person.emails:
            info.append(
                ListItem(
                    title=address,
                    subtitle=EMAIL_TYPES.get(kind, "Other"),
                    leading=Icon("email-outline"),
                    on_tap=self._toaster("No app can send email"),
                )
            )
        if not person.phones:
            info.append(
                ListItem(title="Add phone number", leading=Icon("phone-outline"), on_tap=lambda: self._edit_of(person))
            )
        if person.company:
            info.append(ListItem(title=person.company, subtitle="Company", leading=Icon("city")))
        call = Tile(
            "phone", "Call", on_tap=self._toaster(f"Calling {first_number}"), active=bool(first_number), label="Call"
        )
        text = Tile("message-text", "Text", on_tap=self._texter(first_number), active=bool(first_number), label="Text")
        video = Tile("video", "Video", active=False, enabled=False, label="Video")
        email = Tile(
            "email", "Email", on_tap=self._toaster("No app can send email"), active=bool(first_address), label="Email"
        )
        for tile in (call, text, email):
            tile.enabled = tile.active
        star = IconButton(
            "star" if person.starred else "star-outline",
            label="Remove from favorites" if person.starred else "Add to favorites",
            on_tap=lambda: self.people.star(person.id, not person.starred),
            id="menu_star",
        )
        return Screen(
            "",
            [
                Line([Avatar(person.name[0].upper(), size=112)], spread=True),
                Text(person.name, style="headline", align="center", id="large_title"),
                Grid([call, text, video, email], columns=4),
                Card(info),
            ],
            "com.google.android.apps.contacts.quickcontact.QuickContactActivity",
            nav="back",
            actions=[
                IconButton(
                    "pencil-outline", label="Edit contact", on_tap=lambda: self._edit_of(person), id="menu_edit"
                ),
                star,
                IconButton("dots-vertical", label="More options", on_tap=lambda: self._show("menu")),
            ],
            menu=self._menu(person) if self.overlay == "menu" else None,
            dialog=self._delete_dialog(person) if self.overlay == "delete" else None,
            scroll_key=f"person{person.id}",
        )

    def _menu(self, person: Person) -> Menu:
        def share() -> None:
            self.overlay = ""
            self.device.set_clipboard("\n".join([person.name, *(n for n, _ in person.phones)]))
            self.device.toast("Copied to clipboard")

        return Menu([("Delete", lambda: self._show("delete")), ("Share", share)], on_dismiss=lambda: self._show(""))

    def _delete_dialog(self, person: Person) -> Dialog:
        def delete() -> None:
            self.people.delete(person.id)
            self.shown, self.overlay = None, ""
            self.device.toast(f"{person.name} deleted")

        return Dialog(
            "Delete contact?",
            [Text(f"{person.name} will be removed from this device.")],
            [
                Button("Cancel", on_tap=lambda: self._show(""), kind="text"),
                Button("Delete", on_tap=delete, kind="text"),
            ],
            on_dismiss=lambda: self._show(""),
        )

    # What taps do

    def _person_row(self, person: Person) -> ListItem:
        return ListItem(
            title=person.name,
            leading=Avatar(person.name[0].upper()),
            trailing=Icon("star", size=18, label="Favorite") if person.starred else None,
            on_tap=lambda: setattr(self, "shown", person.id),
        )

    def _open_search(self) -> None:
        self.query = ""

    def _show(self, overlay: Literal["", "menu", "delete"]) -> None:
        self.overlay = overlay

    def _edit_of(self, person: Person) -> None:
        self._edit(Draft.of(person))

    def _edit(self, draft: Draft) -> None:
        def close() -> None:
            self.editor = None

        def save() -> None:
            person = draft.person()
            if person.name:
                self.shown = self.people.save(person)
                self.editor = None
                self.device.toast(f"{person.name} saved")

        self.editor = Editor(draft, save, close)

    def _texter(self, number: str) -> Callable[[], None]:
        def text() -> None:
            try:
                self.device.start(MESSAGES, {"action": "android.intent.action.SENDTO", "data": f"sms:{number}"})
            except KeyError:
                self.device.toast("No app can send messages")

        return text

    def _toaster(self, text: str) -> Callable[[], None]:
        return lambda: self.device.toast(text)


def _matches(person: Person, needle: str, digits: str) -> bool:
    text = f"{person.name} {person.company} {' '.join(a for a, _ in person.emails)}".casefold()
    numbers = ["".join(c for c in n if c.isdigit()) for n, _ in person.phones]
    return needle in text or (bool(digits) and any(digits in n for n in numbers))
