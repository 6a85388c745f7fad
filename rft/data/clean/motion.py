"""Where the contents of a screen moved between two screenshots, from their pixels."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from agentkit.actions import Direction
from agentkit.errors import DataError, boundary

LINES, COLUMNS = 240, 48
"""Size at which screenshots are compared, along the axis of motion and across it."""
CHANGED = 2.0
"""Mean difference of a line, of 255, from which it counts as changed."""
KEPT = 0.3
"""Share of the changed region that must still be there after the move."""
CLEAR = 0.3
"""The best move must leave at most this share of the difference that standing still leaves."""


def contents_moved(before: Path, after: Path) -> Direction | None:
    """The direction in which the contents moved, which is that of the finger that scrolled them; None when the
    screenshots do not tell (nothing moved, another page, different sizes). DataError when one cannot be decoded."""
    what = f"image cannot be decoded: {before} or {after}"
    with boundary(DataError, what), Image.open(before) as first, Image.open(after) as second:
        if first.size != second.size:
            return None
        greys = [image.convert("L") for image in (first, second)]
    down, down_rest = _shift(*(_lines(grey, upright=True) for grey in greys))
    right, right_rest = _shift(*(_lines(grey, upright=False) for grey in greys))
    if min(down_rest, right_rest) > CLEAR:
        return None
    if down_rest <= right_rest:
        return "down" if down > 0 else "up"
    return "right" if right > 0 else "left"


def _lines(grey: Image.Image, upright: bool) -> np.ndarray:
    """float32 [LINES, COLUMNS]: rows from top to bottom, or columns from left to right."""
    size = (COLUMNS, LINES) if upright else (LINES, COLUMNS)
    small = np.asarray(grey.resize(size, Image.Resampling.BOX), np.float32)
    return small if upright else small.T


def _shift(before: np.ndarray, after: np.ndarray) -> tuple[int, float]:
    """(lines that the contents moved towards larger indices, share of the difference that remains then)."""
    changed = np.flatnonzero(np.abs(before - after).mean(1) > CHANGED)
    if changed.size < 8:
        return 0, 1.0
    # Bars above and below do not move, so only the region that changed is compared.
    a, b = before[changed[0] : changed[-1] + 1], after[changed[0] : changed[-1] + 1]
    still = float(np.abs(a - b).mean())
    best, rest = 0, still
    for shift in range(1, int(len(a) * (1 - KEPT)) + 1):
        for signed, difference in ((shift, a[:-shift] - b[shift:]), (-shift, a[shift:] - b[:-shift])):
            left = float(np.abs(difference).mean())
            if left < rest:
                best, rest = signed, left
    return best, rest / still
