"""The screens of Files, each a function of the app's state."""

from __future__ import annotations

import posixpath
from functools import partial
from typing import TYPE_CHECKING

from envs.phone.apps.file_work import cancel_button, sort_dialog
from envs.phone.apps.files.roots import COLLECTIONS, DOWNLOADS
from envs.phone.apps.listing import STORAGE, STORAGE_NAME, Entry, date_text, entries, entry, size_text
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
        if not app.work.transfer
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
    if app.work.chosen:
        return selection(app, body, rows)
    actions = [
        IconButton("magnify", label="Search", on_tap=app.start_search, id="option_menu_search"),
        IconButton("dots-vertical", label="More options", on_tap=app.work.open_menu, id="more"),
    ]
    items: list[tuple[str, Handler]] = [("Sort by…", partial(app.work.ask, "sort"))]
    if not app.collection:
        items.insert(0, ("New folder", partial(app.work.ask, "folder")))
        items.append(("Select all", app.choose_all))
    return Screen(
        title(app),
        body,
        name=app.activity,
        nav="menu",
        on_nav=app.open_drawer,
        actions=actions,
        menu=Menu(items, on_dismiss=app.work.close) if app.work.menu_open else None,
        dialog=dialog(app),
        footer=[transfer_bar(app)] if app.work.transfer else [],
        scroll_key=f"{app.collection}{app.path}",
    )


def selection(app: Files, body: list[Widget], rows: list[Entry]) -> Screen:
    work = app.work
    items: list[tuple[str, Handler]] = [
        ("Select all", app.choose_all),
        ("Copy to…", partial(app.carry, "copy")),
        ("Move to…", partial(app.carry, "move")),
    ]
    if len(work.chosen) == 1:
        items += [("Rename", partial(work.ask, "rename")), ("Get info", partial(work.ask, "info"))]
    return Screen(
        f"{len(work.chosen)} selected",
        body,
        name=app.activity,
        nav="close",
        on_nav=work.calm,
        actions=[
            IconButton("delete", label="Delete", on_tap=partial(work.ask, "delete"), id="action_menu_delete"),
            IconButton("dots-vertical", label="More options", on_tap=work.open_menu, id="more"),
        ],
        menu=Menu(items, on_dismiss=work.close) if work.menu_open else None,
        dialog=dialog(app),
        scroll_key=f"{app.collection}{app.path}",
    )


def file_row(app: Files, number: int, row: Entry) -> ListItem:
    work = app.work
    tap = partial(work.toggle, row.path) if work.chosen else partial(app.open, row)
    when = date_text(row.modified, app.device.now())
    return ListItem(
        row.name,
        when if row.folder else f"{when}, {size_text(row.size)}, {row.kind}",
        leading=Icon("check-circle" if row.path in work.chosen else row.icon, color="primary"),
        on_tap=tap,
        on_long_press=None if work.transfer else partial(work.toggle, row.path),
        selected=row.path in work.chosen,
        enabled=row.folder or not work.transfer,
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
    if app.work.chosen:
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
    verb = app.work.transfer.capitalize()
    return Line(
        [
            Button("Cancel", app.work.end_transfer, kind="text", id="button_cancel"),
            Button(verb, app.work.transfer_here, kind="filled", id="button_pick"),
        ]
    )


def dialog(app: Files) -> Dialog | None:
    work = app.work
    match work.asking:
        case "sort":
            return sort_dialog(work)
        case "info":
            return info(app)
        case "delete":
            one = posixpath.basename(work.one)
            what = f"“{one}”" if len(work.chosen) == 1 else f"{len(work.chosen)} items"
            return Dialog(
                body=[Text(f"Delete {what}?")],
                buttons=[cancel_button(work), Button("OK", work.delete, kind="text", id="button1")],
                on_dismiss=work.close,
            )
        case "rename" | "folder":
            title = "Rename" if work.asking == "rename" else "New folder"
            done = work.rename if work.asking == "rename" else work.make_folder
            box = TextField(work.typed, work.set_typed, hint="Name", on_submit=done, autofocus=True, id="text1")
            buttons = [cancel_button(work), Button("OK", done, kind="text", id="button1")]
            return Dialog(title, [box], buttons, on_dismiss=work.close)
    return None


def info(app: Files) -> Dialog:
    row = entry(app.device.files, app.work.one)
    facts: list[Widget] = [
        Text(f"Type: {row.kind}"),
        Text(f"Modified: {row.modified:%b} {row.modified.day}, {row.modified:%Y %H:%M}"),
        Text(f"Path: {row.path}"),
    ]
    if row.folder:
        facts.insert(1, Text(f"Items: {len(entries(app.device.files, row.path))}"))
    else:
        facts.insert(1, Text(f"Size: {size_text(row.size)} ({row.size:,} bytes)"))
    return Dialog(row.name, facts, [Button("OK", app.work.close, kind="text", id="button1")], on_dismiss=app.work.close)
