"""Markor (net.gsantner.markor): notes as plain files under /sdcard/Documents/Markor, an editor and a Markdown view.

The folder is the state. The editor's text reaches the file by the save button and, as in the real app, by itself
whenever the editor is left.
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from functools import partial
from typing import Literal

from envs.phone.app import App, Device
from envs.phone.apps.carrying import carry, free_path, make_file, make_folder, rename
from envs.phone.apps.listing import (
    ORDERS,
    STORAGE,
    Entry,
    Order,
    date_text,
    entries,
    entry,
    size_text,
    walk,
)
from envs.phone.apps.markdown import render
from envs.phone.ui import (
    BottomBar,
    Button,
    Chip,
    Dialog,
    Fab,
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
from envs.phone.words import Words, words

NOTEBOOK = f"{STORAGE}/Documents/Markor"
TYPES = {"Markdown": ".md", "Plain text": ".txt"}
_TABS = (("folder", "Files"), ("check-all", "To-Do"), ("lightning-bolt", "QuickNote"), ("dots-horizontal", "More"))
_EDITED = {1: f"{NOTEBOOK}/todo.txt", 2: f"{NOTEBOOK}/QuickNote.md"}
"""The file behind a tab of the bottom bar."""


class Markor(App):
    package = "net.gsantner.markor"
    label = "Markor"
    icon = "notebook"
    color = (194, 65, 65)
    activity = "net.gsantner.markor.activity.MainActivity"

    def __init__(self, device: Device) -> None:
        super().__init__(device)
        self.stop()

    # State

    def stop(self) -> None:
        self.tab = 0
        self.folder = NOTEBOOK
        self.document = ""
        """The file in the editor; "" on the file list."""
        self.text = ""
        self.viewing = False
        self.order: Order = "name"
        self.searching = False
        self.query = ""
        self.transfer: Literal["", "move", "copy"] = ""
        self.carried: list[str] = []
        self.calm()

    def calm(self) -> None:
        """Close selections, menus and dialogs."""
        self.chosen: set[str] = set()
        self.close()

    def close(self) -> None:
        """Close menus and dialogs."""
        self.asking: Literal["", "new", "delete", "rename", "sort", "info"] = ""
        self.typed = ""
        self.extension = ".md"
        self.menu_open = False

    def install(self) -> None:
        self.stop()
        files, rng = self.device.files, self.device.random
        if files.is_dir(NOTEBOOK):
            return
        files.make_dirs(NOTEBOOK)
        draw = words(rng)
        for _ in range(rng.randint(2, 4)):
            name, text = made_up_note(draw)
            files.write(free_path(files, NOTEBOOK, name), text.encode())

    def start(self, extras: Mapping[str, str]) -> None:
        """An intent with data `file:///sdcard/...` opens that file in the editor."""
        scheme, _, path = extras.get("data", "").partition("://")
        if scheme == "file" and self.device.files.exists(path) and not self.device.files.is_dir(path):
            self.save()
            self._edit(path)

    def pause(self) -> None:
        self.save()

    def save(self) -> None:
        """Write the editor's text to its file if it differs."""
        if not self.document:
            return
        files, data = self.device.files, self.text.encode()
        old = files.read(self.document) if files.exists(self.document) else b""
        if data != old:
            files.write(self.document, data)

    def back(self) -> bool:
        if self.asking or self.menu_open:
            self.close()
        elif self.chosen:
            self.calm()
        elif self.document and self.tab == 0:
            self.save()
            self.document, self.viewing = "", False
        elif self.tab:
            self._select_tab(0)
        elif self.searching:
            self.searching, self.query = False, ""
        elif self.transfer and self.folder == NOTEBOOK:
            self._end_transfer()
        elif self.folder not in (NOTEBOOK, STORAGE):
            self.folder = posixpath.dirname(self.folder)
        elif self.folder == STORAGE:
            self.folder = NOTEBOOK
        else:
            return False
        return True

    # Screens

    def screen(self) -> Screen:
        files = self.device.files
        while not files.is_dir(self.folder) and self.folder != STORAGE:
            self.folder = posixpath.dirname(self.folder)
        self.chosen = {path for path in self.chosen if files.exists(path)}
        if self.document:
            return self._document()
        if self.tab == 3:
            return self._more_page()
        if self.searching:
            return self._search()
        return self._files()

    def _files(self) -> Screen:
        rows = entries(self.device.files, self.folder, self.order)
        body: list[Widget] = []
        if self.folder != STORAGE:
            up = posixpath.dirname(self.folder)
            body.append(ListItem("..", up, leading=Icon("folder-upload"), on_tap=partial(self._go, up), id="go_up"))
        body += [self._row(row) for row in rows]
        if not rows:
            body.append(Text("This folder is empty", align="center", color="on_surface_variant"))
        title = "Markor" if self.folder == NOTEBOOK else posixpath.basename(self.folder)
        if self.transfer:
            verb = self.transfer.capitalize()
            bar = Line(
                [
                    Button("Cancel", self._end_transfer, kind="text", id="ui__filesystem_dialog__button_cancel"),
                    Button(f"{verb} here", self._transfer_here, id="ui__filesystem_dialog__button_ok"),
                ]
            )
            return Screen(
                f"{verb} to {title}",
                body,
                name=self.activity,
                nav="close",
                on_nav=self._end_transfer,
                footer=[bar],
                scroll_key=f"pick {self.folder}",
            )
        if self.chosen:
            return self._selection(body, rows)
        return Screen(
            title,
            body,
            name=self.activity,
            actions=[
                IconButton("magnify", label="Search", on_tap=self._start_search, id="action_search"),
                IconButton("sort", label="Sort by", on_tap=partial(self._ask, "sort"), id="action_sort"),
            ],
            fab=Fab(
                "plus", label="Create a new file or folder", on_tap=partial(self._ask, "new"), id="fab_add_new_item"
            ),
            bottom=BottomBar(_TABS, self.tab, self._select_tab),
            dialog=self._dialog(),
            scroll_key=self.folder,
        )

    def _selection(self, body: list[Widget], rows: list[Entry]) -> Screen:
        items = [
            ("Move", partial(self._carry, "move")),
            ("Copy", partial(self._carry, "copy")),
            ("Select all", partial(self._choose, {row.path for row in rows})),
        ]
        if len(self.chosen) == 1:
            items += [("Rename", partial(self._ask, "rename")), ("Info", partial(self._ask, "info"))]
        return Screen(
            f"{len(self.chosen)} selected",
            body,
            name=self.activity,
            nav="close",
            on_nav=self.calm,
            actions=[
                IconButton("delete", label="Delete", on_tap=partial(self._ask, "delete"), id="action_delete"),
                IconButton("dots-vertical", label="More options", on_tap=self._open_menu, id="more"),
            ],
            menu=Menu(items, on_dismiss=self.close) if self.menu_open else None,
            dialog=self._dialog(),
            scroll_key=self.folder,
        )

    def _row(self, row: Entry) -> ListItem:
        when = date_text(row.modified, self.device.now())
        chosen = row.path in self.chosen
        return ListItem(
            row.name,
            when if row.folder else f"{when}   {size_text(row.size)}",
            leading=Icon("check-circle" if chosen else row.icon, color="primary" if chosen else "on_surface_variant"),
            on_tap=partial(self._toggle, row.path) if self.chosen else partial(self._open, row),
            on_long_press=None if self.transfer else partial(self._toggle, row.path),
            selected=chosen,
            enabled=row.folder or not self.transfer,
        )

    def _search(self) -> Screen:
        body: list[Widget] = [
            TextField(self.query, self._set_query, hint="Search in notes", autofocus=True, id="search_query")
        ]
        if self.query:
            needle = self.query.casefold()
            hits = [row for row in walk(self.device.files, NOTEBOOK) if not row.folder and self._matches(row, needle)]
            body += [self._row(row) for row in hits]
            if not hits:
                body.append(Text("No results", align="center", color="on_surface_variant"))
        return Screen("Search", body, name=self.activity, nav="back", scroll_key="search")

    def _matches(self, row: Entry, needle: str) -> bool:
        if needle in row.name.casefold():
            return True
        return row.kind == "Text" and needle in self._read(row.path).casefold()

    def _document(self) -> Screen:
        eye = IconButton("eye", label="View mode", on_tap=self._toggle_view, id="action_preview")
        pencil = IconButton("pencil", label="Edit mode", on_tap=self._toggle_view, id="action_edit")
        save = IconButton("content-save", label="Save", on_tap=self._save_and_tell, id="action_save")
        if self.viewing:
            body = render(self.text) if self.document.endswith(".md") else [Text(self.text)]
            actions = [pencil]
        else:
            editor = TextField(
                self.text,
                self._set_text,
                hint="" if self.text else "Start typing…",
                multiline=True,
                id="document__fragment__edit__highlighting_editor",
            )
            body, actions = [editor], [save, eye]
        tabbed = self.tab in _EDITED
        return Screen(
            _TABS[self.tab][1] if tabbed else posixpath.basename(self.document),
            body,
            name=self.activity if tabbed else "net.gsantner.markor.activity.DocumentActivity",
            nav="none" if tabbed else "back",
            actions=actions,
            bottom=BottomBar(_TABS, self.tab, self._select_tab) if tabbed else None,
            scroll_key=f"{self.document} {self.viewing}",
        )

    def _more_page(self) -> Screen:
        notes = [row for row in walk(self.device.files, NOTEBOOK) if not row.folder]
        return Screen(
            "More",
            [
                Header("Notebook"),
                ListItem("Folder", NOTEBOOK, leading=Icon("folder")),
                ListItem("Files", f"{len(notes)} in all folders", leading=Icon("file-document")),
                Header("About"),
                ListItem("Markor", "Text editor for notes and lists", leading=Icon("information")),
            ],
            name=self.activity,
            bottom=BottomBar(_TABS, self.tab, self._select_tab),
            scroll_key="more",
        )

    def _dialog(self) -> Dialog | None:
        cancel = Button("Cancel", self.close, kind="text", id="button2")
        match self.asking:
            case "":
                return None
            case "new":
                return self._new_dialog(cancel)
            case "sort":
                radios: list[Widget] = [
                    ListItem(text, leading=Radio(self.order == order), on_tap=partial(self._sort, order))
                    for order, text in ORDERS.items()
                ]
                return Dialog("Sort by", radios, [cancel], on_dismiss=self.close)
            case "delete":
                names = [Text(posixpath.basename(path)) for path in sorted(self.chosen)]
                ok = Button("OK", self._delete, kind="text", id="button1")
                return Dialog("Confirm delete", names[:6], [cancel, ok], on_dismiss=self.close)
            case "rename":
                box = TextField(self.typed, self._set_typed, hint="Name", autofocus=True, id="new_name")
                ok = Button("OK", self._rename, kind="text", id="button1")
                return Dialog("Rename", [box], [cancel, ok], on_dismiss=self.close)
            case "info":
                row = entry(self.device.files, next(iter(self.chosen)))
                facts: list[Widget] = [
                    Text(f"Location: {posixpath.dirname(row.path)}"),
                    Text(f"Modified: {row.modified:%Y-%m-%d %H:%M}"),
                ]
                if not row.folder:
                    facts.append(Text(f"Size: {size_text(row.size)}"))
                ok = Button("OK", self.close, kind="text", id="button1")
                return Dialog(row.name, facts, [ok], on_dismiss=self.close)

    def _new_dialog(self, cancel: Button) -> Dialog:
        return Dialog(
            "Create new file",
            [
                TextField(self.typed, self._set_typed, hint="Name", autofocus=True, id="new_file_dialog__name"),
                Line(
                    [
                        Chip(name, self.extension == extension, partial(self._set_extension, extension))
                        for name, extension in TYPES.items()
                    ],
                    spread=False,
                ),
                TextField(self.extension, self._set_extension, hint="Extension", id="new_file_dialog__ext"),
            ],
            [
                Button("Folder", self._make_folder, kind="text", id="button3"),
                cancel,
                Button("OK", self._make_file, kind="text", id="button1"),
            ],
            on_dismiss=self.close,
        )

    # What taps do

    def _select_tab(self, tab: int) -> None:
        self.save()
        self.calm()
        self.tab, self.document, self.viewing, self.searching, self.query = tab, "", False, False, ""
        if tab in _EDITED:
            self._edit(_EDITED[tab])
            self.tab = tab

    def _go(self, folder: str) -> None:
        self.folder = folder
        self.calm()

    def _open(self, row: Entry) -> None:
        if row.folder:
            self._go(row.path)
        elif self.transfer:
            return
        elif row.kind in ("Text", "File"):
            self._edit(row.path)
        else:
            self.device.toast("No app found to open this file")

    def _edit(self, path: str) -> None:
        self.tab, self.document, self.text, self.viewing = 0, path, self._read(path), False
        self.calm()

    def _read(self, path: str) -> str:
        files = self.device.files
        return files.read_text(path) if files.exists(path) else ""

    def _toggle(self, path: str) -> None:
        self.chosen ^= {path}

    def _choose(self, paths: set[str]) -> None:
        self.chosen = set(paths)
        self.close()

    def _toggle_view(self) -> None:
        self.save()
        self.viewing = not self.viewing

    def _save_and_tell(self) -> None:
        self.save()
        self.device.toast("Saved")

    def _start_search(self) -> None:
        self.searching, self.query = True, ""

    def _open_menu(self) -> None:
        self.menu_open = True

    def _set_query(self, text: str) -> None:
        self.query = text

    def _set_text(self, text: str) -> None:
        self.text = text

    def _set_typed(self, text: str) -> None:
        self.typed = text

    def _set_extension(self, text: str) -> None:
        self.extension = text

    def _ask(self, what: Literal["new", "delete", "rename", "sort", "info"]) -> None:
        self.close()
        self.asking = what
        self.typed = posixpath.basename(next(iter(self.chosen))) if what == "rename" else ""

    def _sort(self, order: Order) -> None:
        self.order = order
        self.close()

    def _make_file(self) -> None:
        """Create the file and open it. A name that already ends in the extension keeps it once."""
        name, extension = self.typed.strip(), self.extension.strip()
        if name and not name.endswith(extension):
            name += extension
        fault = make_file(self.device.files, self.folder, name)
        self.device.toast(fault) if fault else self._edit(posixpath.join(self.folder, name))

    def _make_folder(self) -> None:
        fault = make_folder(self.device.files, self.folder, self.typed.strip())
        self.device.toast(fault) if fault else self.close()

    def _rename(self) -> None:
        fault = rename(self.device.files, next(iter(self.chosen)), self.typed.strip())
        self.device.toast(fault) if fault else self.calm()

    def _delete(self) -> None:
        for path in self.chosen:
            self.device.files.remove(path, recursive=True)
        self.calm()

    def _carry(self, how: Literal["move", "copy"]) -> None:
        self.transfer, self.carried = how, sorted(self.chosen)
        self.calm()

    def _end_transfer(self) -> None:
        self.transfer, self.carried = "", []

    def _transfer_here(self) -> None:
        if self.transfer:
            fault = carry(self.device.files, self.transfer, self.carried, self.folder)
            self.device.toast(fault) if fault else self._end_transfer()


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
