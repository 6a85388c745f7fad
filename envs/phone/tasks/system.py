"""Tasks in Settings beyond single switches, checked on the settings provider and on the radios' files."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from envs.phone import oracle
from envs.phone.apps.settings import keys, radios
from envs.phone.apps.settings.languages import LANGUAGES
from envs.phone.oracle import Steps
from envs.phone.tasks.answers import says, says_all
from envs.phone.tasks.base import InfeasibleTask, PhoneTask
from envs.phone.tasks.switches import (
    APP,
    SWITCH_TASKS,
    SettingsTask,
    TurnBluetooth,
    TurnWifi,
    get,
    open_page,
    put,
)
from envs.phone.words import words

if TYPE_CHECKING:
    from envs.phone.device import Phone

LAUNCHER_APPS = ("Spotify", "Netflix", "Instagram", "Uber", "WhatsApp", "Duolingo", "Strava", "Slack")
"""Well-known apps that this phone does not have."""
ABSENT_SETTINGS = (
    "Satellite messaging", "Desktop mode", "Wireless charging boost", "Kids mode", "Edge lighting", "Dual messenger",
    "Game booster", "Always listening", "Theft alarm", "Infrared remote",
)  # fmt: skip


class SetBrightness(SettingsTask):
    template = "Turn brightness to the {level} value."

    @classmethod
    def draw(cls, rng: random.Random) -> dict[str, Any]:
        return {"level": rng.choice(("max", "min"))}

    def setup(self, phone: Phone) -> None:
        put(phone, keys.BRIGHTNESS, str(self.rng("setup").randint(40, 200)))

    def check(self, phone: Phone, answers: Sequence[str]) -> float:
        return float(get(phone, keys.BRIGHTNESS) == ("255" if self.params["level"] == "max" else "1"))

    def oracle(self, phone: Phone) -> Steps:
        yield from open_page(phone, "Display", "Brightness level")
        yield from oracle.slide(phone, "brightness", 1.0 if self.params["level"] == "max" else 0.0)


class SetMediaVolume(SettingsTask):
    template = "{order}"

    @classmethod
    def draw(cls, rng: random.Random) -> dict[str, Any]:
        level, order = rng.choice(
            ((15, "Turn the media volume all the way up."), (0, "Turn the media volume all the way down."))
        )
        return {"level": level, "order": order}

    def setup(self, phone: Phone) -> None:
        put(phone, keys.MEDIA_VOLUME, str(self.rng("setup").randint(3, 12)))

    def check(self, phone: Phone, answers: Sequence[str]) -> float:
        return float(get(phone, keys.MEDIA_VOLUME) == str(self.params["level"]))

    def oracle(self, phone: Phone) -> Steps:
        yield from open_page(phone, "Sound & vibration")
        yield from oracle.slide(phone, "media_volume", self.params["level"] / 15)


class SetScreenTimeout(SettingsTask):
    template = "Set the screen timeout to {time}."

    @classmethod
    def draw(cls, rng: random.Random) -> dict[str, Any]:
        (value, time), (start, _) = rng.sample(keys.TIMEOUTS, 2)
        return {"time": time, "value": value, "start": start}

    def setup(self, phone: Phone) -> None:
        put(phone, keys.TIMEOUT, self.params["start"])

    def check(self, phone: Phone, answers: Sequence[str]) -> float:
        return float(get(phone, keys.TIMEOUT) == self.params["value"])

    def oracle(self, phone: Phone) -> Steps:
        yield from open_page(phone, "Display", "Screen timeout", self.params["time"])


class RenameDevice(SettingsTask):
    template = 'Change the name of this phone to "{name}".'

    @classmethod
    def draw(cls, rng: random.Random) -> dict[str, Any]:
        draw = words(rng)
        return {"name": f"{draw.first_name()}'s {rng.choice(('phone', 'Pixel', 'Android'))}"}

    def check(self, phone: Phone, answers: Sequence[str]) -> float:
        return float(get(phone, keys.DEVICE_NAME) == self.params["name"])

    def oracle(self, phone: Phone) -> Steps:
        yield from open_page(phone, "About phone", "Device name")
        yield from oracle.tap(phone, label="Clear")
        yield from oracle.type_into(phone, "edit", self.params["name"])
        yield from oracle.tap(phone, text="OK")


class WifiOffBluetoothOn(SettingsTask):
    template = "Turn off WiFi, then enable bluetooth."
    max_steps = 20

    def setup(self, phone: Phone) -> None:
        radios.set_wifi(phone.settings, True)
        radios.set_bluetooth(phone.settings, False)

    def check(self, phone: Phone, answers: Sequence[str]) -> float:
        return float(not radios.wifi_on(phone.settings) and radios.bluetooth_on(phone.settings))

    def oracle(self, phone: Phone) -> Steps:
        yield from open_page(phone, *TurnWifi.rows)
        for _ in TurnWifi.rows[1:]:
            yield from oracle.back()
        for row in TurnBluetooth.rows:
            yield from oracle.tap(phone, text=row)


class ForgetNetwork(SettingsTask):
    template = "Remove {network} from the saved Wi-Fi networks."

    @classmethod
    def draw(cls, rng: random.Random) -> dict[str, Any]:
        saved = rng.sample(radios.NETWORKS, 4)
        return {"network": rng.choice(saved), "saved": saved}

    def setup(self, phone: Phone) -> None:
        radios.save_networks(phone, self.params["saved"])

    def check(self, phone: Phone, answers: Sequence[str]) -> float:
        left = [s for s in self.params["saved"] if s != self.params["network"]]
        return float(radios.saved_networks(phone) == left)

    def oracle(self, phone: Phone) -> Steps:
        yield from open_page(phone, *TurnWifi.rows[:-1], "Saved networks", self.params["network"], "Forget")


class AddLanguage(SettingsTask):
    template = "Add {language} to the languages of the phone."
    max_steps = 20

    @classmethod
    def draw(cls, rng: random.Random) -> dict[str, Any]:
        tag = rng.choice([t for t in LANGUAGES if t != "en-US"])
        return {"language": LANGUAGES[tag], "tag": tag}

    def setup(self, phone: Phone) -> None:
        phone.settings.put("system", "system_locales", "en-US")

    def check(self, phone: Phone, answers: Sequence[str]) -> float:
        return float(phone.settings.get("system", "system_locales") == f"en-US,{self.params['tag']}")

    def oracle(self, phone: Phone) -> Steps:
        yield from open_page(phone, "System", "Languages & input", "Add a language", self.params["language"])


class DeviceNameQuestion(SettingsTask):
    template = "What is the name of this phone, as Settings shows it?"

    @classmethod
    def draw(cls, rng: random.Random) -> dict[str, Any]:
        draw = words(rng)
        return {"name": f"{draw.adjective().capitalize()} {draw.thing().capitalize()}"}

    def setup(self, phone: Phone) -> None:
        put(phone, keys.DEVICE_NAME, self.params["name"])

    def check(self, phone: Phone, answers: Sequence[str]) -> float:
        return float(says(answers, self.params["name"]))

    def oracle(self, phone: Phone) -> Steps:
        yield from open_page(phone)
        yield from oracle.scroll_to(phone, text="About phone")
        yield from oracle.answer(oracle.read_below(phone, "About phone"))


class WifiQuestion(SettingsTask):
    template = "Is Wi-Fi turned on? Answer yes or no."

    @classmethod
    def draw(cls, rng: random.Random) -> dict[str, Any]:
        return {"on": rng.random() < 0.5}

    def setup(self, phone: Phone) -> None:
        radios.set_wifi(phone.settings, self.params["on"])

    def check(self, phone: Phone, answers: Sequence[str]) -> float:
        return float(says(answers, "yes" if self.params["on"] else "no", among=("yes", "no")))

    def oracle(self, phone: Phone) -> Steps:
        yield from open_page(phone, *TurnWifi.rows[:-1])
        row = oracle.find(phone, text="Wi-Fi")
        assert row is not None
        yield from oracle.answer("yes" if row.checked else "no")


class SavedNetworksQuestion(SettingsTask):
    template = "Which Wi-Fi networks are saved on this phone?"

    @classmethod
    def draw(cls, rng: random.Random) -> dict[str, Any]:
        return {"saved": rng.sample(radios.NETWORKS, rng.randint(2, 3))}

    def setup(self, phone: Phone) -> None:
        radios.save_networks(phone, self.params["saved"])

    def check(self, phone: Phone, answers: Sequence[str]) -> float:
        return float(says_all(answers, self.params["saved"], among=radios.NETWORKS))

    def oracle(self, phone: Phone) -> Steps:
        yield from open_page(phone, *TurnWifi.rows[:-1], "Saved networks")
        yield from oracle.answer(", ".join(e.text for e in phone.elements() if e.role == "list_item"))


class AbsentSetting(InfeasibleTask):
    """The setting is not on this phone."""

    template = "Turn on {setting} in Settings."
    app = APP

    @classmethod
    def draw(cls, rng: random.Random) -> dict[str, Any]:
        return {"setting": rng.choice(ABSENT_SETTINGS)}

    def oracle(self, phone: Phone) -> Steps:
        yield from oracle.launch(APP)
        yield from oracle.tap(phone, label="Search settings")
        yield from oracle.type_into(phone, "open_search_view_edit_text", self.params["setting"])
        assert oracle.seen(phone, text="No results")


class AbsentApp(InfeasibleTask):
    """The app is not installed, and no store is there to get it from."""

    template = "Open {name} and sign out."
    app = APP

    @classmethod
    def draw(cls, rng: random.Random) -> dict[str, Any]:
        return {"name": rng.choice(LAUNCHER_APPS)}

    def oracle(self, phone: Phone) -> Steps:
        yield from open_page(phone, "Apps")
        assert not oracle.seen(phone, text=self.params["name"])


SYSTEM_TASKS: tuple[type[PhoneTask], ...] = (
    *SWITCH_TASKS, SetBrightness, SetMediaVolume, SetScreenTimeout, RenameDevice, WifiOffBluetoothOn, ForgetNetwork,
    AddLanguage, DeviceNameQuestion, WifiQuestion, SavedNetworksQuestion, AbsentSetting, AbsentApp,
)  # fmt: skip
