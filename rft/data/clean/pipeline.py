"""Run cleaning stages over a data set of any size, one after the other, each from file to file.

The result is a folder that appears whole or not at all: `rows.jsonl` or `traces.jsonl` (what stayed), `dropped.jsonl`
(what went, by which stage and why), `changes.jsonl`, `report.json` and `report.html`. Until then the work lies in
`.NAME.partial` beside it; a run that was killed is taken up again after its last finished stage, if input, settings
and version are the same, and starts over otherwise.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import agentkit
from agentkit.errors import DataError
from agentkit.jsonl import JsonlWriter, parse_object, read_lines
from rft.data.clean.config import FOR_GROUNDING, FOR_TRACES, ORDER, CleanConfig, build
from rft.data.clean.format import Format
from rft.data.clean.index import Index
from rft.data.clean.sample import Sample, Stage, Verdict
from rft.data.clean.tally import Tally, tally_of
from rft.data.rows import image_text
from rft.data.work_folder import empty, new_folder

Say = Callable[[str], None]
DROPPED, CHANGES, REPORT, PAGE = "dropped.jsonl", "changes.jsonl", "report.json", "report.html"


def clean(source: str | Path, out: str | Path, config: CleanConfig, say: Say = lambda _: None) -> dict[str, Any]:
    """Clean the rows or traces in `source` into the new folder `out`; returns the report as written to report.json.

    `say` is told each finished stage in a line. ConfigError when `out` exists or another run is writing it, DataError
    when the input cannot be read or mixes rows and traces.
    """
    source, out = Path(source), Path(out)
    if not source.is_file():
        raise DataError(f"cannot read {source}: expected a JSONL file of training rows or traces")
    with new_folder(out, resume=True) as work:
        run = _Run(source, out, work, config, say)
        report = run.report()
        for name in run.files():
            name.unlink(missing_ok=True)
    return report


class _Run:
    def __init__(self, source: Path, out: Path, work: Path, config: CleanConfig, say: Say) -> None:
        self.source, self.out, self.work, self.config, self.say = source, out, work, config, say
        self.state = self._state()
        done: list[dict[str, Any]] = self.state["done"]
        with Index(work / "index.sqlite", config.same_image, looks=config.near > 0) as index:
            if not done:
                self._finish(0, self._load(), "load", index)
            elif len(done) > 1:
                say(f"taken up again after {done[-1]['stage']}")
            for number, stage in enumerate(self._stages(), start=1):
                if number >= len(done):
                    self._finish(number, self._pass(number, stage, index), stage.name, index)

    def _stages(self) -> list[Stage]:
        kinds = self.state["done"][0]["after"]["kinds"]
        idle = (FOR_GROUNDING if "grounding" not in kinds else set()) | (FOR_TRACES if "trace" not in kinds else set())
        stages = [build(name, self.config) for name in ORDER if name in self.config.stages and name not in idle]
        # What a stage reads must be readable; only `boxes` looks at lines as they come.
        stages.insert(1 if stages and stages[0].name == "boxes" else 0, Format())
        return stages

    def _state(self) -> dict[str, Any]:
        """What is done already; the folder is emptied when it belongs to another run."""
        stat = self.source.stat()
        identity = [str(self.source.resolve()), stat.st_size, stat.st_mtime_ns, agentkit.__version__]
        settings = dataclasses.asdict(self.config)
        fingerprint = hashlib.sha256(json.dumps([identity, settings], sort_keys=True).encode()).hexdigest()
        try:
            state = json.loads((self.work / "state.json").read_text("utf-8"))
            if state["fingerprint"] == fingerprint:
                return state
        except (OSError, ValueError, KeyError, TypeError):
            pass
        empty(self.work)
        return {"fingerprint": fingerprint, "done": []}

    def _finish(self, number: int, verdicts: Iterable[Verdict], name: str, index: Index) -> None:
        """Write what a stage decided, then note that it is done; only then does its input go."""
        begun, tally = time.monotonic(), Tally()
        with (
            JsonlWriter(self._kept(number)) as kept,
            JsonlWriter(self._part(number, DROPPED)) as dropped,
            JsonlWriter(self._part(number, CHANGES)) as changes,
        ):
            for verdict in verdicts:
                tally.add(verdict)
                sample = verdict.sample
                if verdict.reason:
                    dropped.write(_dropped(verdict, name))
                else:
                    kept.write({"line": sample.number, "row": sample.raw})
                if verdict.change:
                    line = {"line": sample.number, "stage": name, "change": verdict.change, "detail": verdict.detail}
                    changes.write(line)
        entry = {"stage": name, **tally.to_json(), "notes": index.notes(name)}
        entry["seconds"] = round(time.monotonic() - begun, 2)
        if {"trace"} < set(entry["after"]["kinds"]):
            raise DataError(f"{self.source} mixes training rows and traces: clean them apart")
        self.state["done"].append(entry)
        scratch = self.work / "state.tmp"
        scratch.write_text(json.dumps(self.state), "utf-8")
        scratch.replace(self.work / "state.json")
        if number:
            self._kept(number - 1).unlink(missing_ok=True)
        self.say(tally_of(entry))

    def _load(self) -> Iterator[Verdict]:
        folder = Path(os.path.abspath(self.source.parent))
        for number, line in read_lines(self.source, "training data"):
            try:
                raw = parse_object(line)
            except DataError as error:
                yield Verdict(Sample(number, {"line": line[:2000]}), "not readable", detail=str(error))
                continue
            yield Verdict(Sample(number, _with_images(raw, lambda image: os.path.abspath(folder / image))))

    def _samples(self, number: int) -> Iterator[Sample]:
        for _, line in read_lines(self._kept(number)):
            entry = json.loads(line)
            yield Sample(entry["line"], entry["row"])

    def _pass(self, number: int, stage: Stage, index: Index) -> Iterator[Verdict]:
        index.forget(stage.name)
        verdicts = stage.run(lambda: (s for s in self._samples(number - 1) if s.kind in stage.kinds), index)
        for sample in self._samples(number - 1):
            if sample.kind not in stage.kinds:
                yield Verdict(sample)
                continue
            verdict = next(verdicts, None)
            assert verdict is not None and verdict.sample.number == sample.number, (
                f"stage {stage.name} gave no verdict on line {sample.number}"
            )
            yield verdict
        assert next(verdicts, None) is None, f"stage {stage.name} gave a verdict too many"

    def report(self) -> dict[str, Any]:
        """Write the files of the result into the work folder."""
        from rft.data.clean.page import write_page

        done = self.state["done"]
        name = "traces.jsonl" if done[0]["after"]["kinds"].get("trace") else "rows.jsonl"
        with JsonlWriter(self.work / name) as file:
            for sample in self._samples(len(done) - 1):
                file.write(_with_images(sample.raw, lambda image: image_text(Path(image), self.out)))
        for part in (DROPPED, CHANGES):
            with JsonlWriter(self.work / part) as file:
                for number in range(len(done)):
                    for _, line in read_lines(self._part(number, part)):
                        file.write(json.loads(line))
        seen = done[0]["kept"] + done[0]["dropped"]
        report = {
            "format": 1,
            "input": str(self.source.resolve()),
            "config": dataclasses.asdict(self.config) | {"stages": list(self.config.stages)},
            "version": agentkit.__version__,
            "file": name,
            "samples": seen,
            "kept": file_count(self.work / name),
            "before": done[0]["after"],
            "after": done[-1]["after"],
            "stages": [{key: value for key, value in entry.items() if key != "after"} for entry in done],
        }
        write_page(self.work / PAGE, report, self.work / DROPPED, self.config)
        (self.work / REPORT).write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n", "utf-8")
        return report

    def files(self) -> list[Path]:
        """What only the work needed."""
        count = len(self.state["done"])
        parts = [
            path for i in range(count) for path in (self._kept(i), *(self._part(i, p) for p in (DROPPED, CHANGES)))
        ]
        return [
            *parts,
            *(self.work / name for name in ("state.json", *(f"index.sqlite{end}" for end in ("", "-wal", "-shm")))),
        ]

    def _kept(self, number: int) -> Path:
        return self.work / f"{number:02d}-kept.jsonl"

    def _part(self, number: int, name: str) -> Path:
        return self.work / f"{number:02d}-{name}"


def file_count(path: Path) -> int:
    """Number of lines that are not blank."""
    return sum(1 for _ in read_lines(path))


def _dropped(verdict: Verdict, stage: str) -> dict[str, Any]:
    line: dict[str, Any] = {"line": verdict.sample.number, "stage": stage, "reason": verdict.reason}
    if verdict.detail:
        line["detail"] = verdict.detail
    if verdict.step is not None:
        line["step"] = verdict.step
    if verdict.other is not None:
        line["other"] = [verdict.other.x1, verdict.other.y1, verdict.other.x2, verdict.other.y2]
    return line | {"row": verdict.sample.raw}


def _with_images(raw: dict[str, Any], change: Callable[[str], str | None]) -> dict[str, Any]:
    """`raw` with each image path in it replaced; values that are no paths stay for `format` to find."""
    out = dict(raw)
    if isinstance(raw.get("image"), str) and raw["image"].strip():
        out["image"] = change(raw["image"])
    for key in ("steps", "history"):
        if isinstance(raw.get(key), list):
            out[key] = [_with_images(step, change) if isinstance(step, dict) else step for step in raw[key]]
    return out
