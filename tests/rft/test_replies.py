"""Kept replies: the format, files that a kill cut off, and runs that keep what they sample."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentkit.errors import DataError
from rft.configs import TrainConfig
from rft.replies import KeptReply, decode, encode, read_replies
from rft.reply_log import cut_after
from rft.run_log import read_metrics
from rft.train import train


@given(
    st.builds(
        KeptReply,
        row=st.text(st.characters(exclude_categories=["Cs"])),
        text=st.text(st.characters(exclude_categories=["Cs"])),
        size=st.tuples(st.integers(1, 9999), st.integers(1, 9999)),
        epoch=st.integers(0, 99),
        step=st.integers(0, 10**9),
        terms=st.dictionaries(st.sampled_from(["total", "format"]), st.floats(allow_nan=False)),
    )
)
def test_a_reply_is_one_line_and_comes_back(reply):
    line = encode(reply)
    assert line.count(b"\n") == 1 and line.endswith(b"\n")
    assert decode(line) == reply


def test_a_surrogate_cannot_stop_a_run():
    assert decode(encode(KeptReply("a", "x\ud800y", (1, 1)))).text == "x?y"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b"[]", "expected a JSON object"),
        (b"{}", "needs 'id' and 'text'"),
        (b'{"id": "a", "text": "b", "model_size": [0, 1]}', "'model_size' must be"),
        (b'{"id": "a", "text": "b", "model_size": [1, 1], "step": -1}', "whole numbers from 0"),
        (b'{"id": "a", "text": "b", "model_size": [1, 1], "terms": []}', "'terms' must be an object"),
        (b"\xff", "not UTF-8"),
    ],
)
def test_bad_lines_are_errors_that_name_the_line(tmp_path, line, message):
    path = tmp_path / "replies.jsonl"
    path.write_bytes(encode(KeptReply("a", "b", (1, 1))) + line + b"\n")
    reader = read_replies(path)
    assert next(reader).row == "a"
    with pytest.raises(DataError, match=rf"replies.jsonl line 2: .*{message}"):
        next(reader)


def some(steps):
    return [KeptReply(f"r{step}", f"text {step}", (4, 4), step=step) for step in steps]


def test_the_files_of_several_processes_are_read_in_the_order_of_steps(tmp_path):
    (tmp_path / "replies").mkdir()
    for rank, steps in ((0, (1, 1, 3)), (1, (1, 2, 3)), (10, (3,)), (2, (2,))):
        (tmp_path / "replies" / f"rank-{rank}.jsonl").write_bytes(b"".join(map(encode, some(steps))))
    assert [reply.step for reply in read_replies(tmp_path)] == [1, 1, 1, 2, 2, 3, 3, 3]
    with pytest.raises(DataError, match="expected a file of replies, or a run"):
        read_replies(tmp_path / "nothing")


@pytest.mark.parametrize("step", [1, 5])
def test_cutting_keeps_what_is_not_past_the_checkpoint_wherever_a_kill_cut_the_file(tmp_path, step):
    path, lines = tmp_path / "rank-0.jsonl", [encode(reply) for reply in some((1, 1, 2, 4))]
    whole = b"".join(lines)
    for length in range(len(whole) + 1):
        path.write_bytes(whole[:length])
        cut_after(path, step)
        fit = [line for i, line in enumerate(lines) if len(b"".join(lines[: i + 1])) <= length]
        assert path.read_bytes() == b"".join(line for line in fit if decode(line).step <= step)


@pytest.fixture
def settings(two_answers):
    return {**two_answers, "save_every": 2, "prompts": 2, "keep_replies": True}


def kept(out):
    return (out / "replies" / "rank-0.jsonl").read_bytes()


def test_a_run_keeps_each_reply_once_and_resuming_changes_nothing(settings, tmp_path):
    whole, halves = tmp_path / "whole", tmp_path / "halves"
    train(TrainConfig(**settings, out=str(whole), steps=9))
    replies = list(read_replies(whole))
    assert [reply.step for reply in replies] == [step for step in range(1, 10) for _ in range(16)]
    # Sixteen rows, two a step: an epoch ends after the eighth.
    assert [reply.epoch for reply in replies] == [0] * 128 + [1] * 16
    assert {reply.row for reply in replies[:128]} == {str(number) for number in range(1, 17)}
    assert {reply.size for reply in replies} == {(56, 56)}
    for line in read_metrics(whole / "metrics.jsonl"):
        totals = [reply.terms["total"] for reply in replies if reply.step == line["step"]]
        assert sum(totals) / 16 == pytest.approx(line["reward"])

    train(TrainConfig(**settings, out=str(halves), steps=4))
    with (halves / "replies" / "rank-0.jsonl").open("ab") as file:  # a step that was sampled and then killed
        file.write(b"".join(map(encode, some((5, 5)))) + b'{"id": "')
    train(TrainConfig(**settings, out=str(halves), steps=9))
    assert kept(halves) == kept(whole)


def test_a_run_that_begins_anew_forgets_the_replies_of_the_one_before(settings, tmp_path):
    settings |= {"save_every": 0}
    train(TrainConfig(**settings, out=str(tmp_path), steps=2))
    before = kept(tmp_path)
    shutil.rmtree(tmp_path / "checkpoints", ignore_errors=True)
    train(TrainConfig(**settings, out=str(tmp_path), steps=2))
    assert kept(tmp_path) == before


def test_a_run_keeps_no_replies_unless_it_is_told_to(settings, tmp_path):
    train(TrainConfig(**settings | {"keep_replies": False}, out=str(tmp_path), steps=1))
    assert not (tmp_path / "replies").exists()


@pytest.mark.slow
def test_a_killed_run_neither_loses_nor_repeats_a_reply(settings, tmp_path):
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    train(TrainConfig(**settings, out=str(whole), steps=6))
    config = tmp_path / "config.json"
    config.write_text(json.dumps(settings))
    command = [sys.executable, "-m", "rft", "train", "--config", str(config), "--out", str(broken), "--steps", "6"]
    process = subprocess.Popen(command, env={**os.environ, "OMP_NUM_THREADS": "1"}, stderr=subprocess.PIPE)
    deadline, file = time.monotonic() + 120, broken / "replies" / "rank-0.jsonl"
    while not file.exists() or file.read_bytes().count(b"\n") < 3 * 16:  # step 3, behind the checkpoint of step 2
        assert process.poll() is None, process.stderr.read()
        assert time.monotonic() < deadline
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert not (broken / "final").exists()
    train(TrainConfig(**settings, out=str(broken), steps=6))
    assert kept(broken) == kept(whole)
