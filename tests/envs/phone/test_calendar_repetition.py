"""When events repeat, in Simple Calendar's encoding."""

from __future__ import annotations

import datetime as dt

import pytest

from envs.phone.apps.calendar.repetition import (
    DAY,
    LAST_DAY,
    LAST_WEEKDAY,
    MONTH,
    SAME_WEEKDAY,
    WEEK,
    YEAR,
    Repetition,
    rule_names,
)

BEGIN = dt.date(2023, 10, 15)  # a Sunday, the third of its month


def days(repetition: Repetition, first: str, last: str, begin: dt.date = BEGIN) -> list[str]:
    return [str(day)[5:] for day in repetition.days(begin, dt.date.fromisoformat(first), dt.date.fromisoformat(last))]


def test_without_repetition_the_first_day_counts_if_it_is_in_range() -> None:
    assert days(Repetition(), "2023-10-01", "2023-10-31") == ["10-15"]
    assert days(Repetition(), "2023-10-16", "2023-10-31") == []


def test_every_few_days_counts_from_the_first_day_on() -> None:
    assert days(Repetition(DAY), "2023-10-13", "2023-10-17") == ["10-15", "10-16", "10-17"]
    assert days(Repetition(3 * DAY), "2023-10-20", "2023-10-29") == ["10-21", "10-24", "10-27"]


def test_weekly_rules_are_bits_from_monday_on() -> None:
    assert Repetition.every("week", BEGIN) == Repetition(604_800, 64)
    assert days(Repetition(WEEK, 64), "2023-10-10", "2023-10-31") == ["10-15", "10-22", "10-29"]
    assert days(Repetition(WEEK, 0b0000101), "2023-10-15", "2023-10-24") == ["10-16", "10-18", "10-23"]


def test_every_other_week_counts_weeks_from_monday() -> None:
    """The week of October 15 ends with it: the next one counted begins on October 23."""
    assert days(Repetition(2 * WEEK, 0b1000001), "2023-10-09", "2023-11-06") == ["10-15", "10-23", "10-29", "11-06"]


def test_months_without_the_day_are_left_out() -> None:
    month_end = dt.date(2024, 1, 31)
    assert days(Repetition(MONTH, 1), "2024-01-01", "2024-05-31", month_end) == ["01-31", "03-31", "05-31"]
    assert days(Repetition(MONTH, LAST_DAY), "2024-01-01", "2024-04-30", month_end) == [
        "01-31", "02-29", "03-31", "04-30",
    ]  # fmt: skip
    assert days(Repetition(2 * MONTH, 1), "2023-11-01", "2024-03-01") == ["12-15", "02-15"]


def test_weekdays_of_the_month() -> None:
    assert days(Repetition(MONTH, SAME_WEEKDAY), "2023-10-01", "2023-12-31") == ["10-15", "11-19", "12-17"]
    last = dt.date(2023, 10, 27)
    assert days(Repetition(MONTH, LAST_WEEKDAY), "2023-10-01", "2023-12-31", last) == ["10-27", "11-24", "12-29"]
    fifth = dt.date(2023, 10, 31)
    assert days(Repetition(MONTH, SAME_WEEKDAY), "2023-10-01", "2024-02-01", fifth) == ["10-31", "01-30"]


def test_leap_days_come_in_leap_years() -> None:
    leap = dt.date(2024, 2, 29)
    found = Repetition(YEAR, 1).days(leap, leap, dt.date(2033, 1, 1))
    assert found == [leap, dt.date(2028, 2, 29), dt.date(2032, 2, 29)]


def test_limits() -> None:
    until = int(dt.datetime(2023, 10, 17, 23, 59, 59, tzinfo=dt.UTC).timestamp())
    assert days(Repetition(DAY, 0, until), "2023-10-16", "2023-12-01") == ["10-16", "10-17"]
    assert days(Repetition(DAY, 0, -4), "2023-10-17", "2023-12-01") == ["10-17", "10-18"]


@pytest.mark.parametrize("repetition", [Repetition(1), Repetition(-5), Repetition(DAY + 1), Repetition(1 << 60, 7, 9)])
def test_numbers_that_no_app_writes_do_no_harm(repetition: Repetition) -> None:
    assert len(days(repetition, "2023-10-01", "2023-11-30")) < 62
    assert repetition.text() and isinstance(repetition.rule_text(BEGIN), str)


def test_texts() -> None:
    assert Repetition().text() == "No repetition" and Repetition(WEEK, 1).text() == "Weekly"
    assert Repetition(2 * MONTH, 1).text() == "Every 2 months"
    assert Repetition(WEEK, 0b0011111).rule_text(BEGIN) == "Workdays"
    assert Repetition(WEEK, 0b0000110).rule_text(BEGIN) == "Tue, Wed"
    assert list(rule_names(BEGIN).values()) == ["On the same day", "On every third Sunday"]
    assert "On the last day of the month" in rule_names(dt.date(2023, 10, 31)).values()
