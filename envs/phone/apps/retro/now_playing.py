"""Retro Music's player: the song in front with its controls, and the queue behind it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from envs.phone.apps.playback import clock
from envs.phone.apps.retro.player import REPEAT
from envs.phone.apps.retro.store import summary
from envs.phone.ui import Handler, Icon, IconButton, Line, ListItem, Screen, Slider, Spacer, Text, Widget

if TYPE_CHECKING:
    from envs.phone.apps.retro.main import MenuItems, Retro

_REPEAT_ICONS = dict(zip(REPEAT, ("repeat-off", "repeat", "repeat-once"), strict=True))


def playing(app: Retro) -> Screen:
    songs, player = app.store.queue(), app.player
    more: MenuItems = [("Save playing queue", app.save_queue), ("Clear playing queue", app.clear_queue)]
    if not songs:
        body: list[Widget] = [Text("No songs in the playing queue", align="center", color="on_surface_variant")]
        return Screen("Now playing", body, app.activity, nav="back", scroll_key="now playing")
    index, ms = player.place(songs)
    song = songs[index]
    heart = app.store.is_favorite(song)
    controls = [
        IconButton(_REPEAT_ICONS[player.repeat], player.next_repeat, label=f"Repeat: {player.repeat}"),
        IconButton("skip-previous", partial(player.skip, -1), label="Previous"),
        IconButton(
            "pause-circle" if player.playing else "play-circle",
            player.toggle,
            label="Pause" if player.playing else "Play",
            id="playPauseButton",
        ),
        IconButton("skip-next", partial(player.skip, 1), label="Next"),
        IconButton("shuffle" if player.shuffled else "shuffle-disabled", player.shuffle, label="Shuffle"),
    ]
    body = [
        Spacer(24),
        Line([Icon("album", size=200, color="primary")]),
        Spacer(24),
        Text(song.title, style="headline", align="center", lines=2),
        Text(song.artist, align="center", color="on_surface_variant", lines=1),
        Slider(ms / song.duration_ms if song.duration_ms else 0.0, player.seek, label="Progress", id="progressSlider"),
        Line([
            Text(clock(ms), style="caption", id="songCurrentProgress"),
            Text(clock(song.duration_ms), style="caption", align="right", id="songTotalTime"),
        ]),
        Line(controls),
    ]  # fmt: skip
    return Screen(
        "Now playing",
        body,
        app.activity,
        nav="back",
        actions=[
            IconButton(
                "heart" if heart else "heart-outline",
                partial(app.store.toggle_favorite, song),
                label="Remove from favorites" if heart else "Add to favorites",
            ),
            IconButton("playlist-music", partial(app.show, "queue"), label="Playing queue"),
            IconButton("dots-vertical", partial(app.open_menu, [*app.song_items(song), *more]), label="More options"),
        ],
        scroll_key="now playing",
    )


def queue(app: Retro) -> Screen:
    songs = app.store.queue()
    index, _ = app.player.place(songs)
    rows: list[Widget] = []
    for at, song in enumerate(songs):
        items: list[tuple[str, Handler]] = [("Remove from playing queue", partial(app.player.remove, at))]
        rows.append(
            ListItem(
                song.title,
                f"{song.artist} • {clock(song.duration_ms)}",
                leading=Icon("volume-high", color="primary") if at == index else Icon("music-note"),
                trailing=IconButton(
                    "dots-vertical",
                    partial(app.open_menu, [*items, *app.song_items(song)]),
                    label=f"More options for {song.title}",
                ),
                on_tap=partial(app.player.jump, at),
                id=f"queued_{at}",
            )
        )
    if not rows:
        rows = [Text("No songs in the playing queue", align="center", color="on_surface_variant")]
    return Screen(
        "Playing queue",
        rows,
        app.activity,
        nav="back",
        subtitle=f"Up next • {summary(songs[index + 1 :])}" if songs else "",
        actions=[
            IconButton("content-save", app.save_queue, label="Save playing queue"),
            IconButton("playlist-remove", app.clear_queue, label="Clear playing queue"),
        ],
        scroll_key="queue",
    )
