"""Score answers to recorded steps under every published rule at once: one pass, one column of numbers per rule.

Each step is judged behind its recorded past, whatever was answered before. An answer that is malformed, refused or
missing is wrong under every rule and counted by name; nothing is read into it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from agentkit.actions import Malformed, Parsed, Refusal, action_name
from agentkit.errors import DataError
from agentkit.recorded.elements import RecordedStep
from agentkit.scoring.clusters import TraceBootstrap
from agentkit.scoring.grounding import Prediction, cost_of
from agentkit.scoring.intervals import Rate
from agentkit.scoring.navigation.card import ActionRow, NavigationCard, RuleCard
from agentkit.scoring.navigation.rule import MISS, Match, Rule, touch_of
from agentkit.scoring.store import prediction_of

Answered = tuple[RecordedStep, Prediction | None]
"""A step, and what was answered; None when nothing was."""


def score_navigation(
    answered: Iterable[Answered],
    rules: Sequence[Rule],
    excluded: Mapping[str, int] | None = None,
    notes: Sequence[str] = (),
    seed: int = 0,
) -> NavigationCard:
    """The card of answered steps; they are taken one by one, so that outlines need not stay in memory.

    `excluded` (traces of the split that could not be read, by reason) is read at the end: a reader may still fill it
    while the steps come. DataError on two steps with one id, or an answer to another step.
    """
    tallies = [_Tally(rule) for rule in rules]
    seen: set[str] = set()
    traces: set[str] = set()
    answers: list[Prediction] = []
    missing: list[str] = []
    for step, answer in answered:
        if step.id in seen:
            raise DataError(f"two steps share the id {step.id!r}; ids must be unique")
        if answer is not None and answer.id != step.id:
            raise DataError(f"step {step.id!r} cannot be judged by the answer to {answer.id!r}")
        seen.add(step.id)
        traces.add(step.trace)
        missing += [step.id] if answer is None else []
        answers += [] if answer is None else [answer]
        for tally in tallies:
            tally.add(step, answer)
    return NavigationCard(
        rules={tally.rule.name: tally.card(seed) for tally in tallies},
        steps=len(seen),
        traces=len(traces),
        malformed=Rate(sum(isinstance(answer.answer, Malformed) for answer in answers), len(answers)),
        refused=Rate(sum(isinstance(answer.answer, Refusal) for answer in answers), len(answers)),
        missing=tuple(missing),
        excluded=dict(excluded or {}),
        cost=cost_of(answers),
        seed=seed,
        notes=tuple(notes),
    )


def answered_by(
    steps: Iterable[RecordedStep],
    rows: Iterable[Mapping[str, Any]],
    parse: Callable[[RecordedStep, str], Parsed] | None = None,
) -> Iterator[Answered]:
    """Each step with its row of a predictions file (`agentkit.scoring.store`); `parse` reads rows that hold only text.

    DataError for an unreadable row, for two rows with one id, and, after the last step, for rows that name no step.
    """
    by_id: dict[Any, Mapping[str, Any]] = {}
    for row in rows:
        key = row.get("id")
        if not isinstance(key, str) or key in by_id:
            fault = "two predictions share the id" if isinstance(key, str) else "a prediction needs a string `id`, got"
            raise DataError(f"{fault} {key!r}")
        by_id[key] = row
    for step in steps:
        read = None if parse is None else partial(_parsed, parse, step)
        yield step, prediction_of(by_id.pop(step.id), read) if step.id in by_id else None
    if by_id:
        raise DataError(f"{len(by_id)} predictions name no step of this suite, e.g. {sorted(by_id)[:3]}")


def _parsed(parse: Callable[[RecordedStep, str], Parsed], step: RecordedStep, key: str, text: str) -> Parsed:
    return parse(step, text)


def judge_step(rule: Rule, step: RecordedStep, answer: Prediction | None) -> Match:
    """`rule`'s verdict, where malformed, refused and missing answers meet nothing."""
    if answer is None or isinstance(answer.answer, (Malformed, Refusal)):
        return MISS
    return rule.judge(step, answer.answer)


class _Tally:
    """The verdicts of one rule."""

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        self._verdicts: list[tuple[str, str, bool, Match]] = []
        """Trace, recorded action, whether it touches a place, verdict."""
        self._dropped: Counter[str] = Counter()
        self._dropped_from: set[str] = set()
        self._by_id: dict[str, bool] = {}

    def add(self, step: RecordedStep, answer: Prediction | None) -> None:
        if reason := self.rule.drops(step):
            self._dropped[reason] += 1
            self._dropped_from.add(step.trace)
            return
        verdict = judge_step(self.rule, step, answer)
        self._verdicts.append((step.trace, action_name(step.action), touch_of(step.action) is not None, verdict))
        self._by_id[step.id] = verdict.exact

    def card(self, seed: int) -> RuleCard:
        traces = {trace: place for place, trace in enumerate(dict.fromkeys(v[0] for v in self._verdicts))}
        actions = [name for name, _ in Counter(v[1] for v in self._verdicts).most_common()]
        # Columns: steps, types, touches, then for each action its types and its steps.
        column = {name: 3 + 2 * place for place, name in enumerate(actions)}
        hits = np.zeros((len(traces), 3 + 2 * len(actions)))
        totals = np.zeros_like(hits)
        for trace, name, touches, verdict in self._verdicts:
            row = traces[trace]
            cells = [
                (0, verdict.exact),
                (1, verdict.type),
                (column[name], verdict.type),
                (column[name] + 1, verdict.exact),
            ]
            for place, hit in [*cells, (2, verdict.exact)] if touches else cells:
                hits[row, place] += hit
                totals[row, place] += 1
        sample = TraceBootstrap(hits, totals, seed)
        typed = [verdict.exact for _, _, touches, verdict in self._verdicts if touches and verdict.type]
        return RuleCard(
            title=self.rule.title,
            step=sample.rate(0),
            type=sample.rate(1),
            grounding=sample.rate(2),
            grounding_typed=Rate(sum(typed), len(typed)),
            traces=Rate(int((hits[:, 0] == totals[:, 0]).sum()), len(traces)),
            macro=sample.mean([place + 1 for place in column.values()]),
            actions={name: ActionRow(sample.rate(place), sample.rate(place + 1)) for name, place in column.items()},
            dropped=dict(self._dropped),
            dropped_traces=len(self._dropped_from - traces.keys()),
            by_id=self._by_id,
        )
