"""Placers of what calendars are made of: the days of a month, rows of appointments, a timetable."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from envs.phone.layout import Layout
from envs.phone.theme import RGB
from envs.phone.ui import Appointment, Block, DayCell, Timetable
from envs.phone.widgets import contrast_ink, node, nothing

DAY = 24 * 60
HOUR_DP = 48
GUTTER_DP = 44
"""Room for the names of the hours."""


def dimmed(color: RGB, paper: RGB) -> RGB:
    """The colour of what is over or belongs elsewhere: half way to what it lies on."""
    red, green, blue = ((a + b) // 2 for a, b in zip(color, paper, strict=True))
    return red, green, blue


def day_cell(ui: Layout, w: DayCell, x: int, y: int, width: int, padding: int) -> int:
    """The number in a disc when it is today, in a ring when it is selected; below it titles, or dots in a low cell."""
    t, dp, scene, height = ui.theme, ui.dp, ui.scene, ui.dp(w.height)
    if not scene.sees(y, height):
        return height
    disc, line = max(dp(24), ui.line_height("caption") + dp(4)), ui.line_height("caption")
    left, top = x + (width - disc) // 2, y + dp(2)
    if w.today:
        scene.round(left, top, disc, disc, disc // 2, t.primary)
    elif w.selected:
        scene.ring(left, top, disc, disc, disc // 2, dp(1), t.primary)
    ink = t.on_primary if w.today else t.disabled if w.faded else t.on_surface
    outer = scene.parent
    scene.parent = node(
        ui, w, "button", x, y, width, height, on_tap=w.on_tap or nothing, selected=w.selected or w.today
    )
    box = ui.write([str(w.number)], "caption", x, top + (disc - line) // 2, width, ink, "center")
    scene.add("text", box[0], box[1], box[2] - box[0], box[3] - box[1], text=str(w.number))
    below, room = top + disc + dp(2), y + height - dp(2)
    if w.height < 64:
        _dots(ui, w, x, below, width)
    else:
        _titles(ui, w, x, below, width, room)
    scene.parent = outer
    return height


def _dots(ui: Layout, w: DayCell, x: int, y: int, width: int) -> None:
    size, gap = ui.dp(5), ui.dp(2)
    shown = w.events[: max(1, width // (size + gap) - 1)]
    left = x + (width - len(shown) * (size + gap) + gap) // 2
    for n, (_, color) in enumerate(shown):
        fill = dimmed(color, ui.theme.surface) if w.faded else color
        ui.scene.round(left + n * (size + gap), y, size, size, size // 2, fill)


def _titles(ui: Layout, w: DayCell, x: int, y: int, width: int, bottom: int) -> None:
    """As many bars as fit; the last place tells how many more there are."""
    t, dp, scene = ui.theme, ui.dp, ui.scene
    tall = ui.line_height("tiny")
    places = max(1, (bottom - y) // (tall + dp(1)))
    shown = len(w.events) if len(w.events) <= places else places - 1
    for title, color in w.events[:shown]:
        fill = dimmed(color, t.surface) if w.faded else color
        scene.round(x + dp(1), y, width - dp(2), tall, dp(2), fill)
        line = ui.lines(title, "tiny", width - dp(6), 1)
        ui.write(line, "tiny", x + dp(3), y, width, contrast_ink(fill))
        scene.add("text", x + dp(1), y, width - dp(2), tall, text=title)
        y += tall + dp(1)
    if shown < len(w.events):
        more = f"+{len(w.events) - shown}"
        box = ui.write([more], "tiny", x, y, width, t.on_surface_variant, "center")
        scene.add("text", box[0], y, box[2] - box[0], tall, text=more)


def appointment(ui: Layout, w: Appointment, x: int, y: int, width: int, padding: int) -> int:
    t, dp, scene = ui.theme, ui.dp, ui.scene
    margin, inset = padding or dp(16), dp(12)
    x, width = x + margin, width - 2 * margin
    room = width - 2 * inset - dp(28) * w.selected
    title = ui.lines(w.title, "body", room, 2)
    details = [(text, ui.lines(text, "small", room, 2)) for text in w.details]
    rows = sum(len(lines) for _, lines in details)
    tall = max(dp(48), len(title) * ui.line_height("body") + rows * ui.line_height("small") + dp(16))
    height = tall + dp(4)
    if not scene.sees(y, height):
        return height
    fill = dimmed(w.color, t.surface) if w.faded else w.color
    ink = contrast_ink(fill)
    scene.round(x, y + dp(2), width, tall, dp(8), fill)
    if w.selected:
        scene.ring(x, y + dp(2), width, tall, dp(8), dp(3), t.on_surface)
        scene.icon("check-circle", dp(24), x + width - inset - dp(24), y + dp(2) + (tall - dp(24)) // 2, ink)
    outer = scene.parent
    scene.parent = node(
        ui, w, "list_item", x, y + dp(2), width, tall, text=w.title, selected=w.selected,
        on_tap=w.on_tap or nothing, on_long_press=w.on_long_press,
    )  # fmt: skip
    top = y + dp(2) + (tall - len(title) * ui.line_height("body") - rows * ui.line_height("small")) // 2
    top = ui.write(title, "body", x + inset, top, room, ink)[3]
    for text, lines in details:
        box = ui.write(lines, "small", x + inset, top, room, ink)
        scene.add("text", box[0], box[1], box[2] - box[0], box[3] - box[1], text=text)
        top = box[3]
    scene.parent = outer
    return height


def lanes(blocks: Sequence[Block]) -> list[tuple[Block, int, int]]:
    """(block, its lane, lanes of its group): blocks that overlap in time stand side by side."""
    placed: list[tuple[Block, int, int]] = []
    group: list[tuple[Block, int]] = []
    ends: list[int] = []
    for block in sorted(blocks, key=lambda b: (b.start, -b.end)):
        if ends and block.start >= max(ends):
            placed += [(b, lane, len(ends)) for b, lane in group]
            group, ends = [], []
        lane = next((n for n, end in enumerate(ends) if end <= block.start), len(ends))
        ends[lane : lane + 1] = [block.end]
        group.append((block, lane))
    return placed + [(b, lane, len(ends)) for b, lane in group]


def timetable(ui: Layout, w: Timetable, x: int, y: int, width: int, padding: int) -> int:
    if len(w.hours) != 24 or not w.days:
        raise ValueError(f"a Timetable needs days and names of 24 hours, got {len(w.days)} and {len(w.hours)}")
    t, dp, scene = ui.theme, ui.dp, ui.scene
    gutter, hour = max(dp(GUTTER_DP), max(ui.width(name, "caption") for name in w.hours) + dp(8)), dp(HOUR_DP)
    share = (width - gutter) // len(w.days)
    head = _headings(ui, w, x + gutter, y, share)
    top = y + head
    for n, name in enumerate(w.hours):
        at = top + n * hour
        if scene.sees(at, hour):
            scene.fill(x + gutter, at, share * len(w.days), dp(1), t.outline_variant)
            ui.write([name], "caption", x + dp(4), at + dp(2), gutter - dp(8), t.on_surface_variant, "right")
    for column, name in enumerate(w.days):
        left = x + gutter + column * share
        scene.fill(left, top, dp(1), 24 * hour, t.outline_variant)
        outer = scene.parent
        scene.parent = scene.add(
            "pane", left, top, share, 24 * hour, label=" ".join(name.split()),
            on_touch=_slot(w, column, top, hour), listed=False,
        )  # fmt: skip
        for block, lane, count in lanes([b for b in w.blocks if b.column == column]):
            _block(ui, block, left + dp(1) + lane * (share - dp(2)) // count, top, (share - dp(2)) // count)
        scene.parent = outer
    return head + 24 * hour


def _headings(ui: Layout, w: Timetable, x: int, y: int, share: int) -> int:
    names = [name.split("\n") for name in w.days]
    rows = max(len(name) for name in names)
    height = rows * ui.line_height("caption") + ui.dp(8)
    for n, name in enumerate(names):
        ink = ui.theme.primary if n == w.today else ui.theme.on_surface_variant
        shown = [ui.lines(line, "caption", share, 1)[0] for line in name]
        box = ui.write(shown, "caption", x + n * share, y + ui.dp(4), share, ink, "center")
        ui.scene.add("text", box[0], box[1], box[2] - box[0], box[3] - box[1], text=" ".join(name))
    return height


def _slot(w: Timetable, column: int, top: int, hour: int) -> Callable[[int, int], None]:
    def touch(px: int, py: int) -> None:
        if w.on_slot is not None:
            w.on_slot(column, min(23, max(0, (py - top) // hour)))

    return touch


def _block(ui: Layout, w: Block, x: int, top: int, width: int) -> None:
    dp, scene = ui.dp, ui.scene
    start, end = (min(DAY, max(0, minutes)) for minutes in (w.start, w.end))
    y = top + start * dp(HOUR_DP) // 60
    height = max(dp(16), (end - start) * dp(HOUR_DP) // 60 - dp(1))
    if not scene.sees(y, height):
        return
    fill = dimmed(w.color, ui.theme.surface) if w.faded else w.color
    scene.round(x, y, width - dp(1), height, dp(3), fill)
    rows = max(1, (height - dp(2)) // ui.line_height("tiny"))
    ui.write(ui.lines(w.text, "tiny", width - dp(5), rows), "tiny", x + dp(2), y, width, contrast_ink(fill))
    node(ui, w, "button", x, y, width - dp(1), height, text=w.text, on_tap=w.on_tap or nothing)
