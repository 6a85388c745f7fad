"""A reward as the trainer calls it: replies in, numbers out; every term logged; a fault costs its row, not the run."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from agentkit.errors import ConfigError
from rft.data.rows import Row
from rft.examples import Examples
from rft.rewards import Reward

log = logging.getLogger(__name__)


def check_gold(reward: Reward, examples: Examples) -> None:
    """Let each row's own answer be scored. ConfigError when the reward cannot score such rows; else a warning at most.

    An answer that is not `correct` cannot be learned: a box smaller than a pixel of the resized screenshot, say.
    """
    lost = []
    for row in examples.rows:
        text = examples.gold_reply(row)
        try:
            correct = _score(reward, examples, row, text)["correct"]
        except ValueError as error:
            raise ConfigError(f"reward {reward.name} cannot score row {row.number}: {error}") from error
        if not correct:
            lost.append(row.number)
    if lost:
        log.warning("%d of %d rows cannot be answered right under %s, the first is row %d",
                    len(lost), len(examples.rows), examples.protocol.name, lost[0])  # fmt: skip


def reward_function(reward: Reward, examples: Examples) -> Callable[..., list[float | None]]:
    """A TRL reward function over the `row` column of `examples.prompts()`.

    Logs the mean of each term as `terms/NAME`, `accuracy` (share of `correct`) and `reward_faults`. A reply whose
    scoring raises gets None, which TRL leaves out of its group's baseline, and the first few faults are shown.
    """
    shown: set[str] = set()

    def score(
        completions: list[Any], row: list[int], log_metric: Callable[[str, float], None], **_: Any
    ) -> list[float | None]:
        totals: list[float | None] = []
        sums = dict.fromkeys((*reward.terms, "correct"), 0.0)
        for completion, index in zip(completions, row, strict=True):
            text = completion[0]["content"] if isinstance(completion, list) else completion
            try:
                source = examples.rows[index]
                result = _score(reward, examples, source, text)
            except Exception as error:
                totals.append(None)
                fault = f"{type(error).__name__}: {error}"
                if fault not in shown and len(shown) < 20:
                    shown.add(fault)
                    log.error("reward %s failed on row %d, reply %r: %s", reward.name, source.number, text[:200], fault)
                continue
            totals.append(result["total"])
            for name in sums:
                sums[name] += result[name]
        scored = sum(total is not None for total in totals)
        log_metric("reward_faults", float(len(totals) - scored))
        if scored:
            for name, total in sums.items():
                log_metric("accuracy" if name == "correct" else f"terms/{name}", total / scored)
        return totals

    score.__name__ = reward.name
    return score


def _score(reward: Reward, examples: Examples, row: Row, text: str) -> dict[str, float]:
    size = examples.model_size(row)
    return reward(examples.protocol.parse(text, size), text, replace(row.gold, model_size=size))
