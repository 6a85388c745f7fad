"""Networks, SIM cards and devices that the phone talks to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from envs.phone.apps.settings import radio_rows, radios
from envs.phone.apps.settings.keys import AIRPLANE, BLUETOOTH, WIFI
from envs.phone.apps.settings.preferences import Choice, Key, Link, Note, Page, Toggle

if TYPE_CHECKING:
    from envs.phone.apps.settings.main import SettingsApp


def _wifi(app: SettingsApp) -> str:
    return radio_rows.wifi_summary(app.device)


PAGES: dict[str, Page] = {
    "network": Page(
        "Network & internet",
        (
            Link("Internet", "wifi", _wifi, "wifi"),
            Link("SIMs", "sims", "T-Mobile", "sim-outline"),
            Toggle(
                "Airplane mode",
                AIRPLANE,
                icon="airplane",
                write=lambda app, on: radios.set_airplane(app.device.settings, on),
            ),
            Note("Hotspot & tethering", "Off", "radio-tower"),
            Note("Data Saver", "Off", "leaf"),
            Note("VPN", "None", "key"),
            Choice(
                "Private DNS",
                Key("global", "private_dns_mode", "opportunistic"),
                (("off", "Off"), ("opportunistic", "Automatic")),
            ),
        ),
    ),
    "wifi": Page(
        "Internet",
        (
            Toggle(
                "Wi-Fi",
                WIFI,
                is_on=lambda app: radios.wifi_on(app.device.settings),
                write=lambda app, on: radios.set_wifi(app.device.settings, on),
            ),
        ),
        radio_rows.wifi_rows,
    ),
    "saved_networks": Page("Saved networks", build=radio_rows.saved_rows),
    "wifi_preferences": Page(
        "Network preferences",
        (
            Toggle(
                "Turn on Wi-Fi automatically",
                Key("global", "wifi_wakeup_enabled", "1"),
                "Wi-Fi will turn back on near high-quality saved networks",
            ),
            Toggle(
                "Notify for public networks",
                Key("global", "wifi_networks_available_notification_on", "1"),
                "Notify when a high-quality public network is available",
            ),
            Note("Install certificates"),
        ),
    ),
    "sims": Page(
        "T-Mobile",
        (
            Toggle("Mobile data", Key("global", "mobile_data", "1"), "Access data using mobile network"),
            Toggle("Roaming", Key("global", "data_roaming", "0"), "Connect to data services when roaming"),
            Note("App data usage", "1.24 GB used"),
            Choice(
                "Preferred network type",
                Key("global", "preferred_network_mode", "26"),
                (("26", "5G (recommended)"), ("9", "LTE"), ("0", "3G")),
            ),
            Note("Carrier settings version", "43.0.0.1"),
        ),
    ),
    "connected": Page("Connected devices", build=radio_rows.connected_rows),
    "pair": Page("Pair new device", build=radio_rows.pair_rows),
    "connection_preferences": Page(
        "Connection preferences",
        (
            Link("Bluetooth", "bluetooth", lambda app: "On" if radios.bluetooth_on(app.device.settings) else "Off"),
            Note("Cast", "Not connected"),
            Note("Printing", "1 print service on"),
        ),
    ),
    "bluetooth": Page(
        "Bluetooth",
        (
            Toggle(
                "Use Bluetooth",
                BLUETOOTH,
                is_on=lambda app: radios.bluetooth_on(app.device.settings),
                write=lambda app, on: radios.set_bluetooth(app.device.settings, on),
            ),
        ),
        radio_rows.bluetooth_rows,
    ),
}
