"""Charts of a comparison as SVG: how far rewards agree, and how they spread their totals."""

from __future__ import annotations

import math
from collections.abc import Sequence

from agentkit.report.markup import Markup, tag
from rft.compare.ranks import Floats

_LABEL = 150.0
_WIDTH = 976.0


def heat_map(names: Sequence[str], values: Floats, notes: Sequence[Sequence[str]] | None = None) -> Markup:
    """A square of correlations in -1 to 1: blue agrees, red contradicts, paler is less; nan is left blank.

    `notes` [rewards, rewards] are shown when the pointer rests on a cell.
    """
    side = min(86.0, (_WIDTH - _LABEL) / max(len(names), 1))
    high, top = 34.0, 74.0
    parts = []
    for i, name in enumerate(names):
        y = top + high * i
        parts.append(tag("text", name, x=_LABEL - 10, y=y + high / 2 + 4, class_="label", text_anchor="end"))
        x = _LABEL + side * (i + 0.5)
        turn = f"rotate(-32 {x:.1f} {top - 8:.1f})"
        parts.append(tag("text", name, x=x, y=top - 8, class_="label", transform=turn))
        for j, value in enumerate(values[i]):
            known = math.isfinite(value)
            share = round(100 * abs(float(value))) if known else 0
            ink = "var(--accent)" if not known or value >= 0 else "var(--bad)"
            cell = {"x": _LABEL + side * j + 1, "y": y + 1, "width": side - 2, "height": high - 2, "rx": 4}
            fill = f"fill:color-mix(in srgb, {ink} {share}%, var(--track))"
            number = "color:#fff;fill:#fff" if share > 55 else ""
            shown = f"{value:.2f}".replace("-", "−") if known else "·"
            middle = {"x": cell["x"] + (side - 2) / 2, "y": y + high / 2 + 4}
            note = tag("title", notes[i][j]) if notes else None
            digits = tag("text", shown, class_="number", text_anchor="middle", style=number, **middle)
            parts.append(tag("g", note, tag("rect", style=fill, **cell), digits))
    return _svg(_LABEL + side * len(names), top + high * len(names) + 6, parts)


def histogram_rows(rows: Sequence[tuple[str, tuple[float, float], Sequence[int], float]]) -> Markup:
    """One histogram per reward over its whole range, each as high as its own fullest bin; a line marks the mean.

    Rows are (name, range, counts, mean).
    """
    room, high = 54.0, 34.0
    width = _WIDTH - _LABEL - 120
    parts = []
    for i, (name, (low, top), counts, mean) in enumerate(rows):
        y, most = room * i + 6, max(max(counts), 1)
        parts.append(tag("text", name, x=_LABEL - 10, y=y + high, class_="label", text_anchor="end"))
        parts.append(tag("line", x1=_LABEL, x2=_LABEL + width, y1=y + high, y2=y + high, class_="grid"))
        step = width / len(counts)
        for bin_, count in enumerate(counts):
            tall = high * count / most
            start, end = (low + (top - low) * k / len(counts) for k in (bin_, bin_ + 1))
            bar = {"x": _LABEL + step * bin_ + 1, "y": y + high - tall, "width": step - 2, "height": tall, "rx": 2}
            tip = tag("title", f"{count} replies from {start:.3g} to {end:.3g}")
            parts.append(tag("g", tip, tag("rect", fill="var(--s1)", **bar)))
        x = _LABEL + width * (mean - low) / ((top - low) or 1.0)
        parts.append(tag("line", x1=x, x2=x, y1=y, y2=y + high, stroke="var(--s2)", stroke_width=2))
        for edge, at, anchor in ((low, _LABEL, "start"), (top, _LABEL + width, "end")):
            parts.append(tag("text", f"{edge:.3g}", x=at, y=y + high + 13, class_="tick", text_anchor=anchor))
        parts.append(tag("text", f"mean {mean:.3f}", x=_LABEL + width + 14, y=y + high, class_="value"))
    return _svg(_WIDTH, room * len(rows) + 8, parts)


def _svg(width: float, height: float, parts: Sequence[Markup]) -> Markup:
    # A small matrix keeps its cells' size instead of growing to the page's width.
    shown = {"viewBox": f"0 0 {width:.0f} {height:.0f}", "style": f"max-width:{width:.0f}px;min-width:0"}
    return tag("div", tag("svg", *parts, class_="chart", role="img", **shown), class_="scroll")
