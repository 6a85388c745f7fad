"""Settings, Clock and Contacts: what they draw, and that they keep their state where Android keeps it."""

from __future__ import annotations

import datetime as dt
import random
import sqlite3

import pytest

from envs.phone import oracle
from envs.phone.apps.clock import Clock
from envs.phone.apps.clock.alarms import TimePicker, days_text, time_text
from envs.phone.apps.clock.cities import CITIES
from envs.phone.apps.clock.store import DATABASE, Alarm, Store
from envs.phone.apps.clock.timers import elapsed_text, entered, left_text, length_text
from envs.phone.apps.contacts import Contacts
from envs.phone.apps.settings import SettingsApp, pages, radios
from envs.phone.apps.settings.installed import size_text
from envs.phone.apps.settings.preferences import Choice, Entry, Level, Section
from envs.phone.device import Phone
from envs.phone.people import EMAIL, NAME, ORGANIZATION, PATH, PHONE, People, Person
from fingers import press, texts, wander

APPS = (SettingsApp, Clock, Contacts)


def make(screen: str = "small", **options: object) -> Phone:
    return Phone(APPS, screen=screen, **options)  # type: ignore[arg-type]


def assert_inside(phone: Phone) -> None:
    width, height = phone.size
    for e in phone.elements():
        x1, y1, x2, y2 = e.bounds
        assert 0 <= x1 < x2 <= width and 0 <= y1 < y2 <= height, e


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("screen", ["small", "medium", "tall"])
@pytest.mark.parametrize("app", APPS, ids=lambda a: a.__name__)
def test_random_walk(app: type, screen: str, dark: bool) -> None:
    rng = random.Random(f"{app.__name__}/{screen}/{dark}")
    phone = make(screen, seed=5, dark=dark)
    for _ in range(20):
        wander(phone, app.package, rng, 10)
        assert_inside(phone)
        assert phone.screenshot().size == phone.size


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("screen", ["small", "medium", "tall"])
def test_every_settings_page_and_dialog_draws(screen: str, dark: bool) -> None:
    phone = make(screen, dark=dark)
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


def test_settings_back_follows_the_breadcrumbs() -> None:
    phone = make()
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


def test_settings_search_leads_to_the_page() -> None:
    phone = make()
    phone.launch("Settings")
    press(phone, label="Search settings")
    phone.type_text("timeout")
    assert "Display" in texts(phone), "the breadcrumb"
    press(phone, text="Screen timeout")
    assert "Lock display" in texts(phone)


def test_brightness_ends_are_those_of_android() -> None:
    phone = make()
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


def test_airplane_mode_silences_the_radios_and_brings_them_back() -> None:
    settings = make().settings
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


def test_wifi_networks_are_joined_with_a_password_and_forgotten() -> None:
    phone = make()
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


def test_network_names_survive_the_store() -> None:
    phone = make()
    names = ['Tom & "Ann"', "<b>", "Café 5G", "&amp; Co"]
    radios.save_networks(phone, names)
    assert radios.saved_networks(phone) == names
    radios.pair_devices(phone, ["Buds: pro = 1", "100% car"])
    assert radios.paired_devices(phone) == ["Buds: pro = 1", "100% car"]


def test_sizes_are_written_as_android_writes_them() -> None:
    assert [size_text(n) for n in (0, 899, 1500, 20_000, 3_140_000)] == ["0 B", "899 B", "1.50 kB", "20 kB", "3.14 MB"]


def test_an_alarm_made_on_the_screen_is_a_row_of_deskclock() -> None:
    phone = make()
    phone.launch("Clock")
    press(phone, label="Add alarm")
    phone.type_text("7")
    press(phone, id="minute_text_input")
    phone.type_text("05")
    press(phone, text="PM")
    press(phone, text="OK")
    assert "7:05 PM" in texts(phone) and "Today" in texts(phone)
    press(phone, label="Mon")
    copy = sqlite3.connect(":memory:")
    copy.deserialize(phone.files.read(DATABASE))
    rows = copy.execute("SELECT hour, minutes, daysofweek, enabled FROM alarm_templates WHERE hour = 19").fetchall()
    copy.close()
    assert rows == [(19, 5, 1, 1)]


def test_the_time_picker_knows_noon_midnight_and_nonsense() -> None:
    def chosen(full_day: bool, hour: str, minute: str, afternoon: bool = False) -> tuple[int, int] | None:
        picker = TimePicker(6, 0, full_day, lambda h, m: None, lambda: None)
        picker.hour_text, picker.minute_text, picker.afternoon = hour, minute, afternoon
        return picker.chosen()

    assert chosen(False, "12", "30") == (0, 30) and chosen(False, "12", "30", True) == (12, 30)
    assert chosen(False, "", "") == (6, 0) and chosen(False, "", "", True) == (18, 0)
    assert chosen(True, "23", "59") == (23, 59) and chosen(True, "0", "0") == (0, 0)
    for bad in ((False, "13", "0"), (False, "0", "0"), (True, "24", "0"), (True, "1", "60"), (True, "x", "1")):
        assert chosen(*bad) is None


def test_clock_texts() -> None:
    assert time_text(0, 5, full_day=False) == "12:05 AM" and time_text(12, 5, full_day=False) == "12:05 PM"
    assert time_text(0, 5, full_day=True) == "00:05"
    assert (
        days_text(Alarm(8, 0, 0b1100001), 9, 0) == "Sun, Mon, Sat" and days_text(Alarm(8, 0, 127), 9, 0) == "Every day"
    )
    assert days_text(Alarm(8, 0), 9, 0) == "Tomorrow" and days_text(Alarm(10, 0), 9, 0) == "Today"
    assert entered("") == (0, 0, 0) and entered("130") == (0, 1, 30) and entered("120000") == (12, 0, 0)
    assert length_text(5400) == "1h 30m Timer" and left_text(3661) == "1:01:01" and left_text(-7) == "-0:07"
    assert elapsed_text(63.5) == "01:03.50" and elapsed_text(3600) == "1:00:00.00"


def test_a_timer_runs_on_the_phones_clock() -> None:
    phone = make()
    store = Store(phone)
    timer = store.add_timer(300)
    phone.set_now(phone.now() + dt.timedelta(seconds=100))
    assert timer.remaining_s(store.now) == 200
    store.change_timer(timer, state="paused", left_s=timer.remaining_s(store.now))
    phone.set_now(phone.now() + dt.timedelta(seconds=500))
    [paused] = store.timers()
    assert paused.remaining_s(store.now) == 200


def test_the_stopwatch_shows_what_androidworld_looks_for() -> None:
    phone = make()
    phone.launch("Clock")
    press(phone, text="Stopwatch")
    assert sum(e.text == "Stopwatch" for e in phone.elements()) == 2
    press(phone, label="Start")
    labels = {e.label for e in phone.elements()}
    assert {"Pause", "Lap"} <= labels and "DeskClock" in phone.foreground()[1]
    press(phone, label="Lap")
    press(phone, label="Pause")
    watch = Store(phone).stopwatch()
    assert not watch.running and len(watch.laps) == 1 and watch.counted_s > watch.laps[0] > 0
    press(phone, label="Reset")
    assert Store(phone).stopwatch().elapsed_s(Store(phone).now) == 0


def test_every_city_can_be_shown() -> None:
    phone = make("tall")
    phone.set_now(dt.datetime(2024, 1, 1, 0, 30))
    Store(phone).set_cities(list(CITIES))
    phone.launch("Clock")
    press(phone, text="Clock")
    phone.screenshot()
    assert any(text.startswith("Yesterday") or text.startswith("Today") for text in texts(phone))


def test_a_contact_is_stored_in_the_providers_rows() -> None:
    phone = make()
    people = People(phone.files)
    people.clear()
    person = Person("Ada", "Byron", (("+1 555 0100", 3),), (("ada@example.com", 2),), "Engines", True)
    contact = people.save(person)
    copy = sqlite3.connect(":memory:")
    copy.deserialize(phone.files.read(PATH))
    rows = copy.execute("SELECT mimetype, data1, data2 FROM view_data ORDER BY mimetype").fetchall()
    flags = copy.execute("SELECT starred, has_phone_number FROM contacts").fetchall()
    copy.close()
    assert sorted(rows) == sorted(
        [
            (NAME, "Ada Byron", "Ada"),
            (PHONE, "+1 555 0100", "3"),
            (EMAIL, "ada@example.com", "2"),
            (ORGANIZATION, "Engines", "1"),
        ]
    )
    assert flags == [(1, 1)]
    [stored] = people.all()
    assert (stored.first, stored.phones, stored.emails, stored.company, stored.starred) == (
        "Ada",
        person.phones,
        person.emails,
        "Engines",
        True,
    )
    people.delete(contact)
    assert people.all() == [] and people.db.execute("SELECT count(*) FROM data").fetchone() == (0,)


def test_a_contact_made_by_sql_is_on_the_screen() -> None:
    phone = make()
    db = People(phone.files).db
    db.execute("INSERT INTO raw_contacts (_id, contact_id, display_name) VALUES (900, 900, 'Aaron Aardvark')")
    db.execute(
        "INSERT INTO data (mimetype_id, raw_contact_id, data1) SELECT _id, 900, 'Aaron Aardvark' FROM mimetypes "
        "WHERE mimetype = ?",
        (NAME,),
    )
    phone.invalidate()
    phone.launch("Contacts")
    assert "Aaron Aardvark" in texts(phone)


def test_an_insert_intent_opens_the_form_filled_in() -> None:
    phone = make()
    action = {"action": "android.intent.action.INSERT", "name": "Mia Long Name", "phone": "5550100"}
    phone.start(Contacts.package, action)
    assert [oracle.read(phone, id) for id in ("first_name", "last_name", "phone")] == ["Mia", "Long Name", "5550100"]
    assert any(e.label == "Mobile Phone" and e.text == "Mobile" for e in phone.elements())
    press(phone, label="Save")
    [mia] = People(phone.files).named("mia long name")
    assert mia.phones == (("5550100", 2),)


def test_leaving_a_changed_form_asks_first() -> None:
    phone = make()
    before = People(phone.files).all()
    phone.launch("Contacts")
    press(phone, label="Create contact")
    phone.type_text("Nobody")
    phone.key("BACK")
    if "Your changes have not been saved" not in texts(phone):
        phone.key("BACK")
    assert "Your changes have not been saved" in texts(phone)
    press(phone, text="Discard")
    assert People(phone.files).all() == before
    assert any(e.label == "Create contact" for e in phone.elements())
