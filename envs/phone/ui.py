"""What a screen of the phone is made of: plain dataclasses that an app builds and the toolkit lays out and draws.

An app describes its screen as a function of its state (`App.screen`); a tap calls the widget's handler, which changes
state, and the screen is built again. Widgets hold no state of their own. Lengths are dp (density-independent pixels).
Icons are Material Design Icons names ("wifi", "arrow-left").
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from PIL.Image import Image

Handler = Callable[[], None]


@dataclass(slots=True, kw_only=True)
class Widget:
    id: str = ""
    """Resource-id suffix, unique on the screen where a test, a checker or a client looks for it."""
    label: str = ""
    """Content description: the accessible name of what shows no text (icon buttons, switches, sliders)."""
    enabled: bool = True


@dataclass(slots=True)
class Text(Widget):
    text: str
    style: Literal["headline", "title", "body", "label", "caption", "display"] = "body"
    lines: int = 0
    """Most lines shown, then an ellipsis; 0 wraps freely."""
    align: Literal["left", "center", "right"] = "left"
    color: Literal["on_surface", "on_surface_variant", "primary", "error"] = "on_surface"
    on_tap: Handler | None = None


@dataclass(slots=True)
class Icon(Widget):
    name: str
    size: float = 24.0
    color: Literal["on_surface", "on_surface_variant", "primary", "error"] | tuple[int, int, int] = "on_surface_variant"
    """A role of the theme, or the colour itself where that is what the icon shows."""


@dataclass(slots=True)
class Avatar(Widget):
    """A coloured circle with a letter (contacts, senders)."""

    letter: str
    size: float = 40.0


@dataclass(slots=True)
class IconButton(Widget):
    icon: str
    on_tap: Handler | None = None
    """Give `label` always: it is the button's only name."""


@dataclass(slots=True)
class Button(Widget):
    text: str
    on_tap: Handler | None = None
    kind: Literal["filled", "tonal", "outlined", "text"] = "filled"
    icon: str = ""


@dataclass(slots=True)
class Fab(Widget):
    """Floating action button, bottom right."""

    icon: str
    on_tap: Handler | None = None


@dataclass(slots=True)
class Switch(Widget):
    on: bool
    on_change: Callable[[bool], None] | None = None


@dataclass(slots=True)
class Checkbox(Widget):
    on: bool
    on_change: Callable[[bool], None] | None = None
    ink: tuple[int, int, int] | None = None
    """A colour that means something, as that of a task's priority; the theme's without."""


@dataclass(slots=True)
class Radio(Widget):
    on: bool
    on_tap: Handler | None = None


@dataclass(slots=True)
class Slider(Widget):
    value: float
    """0..1. A tap or drag on the track sets it."""
    on_change: Callable[[float], None] | None = None


@dataclass(slots=True)
class TextField(Widget):
    """`id` is required: it is what keeps the keyboard focus across rebuilds."""

    value: str
    on_change: Callable[[str], None] | None = None
    hint: str = ""
    on_submit: Handler | None = None
    """Enter on the keyboard. In a multiline field Enter is a newline and this is unused."""
    multiline: bool = False
    password: bool = False
    keyboard: Literal["text", "number"] = "text"
    autofocus: bool = False


@dataclass(slots=True)
class Chip(Widget):
    text: str
    selected: bool = False
    on_tap: Handler | None = None


@dataclass(slots=True)
class ListItem(Widget):
    """The row Android is made of. A tap anywhere on it that misses `trailing` calls `on_tap`;
    without `on_tap` it goes to a Switch, Checkbox or Radio that the row holds."""

    title: str
    subtitle: str = ""
    leading: Icon | Avatar | Checkbox | Radio | None = None
    trailing: Switch | Checkbox | Radio | Icon | IconButton | Text | None = None
    on_tap: Handler | None = None
    on_long_press: Handler | None = None
    selected: bool = False


@dataclass(slots=True)
class Header(Widget):
    """Section header inside a list."""

    text: str


@dataclass(slots=True)
class Divider(Widget):
    pass


@dataclass(slots=True)
class Spacer(Widget):
    height: float = 16.0


@dataclass(slots=True)
class Column(Widget):
    children: Sequence[Widget] = field(default_factory=list)
    padding: float = 16.0


@dataclass(slots=True)
class Line(Widget):
    """Children side by side, sharing the width evenly unless `spread` is False (then at natural width)."""

    children: Sequence[Widget] = field(default_factory=list)
    spread: bool = True
    padding: float = 8.0


@dataclass(slots=True)
class Grid(Widget):
    children: Sequence[Widget] = field(default_factory=list)
    columns: int = 4
    top: bool = False
    """Cells of unequal height begin at the row's top instead of sharing its middle."""


@dataclass(slots=True)
class Tile(Widget):
    """Icon over a caption, as on the launcher and in quick settings."""

    icon: str
    text: str
    on_tap: Handler | None = None
    on_long_press: Handler | None = None
    color: tuple[int, int, int] = (66, 133, 244)
    active: bool = True


@dataclass(slots=True)
class Card(Widget):
    children: Sequence[Widget] = field(default_factory=list)
    on_tap: Handler | None = None
    on_long_press: Handler | None = None


@dataclass(slots=True)
class Bubble(Widget):
    """A chat message."""

    text: str
    mine: bool = False
    note: str = ""
    on_long_press: Handler | None = None


@dataclass(slots=True)
class DayCell(Widget):
    """A day in the grid of a month: its number over what is on it. `label` names the date."""

    number: int
    events: Sequence[tuple[str, tuple[int, int, int]]] = ()
    """Title and colour of each; those without room are counted."""
    height: float = 92.0
    """Below 64 there are dots instead of titles."""
    today: bool = False
    selected: bool = False
    faded: bool = False
    """Of another month."""
    on_tap: Handler | None = None


@dataclass(slots=True)
class Appointment(Widget):
    """A row in a list of appointments: a block of its colour with a title over details."""

    title: str
    details: Sequence[str] = ()
    color: tuple[int, int, int] = (66, 133, 244)
    faded: bool = False
    """Over by now."""
    selected: bool = False
    on_tap: Handler | None = None
    on_long_press: Handler | None = None


@dataclass(slots=True)
class Block(Widget):
    """Something at its time in a `Timetable`."""

    text: str
    column: int
    start: int
    """Minutes after midnight, as `end`."""
    end: int
    color: tuple[int, int, int] = (66, 133, 244)
    faded: bool = False
    on_tap: Handler | None = None


@dataclass(slots=True)
class Timetable(Widget):
    """Days side by side, the hours running down."""

    days: Sequence[str]
    """Headings, in two lines where they hold a newline."""
    hours: Sequence[str]
    """What stands at each of the 24 hours."""
    blocks: Sequence[Block] = ()
    today: int = -1
    """Index of today's column."""
    on_slot: Callable[[int, int], None] | None = None
    """(column, hour) of a tap beside the blocks."""


@dataclass(slots=True)
class Part(Widget):
    """Something that a picture shows: what accessibility tells of it. A tap on it is a tap on the picture."""

    text: str
    box: tuple[float, float, float, float]
    """x1, y1, x2, y2 as fractions of the picture."""
    role: Literal["text", "button", "image"] = "text"
    field: TextField | None = None
    """A text field that the picture shows: after the tap on the picture, the keyboard writes into it."""


@dataclass(slots=True)
class Picture(Widget):
    """What an app paints itself: a map, a page, a photo. Alone in a screen's body it takes all of it."""

    image: Callable[[int, int, float], Image]
    """(width, height in pixels, pixels per dp) -> an RGB image of that size. The same object as long as it looks the
    same: it is compared by identity."""
    height: float = 0.0
    """0 reaches down to the end of the screen's body."""
    ratio: float = 0.0
    """Height over width, where the height is not given in dp."""
    parts: Callable[[], Sequence[Part]] | None = None
    """Asked for after the image."""
    on_touch: Callable[[float, float], None] | None = None
    """A tap; as fractions of the picture, like all places here."""
    on_hold: Callable[[float, float], None] | None = None
    """A long press."""
    on_swipe: Callable[[float, float], None] | None = None
    """A finger that moved by (dx, dy)."""
    on_stroke: Callable[[float, float, float, float], None] | None = None
    """A finger that moved from (x1, y1) to (x2, y2), where both places matter; it goes before `on_swipe`."""


@dataclass(slots=True)
class Tabs(Widget):
    names: Sequence[str]
    selected: int = 0
    on_select: Callable[[int], None] | None = None


@dataclass(slots=True)
class BottomBar(Widget):
    """Navigation bar of an app: (icon, name) pairs."""

    items: Sequence[tuple[str, str]]
    selected: int = 0
    on_select: Callable[[int], None] | None = None


@dataclass(slots=True)
class Dialog(Widget):
    title: str = ""
    body: Sequence[Widget] = field(default_factory=list)
    buttons: Sequence[Button] = field(default_factory=list)
    """Shown right-aligned as text buttons."""
    on_dismiss: Handler | None = None
    """Back, or a tap outside."""


@dataclass(slots=True)
class Menu(Widget):
    """A pop-up list at the top right, under the action that opened it."""

    items: Sequence[tuple[str, Handler]]
    on_dismiss: Handler | None = None


@dataclass(slots=True)
class Screen:
    """One whole app screen. `name` is the activity's short name shown to `dumpsys` (".MainActivity")."""

    title: str = ""
    body: Sequence[Widget] = field(default_factory=list)
    name: str = ".MainActivity"
    nav: Literal["none", "back", "close", "menu"] = "none"
    on_nav: Handler | None = None
    """The arrow at the top left; without it the arrow does what the back key does."""
    actions: Sequence[IconButton] = field(default_factory=list)
    subtitle: str = ""
    tabs: Tabs | None = None
    fab: Fab | None = None
    bottom: BottomBar | None = None
    footer: Sequence[Widget] = field(default_factory=list)
    """Stays at the bottom above the keyboard (a message box)."""
    dialog: Dialog | None = None
    menu: Menu | None = None
    scroll_key: str = ""
    """Screens with the same key keep their scroll offset; defaults to name + title."""
    start_at_end: bool = False
    """Open scrolled to the bottom (chats)."""
