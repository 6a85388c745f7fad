"""Solutions of the tasks in Retro Music: playlists, the playing queue, a playlist as a file."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import combinations

from agentkit.actions import Type
from agentkit.errors import EnvError
from envs.androidworld.solutions.reading import Row, all_rows, go_to
from envs.androidworld.task import AndroidWorldTask
from envs.phone import oracle
from envs.phone.device import Phone
from envs.phone.oracle import Steps

Solution = Callable[[Phone, AndroidWorldTask], Steps]
_LENGTH = re.compile(r"• (\d+):(\d\d)$")
FROM, TO = 45 * 60, 50 * 60
"""Seconds that the playlist of a certain length must take."""


def _select(phone: Phone, titles: Sequence[str]) -> Steps:
    """Select these songs in the list in front, in this order: it is that in which they are added."""
    for index, title in enumerate(titles):
        yield from go_to(phone, text=title, role="list_item")
        yield from (oracle.tap if index else oracle.long_press)(phone, text=title, role="list_item")


def _songs(phone: Phone) -> Steps:
    yield from oracle.launch("Retro Music")
    yield from oracle.tap(phone, text="Songs", role="tab")


def _fill_playlist(phone: Phone, titles: Sequence[str], name: str) -> Steps:
    yield from _select(phone, titles)
    yield from oracle.tap_label(phone, "Add to playlist")
    yield from oracle.tap_text(phone, "New playlist…")
    yield Type(name)
    yield from oracle.tap_text(phone, "OK")


def _titles(task: AndroidWorldTask) -> list[str]:
    return [file.removesuffix(".mp3") for file in task.params["files"]]


def _create(phone: Phone, task: AndroidWorldTask) -> Steps:
    yield from _songs(phone)
    yield from _fill_playlist(phone, _titles(task), task.params["playlist_name"])


def _queue(phone: Phone, task: AndroidWorldTask) -> Steps:
    yield from _songs(phone)
    yield from _select(phone, _titles(task))
    yield from oracle.tap_label(phone, "Add to playing queue")


def _save(phone: Phone, task: AndroidWorldTask) -> Steps:
    yield from _create(phone, task)
    name = task.params["playlist_name"]
    yield from oracle.tap(phone, text="Playlists", role="tab")
    yield from oracle.tap_label(phone, f"More options for {name}")
    yield from oracle.tap_text(phone, "Save as file")
    yield from oracle.tap_text(phone, "Save")


def _of_length(phone: Phone, task: AndroidWorldTask) -> Steps:
    """Read how long every song is, and take some that make the length together."""
    yield from _songs(phone)
    rows = yield from all_rows(phone, "song_")
    yield from _fill_playlist(phone, _together(list(rows.values())), task.params["playlist_name"])


def _together(rows: Sequence[Row]) -> list[str]:
    """Titles of as few songs as can be whose lengths, rounded down in the list, surely make the time."""
    lengths: dict[str, int] = {}
    for title, *others in rows:
        found = next(filter(None, map(_LENGTH.search, others)), None)
        if found is None:
            raise EnvError(f"the row of {title!r} must end with its length, got {others}")
        lengths[title] = 60 * int(found[1]) + int(found[2])
    for count in range(1, len(lengths) + 1):
        for titles in combinations(lengths, count):
            if FROM <= sum(lengths[title] for title in titles) <= TO - count:
                return list(titles)
    raise EnvError(f"some of these songs must take {FROM} to {TO} s together, got {lengths}")


SOLUTIONS: dict[str, Solution] = {
    "RetroCreatePlaylist": _create,
    "RetroPlayingQueue": _queue,
    "RetroPlaylistDuration": _of_length,
    "RetroSavePlaylist": _save,
}
