"""Chrome (com.android.chrome): shows HTML files of the phone as a real Chromium does; there is no network.

It needs a Chromium and Playwright on the host, the extra `miniwob`. Without them it says so instead of the page.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import partial
from typing import Literal
from urllib.parse import unquote

from envs.phone.app import App, Device
from envs.phone.apps.chrome.page import Page
from envs.phone.apps.preferences import Preferences
from envs.phone.ui import (
    Button,
    Column,
    Grid,
    Handler,
    Icon,
    IconButton,
    ListItem,
    Menu,
    Picture,
    Screen,
    Spacer,
    Text,
    TextField,
    Tile,
    Widget,
)

PACKAGE = "com.android.chrome"
WELCOMED = "first_run_flow"
DOWNLOADS = "/sdcard/Download"
MAX_BYTES = 8 << 20
SUFFIXES = (".html", ".htm", ".xhtml", ".mht")


class Chrome(App):
    package = PACKAGE
    label = "Chrome"
    icon = "google-chrome"
    color = (66, 133, 244)
    activity = "com.google.android.apps.chrome.Main"

    def __init__(self, device: Device) -> None:
        super().__init__(device)
        self.preferences = Preferences(device.files, PACKAGE)
        self.page: Page | None = None
        self.looked = dt.datetime.min
        """When the page was looked at last: it may change by itself as time passes."""
        self.stop()

    # State

    def install(self) -> None:
        self.stop()

    def stop(self) -> None:
        self.leave()
        self.view: Literal["page", "address", "downloads"] = "page"
        self.query = ""
        self.menu_open = False

    def leave(self) -> None:
        """Close the page: the new tab shows."""
        if self.page is not None:
            self.page.close()
        self.page = None
        self.address, self.fault = "", ""
        """Why there is no page at this address."""

    def start(self, extras: Mapping[str, str]) -> None:
        if extras.get("data"):
            self.go(extras["data"])

    def back(self) -> bool:
        if self.menu_open:
            self.menu_open = False
        elif self.view != "page":
            self.view = "page"
        elif self.address:
            self.leave()
        else:
            return False
        return True

    def go(self, address: str) -> None:
        """Show a file of the phone; anything else is out of reach."""
        self.leave()
        self.view, self.menu_open, self.query = "page", False, ""
        self.address = address.strip()
        scheme, _, path = self.address.partition("://")
        if scheme != "file":
            self.fault = "ERR_INTERNET_DISCONNECTED"
            return
        files, path = self.device.files, unquote(path)
        if not files.is_file(path):
            self.fault = "ERR_FILE_NOT_FOUND"
        elif files.stat(path).size > MAX_BYTES:
            self.fault = "ERR_FILE_TOO_BIG"
        else:
            self.page = Page(files.read(path))

    # The screen

    def screen(self) -> Screen:
        if not self.preferences.flag(WELCOMED):
            return self._welcome()
        if self.view == "address":
            return self._address()
        if self.view == "downloads":
            return self._downloads()
        if not self.address:
            return self._new_tab()
        return self._page()

    def _welcome(self) -> Screen:
        rows: list[Widget] = [
            Spacer(96),
            Icon("google-chrome", size=72, color="primary"),
            Text("Welcome to Chrome", style="headline"),
            Text("Browse the files of this phone. There is no connection to the internet.", color="on_surface_variant"),
            Spacer(32),
            Button("Use without an account", self.welcome, id="signin_fre_dismiss_button"),
        ]
        return Screen("", [Column(rows)], name="org.chromium.chrome.browser.firstrun.FirstRunActivity")

    def _new_tab(self) -> Screen:
        rows: list[Widget] = [
            Spacer(32),
            Text("Chrome", style="display", align="center", color="primary"),
            Spacer(16),
            ListItem(
                "Search or type URL", leading=Icon("magnify"), on_tap=self.edit, id="search_box_text", label="Address"
            ),
            Spacer(16),
            Grid([Tile("download", "Downloads", partial(self.open, "downloads"), color=(52, 168, 83))], columns=4),
        ]
        return self._framed("New tab", "", rows)

    def _page(self) -> Screen:
        page = self.page
        if page is not None and page.fault:
            self.fault = page.fault
        if page is None or self.fault:
            rows: list[Widget] = [
                Spacer(48),
                Icon("emoticon-sad", size=48),
                Text(self._trouble(), style="title"),
                Text(self.fault, style="caption", color="on_surface_variant"),
            ]
            return self._framed("Not available", self.address, [Column(rows)])
        now = self.device.now()
        if now != self.looked:
            self.looked, page.stale = now, True

        picture = Picture(
            page.look,
            parts=page.parts,
            id="compositor_view_holder",
            label="Web page",
            on_touch=page.tap,
            on_hold=page.hold,
            on_stroke=page.stroke,
        )
        return self._framed(page.title or "Page", self.address, [picture])

    def _framed(self, title: str, address: str, body: list[Widget]) -> Screen:
        actions = [
            IconButton("pencil", self.edit, label="Edit address", id="url_bar"),
            IconButton("dots-vertical", self.open_menu, label="More options", id="menu_button"),
        ]
        items: list[tuple[str, Handler]] = [
            ("New tab", self.leave_all),
            ("Reload", self.reload),
            ("Downloads", partial(self.open, "downloads")),
        ]
        return Screen(
            title,
            body,
            name="org.chromium.chrome.browser.ChromeTabbedActivity",
            nav="close" if address else "none",
            on_nav=self.leave,
            actions=actions,
            subtitle=address,
            menu=Menu(items, on_dismiss=self.close_menu) if self.menu_open else None,
            scroll_key=f"page {address}",
        )

    def _address(self) -> Screen:
        field = TextField(
            self.query, self.set_query, hint="Search or type URL", on_submit=self.enter, autofocus=True, id="address"
        )
        rows: list[Widget] = [Column([field])]
        rows += [self._file_row(name) for name in self._pages() if self.query.casefold() in name.casefold()]
        return Screen("Address", rows, name=self.activity, nav="back", scroll_key="address")

    def _downloads(self) -> Screen:
        rows: list[Widget] = [self._file_row(name) for name in self._pages()]
        if not rows:
            rows = [Spacer(80), Text("You'll find your downloads here", align="center", color="on_surface_variant")]
        name = "org.chromium.chrome.browser.download.DownloadActivity"
        return Screen("Downloads", rows, name=name, nav="back", scroll_key="downloads")

    def _pages(self) -> list[str]:
        files = self.device.files
        names = files.list(DOWNLOADS) if files.is_dir(DOWNLOADS) else ()
        return sorted(name for name in names if name.lower().endswith(SUFFIXES))

    def _file_row(self, name: str) -> ListItem:
        address = f"file://{DOWNLOADS}/{name}"
        return ListItem(name, address, leading=Icon("file-document"), on_tap=partial(self.go, address))

    def _trouble(self) -> str:
        return {
            "ERR_INTERNET_DISCONNECTED": "You're offline",
            "ERR_FILE_NOT_FOUND": "Your file couldn't be accessed",
            "ERR_FILE_TOO_BIG": "This file is too large to be shown",
        }.get(self.fault, "This page cannot be shown")

    # What taps do

    def welcome(self) -> None:
        self.preferences.put(WELCOMED, True)

    def edit(self) -> None:
        self.view, self.query, self.menu_open = "address", self.address, False

    def open(self, view: Literal["downloads"]) -> None:
        self.view, self.menu_open = view, False

    def set_query(self, text: str) -> None:
        self.query = text

    def enter(self) -> None:
        if self.query.strip():
            self.go(self.query)

    def reload(self) -> None:
        self.go(self.address) if self.address else self.close_menu()

    def leave_all(self) -> None:
        self.leave()
        self.menu_open = False

    def open_menu(self) -> None:
        self.menu_open = True

    def close_menu(self) -> None:
        self.menu_open = False
