"""Touch: what elements() says a tap reaches is what it reaches; scrolling clamps; dialogs and menus block."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from envs.phone.agenda import lanes
from envs.phone.elements import centre
from envs.phone.ui import Block
from toolkit_demo import demo_phone, find, shows, tap


def phones():
    """A fresh phone in each state worth checking."""
    for name, steps in {
        "widgets": (),
        "scrolled": ("swipe",),
        "further": ("swipe", "swipe"),
        "end": ("swipe",) * 6,
        "dialog": ("Add",),
        "menu": ("More options",),
        "form": ("Form",),
        "typing": ("Form", "name"),
        "chat": ("Chat",),
        "list": ("Long list",),
    }.items():
        yield pytest.param(steps, id=name)


def at(steps, **what):
    phone, app = demo_phone(**what)
    for step in steps:
        if step == "swipe":
            height = phone.size[1]
            phone.swipe(20, height * 0.7, 20, height * 0.28)
        else:
            tap(phone, step)
    app.calls.clear()
    return phone, app


def outcome(phone, app):
    return (
        phone.foreground(),
        list(app.calls),
        dict(app.text),
        phone.editing.id,
        phone.editing.keyboard,
        phone.ime.page,
        phone.ime.shift,
    )


@pytest.mark.parametrize("steps", list(phones()))
@pytest.mark.parametrize("screen", ["small", "tall"])
def test_taps_reach_what_elements_promise(steps, screen: str) -> None:
    """A hit element's own handler is called exactly when hit is true and it is enabled."""
    phone, _ = at(steps, screen=screen)
    count = len([n for n in phone.scene.nodes if n.listed])
    for index in range(count):
        phone, _ = at(steps, screen=screen)
        node = [n for n in phone.scene.nodes if n.listed][index]
        e = phone.elements()[index]
        assert (node.text, node.bounds) == (e.text, e.bounds)
        called = []
        if node.on_tap is not None:
            node.on_tap = lambda called=called: called.append("own")
        elif node.on_touch is not None:
            node.on_touch = lambda x, y, called=called: called.append("own")
        phone.tap(*centre(e.bounds))
        assert bool(called) == (e.clickable and e.hit and e.enabled), (e, called)


def test_hit_is_false_under_dialog_fab_and_keyboard() -> None:
    phone, _ = at(("Add",))
    assert not find(phone, "Wi-Fi", "list_item").hit and find(phone, "No").hit
    assert find(phone, "back", "button").hit, "the navigation bar stays above a dialog"
    phone, _ = at(("Form",))
    row = find(phone, "number", "input").bounds
    tap(phone, "name", "input")
    assert not any(e.clickable and e.package == phone.foreground()[0] and e.bounds[3] > 450 for e in phone.elements())
    assert row[3] <= 672


def test_dialog_blocks_and_is_dismissed_outside() -> None:
    phone, app = at(("Add",))
    phone.tap(*centre(find(phone, "Wi-Fi", "list_item").bounds))
    assert app.calls == ["dialog False"] and app.wifi
    assert not shows(phone, "Really?")
    phone, app = at(("Add",))
    phone.tap(*centre(find(phone, "Think twice.").bounds))
    assert app.calls == [] and shows(phone, "Really?")
    phone.swipe(180, 600, 180, 200)
    assert app.calls == [] and find(phone, "Wi-Fi", "list_item").bounds == find(at(())[0], "Wi-Fi", "list_item").bounds
    phone.key("BACK")
    assert app.calls == ["dialog False"]


def test_menu_items_and_outside() -> None:
    phone, app = at(("More options",))
    tap(phone, "First")
    assert app.calls == ["first"]
    phone.tap(30, 300)
    assert app.calls == ["first", "menu False"]


def test_row_gives_its_tap_to_the_toggle_it_holds() -> None:
    phone, app = at(())
    row = find(phone, "Wi-Fi", "list_item")
    assert row.checkable and row.checked
    phone.tap(40, centre(row.bounds)[1])
    assert not app.wifi and not find(phone, "Wi-Fi", "switch").checked
    tap(phone, "Wi-Fi", "switch")
    assert app.wifi


def test_trailing_button_is_apart_from_its_row() -> None:
    phone, app = at(("swipe",))
    tap(phone, "Delete")
    assert app.calls == ["bin"]
    tap(phone, "Check", "list_item")
    assert app.calls == ["bin", "check"]


def test_disabled_things_take_the_tap_and_do_nothing() -> None:
    phone, app = at(("swipe",))
    before = phone.revision
    phone.tap(*centre(find(phone, "Off", "switch").bounds))
    phone.tap(*centre(find(phone, "Off", "list_item").bounds))
    assert app.calls == [] and phone.revision == before


def test_long_press_and_slow_swipe_in_place() -> None:
    phone, app = at(())
    x, y = centre(find(phone, "Form", "list_item").bounds)
    phone.long_press(x, y)
    phone.swipe(x, y, x + 3, y, 1000)
    assert app.calls == ["long form"] * 2
    phone.swipe(x, y, x + 3, y, 100)
    assert app.calls[-1] == "show form"


def test_off_screen_and_double_taps() -> None:
    phone, app = at(())
    for x, y in ((-1, 50), (360, 50), (50, -1), (50, 720), (10_000, 10_000)):
        phone.tap(x, y)
        phone.long_press(x, y)
        phone.swipe(x, y, 100, 100)
    assert app.calls == []
    phone.double_tap(*centre(find(phone, "Search").bounds))
    assert app.calls == ["search", "search"]
    phone.double_tap(*centre(find(phone, "Long list").bounds))
    assert app.calls[2:] == ["show list"], "the second tap must not land on the screen that the first opened"


def test_slider_follows_taps_and_drags() -> None:
    phone, app = at(("swipe",))
    x1, y1, x2, y2 = find(phone, "Level").bounds
    y = (y1 + y2) // 2
    phone.tap((x1 + x2) / 2, y)
    assert app.level == pytest.approx(0.5, abs=0.01)
    phone.swipe((x1 + x2) / 2, y, x2 + 30, y)
    assert app.level == 1.0
    phone.swipe(x2 - 5, y, x1, y)
    assert app.level == 0.0


def test_scrolling_clamps_at_both_ends_and_is_kept_per_screen() -> None:
    phone, _ = at(("Long list",))
    first = find(phone, "Row 0").bounds
    phone.swipe(180, 300, 180, 600)
    assert find(phone, "Row 0").bounds == first
    second = find(phone, "Row 3").bounds
    phone.swipe(180, 500, 180, 400)
    assert find(phone, "Row 3").bounds[1] == second[1] - 100
    for _ in range(30):
        phone.swipe(180, 600, 180, 150)
    last = find(phone, "Row 59").bounds
    phone.swipe(180, 600, 180, 150)
    assert find(phone, "Row 59").bounds == last and last[3] <= 720 - 48
    tap(phone, "nav")
    tap(phone, "Long list")
    assert find(phone, "Row 59").bounds == last
    phone.swipe(180, 300, 180, 350)
    assert find(phone, "Row 59").bounds[1] == last[1] + 50


def test_rows_outside_the_viewport_are_not_there() -> None:
    phone, app = at(("Long list",))
    rows = [e for e in phone.elements() if e.text.startswith("Row ")]
    assert 5 < len(rows) < 15
    assert any(e.scrollable for e in phone.elements())
    phone.tap(180, 30)
    assert app.calls == []


def test_chat_opens_at_its_end_and_stays_there() -> None:
    phone, _ = at(("Chat",))
    assert shows(phone, "Message 29") and not shows(phone, "Message 0")
    tap(phone, "message", "input")
    assert shows(phone, "Message 29"), "the keyboard pushes the content up"
    phone.key("BACK")
    for _ in range(20):
        phone.swipe(180, 200, 180, 600)
    assert shows(phone, "Message 0") and not shows(phone, "Message 29")


def test_tabs_by_tap_and_by_swipe() -> None:
    phone, app = at(())
    tap(phone, "None")
    assert app.tab == 1 and find(phone, "None").selected
    phone.swipe(100, 400, 300, 410)
    assert app.tab == 0
    phone.swipe(100, 400, 300, 410)
    assert app.tab == 0


@pytest.mark.parametrize("steps", list(phones()))
def test_dump_agrees_with_elements(steps) -> None:
    phone, _ = at(steps)
    root = ET.fromstring(phone.dump_xml())
    assert root.tag == "hierarchy"
    dumped = set()
    for node in root.iter("node"):
        inner = [int(n) for n in node.get("bounds").replace("][", ",").strip("[]").split(",")]
        dumped.add((node.get("text"), node.get("content-desc"), tuple(inner), node.get("clickable")))
        for child in node:
            x1, y1, x2, y2 = (int(n) for n in child.get("bounds").replace("][", ",").strip("[]").split(","))
            assert inner[0] <= x1 < x2 <= inner[2] and inner[1] <= y1 < y2 <= inner[3]
    for e in phone.elements():
        assert (e.text, e.label, e.bounds, str(e.clickable).lower()) in dumped


def test_dump_carries_text_that_xml_must_escape() -> None:
    phone, app = at(("Form",))
    app.text["name"] = "a <b> & \"c\" 'd' \x01\n"
    phone.invalidate()
    root = ET.fromstring(phone.dump_xml())
    assert "a <b> & \"c\" 'd' ." in next(
        n.get("text") for n in root.iter("node") if n.get("class") == "android.widget.EditText"
    )


def test_a_timetable_knows_its_hours_and_sets_overlapping_blocks_side_by_side() -> None:
    phone, app = demo_phone("medium")
    for _ in range(20):
        if any(e.text == "Run" and e.bounds[1] < 800 for e in phone.elements()):
            break
        phone.swipe(360, 900, 360, 700)
    breakfast, mail, run = (find(phone, name).bounds for name in ("Breakfast", "Mail", "Run"))
    assert breakfast[2] <= mail[0] < breakfast[2] + 10 and mail[1] > breakfast[1] and run[0] > mail[2]
    hour = 2 * 48
    phone.tap(run[0] + 5, run[1] + 2 * hour + 5)
    tap(phone, "Breakfast")
    assert app.calls[-2:] == ["slot 1 2", "block"]
    blocks = [Block("a", 0, 0, 60), Block("b", 0, 60, 90), Block("c", 0, 70, 80), Block("d", 0, 80, 95)]
    assert [(b.text, lane, of) for b, lane, of in lanes(blocks)] == [
        ("a", 0, 1), ("b", 0, 2), ("c", 1, 2), ("d", 1, 2),
    ]  # fmt: skip
