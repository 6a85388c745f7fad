"""VLC's player: the frame of the moment, or the sign of a song, over the controls."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING

from PIL import Image

from envs.phone.apps.playback import clock, play_on
from envs.phone.apps.vlc.store import VIDEO, Media
from envs.phone.ui import Icon, IconButton, Line, Picture, Screen, Slider, Spacer, Text, Widget
from envs.phone.video import Frames, can_decode

if TYPE_CHECKING:
    from envs.phone.apps.vlc.main import Vlc

STEP_MS = 10_000
"""What the buttons beside play jump."""


class Player:
    """Plays a list from one of its titles on; between two touches the place follows from the phone's clock."""

    def __init__(self, app: Vlc, media: Sequence[Media], at: int) -> None:
        self.app, self.media = app, list(media)
        self.index, self.ms = at, 0
        self.since: dt.datetime | None = None
        self.shown = True
        """False while music plays on behind the lists."""
        self._frames: tuple[str, Frames] | None = None
        self._canvas: tuple[object, Image.Image] | None = None
        self._start(at)

    def place(self) -> tuple[int, int]:
        """(index in the list, milliseconds)."""
        ms = self.ms
        if self.since is not None:
            ms += max(0, int((self.app.device.now() - self.since).total_seconds() * 1000))
        return play_on([media.duration_ms for media in self.media], self.index, ms)

    @property
    def playing(self) -> bool:
        """False at the end of the last title, too."""
        index, ms = self.place()
        return self.since is not None and (index < len(self.media) - 1 or ms < self.media[index].duration_ms)

    # What taps do

    def _start(self, index: int) -> None:
        self.index, self.ms, self.since = index, 0, self.app.device.now()
        self.app.store.count_play(self.media[index])

    def leave(self) -> bool:
        """Go behind the lists. A video stops there; False when it is over with playing."""
        index, self.ms = self.place()
        music = self.media[index].type != VIDEO and self.playing
        self.shown = self.shown and not music
        self.index, self.since = index, self.app.device.now() if music else None
        return music

    def toggle(self) -> None:
        if self.playing:
            self.index, self.ms = self.place()
            self.since = None
        else:
            index, ms = self.place()
            over = ms >= self.media[index].duration_ms
            self.index, self.ms, self.since = index, 0 if over else ms, self.app.device.now()

    def _move(self, ms: int) -> None:
        index, _ = self.place()
        playing = self.playing
        self.index, self.ms = index, max(0, min(ms, self.media[index].duration_ms))
        self.since = self.app.device.now() if playing else None

    def seek(self, share: float) -> None:
        self._move(int(share * self.media[self.place()[0]].duration_ms))

    def jump_back(self) -> None:
        self._move(self.place()[1] - STEP_MS)

    def jump_on(self) -> None:
        self._move(self.place()[1] + STEP_MS)

    def previous(self) -> None:
        self._start(max(0, self.place()[0] - 1))

    def next(self) -> None:
        self._start(min(len(self.media) - 1, self.place()[0] + 1))

    def show(self) -> None:
        self.shown = True

    # What is shown

    def screen(self) -> Screen:
        index, ms = self.place()
        media = self.media[index]
        playing = self.playing
        controls = [
            IconButton("skip-previous", self.previous, label="Previous", id="playlist_previous"),
            IconButton("rewind-10", self.jump_back, label="Rewind 10 seconds"),
            IconButton(
                "pause-circle" if playing else "play-circle",
                self.toggle,
                label="Pause" if playing else "Play",
                id="player_overlay_play",
            ),
            IconButton("fast-forward-10", self.jump_on, label="Forward 10 seconds"),
            IconButton("skip-next", self.next, label="Next", id="playlist_next"),
        ]
        share = ms / media.duration_ms if media.duration_ms else 0.0
        footer: list[Widget] = [
            Slider(share, self.seek, label="Progress", id="player_overlay_seekbar"),
            Line([
                Text(clock(ms), style="caption", id="player_overlay_time"),
                Text(clock(media.duration_ms), style="caption", align="right", id="player_overlay_length"),
            ]),
            Line(controls),
        ]  # fmt: skip
        return Screen(
            media.title,
            self._body(media, ms),
            ".gui.video.VideoPlayerActivity" if media.type == VIDEO else ".gui.audio.AudioPlayerActivity",
            nav="back",
            footer=footer,
            scroll_key="player",
        )

    def _body(self, media: Media, ms: int) -> list[Widget]:
        if media.type != VIDEO:
            return [Spacer(80), Line([Icon("music-circle", size=160, color="primary")])]
        frames = self._open(media)
        if not can_decode() or frames.video is None or not frames.video.width or not frames.video.height:
            why = "VLC cannot play this file." if can_decode() else "No decoder: this machine has no ffmpeg program."
            return [Spacer(80), Text(why, align="center", color="error")]

        def paint(width: int, height: int, scale: float) -> Image.Image:
            return self._paint(frames, ms, width, height)

        return [Picture(paint, label="Video", id="player_surface")]

    def _open(self, media: Media) -> Frames:
        files = self.app.device.files
        data = files.read(media.path) if files.is_file(media.path) else b""
        if self._frames is None or self._frames[0] != media.path or self._frames[1].data is not data:
            self._frames = media.path, Frames(data)
        return self._frames[1]

    def _paint(self, frames: Frames, ms: int, width: int, height: int) -> Image.Image:
        """The frame as large as fits, in the middle of black."""
        assert frames.video is not None
        scale = min(width / frames.video.width, height / frames.video.height)
        size = max(1, int(frames.video.width * scale)), max(1, int(frames.video.height * scale))
        last = max(0, frames.video.duration_ms - 100)  # past the last frame there is nothing to decode
        frame = frames.at(min(ms, last), *size)
        question = (id(frames), min(ms, last), width, height)
        if self._canvas is None or self._canvas[0] != question:
            canvas = Image.new("RGB", (width, height))
            if frame is not None:
                canvas.paste(frame, ((width - size[0]) // 2, (height - size[1]) // 2))
            self._canvas = question, canvas
        return self._canvas[1]
