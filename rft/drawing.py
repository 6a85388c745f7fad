"""Mixin for a GRPO trainer: which prompts a step trains on, and what its replies are worth.

The trainer's own data loader only counts steps; rows come from a `PromptStream`, whose state a checkpoint keeps. With
dynamic sampling (DAPO, arXiv 2503.14476) replies are sampled and scored first, prompts that teach nothing are replaced
by others within a budget, and TRL then works on what was chosen, with the replies that were sampled.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from statistics import fmean
from typing import Any, TypeAlias

import torch
from accelerate.utils import gather_object

from agentkit.errors import ConfigError
from rft.advantage import Rule, get_rule
from rft.advantage.rules import GroupRule
from rft.configs import TrainConfig
from rft.examples import Examples
from rft.prompt_stream import PromptStream, Unit
from rft.scoring import Scored, Scorer
from rft.trace_units import trace_units

Reply: TypeAlias = tuple[list[int], list[float] | None, Scored | None]
"""Token ids, the sampler's log-probabilities where it tells them, and the score unless scoring failed."""


@dataclass(frozen=True)
class Drawn:
    """A unit of rows with the replies to each."""

    unit: Unit
    groups: list[list[Reply]]
    live: bool

    def first(self, rows: int) -> Drawn:
        return Drawn(self.unit[:rows], self.groups[:rows], self.live)


@dataclass(frozen=True)
class Drawing:
    """How rows are chosen. The same object on every process."""

    stream: PromptStream
    rule: Rule
    scorer: Scorer
    data: Any
    """The rows as `Examples.prompts` gives them."""
    dynamic: bool = False
    max_resamples: int = 0
    skip_dead: bool = False


def drawing_of(config: TrainConfig, examples: Examples, scorer: Scorer, seed: int, shuffle: bool) -> Drawing:
    """How a run draws. Raises ConfigError for an advantage that the rows cannot have, DataError for broken traces."""
    rule = get_rule(config.advantage, config.scale_rewards != "none", config.advantage_args)
    units = trace_units(examples.rows) if rule.whole_traces else [(row,) for row in range(len(examples.rows))]
    if rule.whole_traces and all(len(unit) == 1 for unit in units):
        raise ConfigError(
            f"advantage={config.advantage} compares the steps of traces, and no two rows belong to one; such rows "
            "have ids like 'trace/0', 'trace/1', as rft data rows writes them"
        )
    stream = PromptStream(units, seed, shuffle, config.skip_dead)
    return Drawing(
        stream, rule, scorer, examples.prompts(), config.dynamic_sampling, config.max_resamples, config.skip_dead > 0
    )


class DrawsPrompts:
    """`drawing` says how. Units of rows reach every process in the same order, replies are compared across them."""

    drawing: Drawing
    args: Any
    state: Any
    model: Any
    accelerator: Any
    processing_class: Any
    num_generations: Any
    _metrics: Any
    _logs: Any
    _tokenize_prompts: Callable[..., Any]
    _span: Callable[[str], AbstractContextManager[None]]
    _replay: list[Reply] | None = None

    def _generate_and_score_completions(self, inputs: Any) -> Any:
        if not self.model.training:
            return super()._generate_and_score_completions(inputs)  # type: ignore[misc]
        drawing, size = self.drawing, self.args.generation_batch_size // self.num_generations
        skipped = drawing.stream.skipped
        if drawing.dynamic:
            drawn = self._draw_live(size)
            rows = [row for some in drawn for row in some.unit]
            with self._replaying([reply for some in drawn for group in some.groups for reply in group]):
                scored = super()._generate_and_score_completions(self._load(rows))  # type: ignore[misc]
        else:
            units = drawing.stream.take(size)
            scored = super()._generate_and_score_completions(  # type: ignore[misc]
                self._load([row for unit in units for row in unit])
            )
            replies: list[Reply] = [([], None, result) for result in gather_object(drawing.scorer.last)]
            drawn = self._judge(units, replies)
        self._measure("live_groups", sum(len(some.unit) for some in drawn if some.live))
        if drawing.skip_dead:
            self._measure("rows_skipped", drawing.stream.skipped - skipped)
        self._credit(scored, drawn)
        return scored

    def _generate_single_turn(self, *args: Any, **kwargs: Any) -> Any:
        if self._replay is None:
            return super()._generate_single_turn(*args, **kwargs)  # type: ignore[misc]
        ids, log_probs = [reply[0] for reply in self._replay], [reply[1] for reply in self._replay]
        return ids, None if log_probs[0] is None else log_probs

    def _draw_live(self, size: int) -> list[Drawn]:
        """`size` rows with replies: live units first, dead ones where the budget or the data ended before enough."""
        drawing, world = self.drawing, self.accelerator.num_processes
        chosen: list[Drawn] = []
        spare: list[Drawn] = []
        seen: set[int] = set()
        rewards: list[float] = []
        right: list[float] = []
        for _ in range(1 + drawing.max_resamples):
            missing = size - sum(len(some.unit) for some in chosen)
            if not missing or len(seen) >= len(drawing.stream):
                break
            while missing * self.num_generations % world:
                missing += 1
            for some in self._sample(drawing.stream.take(missing, seen)):
                room = size - sum(len(one.unit) for one in chosen)
                seen.update(some.unit)
                (chosen if some.live and len(some.unit) <= room else spare).append(some)
                scores = [reply[2] for group in some.groups for reply in group if reply[2] is not None]
                rewards += [score["total"] for score in scores]
                right += [score["correct"] for score in scores]
        self._measure("draws", len(seen))
        if rewards:
            self._measure("drawn/reward", fmean(rewards))
            self._measure("drawn/accuracy", fmean(right))
        for some in sorted(spare, key=lambda some: not some.live):
            if room := size - sum(len(one.unit) for one in chosen):
                chosen.append(some.first(room))
        return chosen

    def _sample(self, units: Sequence[Unit]) -> list[Drawn]:
        """Sample and score a group for every row; each process does its share and learns of all."""
        inputs = self._load([row for unit in units for row in unit])
        prompts = [with_pictures(one["prompt"], one["images"]) for one in inputs]
        ids, log_probs = self._generate_single_turn(*self._tokenize_prompts(prompts), self.num_generations)
        texts = self.processing_class.batch_decode(ids, skip_special_tokens=True)
        with self._span("score"):
            scores = self.drawing.scorer.score([one["row"] for one in inputs], texts, self.state)
        mine = list(zip(ids, log_probs or [None] * len(ids), scores, strict=True))
        return self._judge(units, gather_object(mine))

    def _judge(self, units: Sequence[Unit], replies: Sequence[Reply]) -> list[Drawn]:
        """`replies` to all rows of `units`, row by row, as units; the stream is told."""
        out, at, size = [], 0, self.num_generations
        for unit in units:
            groups = [list(replies[start : start + size]) for start in range(at, at + len(unit) * size, size)]
            at += len(unit) * size
            live = self.drawing.rule.live(*outcomes(groups))
            success = [fmean(right) for right in outcomes(groups)[1]]
            self.drawing.stream.tell(unit, live, success)
            out.append(Drawn(unit, groups, live))
        return out

    def _credit(self, scored: Any, drawn: Sequence[Drawn]) -> None:
        """Replace TRL's advantages by those of the rule. Group advantages are TRL's, save that dead groups get zeros.

        TRL's have rounding errors there, which Adam would take for a direction while nothing else is learned.
        """
        theirs = scored["advantages"]
        if type(self.drawing.rule) is GroupRule:
            live = [some.live for some in drawn for group in some.groups for _ in group]
            scored["advantages"] = theirs * torch.tensor(self._share(live), device=theirs.device)
            return
        values = [value for some in drawn for group in self.drawing.rule.advantages(*outcomes(some.groups))
                  for value in group]  # fmt: skip
        self._logs["advantages"].extend(values)
        scored["advantages"] = torch.tensor(self._share(values), dtype=theirs.dtype, device=theirs.device)

    def _load(self, rows: Sequence[int]) -> list[dict[str, Any]]:
        """This process's part of `rows`, each as often as there are replies, as TRL takes them."""
        mine = self._share([row for row in rows for _ in range(self.num_generations)])
        columns = self.drawing.data[mine]
        return [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]

    def _share(self, values: list[Any]) -> list[Any]:
        size = len(values) // self.accelerator.num_processes
        return values[size * self.accelerator.process_index :][:size]

    @contextmanager
    def _replaying(self, replies: list[Reply]) -> Iterator[None]:
        """While entered, the sampler returns this process's part of `replies`, and so does the scorer."""
        self._replay = self._share(replies)
        try:
            with self.drawing.scorer.given([reply[2] for reply in self._replay]):
                yield
        finally:
            self._replay = None

    def _measure(self, name: str, value: float) -> None:
        self._metrics["train"][name].append(float(value))


def outcomes(groups: Sequence[Sequence[Reply]]) -> tuple[list[list[float | None]], list[list[bool]]]:
    """Rewards and matches of the replies, arranged as `groups`."""
    rewards = [[None if score is None else score["total"] for _, _, score in group] for group in groups]
    return rewards, [[score is not None and bool(score["correct"]) for _, _, score in group] for group in groups]


def with_pictures(messages: Sequence[dict[str, Any]], images: Sequence[Any]) -> list[dict[str, Any]]:
    """A chat of `Examples` with its pictures in their places."""
    left = iter(images)
    return [
        {**message, "content": [{**part, "image": next(left)} if part["type"] == "image" else part
                                for part in message["content"]]}
        for message in messages
    ]  # fmt: skip
