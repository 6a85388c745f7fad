"""Ask a policy for several replies to every row, and keep them in the form that `rft.compare.answers` reads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from agentkit.codec import encode_action
from agentkit.errors import DataError, boundary
from agentkit.pool import BatchPolicy, Request
from agentkit.types import Observation, Policy, Reply, Step
from rft.compare.answers import row_key
from rft.data.rows import GroundingRow, Row


def sample(policy: Policy, rows: Sequence[Row], samples: int, batch: int) -> Iterator[dict[str, Any]]:
    """Lines of a replies file, `samples` per row, asked for `batch` at a time. Raises PolicyError or DataError.

    The replies to one row stand together. What the policy read its own text as goes along as `action`.
    """
    wanted = [row for row in rows for _ in range(samples)]
    for start in range(0, len(wanted), batch):
        some = wanted[start : start + batch]
        for row, reply in zip(some, _replies(policy, [_request(row) for row in some]), strict=True):
            yield {"id": row_key(row), "text": reply.text, "action": encode_action(reply.action)}


def _replies(policy: Policy, requests: Sequence[Request]) -> list[Reply]:
    if isinstance(policy, BatchPolicy):
        return list(policy.replies(requests))
    return [policy.reply(*request) for request in requests]


def _request(row: Row) -> Request:
    from PIL import Image

    if row.image is None:
        raise DataError(f"row {row_key(row)} has no screenshot to show to a policy")
    with boundary(DataError, f"row {row_key(row)}: cannot read {row.image}"), Image.open(row.image) as opened:
        seen = Observation(opened.convert("RGB"))
    if isinstance(row, GroundingRow):
        return row.instruction, (), seen
    # Rows keep the words of their past; past screenshots are stood in for by the current one, as in training.
    return row.goal, [Step(seen, Reply("", past.action, past.thought, past.conclusion)) for past in row.history], seen
