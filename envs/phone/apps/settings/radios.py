"""Wi-Fi and Bluetooth: the switches and their keys, the networks and devices around.

Saved networks are kept in WifiConfigStore.xml and paired devices in bt_config.conf, where Android keeps them. What is
in the air (visible networks, devices that can be paired) is drawn at install.
"""

from __future__ import annotations

import configparser
import html
import io
import json
import re
from collections.abc import Sequence

from envs.phone.app import Device, Settings

WIFI_STORE = "/data/misc/apexdata/com.android.wifi/WifiConfigStore.xml"
BLUETOOTH_STORE = "/data/misc/bluedroid/bt_config.conf"
AIR = "/data/misc/radio/nearby.json"

NETWORKS = (
    "AndroidWifi", "Linksys-2G", "NETGEAR58", "CoffeeHouse", "Library Guest", "HomeNet_5G", "SunnyFlat", "xfinitywifi",
    "Fritz Box 7590", "Studio 12", "Airport Free", "TP-Link_A1C4", "Maple Street", "Office-Staff", "Garden Cafe",
)  # fmt: skip
DEVICES = (
    "Pixel Buds Pro", "JBL Flip 5", "Galaxy Watch4", "WH-1000XM4", "Car Multimedia", "Magic Keyboard", "Living Room TV",
    "MX Master 3", "Fitness Band 7", "SoundCore 2",
)  # fmt: skip
SECURED_SHARE = 0.8
"""Share of visible networks that ask for a password."""


def install(device: Device) -> None:
    """Draw what is in the air; one network is saved and joined, and one or two devices are paired."""
    visible = device.random.sample(NETWORKS, 6)
    networks = [{"ssid": ssid, "secured": device.random.random() < SECURED_SHARE} for ssid in visible]
    near = device.random.sample(DEVICES, 6)
    device.files.write(AIR, json.dumps({"networks": networks, "devices": near}).encode())
    known = device.random.sample([n for n in NETWORKS if n not in visible], 2)
    save_networks(device, [visible[0], *known], joined=visible[0])
    pair_devices(device, near[: device.random.randint(1, 2)])


def wifi_on(settings: Settings) -> bool:
    return settings.get("global", "wifi_on") in ("1", "2")


def bluetooth_on(settings: Settings) -> bool:
    return settings.get("global", "bluetooth_on") in ("1", "2")


def set_wifi(settings: Settings, on: bool) -> None:
    """1 is on, 0 off; 2 is on although airplane mode is (WifiSettingsStore in Android)."""
    airplane = settings.get("global", "airplane_mode_on") == "1"
    settings.put("global", "wifi_on", ("2" if airplane else "1") if on else "0")


def set_bluetooth(settings: Settings, on: bool) -> None:
    airplane = settings.get("global", "airplane_mode_on") == "1"
    settings.put("global", "bluetooth_on", ("2" if airplane else "1") if on else "0")


def set_airplane(settings: Settings, on: bool) -> None:
    """Airplane mode silences both radios and remembers (value 3) that Wi-Fi comes back with its end."""
    settings.put("global", "airplane_mode_on", "1" if on else "0")
    wifi, bluetooth = settings.get("global", "wifi_on"), settings.get("global", "bluetooth_on")
    if on:
        settings.put("global", "wifi_on", "3" if wifi in ("1", "2") else "0")
        settings.put("global", "airplane_mode_restore_bluetooth", "1" if bluetooth in ("1", "2") else "0")
        settings.put("global", "bluetooth_on", "0")
        return
    settings.put("global", "wifi_on", "0" if wifi == "0" else "1")
    restore = settings.get("global", "airplane_mode_restore_bluetooth") == "1"
    settings.put("global", "bluetooth_on", "1" if restore or bluetooth in ("1", "2") else "0")


def visible_networks(device: Device) -> list[tuple[str, bool]]:
    """(ssid, asks for a password) of every network in the air."""
    return [(n["ssid"], n["secured"]) for n in _air(device)["networks"]]


def saved_networks(device: Device) -> list[str]:
    """Saved networks in the order they were added."""
    return [ssid for ssid, _ in _stored(device)]


def joined_network(device: Device) -> str | None:
    """The network in use: None when Wi-Fi is off or no saved network is in the air."""
    if not wifi_on(device.settings):
        return None
    visible = {ssid for ssid, _ in visible_networks(device)}
    usable = [(ssid, chosen) for ssid, chosen in _stored(device) if ssid in visible]
    return next((ssid for ssid, chosen in usable if chosen), usable[0][0] if usable else None)


def save_networks(device: Device, ssids: Sequence[str], joined: str | None = None) -> None:
    rows = "\n".join(
        f'<Network>\n<WifiConfiguration>\n<string name="SSID">&quot;{html.escape(ssid)}&quot;</string>\n'
        f'<boolean name="HasEverConnected" value="{str(ssid == joined).lower()}" />\n</WifiConfiguration>\n</Network>'
        for ssid in ssids
    )
    text = (
        "<?xml version='1.0' encoding='utf-8' standalone='yes' ?>\n<WifiConfigStoreData>\n"
        f'<int name="Version" value="3" />\n<NetworkList>\n{rows}\n</NetworkList>\n</WifiConfigStoreData>\n'
    )
    device.files.write(WIFI_STORE, text.encode())


def near_devices(device: Device) -> list[str]:
    """Bluetooth devices that can be met, paired or not."""
    return _air(device)["devices"]


def paired_devices(device: Device) -> list[str]:
    parser = configparser.ConfigParser(interpolation=None)
    if device.files.exists(BLUETOOTH_STORE):
        parser.read_string(device.files.read(BLUETOOTH_STORE).decode())
    return [parser[section]["Name"] for section in parser.sections() if "Name" in parser[section]]


def pair_devices(device: Device, names: Sequence[str]) -> None:
    """Write the whole list of paired devices."""
    parser = configparser.ConfigParser(interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    for name in names:
        serial = sum((i + 1) * ord(c) for i, c in enumerate(name))
        parser[f"a4:77:33:{serial >> 8 & 255:02x}:{serial & 255:02x}:{len(name):02x}"] = {"Name": name, "DevType": "1"}
    text = io.StringIO()
    parser.write(text)
    device.files.write(BLUETOOTH_STORE, text.getvalue().encode())


def join(device: Device, ssid: str) -> None:
    save_networks(device, [*[s for s in saved_networks(device) if s != ssid], ssid], joined=ssid)


def forget(device: Device, ssid: str) -> None:
    joined = joined_network(device)
    save_networks(device, [s for s in saved_networks(device) if s != ssid], joined=joined if joined != ssid else None)


def pair(device: Device, name: str) -> None:
    set_bluetooth(device.settings, True)
    pair_devices(device, [*paired_devices(device), name])


def unpair(device: Device, name: str) -> None:
    pair_devices(device, [d for d in paired_devices(device) if d != name])


def _air(device: Device) -> dict:
    return json.loads(device.files.read(AIR))


def _stored(device: Device) -> list[tuple[str, bool]]:
    if not device.files.exists(WIFI_STORE):
        return []
    text = device.files.read(WIFI_STORE).decode()
    pattern = r'<string name="SSID">&quot;(.*?)&quot;</string>\s*<boolean name="HasEverConnected" value="(\w+)"'
    return [(html.unescape(ssid), chosen == "true") for ssid, chosen in re.findall(pattern, text)]
