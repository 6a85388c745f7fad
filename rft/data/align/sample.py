"""Ask a policy for replies to every step of every trace, so that a kill at any moment costs at most one batch.

The work is a fixed list of batches. The file of replies grows by whole batches, each flushed to the disk before the
next one begins; a batch draws from a seed of its own. Going on means to cut a torn batch off and make the next one,
and the file ends up the same to the last byte.
"""

from __future__ import annotations

import hashlib
import itertools
import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from agentkit.errors import DataError, boundary
from agentkit.pool import Request
from agentkit.recorded.traces import Trace
from agentkit.types import Observation, Policy, Reply, Step
from rft.data.align.config import AlignConfig
from rft.data.rows import NavigationRow
from rft.data.trace_rows import rows_of
from rft.replies import KeptReply, decode, encode

Say = Callable[[str], None]
Batch = Sequence[NavigationRow]
"""A row occurs once for each reply that is wanted of it."""


def batches(traces: Iterable[Trace], config: AlignConfig) -> Iterator[Batch]:
    """Every step that has a screenshot, `config.samples` times in a row, cut into batches of `config.batch`."""
    rows = (row for trace in traces for row in rows_of(trace, config.history_images) if row.image is not None)
    wanted = itertools.chain.from_iterable(itertools.repeat(row, config.samples) for row in rows)
    while batch := list(itertools.islice(wanted, config.batch)):
        yield batch


def sample(
    policy: Policy, plan: Callable[[], Iterable[Batch]], total: int, path: Path, config: AlignConfig, say: Say
) -> None:
    """Write a reply to each row of each batch of `plan()` to `path`, going on from what is there.

    `plan` gives the same batches at each call, `total` rows in all. Raises PolicyError or DataError.
    """
    resize = getattr(policy, "budget", getattr(policy, "protocol").budget).resize  # noqa: B009 - not in the protocol
    started, made = time.monotonic(), 0
    with boundary(DataError, f"cannot write {path}"), path.open("a+b") as file, _sharing_prompts(policy):
        done = _go_on(file, plan(), path)
        if done:
            say(f"going on after batch {done}")
        for number, batch in enumerate(plan()):
            if number < done:
                continue
            asked = {row.id: request_of(row) for row in batch}
            replies = _ask(policy, [asked[row.id] for row in batch], _seed(config.seed, number))
            lines = [
                encode(KeptReply(row.id, reply.text, resize(row.size), config.epoch))
                for row, reply in zip(batch, replies, strict=True)
            ]
            file.write(b"".join(lines))
            file.flush()
            os.fsync(file.fileno())
            made += len(batch)
            so_far = number * config.batch + len(batch)
            left = (time.monotonic() - started) / made * (total - so_far)
            say(f"{so_far}/{total} replies, about {left:.0f} s left")


def request_of(row: NavigationRow) -> Request:
    """The row as a policy is asked about it; a past step without its screenshot is told in the current one's frame."""
    assert row.image is not None
    now = Observation(_open(row.image))
    steps = [
        Step(now if p.image is None else Observation(_open(p.image)), Reply("", p.action, p.thought, p.conclusion))
        for p in row.history
    ]
    return row.goal, steps, now


def _open(path: Path) -> Any:
    from PIL import Image

    with boundary(DataError, f"image cannot be decoded: {path}"), Image.open(path) as image:
        return image.convert("RGB")


def _go_on(file: BinaryIO, plan: Iterable[Batch], path: Path) -> int:
    """How many batches are in the file whole; what follows them is cut off."""
    file.seek(0)
    done = keep = 0
    for batch in plan:
        lines = [file.readline() for _ in batch]
        if not all(line.endswith(b"\n") for line in lines):
            break
        for row, line in zip(batch, lines, strict=True):
            if (found := decode(line).row) != row.id:
                raise DataError(f"{path} belongs to other traces: expected a reply to {row.id}, found one to {found}")
        done, keep = done + 1, keep + sum(map(len, lines))
    file.truncate(keep)
    return done


def _seed(seed: int, number: int) -> int:
    """63 bits that differ from batch to batch."""
    return int.from_bytes(hashlib.sha256(f"align/{seed}/{number}".encode()).digest()[:8]) >> 1


def _ask(policy: Policy, requests: Sequence[Request], seed: int) -> list[Reply]:
    """A seeded batch of a model in this process; of others as many calls at a time, theirs being the chance."""
    if hasattr(policy, "replies"):
        return policy.replies(requests, seed=seed)
    with ThreadPoolExecutor(len(requests)) as threads:
        return list(threads.map(lambda request: policy.reply(*request), requests))


@contextmanager
def _sharing_prompts(policy: Policy) -> Iterator[None]:
    """While entered, a model in this process reads each distinct prompt of a batch once."""
    model = getattr(policy, "model", None)
    if model is None or not hasattr(model, "generate"):
        yield
        return
    from rft.shared_prompt import generate_shared

    inner = model.generate
    model.generate = lambda **kwargs: generate_shared(model, inner, **kwargs)
    try:
        yield
    finally:
        del model.generate
