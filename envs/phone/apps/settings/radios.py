"""Wi-Fi and Bluetooth: the switches and their keys, the networks and devices around, and their settings pages.

Saved networks are kept in WifiConfigStore.xml and paired devices in bt_config.conf, where Android keeps them. What is
in the air (visible networks, devices that can be paired) is drawn at install.
"""

from __future__ import annotations

import configparser
import html
import io
import json
import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from envs.phone.app import Device, Settings
from envs.phone.ui import Button, Dialog, Header, Icon, IconButton, ListItem, Text, TextField, Widget

if TYPE_CHECKING:
    from envs.phone.apps.settings.main import SettingsApp

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


def wifi_summary(device: Device) -> str:
    if not wifi_on(device.settings):
        return "Airplane mode is on" if device.settings.get("global", "airplane_mode_on") == "1" else "T-Mobile"
    return joined_network(device) or "Networks available"


def wifi_rows(app: SettingsApp) -> list[Widget]:
    device = app.device
    rows: list[Widget] = []
    if wifi_on(device.settings):
        joined = joined_network(device)
        for ssid, secured in sorted(visible_networks(device), key=lambda n: n[0] != joined):
            rows.append(
                ListItem(
                    title=ssid,
                    subtitle="Connected" if ssid == joined else ("Saved" if ssid in saved_networks(device) else ""),
                    leading=Icon("wifi"),
                    trailing=Icon("lock-outline", label="Secured") if secured else None,
                    on_tap=_opener(app, ssid, secured),
                )
            )
        rows.append(ListItem(title="Add network", leading=Icon("plus"), on_tap=lambda: app.ask("join", "")))
    rows.append(ListItem(title="Network preferences", on_tap=lambda: app.open("wifi_preferences")))
    count = len(saved_networks(device))
    if count:
        rows.append(
            ListItem(
                title="Saved networks",
                subtitle=f"{count} network{'s' if count > 1 else ''}",
                on_tap=lambda: app.open("saved_networks"),
            )
        )
    return rows


def saved_rows(app: SettingsApp) -> list[Widget]:
    return [
        ListItem(title=ssid, leading=Icon("wifi"), on_tap=_asker(app, "forget", ssid))
        for ssid in saved_networks(app.device)
    ]


def connected_rows(app: SettingsApp) -> list[Widget]:
    rows: list[Widget] = [
        ListItem(title="Pair new device", leading=Icon("plus"), on_tap=lambda: app.open("pair")),
        Header(text="Saved devices"),
        *_paired_rows(app),
        ListItem(
            title="Connection preferences",
            subtitle="Bluetooth, Cast, Printing",
            on_tap=lambda: app.open("connection_preferences"),
        ),
    ]
    return rows


def bluetooth_rows(app: SettingsApp) -> list[Widget]:
    if not bluetooth_on(app.device.settings):
        return [Text("When Bluetooth is turned on, your device can communicate with other nearby devices.")]
    return [
        ListItem(title="Device name", subtitle=app.device.settings.get("global", "device_name") or ""),
        ListItem(title="Pair new device", leading=Icon("plus"), on_tap=lambda: app.open("pair")),
        Header(text="Saved devices"),
        *_paired_rows(app),
    ]


def pair_rows(app: SettingsApp) -> list[Widget]:
    """Opening the page turns Bluetooth on in Android; here a tap on a device does."""
    near = [d for d in _air(app.device)["devices"] if d not in paired_devices(app.device)]
    return [
        ListItem(title="Device name", subtitle=app.device.settings.get("global", "device_name") or ""),
        Header(text="Available devices"),
        *[ListItem(title=name, leading=Icon("bluetooth"), on_tap=_asker(app, "pair", name)) for name in near],
    ]


def dialog(app: SettingsApp, kind: str, name: str) -> Dialog:
    """The question behind a tap on a network or device: kind is join, forget, pair or unpair."""
    device, close = app.device, app.close_dialog

    def then(act: Callable[[], None]) -> Callable[[], None]:
        def run() -> None:
            act()
            close()

        return run

    cancel = Button("Cancel", on_tap=close, kind="text")
    if kind == "join":
        body: list[Widget] = []
        if not name:
            body.append(
                TextField(id="ssid", hint="Network name", value=app.draft("ssid"), on_change=app.drafter("ssid"))
            )
        body.append(
            TextField(
                id="password",
                hint="Password",
                value=app.draft("password"),
                on_change=app.drafter("password"),
                password=True,
                autofocus=bool(name),
            )
        )
        ssid = name or app.draft("ssid")
        ready = bool(ssid) and (not name or len(app.draft("password")) >= 8)
        save = Button(
            "Connect" if name else "Save", on_tap=then(lambda: join(device, ssid)), kind="text", enabled=ready
        )
        return Dialog(name or "Add network", body, [cancel, save], on_dismiss=close)
    if kind == "forget":
        return Dialog(
            name,
            [Text("Forget this network? The saved password will be removed.")],
            [cancel, Button("Forget", on_tap=then(lambda: forget(device, name)), kind="text")],
            on_dismiss=close,
        )
    if kind == "pair":
        return Dialog(
            f"Pair with {name}?",
            [Text("Allow access to your contacts and call history when connected.")],
            [cancel, Button("Pair", on_tap=then(lambda: _pair(device, name)), kind="text")],
            on_dismiss=close,
        )
    return Dialog(
        f"Forget {name}?",
        [Text("Your phone will no longer be paired with this device.")],
        [cancel, Button("Forget device", on_tap=then(lambda: _unpair(device, name)), kind="text")],
        on_dismiss=close,
    )


def join(device: Device, ssid: str) -> None:
    save_networks(device, [*[s for s in saved_networks(device) if s != ssid], ssid], joined=ssid)


def forget(device: Device, ssid: str) -> None:
    joined = joined_network(device)
    save_networks(device, [s for s in saved_networks(device) if s != ssid], joined=joined if joined != ssid else None)


def _pair(device: Device, name: str) -> None:
    set_bluetooth(device.settings, True)
    pair_devices(device, [*paired_devices(device), name])


def _unpair(device: Device, name: str) -> None:
    pair_devices(device, [d for d in paired_devices(device) if d != name])


def _paired_rows(app: SettingsApp) -> list[Widget]:
    return [
        ListItem(
            title=name,
            leading=Icon("bluetooth"),
            trailing=IconButton("cog-outline", label=f"{name} settings", on_tap=_asker(app, "unpair", name)),
            on_tap=_asker(app, "unpair", name),
        )
        for name in paired_devices(app.device)
    ]


def _opener(app: SettingsApp, ssid: str, secured: bool) -> Callable[[], None]:
    """A tap on a network: joins one that is saved or open, asks for the password of another."""
    if ssid == joined_network(app.device):
        return _asker(app, "forget", ssid)
    if secured and ssid not in saved_networks(app.device):
        return _asker(app, "join", ssid)
    return lambda: join(app.device, ssid)


def _asker(app: SettingsApp, kind: str, name: str) -> Callable[[], None]:
    return lambda: app.ask(kind, name)


def _air(device: Device) -> dict:
    return json.loads(device.files.read(AIR))


def _stored(device: Device) -> list[tuple[str, bool]]:
    if not device.files.exists(WIFI_STORE):
        return []
    text = device.files.read(WIFI_STORE).decode()
    pattern = r'<string name="SSID">&quot;(.*?)&quot;</string>\s*<boolean name="HasEverConnected" value="(\w+)"'
    return [(html.unescape(ssid), chosen == "true") for ssid, chosen in re.findall(pattern, text)]
