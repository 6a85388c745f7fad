"""The row format: good rows round-trip, bad rows are named."""

from __future__ import annotations

import json

import pytest
from PIL import Image

from agentkit.actions import Click, Point, Press
from agentkit.errors import DataError
from rft.data.rows import GroundingRow, NavigationRow, read_rows, write_rows

GROUND = {"image": "a.png", "instruction": "press OK", "box": [0.1, 0.2, 0.3, 0.4]}
STEP = {"thought": "open it", "action": {"type": "Click", "at": [0.5, 0.25]}}
NAVI = {"image": "a.png", "goal": "turn on Wi-Fi", "history": [STEP], "action": {"type": "Press", "key": "back"}}


@pytest.fixture
def folder(tmp_path):
    Image.new("RGB", (40, 80)).save(tmp_path / "a.png")
    Image.effect_noise((200, 200), 90).save(tmp_path / "cut.png")
    whole = (tmp_path / "cut.png").read_bytes()
    (tmp_path / "cut.png").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "text.png").write_text("not a picture")
    return tmp_path


def write(folder, *rows):
    path = folder / "rows.jsonl"
    path.write_text("\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows))
    return path


def test_both_kinds_and_their_gold(folder):
    refusal = {"image": "a.png", "instruction": "fly", "refusal": True, "id": "r1"}
    ground, refuse, navi = read_rows(write(folder, GROUND, "", refusal, NAVI)).rows
    assert isinstance(ground, GroundingRow) and ground.size == (40, 80) and ground.gold.aspect == 2.0
    assert refuse.gold.refusal and refuse.number == 3 and refuse.id == "r1"
    assert isinstance(navi, NavigationRow) and navi.action == Press("back") and navi.gold.action == Press("back")
    assert navi.history[0].action == Click(Point(0.5, 0.25)) and navi.history[0].thought == "open it"


def test_rows_round_trip(folder):
    rows = read_rows(write(folder, GROUND, {**NAVI, "thought": "t", "conclusion": "c"}, {**GROUND, "image": None})).rows
    write_rows(folder / "again.jsonl", rows)
    assert read_rows(folder / "again.jsonl").rows == rows
    assert json.loads((folder / "again.jsonl").read_text().splitlines()[0])["image"] == "a.png"


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("{", "not JSON"),
        ("[1]", "expected a JSON object, got list"),
        ({**GROUND, "version": 2}, "expected format version 1, got 2"),
        ({**GROUND, "goal": "x"}, "either 'instruction' .* or 'goal'"),
        ({"image": "a.png"}, "either 'instruction' .* or 'goal'"),
        ({**GROUND, "bbox": [0, 0, 1, 1]}, "unknown key 'bbox'; did you mean 'box'"),
        ({"instruction": "x", "box": [0, 0, 1, 1]}, "'image' is missing"),
        ({**GROUND, "image": 3}, "'image' must be text"),
        ({**GROUND, "image": "b.png"}, "image file is missing"),
        ({**GROUND, "image": "cut.png"}, "image cannot be decoded"),
        ({**GROUND, "image": "text.png"}, "image cannot be decoded"),
        ({**GROUND, "instruction": " "}, "'instruction' must be text that is not empty"),
        ({**GROUND, "refusal": True}, "either 'box' or 'refusal'.*both"),
        ({"image": "a.png", "instruction": "x"}, "either 'box' or 'refusal'.*neither"),
        ({**GROUND, "box": [0.3, 0.2, 0.1, 0.4]}, "x1 <= x2 and y1 <= y2; got"),
        ({**GROUND, "box": [10, 20, 30, 40]}, "look like pixels"),
        ({**GROUND, "box": [0.1, 0.2, 0.3, 1.01]}, r"fractions .* in \[0, 1\]"),
        ({**GROUND, "box": [0.1, 0.2, 0.3]}, r"must be \[x1, y1, x2, y2\]"),
        ({**GROUND, "box": [0.1, 0.2, 0.3, "0.4"]}, r"must be \[x1, y1, x2, y2\]"),
        ({**GROUND, "box": [0.1, 0.2, True, 0.4]}, r"must be \[x1, y1, x2, y2\]"),
        ('{"image": "a.png", "instruction": "x", "box": [NaN, 0, 1, 1]}', r"not JSON: NaN is no finite number"),
        ({**NAVI, "action": {"type": "Tap"}}, "Tap"),
        ({**NAVI, "action": {"type": ["Click"]}}, 'an object with a "type"'),
        ({**NAVI, "action": {"type": "Refusal"}}, "something a device can do"),
        ({**NAVI, "action": {"type": "Click", "at": [0.5, 7]}}, "Click"),
        ({**NAVI, "action": {"type": "Click", "at": [0.5, 0.5], "speed": "3"}}, "speed"),
        ({**NAVI, "history": [{"thought": "x"}]}, r"history\[0\] must be an object with 'action'"),
        ({**NAVI, "history": [{"action": {"type": "Tap"}}]}, r"history\[0\]: .*Tap"),
        ({**NAVI, "history": {}}, "'history' must be a list"),
        ({key: NAVI[key] for key in ("image", "goal")}, "'action' is missing"),
        ({**NAVI, "thought": 3}, "'thought' must be text"),
    ],
)
def test_bad_rows_are_named(folder, row, message):
    with pytest.raises(DataError, match=rf"rows.jsonl row 2: .*{message}"):
        read_rows(write(folder, GROUND, row))


def test_skip_bad_counts_and_keeps_the_rest(folder):
    found = read_rows(write(folder, {**GROUND, "image": "b.png"}, GROUND, "{", GROUND), skip_bad=True)
    assert [row.number for row in found.rows] == [2, 4]
    assert [fault.split(": ")[0].rsplit(" ", 2)[1:] for fault in found.faults] == [["row", "1"], ["row", "3"]]


def test_nothing_to_train_on_is_an_error(folder):
    with pytest.raises(DataError, match="at least one training row; the file is empty"):
        read_rows(write(folder, ""))
    with pytest.raises(DataError, match="all 1 rows are bad"):
        read_rows(write(folder, "{"), skip_bad=True)
    with pytest.raises(DataError, match="cannot read training rows"):
        read_rows(folder / "no.jsonl")


def test_headers_only_misses_a_cut_file_and_says_so_by_name(folder):
    row = read_rows(write(folder, {**GROUND, "image": "cut.png"}), decode_images=False).rows[0]
    assert row.size == (200, 200)
