"""Figures: recognise them by what they are drawn with, count them, and find places by geometry."""

from __future__ import annotations

import math

from agentkit.actions import Click
from agentkit.errors import PolicyError
from envs.miniwob.dom import XY, Dom, Element
from envs.miniwob.oracle.moves import SUBMIT, Moves, Rule, click, click_at, matched, submit

KINDS = {"rect": "rectangle", "circle": "circle", "polygon": "triangle"}
FIGURES = "#area_svg > rect, #area_svg > circle, #area_svg > polygon, #area_svg > text"


def describes(words: str, figure: Element) -> bool:
    """Whether "large aqua item", "small 7" or "letter" fits the figure."""
    left, _, right, _ = figure.box
    drawn_as_text = figure.tag == "text"
    large = float(figure.attributes["font-size"].removesuffix("px")) > 15 if drawn_as_text else right - left > 15
    kind = ("digit" if figure.text.isdigit() else "letter") if drawn_as_text else "shape"
    name = figure.text if drawn_as_text else KINDS[figure.tag]
    *adjectives, noun = words.split(" ")
    for adjective in adjectives:
        if adjective in ("large", "small"):
            if (adjective == "large") != large:
                return False
        elif adjective != figure.attributes["fill"]:
            return False
    return noun in ("item", kind, name)


def described_figure(dom: Dom) -> Moves:
    words = matched(r"Click on a (.+)", dom.goal)[1]
    figure = next((item for item in dom.all(FIGURES) if describes(words, item) and item.at), None)
    if figure is None:
        raise PolicyError(f"no figure in the picture is a {words}")
    yield click_at(dom, figure)


def count_figures(dom: Dom) -> Moves:
    words = matched(r"How many (.+)s are there", dom.goal)[1]
    count = sum(describes(words, item) for item in dom.all(FIGURES))
    yield from click(dom, "#count-buttons button", str(count))


def name_figure(dom: Dom) -> Moves:
    figure = dom.one(FIGURES)
    names = {"text": "Number" if figure.text.isdigit() else "Letter"}
    yield from click(dom, "#area-buttons button", names.get(figure.tag) or KINDS[figure.tag].capitalize())


def count_sides(dom: Dom) -> Moves:
    """A regular polygon's outline is as many times farther from the middle as it has corners: the strongest harmonic
    of the distance over the angle."""
    distances: list[float] = dom.read(
        """() => {
          const canvas = document.getElementById('c'), [w, h] = [canvas.width, canvas.height];
          const alpha = canvas.getContext('2d').getImageData(0, 0, w, h).data;
          return Array.from({length: 360}, (_, degree) => {
            const a = degree * Math.PI / 180;
            for (let r = 49; r > 0; r -= 0.25) {
              const x = Math.round(w / 2 + r * Math.cos(a)), y = Math.round(h / 2 + r * Math.sin(a));
              if (alpha[4 * (y * w + x) + 3] > 128) return r;
            }
            return 0;
          });
        }"""
    )

    def strength(sides: int) -> float:
        turns = [(d, 2 * math.pi * sides * i / len(distances)) for i, d in enumerate(distances)]
        return math.hypot(sum(d * math.cos(t) for d, t in turns), sum(d * math.sin(t) for d, t in turns))

    yield from click(dom, "#form button", str(max(range(3, 8), key=strength)))


def grid_point(dom: Dom) -> Moves:
    yield from click(dom, f'circle[id="{matched(r"[(].*[)]", dom.goal)[0]}"]')


def ascending(dom: Dom) -> Moves:
    """After the first click the numbers turn into squares, in the order of the numbers; each click takes one away."""
    yield from click(dom, "svg text", "1")
    while dom.all("svg rect"):
        yield from click(dom, "svg rect")


def circle_centre(dom: Dom) -> Moves:
    yield _click_xy(dom, dom.one("svg circle").middle)
    yield from submit(dom)


def midpoint(dom: Dom) -> Moves:
    (x1, y1), (x2, y2) = (dot.middle for dot in dom.all(".black-circle"))
    yield _click_xy(dom, ((x1 + x2) / 2, (y1 + y2) / 2))
    yield from submit(dom)


def right_angle(dom: Dom) -> Moves:
    """From the blue dot at a right angle to the line, to the side on which the drawing has more room."""
    black, blue = dom.one("#init-black").middle, dom.one("#init-blue").middle
    along = math.atan2(black[1] - blue[1], black[0] - blue[0])
    left, top, right, bottom = dom.one("svg").box
    to_centre = math.atan2((top + bottom) / 2 - blue[1], (left + right) / 2 - blue[0])
    side = 1 if math.sin(to_centre - along) > 0 else -1
    yield _ray(dom, blue, along + side * math.pi / 2)
    yield from submit(dom)


def bisect(dom: Dom) -> Moves:
    blue = dom.one(".init-blue").middle
    one, two = (math.atan2(y - blue[1], x - blue[0]) for x, y in (dot.middle for dot in dom.all(".init-black")))
    middle = math.atan2(math.sin(one) + math.sin(two), math.cos(one) + math.cos(two))
    yield _ray(dom, blue, middle)
    yield from submit(dom)


def _ray(dom: Dom, origin: XY, angle: float) -> Click:
    """A click on the drawing as far as possible in this direction, where rounding to pixels turns it least."""
    left, top, right, bottom = dom.one("svg").box
    right, bottom = min(right, 160), min(bottom, dom.one(SUBMIT).box[1])
    reach = 0
    for r in range(5, 200):
        x, y = origin[0] + r * math.cos(angle), origin[1] + r * math.sin(angle)
        if not (left + 4 < x < right - 4 and top + 4 < y < bottom - 4):
            break
        reach = r
    if not reach:
        raise PolicyError("there is no room on the drawing in that direction")
    return _click_xy(dom, (origin[0] + reach * math.cos(angle), origin[1] + reach * math.sin(angle)))


def _click_xy(dom: Dom, at: XY) -> Click:
    return Click(dom.point(at))


RULES: dict[str, Rule] = {
    "click-shape": described_figure,
    "count-shape": count_figures,
    "identify-shape": name_figure,
    "count-sides": count_sides,
    "grid-coordinate": grid_point,
    "ascending-numbers": ascending,
    "circle-center": circle_centre,
    "find-midpoint": midpoint,
    "right-angle": right_angle,
    "bisect-angle": bisect,
}
