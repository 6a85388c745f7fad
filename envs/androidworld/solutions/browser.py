"""Solutions of the tasks with a page in Chrome: what the page shows is read from its elements and its pixels."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from agentkit.actions import Click, Drag, Point
from agentkit.errors import EnvError
from envs.androidworld.task import AndroidWorldTask
from envs.phone import oracle
from envs.phone.apps.files import Files
from envs.phone.device import Phone
from envs.phone.elements import Element
from envs.phone.oracle import Steps
from envs.phone.scene import Bounds

PAGE = "compositor_view_holder"
CELLS = 4
"""Cells on a side of the maze."""
WAYS = {"Up": (-1, 0), "Down": (1, 0), "Left": (0, -1), "Right": (0, 1)}
NUMBERS = 5
"""What the page shows one after the other; the press after the last opens the form."""
COLORS = 3
MARGIN_BELOW, MARGIN_ABOVE = Point(0.02, 0.8), Point(0.02, 0.3)
"""Beside the canvas, where a finger scrolls the page: the verdict stands at its end."""


def _open(phone: Phone, task: AndroidWorldTask) -> Steps:
    """Open the page from the file manager, as the goal says."""
    yield from oracle.launch(Files.label)
    yield from oracle.tap_text(phone, "task.html")
    yield from oracle.tap_text(phone, "Just once")
    yield from oracle.tap_text(phone, "Use without an account")


def _maze(phone: Phone, task: AndroidWorldTask) -> Steps:
    yield from _open(phone, task)
    for way in _way_out(_walls(phone)):
        yield from oracle.tap_text(phone, way)


def _walls(phone: Phone) -> list[list[bool]]:
    """Which cells are black. The X is in the first cell, and the buttons are below the last row."""
    x, button = oracle.find(phone, text="X"), oracle.find(phone, text="Up")
    if x is None or button is None:
        raise EnvError(f"the page must show a maze with an X and buttons; in front is {phone.foreground()}")
    left, top = x.bounds[0], x.bounds[1]
    side = x.bounds[2] - left
    image = phone.screenshot()
    return [
        [max(_pixel(image, left + side * (c + 0.5), top + side * (r + 0.75))) < 60 for c in range(CELLS)]
        for r in range(CELLS)
    ]


def _pixel(image, x: float, y: float) -> tuple[int, int, int]:
    return image.getpixel((int(x), int(y)))


def _way_out(walls: Sequence[Sequence[bool]]) -> list[str]:
    """The shortest way from the first cell to the last."""
    queue: deque[tuple[tuple[int, int], list[str]]] = deque([((0, 0), [])])
    seen = {(0, 0)}
    while queue:
        (row, column), way = queue.popleft()
        if (row, column) == (CELLS - 1, CELLS - 1):
            return way
        for name, (down, right) in WAYS.items():
            cell = row + down, column + right
            inside = all(0 <= n < CELLS for n in cell)
            if inside and cell not in seen and not walls[cell[0]][cell[1]]:
                seen.add(cell)
                queue.append((cell, [*way, name]))
    raise EnvError(f"the maze must have a way out, got walls at {walls}")


def _multiply(phone: Phone, task: AndroidWorldTask) -> Steps:
    """Read a number before each press of the button, which is pressed at its two ends in turn: a run of equal actions
    would be taken for a policy that is stuck."""
    yield from _open(phone, task)
    product = 1
    for n in range(NUMBERS):
        product *= int(oracle.read(phone, "number"))
        yield Click(_end_of(phone, "button", n % 2))
    field = next(e for e in phone.elements() if e.role == "input")
    yield from oracle.type_into(phone, field.id, str(product))
    yield from oracle.tap_text(phone, "Submit")


def _end_of(phone: Phone, id: str, end: int) -> Point:
    """A place near the left (0) or right (1) end of an element."""
    element = oracle.find(phone, id=id)
    if element is None:
        raise EnvError(f"the page must show an element {id!r}; in front is {phone.foreground()}")
    x1, y1, x2, y2 = element.bounds
    share = 0.15 + 0.7 * end
    return Point((x1 + share * (x2 - x1)) / phone.size[0], (y1 + y2) / 2 / phone.size[1])


def _draw(phone: Phone, task: AndroidWorldTask) -> Steps:
    """Pick each colour shown at the top and draw a line with it."""
    yield from _open(phone, task)
    canvas = oracle.find(phone, id="canvas")
    if canvas is None:
        raise EnvError(f"the page must show a canvas; in front is {phone.foreground()}")
    for n, color in enumerate(_wanted(phone, canvas)):
        yield Click(oracle.centre(phone, _paint(phone, canvas, color)))
        canvas = oracle.find(phone, id="canvas") or canvas
        yield _line(phone, canvas.bounds, (n + 1) / (COLORS + 1))
    yield from oracle.tap_text(phone, "Submit")
    yield Drag(MARGIN_BELOW, MARGIN_ABOVE)


def _wanted(phone: Phone, canvas: Element) -> list[tuple[int, int, int]]:
    """The colours of the squares above the canvas, from left to right."""
    image, y = phone.screenshot(), canvas.bounds[1]
    page = next(e for e in phone.elements() if e.id == PAGE).bounds
    found: list[tuple[int, int, int]] = []
    middle = (page[1] + y) // 2
    for x in range(page[0], page[2], 4):
        color = _pixel(image, x, middle)
        if color != (255, 255, 255) and color not in found:
            found.append(color)
    if len(found) != COLORS:
        raise EnvError(f"{COLORS} colours must be shown above the canvas, got {found}")
    return found


def _paint(phone: Phone, canvas: Element, color: tuple[int, int, int]) -> Element:
    """The button below the canvas that has this colour."""
    image = phone.screenshot()
    for element in phone.elements():
        x1, y1, x2, y2 = element.bounds
        if element.role == "button" and y1 > canvas.bounds[3] and _pixel(image, (x1 + x2) / 2, (y1 + y2) / 2) == color:
            return element
    raise EnvError(f"a button must have the colour {color}")


def _line(phone: Phone, canvas: Bounds, share: float) -> Drag:
    """A slanting line across the canvas, at this share of its height."""
    x1, y1, x2, y2 = canvas
    width, height = phone.size
    y = (y1 + share * (y2 - y1)) / height
    return Drag(Point((x1 + 0.2 * (x2 - x1)) / width, y), Point((x1 + 0.8 * (x2 - x1)) / width, y + 0.02))


SOLUTIONS = {"BrowserDraw": _draw, "BrowserMaze": _maze, "BrowserMultiply": _multiply}
