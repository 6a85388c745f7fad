"""Score answers to "where is it?": point in box, border included, with every denominator in the open.

The rule is the one of the ScreenSpot family: the click, or the centre of an answered box, must lie inside the target.
A missing, malformed or refused answer is wrong and counted by name; a sample whose target is `NoTarget` is right only
if the model refused. A reply that does not parse is never a refusal (GUI-Owl's evaluator counts it as one), and never a
click at the origin (UI-Venus-1.0's evaluator makes it one).
"""

from __future__ import annotations

import math
import statistics
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, TypeAlias

from agentkit.actions import Box, Click, Malformed, Parsed, Point, Refusal
from agentkit.errors import DataError
from agentkit.scoring.cost import Cost, mean_counts, mean_stages
from agentkit.scoring.intervals import Estimate, Rate, macro_average


@dataclass(frozen=True, slots=True)
class Polygon:
    """A target outlined by its corners, as fractions, in order; closed by itself."""

    points: tuple[Point, ...]

    def __post_init__(self) -> None:
        if len(self.points) < 3:
            raise ValueError(f"Polygon needs at least 3 points, got {len(self.points)}")

    def contains(self, point: Point) -> bool:
        """Even-odd rule; the border counts as inside."""
        inside = False
        for a, b in zip(self.points, self.points[1:] + self.points[:1], strict=True):
            if _on_segment(point, a, b):
                return True
            if (a.y > point.y) != (b.y > point.y):
                inside ^= point.x < a.x + (point.y - a.y) / (b.y - a.y) * (b.x - a.x)
        return inside


@dataclass(frozen=True, slots=True)
class NoTarget:
    """The instruction does not fit the picture: the right answer is to refuse."""


Target: TypeAlias = Box | Polygon | NoTarget


@dataclass(frozen=True, slots=True)
class GroundingSample:
    """One question about one picture."""

    id: str
    image: str
    """Path of the screenshot."""
    instruction: str
    target: Target
    groups: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)
    """Names to split the score by: `platform`, `ui_type`, ...; a tuple where the groups of one grouping overlap."""
    size: tuple[int, int] | None = None
    """Width and height of the screenshot in pixels, where known without opening it."""


@dataclass(frozen=True, slots=True)
class Prediction:
    """One answer. `text` is what the model wrote, kept so that the parse can be repeated."""

    id: str
    answer: Parsed
    text: str = ""
    seconds: float = 0.0
    usage: Mapping[str, int] = field(default_factory=dict)
    """Counts as in `Reply.usage`, empty when unknown."""
    timing: Mapping[str, float] = field(default_factory=dict)
    """Parts of `seconds` as in `Reply.timing`, empty when unknown."""


class Outcome(Enum):
    HIT = "hit"
    MISS = "miss"
    """It pointed, but not into the target."""
    REFUSED = "refused"
    """It refused although there is a target."""
    RIGHT_REFUSAL = "right refusal"
    POINTED = "pointed"
    """It pointed although there is no target."""
    OTHER_ACTION = "other action"
    """A readable action that is no click."""
    MALFORMED = "malformed"
    MISSING = "missing"
    """No prediction for this sample."""

    @property
    def right(self) -> bool:
        return self in (Outcome.HIT, Outcome.RIGHT_REFUSAL)


@dataclass(frozen=True, slots=True)
class GroundingCard:
    """Everything a grounding run is judged by. `accuracy` is the micro average."""

    accuracy: Rate
    """Over all samples, those without a target included."""
    with_target: Rate
    """Over the samples that have a target. The two denominators differ where a suite asks for refusals, and published
    scores use either."""
    macro: Mapping[str, Estimate]
    """For each grouping the mean over its groups."""
    groups: Mapping[str, Mapping[str, Rate]]
    """grouping -> group -> rate."""
    cross: Mapping[str, Mapping[str, Rate]]
    """platform (or group) -> ui_type -> rate; empty when the samples lack either."""
    outcomes: Mapping[str, int]
    malformed: Rate
    refused: Rate
    refusal_precision: Rate
    """Right refusals among refusals."""
    refusal_recall: Rate
    """Right refusals among samples without a target."""
    distance: float
    """Median distance from click to target over samples with both, as a fraction of the screen; 0 is inside."""
    miss_distance: float
    """The same over misses only; nan without any."""
    missing: tuple[str, ...]
    by_id: Mapping[str, Outcome]
    cost: Cost
    seed: int = 0
    """Of the bootstrap."""


def score_grounding(
    samples: Sequence[GroundingSample], predictions: Iterable[Prediction], seed: int = 0
) -> GroundingCard:
    """The card of `predictions` over `samples`. DataError on duplicate ids and on predictions of unknown samples."""
    by_sample = _index(samples, "sample")
    by_prediction = _index(predictions, "prediction")
    unknown = sorted(by_prediction.keys() - by_sample.keys())
    if unknown:
        raise DataError(f"{len(unknown)} predictions name no sample of this suite, e.g. {unknown[:3]}")
    by_id = {key: judge(sample, by_prediction.get(key)) for key, sample in by_sample.items()}
    counts = Counter(by_id.values())
    total, refusals = len(by_id), counts[Outcome.REFUSED] + counts[Outcome.RIGHT_REFUSAL]
    without_target = sum(isinstance(sample.target, NoTarget) for sample in samples)
    names = dict.fromkeys(name for sample in samples for name in sample.groups)
    groups = {name: _rates(samples, by_id, name) for name in names}
    distances = {
        key: target_distance(by_prediction[key].answer.at, sample.target)
        for key, sample in by_sample.items()
        if key in by_prediction
        and isinstance(by_prediction[key].answer, Click)
        and not isinstance(sample.target, NoTarget)
    }
    return GroundingCard(
        accuracy=Rate(sum(outcome.right for outcome in by_id.values()), total),
        with_target=Rate(counts[Outcome.HIT], total - without_target),
        macro={name: macro_average(rates, seed) for name, rates in groups.items()},
        groups=groups,
        cross=_cross(samples, by_id),
        outcomes={outcome.value: counts[outcome] for outcome in Outcome if counts[outcome]},
        malformed=Rate(counts[Outcome.MALFORMED], total),
        refused=Rate(refusals, total),
        refusal_precision=Rate(counts[Outcome.RIGHT_REFUSAL], refusals),
        refusal_recall=Rate(counts[Outcome.RIGHT_REFUSAL], without_target),
        distance=statistics.median(distances.values()) if distances else math.nan,
        miss_distance=_median([d for key, d in distances.items() if by_id[key] is Outcome.MISS]),
        missing=tuple(key for key, outcome in by_id.items() if outcome is Outcome.MISSING),
        by_id=by_id,
        cost=cost_of(by_prediction.values()),
        seed=seed,
    )


def judge(sample: GroundingSample, prediction: Prediction | None) -> Outcome:
    """The outcome of one sample."""
    if prediction is None:
        return Outcome.MISSING
    match prediction.answer, sample.target:
        case Malformed(), _:
            return Outcome.MALFORMED
        case Refusal(), NoTarget():
            return Outcome.RIGHT_REFUSAL
        case Refusal(), _:
            return Outcome.REFUSED
        case Click(), NoTarget():
            return Outcome.POINTED
        case Click(at=point), (Box() | Polygon()) as target:
            return Outcome.HIT if target.contains(point) else Outcome.MISS
    return Outcome.OTHER_ACTION


def target_distance(point: Point, target: Box | Polygon) -> float:
    """Euclidean distance in fractions of the screen (x in widths, y in heights); 0 inside the target."""
    if target.contains(point):
        return 0.0
    if isinstance(target, Box):
        dx = max(target.x1 - point.x, 0.0, point.x - target.x2)
        return math.hypot(dx, max(target.y1 - point.y, 0.0, point.y - target.y2))
    edges = zip(target.points, target.points[1:] + target.points[:1], strict=True)
    return min(_segment_distance(point, a, b) for a, b in edges)


def _index(items: Iterable[Any], what: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for item in items:
        if item.id in found:
            raise DataError(f"two {what}s share the id {item.id!r}; ids must be unique")
        found[item.id] = item
    return found


def _rates(samples: Sequence[GroundingSample], by_id: Mapping[str, Outcome], grouping: str) -> dict[str, Rate]:
    hits: Counter[str] = Counter()
    totals: Counter[str] = Counter()
    for sample in samples:
        names = sample.groups.get(grouping, ())
        for name in (names,) if isinstance(names, str) else names:
            totals[name] += 1
            hits[name] += by_id[sample.id].right
    return {name: Rate(hits[name], totals[name]) for name in sorted(totals)}


def _cross(samples: Sequence[GroundingSample], by_id: Mapping[str, Outcome]) -> dict[str, dict[str, Rate]]:
    """ScreenSpot-Pro's table has its `group` as rows, the others their `platform`."""
    row = "group" if any("group" in sample.groups for sample in samples) else "platform"
    rows: dict[str, list[GroundingSample]] = defaultdict(list)
    for sample in samples:
        if isinstance(name := sample.groups.get(row), str) and "ui_type" in sample.groups:
            rows[name].append(sample)
    return {name: _rates(rows[name], by_id, "ui_type") for name in sorted(rows)}


def cost_of(predictions: Iterable[Prediction]) -> Cost:
    """What `predictions` took, over those that know."""
    known = list(predictions)
    times = [prediction.seconds for prediction in known if prediction.seconds > 0]
    stages, split = mean_stages(prediction.timing for prediction in known)
    tokens = mean_counts(prediction.usage for prediction in known)
    return Cost(_median(times), sum(times), tokens, len(times), stages, split)


def _median(values: Sequence[float]) -> float:
    return statistics.median(values) if values else math.nan


def _on_segment(p: Point, a: Point, b: Point) -> bool:
    return _segment_distance(p, a, b) <= 1e-12


def _segment_distance(p: Point, a: Point, b: Point) -> float:
    dx, dy = b.x - a.x, b.y - a.y
    length2 = dx * dx + dy * dy
    t = 0.0 if length2 == 0 else max(0.0, min(1.0, ((p.x - a.x) * dx + (p.y - a.y) * dy) / length2))
    return math.hypot(p.x - a.x - t * dx, p.y - a.y - t * dy)
