"""Samples that say the same again: the same prompt about the same screenshot with the same answer.

The same prompt and screenshot with another answer is no duplicate but a contradiction: `ambiguity` sees to it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from agentkit.actions import Box
from rft.data.clean.geometry import iou
from rft.data.clean.index import ImageFacts, Index
from rft.data.clean.sample import ALL, Kind, Sample, Source, Verdict
from rft.data.clean.words import spelling
from rft.data.pictures import LOOK_BITS


@dataclass(frozen=True)
class Duplicates:
    """Keeps the first of each set of duplicates."""

    same_iou: float = 0.5
    """Two boxes that overlap at least so much mark the same element."""
    near: int = 0
    """Grounding rows only: screenshots whose look (`difference_hash`, 256 bits) differs in at most so many bits count
    as the same. 0 compares content exactly."""
    name: str = "duplicates"
    kinds: frozenset[Kind] = ALL

    def run(self, samples: Source, index: Index) -> Iterator[Verdict]:
        index.table("said", "key BLOB, number INT, x1 REAL, y1 REAL, x2 REAL, y2 REAL")
        index.db.execute("CREATE INDEX said_key ON said (key)")
        index.table("looks", "key BLOB, look BLOB, number INT, x1 REAL, y1 REAL, x2 REAL, y2 REAL")
        index.db.execute("CREATE INDEX looks_key ON looks (key)")
        index.db.execute("BEGIN")
        try:
            for sample in samples():
                yield self._judge(sample, index)
        finally:
            index.db.execute("COMMIT")

    def _judge(self, sample: Sample, index: Index) -> Verdict:
        box = None
        if sample.kind == "grounding":
            row = sample.row(index)
            prompt, box = spelling(row.instruction), row.box  # type: ignore[union-attr]
            facts = index.image(row.image)
            # A refusal never equals an answer.
            key = _key(prompt, facts.digest, b"refusal" if box is None else b"")
        elif sample.kind == "navigation":
            past = json.dumps([sample.raw["goal"], sample.raw.get("history", []), sample.raw["action"]])
            key = _key(past, index.image(sample.row(index).image).digest)
        else:
            steps = sample.trace().steps
            acts = json.dumps([step["action"] for step in sample.raw["steps"]])
            key = _key(spelling(sample.raw["goal"]) + acts, *(index.image(step.image).digest for step in steps))
        corners = (box.x1, box.y1, box.x2, box.y2) if box else (None,) * 4
        for number, *known in index.find("SELECT number, x1, y1, x2, y2 FROM said WHERE key = ?", key):
            if box is None or iou(box, Box(*known)) >= self.same_iou:
                return Verdict(sample, "duplicate", detail=f"says the same as line {number}")
        if self.near and box is not None and (twin := self._twin(prompt, facts, box, index)):
            return Verdict(sample, "near duplicate", detail=twin)
        index.db.execute("INSERT INTO said VALUES (?, ?, ?, ?, ?, ?)", (key, sample.number, *corners))
        if self.near and box is not None:
            rows = [(part, facts.look, sample.number, *corners) for part in self._parts(prompt, facts)]
            index.db.executemany("INSERT INTO looks VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
        return Verdict(sample)

    def _twin(self, prompt: str, facts: ImageFacts, box: Box, index: Index) -> str:
        look = int.from_bytes(facts.look)
        for part in self._parts(prompt, facts):
            for other, number, *corners in index.find(
                "SELECT look, number, x1, y1, x2, y2 FROM looks WHERE key = ?", part
            ):
                differ = (look ^ int.from_bytes(other)).bit_count()
                if differ <= self.near and iou(box, Box(*corners)) >= self.same_iou:
                    return f"{differ} of {LOOK_BITS} bits from line {number}"
        return ""

    def _parts(self, prompt: str, facts: ImageFacts) -> list[bytes]:
        """Keys of which two looks share at least one when at most `near` bits differ (the pigeonhole principle)."""
        look, count = int.from_bytes(facts.look), self.near + 1
        edges = [LOOK_BITS * i // count for i in range(count + 1)]
        bits = [(look >> low) & ((1 << (high - low)) - 1) for low, high in pairwise(edges)]
        return [_key(f"{number}:{value}:{prompt}") for number, value in enumerate(bits)]


def _key(text: str, *parts: bytes) -> bytes:
    digest = hashlib.blake2b(text.encode(), digest_size=16)
    for part in parts:
        digest.update(b"\0%d\0" % len(part) + part)
    return digest.digest()
