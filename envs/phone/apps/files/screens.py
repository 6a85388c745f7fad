"""The screens of Files, each a function of the app's state."""

from __future__ import annotations

import posixpath
from functools import partial
from typing import TYPE_CHECKING

from envs.phone.apps.files.roots import COLLECTIONS, DOWNLOADS
from envs.phone.apps.listing import ORDERS, STORAGE, STORAGE_NAME, Entry, date_text, entries, entry, size_text
from envs.phone.ui import (
    Button,
    Chip,
    Dialog,
    Divider,
    Handler,
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

if TYPE_CHECKING:
    from envs.phone.apps.files.main import Files


def drawer(app: Files) -> Screen:
    rows: list[Widget] = [
        ListItem(name, leading=Icon(icon), selected=app.collection == name, on_tap=partial(app.collect, name))
        for name, icon in COLLECTIONS.items()
        if not app.transfer
    ]
    rows.append(
        ListItem(
            "Downloads",
            leading=Icon("download"),
            selected=app.path == DOWNLOADS and not app.collection,
            on_tap=partial(app.go, DOWNLOADS),
        )
    )
    rows.append(Divider())
    rows.append(
        ListItem(
            STORAGE_NAME,
            "Internal storage",
            leading=Icon("cellphone"),
            selected=app.path == STORAGE and not app.collection,
            on_tap=partial(app.go, STORAGE),
        )
    )
    return Screen("Files", rows, name=app.activity, nav="back", scroll_key="drawer")


def browse(app: Files) -> Screen:
    rows = app.rows()
    body: list[Widget] = []
    if not app.collection:
        body.append(crumbs(app))
    body.append(Header(f"Files in {title(app)}" if not app.collection else f"{app.collection} files"))
    body += [file_row(app, n, row) for n, row in enumerate(rows)]
    if not rows:
        body.append(Text("No items", align="center", color="on_surface_variant", id="message"))
    if app.chosen:
        return selection(app, body, rows)
    actions = [
        IconButton("magnify", label="Search", on_tap=app.start_search, id="option_menu_search"),
        IconButton("dots-vertical", label="More options", on_tap=app.open_menu, id="more"),
    ]
    items: list[tuple[str, Handler]] = [("Sort by…", partial(app.ask, "sort"))]
    if not app.collection:
        items.insert(0, ("New folder", partial(app.ask, "folder")))
        items.append(("Select all", app.choose_all))
    return Screen(
        title(app),
        body,
        name=app.activity,
        nav="menu",
        on_nav=app.open_drawer,
        actions=actions,
        menu=Menu(items, on_dismiss=app.close) if app.menu_open else None,
        dialog=dialog(app),
        footer=[transfer_bar(app)] if app.transfer else [],
        scroll_key=f"{app.collection}{app.path}",
    )


def selection(app: Files, body: list[Widget], rows: list[Entry]) -> Screen:
    items: list[tuple[str, Handler]] = [
        ("Select all", app.choose_all),
        ("Copy to…", partial(app.carry, "copy")),
        ("Move to…", partial(app.carry, "move")),
    ]
    if len(app.chosen) == 1:
        items += [("Rename", partial(app.ask, "rename")), ("Get info", partial(app.ask, "info"))]
    return Screen(
        f"{len(app.chosen)} selected",
        body,
        name=app.activity,
        nav="close",
        on_nav=app.calm,
        actions=[
            IconButton("delete", label="Delete", on_tap=partial(app.ask, "delete"), id="action_menu_delete"),
            IconButton("dots-vertical", label="More options", on_tap=app.open_menu, id="more"),
        ],
        menu=Menu(items, on_dismiss=app.close) if app.menu_open else None,
        dialog=dialog(app),
        scroll_key=f"{app.collection}{app.path}",
    )


def file_row(app: Files, number: int, row: Entry) -> ListItem:
    tap = partial(app.toggle, row.path) if app.chosen else partial(app.open, row)
    when = date_text(row.modified, app.device.now())
    return ListItem(
        row.name,
        when if row.folder else f"{when}, {size_text(row.size)}, {row.kind}",
        leading=Icon("check-circle" if row.path in app.chosen else row.icon, color="primary"),
        on_tap=tap,
        on_long_press=None if app.transfer else partial(app.toggle, row.path),
        selected=row.path in app.chosen,
        enabled=row.folder or not app.transfer,
        id=f"row_{number}",
    )


def crumbs(app: Files) -> Line:
    parts = [STORAGE, *ancestors(app)]
    return Line(
        [
            Chip(STORAGE_NAME if p == STORAGE else posixpath.basename(p), p == app.path, partial(app.go, p))
            for p in parts[-3:]
        ],
        spread=False,
    )


def ancestors(app: Files) -> list[str]:
    below = app.path.removeprefix(STORAGE).strip("/")
    names = below.split("/") if below else []
    return [f"{STORAGE}/{'/'.join(names[: i + 1])}" for i in range(len(names))]


def title(app: Files) -> str:
    if app.collection:
        return app.collection
    named = {STORAGE: STORAGE_NAME, DOWNLOADS: "Downloads"}
    return named.get(app.path, posixpath.basename(app.path))


def search(app: Files) -> Screen:
    body: list[Widget] = [
        TextField(app.query, app.set_query, hint="Search this phone", autofocus=True, id="search_src_text")
    ]
    if app.query:
        hits = app.rows()
        body += [file_row(app, n, row) for n, row in enumerate(hits)]
        if not hits:
            body.append(Text("No matches on this phone", align="center", color="on_surface_variant", id="message"))
    if app.chosen:
        return selection(app, body, [])
    return Screen("Search", body, name=app.activity, nav="back", scroll_key="search")


def reader(app: Files) -> Screen:
    text = app.device.files.read_text(app.reading)[:20_000]
    return Screen(
        posixpath.basename(app.reading),
        [Text(text or "(empty file)", id="content")],
        name="com.android.htmlviewer.HTMLViewerActivity",
        nav="back",
        scroll_key=f"read {app.reading}",
    )


def transfer_bar(app: Files) -> Line:
    verb = app.transfer.capitalize()
    return Line(
        [
            Button("Cancel", app.end_transfer, kind="text", id="button_cancel"),
            Button(verb, app.transfer_here, kind="filled", id="button_pick"),
        ]
    )


def dialog(app: Files) -> Dialog | None:
    match app.asking:
        case "":
            return None
        case "sort":
            radios: list[Widget] = [
                ListItem(text, leading=Radio(app.order == order), on_tap=partial(app.sort, order))
                for order, text in ORDERS.items()
            ]
            return Dialog("Sort by", radios, [cancel_button(app)], on_dismiss=app.close)
        case "info":
            return info(app)
        case "delete":
            one = posixpath.basename(next(iter(app.chosen), ""))
            what = f"“{one}”" if len(app.chosen) == 1 else f"{len(app.chosen)} items"
            return Dialog(
                body=[Text(f"Delete {what}?")],
                buttons=[cancel_button(app), Button("OK", app.delete, kind="text", id="button1")],
                on_dismiss=app.close,
            )
        case "rename" | "folder":
            title = "Rename" if app.asking == "rename" else "New folder"
            done = app.rename if app.asking == "rename" else app.make_folder
            box = TextField(app.typed, app.set_typed, hint="Name", on_submit=done, autofocus=True, id="text1")
            buttons = [cancel_button(app), Button("OK", done, kind="text", id="button1")]
            return Dialog(title, [box], buttons, on_dismiss=app.close)


def info(app: Files) -> Dialog:
    row = entry(app.device.files, next(iter(app.chosen)))
    facts: list[Widget] = [
        Text(f"Type: {row.kind}"),
        Text(f"Modified: {row.modified:%b} {row.modified.day}, {row.modified:%Y %H:%M}"),
        Text(f"Path: {row.path}"),
    ]
    if row.folder:
        facts.insert(1, Text(f"Items: {len(entries(app.device.files, row.path))}"))
    else:
        facts.insert(1, Text(f"Size: {size_text(row.size)} ({row.size:,} bytes)"))
    return Dialog(row.name, facts, [Button("OK", app.close, kind="text", id="button1")], on_dismiss=app.close)


def cancel_button(app: Files) -> Button:
    return Button("Cancel", app.close, kind="text", id="button2")
