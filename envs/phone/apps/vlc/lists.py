"""VLC's lists: its tabs, folders, playlists and the search."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from envs.phone.apps.playback import clock
from envs.phone.apps.vlc.store import AUDIO, STORAGE, VIDEO, Media
from envs.phone.ui import (
    BottomBar,
    Button,
    Divider,
    Handler,
    Header,
    Icon,
    IconButton,
    ListItem,
    Screen,
    Text,
    TextField,
    Widget,
)

if TYPE_CHECKING:
    from envs.phone.apps.vlc.main import Vlc

TABS = [
    ("movie", "Video"),
    ("music-note", "Audio"),
    ("folder", "Browse"),
    ("playlist-play", "Playlists"),
    ("dots-horizontal", "More"),
]
VIDEO_TAB, AUDIO_TAB, BROWSE_TAB, PLAYLISTS_TAB, MORE_TAB = range(len(TABS))
INTERNAL = "Internal memory"
FAVORITES = {"Movies": "Movies", "Music": "Music", "Podcasts": "Podcasts", "Download": "Download"}
"""What Browse offers beside the storage: name -> folder."""


def listing(app: Vlc) -> Screen:
    """The list in front, with the bars around it."""
    title, body, media = _content(app)
    inner = bool(app.views) or app.query is not None
    if not body:
        body = [
            Text("No media found", align="center", color="on_surface_variant"),
            Button("Refresh", app.refresh, kind="text"),
        ]
    if app.selected:
        title, actions = f"{len(app.selected)} selected", _selection(app, media)
    else:
        actions = _actions(app)
    return Screen(
        title,
        body,
        app.activity,
        nav="close" if app.selected else "back" if inner else "none",
        actions=actions,
        footer=_mini_player(app),
        bottom=BottomBar(TABS, app.tab, app.show_tab) if app.query is None and not app.selected else None,
        scroll_key=f"vlc {app.tab} {app.views} {app.query is None}",
    )


def _actions(app: Vlc) -> list[IconButton]:
    if app.query is not None:
        return []
    if app.views and app.views[-1][0] == "playlist":
        playlist = int(app.views[-1][1])
        return [
            IconButton("play", partial(app.play, app.store.in_playlist(playlist)), label="Play all"),
            IconButton("dots-vertical", partial(app.open_playlist_menu, playlist), label="More options"),
        ]
    return [
        IconButton("magnify", app.start_search, label="Search"),
        IconButton("dots-vertical", partial(app.open_menu, [("Refresh", app.refresh)]), label="More options"),
    ]


def _content(app: Vlc) -> tuple[str, list[Widget], Sequence[Media]]:
    """Title, rows, and the media that can be selected."""
    store = app.store
    if app.views:
        kind, key = app.views[-1]
        if kind == "folder":
            return _folder(app, key)
        if kind == "playlist":
            media = store.in_playlist(int(key))
            empty: list[Widget] = [Text("This playlist is empty", align="center", color="on_surface_variant")]
            return store.playlists().get(int(key), "Playlist"), rows(app, media, _title) or empty, media
        media = store.history()
        return "History", rows(app, media, _title), media
    if app.query is not None:
        return _found(app, app.query)
    if app.tab == BROWSE_TAB:
        return "VLC", _roots(app), ()
    if app.tab == PLAYLISTS_TAB:
        return "VLC", _playlists(app) or [Text("No playlists", align="center", color="on_surface_variant")], ()
    if app.tab == MORE_TAB:
        row = ListItem("History", leading=Icon("history"), on_tap=partial(app.show, "history", ""))
        version = ListItem("About", "VLC for Android 3.5.4", leading=Icon("information-outline"))
        return "VLC", [row, version], ()
    media = store.media(VIDEO if app.tab == VIDEO_TAB else AUDIO)
    return "VLC", rows(app, media, _title), media


def _title(media: Media) -> str:
    return media.title


def _file_name(media: Media) -> str:
    return media.file_name


def rows(app: Vlc, media: Sequence[Media], name: Callable[[Media], str]) -> list[Widget]:
    """A tap plays from there on; a long press selects."""
    return [
        ListItem(
            name(one),
            clock(one.duration_ms),
            leading=Icon(
                "check-circle" if at in app.selected else "movie" if one.type == VIDEO else "music-note",
                color="primary" if at in app.selected else "on_surface_variant",
            ),
            trailing=None if app.selected else _more(app, name(one), partial(_open_menu, app, one)),
            on_tap=partial(app.play, media, at),
            on_long_press=partial(app.select, at),
            selected=at in app.selected,
            id=f"media_{at}",
        )
        for at, one in enumerate(media)
    ]


def _open_menu(app: Vlc, media: Media) -> None:
    app.open_menu(app.items(media))


def _more(app: Vlc, name: str, open: Handler) -> IconButton:
    return IconButton("dots-vertical", open, label=f"More options for {name}")


def _selection(app: Vlc, media: Sequence[Media]) -> list[IconButton]:
    chosen = [media[at] for at in app.selected if at < len(media)]
    items: list[tuple[str, Handler]] = [
        ("Select all", partial(app.select_all, len(media))),
        ("Delete", partial(app.ask_delete, chosen)),
    ]
    if app.views and app.views[-1][0] == "playlist":
        items.insert(1, ("Remove from playlist", partial(app.remove_selected, int(app.views[-1][1]))))
    return [
        IconButton("playlist-plus", partial(app.ask_playlist, chosen), label="Add to playlist"),
        IconButton("dots-vertical", partial(app.open_menu, items), label="More options"),
    ]


def _roots(app: Vlc) -> list[Widget]:
    def row(name: str, folder: str, icon: str) -> ListItem:
        return ListItem(name, leading=Icon(icon), on_tap=partial(app.show, "folder", folder))

    favorites = [row(name, f"{STORAGE}/{folder}", "folder-star") for name, folder in FAVORITES.items()]
    return [Header("Favorites"), *favorites, Header("Storages"), row(INTERNAL, STORAGE, "cellphone")]


def _folder(app: Vlc, folder: str) -> tuple[str, list[Widget], Sequence[Media]]:
    """Folders first, then what can be played, by file name."""
    files = app.device.files
    names = files.list(folder) if files.is_dir(folder) else []
    inside = [name for name in names if not name.startswith(".") and files.is_dir(f"{folder}/{name}")]
    folders: list[Widget] = [
        ListItem(
            name,
            _count(len(app.store.in_folder(f"{folder}/{name}"))),
            leading=Icon("folder"),
            on_tap=partial(app.show, "folder", f"{folder}/{name}"),
        )
        for name in inside
    ]
    media = app.store.in_folder(folder)
    title = INTERNAL if folder == STORAGE else posixpath.basename(folder)
    return title, folders + rows(app, media, _file_name), media


def _count(media: int) -> str:
    return f"{media} media file{'' if media == 1 else 's'}" if media else ""


def _playlists(app: Vlc) -> list[Widget]:
    found = {key: app.store.in_playlist(key) for key in app.store.playlists()}
    return [
        ListItem(
            name,
            f"{len(found[key])} track{'' if len(found[key]) == 1 else 's'} • "
            f"{clock(sum(media.duration_ms for media in found[key]))}",
            leading=Icon("playlist-play"),
            trailing=_more(app, name, partial(app.open_playlist_menu, key)),
            on_tap=partial(app.show, "playlist", str(key)),
            id=f"playlist_{key}",
        )
        for key, name in app.store.playlists().items()
    ]


def _found(app: Vlc, query: str) -> tuple[str, list[Widget], Sequence[Media]]:
    """What has the text in its title."""
    needle = query.strip().casefold()
    field = TextField(query, app.set_query, hint="Search", autofocus=True, id="search_src_text")
    media = [one for kind in (VIDEO, AUDIO) for one in app.store.media(kind) if needle in one.title.casefold()]
    if not needle:
        return "Search", [field], ()
    nothing: list[Widget] = [Text("No results", align="center", color="on_surface_variant")]
    return "Search", [field, *(rows(app, media, _title) or nothing)], media


def _mini_player(app: Vlc) -> list[Widget]:
    """A bar with the song that plays behind the lists."""
    player = app.player
    if player is None:
        return []
    media = player.media[player.place()[0]]
    button = IconButton(
        "pause" if player.playing else "play", player.toggle, label="Pause" if player.playing else "Play"
    )
    row = ListItem(media.title, leading=Icon("music-circle", color="primary"), trailing=button, on_tap=player.show)
    return [Divider(), row]
