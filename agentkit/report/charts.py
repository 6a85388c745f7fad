"""Lines over steps as small SVG charts. Colours are the page's variables."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from agentkit.report.bars import legend, series_color
from agentkit.report.markup import Markup, join, tag

WIDTH = 976.0
FEW = 12
"""Points up to which each is drawn as it is."""


@dataclass(frozen=True, slots=True)
class Series:
    """One line: points in order of x. Values that are not finite are left out."""

    name: str
    points: Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Mark:
    """A point of a chart that is pointed at."""

    x: float
    y: float
    label: str


def lines(
    series: Sequence[Series],
    smooth: float = 0.9,
    x_name: str = "step",
    height: float = 260,
    width: float = WIDTH,
    marks: Sequence[Mark] = (),
) -> Markup:
    """Lines over a shared axis: the raw values faint, their running mean (weight `smooth`) on top, last value named.

    Few points are joined as they are. `width` is that of the drawing's own pixels, to which its text is sized.
    """
    drawn = [Series(s.name, [p for p in s.points if math.isfinite(p[0]) and math.isfinite(p[1])]) for s in series]
    drawn = [s for s in drawn if s.points]
    if not drawn:
        return tag("p", "No values were recorded.", class_="muted")
    frame = _frame(drawn, width, height, headroom=0.24 if marks else 0.06)
    parts = [*_axes(frame, x_name), *(part for i, s in enumerate(drawn) for part in _line(frame, s, i, smooth))]
    for mark in marks:
        parts += _mark(frame, mark)
    ends = [(frame.at(*_smooth(s, smooth)[-1])[1] + 4, _smooth(s, smooth)[-1][1], i) for i, s in enumerate(drawn)]
    floor = -math.inf
    for y, value, i in sorted(ends):
        floor = max(y, floor + 14)
        style = f"fill:{series_color(i)}"
        parts.append(tag("text", short(value), x=frame.right + 9, y=floor, class_="end", style=style))
    drawing = tag("svg", *parts, viewBox=f"0 0 {width:g} {height:g}", class_="chart", role="img")
    return join(legend([s.name for s in drawn]) if len(drawn) > 1 else None, drawing)


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where values lie in the drawing."""

    x0: float
    x1: float
    y0: float
    y1: float
    left: float
    right: float
    top: float
    bottom: float

    def at(self, x: float, y: float) -> tuple[float, float]:
        across = (x - self.x0) / (self.x1 - self.x0)
        up = (y - self.y0) / ((self.y1 - self.y0) or 1.0)
        return self.left + (self.right - self.left) * across, self.bottom - (self.bottom - self.top) * up


def _frame(drawn: Sequence[Series], width: float, height: float, headroom: float) -> _Frame:
    """`headroom` is what stays free above the highest value, as a share of the spread."""
    xs = [x for s in drawn for x, _ in s.points]
    ys = [y for s in drawn for _, y in s.points]
    spread = max(ys) - min(ys)
    unit = spread or ticks(min(ys), max(ys), 5)[-1] - ticks(min(ys), max(ys), 5)[0]
    edges = (min(xs), max(max(xs), min(xs) + 1e-9), min(ys) - 0.06 * unit, max(ys) + headroom * unit)
    return _Frame(*edges, 52.0, width - 62.0, 12.0, height - 34)


def _axes(frame: _Frame, x_name: str) -> list[Markup]:
    parts: list[Markup] = []
    many = 8 if frame.right - frame.left > 600 else 5
    for y in (y for y in ticks(frame.y0, frame.y1, 5) if frame.y0 <= y <= frame.y1):
        py = frame.at(frame.x0, y)[1]
        parts.append(tag("line", x1=frame.left, x2=frame.right, y1=py, y2=py, class_="grid"))
        parts.append(tag("text", short(y), x=frame.left - 8, y=py + 4, class_="tick", text_anchor="end"))
    for x in (x for x in ticks(frame.x0, frame.x1, many) if frame.x0 <= x <= frame.x1):
        px = frame.at(x, frame.y0)[0]
        parts.append(tag("text", short(x), x=px, y=frame.bottom + 18, class_="tick", text_anchor="middle"))
    parts.append(tag("text", x_name, x=frame.right + 24, y=frame.bottom + 18, class_="tick"))
    return parts


def _line(frame: _Frame, series: Series, number: int, smooth: float) -> list[Markup]:
    color, parts = series_color(number), []
    shown = _smooth(series, smooth)
    if _noisy(series, smooth):
        raw = _path(frame, series.points)
        parts.append(tag("polyline", points=raw, fill="none", stroke=color, stroke_width=1, opacity=0.28))
    path = _path(frame, shown)
    parts.append(tag("polyline", points=path, fill="none", stroke=color, stroke_width=2.2, stroke_linejoin="round"))
    if len(series.points) <= FEW:
        dots = (frame.at(x, y) for x, y in series.points)
        parts += [tag("circle", cx=x, cy=y, r=3, fill=color) for x, y in dots]
    end = frame.at(*shown[-1])
    return [*parts, tag("circle", cx=end[0], cy=end[1], r=3.5, fill=color)]


def _mark(frame: _Frame, mark: Mark) -> list[Markup]:
    x, y = frame.at(mark.x, mark.y)
    over = y - 12 > frame.top + 8
    anchor = "start" if x < frame.left + 90 else "end" if x > frame.right - 90 else "middle"
    return [
        tag("line", x1=x, x2=x, y1=frame.top, y2=frame.bottom, class_="mark"),
        tag("circle", cx=x, cy=y, r=6.5, class_="ring"),
        tag("text", mark.label, x=x, y=y - 12 if over else y + 22, class_="mark-name", text_anchor=anchor),
    ]


def _noisy(series: Series, smooth: float) -> bool:
    return len(series.points) > FEW and smooth > 0


def _smooth(series: Series, smooth: float) -> list[tuple[float, float]]:
    if not _noisy(series, smooth):
        return list(series.points)
    mean = running_mean([y for _, y in series.points], smooth)
    return [(x, m) for (x, _), m in zip(series.points, mean, strict=True)]


def _path(frame: _Frame, points: Sequence[tuple[float, float]]) -> str:
    return " ".join("{:.1f},{:.1f}".format(*frame.at(x, y)) for x, y in _thin(points))


def running_mean(values: Sequence[float], weight: float) -> list[float]:
    """Exponential running mean, corrected for its start (as Adam corrects its moments)."""
    out, mean, scale = [], 0.0, 0.0
    for value in values:
        mean = weight * mean + (1 - weight) * value
        scale = weight * scale + (1 - weight)
        out.append(mean / scale)
    return out


def ticks(low: float, high: float, most: int) -> list[float]:
    """At most about `most` round numbers that span low..high."""
    if not high > low:
        high, low = low + (abs(low) * 0.1 or 1.0), low - (abs(low) * 0.1 or 1.0)
    raw = (high - low) / max(most - 1, 1)
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(m * power for m in (1, 2, 2.5, 5, 10) if m * power >= raw * 0.999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(i * step, 12) for i in range(first, last + 1)]


def _thin(points: Sequence[tuple[float, float]], most: int = 600) -> Sequence[tuple[float, float]]:
    """Every n-th point, the last one kept: more than the chart has pixels only costs bytes."""
    every = max(1, len(points) // most)
    return points if every == 1 else [*points[::every], points[-1]]


def short(value: float) -> str:
    """A number in at most about five characters."""
    if value == 0:
        return "0"
    if abs(value) >= 10_000 or abs(value) < 0.001:
        mantissa, _, exponent = f"{value:.1e}".partition("e")
        return f"{mantissa.removesuffix('.0')}e{int(exponent)}"
    return f"{value:.4g}" if abs(value) >= 1 else f"{value:.3g}"
