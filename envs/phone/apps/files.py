"""Files (com.google.android.documentsui): browse, open, select, copy, move, rename and delete what lies on /sdcard.

The file tree is the state: every screen is drawn from it, so what adb pushes shows at once. As on Google's emulator
images the app opens at Downloads, and the shared storage is reached through the roots in the drawer.
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from functools import partial
from typing import Literal

from envs.phone.app import App, Device
from envs.phone.apps.carrying import carry, make_folder, rename
from envs.phone.apps.listing import (
    FOLDERS,
    ORDERS,
    STORAGE,
    STORAGE_NAME,
    Entry,
    Order,
    arrange,
    date_text,
    entries,
    entry,
    size_text,
    walk,
)
from envs.phone.ui import (
    Button,
    Chip,
    Dialog,
    Divider,
    Header,
    Icon,
    IconButton,
    Line,
    ListItem,
    Menu,
    Radio,
    Screen,
    Text,
    TextField,
    Widget,
)
from envs.phone.words import words

DOWNLOADS = f"{STORAGE}/Download"
COLLECTIONS = {
    "Recent": "history",
    "Images": "image",
    "Videos": "video",
    "Audio": "music-note",
    "Documents": "file-document",
}
MOST_HITS = 40
"""Rows shown of a search or of the recent files."""
_LIKELY = {
    "Alarms": "mp3",
    "DCIM": "jpg",
    "Documents": "pdf txt docx",
    "Download": "pdf jpg zip txt csv",
    "Movies": "mp4",
    "Music": "mp3",
    "Pictures": "png jpg",
    "Podcasts": "mp3",
    "Ringtones": "ogg",
}
"""Extensions of the made-up files in each folder."""


class Files(App):
    package = "com.google.android.documentsui"
    label = "Files"
    icon = "folder"
    color = (66, 133, 244)
    activity = "com.android.documentsui.files.FilesActivity"

    def __init__(self, device: Device) -> None:
        super().__init__(device)
        self.stop()

    # State

    def stop(self) -> None:
        self.path = DOWNLOADS
        self.collection = ""
        """The root shown instead of a folder: a key of `COLLECTIONS`."""
        self.view: Literal["browse", "drawer", "search", "text"] = "browse"
        self.query = ""
        self.reading = ""
        self.order: Order = "name"
        self.transfer: Literal["", "move", "copy"] = ""
        """Set while a destination is being picked for `carried`."""
        self.carried: list[str] = []
        self.calm()

    def calm(self) -> None:
        """Close selections, menus and dialogs."""
        self.chosen: set[str] = set()
        self.close()

    def close(self) -> None:
        """Close menus and dialogs."""
        self.asking: Literal["", "delete", "rename", "folder", "sort", "info"] = ""
        self.typed = ""
        self.menu_open = False

    def install(self) -> None:
        self.stop()
        files, rng = self.device.files, self.device.random
        if all(files.is_dir(f"{STORAGE}/{name}") for name in FOLDERS):
            return
        draw = words(rng)
        for name in FOLDERS:
            files.make_dirs(f"{STORAGE}/{name}")
        for folder, extensions in _LIKELY.items():
            for _ in range(rng.randint(0, 3)):
                name = f"{draw.adjective()}_{draw.thing()}.{rng.choice(extensions.split())}"
                text = draw.paragraph(rng.randint(1, 8))
                content = text.encode() if name.endswith(("txt", "csv")) else rng.randbytes(rng.randint(200, 20_000))
                files.write(f"{STORAGE}/{folder}/{name}", content)

    def start(self, extras: Mapping[str, str]) -> None:
        """An intent with data `file:///sdcard/...` opens that folder."""
        scheme, _, path = extras.get("data", "").partition("://")
        if scheme == "file" and self.device.files.is_dir(path):
            self._go(path)

    def back(self) -> bool:
        if self.asking or self.menu_open:
            self.close()
        elif self.chosen:
            self.calm()
        elif self.view == "text":
            self.view = "search" if self.query else "browse"
        elif self.view != "browse":
            self.view, self.query = "browse", ""
        elif self.path not in (STORAGE, DOWNLOADS) and not self.collection:
            self._go(posixpath.dirname(self.path))
        elif self.transfer:
            self._end_transfer()
        else:
            return False
        return True

    # Screens

    def screen(self) -> Screen:
        self._forget_missing()
        if self.view == "drawer":
            return self._drawer()
        if self.view == "text":
            return self._reader()
        if self.view == "search":
            return self._search()
        return self._browse()

    def _forget_missing(self) -> None:
        """Drop what others removed meanwhile."""
        files = self.device.files
        while not files.is_dir(self.path) and self.path != STORAGE:
            self.path = posixpath.dirname(self.path)
        self.chosen = {path for path in self.chosen if files.exists(path)}
        if self.view == "text" and not files.exists(self.reading):
            self.view = "browse"

    def _drawer(self) -> Screen:
        rows: list[Widget] = [
            ListItem(name, leading=Icon(icon), selected=self.collection == name, on_tap=partial(self._collect, name))
            for name, icon in COLLECTIONS.items()
            if not self.transfer
        ]
        rows.append(
            ListItem(
                "Downloads",
                leading=Icon("download"),
                selected=self.path == DOWNLOADS and not self.collection,
                on_tap=partial(self._go, DOWNLOADS),
            )
        )
        rows.append(Divider())
        rows.append(
            ListItem(
                STORAGE_NAME,
                "Internal storage",
                leading=Icon("cellphone"),
                selected=self.path == STORAGE and not self.collection,
                on_tap=partial(self._go, STORAGE),
            )
        )
        return Screen("Files", rows, name=self.activity, nav="back", scroll_key="drawer")

    def _browse(self) -> Screen:
        rows = self._rows()
        body: list[Widget] = []
        if not self.collection:
            body.append(self._crumbs())
        body.append(Header(f"Files in {self._title()}" if not self.collection else f"{self.collection} files"))
        body += [self._row(n, row) for n, row in enumerate(rows)]
        if not rows:
            body.append(Text("No items", align="center", color="on_surface_variant", id="message"))
        if self.chosen:
            return self._selection(body, rows)
        actions = [
            IconButton("magnify", label="Search", on_tap=self._start_search, id="option_menu_search"),
            IconButton("dots-vertical", label="More options", on_tap=self._open_menu, id="more"),
        ]
        items = [("Sort by…", partial(self._ask, "sort"))]
        if not self.collection:
            items.insert(0, ("New folder", partial(self._ask, "folder")))
            items.append(("Select all", self._choose_all))
        return Screen(
            self._title(),
            body,
            name=self.activity,
            nav="menu",
            on_nav=self._open_drawer,
            actions=actions,
            menu=Menu(items, on_dismiss=self.close) if self.menu_open else None,
            dialog=self._dialog(),
            footer=[self._transfer_bar()] if self.transfer else [],
            scroll_key=f"{self.collection}{self.path}",
        )

    def _selection(self, body: list[Widget], rows: list[Entry]) -> Screen:
        items = [
            ("Select all", self._choose_all),
            ("Copy to…", partial(self._carry, "copy")),
            ("Move to…", partial(self._carry, "move")),
        ]
        if len(self.chosen) == 1:
            items += [("Rename", partial(self._ask, "rename")), ("Get info", partial(self._ask, "info"))]
        return Screen(
            f"{len(self.chosen)} selected",
            body,
            name=self.activity,
            nav="close",
            on_nav=self.calm,
            actions=[
                IconButton("delete", label="Delete", on_tap=partial(self._ask, "delete"), id="action_menu_delete"),
                IconButton("dots-vertical", label="More options", on_tap=self._open_menu, id="more"),
            ],
            menu=Menu(items, on_dismiss=self.close) if self.menu_open else None,
            dialog=self._dialog(),
            scroll_key=f"{self.collection}{self.path}",
        )

    def _rows(self) -> list[Entry]:
        """What the folder, the collection or the search holds, in order."""
        files = self.device.files
        if self.view == "search":
            needle = self.query.casefold()
            return arrange([e for e in walk(files, STORAGE) if needle in e.name.casefold()], self.order)[:MOST_HITS]
        if not self.collection:
            return entries(files, self.path, self.order)
        everything = [e for e in walk(files, STORAGE) if not e.folder]
        if self.collection == "Recent":
            return sorted(everything, key=lambda e: e.modified, reverse=True)[:MOST_HITS]
        kinds = {"Images": ("Image",), "Videos": ("Video",), "Audio": ("Audio",), "Documents": ("Document", "Text")}
        return arrange([e for e in everything if e.kind in kinds[self.collection]], self.order)

    def _row(self, number: int, row: Entry) -> ListItem:
        tap = partial(self._toggle, row.path) if self.chosen else partial(self._open, row)
        when = date_text(row.modified, self.device.now())
        return ListItem(
            row.name,
            when if row.folder else f"{when}, {size_text(row.size)}, {row.kind}",
            leading=Icon("check-circle" if row.path in self.chosen else row.icon, color="primary"),
            on_tap=tap,
            on_long_press=None if self.transfer else partial(self._toggle, row.path),
            selected=row.path in self.chosen,
            enabled=row.folder or not self.transfer,
            id=f"row_{number}",
        )

    def _crumbs(self) -> Line:
        parts = [STORAGE, *self._ancestors()]
        return Line(
            [
                Chip(STORAGE_NAME if p == STORAGE else posixpath.basename(p), p == self.path, partial(self._go, p))
                for p in parts[-3:]
            ],
            spread=False,
        )

    def _ancestors(self) -> list[str]:
        below = self.path.removeprefix(STORAGE).strip("/")
        names = below.split("/") if below else []
        return [f"{STORAGE}/{'/'.join(names[: i + 1])}" for i in range(len(names))]

    def _title(self) -> str:
        if self.collection:
            return self.collection
        named = {STORAGE: STORAGE_NAME, DOWNLOADS: "Downloads"}
        return named.get(self.path, posixpath.basename(self.path))

    def _search(self) -> Screen:
        body: list[Widget] = [
            TextField(self.query, self._set_query, hint="Search this phone", autofocus=True, id="search_src_text")
        ]
        if self.query:
            hits = self._rows()
            body += [self._row(n, row) for n, row in enumerate(hits)]
            if not hits:
                body.append(Text("No matches on this phone", align="center", color="on_surface_variant", id="message"))
        if self.chosen:
            return self._selection(body, [])
        return Screen("Search", body, name=self.activity, nav="back", scroll_key="search")

    def _reader(self) -> Screen:
        text = self.device.files.read_text(self.reading)[:20_000]
        return Screen(
            posixpath.basename(self.reading),
            [Text(text or "(empty file)", id="content")],
            name="com.android.htmlviewer.HTMLViewerActivity",
            nav="back",
            scroll_key=f"read {self.reading}",
        )

    def _transfer_bar(self) -> Line:
        verb = self.transfer.capitalize()
        return Line(
            [
                Button("Cancel", self._end_transfer, kind="text", id="button_cancel"),
                Button(verb, self._transfer_here, kind="filled", id="button_pick"),
            ]
        )

    def _dialog(self) -> Dialog | None:
        match self.asking:
            case "":
                return None
            case "sort":
                radios: list[Widget] = [
                    ListItem(text, leading=Radio(self.order == order), on_tap=partial(self._sort, order))
                    for order, text in ORDERS.items()
                ]
                return Dialog("Sort by", radios, [self._cancel()], on_dismiss=self.close)
            case "info":
                return self._info()
            case "delete":
                one = posixpath.basename(next(iter(self.chosen), ""))
                what = f"“{one}”" if len(self.chosen) == 1 else f"{len(self.chosen)} items"
                return Dialog(
                    body=[Text(f"Delete {what}?")],
                    buttons=[self._cancel(), Button("OK", self._delete, kind="text", id="button1")],
                    on_dismiss=self.close,
                )
            case "rename" | "folder":
                title = "Rename" if self.asking == "rename" else "New folder"
                done = self._rename if self.asking == "rename" else self._make_folder
                box = TextField(self.typed, self._set_typed, hint="Name", on_submit=done, autofocus=True, id="text1")
                buttons = [self._cancel(), Button("OK", done, kind="text", id="button1")]
                return Dialog(title, [box], buttons, on_dismiss=self.close)

    def _info(self) -> Dialog:
        row = entry(self.device.files, next(iter(self.chosen)))
        facts: list[Widget] = [
            Text(f"Type: {row.kind}"),
            Text(f"Modified: {row.modified:%b} {row.modified.day}, {row.modified:%Y %H:%M}"),
            Text(f"Path: {row.path}"),
        ]
        if row.folder:
            facts.insert(1, Text(f"Items: {len(entries(self.device.files, row.path))}"))
        else:
            facts.insert(1, Text(f"Size: {size_text(row.size)} ({row.size:,} bytes)"))
        return Dialog(row.name, facts, [Button("OK", self.close, kind="text", id="button1")], on_dismiss=self.close)

    def _cancel(self) -> Button:
        return Button("Cancel", self.close, kind="text", id="button2")

    # What taps do

    def _go(self, path: str) -> None:
        self.path, self.collection, self.view, self.query = path, "", "browse", ""
        self.calm()

    def _collect(self, collection: str) -> None:
        self.collection, self.view = collection, "browse"
        self.calm()

    def _open(self, row: Entry) -> None:
        if row.folder:
            self._go(row.path)
        elif self.transfer:
            return
        elif row.kind == "Text":
            self.reading, self.view = row.path, "text"
        else:
            self.device.toast("No app found to open this file")

    def _toggle(self, path: str) -> None:
        self.chosen ^= {path}

    def _choose_all(self) -> None:
        self.chosen = {row.path for row in self._rows()}
        self.close()

    def _start_search(self) -> None:
        self.view, self.query = "search", ""

    def _open_drawer(self) -> None:
        self.view = "drawer"

    def _open_menu(self) -> None:
        self.menu_open = True

    def _set_query(self, text: str) -> None:
        self.query = text

    def _set_typed(self, text: str) -> None:
        self.typed = text

    def _ask(self, what: Literal["delete", "rename", "folder", "sort", "info"]) -> None:
        self.close()
        self.asking = what
        self.typed = posixpath.basename(next(iter(self.chosen))) if what == "rename" else ""

    def _sort(self, order: Order) -> None:
        self.order = order
        self.close()

    def _delete(self) -> None:
        for path in self.chosen:
            self.device.files.remove(path, recursive=True)
        self.calm()

    def _rename(self) -> None:
        fault = rename(self.device.files, next(iter(self.chosen)), self.typed.strip())
        self.device.toast(fault) if fault else self.calm()

    def _make_folder(self) -> None:
        fault = make_folder(self.device.files, self.path, self.typed.strip())
        self.device.toast(fault) if fault else self.close()

    def _carry(self, how: Literal["move", "copy"]) -> None:
        self.transfer, self.carried = how, sorted(self.chosen)
        if self.collection or self.view == "search":
            self._go(STORAGE)
        self.calm()

    def _end_transfer(self) -> None:
        self.transfer, self.carried = "", []

    def _transfer_here(self) -> None:
        if self.transfer:
            fault = carry(self.device.files, self.transfer, self.carried, self.path)
            self.device.toast(fault) if fault else self._end_transfer()
