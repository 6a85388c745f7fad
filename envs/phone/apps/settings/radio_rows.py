"""Rows and questions about networks and Bluetooth devices, for the pages of Settings."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from envs.phone.app import Device
from envs.phone.apps.settings import radios
from envs.phone.ui import Button, Dialog, Header, Icon, IconButton, ListItem, Text, TextField, Widget

if TYPE_CHECKING:
    from envs.phone.apps.settings.main import SettingsApp


def wifi_summary(device: Device) -> str:
    if not radios.wifi_on(device.settings):
        return "Airplane mode is on" if device.settings.get("global", "airplane_mode_on") == "1" else "T-Mobile"
    return radios.joined_network(device) or "Networks available"


def wifi_rows(app: SettingsApp) -> list[Widget]:
    device = app.device
    saved = radios.saved_networks(device)
    rows: list[Widget] = []
    if radios.wifi_on(device.settings):
        joined = radios.joined_network(device)
        for ssid, secured in sorted(radios.visible_networks(device), key=lambda n: n[0] != joined):
            rows.append(
                ListItem(
                    title=ssid,
                    subtitle="Connected" if ssid == joined else "Saved" if ssid in saved else "",
                    leading=Icon("wifi"),
                    trailing=Icon("lock-outline", label="Secured") if secured else None,
                    on_tap=_opener(app, ssid, secured),
                )
            )
        rows.append(ListItem(title="Add network", leading=Icon("plus"), on_tap=lambda: app.ask("join", "")))
    rows.append(ListItem(title="Network preferences", on_tap=lambda: app.open("wifi_preferences")))
    if saved:
        rows.append(
            ListItem(
                title="Saved networks",
                subtitle=f"{len(saved)} network{'s' if len(saved) > 1 else ''}",
                on_tap=lambda: app.open("saved_networks"),
            )
        )
    return rows


def saved_rows(app: SettingsApp) -> list[Widget]:
    return [
        ListItem(title=ssid, leading=Icon("wifi"), on_tap=_asker(app, "forget", ssid))
        for ssid in radios.saved_networks(app.device)
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
    if not radios.bluetooth_on(app.device.settings):
        return [Text("When Bluetooth is turned on, your device can communicate with other nearby devices.")]
    return [
        ListItem(title="Device name", subtitle=app.device.settings.get("global", "device_name") or ""),
        ListItem(title="Pair new device", leading=Icon("plus"), on_tap=lambda: app.open("pair")),
        Header(text="Saved devices"),
        *_paired_rows(app),
    ]


def pair_rows(app: SettingsApp) -> list[Widget]:
    """Opening the page turns Bluetooth on in Android; here a tap on a device does."""
    near = [d for d in radios.near_devices(app.device) if d not in radios.paired_devices(app.device)]
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
            "Connect" if name else "Save", on_tap=then(lambda: radios.join(device, ssid)), kind="text", enabled=ready
        )
        return Dialog(name or "Add network", body, [cancel, save], on_dismiss=close)
    if kind == "forget":
        return Dialog(
            name,
            [Text("Forget this network? The saved password will be removed.")],
            [cancel, Button("Forget", on_tap=then(lambda: radios.forget(device, name)), kind="text")],
            on_dismiss=close,
        )
    if kind == "pair":
        return Dialog(
            f"Pair with {name}?",
            [Text("Allow access to your contacts and call history when connected.")],
            [cancel, Button("Pair", on_tap=then(lambda: radios.pair(device, name)), kind="text")],
            on_dismiss=close,
        )
    return Dialog(
        f"Forget {name}?",
        [Text("Your phone will no longer be paired with this device.")],
        [cancel, Button("Forget device", on_tap=then(lambda: radios.unpair(device, name)), kind="text")],
        on_dismiss=close,
    )


def _paired_rows(app: SettingsApp) -> list[Widget]:
    return [
        ListItem(
            title=name,
            leading=Icon("bluetooth"),
            trailing=IconButton("cog-outline", label=f"{name} settings", on_tap=_asker(app, "unpair", name)),
            on_tap=_asker(app, "unpair", name),
        )
        for name in radios.paired_devices(app.device)
    ]


def _opener(app: SettingsApp, ssid: str, secured: bool) -> Callable[[], None]:
    """A tap on a network: joins one that is saved or open, asks for the password of another."""
    if ssid == radios.joined_network(app.device):
        return _asker(app, "forget", ssid)
    if secured and ssid not in radios.saved_networks(app.device):
        return _asker(app, "join", ssid)
    return lambda: radios.join(app.device, ssid)


def _asker(app: SettingsApp, kind: str, name: str) -> Callable[[], None]:
    return lambda: app.ask(kind, name)
