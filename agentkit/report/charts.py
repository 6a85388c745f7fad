"""Small SVG charts: bars and dots with intervals, a stacked bar, lines over steps. Colours are the page's variables."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from agentkit.report.markup import Markup, join, tag
from agentkit.scoring import Estimate, Rate

WIDTH = 976.0
LABEL = 176.0
"""Room for row labels, left."""
VALUE = 172.0
"""Room for numbers, right."""
SERIES = ("var(--s1)", "var(--s2)", "var(--s3)", "var(--s4)", "var(--s5)", "var(--s6)")


@dataclass(frozen=True, slots=True)
class Bar:
    """A value in [0, 1] with its interval."""

    label: str
    value: float
    low: float
    high: float
    note: str
    """Printed after the value, e.g. the denominator."""
    color: str = SERIES[0]


def rate_bar(label: str, rate: Rate, color: str = SERIES[0]) -> Bar:
    low, high = rate.interval
    return Bar(label, rate.value, low, high, f"{rate.hits}/{rate.total}", color)


def estimate_bar(label: str, estimate: Estimate, color: str = SERIES[0]) -> Bar:
    return Bar(label, estimate.value, estimate.low, estimate.high, f"mean of {estimate.count}", color)


def bars(rows: Sequence[Bar]) -> Markup:
    """Horizontal bars on a 0..100 % axis with interval whiskers."""
    step, top = 30.0, 6.0
    height = top + step * len(rows) + 22
    scale = WIDTH - LABEL - VALUE
    parts = [_percent_axis(top, height - 22, scale)]
    for i, row in enumerate(rows):
        y = top + step * i
        parts.append(tag("text", _clip(row.label, 25), x=0, y=y + 19, class_="label"))
        parts.append(tag("rect", x=LABEL, y=y + 7, width=scale, height=16, rx=4, class_="track"))
        if math.isfinite(row.value):
            fill = tag("rect", x=LABEL, y=y + 7, width=max(scale * row.value, 2.0), height=16, rx=4, fill=row.color)
            tip = f"{row.label}: {100 * row.value:.1f} %, 95 % {100 * row.low:.1f} to {100 * row.high:.1f}, {row.note}"
            parts.append(tag("g", tag("title", tip), fill, _whisker(row, y + 15, scale)))
        parts.append(_value(row, y + 19))
    return _svg(height, *parts)


def dots(rows: Sequence[Bar]) -> Markup:
    """Intervals with a dot at the value, for comparing runs on one axis; a row without a label continues its group."""
    step, gap, y = 21.0, 11.0, 0.0
    height = step * len(rows) + gap * sum(bool(row.label) for row in rows) + 28
    scale = WIDTH - LABEL - VALUE
    parts = [_percent_axis(6.0, height - 22, scale)]
    for row in rows:
        y += step + (gap if row.label else 0.0)
        if row.label:
            parts.append(tag("text", _clip(row.label, 25), x=0, y=y + 4, class_="label"))
        if math.isfinite(row.value):
            low, at, high = (LABEL + scale * v for v in (row.low, row.value, row.high))
            parts.append(tag("line", x1=low, x2=high, y1=y, y2=y, stroke=row.color, stroke_width=3, opacity=0.45))
            parts.append(tag("circle", cx=at, cy=y, r=5.5, fill=row.color, stroke="var(--card)", stroke_width=2))
        parts.append(_value(row, y + 4))
    return _svg(height, *parts)


def stacked(shares: Sequence[tuple[str, int, str]]) -> Markup:
    """One bar of (name, count, colour) parts with a legend under it."""
    total = sum(count for _, count, _ in shares) or 1
    x, parts, legend, lx = 0.0, [], [], 0.0
    for name, count, color in shares:
        width = WIDTH * count / total
        part = tag("rect", x=x, y=0, width=max(width - 1.5, 0.5), height=20, fill=color, rx=3)
        parts.append(tag("g", tag("title", f"{name}: {count} of {total}"), part))
        x += width
        caption = f"{name} {count}"
        legend.append(tag("circle", cx=lx + 5, cy=37, r=5, fill=color))
        legend.append(tag("text", caption, x=lx + 15, y=41, class_="value"))
        lx += 34 + 6.9 * len(caption)
    return _svg(48, *parts, *legend)


@dataclass(frozen=True, slots=True)
class Series:
    """One line: points in order of x. Values that are not finite are left out."""

    name: str
    points: Sequence[tuple[float, float]]


def lines(series: Sequence[Series], smooth: float = 0.9, x_name: str = "step", height: float = 260) -> Markup:
    """Lines over a shared axis: the raw values faint, their running mean (weight `smooth`) on top, last value named."""
    drawn = [Series(s.name, [p for p in s.points if math.isfinite(p[0]) and math.isfinite(p[1])]) for s in series]
    drawn = [s for s in drawn if s.points]
    if not drawn:
        return tag("p", "No values were recorded.", class_="muted")
    xs = [x for s in drawn for x, _ in s.points]
    ys = [y for s in drawn for _, y in s.points]
    x_ticks, y_ticks = ticks(min(xs), max(xs), 8), ticks(min(ys), max(ys), 5)
    x0, x1 = min(xs), max(max(xs), min(xs) + 1e-9)
    room = 0.04 * ((max(ys) - min(ys)) or y_ticks[-1] - y_ticks[0])
    y0, y1 = min(ys) - room, max(ys) + room
    left, right, top, bottom = 52.0, WIDTH - 62.0, 12.0, height - 34

    def at(x: float, y: float) -> tuple[float, float]:
        return left + (right - left) * (x - x0) / (x1 - x0), bottom - (bottom - top) * (y - y0) / ((y1 - y0) or 1.0)

    parts: list[Markup] = []
    for y in (y for y in y_ticks if y0 <= y <= y1):
        py = at(x0, y)[1]
        parts.append(tag("line", x1=left, x2=right, y1=py, y2=py, class_="grid"))
        parts.append(tag("text", short(y), x=left - 8, y=py + 4, class_="tick", text_anchor="end"))
    for x in x_ticks:
        if x0 <= x <= x1:
            parts.append(tag("text", short(x), x=at(x, y0)[0], y=bottom + 18, class_="tick", text_anchor="middle"))
    parts.append(tag("text", x_name, x=right + 8, y=bottom + 18, class_="tick"))
    ends: list[tuple[float, str, str]] = []
    for i, s in enumerate(drawn):
        color = SERIES[i % len(SERIES)]
        mean = running_mean([y for _, y in s.points], smooth)
        noisy = len(s.points) > 12 and smooth > 0
        if noisy:
            raw = " ".join("{:.1f},{:.1f}".format(*at(x, y)) for x, y in _thin(s.points))
            parts.append(tag("polyline", points=raw, fill="none", stroke=color, stroke_width=1, opacity=0.28))
        shown = [(x, m) for (x, _), m in zip(s.points, mean, strict=True)] if noisy else list(s.points)
        path = " ".join("{:.1f},{:.1f}".format(*at(x, y)) for x, y in _thin(shown))
        parts.append(
            tag("polyline", points=path, fill="none", stroke=color, stroke_width=2.2, stroke_linejoin="round")
        )
        end = at(*shown[-1])
        parts.append(tag("circle", cx=end[0], cy=end[1], r=3.5, fill=color))
        ends.append((end[1] + 4, short(shown[-1][1]), color))
    floor = -math.inf
    for y, value, color in sorted(ends):
        floor = max(y, floor + 14)
        parts.append(tag("text", value, x=right + 9, y=floor, class_="end", style=f"fill:{color}"))
    legend = join(*(_legend(s.name, SERIES[i % len(SERIES)]) for i, s in enumerate(drawn))) if len(drawn) > 1 else None
    return join(tag("div", legend, class_="legend") if legend else None, _svg(height, *parts))


def _legend(name: str, color: str) -> Markup:
    return tag("span", tag("i", style=f"background:{color}"), name)


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


def short(value: float) -> str:
    """A number in at most about five characters."""
    if value == 0:
        return "0"
    if abs(value) >= 10_000 or abs(value) < 0.001:
        mantissa, _, exponent = f"{value:.1e}".partition("e")
        return f"{mantissa.removesuffix('.0')}e{int(exponent)}"
    return f"{value:.4g}" if abs(value) >= 1 else f"{value:.3g}"


def table(columns: Sequence[str], rows: Mapping[str, Mapping[str, Rate]], corner: str = "") -> Markup:
    """Rates as a table; the shade of a cell follows its value."""
    head = tag("tr", tag("th", corner), *(tag("th", name, class_="num") for name in columns))
    body = []
    for name, row in rows.items():
        cells = []
        for column in columns:
            rate = row.get(column)
            if rate is None or not rate.total:
                cells.append(tag("td", "·", class_="num muted"))
                continue
            count = tag("small", f"{rate.hits}/{rate.total}")
            shade = f"--heat:{rate.value:.3f}"
            cells.append(tag("td", f"{100 * rate.value:.1f} ", count, class_="num heat", style=shade))
        body.append(tag("tr", tag("th", name), *cells))
    return tag("div", tag("table", tag("thead", head), tag("tbody", *body)), class_="scroll")


def _svg(height: float, *parts: Markup) -> Markup:
    drawing = tag("svg", *parts, viewBox=f"0 0 {WIDTH:g} {height:g}", class_="chart", role="img")
    return tag("div", drawing, class_="scroll")


def _percent_axis(top: float, bottom: float, scale: float) -> Markup:
    parts = []
    for percent in (0, 25, 50, 75, 100):
        x = LABEL + scale * percent / 100
        parts.append(tag("line", x1=x, x2=x, y1=top, y2=bottom, class_="grid"))
        name = f"{percent}" if percent < 100 else "100 %"
        parts.append(tag("text", name, x=x, y=bottom + 16, class_="tick", text_anchor="middle"))
    return join(*parts)


def _whisker(row: Bar, y: float, scale: float) -> Markup:
    low, high = LABEL + scale * row.low, LABEL + scale * row.high
    path = f"M{low:.1f} {y - 4:.1f}v8M{low:.1f} {y:.1f}H{high:.1f}M{high:.1f} {y - 4:.1f}v8"
    return tag("path", d=path, class_="whisker")


def _value(row: Bar, y: float) -> Markup:
    number = f"{100 * row.value:.1f}" if math.isfinite(row.value) else "–"
    x = WIDTH - VALUE + 62
    return join(
        tag("text", number, x=x, y=y, class_="number", text_anchor="end"),
        tag("text", row.note, x=x + 10, y=y, class_="value"),
    )


def _thin(points: Sequence[tuple[float, float]], most: int = 600) -> Sequence[tuple[float, float]]:
    """Every n-th point, the last one kept: more than the chart has pixels only costs bytes."""
    every = max(1, len(points) // most)
    return points if every == 1 else [*points[::every], points[-1]]


def _clip(label: str, most: int) -> str:
    return label if len(label) <= most else label[: most - 1] + "…"
