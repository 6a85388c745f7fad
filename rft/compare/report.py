"""A comparison as a table for the terminal and as one HTML page."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from agentkit.report import Report, Shot
from agentkit.report.markup import tag
from rft.compare.answers import row_key
from rft.compare.charts import heat_map, histogram_rows
from rft.compare.ranks import Floats
from rft.compare.table import Comparison, Dispute
from rft.data.rows import GroundingRow

_PICTURES = 6
"""Disputes that are shown as pictures, at most."""
_COLUMNS = ("reward", "replies", "range", "mean", "std", "values", "correct %", "rows with signal %")


def table_rows(facts: Mapping[str, Any]) -> list[tuple[str, ...]]:
    """One row per reward, as `_COLUMNS`; `facts` is `table.to_json`."""
    return [
        (
            name,
            str(row["replies"]),
            "{:g}..{:g}".format(*row["bounds"]),
            f"{row['mean']:.3f}",
            f"{row['std']:.3f}",
            str(row["values"]),
            f"{100 * row['correct']:.1f}",
            "·" if row["share_of_rows_with_signal"] is None else f"{100 * row['share_of_rows_with_signal']:.1f}",
        )
        for name, row in facts["rewards"].items()
    ]


def as_text(found: Comparison, facts: Mapping[str, Any]) -> str:
    """What the terminal shows: the table, the agreement, the worst disputes, and who was left out."""
    lines = [_aligned([_COLUMNS, *table_rows(facts)]), ""]
    several = facts["rows"]["with_several_replies"] > 0
    title = "Kendall's tau-b, mean over rows" if several else "Spearman's rank correlation over all replies"
    values = found.kendall if several else found.spearman
    cells = [[name, *map(_number, row)] for name, row in zip(found.names, values, strict=True)]
    lines += [f"{title}:", _aligned([["", *found.names], *cells]), ""]
    for dispute in found.disputes[:5]:
        lines.append(f"{dispute.rewards[0]} against {dispute.rewards[1]}, gap {dispute.gap:.2f}:")
        lines += [f"  {line}" for line in _told(found, dispute)]
    lines += [f"left out: {name} ({reason})" for name, reason in found.left_out.items()]
    return "\n".join(lines)


def report(found: Comparison, facts: Mapping[str, Any]) -> Report:
    """The page: scores, distributions, both heat maps, the worst disputes with pictures, who was left out and why."""
    rows = facts["rows"]
    several = rows["with_several_replies"]
    title = f"{facts['replies']} replies under {len(found.columns)} rewards"
    subtitle = f"{rows['answered']} of {rows['given']} rows answered, {several} of them more than once"
    page = Report(title, subtitle, facts["settings"])
    page.add_table(
        "Scores", _COLUMNS, table_rows(facts),
        lead="values: how many different totals occur. Rows with signal: of the rows with several replies, those whose "
        "replies the reward does not all score alike; GRPO learns from these only.",
    )  # fmt: skip
    page.add_parts(
        "Distribution of the totals",
        histogram_rows([(n, tuple(r["bounds"]), r["histogram"], r["mean"]) for n, r in facts["rewards"].items()]),
        lead="Each over its whole range; the line is the mean.",
    )
    if several:
        notes = [[f"{n} rows" for n in row] for row in found.common.tolist()]
        page.add_parts(
            "Agreement within rows", heat_map(found.names, found.kendall, notes),
            lead="Kendall's tau-b between two rewards' rankings of the replies to one row, averaged over the rows "
            "whose replies both tell apart. This is what reinforcement within groups sees.",
        )  # fmt: skip
    page.add_parts(
        "Agreement over all replies", heat_map(found.names, found.spearman, _notes(found.spearman)),
        lead="Spearman's rank correlation.",
    )  # fmt: skip
    _add_disputes(page, found)
    partly = {column.label: column.why_not for column in found.columns if column.why_not}
    reasons = [f"{name}: {reason}" for name, reason in found.left_out.items()]
    reasons += [f"{name}: {reason} ({n} rows)" for name, why in partly.items() for reason, n in why.items()]
    if reasons:
        page.add_text("Rewards that do not apply", *reasons)
    return page


def _add_disputes(page: Report, found: Comparison) -> None:
    if not found.disputes:
        page.add_text("Disputes", "No two replies are ranked differently by any two rewards.")
        return
    head = tag(
        "tr",
        *(tag("th", name) for name in ("rewards", "gap", "reply that the first ranks higher", "that the second does")),
    )
    body = []
    for dispute in found.disputes:
        preferred = [tag("td", line) for line in _told(found, dispute)]
        names = tag("th", " / ".join(dispute.rewards))
        body.append(tag("tr", names, tag("td", f"{dispute.gap:.2f}"), *preferred))
    whole = tag("div", tag("table", tag("thead", head), tag("tbody", *body)), class_="scroll")
    page.add_parts(
        "Where they disagree most", whole,
        lead="For each pair of rewards the two replies to one row (to any rows, where none has several) whose ranks "
        "they put farthest apart. The gap is in ranks as fractions: 1 means that one sees the whole field between two "
        "replies that are equal to the other, or half of it in either direction.",
    )  # fmt: skip
    shots: list[Shot] = []
    seen: set[int] = set()
    for dispute in found.disputes:
        if len(shots) < 2 * _PICTURES and not seen & set(dispute.answers):
            seen.update(dispute.answers)
            shots += _shots(found, dispute)
    if shots:
        page.add_gallery("In pictures", shots, lead="Each reply once.")


def _shots(found: Comparison, dispute: Dispute) -> list[Shot]:
    shots = []
    for i, line in zip(dispute.answers, _told(found, dispute), strict=True):
        answer = found.answers[i]
        row = found.rows[answer.row]
        if row.image is None:
            continue
        title, target = (row.instruction, row.box) if isinstance(row, GroundingRow) else (row.goal, None)
        tags = tuple(f"{name} {_total(found, name, i)}" for name in dispute.rewards)
        shots.append(Shot(row.image, title, target, answer.reply.action, note=line, tags=tags))
    return shots


def _told(found: Comparison, dispute: Dispute) -> list[str]:
    """Both replies, each with its totals under the two rewards."""
    lines = []
    for i in dispute.answers:
        answer = found.answers[i]
        totals = ", ".join(f"{name} {_total(found, name, i)}" for name in dispute.rewards)
        said = answer.text or str(answer.reply.action)
        lines.append(f"row {row_key(found.rows[answer.row])}: {said[:160]!r}: {totals}")
    return lines


def _total(found: Comparison, name: str, i: int) -> str:
    return f"{found.columns[found.names.index(name)].totals[i]:.3f}"


def _notes(values: Floats) -> list[list[str]]:
    return [["no spread" if math.isnan(value) else f"{value:.4f}" for value in row] for row in values]


def _number(value: float) -> str:
    return "·" if math.isnan(value) else f"{value:.2f}"


def _aligned(rows: Sequence[Sequence[str]]) -> str:
    """Columns of equal width, the first to the left and the others to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = []
    for name, *cells in rows:
        right = (cell.rjust(width) for cell, width in zip(cells, widths[1:], strict=True))
        lines.append("  ".join((name.ljust(widths[0]), *right)))
    return "\n".join(lines)
