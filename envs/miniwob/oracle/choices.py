"""Things to tick, lists to choose from, calendars and spinners."""

from __future__ import annotations

import datetime as dt

from agentkit.actions import Hotkey
from envs.miniwob.dom import Dom
from envs.miniwob.oracle.moves import Moves, Rule, click, matched, submit


def named_boxes(dom: Dom) -> Moves:
    """As in: Select a, b and click Submit."""
    names = matched(r"Select (.*) and click Submit", dom.goal)[1].split(", ")
    for name in names if names != ["nothing"] else ():
        yield from click(dom, "#area label", name)
    yield from submit(dom)


def similar_boxes(dom: Dom) -> Moves:
    """Boxes with words that mean the same. What means the same is the page's own vocabulary, read from its script."""
    groups: list[list[str]] = dom.read("() => SYNONYMS")
    wanted = matched(r"similar to (.*) and click", dom.goal)[1].split(", ")
    boxes = [label.text for label in dom.all("#area label")]
    for i, box in enumerate(boxes):
        if any(box in group and word in group for group in groups for word in wanted):
            yield from click(dom, "#area label", nth=i)
    yield from submit(dom)


def drawn_number(dom: Dom) -> Moves:
    """Tick the boxes that are white in the picture beside them."""
    white: list[bool] = dom.read(
        """() => {
          const image = [...document.querySelectorAll('aside img')].find(item => item.checkVisibility());
          const canvas = document.createElement('canvas');
          [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
          const context = canvas.getContext('2d');
          context.drawImage(image, 0, 0);
          const light = (x, y) => context.getImageData(x, y, 1, 1).data[0];
          const span = (size, lit) => {
            const places = [...Array(size).keys()].filter(lit);
            return [places[0], places[places.length - 1] - places[0] + 1];
          };
          const [xs, ys] = [[...Array(canvas.width).keys()], [...Array(canvas.height).keys()]];
          const [left, width] = span(canvas.width, x => ys.some(y => light(x, y) > 60));
          const [top, height] = span(canvas.height, y => xs.some(x => light(x, y) > 60));
          const cells = [];
          for (let row = 0; row < 7; row++)
            for (let column = 0; column < 4; column++)
              cells.push(light(left + (column + 0.5) * width / 4, top + (row + 0.5) * height / 7) > 200);
          return cells;
        }"""
    )
    for i, tick in enumerate(white):
        if tick:
            yield from click(dom, "#checkboxes input", nth=i)
    yield from submit(dom)


def from_dropdown(dom: Dom) -> Moves:
    name = matched(r"Select (.*) from the list", dom.goal)[1]
    if dom.one("#options").value != name:
        yield from click(dom, "#options")
        yield from click(dom, "#options option", name)
    yield from submit(dom)


def from_list(dom: Dom) -> Moves:
    """One name is clicked; for a second one the keyboard goes on from there, since clicks come without Ctrl."""
    names = matched(r"Select (.*) from the scroll list", dom.goal)[1].split(", ")
    order = [option.text for option in dom.all("#options option")]
    first, *others = sorted(order.index(name) for name in names)
    yield from click(dom, "#options option", nth=first)
    for other in others:
        for _ in range(other - first):
            yield Hotkey(("ctrl", "down"))
        yield Hotkey(("ctrl", "space"))
    yield from submit(dom)


def height_dropdown(dom: Dom) -> Moves:
    height, button = matched(r'Choose (.*) from the dropdown.*"(\w+)"', dom.goal).groups()
    yield from click(dom, ".selectric")
    yield from click(dom, ".selectric-items li", height)
    yield from click(dom, "#buttons button", button)


def one_shade(dom: Dom) -> Moves:
    """All boxes of a hue: its channel is the strongest."""
    channel = ("red", "green", "blue").index(matched(r"shades of (\w+)", dom.goal)[1])
    for i, box in enumerate(dom.all("#area span")):
        rgb = [int(value) for value in box.color.removeprefix("rgb(").removesuffix(")").split(",")]
        if rgb[channel] == max(rgb):
            yield from click(dom, "#area span", nth=i)
    yield from submit(dom)


def date(dom: Dom) -> Moves:
    """Leaf through the calendar's months, then click the day."""
    wanted = dt.datetime.strptime(matched(r"\d\d/\d\d/\d{4}", dom.goal)[0], "%m/%d/%Y").date()
    yield from pick_date(dom, "#datepicker", wanted)
    yield from submit(dom)


def pick_date(dom: Dom, field: str, wanted: dt.date) -> Moves:
    yield from click(dom, field)
    while True:
        shown = dt.datetime.strptime(dom.one(".ui-datepicker-title").text, "%B %Y").date()
        if (shown.year, shown.month) == (wanted.year, wanted.month):
            break
        later = (shown.year, shown.month) < (wanted.year, wanted.month)
        yield from click(dom, ".ui-datepicker-next" if later else ".ui-datepicker-prev")
    yield from click(dom, ".ui-datepicker-calendar td a", str(wanted.day))


def spinner(dom: Dom) -> Moves:
    number = int(matched(r"Select (-?\d+)", dom.goal)[1])
    for _ in range(abs(number)):
        yield from click(dom, ".ui-spinner-up" if number > 0 else ".ui-spinner-down")
    yield from submit(dom)


RULES: dict[str, Rule] = {
    "click-checkboxes": named_boxes,
    "click-checkboxes-large": named_boxes,
    "click-checkboxes-transfer": named_boxes,
    "click-checkboxes-soft": similar_boxes,
    "click-option": named_boxes,
    "number-checkboxes": drawn_number,
    "choose-list": from_dropdown,
    "click-scroll-list": from_list,
    "form-sequence-3": height_dropdown,
    "click-shades": one_shade,
    "choose-date": date,
    "choose-date-easy": date,
    "choose-date-medium": date,
    "choose-date-nodelay": date,
    "use-spinner": spinner,
}
