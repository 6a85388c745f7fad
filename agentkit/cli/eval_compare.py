"""`agentkit eval compare`: one page that sets finished runs beside each other."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agentkit.cli.eval_run import read_results, versions
from agentkit.errors import ConfigError, DataError
from agentkit.report import Report, flip_shots
from agentkit.report.comparison import Flip, change, flips, headline, items, require_same_items, rights
from agentkit.report.costs import machine_words
from agentkit.report.markup import Markup, tag
from agentkit.report.runs import EPISODES, PAGE, link_to, saved_answers
from agentkit.report.tables import plain_table
from agentkit.scoring import (
    GroundingCard,
    ScoreCard,
    card_of_json,
    card_of_results,
    score_grounding,
)

SAME = ("suite", "data", "instructions", "box_format", "protocol", "limit", "split", "screen")
"""Settings that, where they differ, make a comparison one of apples and oranges."""


@dataclass(frozen=True, slots=True)
class Run:
    """A finished run: its folder, its results.json and its card."""

    folder: Path
    facts: Mapping[str, Any]
    card: ScoreCard


def run_compare(args: argparse.Namespace) -> int:
    """Exit code 0. ConfigError for fewer than two names, runs of different suites, or runs that were asked other items
    (unless `args.shared`)."""
    runs = _read(args.runs)
    left_out = 0
    if args.shared:
        runs, left_out = _shared(runs)
    else:
        require_same_items(_cards(runs))
    cards = _cards(runs)
    first, *others = cards
    for name in others:
        found = change(cards[first], cards[name])
        print(f"{first} -> {name}: {found if found is not None else 'no item was scored in both'}")
    report = Report(f"{runs[first][0].facts['suite']}: {', '.join(cards)}", _subtitle(runs, left_out), versions())
    report.add_comparison("Comparison", cards, lead=f"Differences are against {first}.")
    if lines := _differences(runs):
        report.add_text("Differences in the settings", *lines)
    for name in others:
        _add_flips(report, first, name, runs[first][0], runs[name][0], args.out.parent)
    for name, some in runs.items():
        for number, run in enumerate(some, 1):
            heading = name if len(some) == 1 else f"{name}, seed {number}"
            report.add_card(heading, run.card, notes=run.facts.get("notes", ()), lead=str(headline(run.card)))
            report.add_cost(f"{heading}: cost", run.card, run.facts.get("cost"))
    print(f"report  {report.write(args.out)}")
    return 0


def _read(specs: Sequence[str]) -> dict[str, list[Run]]:
    runs: dict[str, list[Run]] = {}
    for spec in specs:
        name, _, place = spec.rpartition("=")
        folder = Path(place)
        if not name and (name := folder.name) in runs:
            raise ConfigError(f"two runs are called {name!r}; name them: NAME=DIR (equal names given are seeds of one)")
        facts = read_results(folder)
        runs.setdefault(name, []).append(Run(folder, facts, card_of_json(facts["card"])))
    if len(runs) < 2:
        raise ConfigError(f"a comparison needs at least two runs of different names, got {', '.join(runs) or 'none'}")
    suites = {name: {str(run.facts["suite"]) for run in some} for name, some in runs.items()}
    if len(set.union(*suites.values())) > 1:
        told = ", ".join(f"{name}: {' and '.join(sorted(found))}" for name, found in suites.items())
        raise ConfigError(f"the runs are of different suites ({told})")
    return runs


def _shared(runs: Mapping[str, Sequence[Run]]) -> tuple[dict[str, list[Run]], int]:
    """The runs scored over what all of them were asked, and how many items that leaves out."""
    everything = [items(run.card) for some in runs.values() for run in some]
    common = set.intersection(*everything)
    if not common:
        raise ConfigError("the runs share no sample; there is nothing to compare")
    scored = {name: [Run(r.folder, r.facts, _part(r, common)) for r in some] for name, some in runs.items()}
    return scored, len(set.union(*everything)) - len(common)


def _part(run: Run, keys: set[str]) -> ScoreCard:
    card = run.card
    if isinstance(card, GroundingCard):
        samples, predictions = saved_answers(run.folder)
        kept = [sample for sample in samples if sample.id in keys]
        return score_grounding(kept, [p for p in predictions if p.id in keys], card.seed)
    results = [result for result in card.results if result.key in keys]
    tasks = [(result.key, result.template) for result in results]
    return card_of_results([*tasks, *((key, key) for key in card.missing if key in keys)], results, {}, card.seed)


def _cards(runs: Mapping[str, Sequence[Run]]) -> dict[str, list[ScoreCard]]:
    return {name: [run.card for run in some] for name, some in runs.items()}


def _subtitle(runs: Mapping[str, Sequence[Run]], left_out: int) -> str:
    every = [run.card for some in runs.values() for run in some]
    asked = len(items(every[0]))
    scored = len(set.intersection(*(set(rights(card)) for card in every)))
    words = f"Paired over {scored} items that every run scored, of {asked} that every run was asked."
    return words + (f" {left_out} that only some were asked are left out." if left_out else "")


def _differences(runs: Mapping[str, Sequence[Run]]) -> list[str]:
    told: dict[str, Mapping[str, Any]] = {name: some[0].facts for name, some in runs.items()}
    lines = [
        f"{key} differs: " + ", ".join(f"{name} {facts.get(key)}" for name, facts in told.items())
        for key in SAME
        if len({str(facts.get(key)) for facts in told.values()}) > 1
    ]
    machines = {name: machine_words(facts.get("cost", {}).get("machine", {})) for name, facts in told.items()}
    if len(set(machines.values())) > 1:
        lines.append("The hardware differs, so times do not compare: " + "; ".join(map(": ".join, machines.items())))
    return lines


def _add_flips(report: Report, base: str, name: str, before: Run, after: Run, beside: Path) -> None:
    """What changed from the first seed of one to the first seed of the other."""
    changed = flips(before.card, after.card)
    heading = f"What changed from {base} to {name}"
    lost = sum(not flip.gained for flip in changed)
    lead = f"{lost} items turned wrong, {len(changed) - lost} turned right."
    if isinstance(before.card, GroundingCard):
        try:
            samples, old = saved_answers(before.folder)
            _, new = saved_answers(after.folder)
        except DataError as error:
            report.add_text(heading, f"{lead} No pictures: {error}.")
            return
        shots, totals = flip_shots(changed, samples, old, new, (base, name), seed=before.card.seed)
        report.add_gallery(heading, shots, lead=f"{lead} Drawn at random.", totals=totals, may_be_gone=True)
        return
    rows = [_episode_flip(flip, before, after, beside) for flip in changed]
    report.add_parts(heading, plain_table(("Task", "", base, name), rows), lead=lead)


def _episode_flip(flip: Flip, before: Run, after: Run, beside: Path) -> tuple[str | Markup, ...]:
    word = "gained" if flip.gained else "lost"
    chip = tag("span", word, class_=f"chip {'good' if flip.gained else 'bad'}")
    return flip.id, chip, *(_episode_link(run, flip.id, beside) for run in (before, after))


def _episode_link(run: Run, key: str, beside: Path) -> str | Markup:
    assert not isinstance(run.card, GroundingCard)
    result = next((result for result in run.card.results if result.key == key), None)
    if result is None:
        return "missing"
    words = f"{result.ending.value}, {result.steps} steps"
    page = run.folder / EPISODES / key / PAGE
    return tag("a", words, href=link_to(page, beside)) if page.is_file() else words
