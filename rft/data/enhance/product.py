"""Draw from a Cartesian product that is too large to write down. Exact: whole numbers of any size, no floats.

A tuple of the product is a number in mixed radix: its digits are the indices into the pools. So to draw tuples is to
draw numbers below the product of the sizes, and drawing costs as much as the tuples that are drawn.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence


def number_of(digits: Sequence[int], sizes: Sequence[int]) -> int:
    """The place of the tuple `digits` in the product of ranges of `sizes`, the last digit running fastest."""
    number = 0
    for digit, size in zip(digits, sizes, strict=True):
        number = number * size + digit
    return number


def digits_of(number: int, sizes: Sequence[int]) -> tuple[int, ...]:
    """The inverse of `number_of`."""
    digits = []
    for size in reversed(sizes):
        number, digit = divmod(number, size)
        digits.append(digit)
    return tuple(reversed(digits))


def draw_below(limit: int, count: int, rng: random.Random) -> list[int]:
    """`count` distinct numbers below `limit` in rising order, or all of them where there are fewer.

    Every set of that many is equally likely. Floyd's algorithm (Bentley and Floyd, CACM 30(9), 1987): one random
    number for each that is drawn, whatever the limit; `random.sample` ends at the size of a machine word.
    """
    chosen: set[int] = set()
    for top in range(max(0, limit - count), limit):
        number = rng.randint(0, top)
        chosen.add(top if number in chosen else number)
    return sorted(chosen)


def draw_tuples(
    sizes: Sequence[int], count: int, rng: random.Random, without: Sequence[int] | None = None
) -> list[tuple[int, ...]]:
    """`count` distinct tuples of the product of ranges of `sizes`, or all where there are fewer; never `without`."""
    total = math.prod(sizes)
    if without is None:
        return [digits_of(number, sizes) for number in draw_below(total, count, rng)]
    hole = number_of(without, sizes)
    return [digits_of(n + (n >= hole), sizes) for n in draw_below(total - 1, count, rng)]
