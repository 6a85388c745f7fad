"""The screens of Markor, each a function of the app's state."""

from __future__ import annotations

import posixpath
from functools import partial
from typing import TYPE_CHECKING

from envs.phone.apps.file_work import cancel_button, sort_dialog
from envs.phone.apps.listing import STORAGE, Entry, date_text, entries, entry, size_text, walk
from envs.phone.apps.markor.markdown import render
from envs.phone.apps.markor.notebook import EDITED, EDITOR, NOTEBOOK, TABS, TYPES
from envs.phone.ui import (
    BottomBar,
    Button,
    Chip,
    Dialog,
    Fab,
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
    from envs.phone.apps.markor.main import Markor


def file_list(app: Markor) -> Screen:
    rows = entries(app.device.files, app.folder, app.work.order)
    body: list[Widget] = []
    if app.folder != STORAGE:
        up = posixpath.dirname(app.folder)
        body.append(ListItem("..", up, leading=Icon("folder-upload"), on_tap=partial(app.go, up), id="go_up"))
    body += [file_row(app, row) for row in rows]
    if not rows:
        body.append(Text("This folder is empty", align="center", color="on_surface_variant"))
    title = "Markor" if app.folder == NOTEBOOK else posixpath.basename(app.folder)
    if app.work.transfer:
        verb = app.work.transfer.capitalize()
        bar = Line(
            [
                Button("Cancel", app.work.end_transfer, kind="text", id="ui__filesystem_dialog__button_cancel"),
                Button(f"{verb} here", app.work.transfer_here, id="ui__filesystem_dialog__button_ok"),
            ]
        )
        return Screen(
            f"{verb} to {title}",
            body,
            name=app.activity,
            nav="close",
            on_nav=app.work.end_transfer,
            footer=[bar],
            scroll_key=f"pick {app.folder}",
        )
    if app.work.chosen:
        return selection(app, body, rows)
    return Screen(
        title,
        body,
        name=app.activity,
        actions=[
            IconButton("magnify", label="Search", on_tap=app.start_search, id="action_search"),
            IconButton("sort", label="Sort by", on_tap=partial(app.work.ask, "sort"), id="action_sort"),
        ],
        fab=Fab("plus", label="Create a new file or folder", on_tap=app.ask_new, id="fab_add_new_item"),
        bottom=BottomBar(TABS, app.tab, app.select_tab),
        dialog=dialog(app),
        scroll_key=app.folder,
    )


def selection(app: Markor, body: list[Widget], rows: list[Entry]) -> Screen:
    work = app.work
    items: list[tuple[str, Handler]] = [
        ("Move", partial(work.carry, "move")),
        ("Copy", partial(work.carry, "copy")),
        ("Select all", partial(work.choose, {row.path for row in rows})),
    ]
    if len(work.chosen) == 1:
        items += [("Rename", partial(work.ask, "rename")), ("Info", partial(work.ask, "info"))]
    return Screen(
        f"{len(work.chosen)} selected",
        body,
        name=app.activity,
        nav="close",
        on_nav=work.calm,
        actions=[
            IconButton("delete", label="Delete", on_tap=partial(work.ask, "delete"), id="action_delete"),
            IconButton("dots-vertical", label="More options", on_tap=work.open_menu, id="more"),
        ],
        menu=Menu(items, on_dismiss=work.close) if work.menu_open else None,
        dialog=dialog(app),
        scroll_key=app.folder,
    )


def file_row(app: Markor, row: Entry) -> ListItem:
    work = app.work
    when = date_text(row.modified, app.device.now())
    chosen = row.path in work.chosen
    return ListItem(
        row.name,
        when if row.folder else f"{when}   {size_text(row.size)}",
        leading=Icon("check-circle" if chosen else row.icon, color="primary" if chosen else "on_surface_variant"),
        on_tap=partial(work.toggle, row.path) if work.chosen else partial(app.open, row),
        on_long_press=None if work.transfer else partial(work.toggle, row.path),
        selected=chosen,
        enabled=row.folder or not work.transfer,
    )


def search(app: Markor) -> Screen:
    body: list[Widget] = [
        TextField(app.query, app.set_query, hint="Search in notes", autofocus=True, id="search_query")
    ]
    if app.query:
        needle = app.query.casefold()
        hits = [row for row in walk(app.device.files, NOTEBOOK) if not row.folder and matches(app, row, needle)]
        body += [file_row(app, row) for row in hits]
        if not hits:
            body.append(Text("No results", align="center", color="on_surface_variant"))
    return Screen("Search", body, name=app.activity, nav="back", scroll_key="search")


def matches(app: Markor, row: Entry, needle: str) -> bool:
    if needle in row.name.casefold():
        return True
    return row.kind == "Text" and needle in app.read(row.path).casefold()


def document_page(app: Markor) -> Screen:
    eye = IconButton("eye", label="View mode", on_tap=app.toggle_view, id="action_preview")
    pencil = IconButton("pencil", label="Edit mode", on_tap=app.toggle_view, id="action_edit")
    save = IconButton("content-save", label="Save", on_tap=app.save_and_tell, id="action_save")
    body: list[Widget]
    if app.viewing:
        body = render(app.text) if app.document.endswith(".md") else [Text(app.text)]
        actions = [pencil]
    else:
        hint = "" if app.text else "Start typing…"
        body = [TextField(app.text, app.set_text, hint=hint, multiline=True, id=EDITOR)]
        actions = [save, eye]
    tabbed = app.tab in EDITED
    return Screen(
        TABS[app.tab][1] if tabbed else posixpath.basename(app.document),
        body,
        name=app.activity if tabbed else "net.gsantner.markor.activity.DocumentActivity",
        nav="none" if tabbed else "back",
        actions=actions,
        bottom=BottomBar(TABS, app.tab, app.select_tab) if tabbed else None,
        scroll_key=f"{app.document} {app.viewing}",
    )


def more_page(app: Markor) -> Screen:
    notes = [row for row in walk(app.device.files, NOTEBOOK) if not row.folder]
    return Screen(
        "More",
        [
            Header("Notebook"),
            ListItem("Folder", NOTEBOOK, leading=Icon("folder")),
            ListItem("Files", f"{len(notes)} in all folders", leading=Icon("file-document")),
            Header("About"),
            ListItem("Markor", "Text editor for notes and lists", leading=Icon("information")),
        ],
        name=app.activity,
        bottom=BottomBar(TABS, app.tab, app.select_tab),
        scroll_key="more",
    )


def dialog(app: Markor) -> Dialog | None:
    work = app.work
    cancel = cancel_button(work)
    match work.asking:
        case "new":
            return new_dialog(app, cancel)
        case "sort":
            return sort_dialog(work)
        case "delete":
            names = [Text(posixpath.basename(path)) for path in sorted(work.chosen)]
            ok = Button("OK", work.delete, kind="text", id="button1")
            return Dialog("Confirm delete", names[:6], [cancel, ok], on_dismiss=work.close)
        case "rename":
            box = TextField(
                work.typed, work.set_typed, hint="Name", on_submit=work.rename, autofocus=True, id="new_name"
            )
            ok = Button("OK", work.rename, kind="text", id="button1")
            return Dialog("Rename", [box], [cancel, ok], on_dismiss=work.close)
        case "info":
            row = entry(app.device.files, work.one)
            facts: list[Widget] = [
                Text(f"Location: {posixpath.dirname(row.path)}"),
                Text(f"Modified: {row.modified:%Y-%m-%d %H:%M}"),
            ]
            if not row.folder:
                facts.append(Text(f"Size: {size_text(row.size)}"))
            ok = Button("OK", work.close, kind="text", id="button1")
            return Dialog(row.name, facts, [ok], on_dismiss=work.close)
    return None


def new_dialog(app: Markor, cancel: Button) -> Dialog:
    return Dialog(
        "Create new file",
        [
            TextField(app.work.typed, app.work.set_typed, hint="Name", autofocus=True, id="new_file_dialog__name"),
            Line(
                [
                    Chip(name, app.extension == extension, partial(app.set_extension, extension))
                    for name, extension in TYPES.items()
                ],
                spread=False,
            ),
            TextField(app.extension, app.set_extension, hint="Extension", id="new_file_dialog__ext"),
        ],
        [
            Button("Folder", app.work.make_folder, kind="text", id="button3"),
            cancel,
            Button("OK", app.make_file, kind="text", id="button1"),
        ],
        on_dismiss=app.work.close,
    )
