"""Replies sampled for an alignment: cut off, taken up again, killed at random moments, and still the same bytes."""

from __future__ import annotations

import multiprocessing
import random
import shutil
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from agentkit.actions import Click, Finished, Point, Press
from agentkit.errors import ConfigError, DataError, PolicyError
from agentkit.policies.scripted import ScriptedPolicy
from agentkit.protocols import get_protocol
from agentkit.recorded.traces import Trace, TraceStep, read_traces, write_traces
from rft.data.align.align import align
from rft.data.align.config import AlignConfig
from rft.data.align.sample import batches, request_of, sample
from rft.data.trace_rows import rows_of
from rft.replies import decode

NAVI = get_protocol("venus1_navi")
ACTIONS = (Press("back"), Press("home"), Finished())
SAYINGS = [NAVI.render(action, thought) for action in ACTIONS for thought in ("so", "and then", "it is time")]


@pytest.fixture(scope="module")
def traces(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four traces of three steps, one step without a screenshot."""
    folder = tmp_path_factory.mktemp("traces")
    noise = np.random.RandomState(0)
    for index in range(3):
        Image.fromarray(noise.randint(0, 255, (56, 56, 3), dtype="uint8")).save(folder / f"{index}.png")
    steps = [TraceStep(folder / f"{i}.png", action, f"step {i}", size=(56, 56)) for i, action in enumerate(ACTIONS)]
    made = [Trace(f"t{i}", f"goal {i}", tuple(steps)) for i in range(4)]
    made[2] = replace(made[2], steps=(replace(steps[0], image=None, size=None), *steps[1:]))
    write_traces(folder / "t.jsonl", made)
    return folder / "t.jsonl"


@pytest.fixture(scope="module")
def talkative(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny model that says one of `SAYINGS` at random, and now and then something else: a few steps of training on
    its first token make it so."""
    import torch

    from agentkit.policies.qwen import QwenPolicy
    from conftest import write_tiny

    folder = tmp_path_factory.mktemp("model")
    tokenizer = write_tiny(folder, ["venus1_navi"], SAYINGS)
    policy = QwenPolicy(folder, NAVI)
    wanted = torch.tensor([tokenizer.convert_tokens_to_ids(text) for text in SAYINGS])
    row = next(rows_of(Trace("t", "goal", (TraceStep(None, Finished(), size=(56, 56)),))))
    picture = tmp_path_factory.mktemp("picture") / "0.png"
    Image.new("RGB", (56, 56)).save(picture)
    inputs = policy.encode([request_of(replace(row, image=picture))])
    optimizer = torch.optim.Adam(policy.model.model.language_model.parameters(), lr=0.01)
    for _ in range(30):
        scores = policy.model(**inputs).logits[:, -1].log_softmax(-1)[0, wanted]
        loss = -scores.mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert scores.exp().sum() > 0.5, scores
    policy.model.save_pretrained(folder)
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def settings(model: Path, **changes) -> AlignConfig:
    return AlignConfig(
        **{"policy": f"qwen:{model}", "samples": 6, "batch": 8, "max_new_tokens": 1, "match": "exact"} | changes
    )


def test_sampled_thoughts_become_history(traces: Path, talkative: Path, tmp_path: Path) -> None:
    report = align(traces, tmp_path / "out", settings(talkative))
    assert sum(report["replies"].values()) == 11 * 6  # every step but the one without a screenshot
    assert report["replies"]["right"] > 5 and report["replies"]["wrong"] > 5
    changed = [step.thought for trace in read_traces(tmp_path / "out" / "traces.jsonl") for step in trace.steps]
    assert {"so", "and then", "it is time"} & set(changed)
    lines = (tmp_path / "out" / "replies.jsonl").read_bytes().splitlines()
    assert len({decode(line).text for line in lines}) > 5
    again = tmp_path / "again"
    align(traces, again, settings(talkative))
    assert contents(again) == contents(tmp_path / "out")
    align(traces, tmp_path / "other", settings(talkative, seed=1))
    assert (tmp_path / "other" / "replies.jsonl").read_bytes() != (again / "replies.jsonl").read_bytes()


def test_sharing_prompts_changes_no_reply(traces: Path, talkative: Path, tmp_path: Path, monkeypatch) -> None:
    """Greedily, so that rounding cannot tip a draw."""
    config = settings(talkative, samples=1, temperature=0.0)
    doubled = [[row for row in batch for _ in range(2)] for batch in batches(read_traces(traces), config)]
    from agentkit.policies.qwen import QwenPolicy

    policy = QwenPolicy(talkative, NAVI, temperature=0.0, max_new_tokens=3)
    plain = [policy.replies([request_of(row) for row in batch]) for batch in doubled]
    path = tmp_path / "replies.jsonl"
    sample(policy, lambda: doubled, 22, path, replace(config, batch=16), lambda _: None)
    assert [decode(line).text for line in path.read_bytes().splitlines()] == [
        reply.text for batch in plain for reply in batch
    ]
    assert "generate" not in vars(policy.model)


class Moody:
    """A scripted policy that fails at one of its calls."""

    def __init__(self, fails_at: int = -1) -> None:
        self.calls, self._fails_at = 0, fails_at
        self._inner = ScriptedPolicy([NAVI.render(Click(Point(0.5, 0.5)), "tap é")] * 9, NAVI)
        self.protocol = NAVI

    def replies(self, requests, seed=None):
        self.calls += 1
        if self.calls == self._fails_at:
            raise PolicyError("out of memory")
        return [replace(self._inner.reply(*request), text=f"{seed} é") for request in requests]


def sampled(traces: Path, path: Path, policy: Moody, samples: int = 2, batch: int = 4) -> bytes:
    config = AlignConfig(policy="scripted:x", samples=samples, batch=batch)
    sample(policy, lambda: batches(read_traces(traces), config), 11 * samples, path, config, lambda _: None)
    return path.read_bytes()


@pytest.mark.parametrize(("samples", "batch"), [(2, 4), (3, 4), (1, 1), (2, 100)])
def test_a_file_cut_anywhere_is_completed_to_the_same_bytes(
    traces: Path, tmp_path: Path, samples: int, batch: int
) -> None:
    path = tmp_path / "replies.jsonl"
    whole = sampled(traces, path, Moody(), samples, batch)
    assert whole.count(b"\n") == 11 * samples
    ends = [at + 1 for at, byte in enumerate(whole) if byte == ord("\n")]
    lengths = {*range(0, len(whole), 53), *(end + near for end in ends[:: max(1, batch // 2)] for near in (-1, 0))}
    calls = -(-11 * samples // batch)
    for length in sorted(lengths):
        path.write_bytes(whole[:length])
        policy = Moody()
        assert sampled(traces, path, policy, samples, batch) == whole
        done = whole[:length].count(b"\n") // batch if length < len(whole) else calls
        assert policy.calls == calls - done  # nothing is asked for twice


def test_a_policy_that_fails_costs_one_batch(traces: Path, tmp_path: Path) -> None:
    whole = sampled(traces, tmp_path / "whole", Moody())
    path = tmp_path / "replies.jsonl"
    with pytest.raises(PolicyError, match="out of memory"):
        sampled(traces, path, Moody(fails_at=4))
    assert path.read_bytes() == whole[: len(path.read_bytes())] and path.read_bytes().count(b"\n") == 12
    policy = Moody()
    assert sampled(traces, path, policy) == whole and policy.calls == 3


def test_replies_to_other_traces_are_not_taken_up(traces: Path, tmp_path: Path) -> None:
    path = tmp_path / "replies.jsonl"
    whole = sampled(traces, path, Moody())
    path.write_bytes(whole.replace(b'"t0/0"', b'"t9/0"'))
    with pytest.raises(DataError, match="expected a reply to t0/0, found one to t9/0"):
        sampled(traces, path, Moody())


def test_a_killed_run_is_not_taken_up_with_other_settings(traces: Path, talkative: Path, tmp_path: Path) -> None:
    model = shutil.copytree(talkative, tmp_path / "model")
    missing = tmp_path / "moved.png"
    broken = tmp_path / "t.jsonl"
    shutil.copy(traces.parent / "0.png", missing)
    made = list(read_traces(traces))
    last = replace(made[3], steps=(replace(made[3].steps[0], image=missing), *made[3].steps[1:]))
    write_traces(broken, [*made[:3], last])
    missing.write_bytes(b"no picture")
    with pytest.raises(DataError, match=r"image cannot be decoded: .*moved.png"):
        align(broken, tmp_path / "out", settings(model))
    kept = (tmp_path / ".out.partial" / "replies.jsonl").read_bytes()
    assert kept.count(b"\n") == 48
    with pytest.raises(ConfigError, match="run with other temperature: give the same again"):
        align(broken, tmp_path / "out", settings(model, temperature=2.0))
    weights = (model / "model.safetensors").read_bytes()
    (model / "model.safetensors").write_bytes(weights[:-1] + bytes([weights[-1] ^ 1]))
    with pytest.raises(ConfigError, match="run with other model: "):  # in the same folder
        align(broken, tmp_path / "out", settings(model))
    (model / "model.safetensors").write_bytes(weights)
    shutil.copy(traces.parent / "0.png", missing)
    # What decides only what becomes of the replies may change.
    align(broken, tmp_path / "out", settings(model, target_length=3))
    assert (tmp_path / "out" / "replies.jsonl").read_bytes().startswith(kept)
    assert not (tmp_path / ".out.partial").exists()


@pytest.mark.slow
def test_killed_at_random_moments_the_result_is_the_same(traces: Path, talkative: Path, tmp_path: Path) -> None:
    """SIGKILL 21 times, anywhere between the start of the process and its end; every result is compared."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["agentkit.policies.qwen", "rft.data.align.align", "rft.group_decode"])
    config = settings(talkative, batch=4)

    def start(out: Path) -> multiprocessing.Process:
        process = context.Process(target=align, args=(traces, out, config))
        process.start()
        return process

    align(traces, tmp_path / "whole", config)
    whole = contents(tmp_path / "whole")
    replies = (tmp_path / "whole" / "replies.jsonl").read_bytes().count(b"\n")

    def written(out: Path) -> int:
        try:
            return (tmp_path / f".{out.name}.partial" / "replies.jsonl").read_bytes().count(b"\n")
        except FileNotFoundError:  # not begun, or just finished and moved to its place
            return -1

    moments, kills, results, progress = random.Random(0), 0, 0, set()
    while kills < 21 or not results:
        out = tmp_path / f"broken{results}"
        process = start(out)
        # By what has been written, not by the clock: a machine with other work on it is not as fast as a moment ago.
        wanted = moments.randrange(-1, replies + replies // 4)
        while process.is_alive() and written(out) < wanted:
            time.sleep(0.002)
        process.join(moments.uniform(0.0, 0.05))
        if process.is_alive():
            process.kill()
            process.join()
            kills += 1
            progress.add(written(out))
        else:
            assert process.exitcode == 0
        if out.exists():
            assert contents(out) == whole
            results += 1
    process = start(last := tmp_path / f"broken{results}")
    process.join()
    assert process.exitcode == 0 and contents(last) == whole
    assert len(progress) > 3, f"the kills came at too few different moments: {progress}"
