"""Puts one frame together: the screen in front, the system bars, the keyboard and what floats above."""

from __future__ import annotations

from typing import TYPE_CHECKING

from envs.phone.frame import Pane, app_screen, scroll_key
from envs.phone.keyboard import keyboard, keyboard_height
from envs.phone.launcher import WHITE, all_apps, home
from envs.phone.layout import AT_END, Layout
from envs.phone.popups import dialog, menu
from envs.phone.recents import recents
from envs.phone.scene import Bounds, Scene
from envs.phone.shade import shade
from envs.phone.system_bars import NAVIGATION, PACKAGE, STATUS, navigation_paint, navigation_touch, status_bar
from envs.phone.text_toolbar import text_toolbar
from envs.phone.theme import RGB
from envs.phone.ui import Screen

if TYPE_CHECKING:
    from envs.phone.device import Phone

PASSES = 4
"""Most layouts per frame: the first may move the focus, and then the focused field may have to scroll into view."""


def compose(phone: Phone, lay: Layout) -> Scene:
    """A new frame of the phone's current state."""
    for _ in range(PASSES):
        scene = Scene(*phone.size)
        scene.clip = (0, 0, *phone.size)
        lay.begin(scene)
        if not phone.awake:
            scene.fill(0, 0, *phone.size, (0, 0, 0))
            return scene
        if not _layers(phone, lay):
            return scene
    return scene


def _layers(phone: Phone, lay: Layout) -> bool:
    """Draw everything; True when focus or scrolling changed on the way and the frame must be drawn again."""
    scene = lay.scene
    box = (0, lay.dp(STATUS), scene.width, scene.height - lay.dp(NAVIGATION))
    ink: RGB = lay.theme.on_surface
    back: RGB | None = lay.theme.surface
    settings, stage = phone.settings, phone.stage
    if stage.shade_open:
        date = f"{phone.now():%a}, {phone.now():%b} {phone.now().day}"
        shade(
            lay,
            box,
            date,
            settings,
            stage.notifications,
            stage.notification_opener,
            stage.notifications.clear,
            stage.close_shade,
        )
        back = lay.theme.surface_low
    elif stage.where == "app":
        return _app(phone, lay, box)
    elif stage.where == "recents":
        recents(lay, box, stage, phone.display.thumbnail, phone.display.wallpaper)
        ink, back = WHITE, None
    elif stage.where == "drawer":
        all_apps(lay, box, phone.catalogue, stage.opener, stage.open_drawer)
        back = lay.theme.surface_container
    else:
        home(lay, box, phone.catalogue, phone.now(), settings, stage.opener, stage.open_drawer, phone.display.wallpaper)
        ink, back = WHITE, None
    phone.ime.known_fields = frozenset()
    status_bar(lay, phone.now(), settings, ink)
    navigation_paint(lay, ink, back)
    _toast(phone, lay, box)
    lay.reuse(("navigation",), lambda: navigation_touch(lay, phone.nav_key))
    return False


def _app(phone: Phone, lay: Layout, box: Bounds) -> bool:
    scene, editing, app = lay.scene, lay.editing, phone.stage.app
    screen = app.screen()
    if not isinstance(screen, Screen):
        raise TypeError(f"{type(app).__name__}.screen() must return a Screen, got {type(screen).__name__}")
    shown = editing.keyboard and bool(editing.id)
    if shown:
        box = (box[0], box[1], box[2], box[3] - keyboard_height(lay))
    pane = Pane(box, shown, app.package, phone.stage.back)
    scene.package, scene.activity = app.package, screen.name
    key = scroll_key(screen, app.package)
    app_screen(lay, screen, pane)
    under = set(lay.fields)
    status_bar(lay, phone.now(), phone.settings, lay.theme.on_surface)
    navigation_paint(
        lay, lay.theme.on_surface, lay.theme.surface_container if screen.bottom and not shown else lay.theme.surface
    )
    scene.package = app.package
    if screen.dialog is not None:
        dialog(lay, screen.dialog, pane, key)
    elif screen.menu is not None:
        menu(lay, screen.menu, pane)
    reachable = set(lay.fields) - under if screen.dialog is not None else set(lay.fields)
    if _refocus(phone, lay, reachable, key):
        return True
    if shown and phone.ime.reveal and _reveal(phone, lay):
        return True
    if shown:
        field = lay.fields[editing.id].widget
        page = "number" if field.keyboard == "number" else phone.ime.page
        bottom = box[3] + keyboard_height(lay)
        lay.reuse(
            ("keyboard", page, phone.ime.shift), lambda: keyboard(lay, bottom, page, phone.ime.shift, phone.ime.key)
        )
        if editing.toolbar and (actions := phone.ime.editor.actions()):
            scene.package = PACKAGE
            text_toolbar(lay, lay.fields[editing.id].box, actions, box[1])
    _toast(phone, lay, box)
    lay.reuse(("navigation",), lambda: navigation_touch(lay, phone.nav_key))
    return False


def _refocus(phone: Phone, lay: Layout, reachable: set[str], key: str) -> bool:
    """Drop the focus of a field that went away and give it to a new `autofocus` field."""
    editing, before = lay.editing, phone.ime.known_fields
    now = frozenset((key, name) for name in reachable)
    phone.ime.known_fields = now
    changed = False
    if editing.id and editing.id not in reachable:
        editing.id, editing.keyboard, editing.toolbar = "", False, False
        changed = True
    for name in (name for name in lay.fields if name in reachable):
        field = lay.fields[name].widget
        if field.autofocus and field.enabled and (key, name) not in before and editing.id != name:
            phone.ime.focus(field)
            return True
    if editing.id:
        size = len(lay.fields[editing.id].widget.value)
        if max(editing.caret, editing.anchor) > size:
            editing.caret, editing.anchor = min(editing.caret, size), min(editing.anchor, size)
            changed = True
    return changed


def _reveal(phone: Phone, lay: Layout) -> bool:
    """Scroll so that the focused line stands above the keyboard."""
    phone.ime.reveal = False
    place = lay.fields[lay.editing.id]
    if place.viewport is None:
        return False
    (_, top, _, bottom), key = place.viewport
    margin = lay.dp(8)
    low, high = place.line[1] + margin - bottom, top - (place.line[0] - margin)
    move = low if low > 0 else -high if high > 0 else 0
    if not move or bottom - top < place.line[1] - place.line[0]:
        return False
    offset = lay.offsets.get(key, 0)
    if offset == AT_END:
        return False
    lay.offsets[key] = max(0, offset + move)
    return True


def _toast(phone: Phone, lay: Layout, box: Bounds) -> None:
    text = phone.toast_text
    if not text:
        return
    scene, t, dp = lay.scene, lay.theme, lay.dp
    room = min(box[2] - box[0] - dp(64), dp(360))
    lines = lay.lines(text, "small", room - dp(40), 2)
    wide = max(lay.width(line, "small") for line in lines) + dp(40)
    tall = len(lines) * lay.line_height("small") + dp(24)
    x, y = (scene.width - wide) // 2, box[3] - dp(28) - tall
    scene.package = PACKAGE
    scene.round(x, y, wide, tall, min(tall // 2, dp(24)), t.inverse_surface)
    lay.write(lines, "small", x + dp(20), y + dp(12), wide - dp(40), t.inverse_on_surface, "center")
    scene.add("toast", x, y, wide, tall, text=text, through=True)
