"""The page of one evaluation: its score, what it cost, and its answers as pictures or episodes."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

from agentkit.errors import DataError
from agentkit.report.cards import episode_table
from agentkit.report.page import Report
from agentkit.report.shots import outcome_shots
from agentkit.report.tiles import percent, rate_words
from agentkit.scoring import (
    EpisodeCard,
    GroundingCard,
    GroundingSample,
    Prediction,
    card_of_json,
    prediction_of,
    read_rows,
    sample_of,
)
from agentkit.show import write_page
from agentkit.trace import load_trace
from agentkit.types import Trajectory

SHOWN = 12
"""Episodes whose screens are in the page itself, unsolved ones first."""
EPISODES = "episodes"
"""Where a run keeps its traces."""
SAMPLES, PREDICTIONS = "samples.jsonl", "predictions.jsonl"
"""What a still-image run was asked, and what it said."""
TITLES = {"phone": "Phone tasks", "androidworld-on-phone": "AndroidWorld's tasks on the simulated phone"}
PAGE = "page.html"
"""An episode's own page, in the folder of its trace."""
KEPT = ("policy", "protocol", "instructions", "box_format", "split", "screen", "device", "seed", "seeds", "limit")
"""Settings that stand under the title, where a run has them."""


def grounding_report(
    run: Mapping[str, Any], samples: Sequence[GroundingSample], predictions: Sequence[Prediction], card: GroundingCard
) -> Report:
    """The page of a still-image run; `run` is results.json. Screenshots that are gone are left out and counted."""
    report = Report(f"{run['suite']}: {percent(card.accuracy.value)}", rate_words(card.accuracy), _facts(run))
    report.add_card("Score", card, notes=run.get("notes", ()))
    report.add_cost("Cost", card, run.get("cost"))
    shots, totals = outcome_shots(samples, predictions, card, seed=card.seed)
    lead = "Drawn at random from each kind of outcome; failures first."
    return report.add_gallery("Answers", shots, lead=lead, totals=totals, may_be_gone=True)


def episode_report(run: Mapping[str, Any], card: EpisodeCard, folder: Path, title: str, beside: Path) -> Report:
    """The page of a run over a task suite, whose traces are in `folder`, written to lie in the folder `beside`.

    Each episode gets its own page in its trace folder, which the table links to.
    """
    report = Report(f"{title}: {percent(card.solved.value)} solved", rate_words(card.solved), _facts(run))
    report.add_card("Score", card, notes=run.get("notes", ()))
    report.add_cost("Cost", card, run.get("cost"))
    pages: dict[str, str] = {}
    shown: list[tuple[Trajectory, float | None]] = []
    for result in sorted(card.results, key=lambda result: (result.solved, result.key)):
        trace = folder / result.key
        if not trace.is_dir():
            continue
        wanted = len(shown) < SHOWN
        if wanted or not _fresh(trace):
            trajectory = load_trace(trace)
            if not _fresh(trace):
                write_page([(trajectory.goal, _scored(trajectory, result.success))], trace / PAGE, title=result.key)
            if wanted:
                shown.append((trajectory, None if math.isnan(result.success) else result.success))
        pages[result.key] = link_to(trace / PAGE, beside)
    lead = f"The screens of {len(shown)} of {len(card.results)} episodes, unsolved ones first."
    report.add_episodes("Episodes", shown, lead=lead)
    lead = "Each name leads to the episode's own page, in the folder of its trace beside this file."
    return report.add_parts("All episodes", episode_table(card, pages), lead=lead)


def saved_report(folder: Path, run: Mapping[str, Any], beside: Path) -> Report:
    """The page of a finished run from its folder alone; `run` is its results.json. DataError when a part is missing."""
    card = card_of_json(run["card"])
    if isinstance(card, EpisodeCard):
        title = TITLES.get(str(run["suite"]), str(run["suite"]))
        return episode_report(run, card, folder / EPISODES, title, beside)
    samples, predictions = saved_answers(folder)
    return grounding_report(run, samples, predictions, card)


def saved_answers(folder: Path) -> tuple[list[GroundingSample], list[Prediction]]:
    """What a still-image run was asked and what it said. DataError when the folder does not hold both."""
    for name in (SAMPLES, PREDICTIONS):
        if not (folder / name).is_file():
            raise DataError(f"{folder} has no {name}; run its `agentkit eval` again, it goes on where it was")
    samples = [sample_of(row) for row in read_rows(folder / SAMPLES)]
    return samples, [prediction_of(row) for row in read_rows(folder / PREDICTIONS)]


def link_to(page: Path, beside: Path) -> str:
    """The address of `page` for a file in the folder `beside`: relative, so that the two can move together."""
    return "./" + quote(Path(os.path.relpath(page, beside)).as_posix())


def _facts(run: Mapping[str, Any]) -> dict[str, object]:
    facts = {key: run[key] for key in KEPT if run.get(key) not in (None, "", 0)}
    facts |= run.get("versions", {})
    facts.pop("platform", None)
    return facts


def _scored(trajectory: Trajectory, success: float) -> Trajectory:
    if math.isnan(success):
        return trajectory
    return replace(trajectory, meta={**trajectory.meta, "scores": {"success": success}})


def _fresh(trace: Path) -> bool:
    """Whether the trace has a page that is no older than itself."""
    page, head = trace / PAGE, trace / "trace.json"
    return page.is_file() and head.is_file() and page.stat().st_mtime >= head.stat().st_mtime
