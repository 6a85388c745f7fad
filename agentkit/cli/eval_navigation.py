"""`agentkit eval androidcontrol-high` and its like: ask about every recorded step that has no answer on disk yet, then
score all of them under every published rule."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields, is_dataclass
from typing import Any

from agentkit.actions import Click, Parsed, Point
from agentkit.cli.asking import Asker, Question
from agentkit.cli.eval_run import REPORT, RESULTS, Progress, open_run, policy_facts, versions, write_json
from agentkit.cli.navigation_report import Gallery, navigation_report
from agentkit.errors import ConfigError
from agentkit.policies import make_policy
from agentkit.protocols import PromptProtocol, get_protocol
from agentkit.recorded.elements import RecordedStep
from agentkit.scoring import Prediction, append_row, prediction_of, prediction_row, read_rows
from agentkit.scoring.navigation import (
    Answered,
    NavigationCard,
    answered_by,
    navigation_json,
    navigation_text,
    score_navigation,
)
from agentkit.types import Observation, Policy, Reply, Step
from envs.navigation.episode import Episode
from envs.navigation.suite import NavigationSuite, load_navigation

PREDICTIONS = "predictions.jsonl"
BASELINES = ("recorded", "centre")
"""Answers that need no model: the recorded action itself (what a rule gives for a perfect agent), and a click in the
middle of the screen."""


class Centre:
    """The baseline that always clicks the middle of the screen: what a suite gives away."""

    def reply(self, goal: str, steps: Sequence[Step], observation: Observation) -> Reply:
        return Reply("", Click(Point(0.5, 0.5)))


def run_navigation(args: argparse.Namespace) -> int:
    """Exit code 0; 1 when steps got no answer because the policy failed, or traces of the split could not be read."""
    if args.batch < 1:
        raise ConfigError(f"--batch must be at least 1, got {args.batch}")
    protocol = get_protocol(args.protocol)
    suite = load_navigation(args.suite, args.data, args.split or (), args.limit, args.seed)
    print("; ".join(suite.notes))
    model = args.policy not in (None, *BASELINES)
    settings = {
        "suite": suite.name,
        "data": str(args.data),
        "split": list(suite.splits),
        "policy": args.policy or f"predictions:{args.predictions}",
        "protocol": protocol.name if model else None,
        "protocol_options": _options(protocol) if model else {},
        "limit": args.limit,
        "seed": args.seed,
    }
    if open_run(args.out, settings):
        print(f"going on with {args.out}")
    gallery = Gallery(suite.rules, args.seed)
    facts: dict[str, Any] = {}
    failures: list[str] = []
    if args.predictions is not None:
        steps = (step for episode in suite.episodes() for step in episode.steps)
        answered: Iterable[Answered] = answered_by(steps, read_rows(args.predictions), parser(protocol))
    else:
        answered = _asked(suite, args, protocol, gallery, failures, facts)
    card = score_navigation(answered, suite.rules, suite.excluded, suite.notes, args.seed)
    facts |= {"versions": versions(), "failures": failures, "examples": suite.examples}
    write_json(args.out / RESULTS, {**settings, **facts, "notes": suite.notes, "card": navigation_json(card)})
    navigation_report(suite.name, card, settings, gallery).write(args.out / REPORT)
    print(navigation_text(card))
    print(f"\nresults {args.out / RESULTS}\nreport  {args.out / REPORT}")
    if failures:
        print(f"{len(failures)} steps got no answer, e.g. {failures[0]}; run again to retry", file=sys.stderr)
    return 1 if told_missing(card, suite) or failures else 0


def told_missing(card: NavigationCard, suite: NavigationSuite) -> bool:
    """Whether traces of the split are in no number; says which, on stderr."""
    for reason, count in card.excluded.items():
        print(f"not scored: {count} x {reason}, e.g. {suite.examples[reason]}", file=sys.stderr)
    return bool(card.excluded)


def parser(protocol: PromptProtocol) -> Any:
    """How rows that hold only text are read, at the size at which the protocol's model saw the screen."""

    def parse(step: RecordedStep, text: str) -> Parsed:
        return protocol.parse(text, protocol.budget.resize(step.size)).action

    return parse


def _asked(
    suite: NavigationSuite,
    args: argparse.Namespace,
    protocol: PromptProtocol,
    gallery: Gallery,
    failures: list[str],
    facts: dict[str, Any],
) -> Iterator[Answered]:
    """Every step with its answer, asked for where the run's folder does not hold it yet."""
    path = args.out / PREDICTIONS
    known = {p.id: p for p in map(prediction_of, read_rows(path, mend=True))} if path.exists() else {}
    asker: Asker | None = None
    progress = Progress(suite.count) if suite.count else None
    for episode in suite.episodes():
        answers = {step.id: known[step.id] for step in episode.steps if step.id in known}
        todo = [number for number, step in enumerate(episode.steps) if step.id not in answers]
        if todo and args.policy == "recorded":
            answers |= {step.id: Prediction(step.id, step.action) for step in episode.steps}
        elif todo:
            if asker is None:
                asker = Asker(_policy(args.policy, protocol), args.batch)
                facts["asked"] = policy_facts(asker.policy)
            for batch in asker.answers([_question(episode, number) for number in todo]):
                for answer in batch:
                    append_row(path, prediction_row(answer))
                    answers[answer.id] = answer
        for number, step in enumerate(episode.steps):
            gallery.see(episode, number, answers.get(step.id))
            yield step, answers.get(step.id)
        if progress is not None:
            progress.add(1, f"{sum(suite.excluded.values())} not read" if suite.excluded else "")
    failures += asker.failures if asker is not None else []


def _question(episode: Episode, number: int) -> Question:
    step = episode.steps[number]
    return Question(step.id, lambda: (step.goal, episode.past(number), episode.observation(number)))


def _policy(spec: str, protocol: PromptProtocol) -> Policy:
    return Centre() if spec == "centre" else make_policy(spec, protocol)


def _options(protocol: PromptProtocol) -> dict[str, Any]:
    """The protocol's settings as text: pixel budget, decoding, history."""
    if not is_dataclass(protocol):
        return {}
    left_out = ("name", "template", "forms")
    return {item.name: str(getattr(protocol, item.name)) for item in fields(protocol) if item.name not in left_out}
