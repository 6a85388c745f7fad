"""Tasks in Clock, checked on its alarm table, its preferences and, for a timer not started, on the screen."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from agentkit.actions import Scroll
from envs.phone import oracle
from envs.phone.apps.clock import Clock
from envs.phone.apps.clock.cities import CITIES
from envs.phone.apps.clock.store import Alarm, Store
from envs.phone.apps.pickers import time_text
from envs.phone.oracle import Steps
from envs.phone.tasks.answers import says_time
from envs.phone.tasks.base import InfeasibleTask, PhoneTask
from envs.phone.words import words

if TYPE_CHECKING:
    from envs.phone.device import Phone

APP = Clock.label


def draw_times(rng: random.Random, count: int) -> list[list[int]]:
    """Different times of day, [hour, minute], no two on the same half of a clock face."""
    faces = rng.sample([(hour, minute) for hour in range(12) for minute in range(0, 60, 5)], count)
    return [[hour + rng.choice((0, 12)), minute] for hour, minute in faces]


def spoken(time: Sequence[int]) -> str:
    return time_text(time[0], time[1], full_day=False)


class AlarmTask(PhoneTask):
    """Starts from the alarms at the times in `params["times"]`; `expected` names those that fulfil the goal.

    The first time is the one that the goal is about. The phone is in the 12-hour or the 24-hour format.
    """

    app: ClassVar[str] = APP

    @classmethod
    def draw(cls, rng: random.Random) -> dict[str, Any]:
        times = draw_times(rng, rng.randint(3, 5))
        return {"time": spoken(times[0]), "times": times, "full_day": rng.random() < 0.3}

    def start(self) -> list[Alarm]:
        rng = self.rng("alarms")
        return [Alarm(h, m, rng.choice((0, 0, 31, 96)), rng.random() < 0.5) for h, m in self.params["times"]]

    def expected(self) -> list[Alarm]:
        raise NotImplementedError

    def setup(self, phone: Phone) -> None:
        phone.settings.put("system", "time_12_24", "24" if self.params["full_day"] else "12")
        store = Store(phone)
        store.clear_alarms()
        order = self.start()
        self.rng("order").shuffle(order)
        for alarm in order:
            store.save_alarm(alarm)

    def check(self, phone: Phone, answers: Sequence[str]) -> float:
        return float(_alike(Store(phone).alarms()) == _alike(self.expected()))

    def shown(self, time: Sequence[int]) -> str:
        """The time as the phone writes it."""
        return time_text(time[0], time[1], full_day=self.params["full_day"])

    def unfold(self, phone: Phone) -> Steps:
        yield from oracle.launch(APP)
        yield from oracle.tap(phone, text=self.shown(self.params["times"][0]))


def _alike(alarms: Sequence[Alarm]) -> list[tuple[Any, ...]]:
    """What has to match: everything but row ids and the vibrator."""
    return sorted((a.hour, a.minutes, a.days, a.enabled, a.label) for a in alarms)


class AddAlarm(AlarmTask):
    template = "Set an alarm for {time}."

    def start(self) -> list[Alarm]:
        return super().start()[1:]

    def expected(self) -> list[Alarm]:
        hour, minute = self.params["times"][0]
        return [*self.start(), Alarm(hour, minute)]

    def oracle(self, phone: Phone) -> Steps:
        hour, minute = self.params["times"][0]
        full_day = self.params["full_day"]
        yield from oracle.launch(APP)
        yield from oracle.tap(phone, label="Add alarm")
        yield from oracle.type_into(phone, "hour_text_input", str(hour if full_day else (hour - 1) % 12 + 1))
        yield from oracle.type_into(phone, "minute_text_input", f"{minute:02d}")
        if not full_day:
            yield from oracle.tap(phone, text="AM" if hour < 12 else "PM")
        yield from oracle.tap(phone, text="OK")


class DeleteAlarm(AlarmTask):
    template = "Delete the {time} alarm."

    def expected(self) -> list[Alarm]:
        return self.start()[1:]

    def oracle(self, phone: Phone) -> Steps:
        yield from self.unfold(phone)
        yield from oracle.tap(phone, text="Delete")


class SwitchAlarm(AlarmTask):
    template = "Turn {state} the alarm at {time}."

    @classmethod
    def draw(cls, rng: random.Random) -> dict[str, Any]:
        return {**super().draw(rng), "state": rng.choice(("on", "off"))}

    def start(self) -> list[Alarm]:
        first, *rest = super().start()
        return [replace(first, enabled=self.params["state"] == "off"), *rest]

    def expected(self) -> list[Alarm]:
        first, *rest = self.start()
        return [replace(first, enabled=not first.enabled), *rest]

    def oracle(self, phone: Phone) -> Steps:
        yield from oracle.launch(APP)
        yield from oracle.tap(phone, label=f"{self.shown(self.params['times'][0])} alarm")


class LabelAlarm(AlarmTask):
    template = 'Give the {time} alarm the label "{label}".'

    @classmethod
    def draw(cls, rng: random.Random) -> dict[str, Any]:
        return {**super().draw(rng), "label": words(rng).topic().capitalize()}

    def expected(self) -> list[Alarm]:
        first, *rest = self.start()
        return [replace(first, label=self.params["label"]), *rest]

    def oracle(self, phone: Phone) -> Steps:
        yield from self.unfold(phone)
        yield from oracle.tap(phone, text="Add label")
        yield from oracle.type_into(phone, "label_edit_text", self.params["label"])
        yield from oracle.tap(phone, text="OK")


class AlarmTimeQuestion(AlarmTask):
    template = 'For what time is the alarm labelled "{label}" set?'

    @classmethod
    def draw(cls, rng: random.Random) -> dict[str, Any]:
        drawn = super().draw(rng)
        labels = [t.capitalize() for t in words(rng).distinct("topic", len(drawn["times"]))]
        return {**drawn, "labels": labels, "label": labels[0]}

    def start(self) -> list[Alarm]:
        return [replace(a, label=label) for a, label in zip(super().start(), self.params["labels"], strict=True)]

    def check(self, phone: Phone, answers: Sequence[str]) -> float:
        return float(says_time(answers, *self.params["times"][0]))

    def oracle(self, phone: Phone) -> Steps:
        yield from oracle.launch(APP)
        yield from oracle.scroll_to(phone, text=self.params["label"])
        caption = oracle.find(phone, text=self.params["label"])
        if caption is not None and caption.bounds[3] > 0.6 * phone.size[1]:  # the time below it may be out of view
            yield Scroll(direction="up")
        yield from oracle.answer(oracle.read_below(phone, self.params["label"]))


class DeleteAbsentAlarm(InfeasibleTask, AlarmTask):
    """There is no alarm at that time."""

    template = "Delete the alarm at {time}."

    def start(self) -> list[Alarm]:
        return super().start()[1:]

    def oracle(self, phone: Phone) -> Steps:
        yield from oracle.launch(APP)
        assert not oracle.seen(phone, text=self.shown(self.params["times"][0]))


class TimerTask(PhoneTask):
    app: ClassVar[str] = APP

    @classmethod
    def draw(cls, rng: random.Random) -> dict[str, Any]:
        return {"minutes": rng.randint(1, 59)}

    def enter(self, phone: Phone, digits: str) -> Steps:
        """Open the Timer tab and type on its keypad."""
        yield from oracle.launch(APP)
        yield from oracle.tap(phone, text="Timer")
        for digit in digits:
            yield from oracle.tap(phone, id=f"timer_setup_digit_{digit}")


class StartTimer(TimerTask):
    template = "Start a timer for {minutes} minutes."

    @classmethod
    def draw(cls, rng: random.Random) -> dict[str, Any]:
        return {"minutes": rng.randint(2, 59)}

    def check(self, phone: Phone, answers: Sequence[str]) -> float:
        timers = Store(phone).timers()
        return float([(t.length_s, t.state) for t in timers] == [(60 * self.params["minutes"], "running")])

    def oracle(self, phone: Phone) -> Steps:
        yield from self.enter(phone, f"{self.params['minutes']}00")
        yield from oracle.tap(phone, label="Start")


class EnterTimer(TimerTask):
    """AndroidWorld's ClockTimerEntry: the keypad shows the time, the timer does not run."""

    template = (
        "Create a timer with {hours} hours, {minutes} minutes, and {seconds} seconds. Do not start the timer, "
        "and leave its screen open."
    )

    @classmethod
    def draw(cls, rng: random.Random) -> dict[str, Any]:
        return {"hours": rng.randint(0, 23), "minutes": rng.randint(1, 59), "seconds": rng.randint(0, 59)}

    def check(self, phone: Phone, answers: Sequence[str]) -> float:
        wanted = "{hours:02d}h {minutes:02d}m {seconds:02d}s".format(**self.params)
        open_now = phone.foreground()[0] == Clock.package and oracle.seen(phone, text=wanted)
        return float(open_now and not Store(phone).timers())

    def oracle(self, phone: Phone) -> Steps:
        yield from self.enter(phone, "{hours:02d}{minutes:02d}{seconds:02d}".format(**self.params).lstrip("0"))


class RunStopwatch(PhoneTask):
    template = "Run the stopwatch."
    app = APP

    def check(self, phone: Phone, answers: Sequence[str]) -> float:
        return float(Store(phone).stopwatch().running)

    def oracle(self, phone: Phone) -> Steps:
        yield from oracle.launch(APP)
        yield from oracle.tap(phone, text="Stopwatch")
        yield from oracle.tap(phone, label="Start")


class CityTask(PhoneTask):
    app: ClassVar[str] = APP

    @classmethod
    def draw(cls, rng: random.Random) -> dict[str, Any]:
        city, *others = rng.sample(list(CITIES), 4)
        return {"city": city, "others": others}


class AddCity(CityTask):
    template = "Add {city} to the world clock."

    def setup(self, phone: Phone) -> None:
        Store(phone).set_cities(self.params["others"])

    def check(self, phone: Phone, answers: Sequence[str]) -> float:
        return float(Store(phone).cities() == [*self.params["others"], self.params["city"]])

    def oracle(self, phone: Phone) -> Steps:
        yield from oracle.launch(APP)
        yield from oracle.tap(phone, text="Clock", nth=-1)
        yield from oracle.tap(phone, label="Add city")
        yield from oracle.type_into(phone, "search_src_text", self.params["city"])
        yield from oracle.tap(phone, text=self.params["city"], role="list_item")


class RemoveCity(CityTask):
    template = "Remove {city} from the world clock."

    def setup(self, phone: Phone) -> None:
        listed = [self.params["city"], *self.params["others"]]
        self.rng("order").shuffle(listed)
        Store(phone).set_cities(listed)

    def check(self, phone: Phone, answers: Sequence[str]) -> float:
        return float(sorted(Store(phone).cities()) == sorted(self.params["others"]))

    def oracle(self, phone: Phone) -> Steps:
        yield from oracle.launch(APP)
        yield from oracle.tap(phone, text="Clock", nth=-1)
        yield from oracle.long_press(phone, text=self.params["city"])
        yield from oracle.tap(phone, text="Remove")


CLOCK_TASKS: tuple[type[PhoneTask], ...] = (
    AddAlarm, DeleteAlarm, SwitchAlarm, LabelAlarm, AlarmTimeQuestion, DeleteAbsentAlarm, StartTimer, EnterTimer,
    RunStopwatch, AddCity, RemoveCity,
)  # fmt: skip
