"""Settings: every page draws and can be reached, and what is set lies where Android keeps it."""

from __future__ import annotations

import pytest

from envs.phone import oracle
from envs.phone.apps.settings import SettingsApp, pages, radios
from envs.phone.apps.settings.installed import size_text
from envs.phone.apps.settings.preferences import Choice, Entry, Level, Section
from envs.phone.device import Phone
from fingers import assert_inside, press, texts


@pytest.fixture
def phone() -> Phone:
    return Phone([SettingsApp], screen="small")


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("screen", ["small", "medium", "tall"])
def test_every_settings_page_and_dialog_draws(screen: str, dark: bool) -> None:
    phone = Phone([SettingsApp], screen=screen, dark=dark)
    phone.launch("Settings")
    app = phone.app(SettingsApp.package)
    assert isinstance(app, SettingsApp)
    for page_id, page in [*pages.PAGES.items(), ("app:com.android.settings", None)]:
        app.stop()
        app.open(page_id)
        phone.invalidate()
        phone.screenshot()
        assert page is None or page.title in texts(phone)
        assert_inside(phone)
        for p in page.preferences if page else ():
            if isinstance(p, (Choice, Entry)) or (isinstance(p, Level) and p.in_dialog):
                app.ask("preference", p.title)
                phone.invalidate()
                phone.screenshot()
                assert_inside(phone)
                assert p.title in texts(phone)
                app.close_dialog()


def test_every_settings_page_can_be_reached() -> None:
    """By links, or by a row of one of the pages that build their own."""
    linked = {p.page for page in pages.PAGES.values() for p in page.preferences if hasattr(p, "page")}
    built = {"wifi_preferences", "saved_networks", "connection_preferences", "pair", "add_language"}
    assert set(pages.PAGES) == linked | built | {"root", "bluetooth"}


def test_settings_titles_are_unique_on_their_page() -> None:
    for page in pages.PAGES.values():
        titles = [p.title for p in page.preferences if not isinstance(p, Section)]
        assert len(titles) == len(set(titles)), page.title


def test_settings_back_follows_the_breadcrumbs(phone: Phone) -> None:
    phone.launch("Settings")
    press(phone, text="Network & internet")
    press(phone, text="Internet")
    press(phone, text="Add network")
    assert "Network name" in texts(phone) or any(e.label == "Network name" for e in phone.elements())
    for expected in ("Internet", "Network & internet", "Settings"):
        phone.key("BACK")
        if phone.editing.keyboard:
            phone.key("BACK")
        assert expected in texts(phone)
    phone.key("BACK")
    assert "launcher" in phone.foreground()[0]


def test_settings_search_leads_to_the_page(phone: Phone) -> None:
    phone.launch("Settings")
    press(phone, label="Search settings")
    phone.type_text("timeout")
    assert "Display" in texts(phone), "the breadcrumb"
    press(phone, text="Screen timeout")
    assert "Lock display" in texts(phone)


def test_brightness_ends_are_those_of_android(phone: Phone) -> None:
    phone.settings.put("system", "screen_brightness", "not a number")
    phone.launch("Settings")
    app = phone.app(SettingsApp.package)
    assert isinstance(app, SettingsApp)
    app.open("display")
    app.ask("preference", "Brightness level")
    phone.invalidate()
    slider = oracle.find(phone, id="brightness")
    assert slider is not None
    x1, y1, x2, y2 = slider.bounds
    phone.tap(x2 - 1, (y1 + y2) // 2)
    assert phone.settings.get("system", "screen_brightness") == "255"
    phone.tap(x1, (y1 + y2) // 2)
    assert phone.settings.get("system", "screen_brightness") == "1"


def test_airplane_mode_silences_the_radios_and_brings_them_back(phone: Phone) -> None:
    settings = phone.settings
    radios.set_airplane(settings, True)
    assert not radios.wifi_on(settings) and not radios.bluetooth_on(settings)
    radios.set_wifi(settings, True)
    assert settings.get("global", "wifi_on") == "2" and radios.wifi_on(settings)
    radios.set_wifi(settings, False)
    radios.set_airplane(settings, False)
    assert settings.get("global", "wifi_on") == "0", "switched off by hand inside airplane mode: stays off"
    assert radios.bluetooth_on(settings)
    radios.set_wifi(settings, True)
    radios.set_airplane(settings, True)
    radios.set_airplane(settings, False)
    assert settings.get("global", "wifi_on") == "1"
    radios.set_wifi(settings, False)
    radios.set_airplane(settings, True)
    radios.set_airplane(settings, False)
    assert settings.get("global", "wifi_on") == "0", "it was off before airplane mode"


def test_wifi_networks_are_joined_with_a_password_and_forgotten(phone: Phone) -> None:
    radios.save_networks(phone, [])
    ssid = next(name for name, secured in radios.visible_networks(phone) if secured)
    phone.launch("Settings")
    press(phone, text="Network & internet")
    press(phone, text="Internet")
    press(phone, text=ssid)
    phone.type_text("short")
    press(phone, text="Connect")
    assert radios.saved_networks(phone) == [], "eight characters at least"
    phone.type_text("er password")
    press(phone, text="Connect")
    assert radios.joined_network(phone) == ssid and radios.saved_networks(phone) == [ssid]
    assert "Connected" in texts(phone)
    radios.set_wifi(phone.settings, False)
    assert radios.joined_network(phone) is None
    radios.forget(phone, ssid)
    assert radios.saved_networks(phone) == []


def test_network_names_survive_the_store(phone: Phone) -> None:
    names = ['Tom & "Ann"', "<b>", "Café 5G", "&amp; Co"]
    radios.save_networks(phone, names)
    assert radios.saved_networks(phone) == names
    radios.pair_devices(phone, ["Buds: pro = 1", "100% car"])
    assert radios.paired_devices(phone) == ["Buds: pro = 1", "100% car"]


def test_sizes_are_written_as_android_writes_them() -> None:
    assert [size_text(n) for n in (0, 899, 1500, 20_000, 3_140_000)] == ["0 B", "899 B", "1.50 kB", "20 kB", "3.14 MB"]
