"""The Timer tab (keypad and running timers) and the Stopwatch tab."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from envs.phone.apps.clock.store import Stopwatch, Timer
from envs.phone.ui import Button, Card, Divider, Fab, Grid, IconButton, Line, ListItem, Spacer, Text, Widget

if TYPE_CHECKING:
    from envs.phone.apps.clock.main import Clock

KEYS = ("1", "2", "3", "4", "5", "6", "7", "8", "9", "00", "0", "backspace")


def entered(digits: str) -> tuple[int, int, int]:
    """Hours, minutes and seconds of up to six typed digits: "130" -> (0, 1, 30)."""
    padded = digits.rjust(6, "0")
    return int(padded[:2]), int(padded[2:4]), int(padded[4:])


def length_text(length_s: float) -> str:
    """How Clock names a timer: 5400 -> "1h 30m Timer"."""
    hours, rest = divmod(int(length_s), 3600)
    parts = ((hours, "h"), (rest // 60, "m"), (rest % 60, "s"))
    return " ".join(f"{n}{unit}" for n, unit in parts if n) + " Timer"


def left_text(left_s: float) -> str:
    """Remaining time: "4:59", "1:05:00", "-0:07" once it rang."""
    whole = int(abs(left_s))
    sign = "-" if left_s <= -1 else ""
    hours, minutes, secs = whole // 3600, whole // 60 % 60, whole % 60
    return f"{sign}{hours}:{minutes:02d}:{secs:02d}" if hours else f"{sign}{minutes}:{secs:02d}"


def elapsed_text(elapsed_s: float) -> str:
    """Stopwatch time with hundredths: "01:02.34", hours in front when there are any."""
    hundredths = round(elapsed_s * 100)
    minutes, rest = divmod(hundredths, 6000)
    hours, minutes = divmod(minutes, 60)
    text = f"{minutes:02d}:{rest // 100:02d}.{rest % 100:02d}"
    return f"{hours}:{text}" if hours else text


def timer_rows(app: Clock) -> list[Widget]:
    timers = app.store.timers()
    if app.keypad or not timers:
        return _keypad(app)
    return [_timer_card(app, timer) for timer in timers]


def timer_fab(app: Clock) -> Fab | None:
    timers = app.store.timers()
    if not app.keypad and timers:
        return Fab("plus", label="Add timer", on_tap=lambda: setattr(app, "keypad", True))
    hours, minutes, secs = entered(app.digits)
    length_s = hours * 3600 + minutes * 60 + secs

    def start() -> None:
        app.store.add_timer(length_s)
        app.digits, app.keypad = "", False

    return Fab("play", label="Start", on_tap=start, id="fab") if length_s else None


def _keypad(app: Clock) -> list[Widget]:
    hours, minutes, secs = entered(app.digits)

    def press(key: str) -> Callable[[], None]:
        def run() -> None:
            app.digits = app.digits[:-1] if key == "backspace" else (app.digits + key).lstrip("0")[:6]

        return run

    keys: list[Widget] = [
        IconButton("backspace-outline", press(key), id="timer_setup_delete", label="Delete last digit")
        if key == "backspace"
        else Button(key, press(key), kind="tonal", id=f"timer_setup_digit_{key}")
        for key in KEYS
    ]
    shown = Text(
        f"{hours:02d}h {minutes:02d}m {secs:02d}s",
        style="display",
        align="center",
        id="timer_setup_time",
        label=f"{hours} hours, {minutes} minutes, {secs} seconds",
        color="primary" if app.digits else "on_surface_variant",
    )
    return [Spacer(32), shown, Spacer(24), Grid(keys, columns=3)]


def _timer_card(app: Clock, timer: Timer) -> Card:
    left = timer.remaining_s(app.store.now)
    running = timer.state == "running"

    def toggle() -> None:
        app.store.change_timer(timer, state="paused" if running else "running", left_s=left)

    def reset() -> None:
        app.store.change_timer(timer, state="paused", left_s=timer.length_s)

    def delete() -> None:
        app.store.set_timers([t for t in app.store.timers() if t.id != timer.id])

    name = length_text(timer.length_s)
    second = (
        Button(
            "+1:00",
            kind="tonal",
            label="Add 1 minute to timer",
            on_tap=lambda: app.store.change_timer(timer, left_s=left + 60),
        )
        if running
        else Button("Reset", kind="tonal", label="Reset", on_tap=reset)
    )
    return Card(
        [
            ListItem(title=name, trailing=IconButton("close", label="Delete timer", on_tap=delete)),
            Text(left_text(left), style="display", align="center", id="timer_text"),
            Line(
                [
                    second,
                    Button(
                        "Pause" if running else "Start",
                        kind="filled",
                        icon="pause" if running else "play",
                        label="Pause" if running else "Start",
                        on_tap=toggle,
                    ),
                ]
            ),
        ]
    )


def stopwatch_rows(app: Clock) -> list[Widget]:
    watch, now = app.store.stopwatch(), app.store.now
    elapsed = watch.elapsed_s(now)
    rows: list[Widget] = [
        Spacer(48),
        Text(
            elapsed_text(elapsed),
            style="display",
            align="center",
            id="stopwatch_time_text",
            color="primary" if watch.running else "on_surface",
        ),
        Spacer(32),
    ]
    if elapsed or watch.running:
        buttons: list[Widget] = [
            Button(
                "Reset",
                kind="tonal",
                icon="restart",
                label="Reset",
                on_tap=lambda: app.store.set_stopwatch(Stopwatch()),
            )
        ]
        if watch.running:
            buttons.append(
                Button(
                    "Lap",
                    kind="tonal",
                    icon="timer-outline",
                    label="Lap",
                    on_tap=lambda: app.store.set_stopwatch(
                        replace(watch, laps=(*watch.laps, watch.elapsed_s(app.store.now)))
                    ),
                )
            )
        rows.append(Line(buttons))
    if watch.laps:
        rows.append(Divider())
    starts = (0.0, *watch.laps)
    for number in range(len(watch.laps), 0, -1):
        total = watch.laps[number - 1]
        rows.append(
            ListItem(
                title=f"# {number}   {elapsed_text(total - starts[number - 1])}",
                trailing=Text(elapsed_text(total), style="body"),
            )
        )
    return rows


def stopwatch_fab(app: Clock) -> Fab:
    watch = app.store.stopwatch()

    def toggle() -> None:
        now = app.store.now
        app.store.set_stopwatch(replace(watch, running=not watch.running, counted_s=watch.elapsed_s(now), since=now))

    name = "Pause" if watch.running else "Start"
    return Fab(name.lower().replace("start", "play"), label=name, on_tap=toggle, id="fab")
