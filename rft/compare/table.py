"""Score replies under several rewards and say how far the rewards agree.

Reinforcement within groups (GRPO) learns from how a reward ranks the replies to one prompt, not from its scale. So
agreement is told twice: over all replies, and within rows, where it decides what is learned.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from agentkit.actions import Malformed
from agentkit.errors import DataError
from agentkit.protocols import ParsedReply
from rft.compare.answers import Answer, row_key
from rft.compare.ranks import TIE, Floats, kendall, ranks, spearman
from rft.data.rows import Row
from rft.rewards import Reward

BINS = 20
_SHOWN = 300
"""Characters of a reply that a report keeps."""


@dataclass(frozen=True, slots=True)
class Column:
    """The replies under one reward."""

    label: str
    """What to call it: the reward's name, and its constants where one reward is compared with itself."""
    reward: Reward
    totals: Floats
    """[replies]; nan where the reward is not defined on the row."""
    correct: Floats
    """[replies]; nan likewise."""
    why_not: dict[str, int]
    """Why some rows could not be scored, and how many."""

    @property
    def scored(self) -> np.ndarray:
        """[replies] of bool."""
        return ~np.isnan(self.totals)


@dataclass(frozen=True, slots=True)
class Dispute:
    """The two replies whose ranks two rewards put farthest apart, compared with each other."""

    rewards: tuple[str, str]
    answers: tuple[int, int]
    """Indices of the replies: the first is the one that the first reward prefers, compared with the second reward."""
    gap: float
    """Difference of the two rank differences, ranks being fractions of all replies; in (0, 2)."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What `compare` finds. `columns` are the rewards that apply to some row; the others are in `left_out`."""

    rows: tuple[Row, ...]
    answers: tuple[Answer, ...]
    columns: tuple[Column, ...]
    left_out: dict[str, str]
    """Reward to the reason, for those that apply to no row."""
    spearman: Floats
    """[rewards, rewards] over all replies that both score."""
    kendall: Floats
    """[rewards, rewards] mean of tau-b over the rows whose replies both rewards tell apart; nan without such rows."""
    common: np.ndarray
    """[rewards, rewards] how many rows that mean is over."""
    disputes: tuple[Dispute, ...]
    """The worst pair of replies for each pair of rewards, the largest gap first."""

    @property
    def names(self) -> list[str]:
        return [column.label for column in self.columns]


def compare(rows: Sequence[Row], answers: Sequence[Answer], rewards: Mapping[str, Reward]) -> Comparison:
    """Score `answers` under `rewards`, by label. DataError when none of them applies to any of the answered rows."""
    found = [_column(label, reward, rows, answers) for label, reward in rewards.items()]
    left_out = {c.label: "; ".join(c.why_not) for c in found if not c.scored.any()}
    columns = tuple(c for c in found if c.scored.any())
    if not columns:
        raise DataError(f"no reward applies to these rows: {'; '.join(left_out.values())}")
    groups = _groups(answers)
    count = len(columns)
    overall, within, common = np.eye(count), np.eye(count), np.zeros((count, count), dtype=int)
    for i, column in enumerate(columns):
        common[i, i] = len(_signal(column, groups))
    for i, j in itertools.combinations(range(count), 2):
        both = columns[i].scored & columns[j].scored
        a, b = columns[i].totals, columns[j].totals
        overall[i, j] = overall[j, i] = spearman(a[both], b[both])
        signal = set(_signal(columns[i], groups)) & set(_signal(columns[j], groups))
        taus = [kendall(a[groups[row]], b[groups[row]]) for row in sorted(signal)]
        within[i, j] = within[j, i] = float(np.mean(taus)) if taus else float("nan")
        common[i, j] = common[j, i] = len(taus)
    disputes = _disputes(columns, groups)
    return Comparison(tuple(rows), tuple(answers), columns, left_out, overall, within, common, disputes)


def to_json(found: Comparison, settings: dict[str, Any]) -> dict[str, Any]:
    """Everything but the replies themselves; nan becomes null."""
    groups = _groups(found.answers)
    several = [row for row, members in groups.items() if len(members) > 1]
    return {
        "version": 1,
        "settings": settings,
        "replies": len(found.answers),
        "rows": {"given": len(found.rows), "answered": len(groups), "with_several_replies": len(several)},
        "rewards": {column.label: _summary(column, groups, len(several)) for column in found.columns},
        "left_out": found.left_out,
        "names": found.names,
        "spearman": _matrix(found.spearman),
        "kendall_within_rows": _matrix(found.kendall),
        "rows_behind_kendall": found.common.tolist(),
        "disputes": [_dispute(found, dispute) for dispute in found.disputes],
    }


def _column(label: str, reward: Reward, rows: Sequence[Row], answers: Sequence[Answer]) -> Column:
    nothing = ParsedReply(Malformed("a trial"))
    why_not: dict[int, str] = {}
    totals, correct = np.full(len(answers), np.nan), np.full(len(answers), np.nan)
    for i, answer in enumerate(answers):
        if answer.row in why_not:
            continue
        gold = replace(rows[answer.row].gold, model_size=answer.model_size)
        try:
            reward(nothing, "", gold)
        except ValueError as error:
            why_not[answer.row] = str(error)
            continue
        scores = reward(answer.reply, answer.text, gold)
        totals[i], correct[i] = scores["total"], scores["correct"]
    return Column(label, reward, totals, correct, dict(Counter(why_not.values())))


def _groups(answers: Sequence[Answer]) -> dict[int, np.ndarray]:
    """Row to the indices of its replies."""
    groups: dict[int, list[int]] = {}
    for i, answer in enumerate(answers):
        groups.setdefault(answer.row, []).append(i)
    return {row: np.array(members) for row, members in groups.items()}


def _signal(column: Column, groups: dict[int, np.ndarray]) -> list[int]:
    """Rows whose replies the reward does not all score alike: those that GRPO learns from."""
    return [row for row, members in groups.items() if np.ptp(column.totals[members]) > TIE]


def _disputes(columns: Sequence[Column], groups: dict[int, np.ndarray]) -> tuple[Dispute, ...]:
    """Two replies to one row where any row has several, else any two replies."""
    sets = [members for members in groups.values() if len(members) > 1]
    sets = sets or [np.concatenate(list(groups.values()))]
    disputes = []
    for one, other in itertools.combinations(columns, 2):
        both = one.scored & other.scored
        lead = np.full(len(both), np.nan)
        lead[both] = ranks(one.totals[both]) - ranks(other.totals[both])
        worst: Dispute | None = None
        for members in sets:
            members = members[both[members]]
            if len(members) < 2:
                continue
            # The gap of two replies is the difference of their leads, so the extremes are the worst pair.
            high, low = int(members[np.argmax(lead[members])]), int(members[np.argmin(lead[members])])
            gap = float(lead[high] - lead[low])
            if gap > TIE and (worst is None or gap > worst.gap):
                worst = Dispute((one.label, other.label), (high, low), gap)
        if worst is not None:
            disputes.append(worst)
    return tuple(sorted(disputes, key=lambda dispute: -dispute.gap))


def _summary(column: Column, groups: dict[int, np.ndarray], several: int) -> dict[str, Any]:
    reward, scored = column.reward, column.scored
    totals = column.totals[scored]
    low, high = reward.bounds
    counts, _ = np.histogram(np.clip(totals, low, high), bins=BINS, range=(low, max(high, low + TIE)))
    return {
        "source": reward.source,
        "constants": dataclasses.asdict(reward),  # type: ignore[call-overload]
        "bounds": [low, high],
        "replies": int(scored.sum()),
        "why_not": column.why_not,
        "mean": float(totals.mean()),
        "std": float(totals.std()),
        "min": float(totals.min()),
        "max": float(totals.max()),
        "values": len(np.unique(np.round(totals / TIE))),
        "correct": float(np.nanmean(column.correct)),
        "share_of_rows_with_signal": len(_signal(column, groups)) / several if several else None,
        "histogram": counts.tolist(),
    }


def _dispute(found: Comparison, dispute: Dispute) -> dict[str, Any]:
    columns = {column.label: column for column in found.columns}
    replies = [
        {
            "row": row_key(found.rows[found.answers[i].row]),
            "text": found.answers[i].text[:_SHOWN],
            "totals": {name: float(columns[name].totals[i]) for name in dispute.rewards},
        }
        for i in dispute.answers
    ]
    return {"rewards": list(dispute.rewards), "gap": dispute.gap, "replies": replies}


def _matrix(values: Floats) -> list[list[float | None]]:
    return [[None if np.isnan(value) else float(value) for value in row] for row in values]
