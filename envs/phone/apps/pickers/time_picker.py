"""Material's time picker in its keyboard form."""

from __future__ import annotations

from collections.abc import Callable

from envs.phone.ui import Button, Chip, Column, Dialog, Line, Text, TextField, Widget


def time_text(hour: int, minute: int, *, full_day: bool) -> str:
    """ "7:05 AM", or "07:05" in the 24-hour format."""
    if full_day:
        return f"{hour:02d}:{minute:02d}"
    return f"{(hour - 1) % 12 + 1}:{minute:02d} {'AM' if hour < 12 else 'PM'}"


class TimePicker:
    """The time dialog in its keyboard form. An empty field keeps what its hint shows."""

    def __init__(
        self, hour: int, minute: int, full_day: bool, done: Callable[[int, int], None], close: Callable[[], None]
    ):
        self.start = (hour, minute)
        self.full_day = full_day
        self.afternoon = hour >= 12
        self.hour_text = ""
        self.minute_text = ""
        self.done = done
        self.close = close

    def chosen(self) -> tuple[int, int] | None:
        """Hour 0..23 and minute; None while the fields hold no time."""
        hour, minute = self.start
        if self.minute_text:
            minute = int(self.minute_text) if self.minute_text.isdecimal() else 60
        if self.full_day:
            if self.hour_text:
                hour = int(self.hour_text) if self.hour_text.isdecimal() else 24
        else:
            half = (hour - 1) % 12 + 1
            if self.hour_text:
                half = int(self.hour_text) if self.hour_text.isdecimal() else 0
            if not 1 <= half <= 12:
                return None
            hour = half % 12 + 12 * self.afternoon
        return (hour, minute) if 0 <= hour <= 23 and 0 <= minute <= 59 else None

    def confirm(self) -> None:
        chosen = self.chosen()
        if chosen is not None:
            self.close()
            self.done(*chosen)

    def dialog(self) -> Dialog:
        hour, minute = self.start
        hint = f"{hour:02d}" if self.full_day else str((hour - 1) % 12 + 1)
        fields: list[Widget] = [
            self._field("hour", hint, "Hour", self.hour_text, autofocus=True),
            self._field("minute", f"{minute:02d}", "Minute", self.minute_text),
        ]
        names = (Text("Hour", style="caption"), Text("Minute", style="caption"))
        body: list[Widget] = [Line([Column([f, n], padding=0) for f, n in zip(fields, names, strict=True)])]
        if not self.full_day:
            body.append(
                Line(
                    [
                        Chip("AM", not self.afternoon, lambda: setattr(self, "afternoon", False), id="period_am"),
                        Chip("PM", self.afternoon, lambda: setattr(self, "afternoon", True), id="period_pm"),
                    ],
                    spread=False,
                )
            )
        if self.chosen() is None:
            body.append(Column([Text("Enter a valid time", color="error", style="caption")], padding=0))
        return Dialog(
            "Enter time",
            body,
            [
                Button("Cancel", on_tap=self.close, kind="text"),
                Button("OK", on_tap=self.confirm, kind="text", enabled=self.chosen() is not None),
            ],
            on_dismiss=self.close,
        )

    def _field(self, name: str, hint: str, label: str, value: str, *, autofocus: bool = False) -> TextField:
        return TextField(
            id=f"{name}_text_input",
            hint=hint,
            label=label,
            value=value,
            on_change=lambda text: setattr(self, f"{name}_text", text.strip()[:2]),
            on_submit=self.confirm,
            keyboard="number",
            autofocus=autofocus,
        )
