"""What a phone's owner has in the calendar before anybody looks."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from envs.phone.apps.calendar.colors import COLORS
from envs.phone.apps.calendar.event import Event, EventType
from envs.phone.apps.calendar.repetition import Repetition
from envs.phone.apps.calendar.schema import REGULAR
from envs.phone.words import words

if TYPE_CHECKING:
    from envs.phone.app import Device
    from envs.phone.apps.calendar.store import Store


def fill(store: Store, device: Device) -> None:
    """A few events around today, one of which repeats, and a second event type."""
    rng = device.random
    draw = words(rng)
    other = store.save_type(EventType(0, draw.topic().capitalize(), rng.choice(COLORS)[1]))
    today = device.now().date()
    for number in range(rng.randint(6, 12)):
        day = today + dt.timedelta(rng.randint(-14, 21))
        start = dt.datetime.combine(day, dt.time(rng.randint(7, 20), rng.choice((0, 15, 30, 45))))
        title = rng.choice(
            (
                f"{draw.topic()} with {draw.first_name()}",
                f"{draw.adjective()} {draw.topic()}",
                f"{draw.verb()} the {draw.thing()}",
            )
        )
        store.save(
            Event(
                start,
                start + dt.timedelta(minutes=rng.choice((15, 30, 45, 60, 90))),
                title[:1].upper() + title[1:],
                draw.place().capitalize() if rng.random() < 0.5 else "",
                draw.sentence() if rng.random() < 0.4 else "",
                repetition=Repetition.every(rng.choice(("day", "week", "month")), day) if not number else Repetition(),
                reminders=rng.choice(((), (), (10,), (30,))),
                kind=rng.choice((REGULAR, REGULAR, other)),
            )
        )
