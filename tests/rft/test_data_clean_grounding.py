"""The stages that judge grounding rows, each on rows of which it is plain what should go."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from agentkit.errors import ConfigError
from rft.data.clean.config import CleanConfig
from rft.data.clean.pipeline import clean
from rft.data.clean.resample import Resample
from rft.data.clean.words import label, spelling
from rft.data.pictures import LOOK_BITS, difference_hash


def picture(path: Path, seed: int, size: tuple[int, int] = (200, 400), **save: Any) -> str:
    """A noisy but smooth screenshot, so that looks and contents differ between seeds."""
    coarse = np.random.default_rng(seed).integers(0, 256, (9, 9, 3), dtype=np.uint8)
    Image.fromarray(coarse).resize(size, Image.Resampling.BICUBIC).save(path, **save)
    return path.name


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for seed in range(3):
        picture(tmp_path / f"{seed}.png", seed)
    picture(tmp_path / "0-again.png", 0, compress_level=0)
    picture(tmp_path / "0.jpg", 0, quality=60)
    return tmp_path


def row(text: str, box: Any, image: str = "0.png", **more: Any) -> dict[str, Any]:
    return {"image": image, "instruction": text, "box": box, **more}


def run(folder: Path, rows: list[Any], **settings: Any) -> tuple[list[int], dict[int, str], dict[str, Any]]:
    """(line numbers that stayed, line number to reason, report)."""
    source = folder / "rows.jsonl"
    source.write_text("\n".join(line if isinstance(line, str) else json.dumps(line) for line in rows))
    out = folder / f"out{len(list(folder.iterdir()))}"
    report = clean(source, out, CleanConfig(**settings))
    dropped = {e["line"]: e["reason"] for e in map(json.loads, (out / "dropped.jsonl").read_text().splitlines())}
    stayed = [number for number in range(1, len(rows) + 1) if number not in dropped]
    assert report["kept"] == len(stayed) == len((out / "rows.jsonl").read_text().splitlines())
    return stayed, dropped, report


BOX = [0.1, 0.1, 0.3, 0.2]


def test_boxes(folder: Path) -> None:
    rows = [
        row("good", BOX),
        row("over the border a little", [0.5, 0.5, 1.015, 0.6]),
        row("pixels", [20, 40, 60, 80]),
        row("over the border", [0.9, 0.5, 1.03, 0.6]),
        row("no width", [0.3, 0.1, 0.3, 0.2]),
        row("swapped", [0.3, 0.2, 0.1, 0.1]),
        row("a speck", [0.5, 0.5, 0.51, 0.6]),
        row("everything", [0.0, 0.0, 1.0, 0.95]),
        row("three", [0.1, 0.2, 0.3]),
        row("words", ["a", 0.2, 0.3, 0.4]),
        row("hundreds of digits", [0, 0, 10**400, 1]),
        {"image": "0.png", "instruction": "refuse", "refusal": True},
        row("no picture", BOX, image="lost.png"),
    ]
    stayed, dropped, report = run(folder, rows, stages=("boxes",))
    assert stayed == [1, 2, 12]
    assert [dropped[n] for n in (3, 4)] == ["box outside"] * 2
    assert [dropped[n] for n in (5, 6)] == ["box without area"] * 2
    assert (dropped[7], dropped[8]) == ("box too small", "box covers the screen")
    assert [dropped[n] for n in (9, 10, 11)] == ["box is not four numbers"] * 3
    assert dropped[13] == "screenshot missing or damaged"
    assert report["stages"][1]["changes"] == {"box clamped to the screenshot": 1}


def test_smallness_is_measured_where_the_model_sees(folder: Path) -> None:
    """A budget that scales the screenshot up makes the same box large enough."""
    rows = [row("a speck", [0.5, 0.5, 0.51, 0.6])]
    assert run(folder, rows, stages=("boxes",), budget="qwen25vl")[0] == []
    assert run(folder, rows, stages=("boxes",), budget="venus1_ground_7b")[0] == [1]


def test_unreadable_lines_are_dropped_with_their_fault(folder: Path) -> None:
    whole = (folder / "1.png").read_bytes()
    (folder / "cut.png").write_bytes(whole[: len(whole) // 2])
    rows = ["{", "[1]", {"image": "0.png"}, row("x", BOX, colour=1), row("cut", BOX, image="cut.png"), row("ok", BOX)]
    odd = ('{"instruction": "\\uD83d"}', '{"box": [NaN]}', '{"box": [1e999]}', f'{{"box": [{"1" * 5000}]}}')
    stayed, dropped, _ = run(folder, [*rows, *odd, row("\U0001f600 fine", BOX, image="2.png")])
    assert stayed == [6, 11]
    assert [dropped[n] for n in (1, 2, 3, 4, 7, 8, 9, 10)] == ["not readable"] * 8
    assert dropped[5] == "screenshot missing or damaged"
    # By their bytes, damage shows where pixels are looked at.
    stayed, dropped, report = run(folder, rows[4:], same_image="file")
    assert dropped == {1: "screenshot missing or damaged"} and report["stages"][-2]["stage"] == "misplaced"


def test_past_screenshots_must_be_readable_too(folder: Path) -> None:
    wait = {"type": "Wait"}
    rows = [
        {"image": "0.png", "goal": "wait", "history": [{"action": wait, "image": name}], "action": wait}
        for name in ("1.png", "lost.png")
    ]
    stayed, dropped, _ = run(folder, rows)
    assert stayed == [1] and dropped == {2: "screenshot missing or damaged"}


def test_duplicates_are_equal_in_prompt_pixels_and_answer(folder: Path) -> None:
    rows = [
        row("Open it", BOX),
        row("  open   IT.", BOX, image="0-again.png"),
        row("Open it", [0.11, 0.1, 0.31, 0.2]),
        row("Open it", BOX, image="1.png"),
        row("Open that", BOX),
        row("Open it", [0.6, 0.6, 0.9, 0.9]),
        {"image": "0.png", "instruction": "Open it", "refusal": True},
        {"image": "0.png", "instruction": "open it", "refusal": True},
    ]
    stayed, dropped, _ = run(folder, rows, stages=("duplicates",))
    assert stayed == [1, 4, 5, 6, 7] and set(dropped.values()) == {"duplicate"}
    assert run(folder, rows, stages=("duplicates",), same_image="file")[0] == [1, 2, 4, 5, 6, 7]


def test_near_duplicates_look_alike(folder: Path) -> None:
    rows = [row("Open", BOX), row("Open", BOX, image="0.jpg"), row("Open", BOX, image="1.png")]
    rows.append(row("Open", [0.7, 0.7, 0.9, 0.9], image="0.jpg"))
    assert run(folder, rows, stages=("duplicates",))[0] == [1, 2, 3, 4]
    stayed, dropped, _ = run(folder, rows, stages=("duplicates",), near=16)
    assert stayed == [1, 3, 4] and dropped == {2: "near duplicate"}


@given(st.sets(st.integers(0, LOOK_BITS - 1), max_size=9), st.integers(0, 9), st.binary(min_size=32, max_size=32))
def test_looks_that_differ_in_few_bits_share_a_part(flipped: set[int], near: int, look: bytes) -> None:
    from rft.data.clean.duplicates import Duplicates
    from rft.data.clean.index import ImageFacts

    other = int.from_bytes(look)
    for bit in flipped:
        other ^= 1 << bit
    stage = Duplicates(near=near)
    parts = [stage._parts("x", ImageFacts(b"", one)) for one in (look, other.to_bytes(32))]
    if len(flipped) <= near:
        assert set(parts[0]) & set(parts[1])
    assert len(set(parts[0])) == near + 1


def test_a_look_survives_scaling_and_differs_between_pictures(folder: Path) -> None:
    with Image.open(folder / "0.png") as a, Image.open(folder / "1.png") as b:
        looks = [int.from_bytes(difference_hash(image)) for image in (a, a.resize((90, 180)), b)]
    assert (looks[0] ^ looks[1]).bit_count() <= 8 < 60 < (looks[0] ^ looks[2]).bit_count()


def test_ambiguity(folder: Path) -> None:
    far = [0.6, 0.6, 0.9, 0.8]
    rows = [
        row("Edit", BOX),
        row("edit.", far),
        row("Delete", BOX),
        row("Tap the Delete button", far),
        row("Tap the button", BOX),
        row("Save", BOX),
        row("Save", [0.12, 0.1, 0.32, 0.2]),
        row("Save", [0.0, 0.0, 0.5, 0.5]),  # around the others: the same place, drawn larger
        row("Edit", far, image="1.png"),
        row("Copy", BOX),
        {"image": "0.png", "instruction": "Copy", "refusal": True},
    ]
    stayed, dropped, _ = run(folder, rows, stages=("ambiguity",))
    assert stayed == [6, 7, 8, 9, 10, 11]
    assert [dropped[n] for n in (1, 2)] == ["same instruction, several boxes"] * 2
    assert [dropped[n] for n in (3, 4)] == ["same label, several boxes"] * 2
    assert dropped[5] == "instruction names nothing"


@pytest.mark.parametrize(
    ("text", "plain", "about"),
    [
        ("Tap the “Save” button.", 'tap the "save" button', "save"),
        ("tap ..", "tap ..", ". ."),
        ("OPEN  Wi-Fi!", "open wi-fi", "open wi-fi"),
        ("Click here", "click here", ""),
        ("点击设置", "点击设置", "点击设置"),
        ("ｅdit", "edit", "edit"),
    ],
)
def test_words(text: str, plain: str, about: str) -> None:
    assert (spelling(text), label(text)) == (plain, about)


def test_nesting(folder: Path) -> None:
    rows = [
        row("card", [0.0, 0.0, 0.9, 0.5]),
        row("button", [0.6, 0.3, 0.8, 0.4]),
        row("half out", [0.7, 0.45, 0.99, 0.55]),
        row("card again", [0.0, 0.0, 0.88, 0.48]),
        row("elsewhere", [0.0, 0.0, 0.9, 0.5], image="1.png"),
    ]
    assert run(folder, rows, stages=("nesting",))[0] == [2, 3, 5]
    assert run(folder, rows, stages=("nesting",), nested="inner")[0] == [1, 3, 4, 5]
    stayed, dropped, _ = run(folder, rows, stages=("nesting",), nested="both")
    assert stayed == [3, 5] and dropped[2] == "inside another target" and dropped[1] == "holds another target"


@pytest.fixture
def drawn(tmp_path: Path) -> Path:
    """A white screen with a word-like comb at 40..80 x 100..120, a grey one at 40..80 x 300..320, and one that the top
    of the screen cuts, at 120..160 x 0..10."""
    image = Image.new("RGB", (200, 400), "white")
    draw = ImageDraw.Draw(image)
    for top, colour in ((100, "black"), (300, (200, 200, 200))):
        for x in range(40, 80, 4):
            draw.rectangle((x, top, x + 1, top + 19), fill=colour)
    for x in range(120, 160, 4):
        draw.rectangle((x, 0, x + 1, 9), fill="black")
    image.save(tmp_path / "0.png")
    return tmp_path


def pixels(left: int, top: int, right: int, bottom: int) -> list[float]:
    return [left / 200, top / 400, right / 200, bottom / 400]


@pytest.mark.parametrize(
    ("box", "reason"),
    [
        (pixels(30, 90, 90, 130), None),
        (pixels(40, 100, 80, 120), None),
        (pixels(30, 290, 90, 330), None),
        (pixels(130, 200, 190, 240), "box holds nothing"),
        (pixels(0, 340, 200, 380), "box holds nothing"),
        (pixels(30, 102, 90, 142), "box cuts its contents"),
        (pixels(30, 68, 90, 108), "box cuts its contents"),
        (pixels(61, 95, 121, 125), "box cuts its contents"),
        (pixels(110, 0, 170, 40), None),  # the edge of the screen cuts, not the box
        (pixels(110, 4, 170, 44), "box cuts its contents"),
        (pixels(42, 300, 44, 310), None),  # too small to be judged
    ],
)
def test_misplaced_by_contents(drawn: Path, box: list[float], reason: str | None) -> None:
    assert run(drawn, [row("it", box)], stages=("misplaced",))[1] == ({1: reason} if reason else {})


def test_misplaced_by_neighbours(tmp_path: Path) -> None:
    """Two boxes that overlap in part suspect each other; the one that overlaps more of them goes first."""
    pixels = np.random.default_rng(0).integers(0, 256, (400, 200, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(tmp_path / "0.png")
    alone, left, right = [0.1, 0.8, 0.3, 0.9], [0.1, 0.1, 0.4, 0.3], [0.5, 0.1, 0.8, 0.3]
    rows = [row("a", left), row("b", right), row("slid", [0.3, 0.12, 0.6, 0.32]), row("c", alone)]
    stayed, dropped, _ = run(tmp_path, rows, stages=("misplaced",))
    assert stayed == [1, 2, 4] and dropped == {3: "box overlaps another"}
    assert run(tmp_path, [rows[0], rows[2]], stages=("misplaced",))[0] == []
    # An empty box is out by itself, and what it overlapped is clear.
    Image.new("RGB", (200, 400)).save(tmp_path / "1.png")
    other = [row("x", [0.1, 0.1, 0.4, 0.3], image="1.png"), row("y", [0.3, 0.1, 0.6, 0.3], image="1.png")]
    assert set(run(tmp_path, other, stages=("misplaced",))[1].values()) == {"box holds nothing"}


def test_resampling_caps_apps_images_and_instructions(folder: Path) -> None:
    rows = [row(f"do {i % 4}", BOX, image=f"{i % 3}.png", app="ab"[i % 2]) for i in range(24)]
    for facet, most, groups in (("app", 5, 2), ("image", 2, 3), ("instruction", 3, 4)):
        stayed, dropped, _ = run(folder, rows, stages=("resample",), most={facet: most})
        assert len(stayed) == most * groups and set(dropped.values()) == {f"more than {most} of one {facet}"}
    first, second = (run(folder, rows, stages=("resample",), most={"app": 5}, seed=seed)[0] for seed in (0, 0))
    assert first == second != run(folder, rows, stages=("resample",), most={"app": 5}, seed=1)[0]
    stayed, _, _ = run(folder, rows, stages=("resample",), most={"app": 5, "image": 2})
    assert len(stayed) <= 6


def acts(**counts: int) -> list[dict[str, Any]]:
    made: dict[str, dict[str, Any]] = {
        "Click": {"type": "Click", "at": [0.5, 0.5]},
        "Wait": {"type": "Wait"},
        "PressBack": {"type": "Press", "key": "back"},
    }
    return [
        {"image": None, "goal": f"{name} {i}", "history": [], "action": made[name]}
        for name, count in counts.items()
        for i in range(count)
    ]


@pytest.mark.parametrize(
    ("share", "left"),
    [
        ({"Click": 0.5}, {"Click": 30, "Wait": 20, "PressBack": 10}),
        ({"Click": 0.5, "Wait": 0.3}, {"Click": 25, "Wait": 15, "PressBack": 10}),
        ({"Click": 0.0}, {"Wait": 20, "PressBack": 10}),
        ({"Click": 0.9}, {"Click": 70, "Wait": 20, "PressBack": 10}),
        ({"Click": 0.4, "Wait": 0.4, "PressBack": 0.2}, {"Click": 20, "Wait": 20, "PressBack": 10}),
    ],
)
def test_action_shares(folder: Path, share: dict[str, float], left: dict[str, int]) -> None:
    _, _, report = run(folder, acts(Click=70, Wait=20, PressBack=10), stages=("resample",), share=share)
    counts = report["after"]["actions"]
    assert counts == left
    total = sum(counts.values())
    assert all(counts.get(name, 0) <= most * total + 1e-9 for name, most in share.items())


def test_shares_of_rows_without_actions_drop_nothing(folder: Path) -> None:
    assert run(folder, [row("open", BOX)], stages=("resample",), share={"Click": 0.5})[0] == [1]


@pytest.mark.parametrize(
    ("most", "share", "message"),
    [
        ({"colour": 3}, {}, "got colour=3"),
        ({"app": 0}, {}, "got app=0"),
        ({}, {"Click": 1.5}, "got Click=1.5"),
        ({}, {"Click": 0.6, "Wait": 0.6}, "more than 1"),
    ],
)
def test_bad_limits_are_named(most: dict, share: dict, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        Resample(most, share)
    with pytest.raises(ConfigError, match=message):
        CleanConfig(most=most, share=share)
