"""Pictures that leave this process at the model's size: will whoever gets them resize them once more?

vLLM and the data loaders of other engines resize by the model's folder, the loss by the run's budget. Coordinates are
read at the size of the first resize, so a second one that changes it moves every click and every target.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from agentkit.errors import DataError
from agentkit.frames import PixelBudget, Size
from rft.examples import Examples


def second_resize(size: tuple[int, int], budgets: Iterable[PixelBudget]) -> Size | None:
    """What the first of `budgets` that changes a picture of `size` makes of it; None when all leave it alone."""
    return next((again for budget in budgets if (again := budget.resize(size)) != size), None)


def require_single_resize(examples: Examples, budgets: Sequence[PixelBudget]) -> None:
    """Raise DataError for the first row whose screenshot, at the model's size, one of `budgets` would resize again."""
    for row in examples.rows:
        if row.image is None:
            continue
        size = examples.model_size(row)
        if again := second_resize(size, budgets):
            raise DataError(
                f"row {row.number}: {row.size[0]}x{row.size[1]} becomes {size.width}x{size.height} here, and "
                f"{again.width}x{again.height} where it is resized again (vLLM by the model's folder, the loss by this "
                "run): coordinates would be read in the wrong size; widen min_pixels..max_pixels, in the run and in "
                "the model's folder alike, or use generation=hf"
            )
