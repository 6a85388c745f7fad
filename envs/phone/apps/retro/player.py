"""What plays: the queue, the place in it, and how the phone's clock moves that place on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from envs.phone.apps.playback import play_on
from envs.phone.apps.preferences import Preferences
from envs.phone.apps.retro.store import PACKAGE, Song, Store

if TYPE_CHECKING:
    import datetime as dt

REPEAT = ("none", "all", "this")
"""Values of the preference REPEAT_MODE."""


class Player:
    """The place is stored at every touch of a control; between two, it follows from the clock."""

    def __init__(self, store: Store) -> None:
        self.store, self.device = store, store.device
        self.preferences = Preferences(store.device.files, PACKAGE)
        self.since: dt.datetime | None = None
        """When playing began at the stored place; None while paused."""

    @property
    def playing(self) -> bool:
        return self.since is not None

    @property
    def repeat(self) -> str:
        return REPEAT[self.preferences.number("REPEAT_MODE") % len(REPEAT)]

    @property
    def shuffled(self) -> bool:
        return self.preferences.flag("SHUFFLE_MODE")

    def place(self, queue: Sequence[Song]) -> tuple[int, int]:
        """(index in the queue, milliseconds into that song); (0, 0) where nothing is queued.

        At the end of the queue playing stands still.
        """
        if not queue:
            return 0, 0
        index = min(self.preferences.number("POSITION"), len(queue) - 1)
        ms = self.preferences.number("POSITION_IN_TRACK")
        if self.since is None:
            return index, min(ms, queue[index].duration_ms)
        ms += max(0, int((self.device.now() - self.since).total_seconds() * 1000))
        repeat, whole = self.repeat, sum(song.duration_ms for song in queue)
        if repeat == "this" and queue[index].duration_ms:
            return index, ms % queue[index].duration_ms
        if repeat == "all" and whole:
            ms = (sum(song.duration_ms for song in queue[:index]) + ms) % whole
            index = 0
        return play_on([song.duration_ms for song in queue], index, ms)

    # What taps do

    def settle(self) -> tuple[list[Song], int, int]:
        """Store the place that the clock has come to: the queue, the index in it, milliseconds."""
        queue = self.store.queue()
        index, ms = self.place(queue)
        self._put(index, ms, self.playing)
        return queue, index, ms

    def _put(self, index: int, ms: int, playing: bool) -> None:
        self.preferences.put("POSITION", index)
        self.preferences.put("POSITION_IN_TRACK", ms)
        self.since = self.device.now() if playing else None

    def open(self, songs: Sequence[Song], index: int = 0) -> None:
        """Make these the queue and play one of them."""
        if songs:
            self.preferences.put("SHUFFLE_MODE", False)
            self.store.write_queue(songs)
            self.jump(index)

    def jump(self, index: int) -> None:
        """Play a song of the queue from its beginning."""
        queue = self.store.queue()
        if queue:
            self._put(index % len(queue), 0, True)
            self.store.count_play(queue[index % len(queue)])

    def skip(self, by: int) -> None:
        _, index, _ = self.settle()
        self.jump(index + by)

    def toggle(self) -> None:
        _, index, ms = self.settle()
        self._put(index, ms, not self.playing)

    def pause(self) -> None:
        if self.playing:
            self.toggle()

    def seek(self, share: float) -> None:
        queue, index, _ = self.settle()
        if queue:
            self._put(index, int(queue[index].duration_ms * share), self.playing)

    def add(self, songs: Sequence[Song], *, next: bool = False) -> None:
        """At the end of the queue, or behind the song that plays; an empty queue begins to wait at the first."""
        queue, index, _ = self.settle()
        original = self.store.queue("original_playing_queue")
        at = min(index + 1, len(queue)) if next else len(queue)
        self.store.write_queue([*queue[:at], *songs, *queue[at:]], [*original, *songs] if self.shuffled else None)

    def remove(self, at: int) -> None:
        queue, index, ms = self.settle()
        del queue[at]
        self.store.write_queue(queue)
        if at < index:
            self._put(index - 1, ms, self.playing)
        elif at == index:
            self._put(min(index, max(0, len(queue) - 1)), 0, self.playing and bool(queue))

    def clear(self) -> None:
        self.store.write_queue([])
        self._put(0, 0, False)

    def next_repeat(self) -> None:
        self.settle()
        self.preferences.put("REPEAT_MODE", (REPEAT.index(self.repeat) + 1) % len(REPEAT))

    def shuffle(self) -> None:
        """Mix what is queued behind the song that plays, or bring the order from before back."""
        queue, index, ms = self.settle()
        if not queue:
            return
        original = self.store.queue("original_playing_queue")
        if self.shuffled:
            at = original.index(queue[index]) if queue[index] in original else 0
            self.store.write_queue(original)
            self._put(at, ms, self.playing)
        else:
            others = queue[:index] + queue[index + 1 :]
            self.device.random.shuffle(others)
            self.store.write_queue([queue[index], *others], original)
            self._put(0, ms, self.playing)
        self.preferences.put("SHUFFLE_MODE", not self.shuffled)
