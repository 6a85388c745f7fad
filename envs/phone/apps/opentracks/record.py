"""One track as its row has it, and what a recording adds to it while the phone's clock goes on."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from envs.phone.apps.epoch import from_ms
from envs.phone.apps.opentracks.course import Course, Fix
from envs.phone.apps.opentracks.units import usual_speed

POINT_S = 10
"""Seconds between two stored points of a recording."""
POINTS = 1000
"""Most points stored of one recording; a longer one has them further apart."""


@dataclass(frozen=True, slots=True)
class Track:
    name: str
    description: str
    category: str
    start_ms: int
    stop_ms: int
    distance: float
    """Metres, as every length here."""
    total_ms: int
    moving_ms: int
    max_speed: float
    """Metres per second."""
    gain: float
    loss: float
    id: int

    @property
    def start(self) -> dt.datetime:
        return from_ms(self.start_ms)

    @property
    def speed(self) -> float:
        """Mean speed in m/s; what the table says of it is not used, as OpenTracks computes it anew, too."""
        return self.distance / (self.total_ms / 1000) if self.total_ms > 0 else 0.0

    @property
    def moving_speed(self) -> float:
        return self.distance / (self.moving_ms / 1000) if self.moving_ms > 0 else 0.0


def went_on(track: Track, ms: int) -> Track:
    """The track after `ms` more of recording."""
    if ms <= 0:
        return track
    course, total = _course(track), track.total_ms + ms
    before, after = course.at(track.total_ms / 1000), course.at(total / 1000)
    return replace(
        track,
        stop_ms=track.stop_ms + ms,
        distance=track.distance + after.distance - before.distance,
        total_ms=total,
        moving_ms=track.moving_ms + ms,
        max_speed=max(track.max_speed, course.top_speed),
        gain=track.gain + after.gain - before.gain,
        loss=track.loss + after.loss - before.loss,
    )


def points(before: Track, after: Track, every_s: int = POINT_S) -> list[tuple[int, Fix]]:
    """(milliseconds since 1970, where) along what `after` has more than `before`, the beginning included."""
    course, length = _course(after), after.total_ms - before.total_ms
    step = max(1000 * every_s, -(-length // POINTS))
    return [
        (after.stop_ms - length + since, course.at((before.total_ms + since) / 1000))
        for since in range(0, length + 1, step)
    ]


def _course(track: Track) -> Course:
    return Course(track.start_ms, usual_speed(track.category))
