"""The screen of a call: who, how long, and what can be done about it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from envs.phone.apps.dialer.pad import keys
from envs.phone.ui import Avatar, Button, Grid, Line, Screen, Spacer, Text, Tile, Widget

if TYPE_CHECKING:
    from envs.phone.apps.dialer.main import Call, Dialer

ACTIVITY = "com.android.incallui.InCallActivity"
GREY, BLUE = (95, 99, 104), (26, 115, 232)


def screen(app: Dialer, call: Call) -> Screen:
    name = app.name(call.number)
    body: list[Widget] = [
        Spacer(24),
        Line([Avatar(name[0].upper() if name[0].isalpha() else "#", size=72)]),
        Text(name, style="headline", align="center", id="contactgrid_contact_name"),
    ]
    if name != call.number:
        body.append(Text(call.number, align="center", color="on_surface_variant"))
    body += [Text(status(app, call), align="center", id="contactgrid_bottom_text"), Spacer(24)]
    if call.outgoing or call.answered is not None:
        body += _going_on(app, call)
    else:
        decline = partial(app.hang_up, declined=True)
        body.append(
            Line(
                [
                    Button("Decline", decline, kind="tonal", icon="phone-hangup", id="decline"),
                    Button("Answer", app.answer, icon="phone", id="answer"),
                ]
            )
        )
    return Screen("", body, name=ACTIVITY, scroll_key="call")


def status(app: Dialer, call: Call) -> str:
    if call.answered is None:
        return "Calling…" if call.outgoing else "Incoming call"
    if call.held:
        return "On hold"
    minutes, seconds = divmod(int((app.device.now() - call.answered).total_seconds()), 60)
    return f"{minutes:02d}:{seconds:02d}"


def _going_on(app: Dialer, call: Call) -> list[Widget]:
    def tile(icon: str, text: str, field: str, on: bool) -> Tile:
        switch = partial(app.change, **{field: not on})
        return Tile(icon, text, switch, color=BLUE if on else GREY, label=f"{text}, {'on' if on else 'off'}")

    def toggle_pad() -> None:
        app.pad_open = not app.pad_open

    rows: list[Widget] = []
    if app.pad_open:
        rows += [Grid(keys(lambda key: None), columns=3), Spacer(8)]
    rows += [
        Grid(
            [
                tile("microphone-off", "Mute", "muted", call.muted),
                Tile("dialpad", "Keypad", toggle_pad, color=BLUE if app.pad_open else GREY, label="Keypad"),
                tile("volume-high", "Speaker", "speaker", call.speaker),
                tile("pause", "Hold", "held", call.held),
            ],
            columns=4,
        ),
        Spacer(24),
        Line([Button("End call", app.hang_up, icon="phone-hangup", id="incall_end_call")]),
    ]
    return rows
