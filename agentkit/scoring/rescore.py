"""Score other evaluators' records by our rules, and tell where their own verdict, or their target, differs from ours.

The target comes from the suite's own samples where there are any, else from the records. Every difference gets its
likely cause by name: most of them are known mistakes of published evaluators.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath

from agentkit.actions import Box, Malformed, Parsed, Point, Refusal
from agentkit.errors import DataError
from agentkit.scoring.grounding import (
    GroundingCard,
    GroundingSample,
    NoTarget,
    Outcome,
    Polygon,
    Prediction,
    Target,
    score_grounding,
)
from agentkit.scoring.records import VERDICTS, Record, answer_of

PIXEL = 1.0
"""How far two boxes may be apart and still be the same, rounded."""
EXAMPLES = 5

Parse = Callable[[str, tuple[int, int]], Parsed]
"""Reads a model's words about a screenshot of that size."""


@dataclass(slots=True)
class Findings:
    """Differences by cause, each with the ids that show it."""

    checked: int = 0
    """How many could differ."""
    by_cause: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def add(self, cause: str, key: str) -> None:
        self.by_cause[cause].append(key)

    @property
    def total(self) -> int:
        return sum(len(keys) for keys in self.by_cause.values())

    def lines(self) -> list[str]:
        """`12: cause, e.g. id, id`, the most frequent first."""
        order = sorted(self.by_cause.items(), key=lambda item: -len(item[1]))
        return [f"{len(keys)}: {cause}, e.g. {', '.join(keys[:EXAMPLES])}" for cause, keys in order]

    def json(self) -> dict[str, object]:
        causes = {cause: {"count": len(keys), "examples": keys[:EXAMPLES]} for cause, keys in self.by_cause.items()}
        return {"checked": self.checked, "total": self.total, "causes": causes}


@dataclass(frozen=True, slots=True)
class Rescored:
    """A file of records under our rules."""

    samples: tuple[GroundingSample, ...]
    predictions: tuple[Prediction, ...]
    card: GroundingCard
    verdicts: Findings
    """Where the file's own `correctness` differs from ours."""
    targets: Findings
    """Where the file asks or aims at something else than the suite's own data; empty without data."""
    sizes_known: bool
    """Whether all screenshots' sizes were known; if not, distances mean nothing."""


def rescore(
    records: Sequence[Record], suite: Sequence[GroundingSample] | None = None, parse: Parse | None = None, seed: int = 0
) -> Rescored:
    """Score `records` against `suite`, or against the targets in the records themselves.

    `parse` reads the model's words anew instead of taking the record's point. DataError when nothing matches the
    suite, when two records answer one sample, when a record holds no target and there is no suite, and when `parse`
    needs a size that nobody tells.
    """
    pairs = _match(records, suite) if suite is not None else _own_samples(records)
    extents = _extents(records, pairs)
    predictions: dict[str, Prediction] = {}
    for record, sample in pairs:
        if sample.id in predictions:
            raise DataError(
                f"{record.where} is a second answer to {sample.id!r}; a file of several instruction styles, languages "
                "or runs must be split first"
            )
        predictions[sample.id] = Prediction(sample.id, _answer(record, sample, extents, parse), record.text)
    samples = tuple(suite) if suite is not None else tuple(sample for _, sample in pairs)
    card = score_grounding(samples, predictions.values(), seed)
    verdicts, targets = Findings(), Findings()
    for record, sample in pairs:
        different = _target_difference(record, sample) if suite is not None else ""
        targets.checked += suite is not None
        if different:
            targets.add(different, sample.id)
        if record.verdict:
            verdicts.checked += 1
            outcome = card.by_id[sample.id]
            if outcome.right != VERDICTS[record.verdict]:
                answer = predictions[sample.id].answer
                verdicts.add(_cause(record, outcome, answer, different, parse is not None), sample.id)
    matched = {id(record) for record, _ in pairs}
    for record in records:
        if id(record) not in matched:
            targets.add("not in the suite, left out", record.id or record.where)
    known = all(_known_size(record, sample) is not None for record, sample in pairs)
    return Rescored(samples, tuple(predictions.values()), card, verdicts, targets, known)


def _match(records: Sequence[Record], suite: Sequence[GroundingSample]) -> list[tuple[Record, GroundingSample]]:
    """Each record with the sample that it answers: by id, else by image name and instruction, then by target."""
    by_id = {sample.id: sample for sample in suite}
    by_question: dict[tuple[str, str], list[GroundingSample]] = defaultdict(list)
    for sample in suite:
        by_question[PurePath(sample.image).name, sample.instruction].append(sample)
    pairs: list[tuple[Record, GroundingSample]] = []
    taken: set[str] = set()
    for record in records:
        found = by_id.get(record.id)
        if found is None or PurePath(found.image).name != record.image_name:
            alike = by_question.get((record.image_name, record.instruction), [])
            free = [sample for sample in alike if sample.id not in taken] or alike
            found = next((s for s in free if not _target_difference(record, s)), free[0] if free else None)
        if found is not None:
            taken.add(found.id)
            pairs.append((record, found))
    if not pairs:
        first = records[0]
        raise DataError(
            f"none of the {len(records)} records names a sample of the suite, e.g. id {first.id!r}, image "
            f"{first.image_name!r}, instruction {first.instruction[:60]!r}; is this another suite?"
        )
    return pairs


def _own_samples(records: Sequence[Record]) -> list[tuple[Record, GroundingSample]]:
    """Samples made of the records' own targets."""
    ids = [record.id for record in records]
    unique = all(ids) and len(set(ids)) == len(ids)
    extents = _extents(records, ())
    pairs = []
    for number, record in enumerate(records):
        target = _own_target(record, extents[record.image])
        key = record.id if unique else f"record {number}"
        sample = GroundingSample(key, record.image, record.instruction, target, record.groups, record.size)
        pairs.append((record, sample))
    return pairs


def _own_target(record: Record, extent: tuple[float, float]) -> Target:
    if record.negative:
        return NoTarget()
    numbers, (width, height) = record.box, extent
    if not numbers:
        raise DataError(f"{record.where} has no `bbox`; its target must come from the suite: give --data")
    if len(numbers) % 2 or len(numbers) < 4:
        raise DataError(f"{record.where}: `bbox` must be x1, y1, x2, y2 or a polygon's x, y, ..., got {list(numbers)}")
    points = [(x / width, y / height) for x, y in zip(numbers[::2], numbers[1::2], strict=True)]
    points = [(min(1.0, max(0.0, x)), min(1.0, max(0.0, y))) for x, y in points]
    if len(numbers) > 4:
        return Polygon(tuple(Point(x, y) for x, y in points))
    if numbers[2] < numbers[0] or numbers[3] < numbers[1]:
        raise DataError(
            f"{record.where}: `bbox` {list(numbers)} has its second corner left of or above the first: x, y, width, "
            "height? Its target must then come from the suite: give --data"
        )
    return Box(*points[0], *points[1])


def _extents(
    records: Sequence[Record], pairs: Iterable[tuple[Record, GroundingSample]]
) -> dict[str, tuple[float, float]]:
    """Width and height of every image. Where nobody tells: the largest coordinates seen on it, which keeps every answer
    on its side of every border."""
    known = {record.image: record.size for record in records if record.size is not None}
    known |= {record.image: sample.size for record, sample in pairs if sample.size is not None}
    seen: dict[str, list[float]] = defaultdict(lambda: [1.0, 1.0])
    for record in records:
        largest = seen[record.image]
        for numbers in (record.box, record.pred or ()):
            largest[0] = max((largest[0], *numbers[::2]))
            largest[1] = max((largest[1], *numbers[1::2]))
    return {image: known.get(image) or (width, height) for image, (width, height) in seen.items()}


def _known_size(record: Record, sample: GroundingSample) -> tuple[int, int] | None:
    return sample.size or record.size


def _answer(
    record: Record, sample: GroundingSample, extents: Mapping[str, tuple[float, float]], parse: Parse | None
) -> Parsed:
    size = _known_size(record, sample)
    if parse is None:
        return answer_of(record, extents[record.image], size is not None)
    if size is None:
        raise DataError(f"{record.where}: reading the model's words anew needs the screenshot's size: give --data")
    return parse(record.text, size)


def _target_difference(record: Record, sample: GroundingSample) -> str:
    """How the record's question differs from the sample's; empty when it does not."""
    if record.instruction != sample.instruction:
        return "the file asks with another instruction (another instruction set?)"
    numbers, target = record.box, sample.target
    if isinstance(target, NoTarget):
        return "" if record.negative else "the suite has no target here (a refusal), the file has one"
    if record.negative:
        return "the file takes it as a question without a target"
    if isinstance(target, Polygon):
        return "" if _same(numbers, _pixels(target, sample)) else "the file holds a polygon as another shape"
    if not numbers or sample.size is None:
        return ""
    x1, y1, x2, y2 = _pixels(target, sample)
    if _same(numbers, (x1, y1, x2, y2)):
        return ""
    if _same(numbers, (x1, y1, x2 - x1, y2 - y1)):
        return "the file holds x, y, width, height where the suite has two corners"
    if _same(numbers, (x1, y1, x1 + x2, y1 + y2)):
        return "the file took a second corner for width and height"
    return "the file aims at another box"


def _pixels(target: Box | Polygon, sample: GroundingSample) -> tuple[float, ...]:
    width, height = sample.size or (1, 1)
    if isinstance(target, Box):
        return target.x1 * width, target.y1 * height, target.x2 * width, target.y2 * height
    return tuple(value for point in target.points for value in (point.x * width, point.y * height))


def _same(numbers: Sequence[float], others: Sequence[float]) -> bool:
    return len(numbers) == len(others) and all(abs(a - b) <= PIXEL for a, b in zip(numbers, others, strict=True))


def _in_first_four(record: Record) -> bool:
    if record.pred is None:
        return False
    (x, y), (x1, y1, x2, y2) = record.pred, record.box[:4]
    return x1 <= x <= x2 and y1 <= y <= y2


def _cause(record: Record, outcome: Outcome, answer: Parsed, different: str, parsed_anew: bool) -> str:
    """The likely reason why the file's verdict is not ours."""
    theirs = f"file says {record.verdict}, ours is {outcome.value}"
    if isinstance(answer, Malformed) and record.pred == (0.0, 0.0):
        return f"{theirs}: an unreadable reply was written down as a click at the origin"
    if len(record.box) > 4 and _in_first_four(record) == VERDICTS[record.verdict]:
        return f"{theirs}: a polygon was read as a box, by its first four numbers"
    if different:
        return f"{theirs}: {different}"
    if outcome is Outcome.MALFORMED and record.negative:
        return f"{theirs}: a reply without a refusal was counted as one"
    if outcome is Outcome.RIGHT_REFUSAL and record.verdict == "wrong_format":
        return f"{theirs}: right refusals were filed as wrong format (UI-Venus-1.5's multi-GPU scorer does)"
    if isinstance(answer, Refusal):
        return f"{theirs}: a refusal was not recognised"
    if parsed_anew:
        return f"{theirs}: the model's words were read anew"
    return f"{theirs}: unknown"
