"""Android's settings provider: three namespaces of string values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from agentkit.errors import EnvError

NAMESPACES = ("system", "secure", "global")
DEFAULTS: dict[str, dict[str, str]] = {
    "system": {
        "screen_brightness": "102",
        "screen_brightness_mode": "0",
        "screen_off_timeout": "60000",
        "accelerometer_rotation": "1",
        "font_scale": "1.0",
        "volume_music_speaker": "5",
        "volume_ring_speaker": "5",
        "volume_alarm_speaker": "6",
    },
    "secure": {"ui_night_mode": "1", "location_mode": "3", "flashlight_enabled": "0", "android_id": "0123456789abcdef"},
    "global": {
        "wifi_on": "1",
        "bluetooth_on": "1",
        "airplane_mode_on": "0",
        "mobile_data": "1",
        "zen_mode": "0",
        "low_power": "0",
        "adb_enabled": "1",
        "device_provisioned": "1",
        "device_name": "Pixel",
    },
}


class SettingsStore:
    """The settings of one phone; `on_change` is called after every write that changes a value."""

    def __init__(self, on_change: Callable[[], None]) -> None:
        self._values = {namespace: dict(DEFAULTS[namespace]) for namespace in NAMESPACES}
        self._on_change = on_change
        self.revision = 0
        """Counts changes."""

    def _space(self, namespace: str) -> dict[str, str]:
        try:
            return self._values[namespace]
        except KeyError:
            raise EnvError(f"unknown settings namespace {namespace!r}, expected one of {NAMESPACES}") from None

    def get(self, namespace: str, key: str) -> str | None:
        return self._space(namespace).get(key)

    def number(self, namespace: str, key: str) -> int:
        """The setting as a whole number, 0 when it is none: anyone may have written anything."""
        value = self._space(namespace).get(key, "")
        return int(value) if value.isdecimal() else 0

    def put(self, namespace: str, key: str, value: str) -> None:
        if not isinstance(value, str):
            raise EnvError(f"setting {namespace}/{key} must be a string, got {value!r}")
        if self._space(namespace).get(key) != value:
            self._values[namespace][key] = value
            self._changed()

    def delete(self, namespace: str, key: str) -> bool:
        """Whether the key was there."""
        if self._space(namespace).pop(key, None) is None:
            return False
        self._changed()
        return True

    def items(self, namespace: str) -> Mapping[str, str]:
        """A read-only view, in insertion order."""
        return MappingProxyType(self._space(namespace))

    def _changed(self) -> None:
        self.revision += 1
        self._on_change()
