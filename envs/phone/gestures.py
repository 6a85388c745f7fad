"""What a finger and a key mean: which node of the frame a touch reaches, and what the system keeps for itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from envs.phone.keys import CHARACTERS
from envs.phone.layout import AT_END
from envs.phone.scene import Node
from envs.phone.system_bars import STATUS

if TYPE_CHECKING:
    from envs.phone.device import Phone

SLOP = 8
"""Movement in dp below which a swipe is a touch that stays."""
LONG_PRESS_MS = 400
DOUBLE_TAP_SLOP = 100
"""How far in dp the second tap of a double tap may lie from the first, as in Android's ViewConfiguration."""
VOLUME_STEPS = 15
Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Tap:
    """A tap that a second one may follow."""

    place: Place
    node: Node | None
    """What it met."""
    front: tuple[str, str, str]
    """What was in front before it."""

    def near(self, phone: Phone, x: int, y: int) -> bool:
        """Whether a tap at (x, y) reaches the same element, not far from here."""
        slop = phone.layout.dp(DOUBLE_TAP_SLOP)
        if abs(x - self.place[0]) > slop or abs(y - self.place[1]) > slop:
            return False
        if self.node is None:
            return True
        x1, y1, x2, y2 = self.node.bounds
        return x1 <= x < x2 and y1 <= y < y2


def tap(phone: Phone, x: int, y: int) -> Tap:
    tapped = Tap((x, y), phone.scene.target_at(x, y) if phone.awake else None, _front(phone))
    node = tapped.node
    if node is not None and node.enabled:
        if node.on_touch is not None:
            node.on_touch(x, y)
        elif node.on_tap is not None:
            node.on_tap()
    return tapped


def second_tap(phone: Phone, first: Tap, x: int, y: int) -> None:
    """Makes a double tap of `first`: in text it selects a word, elsewhere it is another tap. Lost when the first
    opened another screen: a finger is quicker than that."""
    if _front(phone) != first.front:
        return
    node = first.node
    if node is not None and node.enabled and node.on_hold is not None and node.field is not None:
        node.on_hold(x, y)
    else:
        tap(phone, x, y)


def _front(phone: Phone) -> tuple[str, str, str]:
    """What tells the screen in front from another."""
    return phone.stage.where, phone.stage.front, phone.scene.activity


def long_press(phone: Phone, x: int, y: int) -> None:
    """Goes to the nearest node that knows long presses; where none does, letting go is a tap."""
    if not phone.awake:
        return
    node = phone.scene.target_at(x, y)
    while node is not None and not node.long_clickable:
        node = node.parent
    if node is None:
        tap(phone, x, y)
    elif node.enabled and node.on_hold is not None:
        node.on_hold(x, y)
    elif node.enabled and node.on_long_press is not None:
        node.on_long_press()


def swipe(phone: Phone, start: Place, end: Place, ms: int) -> None:
    (x1, y1), (x2, y2) = start, end
    if not phone.awake:
        return
    dx, dy, dp = x2 - x1, y2 - y1, phone.layout.dp
    if max(abs(dx), abs(dy)) < dp(SLOP):
        (long_press if ms >= LONG_PRESS_MS else tap)(phone, x1, y1)
        return
    inside = 0 <= x1 < phone.size[0] and 0 <= y1 < phone.size[1]
    if inside and y1 < dp(STATUS) and dy > dp(48) and dy > abs(dx):
        phone.stage.open_shade()
        return
    node = phone.scene.node_at(x1, y1)
    while node is not None and not _takes(phone, node, (dx, dy), end):
        node = node.parent


def _takes(phone: Phone, node: Node, move: Place, end: Place) -> bool:
    dx, dy = move
    if node.on_stroke is not None and node.enabled:
        node.on_stroke(end[0] - dx, end[1] - dy, *end)
        return True
    if node.on_drag is not None and node.enabled and abs(dx) >= abs(dy):
        node.on_drag(*end)
        return True
    if node.scroll is not None and node.scroll.limit and abs(dy) >= abs(dx):
        (key, limit), offsets = node.scroll, phone.display.offsets
        offset = offsets.get(key, AT_END)
        offset = min(limit, offset) if key in offsets or node.at_end else 0
        target = min(limit, max(0, offset - dy))
        moved = target != offset
        offsets[key] = AT_END if node.at_end and target == limit else target
        if moved:
            return True
    return node.on_swipe is not None and bool(node.on_swipe(dx, dy))


def press(phone: Phone, name: str) -> None:
    """One key, by its canonical name."""
    editor = phone.ime.editor
    if name in ("POWER", "SLEEP", "WAKEUP"):
        phone.awake = name == "WAKEUP" or (name == "POWER" and not phone.awake)
        editor.blur()
    elif not phone.awake:
        return
    elif name in ("BACK", "ESCAPE"):
        _back(phone)
    elif name == "HOME":
        phone.stage.home()
    elif name == "APP_SWITCH":
        phone.stage.overview()
    elif name == "NOTIFICATION":
        phone.stage.open_shade()
    elif name in ("VOLUME_UP", "VOLUME_DOWN", "VOLUME_MUTE"):
        _volume(phone, name)
    elif name in ("BRIGHTNESS_UP", "BRIGHTNESS_DOWN"):
        level = phone.settings.number("system", "screen_brightness") + (25 if name == "BRIGHTNESS_UP" else -25)
        phone.settings.put("system", "screen_brightness", str(min(255, max(0, level))))
    elif name == "PAGE_DOWN" or name == "PAGE_UP":
        page = phone.size[1] // 2
        middle = (phone.size[0] // 2, phone.size[1] // 2)
        swipe(phone, middle, (middle[0], middle[1] + (page if name == "PAGE_UP" else -page)), 300)
    elif not phone.stage.shade_open:
        _text_key(phone, name)


def _text_key(phone: Phone, name: str) -> None:
    editor = phone.ime.editor
    if name in ("ENTER", "NUMPAD_ENTER", "DPAD_CENTER"):
        editor.enter()
    elif name == "DEL":
        editor.delete(-1)
    elif name == "FORWARD_DEL":
        editor.delete(1)
    elif name == "TAB":
        editor.next_field()
    elif name in ("DPAD_LEFT", "DPAD_RIGHT", "DPAD_UP", "DPAD_DOWN", "MOVE_HOME", "MOVE_END"):
        editor.move(name)
    elif name == "PASTE":
        editor.paste()
    elif name == "COPY":
        editor.copy()
    elif name == "CUT":
        editor.cut()
    elif name in CHARACTERS:
        editor.insert(CHARACTERS[name])
    phone.ime.reveal = True


def combination(phone: Phone, names: Sequence[str]) -> None:
    """All but the last key held, and that pressed."""
    editor = phone.ime.editor
    held, last = set(names[:-1]), names[-1] if names else ""
    if not phone.awake or phone.stage.shade_open or not last:
        return
    if held & {"CTRL_LEFT", "CTRL_RIGHT"}:
        action = {"A": editor.select_all, "C": editor.copy, "X": editor.cut, "V": editor.paste}.get(last)
        if action is not None:
            action()
    elif held & {"SHIFT_LEFT", "SHIFT_RIGHT"} and last in CHARACTERS:
        editor.insert(CHARACTERS[last].upper())
    else:
        press(phone, last)


def _back(phone: Phone) -> None:
    editor = phone.ime.editor
    if phone.stage.shade_open:
        phone.stage.close_shade()
    elif editor.editing.toolbar:
        editor.editing.toolbar = False
        editor.put(editor.editing.caret)
    elif editor.editing.keyboard and editor.editing.id:
        editor.editing.keyboard = False
    else:
        phone.stage.back()


def _volume(phone: Phone, name: str) -> None:
    key = "volume_music_speaker"
    level = phone.settings.number("system", key) + (1 if name == "VOLUME_UP" else -1)
    level = 0 if name == "VOLUME_MUTE" else min(VOLUME_STEPS, max(0, level))
    phone.settings.put("system", key, str(level))
    phone.toast(f"Media volume {round(100 * level / VOLUME_STEPS)}%")
