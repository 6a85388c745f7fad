"""The screens of one track: while it is recorded, afterwards, and the form that describes it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from envs.phone.apps.epoch import from_ms
from envs.phone.apps.opentracks.record import Track
from envs.phone.apps.opentracks.units import activity_icon, distance_text, duration_text, height_text, speed_text
from envs.phone.apps.pickers import time_text
from envs.phone.ui import (
    Button,
    Column,
    Divider,
    Fab,
    Grid,
    Handler,
    Icon,
    IconButton,
    Line,
    ListItem,
    Menu,
    Screen,
    Text,
    TextField,
    Widget,
)

if TYPE_CHECKING:
    from envs.phone.apps.opentracks.main import OpenTracks


def recording(app: OpenTracks, track: Track) -> Screen:
    imperial = app.store.imperial
    return Screen(
        track.name,
        [
            Text("Recording", style="label", color="error"),
            Text(duration_text(track.total_ms), style="display", id="stats_total_time"),
            Text(distance_text(track.distance, imperial), style="headline", id="stats_distance"),
            Divider(),
            _facts(
                ("Avg. speed", speed_text(track.speed, imperial)),
                ("Max. speed", speed_text(track.max_speed, imperial)),
                ("Elevation gain", height_text(track.gain, imperial)),
                ("Elevation loss", height_text(track.loss, imperial)),
            ),
        ],
        name=".TrackRecordingActivity",
        nav="back",
        subtitle=track.category,
        fab=Fab("stop", app.stop_recording, label="Stop", id="track_recording_fab_action"),
        scroll_key="recording",
    )


def recorded(app: OpenTracks, track: Track) -> Screen:
    imperial = app.store.imperial
    body: list[Widget] = [
        ListItem(
            track.category or "unknown", "Activity type", leading=Icon(activity_icon(track.category), color="primary")
        )
    ]
    if track.description:
        body.append(Text(track.description, color="on_surface_variant", id="track_description"))
    body += [
        Divider(),
        _facts(
            ("Distance", distance_text(track.distance, imperial)),
            ("Total time", duration_text(track.total_ms)),
            ("Avg. speed", speed_text(track.speed, imperial)),
            ("Moving time", duration_text(track.moving_ms)),
            ("Max. speed", speed_text(track.max_speed, imperial)),
            ("Avg. moving speed", speed_text(track.moving_speed, imperial)),
            ("Elevation gain", height_text(track.gain, imperial)),
            ("Elevation loss", height_text(track.loss, imperial)),
        ),
        Divider(),
        ListItem(_moment(app, track.start_ms), "Start", leading=Icon("play")),
        ListItem(_moment(app, track.stop_ms), "End", leading=Icon("flag")),
    ]
    items: list[tuple[str, Handler]] = [
        ("Resume track", app.resume),
        ("Delete", partial(app.ask_delete, {track.id})),
    ]
    return Screen(
        track.name,
        body,
        name=".TrackRecordedActivity",
        nav="back",
        actions=[
            IconButton("pencil", partial(app.edit, track), label="Edit", id="track_detail_edit"),
            IconButton("dots-vertical", app.open_menu, label="More options"),
        ],
        menu=Menu(items, on_dismiss=app.close) if app.menu_open else None,
        dialog=None if app.asking is None else app.asking.dialog(),
        scroll_key=f"track/{track.id}",
    )


def form(app: OpenTracks, track: Track) -> Screen:
    """Edits a track; after a recording it also says how the recording ends."""
    form, save = app.form, Button("Finish", app.save, id="finish_button")
    body: list[Widget] = [
        TextField(form["name"], partial(app.set_text, "name"), hint="Name", id="fields_name"),
        ListItem(
            form["category"] or "unknown",
            "Activity type",
            leading=Icon(activity_icon(form["category"])),
            on_tap=app.ask_category,
            id="fields_activity_type",
        ),
        TextField(
            form["description"],
            partial(app.set_text, "description"),
            hint="Description",
            multiline=True,
            id="fields_description",
        ),
    ]
    if app.finishing:
        length = f"{duration_text(track.total_ms)} ({distance_text(track.distance, app.store.imperial)})"
        discard = Button("Discard", app.ask_discard, kind="text", id="discard_button")
        resume = Button("Resume", app.resume, kind="text", id="resume_button")
        body = [Text(length, style="title", id="time_distance"), *body, Line([discard, resume, save], spread=False)]
    return Screen(
        "Stopped" if app.finishing else "Edit track",
        body,
        name=".TrackStoppedActivity" if app.finishing else ".TrackEditActivity",
        nav="back",
        actions=[] if app.finishing else [IconButton("check", app.save, label="Save", id="track_edit_save")],
        dialog=None if app.asking is None else app.asking.dialog(),
        scroll_key="form",
    )


def _facts(*facts: tuple[str, str]) -> Grid:
    """Names over values, two in a row."""
    cells = [
        Column([Text(name, style="caption", color="on_surface_variant"), Text(value, style="title")], padding=8)
        for name, value in facts
    ]
    return Grid(cells, columns=2)


def _moment(app: OpenTracks, stamp: int) -> str:
    when = from_ms(stamp)
    return f"{when:%a, %b} {when.day}, {when.year}, {time_text(when.hour, when.minute, full_day=app.full_day)}"
