"""Audio Recorder (com.dimowner.audiorecorder): records, asks for a name, plays, and lists what there is.

At the first start it welcomes and asks for the format, as the real one does. A recording goes on while other apps are
in front; it is kept in memory until it is stopped, and lost when the app is.
"""

from __future__ import annotations

import datetime as dt
import posixpath
from collections.abc import Mapping
from functools import partial
from typing import Literal

from envs.phone.app import App, Device
from envs.phone.apps import carrying
from envs.phone.apps.pickers import Asking, Choice, Confirm
from envs.phone.apps.preferences import Preferences
from envs.phone.apps.recorder import screens
from envs.phone.apps.recorder.dialogs import Information, NewName
from envs.phone.apps.recorder.records import FOLDER, FORMATS, Record, records, sound
from envs.phone.apps.recorder.tape import Tape
from envs.phone.ui import Screen

Page = Literal["welcome", "setup", "main", "records", "settings"]
LONGEST_S = 600
"""Seconds kept of a recording: the phone's storage is memory."""


class AudioRecorder(App):
    package = "com.dimowner.audiorecorder"
    label = "Audio Recorder"
    icon = "microphone"
    color = (0, 131, 143)
    activity = ".app.welcome.WelcomeActivity"

    def __init__(self, device: Device) -> None:
        super().__init__(device)
        self.preferences = Preferences(device.files, self.package)
        self.stop()

    # State

    def install(self) -> None:
        self.device.files.make_dirs(FOLDER)
        self.stop()

    def stop(self) -> None:
        self.page: Page = "main" if self.preferences.flag("is_set_up") else "welcome"
        self.asking: Asking | None = None
        self.unfolded = ""
        """Path of the record whose menu is open."""
        self.active = ""
        """Path of the record that plays, or would."""
        self.recording = Tape()
        self.playing = Tape()

    def start(self, extras: Mapping[str, str]) -> None:
        if self.page == "welcome" and self.preferences.flag("is_set_up"):
            self.page = "main"

    def back(self) -> bool:
        if self.asking is not None or self.unfolded:
            self.close()
        elif self.page in ("records", "settings"):
            self.page = "main"
        elif self.page == "setup":
            self.page = "welcome"
        else:
            return False
        return True

    def records(self) -> list[Record]:
        return records(self.device.files)

    def active_record(self) -> Record | None:
        """The one to play: what was tapped, else the newest."""
        there = self.records()
        return next((r for r in there if r.path == self.active), there[0] if there else None)

    @property
    def format(self) -> str:
        """Extension of the files to come."""
        kept = self.preferences.text("recording_format")
        return kept if kept in FORMATS else "m4a"

    @property
    def asks_name(self) -> bool:
        return self.preferences.flag("ask_to_rename_after_stop_recording", True)

    def now(self) -> dt.datetime:
        return self.device.now()

    def position_s(self) -> float:
        """How far the active record has played; it stops at its end."""
        record = self.active_record()
        played = self.playing.seconds(self.now())
        return 0.0 if record is None or played >= record.seconds else played

    def plays(self) -> bool:
        record = self.active_record()
        return record is not None and self.playing.runs and self.playing.seconds(self.now()) < record.seconds

    # The screen

    def screen(self) -> Screen:
        match self.page:
            case "welcome":
                return screens.welcome(self)
            case "setup":
                return screens.setup(self)
            case "records":
                return screens.listing(self)
            case "settings":
                return screens.settings(self)
        return screens.main(self)

    # What taps do

    def show(self, page: Page) -> None:
        self.page = page
        self.close()

    def close(self) -> None:
        self.asking, self.unfolded = None, ""

    def set_format(self, extension: str) -> None:
        self.preferences.put("recording_format", extension)

    def ask_format(self) -> None:
        choices = [(name, extension) for extension, name in FORMATS.items()]
        self.asking = Choice("Recording format", choices, self.format, self.set_format, self.close)

    def toggle_asks_name(self, on: bool) -> None:
        self.preferences.put("ask_to_rename_after_stop_recording", on)

    def apply(self) -> None:
        self.preferences.put("is_set_up", True)
        self.show("main")

    def record(self) -> None:
        """Begin, or go on after a pause."""
        self.playing = Tape()
        self.recording = self.recording.run(self.now())

    def pause_recording(self) -> None:
        self.recording = self.recording.halt(self.now())

    def stop_recording(self) -> None:
        """Write the file under the next number; then its name may be changed."""
        seconds = min(LONGEST_S, self.recording.seconds(self.now()))
        self.recording = Tape()
        number = self.preferences.number("record_counter") + 1
        self.preferences.put("record_counter", number)
        files = self.device.files
        path = carrying.free_path(files, FOLDER, f"Record-{number}.{self.format}")
        files.write(path, sound(self.format, seconds))
        self.active = path
        if self.asks_name:
            self._ask_name("Save as", path)
        else:
            self.device.toast("Record saved")

    def ask_discard(self) -> None:
        self.asking = Confirm("Delete this record?", self._discard, self.close)

    def _discard(self) -> None:
        self.recording = Tape()

    def play(self) -> None:
        """Play from the beginning, or go on after a pause."""
        if not self.recording.begun:
            self.playing = (self.playing if self.position_s() else Tape()).run(self.now())

    def pause_playing(self) -> None:
        self.playing = self.playing.halt(self.now())

    def choose(self, record: Record) -> None:
        """Play it from its beginning."""
        self.active, self.playing = record.path, Tape()
        self.play()

    # What is done to a record

    def unfold(self, record: Record) -> None:
        self.unfolded = record.path

    def ask_name(self, record: Record) -> None:
        self.close()
        self._ask_name("Rename record", record.path)

    def _ask_name(self, title: str, path: str) -> None:
        stem = posixpath.splitext(posixpath.basename(path))[0]
        self.asking = NewName(title, stem, partial(self._rename, path), self.close)

    def _rename(self, path: str, stem: str) -> None:
        """The extension stays; a name that cannot be is asked for again."""
        name = stem + posixpath.splitext(path)[1]
        fault = carrying.rename(self.device.files, path, name) if self.device.files.exists(path) else "Record not found"
        if fault:
            self.device.toast(fault)
        else:
            self.active = posixpath.join(FOLDER, name)
            self.close()

    def ask_delete(self, record: Record) -> None:
        self.close()
        self.asking = Confirm(f"Delete record: {record.name}?", partial(self._delete, record.path), self.close)

    def _delete(self, path: str) -> None:
        if self.device.files.exists(path):
            self.device.files.remove(path)
        if path == self.active:
            self.active, self.playing = "", Tape()

    def ask_information(self, record: Record) -> None:
        self.close()
        self.asking = Information(record, self.close)
