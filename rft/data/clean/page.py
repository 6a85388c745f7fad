"""The cleaning report as a page: what went, by which stage, and pictures of it."""

from __future__ import annotations

import hashlib
import heapq
import json
from collections import defaultdict
from pathlib import Path
from typing import Any

from agentkit.actions import Box, Click
from agentkit.codec import decode_action
from agentkit.describe import describe_action
from agentkit.errors import DataError, GlintError
from agentkit.jsonl import read_lines
from agentkit.report import Report, Shot
from rft.data.clean.config import CleanConfig


def write_page(path: Path, report: dict[str, Any], dropped: Path, config: CleanConfig) -> None:
    """Write the page to `path`; pictures come from the lines of `dropped`, chosen by a hash of the seed."""
    seen, kept = report["samples"], report["kept"]
    page = Report(
        "Data cleaning",
        f"{kept} of {seen} samples kept ({kept / max(seen, 1):.1%}), {seen - kept} dropped",
        {"input": report["input"], "stages": ", ".join(s["stage"] for s in report["stages"]), "seed": config.seed},
    )
    columns = ("Stage", "in", "kept", "dropped", "changed", "seconds")
    rows = [
        (s["stage"], s["kept"] + s["dropped"], s["kept"], s["dropped"], s["changed"], s["seconds"])
        for s in report["stages"]
    ]
    page.add_table("Stages", columns, rows, "Each stage sees what the one before it kept.")
    reasons = [
        (f"{s['stage']}: {reason}", count, f"{count / max(seen, 1):.2%}")
        for s in report["stages"]
        for reason, count in s["reasons"].items()
    ]
    if reasons:
        page.add_table("Why samples were dropped", ("Reason", "samples", "share of all"), reasons)
    changes = [(f"{s['stage']}: {what}", count) for s in report["stages"] for what, count in s["changes"].items()]
    if changes:
        page.add_table("What was changed", ("Change", "samples"), changes)
    notes = [f"{s['stage']}: {note}" for s in report["stages"] for note in s["notes"]]
    if notes:
        page.add_text("What the stages found out", *notes)
    for facet, heading in (("actions", "Actions"), ("apps", "Apps"), ("sources", "Sources")):
        _shares(page, heading, report["before"][facet], report["after"][facet])
    for (stage, reason), entries in _chosen(dropped, config).items():
        count = next(s["reasons"][reason] for s in report["stages"] if s["stage"] == stage)
        shots = [shot for entry in entries if (shot := _shot(entry))]
        lead = f"{len(shots)} of {count}, drawn at random." + (
            "" if len(shots) == len(entries) else " Samples without a readable screenshot are not shown."
        )
        page.add_gallery(f"{stage}: {reason}", shots, lead=lead)
    page.write(path)


def _shares(page: Report, heading: str, before: dict[str, int], after: dict[str, int]) -> None:
    if not before:
        return
    all_before, all_after = sum(before.values()), max(sum(after.values()), 1)
    rows = [
        (name, count, f"{count / all_before:.1%}", after.get(name, 0), f"{after.get(name, 0) / all_after:.1%}")
        for name, count in before.items()
    ]
    page.add_table(heading, (heading, "before", "share", "after", "share"), rows)


def _chosen(dropped: Path, config: CleanConfig) -> dict[tuple[str, str], list[dict[str, Any]]]:
    """For each stage and reason, the samples with the smallest hashes: a fair choice in one pass, little in memory."""
    heaps: dict[tuple[str, str], list[tuple[int, int, str]]] = defaultdict(list)
    for order, (_, line) in enumerate(read_lines(dropped)):
        entry = json.loads(line)
        draw = hashlib.blake2b(f"{config.seed}/{entry['line']}".encode(), digest_size=8).digest()
        heap = heaps[entry["stage"], entry["reason"]]
        heapq.heappush(heap, (-int.from_bytes(draw), -order, line))
        if len(heap) > config.pictures:
            heapq.heappop(heap)
    return {key: [json.loads(line) for _, _, line in sorted(heap, reverse=True)] for key, heap in heaps.items()}


def _shot(entry: dict[str, Any]) -> Shot | None:
    """The dropped sample as a picture; None when there is none to be had."""
    row, note = entry["row"], entry.get("detail", "")
    place = row
    if "steps" in row and isinstance(row["steps"], list) and row["steps"]:
        place = row["steps"][min(entry.get("step") or 0, len(row["steps"]) - 1)]
    image = place.get("image") if isinstance(place, dict) else None
    if not isinstance(image, str) or not _opens(image):
        return None
    title = str(row.get("instruction") or row.get("goal") or "")
    tags = [f"line {entry['line']}"]
    other = Box(*entry["other"]) if "other" in entry else None
    answer: Any = None if other is None else Click(other.centre, other)
    if "action" in place:
        try:
            answer = decode_action(place["action"])
            tags.append(describe_action(answer))
        except DataError:
            pass
    return Shot(image, title, target=_box(place.get("box")), answer=answer, note=note, tags=tuple(tags))


def _opens(image: str) -> bool:
    from agentkit.report.pictures import open_picture

    try:
        open_picture(image)
    except GlintError:
        return False
    return True


def _box(value: Any) -> Box | None:
    """The part of a box that can be drawn."""
    try:
        x1, y1, x2, y2 = (min(max(float(number), 0.0), 1.0) for number in value)
        return Box(x1, y1, x2, y2)
    except (TypeError, ValueError, OverflowError):
        return None
