"""`agentkit eval screenspot*`: ask about every picture that has no answer on disk yet, then score them all."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from agentkit.actions import Click, Parsed, Point
from agentkit.cli.eval_run import (
    REPORT,
    RESULTS,
    Progress,
    cost_facts,
    kept_facts,
    open_run,
    policy_facts,
    profile_options,
    versions,
    write_json,
    write_rows,
)
from agentkit.errors import ConfigError, DataError, PolicyError
from agentkit.policies import make_policy
from agentkit.policies.zoom import zoomed
from agentkit.pool import BatchPolicy
from agentkit.protocols import PromptProtocol, get_protocol
from agentkit.report.runs import PREDICTIONS, SAMPLES, grounding_report
from agentkit.scoring import (
    GroundingSample,
    Prediction,
    append_row,
    card_json,
    card_text,
    prediction_of,
    prediction_row,
    read_rows,
    sample_row,
    score_grounding,
)
from agentkit.types import Observation, Policy, Reply, Step
from envs.grounding.pictures import load_image
from envs.grounding.suite import load_suite

GIVE_UP = 5
"""Failures of the policy in a row after which the run stops: an endpoint that is down scores nothing."""


class Centre:
    """The baseline that always clicks the middle of the screen: what a suite gives away."""

    def reply(self, goal: str, steps: Sequence[Step], observation: Observation) -> Reply:
        return Reply("", Click(Point(0.5, 0.5)))


def run_grounding(args: argparse.Namespace) -> int:
    """Exit code 0; 1 when some samples got no answer because the policy failed."""
    if args.batch < 1:
        raise ConfigError(f"--batch must be at least 1, got {args.batch}")
    protocol = _protocol(args.protocol, args.no_refusal)
    suite = load_suite(args.suite, args.data, args.box_format).subset(args.limit, args.seed)
    for note in suite.notes:
        print(note)
    settings = {
        "suite": suite.name,
        "data": str(args.data),
        "box_format": suite.box_format,
        "policy": args.policy or f"predictions:{args.predictions}",
        "protocol": protocol.name,
        "protocol_options": _options(protocol),
        "zoom": args.zoom,
        "limit": args.limit,
        "seed": args.seed,
        "samples": len(suite.samples),
    }
    if open_run(args.out, settings):
        print(f"going on with {args.out}")
    write_rows(args.out / SAMPLES, map(sample_row, suite.samples))
    failures: list[str] = []
    facts = kept_facts(args.out, "asked", "cost")
    path = args.out / PREDICTIONS
    if args.predictions is not None:
        predictions = read_predictions(args.predictions, suite.samples, protocol)
        write_rows(path, map(prediction_row, predictions))
    else:
        predictions = list(_saved(path))
        done = {prediction.id for prediction in predictions}
        todo = [sample for sample in suite.samples if sample.id not in done]
        if todo:
            options = profile_options(args.policy, args.profile)
            policy = Centre() if args.policy == "centre" else make_policy(args.policy, protocol, **options)
            progress = Progress(len(suite.samples), len(done))
            asker = policy if args.zoom is None else zoomed(policy, args.zoom)
            for batch in ask(asker, todo, args.batch, failures):
                for prediction in batch:
                    append_row(path, prediction_row(prediction))
                predictions += batch
                progress.add(len(batch))
            facts = {"asked": policy_facts(policy), "cost": cost_facts(policy, args.batch)}
    card = score_grounding(suite.samples, predictions, args.seed)
    facts |= {"notes": suite.notes, "instructions": suite.instructions, "versions": versions(), "failures": failures}
    results = {**settings, **facts, "card": card_json(card)}
    write_json(args.out / RESULTS, results)
    grounding_report(results, suite.samples, predictions, card).write(args.out / REPORT)
    print(card_text(card))
    print(f"results {args.out / RESULTS}\nreport  {args.out / REPORT}")
    if failures:
        print(f"{len(failures)} samples got no answer, e.g. {failures[0]}; run again to retry", file=sys.stderr)
    return 1 if failures else 0


def ask(
    policy: Policy, samples: Sequence[GroundingSample], batch: int, failures: list[str]
) -> Iterable[list[Prediction]]:
    """The policy's answers, at most `batch` to a call. What it cannot answer is told in `failures` and left out.

    PolicyError after `GIVE_UP` failures in a row.
    """
    in_a_row = 0
    for start in range(0, len(samples), batch):
        some = samples[start : start + batch]
        replies = _replies(policy, some)
        answered = [
            Prediction(sample.id, reply.action, reply.text, reply.seconds, reply.usage, reply.timing)
            for sample, reply in zip(some, replies, strict=True)
            if isinstance(reply, Reply)
        ]
        for sample, reply in zip(some, replies, strict=True):
            in_a_row = 0 if isinstance(reply, Reply) else in_a_row + 1
            if not isinstance(reply, Reply):
                failures.append(f"{sample.id}: {reply}")
            if in_a_row == GIVE_UP:
                raise PolicyError(f"{GIVE_UP} samples in a row failed, the last with: {reply}")
        yield answered


def _replies(policy: Policy, samples: Sequence[GroundingSample]) -> list[Reply | PolicyError]:
    """One reply per sample; when a call for several fails, each is tried alone."""
    requests = [(sample.instruction, (), Observation(load_image(sample.image))) for sample in samples]
    if isinstance(policy, BatchPolicy) and len(requests) > 1:
        try:
            return list(policy.replies(requests))
        except PolicyError as error:
            print(f"a batch of {len(requests)} failed ({error}); asking one by one", file=sys.stderr)
    found: list[Reply | PolicyError] = []
    for goal, steps, observation in requests:
        try:
            found.append(policy.reply(goal, steps, observation))
        except PolicyError as error:
            found.append(error)
    return found


def read_predictions(path: Path, samples: Sequence[GroundingSample], protocol: PromptProtocol) -> list[Prediction]:
    """Answers from any file; raw texts are parsed by `protocol` at the size at which its model saw the picture."""
    images = {sample.id: sample.image for sample in samples}

    def parse(key: str, text: str) -> Parsed:
        if key not in images:
            raise DataError(f"{path}: prediction {key!r} names no sample of this suite")
        with Image.open(images[key]) as image:
            return protocol.parse(text, protocol.budget.resize(image.size)).action

    return [prediction_of(row, parse) for row in read_rows(path)]


def _saved(path: Path) -> Iterable[Prediction]:
    return (prediction_of(row) for row in read_rows(path, mend=True)) if path.exists() else ()


def _protocol(name: str, no_refusal: bool) -> PromptProtocol:
    return get_protocol(name, refusal=False) if no_refusal else get_protocol(name)


def _options(protocol: PromptProtocol) -> dict[str, Any]:
    """The protocol's settings as text: pixel budget, decoding, refusal."""
    if not is_dataclass(protocol):
        return {}
    return {item.name: str(getattr(protocol, item.name)) for item in fields(protocol) if item.name != "name"}
