"""Things to drag: into a box, to a place in a list, along a slider, over a text."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

from agentkit.actions import Click, Drag, Hotkey, Scroll
from agentkit.errors import PolicyError
from envs.miniwob.dom import XY, Dom, Element
from envs.miniwob.oracle.moves import Moves, Rule, click, drag, matched, submit, write

UNIT = {"left": (-1, 0), "right": (1, 0), "up": (0, -1), "down": (0, 1)}
GRID_NAMES = ("top left", "top center", "top right", "center left", "center", "center right",
              "bottom left", "bottom center", "bottom right")  # fmt: skip


def one_way(dom: Dom) -> Moves:
    dx, dy = UNIT[matched(r"Drag the \w+ (\w+)", dom.goal)[1]]
    figure = dom.one("svg > *")
    x, y = figure.middle
    # Grabbed, a figure jumps so that its middle is under the pointer or near it: the way must be longer than that.
    yield drag(dom, (x, y), (min(max(x + 45 * dx, 4), 155), min(max(y + 45 * dy, 54), 180)))
    yield from submit(dom)


def into_box(dom: Dom) -> Moves:
    yield drag(dom, dom.one("#draggableSmall").middle, dom.one("#draggableLarge").middle)
    yield from submit(dom)


def shapes_into_box(dom: Dom) -> Moves:
    tag = {"rectangles": "rect", "circles": "circle", "triangles": "polygon"}[matched(r"all (\w+)", dom.goal)[1]]
    box = dom.one("#shape-container")
    yield from _collect(dom, lambda item: item.tag == tag, box)
    yield from submit(dom)


def shapes_into_boxes(dom: Dom) -> Moves:
    what = matched(r"all (\w+)", dom.goal)[1]
    tag = {"rectangles": "rect", "circles": "circle", "triangles": "polygon"}.get(what)
    left, right = dom.all("#shape-container")

    def goes_left(item: Element) -> bool:
        return item.tag == tag if tag else item.attributes["fill"] == what

    yield from _collect(dom, goes_left, left)
    yield from _collect(dom, lambda item: not goes_left(item), right)
    yield from submit(dom)


def _collect(dom: Dom, wanted: Callable[[Element], bool], box: Element) -> Moves:
    figures = "#area_svg > :not(#shape-container)"
    for i, item in enumerate(dom.all(figures)):
        if wanted(item):
            target = box.middle[0] + 8 * (i % 3 - 1), box.middle[1] + 6 * (i % 2)
            yield drag(dom, item.at or item.middle, target)


def list_place(dom: Dom) -> Moves:
    items = dom.all("#sortable li")
    name = matched(r"Drag (\S+)", dom.goal)[1]
    now = [item.text for item in items].index(name)
    if found := _number(dom.goal):
        then = found - 1
    else:
        then = {"to the top": 0, "to the bottom": len(items) - 1, "down by one": now + 1, "up by one": now - 1}[
            matched(r"to the top|to the bottom|down by one|up by one", dom.goal)[0]
        ]
    yield _move_row(dom, items, now, then)


def _number(goal: str) -> int:
    found = re.search(r"(\d)\w\w position", goal)
    return int(found[1]) if found else 0


def _move_row(dom: Dom, items: list[Element], now: int, then: int) -> Drag:
    """Past the middle of the row whose place it takes."""
    past = 0.35 * (items[then].box[3] - items[then].box[1]) * (1 if then > now else -1)
    x, y = items[now].middle
    return drag(dom, (x, y), (x, items[then].middle[1] + past))


def grid_place(dom: Dom) -> Moves:
    items = dom.all("#sortable li")
    name, where = matched(r"Drag (\S+) (?:to the )?(.+)\.", dom.goal).groups()
    now = [item.text for item in items].index(name)
    steps = {"up by one": -3, "down by one": 3, "left by one": -1, "right by one": 1}
    then = now + steps[where] if where in steps else GRID_NAMES.index(where)
    (x1, y1), (x2, y2) = items[now].middle, items[then].middle
    # A neighbour makes room once the pointer is past its middle.
    yield drag(dom, (x1, y1), (x2 + 10 * _sign(x2 - x1), y2 + 10 * _sign(y2 - y1)))


def _sign(value: float) -> int:
    return (value > 1) - (value < -1)


def sort_rows(dom: Dom) -> Moves:
    """Selection sort: the smallest of what is left goes to the front of it."""
    for place in range(4):
        items = dom.all("#sortable li")
        numbers = [int(item.text) for item in items]
        smallest = numbers.index(min(numbers[place:]), place)
        if smallest != place:
            yield _move_row(dom, items, smallest, place)
    yield from submit(dom)


def slider(dom: Dom) -> Moves:
    yield from _slide(dom, "#slider", "#val", int(matched(r"Select (-?\d+)", dom.goal)[1]))
    if found := _ordinal(dom.goal):
        yield from click(dom, f"#checkbox-{found}")
    yield from submit(dom)


def _ordinal(goal: str) -> int:
    found = re.search(r"the (\d)\w\w checkbox", goal)
    return int(found[1]) if found else 0


def sliders(dom: Dom) -> Moves:
    for i, value in enumerate(json.loads(matched(r"\[.*\]", dom.goal)[0]), 1):
        yield from _slide(dom, f"#slider-{i}", f"#val-{i}", value)
    yield from submit(dom)


def _slide(dom: Dom, slider: str, shown: str, value: int) -> Moves:
    """Where a value lies follows from two places clicked; arrows then do what a pixel is too coarse for."""
    left, top, right, bottom = dom.one(slider).box
    flat = right - left > bottom - top
    low, high = (left, right) if flat else (bottom, top)
    across = (top + bottom) / 2 if flat else (left + right) / 2

    def place(share: float) -> Click:
        along = low + share * (high - low)
        return Click(dom.point((along, across) if flat else (across, along)))

    seen: dict[float, int] = {}
    for share in (0.05, 0.95):
        yield place(share)
        seen[share] = int(dom.one(shown).text)
    span = seen[0.95] - seen[0.05]
    if span:
        yield place(min(max(0.05 + 0.9 * (value - seen[0.05]) / span, 0.02), 0.98))
    while (now := int(dom.one(shown).text)) != value:
        yield Hotkey(("right" if now < value else "left",))


def highlight(dom: Dom) -> Moves:
    """From the first letter to the last one."""
    found = re.search(r"the (\d)\w\w paragraph", dom.goal)
    yield from _mark(dom, f"#randomText p:nth-of-type({found[1]})" if found else "#randomText")
    yield from submit(dom)


def _mark(dom: Dom, selector: str, words: str = "") -> Moves:
    """Drag over the element's text, or over `words` in it."""
    start, end = dom.read(
        """({selector, words}) => {
          const element = document.querySelector(selector), range = document.createRange();
          range.selectNodeContents(element);
          if (words) {
            const text = document.createTreeWalker(element, NodeFilter.SHOW_TEXT).nextNode();
            const from = (' ' + text.data + ' ').search(new RegExp('\\\\s' + RegExp.escape(words) + '\\\\s'));
            range.setStart(text, from);
            range.setEnd(text, from + words.length);
          }
          const lines = [...range.getClientRects()].filter(line => line.width > 0);
          const [first, last] = [lines[0], lines[lines.length - 1]];
          const after = words ? -0.25 : 2;
          return [[first.left + 0.25, first.top + first.height / 2], [last.right + after, last.top + last.height / 2]];
        }""",
        {"selector": selector, "words": words},
    )
    yield drag(dom, tuple(start), tuple(end))


def styled_text(dom: Dom) -> Moves:
    """As in: give the text magna the style bold; make everything the color red."""
    word = found[1] if (found := re.search(r"give the text (.+?) the (?:style|color)", dom.goal)) else ""
    what = matched(r"the (?:style|color) (\w+)", dom.goal)[1]
    yield from _mark(dom, ".ql-editor p", word)
    styles = {"bold": "bold", "italics": "italic", "underlined": "underline"}
    if what in styles:
        yield from click(dom, f".ql-{styles[what]}")
    else:
        colors = {"red": "#e60000", "orange": "#ff9900", "yellow": "#ffff00", "green": "#008a00", "blue": "#0066cc"}
        yield from click(dom, ".ql-color .ql-picker-label")
        yield from click(dom, f'.ql-color .ql-picker-item[data-value="{colors.get(what, "#9933ff")}"]')
    yield from submit(dom)


def appointment(dom: Dom) -> Moves:
    """As in: Create a 30 mins event named "Food", between 8AM and 12PM."""
    length, unit, name, first, half = matched(
        r'a (\S+) (min|hour)\w* event named "(\w+)", between (\d+)([AP])M', dom.goal
    ).groups()
    slots = round(float(length) * (2 if unit == "hour" else 1 / 30))
    opens = 2 * (int(first) % 12 + (12 if half == "P" else 0))
    for start in range(opens, opens + 9 - slots):
        yield from _to_middle(dom, f"#hh-{start + slots // 2}")
        cells = [dom.one(f"#hh-{start + i}") for i in range(slots)]
        if all(cell.at for cell in cells):
            break
    else:
        raise PolicyError(f"other events leave no room for {slots} half hours")
    yield drag(dom, cells[0].middle, (cells[0].middle[0], cells[-1].middle[1] + 3))
    yield from write(dom, "#event-name", name)
    yield from click(dom, "#controls .create")


def _to_middle(dom: Dom, selector: str) -> Moves:
    """Scroll the calendar until the element is near the middle of what is seen of it."""
    while abs(by := dom.one(selector).middle[1] - 127) > 25:
        yield Scroll(dom.point((80, 127)), dom.point((80, min(max(127 - by, 1), 209))))


def resize(dom: Dom) -> Moves:
    side, change = matched(r"the (width|height) is (larger|smaller)", dom.goal).groups()
    x, y = dom.one(".ui-resizable-se").middle
    by = 15 if change == "larger" else -15
    yield drag(dom, (x, y), (x + by, y) if side == "width" else (x, y + by))
    yield from submit(dom)


def line(dom: Dom) -> Moves:
    x, y = dom.one("#circ").middle
    ends: tuple[XY, XY] = ((x, y - 25), (x, y + 25)) if "vertical" in dom.goal else ((x - 25, y), (x + 25, y))
    yield drag(dom, *ends)
    yield from click(dom, "#controls button")


RULES: dict[str, Rule] = {
    "drag-circle": one_way,
    "drag-single-shape": one_way,
    "drag-box": into_box,
    "drag-shapes": shapes_into_box,
    "drag-shapes-2": shapes_into_boxes,
    "drag-items": list_place,
    "drag-items-grid": grid_place,
    "drag-sort-numbers": sort_rows,
    "use-slider": slider,
    "form-sequence": slider,
    "use-slider-2": sliders,
    "highlight-text": highlight,
    "highlight-text-2": highlight,
    "resize-textarea": resize,
    "text-editor": styled_text,
    "daily-calendar": appointment,
    "draw-line": line,
}
