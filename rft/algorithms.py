"""Named variants of GRPO: what each paper sets. A run may override every one of them.

Loss, importance ratio, clipping and masking are TRL's; what it lacks is here (advantages in `rft.advantage`, dynamic
sampling in `rft.drawing`). With one optimizer pass per batch of replies every importance ratio is 1, so clipping and
the level of the ratio matter only with `iterations` above 1.
"""

from __future__ import annotations

import textwrap
from dataclasses import dataclass, fields
from typing import Literal, TypeAlias

AlgorithmName: TypeAlias = Literal["grpo", "dapo", "dr_grpo", "gspo", "rloo"]
Scale: TypeAlias = Literal["group", "batch", "none"]
AdvantageName: TypeAlias = Literal["group", "leave_one_out", "ui_s1"]
Importance: TypeAlias = Literal["token", "sequence"]


@dataclass(frozen=True, kw_only=True)
class Algorithm:
    """Settings of `rft.configs.TrainConfig` by name, and where they come from."""

    source: str
    note: str
    """What the name alone does not say."""
    loss: str
    importance: Importance = "token"
    advantage: AdvantageName = "group"
    scale_rewards: Scale = "group"
    epsilon_low: float = 0.2
    epsilon_high: float = 0.2
    beta: float = 0.0
    mask_truncated: bool = False
    dynamic_sampling: bool = False


ALGORITHMS: dict[AlgorithmName, Algorithm] = {
    "grpo": Algorithm(
        source="arXiv 2402.03300",
        note="each reply counts once, whatever its length; KL to the starting model. The paper names no clip range.",
        loss="grpo",
        beta=0.04,
    ),
    "dapo": Algorithm(
        source="arXiv 2503.14476",
        note="clip-higher, every token counts once, cut replies are left out, dead groups are drawn again; the paper's "
        "penalty on long replies belongs to a reward and is not set.",
        loss="dapo",
        epsilon_high=0.28,
        mask_truncated=True,
        dynamic_sampling=True,
    ),
    "dr_grpo": Algorithm(
        source="arXiv 2503.20783",
        note="divides by a constant instead of by lengths and deviations, which favour short and easy.",
        loss="dr_grpo",
        scale_rewards="none",
    ),
    "gspo": Algorithm(
        source="arXiv 2507.18071",
        note="one importance ratio per reply, the geometric mean over its tokens, hence the narrow clip range.",
        loss="grpo",
        importance="sequence",
        epsilon_low=3e-4,
        epsilon_high=4e-4,
    ),
    "rloo": Algorithm(
        source="arXiv 2402.14740",
        note="REINFORCE on whole replies; the baseline is the mean of the others. The paper's KL is part of the reward "
        "and tuned per task; with beta it is a penalty in the loss, the same gradient in expectation for one token.",
        loss="luspo",
        importance="sequence",
        advantage="leave_one_out",
        scale_rewards="none",
    ),
}
SETTINGS = tuple(field.name for field in fields(Algorithm) if field.name not in ("source", "note"))
"""Settings that an algorithm decides unless the run does, named as in `TrainConfig`."""


def described(width: int = 100) -> str:
    """What each algorithm sets, as text for `--help`."""
    out = ["what --algorithm sets (each can be overridden by the flag of that name):"]
    for name, algorithm in ALGORITHMS.items():
        out.append(f"  {name} ({algorithm.source})")
        out += textwrap.wrap(algorithm.note, width, initial_indent=" " * 6, subsequent_indent=" " * 6)
        values = ", ".join(f"{field} {getattr(algorithm, field)}" for field in SETTINGS)
        out += textwrap.wrap(values, width, initial_indent=" " * 6, subsequent_indent=" " * 6)
    return "\n".join(out)


def markdown() -> str:
    """The same as a table for the documentation."""
    head = "| | " + " | ".join(f"`{name}`" for name in ALGORITHMS) + " |"
    rows = [head, "|---" * (len(ALGORITHMS) + 1) + "|"]
    rows.append("| paper | " + " | ".join(a.source for a in ALGORITHMS.values()) + " |")
    for field in SETTINGS:
        flag = "--" + field.replace("_", "-")
        values = " | ".join(_word(getattr(a, field)) for a in ALGORITHMS.values())
        rows.append(f"| `{flag}` | {values} |")
    return "\n".join(rows)


def _word(value: object) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
