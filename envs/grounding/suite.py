"""Load a grounding suite by name: samples with targets as fractions, and notes on how they were read."""

from __future__ import annotations

import importlib
import random
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast, get_args

from agentkit.actions import Box
from agentkit.errors import ConfigError, DataError
from agentkit.scoring import GroundingSample, NoTarget, Target
from envs.grounding.boxes import ANY_SLACK, SLACK, BoxFormat, Shape, box_target, polygon_target, prove_format
from envs.grounding.catalog import CATALOG
from envs.grounding.pictures import Pictures
from envs.grounding.reader import Question, Reader

EVERYTHING = ("samples", "boxes", "polygons", "refusals", "images")


@dataclass(frozen=True, slots=True)
class Suite:
    """A loaded suite, ready to be scored."""

    name: str
    samples: tuple[GroundingSample, ...]
    box_format: BoxFormat
    instructions: str
    """The instruction set that the samples ask with."""
    notes: tuple[str, ...]
    """How it was read, for people: files, format and its proof, clamped boxes, counts against the published ones."""

    def subset(self, limit: int, seed: int = 0) -> Suite:
        """`limit` samples drawn without replacement, in suite order; all of them when `limit` is 0 or too large."""
        if limit < 0:
            raise ConfigError(f"limit must be >= 0, got {limit}")
        if not limit or limit >= len(self.samples):
            return self
        picks = sorted(random.Random(seed).sample(range(len(self.samples)), limit))
        note = f"subset of {limit} of {len(self.samples)} samples, seed {seed}: not comparable with published scores"
        chosen = tuple(self.samples[i] for i in picks)
        return Suite(self.name, chosen, self.box_format, self.instructions, (*self.notes, note))


def load_suite(name: str, data_dir: str | Path, box_format: str | None = None, pictures: bool = True) -> Suite:
    """Read the suite called `name` under `data_dir`; `box_format` overrules what the rows prove.

    With `pictures` every image must be there and of the size that its row states; without, an image is opened only
    where the row states no size, so answers can be scored from annotations alone. No image is decoded either way.

    Raises DataError with file and row when a file, row, box or image is not what the suite's format says, and
    ConfigError for an unknown suite or format.
    """
    reader = reader_of(name)
    if box_format is not None and box_format not in get_args(BoxFormat):
        raise ConfigError(f"box format must be one of {get_args(BoxFormat)}, got {box_format!r}")
    root, found = Path(data_dir), Pictures(Path(data_dir), pictures)
    questions = list(reader.questions(root, found))
    if not questions:
        raise DataError(f"{root}: the annotation files of {name} hold no rows")
    found.refuse_bad()
    _refuse_twins(questions)
    shapes = {_id(q): Shape(q.row.where, q.numbers, (1, 1) if reader.fractions else q.size) for q in questions}
    boxes = [shapes[_id(q)] for q in questions if q.kind == "boxes"]
    known, proof = (
        (cast(BoxFormat, box_format), "forced by the caller")
        if box_format
        else prove_format(boxes, name, reader.box_format)
    )
    slack = ANY_SLACK if box_format else SLACK
    clamped, samples = 0, []
    for question in questions:
        target, outside = _target(question, shapes[_id(question)], known, slack, reader.flat_boxes)
        clamped += outside
        samples.append(
            GroundingSample(
                _id(question), str(question.image), question.instruction, target, question.groups, question.size
            )
        )
    unit = ", as fractions of the image" if reader.fractions else ""
    notes = [
        f"{len(samples)} samples from {_files(questions)}",
        f"boxes are {known}{unit}: {proof}",
        f"instructions: {reader.instructions}",
        *_remarks(questions, clamped, samples),
        *against_published(_counts(questions, found.count), reader.published),
    ]
    if reader.score_note:
        notes.append(reader.score_note)
    return Suite(name, tuple(samples), known, reader.instructions, tuple(notes))


def reader_of(name: str) -> Reader:
    """The reader of the suite called `name`. ConfigError when there is none."""
    if name not in CATALOG:
        raise ConfigError(f"unknown suite {name!r}, expected one of {', '.join(CATALOG)}")
    entry = CATALOG[name]
    return cast(Reader, getattr(importlib.import_module(entry.module), entry.reader))


def _target(question: Question, shape: Shape, known: BoxFormat, slack: float, flat: bool) -> tuple[Target, bool]:
    if question.kind == "refusals":
        return NoTarget(), False
    if question.kind == "polygons":
        return polygon_target(shape, slack)
    return box_target(shape, known, slack, flat)


def _id(question: Question) -> str:
    return question.id or question.row.id


def _refuse_twins(questions: Sequence[Question]) -> None:
    seen: dict[str, str] = {}
    for question in questions:
        key, where = _id(question), question.row.where
        if key in seen:
            raise DataError(f"{where} and {seen[key]} share the id {key!r}; ids must be unique")
        seen[key] = where


def _remarks(questions: Sequence[Question], clamped: int, samples: Sequence[GroundingSample]) -> Iterable[str]:
    if clamped:
        yield f"{clamped} boxes reach past their image and were clamped to it"
    flat = [q.row.where for q, s in zip(questions, samples, strict=True) if _is_flat(s.target)]
    if flat:
        yield f"{len(flat)} boxes have no area and can hardly be hit, as published: {', '.join(flat[:4])}"
    mute = [q.row.where for q in questions if not q.instruction.strip()]
    if mute:
        yield f"{len(mute)} samples have an empty instruction, as published: {', '.join(mute[:4])}"


def _files(questions: Sequence[Question]) -> str:
    names = list(dict.fromkeys(question.row.file.name for question in questions))
    return ", ".join(names) if len(names) <= 6 else f"{len(names)} files, {names[0]} to {names[-1]}"


def _is_flat(target: Target) -> bool:
    return isinstance(target, Box) and (target.x1 == target.x2 or target.y1 == target.y2)


def _counts(questions: Sequence[Question], images: int) -> Counter[str]:
    counts: Counter[str] = Counter(samples=len(questions), images=images)
    for question in questions:
        counts[question.kind] += 1
        for grouping, value in question.groups.items():
            for group in (value,) if isinstance(value, str) else value:
                counts[f"{grouping} {group}"] += 1
    return counts


def against_published(found: Mapping[str, int], published: Mapping[str, int]) -> Iterable[str]:
    """What was counted, in one line, and in another where the published suite has other counts."""
    main = [f"{found[name]} {name}" for name in EVERYTHING if found.get(name)]
    other = [
        f"{name}: {count} published, {found.get(name, 0)} here"
        for name, count in published.items()
        if count != found.get(name, 0)
    ]
    yield f"counted {', '.join(main)}" + ("" if other else "; as published")
    if other:
        shown = "; ".join(other[:4]) + (f"; and {len(other) - 4} more" if len(other) > 4 else "")
        yield f"differs from the published suite ({shown}): not comparable with published scores"
