"""Every question has one right place, taps there reach the element, and held-out words stay held out."""

from __future__ import annotations

import itertools
import random
import re
from collections import Counter

import pytest

from agentkit.errors import ConfigError
from envs.phone.app import App
from envs.phone.candidates import candidates_of, same_job
from envs.phone.device import Phone
from envs.phone.screens import WALK, random_screen, screens, targets
from envs.phone.targets import Target
from envs.phone.ui import Button, Screen
from envs.phone.words import FIRST_NAMES, LAST_NAMES, part, vocabulary


def walk(count: int, seed: int, split: str = "train", **options: object) -> list[Phone]:
    rng = random.Random(seed)
    return [random_screen(rng, split, **options) for _ in range(count)]


def pixels(target: Target, phone: Phone) -> tuple[int, int, int, int]:
    w, h = phone.size
    box = target.box
    return round(box.x1 * w), round(box.y1 * h), round(box.x2 * w), round(box.y2 * h)


@pytest.mark.parametrize("screen", ["small", "tall"])
def test_every_point_of_a_box_reaches_its_element(screen: str) -> None:
    """Points are drawn over the whole box, corners included; the phone's own hit test is the judge."""
    rng = random.Random(0)
    checked = 0
    for phone in walk(25, 1, screen=screen):
        owners = {c.area: c.node for c in candidates_of(phone)}
        for target in targets(phone, rng):
            x1, y1, x2, y2 = pixels(target, phone)
            node = owners[x1, y1, x2, y2]
            for x, y in [(x1, y1), (x2 - 1, y2 - 1), ((x1 + x2) // 2, (y1 + y2) // 2)] + [
                (rng.randrange(x1, x2), rng.randrange(y1, y2)) for _ in range(6)
            ]:
                reached = phone.scene.target_at(x, y)
                assert reached is not None and (reached is node or same_job(node, reached)), target
                checked += 1
    assert checked > 1000


def switches(phone: Phone, name: str) -> set[bool]:
    """The states of everything that can be checked and goes by `name`."""
    return {e.checked for e in phone.elements() if e.checkable and name in (e.text.lower(), e.label.lower())}


def test_a_tap_on_the_target_does_what_was_asked() -> None:
    """Toggles flip, app tiles open their app: the instruction's words are true, not only its box."""
    rng, done = random.Random(5), Counter()
    for _ in range(200):
        phone = random_screen(rng, "train", steps=rng.randint(0, 6))
        for target in targets(phone, rng, per_element=4):
            said = re.fullmatch(r"(enable|disable|turn on|turn off|launch) (.+?)\.?", target.instruction, re.I)
            if said is None:
                continue
            verb, name = said[1].lower(), said[2].lower()
            x1, y1, x2, y2 = pixels(target, phone)
            before = switches(phone, name)
            phone.tap((x1 + x2) // 2, (y1 + y2) // 2)
            if verb == "launch":
                assert phone.app(phone.foreground()[0]).label.lower() == name
            else:
                on = verb in ("enable", "turn on")
                assert (before, switches(phone, name)) == ({not on}, {on}), target
            done[verb] += 1
            break
        if done["launch"] > 2 and sum(done.values()) > 10:
            return
    pytest.fail(f"200 screens gave too few such questions: {done}")


def test_instructions_are_unique_on_their_screen() -> None:
    rng = random.Random(2)
    for phone in walk(40, 3):
        asked = [t.instruction.casefold().rstrip(".") for t in targets(phone, rng, per_element=4)]
        assert len(asked) == len(set(asked))


def test_types_follow_what_is_seen() -> None:
    """A card with words on it is text although only its label names it; an arrow is an icon; an empty field is text."""
    phone = Phone(screen="small", seed=1)
    phone.launch("Contacts")
    types = {c.name: c.worded for c in candidates_of(phone)}
    assert types["Search contacts"] and types["Highlights"]
    assert not types["Create contact"] and not types["Home"]
    button = next(e.bounds for e in phone.elements() if e.label == "Create contact")
    phone.tap(button[0] + 9, button[1] + 9)
    assert {c.name: c.worded for c in candidates_of(phone)}["First name"]


def test_names_shown_twice_are_never_asked_by_name_alone() -> None:
    """The alarm page has a title and a tab "Alarm": "Alarm" alone would be a coin toss, "the Alarm tab" is not."""
    phone = Phone(screen="small", seed=1)
    phone.launch("Clock")
    rng = random.Random(0)
    asked = {t.instruction.casefold().rstrip(".") for _ in range(60) for t in targets(phone, rng, per_element=4)}
    assert sum(e.text == "Alarm" for e in phone.elements()) == 2
    assert not {"alarm", "tap alarm", "select alarm", "press alarm"} & asked
    assert {"the alarm tab", "stopwatch", "add a new alarm", "the first tab"} <= asked


class Twins(App):
    """A button whose words are what the system's back key would be asked for by."""

    package, label, icon = "org.example.twins", "Twins", "cog"

    def screen(self) -> Screen:
        hello = Button("Say hello", lambda: self.device.toast("Hello"))
        return Screen(body=[Button("Go back"), Button("Go on"), hello])


def test_words_that_would_fit_two_elements_are_dropped() -> None:
    phone = Phone([Twins], screen="small")
    phone.launch("Twins")
    rng = random.Random(0)
    asked = {t.instruction.casefold().rstrip(".") for _ in range(80) for t in targets(phone, rng, per_element=4)}
    assert "go on" in asked and "tap go back" in asked and "the back triangle" in asked
    assert "go back" not in asked


def test_nothing_under_a_toast_is_asked_for() -> None:
    phone = Phone([Twins], screen="small")
    phone.launch("Twins")
    (button,) = [e for e in phone.elements() if e.text == "Say hello"]
    phone.tap(button.bounds[0] + 9, button.bounds[1] + 9)
    (toast,) = [e for e in phone.elements() if e.role == "toast"]
    for target in targets(phone, random.Random(0)):
        x1, y1, x2, y2 = pixels(target, phone)
        assert x2 <= toast.bounds[0] or x1 >= toast.bounds[2] or y2 <= toast.bounds[1] or y1 >= toast.bounds[3]


def test_what_is_covered_is_not_asked_for() -> None:
    """Under a dialog everything else is out of reach."""
    phone = Phone(screen="small", seed=1)
    phone.launch("Clock")
    fab = next(e for e in phone.elements() if e.label == "Add alarm")
    phone.tap((fab.bounds[0] + fab.bounds[2]) / 2, (fab.bounds[1] + fab.bounds[3]) / 2)
    assert any(e.role == "dialog" for e in phone.elements())
    (x1, y1, x2, y2) = next(e.bounds for e in phone.elements() if e.role == "dialog")
    inside = [t for t in targets(phone, random.Random(0)) if t.kind != "position"]
    assert len(inside) > 3
    for target in inside:
        a1, b1, a2, b2 = pixels(target, phone)
        below = min(e.bounds[1] for e in phone.elements() if e.role == "key")  # keyboard and navigation stay in reach
        assert (x1 <= a1 and y1 <= b1 and a2 <= x2 and b2 <= y2) or b1 >= below


def test_the_stream_is_reproducible_and_splits_differ() -> None:
    def take(seed: int, split: str) -> list[tuple[bytes, tuple[Target, ...]]]:
        return [(image.tobytes(), tuple(found)) for image, found in itertools.islice(screens(seed, split), WALK + 12)]

    first = take(4, "train")
    assert first == take(4, "train")
    assert first != take(5, "train")
    assert first != take(4, "held_out")
    assert all(found for _, found in first)
    assert len({image for image, _ in first[:WALK]}) == WALK


def test_held_out_words_never_appear_in_train() -> None:
    """Names are the words that no fixed label of the phone uses."""
    held_out = set(part(FIRST_NAMES, "held_out") + part(LAST_NAMES, "held_out"))
    train = set(part(FIRST_NAMES, "train") + part(LAST_NAMES, "train"))
    seen = {split: Counter() for split in ("train", "held_out")}
    for split, counter in seen.items():
        for phone in walk(30, 7, split):
            for element in phone.elements():
                counter.update(re.findall(r"[A-Z][a-z]+", f"{element.text} {element.label}"))
            for target in targets(phone, random.Random(1)):
                counter.update(re.findall(r"[A-Z][a-z]+", target.instruction))
    fixed = {"Jade", "May", "Mark", "Art"}  # also months and labels
    assert not (set(seen["train"]) & held_out) - fixed
    assert not (set(seen["held_out"]) & train) - fixed
    assert len(set(seen["train"]) & train) > 20
    assert len(set(seen["held_out"]) & held_out) > 20


def test_dark_light_and_mixed() -> None:
    def brightness(dark: str) -> list[int]:
        shots = [image for image, _ in itertools.islice(screens(3, "train", dark=dark), 40)]
        return [sum(image.convert("L").resize((1, 1)).getpixel((0, 0)) for image in [shot]) for shot in shots]

    assert sorted(brightness("dark"))[30] < 110 < 150 < sorted(brightness("light"))[10]
    mixed = brightness("mix")
    assert min(mixed) < 80 and max(mixed) > 180


def test_kinds_types_and_sizes_are_all_there() -> None:
    kinds, types, sizes = Counter(), Counter(), Counter()
    for image, found in itertools.islice(screens(9, "train", screen=["small", "tablet_small"]), 6 * WALK):
        sizes[image.size] += 1
        for target in found:
            kinds[target.kind] += 1
            types[target.ui_type] += 1
    assert set(kinds) == {"text", "icon", "function", "position"}
    assert min(kinds.values()) > 0.08 * sum(kinds.values())
    assert set(types) == {"text", "icon"}
    assert set(sizes) == {(360, 720), (800, 1280)}


@pytest.mark.parametrize(
    "options", [{"split": "test"}, {"split": "train", "dark": "night"}, {"split": "train", "screen": "watch"},
                {"split": "train", "walk": 0}],
)  # fmt: skip
def test_unknown_options(options: dict) -> None:
    with pytest.raises(ConfigError):
        next(screens(0, **options))


def test_the_vocabulary_is_left_as_it_was() -> None:
    from envs.phone.words import words

    with vocabulary("held_out"):
        stream = screens(0, "train")
        next(stream)
        assert words(random.Random(0)).split == "held_out"
