"""Where a phone that records would be: rounds of a hilly circle at a pace that varies, known in closed form.

A phone in memory does not move. This is what its recordings say instead: the same start gives the same course, and any
moment of it costs the same to ask for.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass

CENTRE = (37.4219, -122.0840)
"""Latitude and longitude, degrees: where Google's emulator images put the phone."""
METRES_PER_DEGREE = 111_320.0


@dataclass(frozen=True, slots=True)
class Fix:
    """The course at one moment since its start; lengths in metres."""

    latitude: float
    longitude: float
    elevation: float
    distance: float
    speed: float
    """Metres per second."""
    bearing: float
    """Degrees clockwise from north."""
    gain: float
    loss: float
    """Metres climbed and descended since the start."""


class Course:
    def __init__(self, seed: int, speed: float) -> None:
        """`speed` is the mean in m/s."""
        rng = random.Random(f"course/{seed}")
        self.speed = speed
        self.round_m = rng.uniform(900, 2400)
        self.turn = rng.uniform(0, 2 * math.pi)
        """Where on the circle the course begins, as an angle."""
        self.base, self.hill = rng.uniform(5, 400), rng.uniform(2, 12)
        """Mean elevation, and how far the highest point lies above it."""
        self.waves = [(rng.uniform(0.05, 0.15), rng.uniform(45, 400), rng.uniform(0, 2 * math.pi)) for _ in range(2)]
        """Share of the speed, period in seconds and phase of what the pace varies by."""

    @property
    def top_speed(self) -> float:
        return self.speed * (1 + sum(share for share, _, _ in self.waves))

    def at(self, seconds: float) -> Fix:
        pace, distance = 1.0, seconds
        for share, period, phase in self.waves:
            turns = 2 * math.pi / period
            pace += share * math.sin(turns * seconds + phase)
            distance += share / turns * (math.cos(phase) - math.cos(turns * seconds + phase))
        distance *= self.speed
        angle = self.turn + 2 * math.pi * distance / self.round_m
        radius = self.round_m / (2 * math.pi)
        net = math.sin(angle) - math.sin(self.turn)
        total = _rise_and_fall(angle) - _rise_and_fall(self.turn)
        return Fix(
            CENTRE[0] + radius * math.cos(angle) / METRES_PER_DEGREE,
            CENTRE[1] + radius * math.sin(angle) / METRES_PER_DEGREE / math.cos(math.radians(CENTRE[0])),
            self.base + self.hill * math.sin(angle),
            distance,
            self.speed * pace,
            math.degrees(angle + math.pi / 2) % 360,
            self.hill * (total + net) / 2,
            self.hill * (total - net) / 2,
        )


def _rise_and_fall(angle: float) -> float:
    """All that sine rises and falls from 0 to `angle`."""
    halves = math.floor(angle / math.pi + 0.5)
    return 2 * halves + (-1) ** halves * math.sin(angle)
