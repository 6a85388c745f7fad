"""Coordinate frames and smart_resize, to the digit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentkit.actions import Point
from agentkit.frames import (
    BUDGETS,
    N1000,
    QWEN3VL,
    UNIT,
    OutsideFrame,
    PixelBudget,
    Size,
    frame_for,
    model_px,
    screen,
)

COLUMNS = ("venus1_ground_7b", "venus1_ground_72b", "venus1_navi_7b", "qwen25vl", "qwen3vl")
TABLE = """
960x540   1064x1904 2584  1344x2352  4032   700x1232 1100   532x952    646   544x960    510
1280x720  1064x1904 2584  1344x2352  4032   728x1288 1196   728x1288  1196   704x1280   880
1920x1080 1092x1932 2691  1344x2352  4032   700x1288 1150  1092x1932  2691  1088x1920  2040
2560x1440 1428x2548 4641  1428x2548  4641   700x1288 1150  1428x2548  4641  1440x2560  3600
3840x2160 1624x2912 6032  2156x3836 10549   700x1288 1150  2156x3836 10549  2176x3840  8160
5120x2880 1624x2912 6032  2884x5124 18849   700x1288 1150  2688x4760 16320  2688x4768 12516
1080x2400 2408x1092 3354  2632x1204  4042  1428x644  1173  2408x1092  3354  2400x1088  2550
390x844   2100x980  2625  2604x1204  3999  1344x644  1104   840x392    420   832x384    312
"""
ROWS = [line.split() for line in TABLE.strip().splitlines()]

sizes = st.tuples(st.integers(14, 6000), st.integers(14, 6000)).filter(lambda s: max(s) <= 200 * min(s))
fractions = st.floats(0, 1)


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_resize_table(row: list[str]) -> None:
    size = tuple(map(int, row[0].split("x")))
    for name, resized, tokens in zip(COLUMNS, row[1::2], row[2::2], strict=True):
        height, width = map(int, resized.split("x"))
        assert BUDGETS[name].resize(size) == Size(width, height), name
        assert BUDGETS[name].tokens(size) == int(tokens), name
    assert BUDGETS["venus1_navi_72b"] == BUDGETS["qwen25vl"]


def test_rounding_is_half_to_even() -> None:
    assert BUDGETS["qwen25vl"].resize((1522, 1022)) == Size(1512, 1008)


def test_a_side_shorter_than_half_a_factor_counts_as_one() -> None:
    assert PixelBudget(1, 10**6).resize((1000, 10)) == Size(1008, 28)


def test_aspect_ratio_limit() -> None:
    assert BUDGETS["qwen25vl"].resize((2800, 14)).height >= 28
    with pytest.raises(ValueError, match="aspect ratio must not exceed 200, got 2801x14"):
        BUDGETS["qwen25vl"].resize((2801, 14))


@pytest.mark.parametrize("bad", [(0, 10, 28), (20, 10, 28), (1, 10, 0)])
def test_a_budget_must_make_sense(bad: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="budget"):
        PixelBudget(*bad)


@given(size=sizes, budget=st.sampled_from(list(BUDGETS.values())))
def test_resized_sides_are_multiples_of_the_factor(size: tuple[int, int], budget: PixelBudget) -> None:
    width, height = budget.resize(size)
    assert width % budget.factor == height % budget.factor == 0
    assert min(width, height) >= budget.factor
    assert budget.tokens(size) * budget.factor**2 == width * height


def test_golden_72b_round_trip() -> None:
    """The release's own example: a box in model pixels, its centre on the 1920x1080 screen, inside the truth."""
    seen = BUDGETS["venus1_ground_72b"].resize((1920, 1080))
    assert seen == Size(2352, 1344)
    centre = model_px(seen).box(1748, 415, 1769, 430).centre
    x, y = screen((1920, 1080)).position(centre)
    assert (round(x, 4), round(y, 4)) == (1435.5102, 339.5089)
    assert screen((1920, 1080)).box(1422, 326, 1449, 354).contains(centre)
    assert screen((1920, 1080)).pixel(centre) == (1435, 339)


@given(x=fractions, y=fractions, size=sizes)
def test_a_pixel_is_always_on_the_screen(x: float, y: float, size: tuple[int, int]) -> None:
    column, row = screen(size).pixel(Point(x, y))
    assert 0 <= column < size[0] and 0 <= row < size[1]
    assert max(abs(column - x * size[0]), abs(row - y * size[1])) <= 1 + 1e-6


@given(size=sizes, data=st.data())
def test_pixel_to_fraction_to_pixel_is_exact(size: tuple[int, int], data: st.DataObject) -> None:
    x, y = data.draw(st.integers(0, size[0] - 1)), data.draw(st.integers(0, size[1] - 1))
    assert screen(size).pixel(screen(size).point(x, y)) == (x, y)
    assert model_px(size).numbers(model_px(size).point(x, y)) == (x, y)


@given(x=fractions, y=fractions, size=sizes, budget=st.sampled_from(list(BUDGETS.values())))
def test_a_round_trip_through_model_pixels_loses_less_than_one(
    x: float, y: float, size: tuple[int, int], budget: PixelBudget
) -> None:
    frame = model_px(budget.resize(size))
    back = frame.point(*frame.numbers(Point(x, y)))
    for there, here, extent in ((back.x, x, frame.width), (back.y, y, frame.height)):
        loss = abs(there - here) * extent
        assert loss < 1 or (here == 1 and loss < 1 + 1e-9)  # the far border itself is written as the last pixel


@given(x=fractions, y=fractions)
def test_n1000_round_trip(x: float, y: float) -> None:
    back = N1000.point(*N1000.numbers(Point(x, y)))
    assert max(abs(back.x - x), abs(back.y - y)) <= 0.0005 + 1e-12
    assert UNIT.point(*UNIT.numbers(Point(x, y))) == Point(x, y)


def test_the_border_is_read_and_never_written() -> None:
    frame = model_px((644, 1428))
    assert frame.point(644, 1428) == Point(1, 1)
    assert frame.numbers(Point(1, 1)) == (643, 1427)
    assert screen((1080, 2400)).pixel(Point(1, 1)) == (1079, 2399)
    assert N1000.numbers(Point(1, 1)) == (1000, 1000)


@pytest.mark.parametrize("place", [(-1, 0), (0, -0.5), (645, 0), (0, 1429), (float("nan"), 0), (float("inf"), 0)])
def test_numbers_outside_are_refused(place: tuple[float, float]) -> None:
    with pytest.raises(OutsideFrame, match=r"outside the model_px frame, 0\.\.644 by 0\.\.1428"):
        model_px((644, 1428)).point(*place)


def test_swapped_corners_are_refused() -> None:
    with pytest.raises(ValueError, match="x1 <= x2"):
        N1000.box(5, 5, 4, 6)


def test_frame_for() -> None:
    assert frame_for("n1000", (3, 4)) is N1000 and frame_for("unit", (3, 4)) is UNIT
    assert frame_for("screen", (3, 4)) == screen((3, 4)) != frame_for("model_px", (3, 4))
    with pytest.raises(ValueError, match="frame must be one of"):
        frame_for("pixels", (3, 4))  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="positive size, got 0x4"):
        screen((0, 4))
    assert QWEN3VL.factor == 32
