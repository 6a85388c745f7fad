"""What answers take: seconds and their parts, tokens and other counts. Means over those that were measured."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

COUNTS: Mapping[str, str] = {"screens": "screenshots", "passes": "model passes", "passes_unused": "passes not taken"}
"""Counts in `Reply.usage` that are no tokens, in words."""
STAGES: Mapping[str, str] = {
    "encode": "encode prompt",
    "vision": "vision tower",
    "prefill": "prefill",
    "decode": "decode",
    "request": "request",
    "wait": "wait to retry",
}
"""Parts of `Reply.timing` in the order in which they happen, in words."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What the answers took, over those that know."""

    seconds: float
    """Median per sample; nan when unknown."""
    seconds_total: float
    tokens: Mapping[str, float]
    """Mean per sample of what `Reply.usage` counts, by kind."""
    measured: int
    """How many samples carried a time."""
    stages: Mapping[str, float] = field(default_factory=dict)
    """Mean seconds per sample by part, over the samples that were split."""
    split: int = 0
    """How many samples were split."""


def count_words(kind: str, many: float) -> str:
    """`many` of a kind that `Reply.usage` counts: "812 prompt tokens", "2 model passes"."""
    shown = f"{many:,.0f}" if many >= 10 or many == int(many) else f"{many:.1f}"
    return f"{shown} {COUNTS.get(kind, f'{kind} tokens')}"


def token_split(tokens: Mapping[str, float]) -> dict[str, float]:
    """`image`, `text` and `generated` tokens, where the counts tell the image's share; else `prompt` as a whole."""
    found: dict[str, float] = {}
    if "prompt" in tokens:
        image = tokens.get("image")
        found |= {"prompt": tokens["prompt"]} if image is None else {"image": image, "text": tokens["prompt"] - image}
    if "completion" in tokens:
        found["generated"] = tokens["completion"]
    return found


def mean_counts(usages: Iterable[Mapping[str, int]]) -> dict[str, float]:
    """The mean of each kind over the usages that name it."""
    known = list(usages)
    kinds = dict.fromkeys(kind for usage in known for kind in usage)
    return {kind: statistics.fmean(usage[kind] for usage in known if kind in usage) for kind in kinds}


def total_counts(usages: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """The sum of each kind."""
    total: Counter[str] = Counter()
    for usage in usages:
        total.update(usage)
    return dict(total)


def total_stages(timings: Iterable[Mapping[str, float]]) -> dict[str, float]:
    """Seconds by part over all timings, in the order of `STAGES`, others after them."""
    total: dict[str, float] = {}
    for timing in timings:
        for name, seconds in timing.items():
            total[name] = total.get(name, 0.0) + seconds
    order = {name: place for place, name in enumerate(STAGES)}
    return {name: total[name] for name in sorted(total, key=lambda name: order.get(name, len(order)))}


def mean_stages(timings: Iterable[Mapping[str, float]]) -> tuple[dict[str, float], int]:
    """Mean seconds by part over the timings that are not empty, and how many those are."""
    known = [timing for timing in timings if timing]
    return {name: seconds / len(known) for name, seconds in total_stages(known).items()}, len(known)
