"""The OpenTracks app: which track is in front, what is selected, and the question over it."""

from __future__ import annotations

from functools import partial
from typing import Literal

from envs.phone.app import App, Device
from envs.phone.apps.opentracks import lists, tracks
from envs.phone.apps.opentracks.record import Track
from envs.phone.apps.opentracks.store import DEFAULT_ACTIVITY, PACKAGE, PATH, UNITS, Store
from envs.phone.apps.opentracks.units import ACTIVITIES, UNIT_SYSTEMS
from envs.phone.apps.pickers import Asking, Choice, Confirm
from envs.phone.ui import Screen

View = Literal["list", "track", "recording", "form", "statistics", "settings"]


class OpenTracks(App):
    package = PACKAGE
    label = "OpenTracks"
    icon = "map-marker-distance"
    color = (255, 111, 0)
    activity = ".TrackListActivity"

    def __init__(self, device: Device) -> None:
        super().__init__(device)
        self.store = Store(device)
        self._forget()

    def install(self) -> None:
        if not self.device.files.exists(PATH):
            self.store.fill()

    def stop(self) -> None:
        """The recording service dies with the app; what it has covered is kept."""
        self.store.stop()
        self._forget()

    def _forget(self) -> None:
        self.view: View = "list"
        self.track_id = 0
        """The track shown, recorded or edited."""
        self.finishing = False
        """The form is that of a recording which has just ended."""
        self.form = {"name": "", "category": "", "description": ""}
        self.query: str | None = None
        """Text of the search; None when it is closed."""
        self.selected: set[int] = set()
        self.menu_open = False
        self.asking: Asking | None = None

    def close(self) -> None:
        """Close the menu and the question."""
        self.menu_open, self.asking = False, None

    def back(self) -> bool:
        if self.asking is not None or self.menu_open:
            self.close()
        elif self.selected:
            self.selected = set()
        elif self.view == "form":
            self._leave_form()
        elif self.view != "list":
            self.view = "list"
        elif self.query is not None:
            self.query = None
        else:
            return False
        return True

    def screen(self) -> Screen:
        track = self.store.track(self.track_id) if self.view in ("track", "recording", "form") else None
        if track is not None:
            if self.view == "form":
                return tracks.form(self, track)
            return tracks.recorded(self, track) if track.id != self.store.recording else tracks.recording(self, track)
        if self.view == "statistics":
            return lists.statistics(self)
        return lists.settings(self) if self.view == "settings" else lists.tracks(self)

    # What is shown

    @property
    def full_day(self) -> bool:
        """The phone's 24-hour setting."""
        return self.device.settings.get("system", "time_12_24") == "24"

    def listed(self) -> list[Track]:
        """The tracks of the list or search in front."""
        needle = (self.query or "").strip().casefold()
        return [t for t in self.store.tracks() if needle in f"{t.name}\n{t.category}\n{t.description}".casefold()]

    # What taps do

    def show(self, view: View) -> None:
        self.close()
        self.view = view

    def open(self, track: Track) -> None:
        """Show the track; while some are selected, select it or not."""
        if self.selected:
            self.select(track)
        else:
            self.view, self.track_id = "track", track.id

    def select(self, track: Track) -> None:
        self.selected ^= {track.id}

    def select_all(self) -> None:
        self.close()
        self.selected = {track.id for track in self.listed()}

    def open_menu(self) -> None:
        self.menu_open = True

    def start_search(self) -> None:
        self.query = ""

    def set_query(self, text: str) -> None:
        self.query = text

    def start_recording(self) -> None:
        self.view, self.track_id = "recording", self.store.start()
        self.device.toast("Recording started")

    def stop_recording(self) -> None:
        """What was recorded is described next."""
        key = self.store.stop()
        track = self.store.track(key) if key else None
        if track is not None:
            self.edit(track)
            self.finishing = True

    def resume(self) -> None:
        """Go on recording the track of the form or screen in front."""
        self.close()
        if self.store.recording:
            return self.device.toast("A track is being recorded already")
        if self.view == "form":
            self._describe()
        self.view, self.finishing = "recording", False
        self.store.resume(self.track_id)

    def edit(self, track: Track) -> None:
        self.close()
        self.view, self.track_id, self.finishing = "form", track.id, False
        self.form = {"name": track.name, "category": track.category, "description": track.description}

    def set_text(self, field: Literal["name", "category", "description"], text: str) -> None:
        self.form[field] = text

    def save(self) -> None:
        self._describe()
        self.view, self.finishing = "list" if self.finishing else "track", False

    def _describe(self) -> None:
        words = {field: text.strip() for field, text in self.form.items()}
        self.store.describe(self.track_id, words["name"], words["category"], words["description"])

    def _leave_form(self) -> None:
        """A recording that has just ended keeps what was entered, as it has no other name yet."""
        if self.finishing:
            self.save()
        else:
            self.view = "track"

    def delete(self, keys: set[int]) -> None:
        self.store.delete(keys)
        self.selected, self.view, self.finishing = set(), "list", False

    # What is asked

    def ask_delete(self, keys: set[int]) -> None:
        self.close()
        text = "Delete this track?" if len(keys) == 1 else f"Delete these {len(keys)} tracks?"
        self.asking = Confirm(text, partial(self.delete, keys), self.close, yes="Delete", no="Cancel")

    def ask_discard(self) -> None:
        self.asking = Confirm("Discard this recording?", partial(self.delete, {self.track_id}), self.close)

    def ask_category(self) -> None:
        kinds = [(kind, kind) for kind in ACTIVITIES]
        done = partial(self.set_text, "category")
        self.asking = Choice("Activity type", kinds, self.form["category"], done, self.close)

    def ask_units(self) -> None:
        names = [(name, key) for key, name in UNIT_SYSTEMS.items()]
        chosen = "IMPERIAL" if self.store.imperial else "METRIC"
        self.asking = Choice("Preferred units", names, chosen, partial(self.store.preferences.put, UNITS), self.close)

    def ask_default_activity(self) -> None:
        kinds = [("None", ""), *((kind, kind) for kind in ACTIVITIES)]
        put = partial(self.store.preferences.put, DEFAULT_ACTIVITY)
        chosen = self.store.preferences.text(DEFAULT_ACTIVITY)
        self.asking = Choice("Default activity type", kinds, chosen, put, self.close)
