"""Shared preferences of apps: a file that clients may read, push and remove."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from envs.phone.apps.epoch import LATEST, day_text, from_ms, to_ms
from envs.phone.apps.preferences import Preferences
from envs.phone.device import EPOCH
from envs.phone.files import Files


def test_values_keep_their_kind_and_any_text() -> None:
    files = Files(lambda: EPOCH)
    preferences = Preferences(files, "a.b")
    odd = '<&">\n ß'
    for name, value in (("s", odd), ("t", True), ("f", False), ("n", -(2**62)), ('"k<', "x")):
        preferences.put(name, value)
    assert (preferences.text("s"), preferences.flag("t"), preferences.flag("f", True)) == (odd, True, False)
    assert (preferences.number("n"), preferences.text('"k<')) == (-(2**62), "x")
    root = ET.fromstring(files.read("/data/data/a.b/shared_prefs/a.b_preferences.xml"))
    assert [child.get("name") for child in root] == ["s", "t", "f", "n", '"k<']
    preferences.remove("s", "missing")
    assert preferences.text("s", "gone") == "gone"
    assert preferences.flag("t")


def test_a_value_of_another_kind_counts_as_absent() -> None:
    preferences = Preferences(Files(lambda: EPOCH), "a.b")
    preferences.put("x", True)
    assert (preferences.number("x", 7), preferences.text("x", "no")) == (7, "no")


def test_a_file_that_others_wrote_badly_is_as_none() -> None:
    files = Files(lambda: EPOCH)
    preferences = Preferences(files, "a.b")
    for text in (
        b"\xff\xfe",
        b"<map>",
        b'<int name="x" value="1e9" />',
        b'<int name="x" value="' + b"9" * 99 + b'" />',
    ):
        files.write(preferences.path, text)
        assert preferences.number("x", 3) == 3
    files.remove(preferences.path)
    files.make_dirs(preferences.path)
    assert preferences.number("x", 3) == 3


def test_moments_beyond_the_calendar_are_pulled_back_into_it() -> None:
    assert from_ms(to_ms(EPOCH)) == EPOCH
    assert (from_ms(None).year, from_ms(-5).year, from_ms(LATEST * 9).year) == (1970, 1970, 9999)


def test_days_in_words() -> None:
    today = EPOCH.date()
    said = {n: day_text(today.fromordinal(today.toordinal() + n), today) for n in (-7, -1, 0, 1, 2, 99)}
    assert said == {
        -7: "Sun, Oct 8",
        -1: "Yesterday",
        0: "Today",
        1: "Tomorrow",
        2: "Tue, Oct 17",
        99: "Mon, Jan 22, 2024",
    }
