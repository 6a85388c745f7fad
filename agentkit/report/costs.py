"""The cost card: tokens, seconds and their parts, device time, memory, and the machine that all of it is true for."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from agentkit.report.bars import stacked
from agentkit.report.markup import Markup, join, tag
from agentkit.report.tiles import heading, seconds, size, tile, tiles
from agentkit.scoring import STAGES, EpisodeCard, GroundingCard, ScoreCard, token_split

STAGE_COLOR = {
    "encode": "var(--s5)",
    "vision": "var(--s1)",
    "prefill": "var(--s3)",
    "decode": "var(--s2)",
    "request": "var(--s1)",
    "wait": "var(--warn)",
}
KNOWN = frozenset({"prompt", "image", "completion", "screens", "passes", "passes_unused"})
"""Counts that have a place of their own on the card."""
TOKEN_COLOR = {"image": "var(--s1)", "text": "var(--s3)", "prompt": "var(--s3)", "generated": "var(--s2)"}


@dataclass(frozen=True, slots=True)
class StepCost:
    """What one step (one sample of a still suite) takes."""

    unit: str
    """"step" or "sample"."""
    seconds: float
    """Policy time; nan when unknown."""
    average: str
    """Which average `seconds` is."""
    measured: int
    """How many steps or samples carried a time; 0 when unknown."""
    counts: Mapping[str, float] = field(default_factory=dict)
    """Means of what `Reply.usage` counts."""
    stages: Mapping[str, float] = field(default_factory=dict)
    """Mean seconds by part."""
    device: float = math.nan
    """Seconds in the environment."""


def step_cost(card: ScoreCard) -> StepCost:
    """The cost that a score card holds."""
    if isinstance(card, GroundingCard):
        cost = card.cost
        return StepCost("sample", cost.seconds, "median", cost.measured, cost.tokens, cost.stages)
    assert isinstance(card, EpisodeCard)
    steps = sum(result.steps for result in card.results)
    counts, stages = card.tokens_step, card.stages_step
    return StepCost("step", card.seconds_step, "mean", steps, counts, stages, card.device_step)


def cost_section(cost: StepCost, facts: Mapping[str, Any]) -> Markup:
    """`facts` is the `cost` block of results.json: `machine`, `memory`, `model`, `batch`; each may be missing."""
    memory, model = _mapping(facts, "memory"), _mapping(facts, "model")
    shown = []
    if math.isfinite(cost.seconds):
        how = f"{cost.average} of {cost.measured:,} {cost.unit}s"
        shown.append(tile(seconds(cost.seconds), f"policy time per {cost.unit}", how, main=True))
    if math.isfinite(cost.device):
        shown.append(tile(seconds(cost.device), f"device time per {cost.unit}", "resets included"))
    if "passes" in cost.counts:
        unused = cost.counts.get("passes_unused", 0.0)
        detail = f"mean; {_amount(unused)} without use" if unused else "mean"
        shown.append(tile(_amount(cost.counts["passes"]), f"model passes per {cost.unit}", detail))
    if "screens" in cost.counts:
        shown.append(tile(_amount(cost.counts["screens"]), f"screenshots per {cost.unit}", "read by the model, mean"))
    for key, name in (("rss_bytes", "peak memory (RSS)"), ("gpu_bytes", "peak GPU memory")):
        if isinstance(memory.get(key), int):
            shown.append(tile(size(memory[key]), name, "of tensors" if key == "gpu_bytes" else "of the process"))
    if isinstance(model.get("parameters"), int):
        weights = f"{size(model['bytes'])} of weights, {model.get('dtype', '')}" if "bytes" in model else ""
        shown.append(tile(_many(model["parameters"]), "parameters", weights.rstrip(", ")))
    parts: list[Markup] = [tiles(*shown)] if shown else []
    if cost.stages:
        shares = [(STAGES.get(n, n), s, STAGE_COLOR.get(n, "var(--s4)")) for n, s in cost.stages.items()]
        parts += [heading(f"Where the time of a {cost.unit} goes (mean)"), stacked(shares, seconds)]
    tokens = token_split(cost.counts)
    if tokens:
        shares = [(name, count, TOKEN_COLOR[name]) for name, count in tokens.items()]
        parts += [heading(f"Tokens per {cost.unit} (mean)"), stacked(shares)]
    others = {kind: n for kind, n in cost.counts.items() if kind not in KNOWN}
    if others:
        words = ", ".join(f"{n:,.0f} {kind}" for kind, n in others.items())
        parts.append(tag("p", f"Also counted per {cost.unit}: {words} tokens.", class_="muted"))
    if not parts:
        parts.append(tag("p", "Nothing was measured.", class_="muted"))
    return join(*parts, _notes(facts))


def machine_words(machine: Mapping[str, Any]) -> str:
    """`NVIDIA H100 (80 GiB) · AMD EPYC, 2 cores, 16 GiB`, as far as it is known."""
    found = []
    if gpu := machine.get("gpu"):
        memory = machine.get("gpu_memory_bytes")
        found.append(f"{gpu} ({size(memory)})" if isinstance(memory, int) else str(gpu))
    if cpu := machine.get("cpu"):
        words = [str(cpu), f"{machine['cores']} cores" if "cores" in machine else ""]
        words.append(f"{machine['threads']} in use" if "threads" in machine else "")
        words.append(size(machine["memory_bytes"]) if isinstance(machine.get("memory_bytes"), int) else "")
        found.append(", ".join(word for word in words if word))
    return " · ".join(found)


def _notes(facts: Mapping[str, Any]) -> Markup | None:
    lines = []
    if machine := machine_words(_mapping(facts, "machine")):
        lines.append(f"Hardware: {machine}.")
    if model := _mapping(facts, "model"):
        known = [f"{name} {model[name]}" for name in ("device", "dtype", "attention") if name in model]
        lines += [f"Model: {', '.join(known)}."] if known else []
    batch = facts.get("batch")
    if isinstance(batch, int) and batch > 1:
        lines.append(f"Asked in batches of up to {batch}: the seconds are those of a batch divided by its size.")
    if "memory" in facts:
        lines.append("Peaks are those of the process that asked last.")
    return tag("ul", *(tag("li", line) for line in lines), class_="notes") if lines else None


def _mapping(facts: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = facts.get(name)
    return value if isinstance(value, Mapping) else {}


def _amount(value: float) -> str:
    return f"{value:.0f}" if value == int(value) else f"{value:.2f}"


def _many(count: int) -> str:
    for power, letter in ((9, "B"), (6, "M"), (3, "k")):
        if count >= 10**power:
            return f"{count / 10**power:.3g} {letter}"
    return str(count)
