"""The Clock app: four tabs over one store."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from envs.phone.app import App, Device
from envs.phone.apps.clock import alarms, cities, timers
from envs.phone.apps.clock.store import PACKAGE, PREFERENCES, Alarm, Store
from envs.phone.apps.pickers import TimePicker, time_text
from envs.phone.ui import BottomBar, Fab, Screen

TABS = (("alarm", "Alarm"), ("clock-outline", "Clock"), ("timer-sand", "Timer"), ("timer-outline", "Stopwatch"))
INTENTS = {
    "android.intent.action.SHOW_ALARMS": 0,
    "android.intent.action.SET_ALARM": 0,
    "android.intent.action.SHOW_TIMERS": 2,
    "android.intent.action.SET_TIMER": 2,
}
WEEKDAYS, WEEKEND = 0b0011111, 0b1100000


class Clock(App):
    package = PACKAGE
    label = "Clock"
    icon = "clock"
    color = (66, 133, 244)
    activity = "com.android.deskclock.DeskClock"

    def __init__(self, device: Device) -> None:
        super().__init__(device)
        self.store = Store(device)
        self.stop()

    def install(self) -> None:
        """Two alarms that are off, as a new phone has; no cities, no timers, the stopwatch at zero."""
        self.store.clear_alarms()
        self.store.save_alarm(Alarm(8, 30, WEEKDAYS, enabled=False))
        self.store.save_alarm(Alarm(9, 0, WEEKEND, enabled=False))
        if self.device.files.exists(PREFERENCES):
            self.device.files.remove(PREFERENCES)

    def start(self, extras: Mapping[str, str]) -> None:
        tab = INTENTS.get(extras.get("action", ""))
        if tab is not None:
            self.stop()
            self.tab = tab

    def stop(self) -> None:
        self.tab = 0
        self.unfolded: int | None = None
        """Id of the alarm whose card is open."""
        self.picker: TimePicker | None = None
        self.labelling: tuple[int, str] | None = None
        """Alarm id and text of the open label dialog."""
        self.city_query: str | None = None
        """Text of the city search; None when that page is closed."""
        self.removing: str | None = None
        """City of the open remove dialog."""
        self.digits = ""
        """What the timer keypad has taken, at most six digits."""
        self.keypad = False
        """The keypad is open although timers exist."""

    def back(self) -> bool:
        if self.picker is not None:
            self.picker = None
        elif self.labelling is not None:
            self.labelling = None
        elif self.removing is not None:
            self.removing = None
        elif self.city_query is not None:
            self.city_query = None
        elif self.tab == 2 and self.keypad:
            self.keypad, self.digits = False, ""
        elif self.tab == 0 and self.unfolded is not None:
            self.unfolded = None
        else:
            return False
        return True

    @property
    def full_day(self) -> bool:
        """The phone's 24-hour setting."""
        return self.device.settings.get("system", "time_12_24") == "24"

    def clock_text(self, moment: dt.datetime) -> str:
        return time_text(moment.hour, moment.minute, full_day=self.full_day)

    def screen(self) -> Screen:
        if self.city_query is not None:
            return cities.search(self)
        build, fab = (
            (alarms.rows, Fab("plus", label="Add alarm", on_tap=lambda: self.pick(None), id="fab")),
            (cities.rows, Fab("plus", label="Add city", on_tap=self._open_cities, id="fab")),
            (timers.timer_rows, timers.timer_fab(self)),
            (timers.stopwatch_rows, timers.stopwatch_fab(self)),
        )[self.tab]
        name = TABS[self.tab][1]
        return Screen(
            name,
            build(self),
            self.activity,
            fab=fab,
            bottom=BottomBar(TABS, self.tab, on_select=self._select),
            dialog=alarms.dialog(self) or cities.remove_dialog(self),
            scroll_key=name,
        )

    def pick(self, alarm: Alarm | None) -> None:
        """Open the time picker for an alarm, or for a new one."""
        hour, minute = (alarm.hour, alarm.minutes) if alarm else alarms.NEW_ALARM

        def done(hour: int, minute: int) -> None:
            changed = Alarm(hour, minute, alarm.days, True, alarm.vibrate, alarm.label, alarm.id) if alarm else None
            self.unfolded = self.store.save_alarm(changed or Alarm(hour, minute))
            self.device.toast(f"Alarm set for {time_text(hour, minute, full_day=self.full_day)}")

        def close() -> None:
            self.picker = None

        self.picker = TimePicker(hour, minute, self.full_day, done, close)

    def delete_alarm(self, alarm: Alarm) -> None:
        self.store.delete_alarm(alarm.id)
        self.unfolded = None
        self.device.toast("Alarm deleted")

    def _open_cities(self) -> None:
        self.city_query = ""

    def _select(self, tab: int) -> None:
        self.tab = tab
