"""`rft rewards`: reading replies, ranking them under several rewards, and the report."""

from __future__ import annotations

import itertools
import json
import math
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from PIL import Image

from agentkit.actions import Box, Click, Malformed, Point
from agentkit.errors import DataError
from agentkit.protocols import get_protocol
from rft.cli import main
from rft.compare import compare, read_answers
from rft.compare.ranks import kendall, ranks, spearman
from rft.compare.table import to_json
from rft.data.rows import GroundingRow, NavigationRow, read_rows
from rft.rewards import get_reward

POINTS = get_protocol("venus15_ground")
BOXES = [Box(0.25, 0.25, 0.75, 0.5), Box(0.5, 0.5, 0.625, 0.625)]
ROWS = tuple(GroundingRow(i, None, (1, 1), "tap", box, f"row-{i}") for i, box in enumerate(BOXES, 1))


def write(path, *lines):
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


# Ranks.

values = st.lists(st.sampled_from([0.0, 0.25, 0.5, 1.0, 2.0]), min_size=2, max_size=12)


def slow_kendall(a, b):
    agree = tied_a = tied_b = 0
    pairs = list(itertools.combinations(range(len(a)), 2))
    for i, j in pairs:
        x, y = (a[i] > a[j]) - (a[i] < a[j]), (b[i] > b[j]) - (b[i] < b[j])
        agree += x * y
        tied_a += x == 0
        tied_b += y == 0
    spread = math.sqrt((len(pairs) - tied_a) * (len(pairs) - tied_b))
    return agree / spread if spread else math.nan


def slow_spearman(a, b):
    """Pearson's correlation of ranks, each counted as how many are below and half of how many are equal."""
    if len(set(a)) == 1 or len(set(b)) == 1:
        return math.nan
    placed = [[sum(y < x for y in some) + some.count(x) / 2 for x in some] for some in (a, b)]
    return np.corrcoef(placed)[0, 1]


pairs_of_lists = st.integers(2, 12).flatmap(
    lambda n: st.tuples(*[st.lists(st.integers(0, 4), min_size=n, max_size=n)] * 2)
)


@given(pairs_of_lists)
def test_correlations_are_their_definitions(lists):
    a, b = (np.array(some, dtype=float) for some in lists)
    assert kendall(a, b) == pytest.approx(slow_kendall(*lists), nan_ok=True)
    assert spearman(a, b) == pytest.approx(slow_spearman(*lists), nan_ok=True)


def test_ranks_and_spearman_by_hand():
    assert list(ranks(np.array([3.0, 1.0, 1.0, 2.0])) * 4) == [3.0, 0.5, 0.5, 2.0]
    assert list(ranks(np.array([1.0, 1.0 + 1e-13])) * 2) == [0.5, 0.5]  # a rounding error is a tie
    assert spearman(np.array([1.0, 2.0, 3.0, 4.0]), np.array([1.0, 3.0, 2.0, 4.0])) == pytest.approx(0.8)
    assert spearman(np.array([1.0, 2.0, 3.0]), np.array([9.0, 4.0, 1.0])) == pytest.approx(-1)
    assert math.isnan(spearman(np.array([1.0, 1.0]), np.array([1.0, 2.0])))


@given(values)
@example([0.0] * 7)  # ranks of 3/7, whose mean is another float
def test_a_list_agrees_with_itself_and_any_growing_function_of_it(some):
    a = np.array(some)
    expected = 1.0 if len(set(some)) > 1 else math.nan
    for found in (spearman(a, np.exp(a)), kendall(a, np.exp(a))):
        assert found == pytest.approx(expected, nan_ok=True)


# Replies.


def test_the_three_forms_of_replies(tmp_path):
    path = write(
        tmp_path / "replies.jsonl",
        {"id": "row-1", "text": "[500,375]"},
        {"id": "row-2", "texts": ["[0,0]", "no idea"]},
        {"id": "row-2", "text": "[9,9]", "action": {"type": "Click", "at": [0.5, 0.5]}, "seconds": 1.0, "usage": {}},
        {"id": "row-1", "point": [0.1, 0.2]},
    )
    found = read_answers(path, ROWS, POINTS)
    assert [answer.row for answer in found] == [0, 1, 1, 1, 0]
    assert [answer.text for answer in found] == ["[500,375]", "[0,0]", "no idea", "[9,9]", ""]
    assert found[0].reply.action == Click(Point(0.5, 0.375))
    assert isinstance(found[2].reply.action, Malformed)
    assert found[3].reply.action == Click(Point(0.5, 0.5))  # what the line says was read, not what its text says
    assert found[4].reply.action == Click(Point(0.1, 0.2))


def test_a_line_may_say_at_which_size_the_picture_was_seen(tmp_path):
    path = write(tmp_path / "r.jsonl", {"id": "row-1", "text": "[0,0,28,28]", "size": [56, 56]})
    (answer,) = read_answers(path, ROWS, get_protocol("venus1_ground"))
    assert answer.reply.action == Click(Point(0.25, 0.25), Box(0, 0, 0.5, 0.5)) and answer.model_size == (56, 56)


def test_replies_that_training_kept_and_rows_without_an_id(tmp_path):
    rows = (GroundingRow(7, None, (1, 1), "tap", BOXES[0]),)
    kept = {"row": "#7", "epoch": 0, "step": 3, "size": [56, 56], "text": "[0,0,28,28]", "terms": {"total": 0.1}}
    (answer,) = read_answers(write(tmp_path / "r.jsonl", kept), rows, get_protocol("venus1_ground"))
    assert answer.row == 0 and answer.reply.action.at == Point(0.25, 0.25)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ({"id": "row-3", "text": ""}, r"line 1: unknown row 'row-3'; did you mean"),
        ({"text": "x"}, r"'id' \(or 'row'\) must be the text"),
        ({"id": "row-1"}, "expected 'text', 'texts', 'action' or 'point'"),
        ({"id": "row-1", "texts": "x"}, "'texts' must be a list"),
        ({"id": "row-1", "texts": ["x"], "text": "x"}, "has no 'text'"),
        ({"id": "row-1", "text": 3}, "`text` must be a string"),
        ({"id": "row-1", "text": "x", "size": [0, 3]}, "'size' must be"),
        ({"id": "row-1", "action": {"type": "Explode"}}, "an action needs a type"),
        ([], "expected a JSON object"),
    ],
)
def test_bad_lines_are_named(tmp_path, line, message):
    with pytest.raises(DataError, match=message):
        read_answers(write(tmp_path / "r.jsonl", line), ROWS, POINTS)


def test_no_replies_and_rows_that_cannot_be_told_apart(tmp_path):
    with pytest.raises(DataError, match="the file is empty"):
        read_answers(write(tmp_path / "r.jsonl"), ROWS, POINTS)
    with pytest.raises(DataError, match="1 rows share an id"):
        read_answers(write(tmp_path / "r.jsonl", {"id": "row-1", "text": ""}), (*ROWS, ROWS[0]), POINTS)


# Comparing.


def answers_of(tmp_path, *lines, rows=ROWS):
    return read_answers(write(tmp_path / "replies.jsonl", *lines), rows, POINTS)


def test_scores_agreement_and_signal_by_hand(tmp_path):
    # Row 1: centre, in the box but off its centre, outside. Row 2: two misses at different distances.
    texts = ["[500,375]", "[300,300]", "[900,900]"]
    answers = answers_of(tmp_path, {"id": "row-1", "texts": texts}, {"id": "row-2", "texts": ["[0,0]", "[600,400]"]})
    chosen = {name: get_reward(name) for name in ("gta1", "se_gui", "venus_navi")}
    found = compare(ROWS, answers, chosen)
    facts = to_json(found, {})
    assert facts["names"] == ["gta1", "se_gui"]
    assert facts["left_out"] == {"venus_navi": "venus_navi needs gold with an action, got a box"}
    assert list(found.columns[0].totals) == [1, 1, 0, 0, 0]
    assert facts["rewards"]["gta1"]["mean"] == pytest.approx(0.4)
    assert facts["rewards"]["gta1"]["share_of_rows_with_signal"] == 0.5
    assert facts["rewards"]["se_gui"]["share_of_rows_with_signal"] == 1.0
    assert sum(facts["rewards"]["se_gui"]["histogram"]) == 5
    # Only row 1 tells replies apart under both: 2 of 3 pairs agree, 1 is tied under gta1.
    assert facts["rows_behind_kendall"] == [[1, 1], [1, 2]]
    assert facts["kendall_within_rows"][0][1] == pytest.approx(2 / math.sqrt(2 * 3))
    assert facts["spearman"][0][1] == pytest.approx(spearman(*(column.totals for column in found.columns)))


def test_disputes_are_the_worst_pairs_of_all(tmp_path):
    random = np.random.default_rng(0)
    lines = [
        {"id": f"row-{i}", "texts": [f"[{x},{y}]" for x, y in random.integers(0, 1001, (7, 2)).tolist()] + ["?"]}
        for i in (1, 2)
    ]
    answers = answers_of(tmp_path, *lines)
    found = compare(ROWS, answers, {name: get_reward(name) for name in ("gta1", "se_gui", "gui_g2", "infigui_g1")})
    assert len(found.disputes) == 6
    columns = {column.label: ranks(column.totals) for column in found.columns}
    for dispute in found.disputes:
        a, b = (columns[name] for name in dispute.rewards)
        pairs = [(i, j) for i, j in itertools.permutations(range(16), 2) if answers[i].row == answers[j].row]
        assert dispute.gap == pytest.approx(max((a[i] - a[j]) - (b[i] - b[j]) for i, j in pairs))
        high, low = dispute.answers
        assert (a[high] - a[low]) - (b[high] - b[low]) == pytest.approx(dispute.gap)
    assert [d.gap for d in found.disputes] == sorted((d.gap for d in found.disputes), reverse=True)


def test_single_replies_are_compared_across_rows(tmp_path):
    answers = answers_of(tmp_path, {"id": "row-1", "text": "[300,300]"}, {"id": "row-2", "text": "[562,562]"})
    found = compare(ROWS, answers, {name: get_reward(name) for name in ("gta1", "se_gui")})
    assert found.disputes[0].answers == (0, 1) and np.isnan(found.kendall[0, 1])
    assert to_json(found, {})["kendall_within_rows"] == [[1.0, None], [None, 1.0]]


def test_rows_that_only_some_rewards_score(tmp_path):
    refusal = GroundingRow(3, None, (1, 1), "fly", None, "row-3")
    rows = (*ROWS, refusal)
    lines = [{"id": "row-1", "text": "[500,375]"}, {"id": "row-2", "text": "[0,0]"}, {"id": "row-3", "text": "[-1,-1]"}]
    answers = answers_of(tmp_path, *lines, rows=rows)
    facts = to_json(compare(rows, answers, {name: get_reward(name) for name in ("gta1", "venus_ground")}), {})
    assert facts["rewards"]["gta1"]["replies"] == 2 and facts["rewards"]["venus_ground"]["replies"] == 3
    assert facts["rewards"]["gta1"]["why_not"] == {"gta1 needs gold with a box, got a refusal": 1}
    assert facts["spearman"][0][1] == pytest.approx(1.0)  # over the two replies that both score


def test_no_reward_at_all_is_an_error(tmp_path):
    rows = (NavigationRow(1, None, (1, 1), "go", (), Click(Point(0, 0)), id="row-1"),)
    answers = answers_of(tmp_path, {"id": "row-1", "text": "x"}, rows=rows)
    with pytest.raises(DataError, match="no reward applies to these rows: gta1 needs gold with a box"):
        compare(rows, answers, {"gta1": get_reward("gta1")})


# The command line.


@pytest.fixture
def rows_file(tmp_path):
    Image.new("RGB", (40, 80), "white").save(tmp_path / "shot.png")
    boxes = [[0.25, 0.25, 0.75, 0.5], [0.5, 0.5, 0.625, 0.625]]
    lines = [{"id": f"r{i}", "image": "shot.png", "instruction": "tap", "box": box} for i, box in enumerate(boxes)]
    return write(tmp_path / "rows.jsonl", *lines)


def test_compare_writes_json_a_table_and_a_page(tmp_path, rows_file, capsys):
    texts = ["[500,375]", "[300,300]", "<script>alert(1)</script>"]
    replies = write(tmp_path / "replies.jsonl", *({"id": f"r{i}", "texts": texts} for i in range(2)))
    argv = ["rewards", "compare", "--replies", str(replies), "--data", str(rows_file), "--protocol", "venus15_ground"]
    assert main([*argv, "--out", str(tmp_path / "out")]) == 0
    shown = capsys.readouterr().out
    assert "Kendall's tau-b" in shown and "left out: venus_navi" in shown
    facts = json.loads((tmp_path / "out" / "comparison.json").read_text())
    assert (
        facts["replies"] == 6 and len(facts["names"]) == 9 and set(facts["left_out"]) == {"venus_navi", "venus15_navi"}
    )
    page = (tmp_path / "out" / "report.html").read_text()
    assert "Agreement within rows" in page and "<script>alert" not in page
    assert (tmp_path / "out" / "comparison.txt").read_text().startswith("reward")


def test_a_reward_can_be_compared_with_itself(tmp_path, rows_file, capsys):
    replies = write(tmp_path / "replies.jsonl", {"id": "r0", "texts": ["[250,300]", "[300,300]"]})
    argv = ["rewards", "compare", "--replies", str(replies), "--data", str(rows_file), "--protocol", "venus15_ground"]
    out = ["--out", str(tmp_path / "out")]
    assert main([*argv, *out, "--rewards", "gui_r1", "gui_r1:faithful=true,min_f1=0.25"]) == 0
    facts = json.loads((tmp_path / "out" / "comparison.json").read_text())
    strict = facts["rewards"]["gui_r1:faithful=true,min_f1=0.25"]
    assert strict["constants"]["faithful"] is True and strict["constants"]["min_f1"] == 0.25
    assert (strict["correct"], facts["rewards"]["gui_r1"]["correct"]) == (0.5, 1.0)
    capsys.readouterr()
    assert main([*argv, *out, "--rewards", "gui_r2"]) == 2
    assert "unknown reward 'gui_r2'; did you mean 'gui_r1'? Known: agentcpm," in capsys.readouterr().err


def test_predictions_of_agentkit_eval_are_read(tmp_path, capsys):
    from agentkit.cli import main as agentkit

    data, run, out = tmp_path / "suite", tmp_path / "run", tmp_path / "out"
    assert main(["data", "phone", "--out", str(data), "--n", "6", "--format", "screenspot-v2"]) == 0
    assert agentkit(["eval", "screenspot-v2", "--data", str(data), "--policy", "centre", "--out", str(run)]) == 0
    argv = ["--replies", str(run / "predictions.jsonl"), "--suite", "screenspot-v2", "--data", str(data)]
    assert main(["rewards", "compare", *argv, "--out", str(out)]) == 0
    facts = json.loads((out / "comparison.json").read_text())
    hits = json.loads((run / "results.json").read_text())["card"]["accuracy"]["hits"]
    assert facts["rows"]["answered"] == 6
    assert facts["rewards"]["gta1"]["correct"] == pytest.approx(hits / 6)
    assert facts["rewards"]["ui_r1"]["mean"] == pytest.approx(2 + hits / 6)


def test_sampled_replies_come_back_as_they_were(tmp_path, tiny_model, ground_rows, capsys):
    out = tmp_path / "replies.jsonl"
    argv = ["--policy", f"qwen:{tiny_model}", "--data", str(ground_rows), "--out", str(out), "--limit", "3"]
    assert main(["rewards", "sample", *argv, "--samples", "4", "--max-new-tokens", "6", "--batch", "5"]) == 0
    rows = read_rows(ground_rows).rows
    answers = read_answers(out, rows, get_protocol("venus1_ground"))
    assert [answer.row for answer in answers] == [row for row in range(3) for _ in range(4)]
    assert len({answer.text for answer in answers}) > 1, "replies of one prompt should differ"
    before = out.read_text()
    assert main(["rewards", "sample", *argv, "--samples", "4", "--max-new-tokens", "6", "--batch", "5"]) == 0
    assert out.read_text() == before
    assert main(["rewards", "sample", *argv, "--samples", "0"]) == 2
    assert "--samples must be at least 1" in capsys.readouterr().err


def test_list_tells_names_sources_and_constants(capsys):
    assert main(["rewards", "list"]) == 0
    shown = capsys.readouterr().out
    for name in ("venus_ground", "infigui_g1", "venus15_online", "arXiv 2507.15846"):
        assert name in shown
    assert main(["rewards", "list", "gui_r1"]) == 0
    shown = capsys.readouterr().out
    assert "radius = 140.0" in shown and "A click is right nearer than this" in shown and "gta1" not in shown
    assert main(["rewards", "list", "gui_r2"]) == 2
    assert "did you mean 'gui_r1'" in capsys.readouterr().err


def test_train_names_the_rewards_before_it_loads_anything(tmp_path, capsys):
    argv = ["train", "--model", "nowhere", "--data", "nothing", "--out", str(tmp_path / "run")]
    assert main([*argv, "--reward", "gta"]) == 2
    assert "unknown reward 'gta'; did you mean 'gta1'? Known: agentcpm, gta1," in capsys.readouterr().err
    assert main([*argv, "--reward", "venus15_online"]) == 2
    assert "scores whole episodes" in capsys.readouterr().err
    assert not (tmp_path / "run").exists()


def test_help_loads_nothing_heavy():
    code = (
        "import sys, contextlib\nfrom rft.cli import main\n"
        "with contextlib.suppress(SystemExit): main(['rewards', 'compare', '--help'])\n"
        "heavy = {'torch', 'transformers', 'numpy', 'PIL'} & set(sys.modules)\nassert not heavy, heavy\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
