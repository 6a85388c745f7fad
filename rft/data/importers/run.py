"""Import a data set: convert its items one by one into a new folder, count what is refused, and why."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeAlias

import agentkit
from agentkit.actions import action_name
from agentkit.errors import DataError
from agentkit.jsonl import JsonlWriter
from agentkit.recorded.source import Images, Source, Unmappable, of_its_format
from agentkit.recorded.traces import Trace, trace_to_json
from rft.data.rows import GroundingRow, to_json
from rft.data.work_folder import new_folder

Importer: TypeAlias = Source[Trace | list[GroundingRow]]

REPORT = "import.json"


def run_import(
    importer: Importer,
    source: str | Path,
    out: str | Path,
    keep: frozenset[str] | None = None,
    limit: int = 0,
    name: str = "",
) -> dict[str, Any]:
    """Write the data set in `source` to the new folder `out`, which appears whole or not at all.

    It holds traces.jsonl or rows.jsonl, images/ (where the source has no image files), refused.jsonl and import.json,
    whose content is returned. `keep` lists the ids to import, `limit` the most items (0: all). ConfigError when `out`
    exists, DataError when the source is missing, damaged or of another format.
    """
    source, out = Path(source), Path(out)
    if not source.exists():
        raise DataError(f"no data at {source}")
    with new_folder(out) as work:
        report = _convert(importer, source, work, keep, limit)
        report = {
            "format": 1,
            "importer": name,
            "source": str(source.resolve()),
            "version": agentkit.__version__,
            **report,
        }
        (work / REPORT).write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n", "utf-8")
    return report


def _convert(importer: Importer, source: Path, work: Path, keep: frozenset[str] | None, limit: int) -> dict[str, Any]:
    images = Images(work / "images")
    reasons: Counter[str] = Counter()
    actions: Counter[str] = Counter()
    items = steps = 0
    kind = ""
    lines = JsonlWriter(work / "samples.jsonl")
    with lines, JsonlWriter(work / "refused.jsonl") as refused:
        for key, raw in importer.items(source):
            if keep is not None and key not in keep:
                continue
            items += 1
            try:
                with of_its_format():
                    made = importer.convert(key, raw, images)
            except Unmappable as error:
                reasons[error.reason] += 1
                refused.write({"id": key, "reason": error.reason, "detail": error.detail})
            else:
                kind = "traces" if isinstance(made, Trace) else "rows"
                for sample in _json(made, work):
                    lines.write(sample)
                if isinstance(made, Trace):
                    steps += len(made.steps)
                    actions.update(action_name(step.action) for step in made.steps)
            if items == limit:
                break
    if not lines.count:
        why = f"; refused: {dict(reasons)}" if reasons else ""
        raise DataError(f"nothing of {source} could be imported: {items} items read{why}")
    lines.path.rename(work / f"{kind}.jsonl")
    counts = {"items": items, "refused": reasons.total(), "reasons": dict(reasons.most_common())}
    trace_counts = {"steps": steps, "actions": dict(actions.most_common())} if kind == "traces" else {}
    return {"file": f"{kind}.jsonl", "samples": lines.count, **counts, **trace_counts}


def _json(made: Trace | list[GroundingRow], work: Path) -> Iterator[dict[str, Any]]:
    if isinstance(made, Trace):
        yield trace_to_json(made, work)
    else:
        for row in made:
            yield to_json(row, work)
