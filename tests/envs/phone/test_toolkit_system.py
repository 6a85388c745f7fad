"""The system around the apps: launcher, back, home, overview, shade, bars, settings, clock, power."""

from __future__ import annotations

import datetime as dt

import pytest

from agentkit.errors import EnvError
from envs.phone import launcher
from envs.phone.device import EPOCH, Phone
from envs.phone.elements import centre
from toolkit_demo import Demo, Other, demo_phone, find, shows, tap


def test_home_shows_apps_and_opens_them() -> None:
    phone = Phone([Demo, Other], screen="small")
    assert phone.foreground() == (launcher.PACKAGE, launcher.ACTIVITY)
    assert shows(phone, "Sunday, October 15")
    tap(phone, "Other app", "tile")
    assert phone.foreground() == (Other.package, ".MainActivity")
    phone.key("HOME")
    phone.swipe(180, 500, 180, 200)
    assert shows(phone, "All apps")
    tap(phone, "Demo", "tile")
    assert phone.foreground()[0] == Demo.package
    phone.key(3)
    phone.swipe(180, 500, 180, 200)
    phone.swipe(180, 200, 180, 500)
    assert not shows(phone, "All apps")


def test_launch_by_label_or_package() -> None:
    phone = Phone([Demo, Other], screen="small")
    assert phone.launch("OTHER APP") and phone.foreground()[0] == Other.package
    assert phone.launch(Demo.package) and phone.foreground()[0] == Demo.package
    assert not phone.launch("Nothing") and phone.foreground()[0] == Demo.package
    assert phone.packages() == [Demo.package, Other.package]
    with pytest.raises(KeyError, match="Nothing"):
        phone.app("Nothing")


def test_back_closes_layers_then_screens_then_the_app() -> None:
    phone, app = demo_phone()
    tap(phone, "Add")
    phone.key("BACK")
    assert not app.dialog
    tap(phone, "Form")
    tap(phone, "back", "button")
    assert phone.foreground() == (Demo.package, ".MainActivity")
    tap(phone, "back", "button")
    assert phone.foreground()[0] == launcher.PACKAGE
    phone.key("BACK")
    assert phone.foreground()[0] == launcher.PACKAGE


def test_back_returns_to_the_app_that_started_this_one() -> None:
    phone = Phone([Demo, Other], screen="small")
    phone.launch("Other app")
    tap(phone, "To demo")
    assert phone.foreground()[0] == Demo.package
    phone.key("BACK")
    assert phone.foreground()[0] == Other.package
    phone.key("BACK")
    assert phone.foreground()[0] == launcher.PACKAGE


def test_app_keeps_its_place_until_stopped() -> None:
    phone, _ = demo_phone()
    tap(phone, "Form")
    tap(phone, "home", "button")
    phone.launch("Demo")
    assert phone.foreground()[1] == ".FormActivity"
    phone.force_stop(Demo.package)
    assert phone.foreground()[0] == launcher.PACKAGE and phone.recents == []
    phone.launch("Demo")
    assert phone.foreground()[1] == ".MainActivity"


def test_overview_opens_turns_removes_and_clears() -> None:
    phone, _ = demo_phone()
    phone.launch("Other app")
    assert phone.recents == [Other.package, Demo.package]
    tap(phone, "recent_apps", "button")
    assert phone.foreground()[1].endswith("RecentsActivity")
    phone.swipe(100, 300, 300, 300)
    tap(phone, "Demo", "card")
    assert phone.foreground()[0] == Demo.package and phone.recents[0] == Demo.package
    phone.key("APP_SWITCH")
    phone.swipe(180, 400, 180, 150)
    assert phone.recents == [Other.package]
    tap(phone, "clear_all")
    assert phone.recents == [] and phone.foreground()[1] == launcher.ACTIVITY
    phone.key("APP_SWITCH")
    assert shows(phone, "No recent items")
    phone.key("BACK")
    assert phone.foreground()[1] == launcher.ACTIVITY


def test_overview_shows_the_last_screen() -> None:
    phone, _ = demo_phone()
    blank = phone.screenshot()
    tap(phone, "Form")
    phone.key("APP_SWITCH")
    card = find(phone, "Demo", "card")
    shot = phone.screenshot().crop(card.bounds)
    phone2, _ = demo_phone()
    phone2.key("APP_SWITCH")
    assert shot.tobytes() != phone2.screenshot().crop(card.bounds).tobytes()
    assert blank.size == phone.size


def test_switching_twice_goes_to_the_app_before() -> None:
    phone, _ = demo_phone()
    phone.launch("Other app")
    phone.key("APP_SWITCH")
    phone.key("APP_SWITCH")
    assert phone.foreground()[0] == Demo.package


@pytest.mark.parametrize(
    ("tile", "namespace", "key", "on", "off"),
    [
        ("Wi-Fi", "global", "wifi_on", "1", "0"),
        ("Bluetooth", "global", "bluetooth_on", "1", "0"),
        ("Airplane mode", "global", "airplane_mode_on", "1", "0"),
        ("Dark theme", "secure", "ui_night_mode", "2", "1"),
        ("Flashlight", "secure", "flashlight_enabled", "1", "0"),
        ("Auto-rotate", "system", "accelerometer_rotation", "1", "0"),
    ],
)
def test_quick_settings_write_settings(tile: str, namespace: str, key: str, on: str, off: str) -> None:
    phone, _ = demo_phone()
    phone.swipe(180, 4, 180, 400)
    before = phone.settings.get(namespace, key)
    assert find(phone, tile, "tile").checked == (before == on)
    tap(phone, tile, "tile")
    assert {before, phone.settings.get(namespace, key)} == {on, off}
    assert find(phone, tile, "tile").checked != (before == on)


def test_shade_covers_the_app_and_closes() -> None:
    phone, app = demo_phone()
    for close in (lambda: phone.key("BACK"), lambda: phone.swipe(180, 600, 180, 300), lambda: phone.key("HOME")):
        phone.launch("Demo")
        phone.swipe(180, 4, 180, 400)
        assert shows(phone, "Display brightness") and not shows(phone, "Search")
        phone.type_text("nothing")
        close()
        assert not shows(phone, "Display brightness")
    assert [call for call in app.calls if call != "start"] == []


def test_brightness_slider_of_the_shade() -> None:
    phone, _ = demo_phone()
    phone.swipe(180, 4, 180, 400)
    x1, y1, x2, y2 = find(phone, "Display brightness").bounds
    phone.swipe(x1 + 20, (y1 + y2) // 2, x2, (y1 + y2) // 2)
    assert phone.settings.get("system", "screen_brightness") == "255"


def test_notifications_open_their_app() -> None:
    phone, _ = demo_phone()
    phone.notify(Other.package, "Ping", "Something happened")
    phone.swipe(180, 4, 180, 400)
    tap(phone, "Ping", "card")
    assert phone.foreground()[0] == Other.package and phone.stage.notifications == []


def test_status_bar_follows_settings_and_clock() -> None:
    phone, _ = demo_phone()
    assert find(phone, "clock").text == "3:34" and shows(phone, "Bluetooth on")
    phone.settings.put("global", "bluetooth_on", "0")
    phone.settings.put("global", "airplane_mode_on", "1")
    phone.settings.put("system", "time_12_24", "24")
    assert not shows(phone, "Bluetooth on") and shows(phone, "Airplane mode") and not shows(phone, "Phone signal")
    assert find(phone, "clock").text == "15:34"
    phone.set_now(dt.datetime(2024, 2, 29, 0, 5))
    assert find(phone, "clock").text == "0:05"
    phone.settings.delete("system", "time_12_24")
    assert find(phone, "clock").text == "12:05"
    with pytest.raises(EnvError, match="naive"):
        phone.set_now(dt.datetime(2024, 1, 1, tzinfo=dt.UTC))


def test_clock_moves_with_inputs_only() -> None:
    phone, _ = demo_phone()
    start = phone.now()
    phone.screenshot()
    phone.elements()
    assert phone.now() == start > EPOCH
    phone.tap(5, 5)
    phone.key("VOLUME_UP")
    assert phone.now() - start == dt.timedelta(seconds=2)


def test_night_mode_changes_every_pixel_of_the_ground() -> None:
    phone, _ = demo_phone()
    light = phone.screenshot().getpixel((5, 400))
    phone.settings.put("secure", "ui_night_mode", "2")
    dark = phone.screenshot().getpixel((5, 400))
    assert sum(light) > 700 and sum(dark) < 90


def test_toast_shows_for_a_while_and_lets_touches_through() -> None:
    phone = Phone([Demo, Other], screen="small")
    phone.launch("Other app")
    tap(phone, "Say")
    assert find(phone, "Said").role == "toast" and not find(phone, "Said").clickable
    below = phone.scene.node_at(*centre(find(phone, "Said").bounds))
    assert below is not None and below.role != "toast"
    for _ in range(3):
        phone.tap(180, 400)
    assert not shows(phone, "Said")


def test_power_key_darkens_and_wakes() -> None:
    phone, app = demo_phone()
    phone.key("POWER")
    assert phone.screenshot().getcolors() == [(360 * 720, (0, 0, 0))] and phone.elements() == []
    phone.tap(180, 200)
    phone.type_text("x")
    phone.key("BACK")
    assert app.calls == ["start"]
    phone.key("WAKEUP")
    assert shows(phone, "Demo")


def test_key_names_numbers_and_mistakes() -> None:
    phone, _ = demo_phone()
    for code in ("HOME", "KEYCODE_HOME", "keycode_home", 3, "187", "KEYCODE_A", "7"):
        phone.key(code)
    for code in ("KEYCODE_NOPE", "", 9999, "-1"):
        with pytest.raises(EnvError, match="unknown key code"):
            phone.key(code)


def test_settings_are_strings_in_three_namespaces() -> None:
    phone = Phone([Demo], screen="small")
    assert phone.settings.get("global", "missing") is None and not phone.settings.delete("global", "missing")
    with pytest.raises(EnvError, match="namespace"):
        phone.settings.get("locale", "x")
    with pytest.raises(EnvError, match="string"):
        phone.settings.put("global", "x", 1)


def test_reset_to_home_closes_everything() -> None:
    phone, app = demo_phone()
    tap(phone, "Form")
    tap(phone, "name", "input")
    phone.swipe(180, 4, 180, 400)
    phone.reset_to_home()
    assert phone.foreground()[1] == launcher.ACTIVITY and not shows(phone, "Display brightness")
    assert app.page == "form"


def test_clear_app_starts_it_afresh() -> None:
    phone, app = demo_phone()
    phone.files.make_dirs(f"/data/data/{Demo.package}/files")
    tap(phone, "Form")
    phone.clear_app(Demo.package)
    assert not phone.files.exists(f"/data/data/{Demo.package}/files") and app.page == "widgets"


def test_nonsense_in_settings_does_not_break_the_phone() -> None:
    phone, _ = demo_phone()
    for namespace, key in (
        ("system", "screen_brightness"),
        ("system", "volume_music_speaker"),
        ("system", "font_scale"),
    ):
        phone.settings.put(namespace, key, "²nonsense")
    phone.key("VOLUME_UP")
    phone.key("BRIGHTNESS_DOWN")
    phone.settings.put("system", "screen_brightness", "²")
    phone.swipe(180, 4, 180, 400)
    assert shows(phone, "Display brightness") and phone.settings.get("system", "volume_music_speaker") == "1"
