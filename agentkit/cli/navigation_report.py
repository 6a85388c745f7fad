"""The page of a navigation run: the rules side by side, and steps on which they disagree."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from agentkit.cli.eval_run import versions
from agentkit.describe import describe_action
from agentkit.report import Report, Shot
from agentkit.scoring import Prediction
from agentkit.scoring.intervals import Estimate, Rate
from agentkit.scoring.navigation import ClusterRate, NavigationCard, Rule, judge_step
from agentkit.scoring.navigation.text import NUMBERS, share, spread

if TYPE_CHECKING:
    from envs.navigation.episode import Episode

SHOWN = 12
"""Steps in each gallery."""


class Gallery:
    """A random choice of steps, made while they come by; only chosen ones keep their picture."""

    def __init__(self, rules: Sequence[Rule], seed: int = 0) -> None:
        self._rules, self._random = rules, random.Random(seed)
        self.split: list[Shot] = []
        """Right under one rule and wrong under another."""
        self.wrong: list[Shot] = []
        """Wrong under every rule."""
        self.counts = {"split": 0, "wrong": 0}

    def see(self, episode: Episode, number: int, answer: Prediction | None) -> None:
        """Consider the step. DataError when its picture is chosen and damaged."""
        step = episode.steps[number]
        verdicts = {r.name: judge_step(r, step, answer).exact for r in self._rules if not r.drops(step)}
        if answer is None or not verdicts or all(verdicts.values()):
            return
        kind, shots = ("split", self.split) if any(verdicts.values()) else ("wrong", self.wrong)
        self.counts[kind] += 1
        place = len(shots) if len(shots) < SHOWN else self._random.randrange(self.counts[kind])
        if place < SHOWN:
            shots[place : place + 1] = [_shot(episode, number, answer, verdicts)]


def navigation_report(
    name: str, card: NavigationCard, settings: Mapping[str, Any], gallery: Gallery | None = None
) -> Report:
    """The page of `card`, with pictures where a `gallery` was made."""
    facts = {key: settings[key] for key in ("policy", "protocol", "seed") if settings.get(key) is not None}
    facts["split"] = " + ".join(settings["split"])
    title = f"{name}: {100 * card.main.step.value:.1f} %" if card.main.step.total else name
    report = Report(title, f"{card.steps} recorded steps of {card.traces} traces", facts | versions())
    rules = list(card.rules)
    rows = [(label, *(_cell(number(rule)) for rule in card.rules.values())) for label, number in NUMBERS]
    report.add_table("The same answers under each rule", ("", *rules), rows, "; ".join(card.notes))
    report.add_table("What each rule calls right", ("rule", "right is"), [(k, r.title) for k, r in card.rules.items()])
    actions = dict.fromkeys(action for rule in card.rules.values() for action in rule.actions)
    known = [[rule.actions.get(action) for rule in card.rules.values()] for action in actions]
    cells = [["-" if row is None else _cell(row.exact) for row in rows] for rows in known]
    report.add_table("By recorded action", ("action", *rules), [(a, *c) for a, c in zip(actions, cells, strict=True)])
    dropped = [(k, count, reason) for k, rule in card.rules.items() for reason, count in rule.dropped.items()]
    dropped += [("all", count, f"{reason} (whole traces)") for reason, count in card.excluded.items()]
    report.add_table("Not counted", ("rule", "number", "why"), dropped, "Steps, and traces that could not be read.")
    answers = [("malformed", card.malformed), ("refused", card.refused)]
    report.add_table("Answers", ("", "share"), [*answers, ("missing, counted wrong", len(card.missing))])
    if gallery is None:
        return report
    lead = f"Drawn at random from {gallery.counts['split']}: right under one rule, wrong under another."
    report.add_gallery("Where the rules disagree", gallery.split, lead=lead)
    lead = f"Drawn at random from {gallery.counts['wrong']}."
    return report.add_gallery("Wrong under every rule", gallery.wrong, lead=lead)


def _cell(number: ClusterRate | Rate | Estimate) -> str:
    interval = spread(number)
    return share(number) + (f", {interval}" if interval else "")


def _shot(episode: Episode, number: int, answer: Prediction, verdicts: Mapping[str, bool]) -> Shot:
    step = episode.steps[number]
    right = ", ".join(name for name, hit in verdicts.items() if hit) or "none"
    return Shot(
        image=episode.observation(number).image,
        title=step.goal,
        target=step.box,
        answer=answer.answer,
        good=any(verdicts.values()),
        note=f"recorded {describe_action(step.action)}, answered {describe_action(answer.answer)}; right under {right}",
        tags=(type(step.action).__name__, step.id),
    )
