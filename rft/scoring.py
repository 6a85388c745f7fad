"""A reward as the trainer calls it: replies in, numbers out; every term logged; a fault costs its row, not the run."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from statistics import fmean
from typing import Any, TypeAlias

from agentkit.errors import ConfigError
from rft.data.rows import Row
from rft.examples import Examples
from rft.rewards import Reward

log = logging.getLogger(__name__)

Scored: TypeAlias = Mapping[str, float]
"""The terms of a reward, `total` and `correct`."""
Keep: TypeAlias = Callable[[Sequence[tuple[Row, str, Scored]], Any], None]
"""Called with the (row, reply, terms) triples of a batch and the trainer's state."""


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


class Scorer:
    """A TRL reward function over the `row` column of `examples.prompts()`; `keep` is shown all that it scores.

    Logs the mean of each term as `terms/NAME`, `accuracy` (share of `correct`) and `reward_faults`. A reply whose
    scoring raises gets None, which TRL leaves out of its group's baseline, and the first few faults are shown.
    """

    def __init__(self, reward: Reward, examples: Examples, keep: Keep | None = None) -> None:
        self._reward, self._examples, self._keep = reward, examples, keep
        self._shown: set[str] = set()
        self._given: list[Scored | None] | None = None
        self.__name__ = reward.name
        self.last: list[Scored | None] = []
        """The scores of the last batch that the trainer asked for."""

    def score(self, rows: Sequence[int], texts: Sequence[str], state: Any = None) -> list[Scored | None]:
        """Terms, `total` and `correct` of each reply; None where scoring failed. `keep` gets the `state`."""
        out: list[Scored | None] = []
        kept: list[tuple[Row, str, Scored]] = []
        for index, text in zip(rows, texts, strict=True):
            row = self._examples.rows[index]
            try:
                result = _score(self._reward, self._examples, row, text)
            except Exception as error:
                out.append(None)
                fault = f"{type(error).__name__}: {error}"
                if fault not in self._shown and len(self._shown) < 20:
                    self._shown.add(fault)
                    log.error("reward %s failed on row %d, reply %r: %s",
                              self._reward.name, row.number, text[:200], fault)  # fmt: skip
                continue
            out.append(result)
            kept.append((row, text, result))
        if self._keep is not None:
            self._keep(kept, state)
        return out

    @contextmanager
    def given(self, scores: list[Scored | None]) -> Iterator[None]:
        """While entered, the trainer is told `scores` instead of having its replies scored."""
        self._given = scores
        try:
            yield
        finally:
            self._given = None

    def __call__(
        self,
        completions: list[Any],
        row: list[int],
        log_metric: Callable[[str, float], None],
        trainer_state: Any = None,
        **_: Any,
    ) -> list[float | None]:
        if self._given is None:
            texts = [one[0]["content"] if isinstance(one, list) else one for one in completions]
            self.last = self.score(row, texts, trainer_state)
        else:
            self.last = self._given
        scored = [one for one in self.last if one is not None]
        log_metric("reward_faults", float(len(self.last) - len(scored)))
        for name in (*self._reward.terms, "correct") if scored else ():
            log_metric("accuracy" if name == "correct" else f"terms/{name}", fmean(one[name] for one in scored))
        return [None if one is None else one["total"] for one in self.last]


def _score(reward: Reward, examples: Examples, row: Row, text: str) -> dict[str, float]:
    size = examples.model_size(row)
    return reward(examples.protocol.parse(text, size), text, replace(row.gold, model_size=size))
