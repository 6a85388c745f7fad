"""Retro Music's lists: the five tabs, what they open, and the search."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from envs.phone.apps.playback import clock
from envs.phone.apps.retro.dialogs import ORDER, ORDERS
from envs.phone.apps.retro.store import Song, summary
from envs.phone.ui import (
    Avatar,
    BottomBar,
    Button,
    Divider,
    Grid,
    Handler,
    Header,
    Icon,
    IconButton,
    ListItem,
    Screen,
    Text,
    TextField,
    Tile,
    Widget,
)

if TYPE_CHECKING:
    from envs.phone.apps.retro.main import Retro

TABS = [
    ("home", "For you"),
    ("music-note", "Songs"),
    ("album", "Albums"),
    ("account", "Artists"),
    ("playlist-music", "Playlists"),
]
HOME, SONGS, ALBUMS, ARTISTS, PLAYLISTS = range(len(TABS))
SHORT = 20
"""Songs in a list of the home tab's making."""
NAMES = {"history": "History", "last_added": "Last added", "most_played": "Most played"}


def listing(app: Retro) -> Screen:
    """The list in front, with the bars around it."""
    title, body, songs, actions = _content(app)
    if app.selected:
        title, actions = str(len(app.selected)), _selection(app, songs)
    inner = bool(app.views) or app.query is not None
    if not body:
        body = [Text("No songs", align="center", color="on_surface_variant")]
    return Screen(
        title,
        body,
        app.activity,
        nav="close" if app.selected else "back" if inner else "none",
        actions=actions,
        footer=_mini_player(app),
        bottom=None if inner else BottomBar(TABS, app.tab, app.show_tab),
        scroll_key=f"retro {app.tab} {app.views[-1:]} {app.query is None}",
    )


def _content(app: Retro) -> tuple[str, list[Widget], Sequence[Song], list[IconButton]]:
    """Title, rows, the songs among them, and the bar's buttons."""
    search = IconButton("magnify", app.start_search, label="Search")
    songs = app.store.songs()
    if app.views:
        return _opened(app, songs)
    if app.query is not None:
        return _found(app, songs)
    if app.tab == HOME:
        return "Retro Music", _home(app, songs), songs, [search]
    if app.tab == PLAYLISTS:
        add = IconButton("plus", app.ask_new_playlist, label="New playlist")
        rows = _playlists(app) or [Text("No playlists", align="center", color="on_surface_variant")]
        return "Playlists", rows, (), [search, add]
    if app.tab in (ALBUMS, ARTISTS):
        kind = "album" if app.tab == ALBUMS else "artist"
        return TABS[app.tab][1], _groups(app, songs, kind), (), [search]
    songs = sorted(songs, key=ORDERS.get(app.player.preferences.text(ORDER), ORDERS["title"])[1])  # type: ignore[arg-type]
    order = IconButton("sort", app.ask_order, label="Sort order")
    return "Songs", song_rows(app, songs), songs, [search, order]


def _home(app: Retro, songs: Sequence[Song]) -> list[Widget]:
    tiles = [
        Tile("history", NAMES["history"], partial(app.show, "history"), color=(91, 104, 192)),
        Tile("clock-outline", NAMES["last_added"], partial(app.show, "last_added"), color=(0, 137, 123)),
        Tile("trending-up", NAMES["most_played"], partial(app.show, "most_played"), color=(230, 124, 34)),
        Tile("shuffle", "Shuffle", partial(shuffle_all, app, songs), color=(216, 67, 96)),
    ]
    recent = sorted(songs, key=lambda song: (-song.modified, song.title))[:5]
    return [Grid(tiles), Header("New music"), *song_rows(app, recent)]


def shuffle_all(app: Retro, songs: Sequence[Song]) -> None:
    app.player.open(songs, app.device.random.randrange(len(songs)) if songs else 0)
    app.player.shuffle()


def _playlists(app: Retro) -> list[Widget]:
    return [
        ListItem(
            name,
            summary(app.store.playlist_songs(key)),
            leading=Icon("playlist-music", color="primary"),
            trailing=_more(app, name, partial(app.open_playlist_menu, key)),
            on_tap=partial(app.show, "playlist", str(key)),
            id=f"playlist_{key}",
        )
        for key, name in app.store.playlists().items()
    ]


def _groups(app: Retro, songs: Sequence[Song], kind: str) -> list[Widget]:
    """The albums, or the artists, of these songs."""
    groups: dict[str, list[Song]] = {}
    for song in songs:
        groups.setdefault(song.album if kind == "album" else song.artist, []).append(song)
    return [
        ListItem(
            name,
            f"{groups[name][0].artist} • {len(groups[name])}" if kind == "album" else summary(groups[name]),
            leading=Icon("album", size=40) if kind == "album" else Avatar(name[0].upper()),
            trailing=_more(app, name, partial(app.open_menu, app.group_items(groups[name]))),
            on_tap=partial(app.show, "album" if kind == "album" else "artist", name),
        )
        for name in sorted(groups, key=str.casefold)
    ]


def _opened(app: Retro, songs: list[Song]) -> tuple[str, list[Widget], Sequence[Song], list[IconButton]]:
    kind, key = app.views[-1]
    actions: list[IconButton] = []
    title = NAMES.get(kind, key)
    if kind == "playlist":
        playlist = int(key)
        title, songs = app.store.playlists().get(playlist, ""), app.store.playlist_songs(playlist)
        actions = [_more(app, "", partial(app.open_playlist_menu, playlist))]
    elif kind in ("album", "artist"):
        songs = [song for song in songs if (song.album if kind == "album" else song.artist) == key]
        songs.sort(key=lambda song: (song.album, song.track) if kind == "artist" else ("", song.track))
        actions = [_more(app, "", partial(app.open_menu, app.group_items(songs)))]
    else:
        songs = {
            "history": app.store.history,
            "most_played": app.store.most_played,
            "last_added": lambda: sorted(songs, key=lambda song: (-song.modified, song.title)),
        }[kind]()[:SHORT]
    body: list[Widget] = []
    if songs:
        body = [
            Text(summary(songs), color="on_surface_variant"),
            Button("Shuffle", partial(shuffle_all, app, songs), icon="shuffle", kind="tonal"),
            *song_rows(app, songs),
        ]
    return title, body, songs, actions


def _found(app: Retro, songs: Sequence[Song]) -> tuple[str, list[Widget], Sequence[Song], list[IconButton]]:
    """Everything whose name holds the search text, under the heading of its kind."""
    field = TextField(app.query or "", app.set_query, hint="Search your library", autofocus=True, id="searchView")
    needle = (app.query or "").strip().casefold()
    body: list[Widget] = [field]
    if not needle:
        return "Search", body, (), []
    matching = [song for song in songs if needle in song.title.casefold()]
    for name, rows in (
        ("Songs", song_rows(app, matching)),
        ("Artists", _groups(app, [song for song in songs if needle in song.artist.casefold()], "artist")),
        ("Albums", _groups(app, [song for song in songs if needle in song.album.casefold()], "album")),
        ("Playlists", [row for row in _playlists(app) if needle in getattr(row, "title", "").casefold()]),
    ):
        if rows:
            body += [Header(name), *rows]
    if len(body) == 1:
        body.append(Text("No results", align="center", color="on_surface_variant"))
    return "Search", body, matching, []


def song_rows(app: Retro, songs: Sequence[Song]) -> list[Widget]:
    """A tap plays the song and those behind it; a long press selects it."""
    return [
        ListItem(
            song.title,
            f"{song.artist} • {clock(song.duration_ms)}",
            leading=Icon("check-circle" if song.id in app.selected else "music-note", color="primary"),
            trailing=None if app.selected else _more(app, song.title, partial(app.open_menu, app.song_items(song))),
            on_tap=partial(app.play, songs, index),
            on_long_press=partial(app.select, song),
            selected=song.id in app.selected,
            id=f"song_{song.id}",
        )
        for index, song in enumerate(songs)
    ]


def _more(app: Retro, name: str, open: Handler) -> IconButton:
    return IconButton("dots-vertical", open, label=f"More options for {name}" if name else "More options")


def _selection(app: Retro, songs: Sequence[Song]) -> list[IconButton]:
    chosen = app.chosen(songs)
    items: list[tuple[str, Handler]] = [
        ("Play next", partial(app.enqueue, chosen, next=True)),
        ("Select all", partial(app.select_all, songs)),
        ("Delete from device", partial(app.ask_delete, chosen)),
    ]
    if app.views and app.views[-1][0] == "playlist":
        items.insert(1, ("Remove from playlist", partial(app.remove_from_playlist, int(app.views[-1][1]), chosen)))
    return [
        IconButton("playlist-plus", partial(app.ask_playlist, chosen), label="Add to playlist"),
        IconButton("playlist-play", partial(app.enqueue, chosen), label="Add to playing queue"),
        IconButton("dots-vertical", partial(app.open_menu, items), label="More options"),
    ]


def _mini_player(app: Retro) -> list[Widget]:
    """A bar with the song that plays, or waits to."""
    queue = app.store.queue()
    if not queue:
        return []
    song = queue[app.player.place(queue)[0]]
    playing = app.player.playing
    button = IconButton("pause" if playing else "play", app.player.toggle, label="Pause" if playing else "Play")
    row = ListItem(
        f"{song.title} • {song.artist}",
        leading=Icon("album", color="primary"),
        trailing=button,
        on_tap=partial(app.show, "playing"),
        id="miniPlayerTitle",
    )
    return [Divider(), row]
