"""Simple Calendar: what is done on its screens is what stands in the table `events`, and the other way round."""

from __future__ import annotations

import datetime as dt
import random

import pytest

from envs.phone.apps.calendar import Calendar
from envs.phone.apps.calendar.event import Event, EventType
from envs.phone.apps.calendar.repetition import DAY, WEEK, Repetition
from envs.phone.apps.calendar.schema import ORANGE, PATH, argb, rgb
from envs.phone.device import Phone
from fingers import assert_inside, press, stored, texts, wander

TIMES = "SELECT title, start_ts, end_ts FROM events"
NOON = dt.datetime(2023, 10, 17, 12, 0)


def stamp(*when: int) -> int:
    return int(dt.datetime(*when, tzinfo=dt.UTC).timestamp())  # type: ignore[misc]


@pytest.fixture
def phone() -> Phone:
    """An empty calendar on a 24-hour phone."""
    phone = Phone([Calendar], screen="medium")
    phone.files.open_database(PATH).execute("DELETE FROM events")  # type: ignore[union-attr]
    phone.settings.put("system", "time_12_24", "24")
    return phone


@pytest.fixture
def app(phone: Phone) -> Calendar:
    app = phone.app(Calendar.package)
    assert isinstance(app, Calendar)
    return app


def go_down(phone: Phone, id: str) -> None:
    """Tap what has this id, further down if need be."""
    for _ in range(6):
        if any(e.id == id and e.hit for e in phone.elements()):
            break
        phone.swipe(360, 900, 360, 500)
    press(phone, id=id)


def set_time(phone: Phone, edge: str, hour: str, minute: str) -> None:
    go_down(phone, f"event_{edge}_time")
    phone.type_text(hour)
    press(phone, id="minute_text_input")
    phone.type_text(minute)
    press(phone, text="OK")


def test_an_event_made_on_the_screen_is_a_row_as_the_app_writes_it(phone: Phone) -> None:
    phone.launch("Simple Calendar Pro")
    press(phone, label="New Event")
    phone.type_text("Dentist ")
    press(phone, id="event_location")
    phone.type_text("Main St 5")
    press(phone, id="event_description")
    phone.type_text("Bring the card")
    phone.key("BACK")
    go_down(phone, "event_start_date")
    press(phone, label="18 October 2023")
    press(phone, text="OK")
    set_time(phone, "start", "9", "05")
    set_time(phone, "end", "10", "30")
    press(phone, label="Save")
    assert stored(phone, PATH, TIMES) == [("Dentist", stamp(2023, 10, 18, 9, 5), stamp(2023, 10, 18, 10, 30))]
    rest = (
        "location, description, repeat_interval, repeat_rule, repeat_limit, repetition_exceptions, reminder_1_minutes, "
        "reminder_3_minutes, flags, event_type, parent_id, time_zone, source, color, type"
    )
    assert stored(phone, PATH, f"SELECT {rest} FROM events") == [
        ("Main St 5", "Bring the card", 0, 0, 0, "[]", -1, -1, 0, 1, 0, "UTC", "simple-calendar", 0, 0)
    ]
    [(updated,)] = stored(phone, PATH, "SELECT last_updated FROM events")
    assert 0 <= stamp(2023, 10, 15, 15, 35) * 1000 - updated < 60_000
    assert "Dentist" in texts(phone)
    press(phone, label="October 18 (Wed)")
    assert {"Dentist", "09:05 - 10:30", "Bring the card"} <= set(texts(phone))


@pytest.mark.parametrize(
    ("choice", "interval", "rule"), [("Daily", 86_400, 0), ("Weekly", 604_800, 4), ("Monthly", 2_592_001, 1)]
)
def test_repetition_is_stored_as_the_app_encodes_it(
    phone: Phone, app: Calendar, choice: str, interval: int, rule: int
) -> None:
    """October 18 is a Wednesday: bit 2. The rule follows the day when that is changed after the repetition."""
    phone.launch("Simple Calendar Pro")
    press(phone, label="New Event")
    phone.type_text("Run")
    phone.key("BACK")
    go_down(phone, "event_repetition")
    press(phone, text=choice)
    phone.swipe(360, 500, 360, 900)
    go_down(phone, "event_start_date")
    press(phone, label="18 October 2023")
    press(phone, text="OK")
    press(phone, label="Save")
    assert stored(phone, PATH, "SELECT repeat_interval, repeat_rule, repeat_limit FROM events") == [(interval, rule, 0)]


def test_a_form_without_title_or_with_its_end_before_its_start_is_not_saved(phone: Phone) -> None:
    phone.launch("Simple Calendar Pro")
    press(phone, label="New Event")
    press(phone, label="Save")
    assert phone.toast_text == "Event title cannot be empty"
    phone.type_text("Early")
    phone.key("BACK")
    set_time(phone, "end", "1", "00")
    press(phone, label="Save")
    assert phone.toast_text == "The event cannot end earlier than it starts"
    press(phone, label="Navigate up")
    assert "Your changes are not saved. Do you want to save them?" in texts(phone)
    press(phone, text="Discard")
    assert stored(phone, PATH, TIMES) == [] and "New Event" not in texts(phone)


def test_an_edited_event_keeps_what_the_form_does_not_know(phone: Phone, app: Calendar) -> None:
    key = app.store.save(Event(NOON, NOON + dt.timedelta(hours=1), "Lunch", "Park"))
    app.store.db.execute("UPDATE events SET attendees = '[1]', import_id = 'theirs', flags = flags | 2")
    phone.launch("Simple Calendar Pro")
    press(phone, label="October 17 (Tue)")
    press(phone, text="Lunch")
    press(phone, id="event_title")
    phone.type_text(" late")
    phone.key("BACK")
    go_down(phone, "event_all_day")
    press(phone, label="Save")
    query = "SELECT id, title, location, attendees, import_id, flags, start_ts, end_ts FROM events"
    day, noon = stamp(2023, 10, 17), stamp(2023, 10, 17, 12)
    assert stored(phone, PATH, query) == [(key, "Lunch late", "Park", "[1]", "theirs", 3, day, noon)]
    assert "All-day" in texts(phone)


def test_selected_events_are_deleted_and_others_left_as_they_were(phone: Phone, app: Calendar) -> None:
    for n in range(3):
        app.store.save(Event(NOON + dt.timedelta(hours=n), NOON + dt.timedelta(hours=n + 1), f"No. {n}"))
    app.store.save(Event(NOON + dt.timedelta(1), NOON + dt.timedelta(1), "Other day"))
    before = stored(phone, PATH, "SELECT * FROM events WHERE title IN ('No. 0', 'Other day')")
    phone.launch("Simple Calendar Pro")
    press(phone, label="October 17 (Tue)")
    press(phone, text="No. 1", long=True)
    press(phone, text="No. 2")
    assert "2 / 3" in texts(phone)
    press(phone, label="Delete")
    press(phone, text="No")
    assert len(stored(phone, PATH, TIMES)) == 4
    press(phone, label="Delete")
    press(phone, text="Yes")
    assert stored(phone, PATH, "SELECT * FROM events") == before and "2 / 3" not in texts(phone)


@pytest.mark.parametrize(
    ("reach", "left", "exceptions", "limit"),
    [
        ("Delete the selected occurrence only", ["16", "18"], '["20231017"]', 0),
        ("Delete this and all future occurrences", ["16"], "[]", stamp(2023, 10, 16, 23, 59, 59)),
        ("Delete all occurrences", [], None, None),
    ],
)
def test_of_a_repeating_event_as_much_is_deleted_as_is_said(
    phone: Phone, app: Calendar, reach: str, left: list[str], exceptions: str | None, limit: int | None
) -> None:
    start = dt.datetime(2023, 10, 16, 8)
    app.store.save(Event(start, start, "Pill", repetition=Repetition(DAY)))
    phone.launch("Simple Calendar Pro")
    press(phone, label="October 17 (Tue)")
    press(phone, text="Pill")
    press(phone, label="Delete")
    press(phone, text=reach)
    press(phone, text="Yes")
    found = app.store.occurrences(dt.date(2023, 10, 14), dt.date(2023, 10, 18))
    assert [f"{one.start:%d}" for one in found] == left
    rows = stored(phone, PATH, "SELECT repetition_exceptions, repeat_limit FROM events")
    assert rows == ([] if exceptions is None else [(exceptions, limit)])


@pytest.mark.parametrize(
    ("reach", "titles"),
    [
        ("Update the selected occurrence only", {16: "Pill", 17: "Pills", 18: "Pill"}),
        ("Update this and all future occurrences", {16: "Pill", 17: "Pills", 18: "Pills"}),
        ("Update all occurrences", {16: "Pills", 17: "Pills", 18: "Pills"}),
    ],
)
def test_of_a_repeating_event_as_much_is_changed_as_is_said(
    phone: Phone, app: Calendar, reach: str, titles: dict[int, str]
) -> None:
    start = dt.datetime(2023, 10, 16, 8)
    app.store.save(Event(start, start, "Pill", repetition=Repetition(DAY)))
    phone.launch("Simple Calendar Pro")
    press(phone, label="October 17 (Tue)")
    press(phone, text="Pill")
    press(phone, id="event_title")
    phone.type_text("s")
    press(phone, label="Save")
    press(phone, text=reach)
    press(phone, text="OK")
    found = app.store.occurrences(dt.date(2023, 10, 16), dt.date(2023, 10, 18))
    assert {one.start.day: one.event.title for one in found} == titles and len(found) == 3
    assert {one.start.hour for one in found} == {8}


def test_every_view_shows_an_event_and_leads_to_it(phone: Phone, app: Calendar) -> None:
    start = dt.datetime(2023, 10, 15, 0, 30)
    app.store.save(Event(start, start + dt.timedelta(hours=1), "Night owl"))
    phone.launch("Simple Calendar Pro")
    for view in ("Daily view", "Weekly view", "Monthly view", "Monthly and daily view", "Simple event list"):
        press(phone, label="Change view")
        press(phone, text=view)
        assert "Night owl" in texts(phone), view
        press(phone, text="Night owl")
        if view == "Monthly view":  # a tap in the month opens its day
            press(phone, text="Night owl")
        assert "Edit Event" in texts(phone), view
        phone.key("BACK")
        if view == "Monthly view":
            phone.key("BACK")
    press(phone, label="Change view")
    press(phone, text="Yearly view")
    press(phone, label="October 2023")
    press(phone, label="October 15 (Sun)")
    assert "00:30 - 01:30" in texts(phone)
    for shown in ("October", "2023"):
        phone.key("BACK")
        assert shown in texts(phone)
    phone.key("BACK")
    assert phone.foreground()[0] != Calendar.package


def test_pages_turn_and_a_date_can_be_gone_to(phone: Phone) -> None:
    phone.launch("Simple Calendar Pro")
    press(phone, label="Next month")
    assert "November" in texts(phone)
    press(phone, label="More options")
    press(phone, text="Go to date")
    press(phone, id="next")
    press(phone, label="6 December 2023")
    press(phone, text="OK")
    assert "December" in texts(phone)
    press(phone, label="Go to today")
    assert "October" in texts(phone)


def test_the_event_list_reaches_further_when_asked(phone: Phone, app: Calendar) -> None:
    for title, day in (("Old", dt.date(2023, 9, 20)), ("Soon", dt.date(2023, 11, 2)), ("Far", dt.date(2024, 1, 20))):
        start = dt.datetime.combine(day, dt.time(9))
        app.store.save(Event(start, start, title))
    app.preferences.view = "list"
    phone.launch("Simple Calendar Pro")
    shown = [set(texts(phone)) & {"Old", "Soon", "Far", "January 20 2024 (Sat)"}]
    for button in ("Show later events", "Show earlier events"):
        press(phone, text=button)
        shown.append(set(texts(phone)) & {"Old", "Soon", "Far", "January 20 2024 (Sat)"})
    assert shown == [
        {"Soon"},
        {"Soon", "Far", "January 20 2024 (Sat)"},
        {"Old", "Soon", "Far", "January 20 2024 (Sat)"},
    ]


def test_an_event_that_ends_at_midnight_is_not_on_the_next_day(app: Calendar) -> None:
    late = dt.datetime(2023, 10, 17, 23)
    app.store.save(Event(late, late + dt.timedelta(hours=1), "Until midnight"))
    app.store.save(Event(late, late + dt.timedelta(minutes=61), "Past midnight"))
    on = [[one.event.title for one in app.store.occurrences(day, day)] for day in (late.date(), dt.date(2023, 10, 18))]
    assert on == [["Until midnight", "Past midnight"], ["Past midnight"]]


def test_search_finds_titles_places_and_notes(phone: Phone, app: Calendar) -> None:
    for n, text in enumerate((("Zebra", "", ""), ("A", "Zebra street", ""), ("B", "", "the zebra"), ("C", "", ""))):
        app.store.save(Event(NOON + dt.timedelta(days=n - 9), NOON + dt.timedelta(days=n - 9), *text))
    phone.launch("Simple Calendar Pro")
    press(phone, label="Search")
    phone.type_text("z")
    assert "Type in at least 2 characters to start the search" in texts(phone)
    phone.type_text("EB")
    phone.key("BACK")
    assert {"Zebra", "A", "B", "October 8 (Sun)"} <= set(texts(phone)) and "C" not in texts(phone)
    press(phone, id="search")
    phone.type_text("ronkey")
    assert "No items found" in texts(phone)


def test_event_types_colour_events_and_leave_them_regular_when_deleted(phone: Phone, app: Calendar) -> None:
    app.store.db.execute("DELETE FROM event_types WHERE id != 1")
    phone.launch("Simple Calendar Pro")
    press(phone, label="More options")
    press(phone, text="Manage event types")
    press(phone, label="Add new type")
    phone.type_text("Sport")
    press(phone, text="OK")
    press(phone, text="Green")
    [(kind, color)] = stored(phone, PATH, "SELECT id, color FROM event_types WHERE title = 'Sport'")
    assert rgb(color) == (56, 142, 60) and color == argb(rgb(color)) < 0
    key = app.store.save(Event(NOON, NOON, "Climb", kind=kind))
    event = app.store.event(key)
    assert event is not None and app.store.color(event, app.store.types()) == (56, 142, 60)
    press(phone, label="Delete Sport")
    press(phone, text="Yes")
    assert app.store.types() == [EventType(1, "Regular event", ORANGE)]
    assert stored(phone, PATH, "SELECT event_type FROM events") == [(1,)]


def test_defaults_of_new_events(phone: Phone, app: Calendar) -> None:
    phone.launch("Simple Calendar Pro")
    press(phone, label="More options")
    press(phone, text="Settings")
    press(phone, text="Default reminder")
    press(phone, text="10 minutes before")
    press(phone, text="Default event duration")
    press(phone, text="45 minutes")
    phone.key("BACK")
    press(phone, label="New Event")
    phone.type_text("Quick\n")
    press(phone, label="Save")
    assert stored(phone, PATH, TIMES) == [("Quick", stamp(2023, 10, 15, 16), stamp(2023, 10, 15, 16, 45))]
    assert stored(phone, PATH, "SELECT reminder_1_minutes, reminder_2_minutes FROM events") == [(10, -1)]


def test_the_week_begins_where_the_settings_say(phone: Phone, app: Calendar) -> None:
    assert app.week_start == dt.date(2023, 10, 15)
    app.preferences.start_on_sunday(False)
    assert app.week_start == dt.date(2023, 10, 9)


def test_rows_that_no_app_wrote_are_shown_without_harm(phone: Phone, app: Calendar) -> None:
    odd = (
        (1 << 62, -5, "Far", DAY, 0, 0, "[]"),
        (stamp(2023, 10, 15), -5, "Backwards", 1, -1, -(1 << 40), "{"),
        (stamp(1971, 1, 1), stamp(2090, 1, 1), "Long", WEEK, 0, 0, "[1, null]"),
        ("soon", 0, "Text for a time", "x", 0, 0, "[" * 10_000),
    )
    for start, end, title, interval, rule, limit, exceptions in odd:
        key = app.store.save(Event(NOON, NOON, title))
        app.store.db.execute(
            "UPDATE events SET start_ts = ?, end_ts = ?, repeat_interval = ?, repeat_rule = ?, repeat_limit = ?, "
            "repetition_exceptions = ?, flags = 'x' WHERE id = ?",
            (start, end, interval, rule, limit, exceptions, key),
        )
    phone.launch("Simple Calendar Pro")
    for view in ("Daily view", "Weekly view", "Monthly and daily view", "Yearly view", "Simple event list"):
        press(phone, label="Change view")
        press(phone, text=view)
        phone.screenshot()
        assert_inside(phone)
    today = dt.date(2023, 10, 15)
    assert {one.event.title for one in app.store.occurrences(today, today)} == {"Backwards", "Long"}


def test_a_fresh_phone_has_events_and_clearing_draws_others() -> None:
    phone = Phone([Calendar], screen="small", seed=4)
    before = stored(phone, PATH, TIMES)
    assert 6 <= len(before) <= 12
    assert stored(phone, PATH, "SELECT count(*) FROM events WHERE repeat_interval > 0") == [(1,)]
    phone.clear_app(Calendar.package)
    assert stored(phone, PATH, TIMES) != before


@pytest.mark.parametrize(("screen", "dark"), [("small", False), ("classic", True), ("tall", True)])
def test_random_walk(screen: str, dark: bool) -> None:
    rng = random.Random(f"calendar/{screen}")
    phone = Phone([Calendar], screen=screen, seed=rng.randrange(99), dark=dark, font_scale=1.3 if dark else 1.0)
    seen: set[str] = set()
    for _ in range(20):
        seen |= wander(phone, Calendar.package, rng, 15)
        assert_inside(phone)
        phone.screenshot()
    assert len(seen) > 1
