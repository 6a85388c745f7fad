"""An app that shows every widget and records every handler call, and helpers to drive a phone by what it shows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import ClassVar

from PIL import Image

from envs.phone.app import App
from envs.phone.device import Phone
from envs.phone.elements import Element, centre
from envs.phone.ui import (
    Appointment,
    Avatar,
    Block,
    BottomBar,
    Bubble,
    Button,
    Card,
    Checkbox,
    Chip,
    Column,
    DayCell,
    Dialog,
    Divider,
    Fab,
    Grid,
    Header,
    Icon,
    IconButton,
    Line,
    ListItem,
    Menu,
    Picture,
    Radio,
    Screen,
    Slider,
    Spacer,
    Switch,
    Tabs,
    Text,
    TextField,
    Tile,
    Timetable,
    Widget,
)


class Demo(App):
    package = "org.example.demo"
    label = "Demo"
    icon = "puzzle"
    color = (200, 80, 40)

    def stop(self) -> None:
        self.calls: list[str] = []
        self.text: dict[str, str] = {"name": "", "secret": "hunter2", "note": "one\ntwo", "number": "", "message": ""}
        self.page = "widgets"
        self.tab = 0
        self.wifi = True
        self.level = 0.3
        self.dialog = self.menu = False

    def __init__(self, device) -> None:
        super().__init__(device)
        self.stop()

    def start(self, extras: Mapping[str, str]) -> None:
        self.calls.append("start")

    def back(self) -> bool:
        if self.page == "widgets":
            return False
        self.page = "widgets"
        return True

    def did(self, name: str) -> Callable[..., None]:
        return lambda *_: self.calls.append(name)

    def field(self, name: str, **what) -> TextField:
        def change(value: str) -> None:
            self.text[name] = value

        return TextField(self.text[name], change, id=name, hint=name.title(), **what)

    def show(self, page: str) -> Callable[[], None]:
        def go() -> None:
            self.calls.append(f"show {page}")
            self.page = page

        return go

    def set_wifi(self, on: bool) -> None:
        self.calls.append("wifi")
        self.wifi = on

    def set_level(self, value: float) -> None:
        self.calls.append("level")
        self.level = value

    def set_tab(self, n: int) -> None:
        self.calls.append(f"tab {n}")
        self.tab = n

    def open(self, what: str, value: bool) -> Callable[[], None]:
        def change() -> None:
            self.calls.append(f"{what} {value}")
            setattr(self, what, value)

        return change

    def widgets(self) -> list[Widget]:
        did = self.did
        return [
            Header("Section"),
            ListItem("Wi-Fi", "Connected", leading=Icon("wifi"), trailing=Switch(self.wifi, self.set_wifi), id="wifi"),
            ListItem("Form", leading=Icon("pencil"), on_tap=self.show("form"), on_long_press=did("long form")),
            ListItem("Chat", leading=Icon("message"), on_tap=self.show("chat")),
            ListItem("Long list", on_tap=self.show("list")),
            Divider(),
            ListItem(
                "Ada",
                "A long second line that wraps onto more lines than one",
                leading=Avatar("A"),
                trailing=Text("Mon"),
            ),
            ListItem(
                "Check",
                leading=Checkbox(False, did("check")),
                trailing=IconButton("delete", did("bin"), label="Delete"),
            ),
            ListItem("Radio", leading=Radio(True, did("radio")), selected=True),
            ListItem("Off", trailing=Switch(True, did("off"), enabled=False), enabled=False),
            Slider(self.level, self.set_level, id="level", label="Level"),
            Column(
                [
                    Text("Headline", style="headline"),
                    Text(
                        "Body text that goes on for long enough to need a second line on a phone.", on_tap=did("text")
                    ),
                    Text("Cut after two lines. " * 12, lines=2, id="cut"),
                    Line([Button("Filled", did("filled")), Button("Tonal", did("tonal"), kind="tonal", icon="check")]),
                    Line(
                        [Button("Outline", did("outline"), kind="outlined"), Button("Text", did("plain"), kind="text")]
                    ),
                    Button("Dead", did("dead"), enabled=False),
                    Line(
                        [Chip(name, name == "One", did(f"chip {name}")) for name in ("One", "Two", "Three four")],
                        spread=False,
                    ),
                    Line(
                        [
                            Switch(False, did("switch"), label="Bare switch"),
                            Checkbox(True, label="Bare box"),
                            Radio(False),
                        ]
                    ),
                ]
            ),
            Spacer(8),
            Card([Text("Card", style="title"), Text("Its text", style="caption")], on_tap=did("card"), id="card"),
            Grid([Tile("alarm", name, did(f"tile {name}")) for name in ("Alarm", "Timer", "Clock")], columns=3),
            Bubble("Theirs", note="15:34"),
            Bubble("Mine, and long enough that it must wrap in its bubble.", mine=True),
            Grid(
                [
                    DayCell(1, [(f"No. {n}", (20, 90, 60)) for n in range(9)], on_tap=did("day"), label="First"),
                    DayCell(2, [("Launch", (250, 220, 90))], today=True, label="Second"),
                    DayCell(3, [("Dot", (250, 30, 90))], height=48, selected=True, faded=True, label="Third"),
                ],
                columns=7,
            ),
            Appointment("Dentist", ["At ten", "Floor 2"], on_tap=did("dentist"), on_long_press=did("long dentist")),
            Picture(_striped, height=40, label="Photo", on_touch=lambda x, y: self.calls.append("photo")),
            Timetable(
                ["Sun\n15", "Mon\n16"],
                [f"{n}:00" for n in range(24)],
                [Block("Breakfast", 0, 30, 90, on_tap=did("block")), Block("Mail", 0, 45, 60), Block("Run", 1, 0, 45)],
                today=0,
                on_slot=lambda column, hour: self.calls.append(f"slot {column} {hour}"),
            ),
        ]

    def screen(self) -> Screen:
        if self.page == "form":
            fields = [
                self.field("name"),
                self.field("secret", password=True),
                self.field("note", multiline=True),
                self.field("number", keyboard="number"),
            ]
            return Screen("Form", fields, name=".FormActivity", nav="back")
        if self.page == "chat":
            send = IconButton("send", self.did("send"), label="Send")
            body = [Bubble(f"Message {n}", mine=n % 2 == 1) for n in range(30)]
            footer = [Line([self.field("message"), send])]
            return Screen("Chat", body, name=".ChatActivity", nav="back", footer=footer, start_at_end=True)
        if self.page == "list":
            rows = [ListItem(f"Row {n}", on_tap=self.did(f"row {n}")) for n in range(60)]
            return Screen("Long list", rows, name=".ListActivity", nav="close", subtitle="60 rows")
        buttons = [Button("No", self.open("dialog", False)), Button("Yes", self.did("yes"))]
        items = [("First", self.did("first")), ("Second", self.open("menu", False))]
        return Screen(
            "Demo",
            self.widgets() if self.tab == 0 else [Text("Nothing here", align="center")],
            nav="menu",
            on_nav=self.did("nav"),
            actions=[
                IconButton("magnify", self.did("search"), label="Search"),
                IconButton("dots-vertical", self.open("menu", True), label="More options"),
            ],
            tabs=Tabs(["All", "None"], self.tab, self.set_tab),
            fab=Fab("plus", self.open("dialog", True), label="Add"),
            bottom=BottomBar([("home", "Home"), ("account", "You")], 0, lambda n: self.calls.append(f"bottom {n}")),
            dialog=Dialog("Really?", [Text("Think twice.")], buttons, on_dismiss=self.open("dialog", False))
            if self.dialog
            else None,
            menu=Menu(items, on_dismiss=self.open("menu", False)) if self.menu else None,
        )


@cache
def _striped(width: int, height: int, scale: float) -> Image.Image:
    image = Image.new("RGB", (width, height), (30, 60, 200))
    image.paste((250, 200, 40), (0, height // 3, width, height // 2))
    return image


class Other(App):
    package: ClassVar[str] = "org.example.other"
    label: ClassVar[str] = "Other app"
    icon: ClassVar[str] = "star"

    def screen(self) -> Screen:
        start = ListItem("To demo", on_tap=lambda: self.device.start("org.example.demo", {"from": "other"}))
        return Screen("Other", [start, ListItem("Say", on_tap=lambda: self.device.toast("Said"))])


def demo_phone(screen: str = "small", **what) -> tuple[Phone, Demo]:
    """A phone with the demo in front, and the demo."""
    phone = Phone([Demo, Other], screen=screen, **what)
    assert phone.launch("demo")
    app = phone.app(Demo.package)
    assert isinstance(app, Demo)
    return phone, app


def find(phone: Phone, name: str, role: str = "") -> Element:
    """The element with that text, label or id; one that a tap reaches if there is a choice."""
    found = [e for e in phone.elements() if name in (e.text, e.label, e.id) and role in ("", e.role)]
    assert found, f"no {role or 'element'} {name!r} among {[e.text or e.label for e in phone.elements()]}"
    return max(found, key=lambda e: (e.clickable and e.hit, e.clickable))


def shows(phone: Phone, name: str) -> bool:
    return any(name in (e.text, e.label, e.id) for e in phone.elements())


def tap(phone: Phone, name: str, role: str = "") -> None:
    phone.tap(*centre(find(phone, name, role).bounds))
