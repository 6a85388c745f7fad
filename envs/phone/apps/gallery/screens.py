"""The screens of the gallery, each a function of the app's state."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from envs.phone.apps.gallery.media import folder_name
from envs.phone.apps.gallery.pixels import decode, view
from envs.phone.apps.gallery.tiles import album_tile, picture_tile
from envs.phone.apps.listing import entry, size_text
from envs.phone.ui import (
    Button,
    Dialog,
    Grid,
    Handler,
    IconButton,
    Line,
    Menu,
    Picture,
    Screen,
    Spacer,
    Text,
    TextField,
    Widget,
)

if TYPE_CHECKING:
    from envs.phone.apps.gallery.main import Gallery
    from envs.phone.files import Files

VIEWER = ".activities.ViewPagerActivity"
FOLDER_COLUMNS, PICTURE_COLUMNS = 2, 3


def folders(app: Gallery) -> Screen:
    files, albums = app.device.files, app.albums()
    body: list[Widget] = []
    if app.query is not None:
        body.append(_search_box(app))
    body.append(
        Grid([album_tile(files, album, partial(app.open, album)) for album in albums], columns=FOLDER_COLUMNS, top=True)
    )
    if not albums:
        body += _nothing()
    items: list[tuple[str, Handler]] = [("Sort by", app.ask_order)]
    return Screen(
        "Simple Gallery",
        body,
        name=app.activity,
        actions=_actions(app),
        menu=_menu(app, items),
        dialog=_dialog(app),
        scroll_key="folders",
    )


def pictures(app: Gallery) -> Screen:
    files, rows, chosen = app.device.files, app.items(), app.chosen
    body: list[Widget] = []
    if app.query is not None:
        body.append(_search_box(app))
    tiles = [
        picture_tile(
            files,
            row,
            partial(app.toggle if chosen else app.view, row.path),
            partial(app.toggle, row.path),
            named=app.names_shown,
            ticked=row.path in chosen,
        )
        for row in rows
    ]
    body.append(Grid(tiles, columns=PICTURE_COLUMNS, top=True))
    if not rows:
        body += _nothing()
    items: list[tuple[str, Handler]] = [("Sort by", app.ask_order), ("Toggle filename visibility", app.toggle_names)]
    actions = _actions(app)
    if chosen:
        items = _acts(app, len(chosen) == 1)
        items.append(("Select all", app.choose_all))
        actions = [IconButton("delete", app.ask_delete, label="Delete", id="cab_delete"), _more(app)]
    return Screen(
        f"{len(chosen)} / {len(rows)}" if chosen else folder_name(app.folder) if app.folder else "Search",
        body,
        name=".activities.MediaActivity",
        nav="close" if chosen else "back",
        on_nav=app.let_go if chosen else None,
        actions=actions,
        menu=_menu(app, items),
        dialog=_dialog(app),
        scroll_key=f"pictures {app.folder}",
    )


def viewer(app: Gallery) -> Screen:
    row = entry(app.device.files, app.viewing)
    photo = Picture(
        lambda width, height, scale: view(
            app.device.files.read(row.path), row.kind, width, height, app.zoom, *app.centre
        ),
        on_touch=app.touch,
        on_swipe=app.swipe,
        label=row.name,
        id="photo",
    )
    if app.bare:
        return Screen("", [photo], name=VIEWER, dialog=_dialog(app), scroll_key="viewer")
    marked = app.viewing in app.favourites()
    bar = Line(
        [
            IconButton(
                "star" if marked else "star-outline",
                app.toggle_favourite,
                label="Remove from favorites" if marked else "Add to favorites",
                id="bottom_favorite",
            ),
            IconButton("information-outline", app.ask_properties, label="Properties", id="bottom_properties"),
            IconButton("pencil", app.ask_rename, label="Rename", id="bottom_rename"),
            IconButton("delete", app.ask_delete, label="Delete", id="bottom_delete"),
        ]
    )
    return Screen(
        row.name,
        [photo],
        name=VIEWER,
        nav="back",
        actions=[_more(app)],
        menu=_menu(app, _acts(app, one=True)),
        dialog=_dialog(app),
        footer=[bar],
        scroll_key="viewer",
    )


class Properties:
    """What there is to know of some files."""

    def __init__(self, files: Files, paths: Sequence[str], close: Handler) -> None:
        self._files, self._paths, self._close = files, list(paths), close

    def dialog(self) -> Dialog:
        rows = [entry(self._files, path) for path in self._paths if self._files.is_file(path)]
        facts = [("Size", size_text(sum(row.size for row in rows)))]
        if len(rows) == 1:
            [row] = rows
            facts = [("Name", row.name), ("Path", posixpath.dirname(row.path)), *facts]
            picture = decode(self._files.read(row.path)) if row.kind == "Image" else None
            if picture is not None:
                facts.append(("Resolution", f"{picture.width} x {picture.height}"))
            facts.append(("Last modified", f"{row.modified:%B} {row.modified.day}, {row.modified:%Y, %H:%M}"))
        else:
            facts = [("Items selected", str(len(rows))), *facts]
        body: list[Widget] = []
        for name, value in facts:
            body += [Text(name, style="caption", color="on_surface_variant"), Text(value)]
        return Dialog("Properties", body, [Button("OK", self._close, id="button1")], on_dismiss=self._close)


def _acts(app: Gallery, one: bool) -> list[tuple[str, Handler]]:
    acts: list[tuple[str, Handler]] = [
        ("Copy to", partial(app.ask_destination, "copy")),
        ("Move to", partial(app.ask_destination, "move")),
        ("Properties", app.ask_properties),
    ]
    return [*acts, ("Rename", app.ask_rename)] if one else acts


def _actions(app: Gallery) -> list[IconButton]:
    search = [] if app.query is not None else [IconButton("magnify", app.start_search, label="Search", id="search")]
    return [*search, _more(app)]


def _more(app: Gallery) -> IconButton:
    return IconButton("dots-vertical", app.open_menu, label="More options", id="more")


def _menu(app: Gallery, items: Sequence[tuple[str, Handler]]) -> Menu | None:
    return Menu(items, on_dismiss=app.close) if app.menu_open else None


def _dialog(app: Gallery) -> Dialog | None:
    return None if app.asking is None else app.asking.dialog()


def _search_box(app: Gallery) -> TextField:
    return TextField(app.query or "", app.search, hint="Search files", autofocus=True, id="top_toolbar_search")


def _nothing() -> list[Widget]:
    text = "No media files have been found."
    return [Spacer(48), Text(text, align="center", color="on_surface_variant", id="media_empty_text_placeholder")]
