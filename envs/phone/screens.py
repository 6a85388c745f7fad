"""An endless stream of phone screens with questions about them: what a grounding model trains on.

    for image, targets in screens(seed=1, split="train", screen="small", dark="mix"):
        ...

One phone is walked for `WALK` screens (launch, tap, scroll, type, go back), then a fresh one with other contents
takes its place. The same arguments give the same stream in every process. Screens of `held_out` are drawn from words
that no screen of `train` uses, and from other seeds.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

from PIL import Image

from agentkit.errors import ConfigError, EnvError
from envs.phone.device import EPOCH, Phone
from envs.phone.metrics import ScreenSpec
from envs.phone.targets import Target, targets
from envs.phone.words import Split, vocabulary, words

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["WALK", "Dark", "Target", "random_screen", "screens", "targets", "walks"]

Dark: TypeAlias = Literal["light", "dark", "mix"]
WALK = 48
"""Screens taken from one phone."""
FONT_SCALES = (0.85, 1.0, 1.0, 1.0, 1.15, 1.3)


def screens(
    seed: int,
    split: Split,
    *,
    screen: ScreenSpec | str | Sequence[ScreenSpec | str] = "small",
    dark: Dark = "mix",
    walk: int = WALK,
    per_element: int = 1,
) -> Iterator[tuple[Image.Image, list[Target]]]:
    """Endless pairs of a screenshot (RGB, not to be drawn on) and its questions, never none."""
    for phone, found in walks(seed, split, screen=screen, dark=dark, walk=walk, per_element=per_element):
        yield phone.screenshot(), found


def walks(
    seed: int,
    split: Split,
    *,
    screen: ScreenSpec | str | Sequence[ScreenSpec | str] = "small",
    dark: Dark = "mix",
    walk: int = WALK,
    per_element: int = 1,
) -> Iterator[tuple[Phone, list[Target]]]:
    """As `screens`, with the phone itself, standing at the screen until the next is asked for. No phone shows the same
    screen twice.

    Several `screen` sizes are drawn from per phone. ConfigError for unknown options; EnvError, which names the seed and
    the step, when an app of the phone fails on the way.
    """
    if walk < 1:
        raise ConfigError(f"walk must be at least 1 screen, got {walk}")
    rng = _rng(seed, split)
    sizes = [screen] if isinstance(screen, (str, ScreenSpec)) else list(screen)
    _check(split, dark)
    for number in range(2**62):
        phone = _phone(rng, split, rng.choice(sizes), dark)
        seen: set[int] = set()
        taken = step = 0
        while taken < walk and step < 3 * walk:
            step += 1
            try:
                _step(phone, rng, split, dark)
                look = hash(tuple(phone.scene.ops))
                if look in seen:
                    continue
                seen.add(look)
                found = targets(phone, rng, per_element)
            except Exception as error:
                place = f"screens(seed={seed}, split={split!r}), phone {number}, step {step}, {phone.foreground()[0]}"
                raise EnvError(f"{place}: {type(error).__name__}: {error}") from error
            if found:
                taken += 1
                yield phone, found


def random_screen(
    rng: random.Random, split: Split, screen: ScreenSpec | str = "small", dark: Dark = "mix", steps: int | None = None
) -> Phone:
    """A fresh phone after a walk of `steps` (2 to 12 by default): some screen of some app, drawn with `rng`."""
    _check(split, dark)
    phone = _phone(rng, split, screen, dark)
    for _ in range(rng.randint(2, 12) if steps is None else steps):
        _step(phone, rng, split, dark)
    return phone


def _check(split: str, dark: str) -> None:
    if split not in get_args(Split):
        raise ConfigError(f"split must be one of {get_args(Split)}, got {split!r}")
    if dark not in get_args(Dark):
        raise ConfigError(f"dark must be one of {get_args(Dark)}, got {dark!r}")


def _rng(seed: int, split: str) -> random.Random:
    """A generator of its own for every seed and split."""
    return random.Random(f"screens/{split}/{seed}")


def _phone(rng: random.Random, split: Split, screen: ScreenSpec | str, dark: Dark) -> Phone:
    night = rng.random() < 0.5 if dark == "mix" else dark == "dark"
    with vocabulary(split):
        phone = Phone(screen=screen, seed=rng.randrange(2**31), dark=night, font_scale=rng.choice(FONT_SCALES))
        day = EPOCH.replace(month=rng.randint(1, 12), day=rng.randint(1, 28))
        phone.set_now(day.replace(hour=rng.randrange(24), minute=rng.randrange(60)))
        say = words(rng)
        for _ in range(rng.randrange(4)):
            phone.notify(rng.choice(phone.packages()), say.full_name(), say.sentence())
    return phone


def _step(phone: Phone, rng: random.Random, split: Split, dark: Dark) -> None:
    """One move of somebody who plays with the phone."""
    width, height = phone.size
    with vocabulary(split):
        draw = rng.random()
        if draw < 0.14:
            phone.launch(rng.choice(phone.packages()))
        elif draw < 0.19:
            phone.key("BACK")
        elif draw < 0.22:
            phone.key("HOME")
        elif draw < 0.235:
            phone.key("APP_SWITCH")
        elif draw < 0.27:
            phone.swipe(width // 2, 2, width // 2, height // 2)
        elif draw < 0.285:
            phone.key("HOME")
            phone.swipe(width // 2, height // 2, width // 2, height // 8)
        elif draw < 0.40:
            reach = rng.uniform(0.15, 0.5) * height
            start = rng.uniform(0.35, 0.75) * height
            phone.swipe(width // 2, start, width // 2, start - reach if rng.random() < 0.7 else start + reach)
        elif draw < 0.43 and dark == "mix":
            night = phone.settings.get("secure", "ui_night_mode") == "2"
            phone.settings.put("secure", "ui_night_mode", "1" if night else "2")
        elif draw < 0.50 and phone.editing.id:
            say = words(rng)
            phone.type_text(rng.choice((say.thing(), say.first_name(), say.sentence(), str(rng.randint(1, 999)))))
        else:
            _touch(phone, rng)
        if dark != "mix":
            phone.settings.put("secure", "ui_night_mode", "2" if dark == "dark" else "1")


def _touch(phone: Phone, rng: random.Random) -> None:
    """Tap, or rarely press, something: contents rather than the keys that are always there."""
    inside = [e for e in phone.elements() if e.hit and e.enabled and e.clickable and e.role != "key"]
    app = [e for e in inside if not e.package.startswith("com.android.systemui")]
    if not inside:
        phone.key("HOME")
        return
    x1, y1, x2, y2 = rng.choice(app or inside).bounds
    place = (x1 + x2) // 2, (y1 + y2) // 2
    if rng.random() < 0.06:
        phone.long_press(*place)
    else:
        phone.tap(*place)
