"""The rows: can they be read, and can their own answers be said, in the room there is, for the highest reward?"""

from __future__ import annotations

import dataclasses
from typing import Any

from agentkit.errors import DataError
from rft.data.rows import GroundingRow, Row
from rft.doctor.case import Case, Unavailable
from rft.doctor.finding import Finding, fail, ok, warn

SLACK = 0.02
"""Rewards that fall with distance lose a little to the rounding of coordinates."""
LARGE = 0.9
"""A box of more than this share of the screen makes nearly every click right."""


def rows(case: Case) -> Finding:
    """Whether every row can be read, pictures included."""
    try:
        found = case.row_set
    except Unavailable as gone:
        return fail(str(gone.error), "rows that rft.data.rows describes", "correct the file, or check --data")
    total = len(found.rows) + len(found.faults)
    if not found.faults:
        return ok(f"{total} rows")
    shown = f"{len(found.faults)} of {total} rows cannot be read, such as {found.faults[0]}"
    if case.config.skip_bad and len(found.faults) < total / 4:
        return warn(shown, "none", "they are left out, as skip_bad says")
    return fail(shown, "none", "correct them, or --skip-bad to leave a few out")


def boxes(case: Case) -> Finding:
    """Whether boxes lie in their pictures and mark a part of them."""
    outside = [fault for fault in case.row_set.faults if "'box' must be" in fault]
    if outside:
        return fail(
            f"{len(outside)} boxes are outside their pictures or turned inside out, such as {outside[0]}",
            "[x1, y1, x2, y2], fractions of the screenshot", "divide pixels by width and height; turn xywh into xyxy",
        )  # fmt: skip
    known = [row for row in case.rows if isinstance(row, GroundingRow) and row.box is not None]
    areas = [(row, (row.box.x2 - row.box.x1) * (row.box.y2 - row.box.y1)) for row in known if row.box is not None]
    if empty := [row for row, area in areas if area == 0]:
        return fail(
            f"{len(empty)} boxes have no area, the first in row {empty[0].number}", "boxes a click can land in",
            "remove or correct those rows",
        )  # fmt: skip
    large = [row for row, area in areas if area > LARGE]
    if len(large) * 20 > len(known) > 0:
        return warn(
            f"{len(large)} of {len(known)} boxes cover over {LARGE:.0%} of the screen, such as row {large[0].number}",
            "targets that can be missed", "remove those rows: any click earns their reward",
        )  # fmt: skip
    return ok(f"{len(known)} boxes inside their pictures")


def gold_reward(case: Case) -> Finding:
    """Whether each row's own answer, in the protocol's words, earns the highest reward: else it cannot be learned."""
    examples = case.examples
    lost: list[tuple[Row, str]] = []
    best: dict[str, float] = {}
    totals: list[tuple[Row, str, float]] = []
    for row in examples.rows:
        try:
            text = examples.gold_reply(row)
            reply, terms = case.score(row, text)
        except (DataError, ValueError) as error:
            return fail(
                f"row {row.number}: {error}",
                f"rows that {case.protocol.name} can say and {case.reward.name} can score",
                "choose the protocol and reward for this kind of row, or remove it",
            )  # fmt: skip
        kind = _kind(reply.action)
        if not terms["correct"]:
            lost.append((row, f"{text[:60]!r} counts as wrong"))
        elif terms.get("format", 1.0) < 1:
            lost.append((row, f"{text[:60]!r} counts as badly formed"))
        best[kind] = max(best.get(kind, terms["total"]), terms["total"])
        totals.append((row, kind, terms["total"]))
    known = {row.number for row, _ in lost}
    for row, kind, total in totals:
        if total < best[kind] - SLACK * abs(best[kind]) and row.number not in known:
            lost.append((row, f"earns {total:g}, other {kind} rows {best[kind]:g}"))
    shown = f"the answers of {len(lost)} of {len(totals)} rows earn less than the highest reward"
    if not lost:
        top = ", ".join(f"{kind} {total:g}" for kind, total in sorted(best.items()))
        return ok(f"every row's own answer earns the highest reward ({top})")
    shown += f", such as row {lost[0][0].number}: {lost[0][1]}"
    report = fail if len(lost) * 20 > len(totals) else warn
    return report(shown, "none", "remove those rows; a target smaller than a pixel of the resized picture is one cause")


def _kind(action: Any) -> str:
    """The action's type, and which of its parts are given: a scroll without places earns less than one with them."""
    lacking = [field.name for field in dataclasses.fields(action) if getattr(action, field.name) is None]
    return type(action).__name__ + (f" without {' and '.join(lacking)}" if lacking else "")


def reply_length(case: Case) -> Finding:
    """Whether the longest answer fits into max_new_tokens, with the token that ends it."""
    tokenizer, limit = case.processor.tokenizer, case.config.max_new_tokens
    lengths = {}
    for row in case.examples.rows:
        try:
            text = case.examples.gold_reply(row)
        except DataError:
            continue
        lengths[row.number] = len(tokenizer(text, add_special_tokens=False)["input_ids"]) + 1
    if not lengths:
        return fail("no row has an answer in this protocol", "rows of its kind", "see gold_reward")
    number, longest = max(lengths.items(), key=lambda item: item[1])
    over = sum(length > limit for length in lengths.values())
    if over:
        return fail(
            f"{over} of {len(lengths)} answers are longer than max_new_tokens={limit}; row {number} needs {longest}",
            "room for every answer: one that is cut is scored as it stands", f"--max-new-tokens {longest * 5 // 4}",
        )  # fmt: skip
    return ok(f"the longest answer is {longest} of {limit} tokens")
