"""Which answers are shown as pictures: drawn at random, so that the choice cannot flatter."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from agentkit.report.comparison import Flip
from agentkit.report.pictures import Shot
from agentkit.scoring import GroundingCard, GroundingSample, NoTarget, Outcome, Prediction

if TYPE_CHECKING:
    from PIL.Image import Image

ORDER = (
    Outcome.MISS,
    Outcome.POINTED,
    Outcome.REFUSED,
    Outcome.MALFORMED,
    Outcome.OTHER_ACTION,
    Outcome.HIT,
    Outcome.RIGHT_REFUSAL,
)
"""Failures first. A sample without a prediction has nothing to show."""


def grounding_shots(
    samples: Sequence[GroundingSample],
    predictions: Iterable[Prediction],
    card: GroundingCard,
    limit: int = 12,
    wrong: bool = True,
    seed: int = 0,
    pictures: Mapping[str, Image] | None = None,
) -> list[Shot]:
    """Up to `limit` wrong (or right) answers as shots.

    `pictures` gives the screenshots by sample id where they are not files.
    """
    answers = {prediction.id: prediction for prediction in predictions}
    chosen = [s for s in samples if card.by_id[s.id].right != wrong and card.by_id[s.id] is not Outcome.MISSING]
    chosen = random.Random(seed).sample(chosen, min(limit, len(chosen)))
    return [_shot(sample, answers[sample.id], card.by_id[sample.id], pictures) for sample in chosen]


def outcome_shots(
    samples: Sequence[GroundingSample],
    predictions: Iterable[Prediction],
    card: GroundingCard,
    wrong: int = 24,
    right: int = 12,
    seed: int = 0,
    pictures: Mapping[str, Image] | None = None,
) -> tuple[list[Shot], dict[str, int]]:
    """Shots of every outcome, up to `wrong` of each kind of failure and `right` of each right one, failures first.

    Also the count that there is of each outcome shown.
    """
    answers = {prediction.id: prediction for prediction in predictions}
    shots: list[Shot] = []
    totals: dict[str, int] = {}
    for outcome in ORDER:
        found = [sample for sample in samples if card.by_id[sample.id] is outcome]
        if not found:
            continue
        totals[outcome.value] = len(found)
        many = min(right if outcome.right else wrong, len(found))
        chosen = random.Random(f"{seed}/{outcome.value}").sample(found, many)
        shots += [_shot(sample, answers[sample.id], outcome, pictures) for sample in chosen]
    return shots, totals


def flip_shots(
    flips: Sequence[Flip],
    samples: Sequence[GroundingSample],
    before: Iterable[Prediction],
    after: Iterable[Prediction],
    names: tuple[str, str],
    limit: int = 24,
    seed: int = 0,
) -> tuple[list[Shot], dict[str, int]]:
    """Up to `limit` of the lost and as many of the gained items, each with both answers drawn and both replies.

    Also the count that there is of either.
    """
    known = {sample.id: sample for sample in samples}
    old, new = ({answer.id: answer for answer in answers} for answers in (before, after))
    shots: list[Shot] = []
    totals: dict[str, int] = {}
    for gained, kind in ((False, "right → wrong"), (True, "wrong → right")):
        found = [flip for flip in flips if flip.gained is gained]
        if not found:
            continue
        totals[kind] = len(found)
        for flip in random.Random(f"{seed}/{kind}").sample(found, min(limit, len(found))):
            sample, said = known[flip.id], [answers.get(flip.id) for answers in (old, new)]
            first, second = said
            shots.append(
                Shot(
                    sample.image,
                    sample.instruction,
                    target=None if isinstance(sample.target, NoTarget) else sample.target,
                    answer=second.answer if second else None,
                    other=first.answer if first else None,
                    good=gained,
                    tags=(kind, *_flat(sample.groups.values())),
                    replies=tuple((name, one.text) for name, one in zip(names, said, strict=True) if one),
                )
            )
    return shots, totals


def _shot(
    sample: GroundingSample, prediction: Prediction, outcome: Outcome, pictures: Mapping[str, Image] | None
) -> Shot:
    return Shot(
        image=sample.image if pictures is None else pictures[sample.id],
        title=sample.instruction,
        target=None if isinstance(sample.target, NoTarget) else sample.target,
        answer=prediction.answer,
        good=outcome.right,
        tags=(outcome.value, *_flat(sample.groups.values())),
        replies=(("Reply", prediction.text),),
    )


def _flat(groups: Iterable[str | tuple[str, ...]]) -> Iterator[str]:
    for group in groups:
        yield from (group,) if isinstance(group, str) else group
