"""The screens of Audio Recorder, each a function of the app's state."""

from __future__ import annotations

from functools import lru_cache, partial
from typing import TYPE_CHECKING

from PIL import Image

from envs.phone.apps.epoch import day_text
from envs.phone.apps.listing import size_text
from envs.phone.apps.recorder.records import FORMATS, Record, clock_text
from envs.phone.ui import (
    Button,
    Chip,
    Column,
    Dialog,
    Header,
    Icon,
    IconButton,
    Line,
    ListItem,
    Menu,
    Picture,
    Screen,
    Spacer,
    Switch,
    Text,
    Widget,
)

if TYPE_CHECKING:
    from envs.phone.apps.recorder.main import AudioRecorder

GROUND, WAVE, CURSOR = (38, 50, 56), (128, 222, 234), (255, 82, 82)
SHOWN_S = 12
"""Seconds on the width of the waveform."""


def welcome(app: AudioRecorder) -> Screen:
    body: list[Widget] = [
        Spacer(72),
        Line([Icon("microphone", size=96, color="primary")]),
        Spacer(24),
        Text("Welcome to Audio Recorder", style="headline", align="center"),
        Text("Record, play and share sound. No ads, no limits.", align="center", color="on_surface_variant"),
        Spacer(48),
        Line([Button("Get started", partial(app.show, "setup"), id="btn_action")]),
    ]
    return Screen("", body, name=app.activity, scroll_key="welcome")


def setup(app: AudioRecorder) -> Screen:
    chips = [
        Chip(name, extension == app.format, partial(app.set_format, extension)) for extension, name in FORMATS.items()
    ]
    body: list[Widget] = [
        Text("You can change this later in the settings.", color="on_surface_variant"),
        Header("Recording format"),
        Column([Line(chips, spread=False)], padding=16),
        Text(_about(app.format), color="on_surface_variant", id="setting_info"),
        Spacer(32),
        Line([Button("Apply", app.apply, id="btn_apply")]),
    ]
    return Screen("Setup", body, name=".app.setup.SetupActivity", nav="back", scroll_key="setup")


def _about(extension: str) -> str:
    if extension == "m4a":
        return "M4A: good quality in small files, which most players know."
    return "WAV: sound without loss, in large files."


def main(app: AudioRecorder) -> Screen:
    recording, record = app.recording, app.active_record()
    seconds = recording.seconds(app.now()) if recording.begun else app.position_s()
    tenths = int(10 * seconds)
    length = seconds if recording.begun else record.seconds if record else 0.0
    body: list[Widget] = [
        Picture(
            lambda width, height, scale: _waveform(width, height, tenths, int(10 * length)),
            height=180,
            label="Waveform",
        ),
        Spacer(16),
        Text(clock_text(seconds), style="display", align="center", id="txt_progress"),
    ]
    if recording.begun:
        state = "Recording" if recording.runs else "Paused"
        body.append(Text(state, align="center", color="error", id="txt_recording_state"))
    elif record is not None:
        body.append(Text(record.name, style="title", align="center", id="txt_name"))
        detail = f"{clock_text(record.seconds)} • {size_text(record.entry.size)} • {record.format}"
        body.append(Text(detail, align="center", color="on_surface_variant", id="txt_record_info"))
        body.append(Line([_play_button(app)]))
    else:
        body.append(Text("No records yet", align="center", color="on_surface_variant", id="txt_empty"))
    return Screen(
        "Audio Recorder",
        body,
        name=".app.main.MainActivity",
        actions=[]
        if recording.begun
        else [IconButton("cog", partial(app.show, "settings"), label="Settings", id="btn_settings")],
        footer=_controls(app),
        dialog=_dialog(app),
        scroll_key="main",
    )


def _play_button(app: AudioRecorder) -> IconButton:
    if app.plays():
        return IconButton("pause", app.pause_playing, label="Pause", id="btn_play")
    return IconButton("play", app.play, label="Play", id="btn_play")


def _controls(app: AudioRecorder) -> list[Widget]:
    if not app.recording.begun:
        return [
            Line(
                [
                    IconButton("format-list-bulleted", partial(app.show, "records"), label="Records", id="btn_list"),
                    IconButton("record-circle", app.record, label="Start recording", id="btn_record"),
                ]
            )
        ]
    if app.recording.runs:
        middle = IconButton("pause", app.pause_recording, label="Pause recording", id="btn_record")
    else:
        middle = IconButton("record-circle", app.record, label="Resume recording", id="btn_record")
    return [
        Line(
            [
                IconButton("delete", app.ask_discard, label="Delete recording", id="btn_record_delete"),
                middle,
                IconButton("stop", app.stop_recording, label="Stop recording", id="btn_record_stop"),
            ]
        )
    ]


@lru_cache(maxsize=32)
def _waveform(width: int, height: int, at: int, end: int) -> Image.Image:
    """Tenths of a second from the middle, where the cursor is, to both sides; quiet, so every bar is low."""
    image = Image.new("RGB", (width, height), GROUND)
    step = width / (10 * SHOWN_S)
    bar, low = max(1, round(step / 2)), max(1, height // 60)
    for tenth in range(max(0, at - 5 * SHOWN_S), min(end, at + 5 * SHOWN_S)):
        x = round(width / 2 + (tenth - at) * step)
        image.paste(WAVE, (x, height // 2 - low * (1 + tenth % 3), x + bar, height // 2 + low * (1 + tenth % 3)))
    image.paste(CURSOR, (width // 2 - bar // 2, 0, width // 2 - bar // 2 + bar, height))
    return image


def listing(app: AudioRecorder) -> Screen:
    rows: list[Widget] = []
    unfolded: Record | None = None
    day = ""
    for record in app.records():
        if record.path == app.unfolded:
            unfolded = record
        when = day_text(record.entry.modified.date(), app.now().date())
        if when != day:
            day = when
            rows.append(Header(day))
        rows.append(_row(app, record))
    items = (
        []
        if unfolded is None
        else [
            ("Rename", partial(app.ask_name, unfolded)),
            ("Information", partial(app.ask_information, unfolded)),
            ("Delete", partial(app.ask_delete, unfolded)),
        ]
    )
    return Screen(
        "Records",
        rows or [Spacer(64), Text("No records yet", align="center", color="on_surface_variant", id="txt_empty")],
        name=".app.records.RecordsActivity",
        nav="back",
        menu=Menu(items, on_dismiss=app.close) if items else None,
        dialog=_dialog(app),
        scroll_key="records",
    )


def _row(app: AudioRecorder, record: Record) -> ListItem:
    playing = record.path == app.active and app.plays()
    return ListItem(
        record.name,
        f"{clock_text(record.seconds)} • {size_text(record.entry.size)} • {record.format}",
        leading=Icon("pause" if playing else "play", color="primary"),
        trailing=IconButton("dots-vertical", partial(app.unfold, record), label=f"Options of {record.name}"),
        on_tap=app.pause_playing if playing else partial(app.choose, record),
        selected=record.path == app.active,
    )


def settings(app: AudioRecorder) -> Screen:
    rows: list[Widget] = [
        ListItem(
            "Ask for a name when recording ends",
            leading=Icon("pencil"),
            trailing=Switch(app.asks_name, app.toggle_asks_name, id="switch_ask_new_name"),
        ),
        ListItem("Recording format", FORMATS[app.format], leading=Icon("microphone"), on_tap=app.ask_format),
        ListItem("Records", str(len(app.records())), leading=Icon("music-note")),
    ]
    return Screen(
        "Settings", rows, name=".app.settings.SettingsActivity", nav="back", dialog=_dialog(app), scroll_key="settings"
    )


def _dialog(app: AudioRecorder) -> Dialog | None:
    return None if app.asking is None else app.asking.dialog()
