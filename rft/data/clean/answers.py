"""The answer of an information task, said before the end: `CallUser(answer)` is put in front of `Finished`.

Traces recorded by people end when the person has seen the answer; an agent must say it (UI-Venus, arXiv 2508.10833,
section on trace reconstruction). The answer comes from an `Answerer`: from the data, or from a model that is shown the
last screenshot.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from agentkit.actions import CallUser, Finished
from agentkit.errors import DataError
from agentkit.recorded.traces import Trace, TraceStep
from rft.data.clean.index import Index
from rft.data.clean.sample import TRACES, Kind, Sample, Source, Verdict

Answerer: TypeAlias = Callable[[Trace], str]
"""The answer to the goal of a trace; empty when it is not known."""

_QUESTION = re.compile(
    r"(what|which|when|where|who|whose|whom|why|how (many|much|long|old|far|often|tall|big)|is|are|was|were|does|do"
    r"|did|has|have|tell me|find out|check (if|whether|how|what|when|which)|let me know|show me how (many|much)"
    r"|give me the (name|number|price|address|time|date))\b",
    re.IGNORECASE,
)


def asks(goal: str) -> bool:
    """Whether `goal` wants to know something, by its words."""
    return goal.rstrip().endswith("?") or _QUESTION.match(goal.lstrip()) is not None


def given_answer(trace: Trace) -> str:
    """The trace's own `answer`, or what its `Finished` says."""
    if trace.answer.strip():
        return trace.answer.strip()
    last = trace.steps[-1].action
    said = last.content.strip() if isinstance(last, Finished) else ""
    return "" if said.casefold() == "infeasible" else said


@dataclass(frozen=True)
class Answers:
    answerer: Answerer = given_answer
    unanswered: Literal["drop", "keep"] = "drop"
    """What becomes of an information task whose answer is not known. Kept, it teaches to end without answering."""
    name: str = "answers"
    kinds: frozenset[Kind] = TRACES

    def run(self, samples: Source, index: Index) -> Iterator[Verdict]:
        for sample in samples():
            yield self._judge(sample)

    def _judge(self, sample: Sample) -> Verdict:
        trace = sample.trace()
        *before, last = trace.steps
        if not isinstance(last.action, Finished) or last.action.content.casefold() == "infeasible":
            return Verdict(sample)
        if any(isinstance(step.action, CallUser) for step in before) or not (trace.answer or asks(trace.goal)):
            return Verdict(sample)
        answer = self.answerer(trace).strip()
        if not answer:
            if self.unanswered == "keep":
                return Verdict(sample)
            return Verdict(sample, "answer not known", detail=trace.goal, step=len(before))
        said = TraceStep(last.image, CallUser(answer), size=last.size)
        end = replace(last, action=Finished()) if last.action.content.strip() == answer else last
        whole = replace(trace, steps=(*before, said, end), answer=answer)
        return Verdict(sample.with_trace(whole), change="answer put before the end", detail=answer[:200])


def policy_answerer(spec: str, protocol: str) -> Answerer:
    """An answerer that asks the policy `spec` (see `agentkit.policies`) under a navigation protocol.

    The policy sees the goal, what was done, and the last screenshot; what its `CallUser` says is the answer.
    """
    from PIL import Image

    from agentkit.policies import make_policy
    from agentkit.protocols import get_protocol
    from agentkit.types import Observation, Reply, Step

    policy = make_policy(spec, get_protocol(protocol))

    def answer(trace: Trace) -> str:
        *before, last = trace.steps
        if last.image is None:
            return given_answer(trace)
        try:
            with Image.open(last.image) as opened:
                observation = Observation(opened.convert("RGB"))
        except OSError as error:
            raise DataError(f"line {trace.number}: screenshot cannot be decoded: {last.image}: {error}") from error
        steps = [Step(observation, Reply("", step.action, step.thought, step.conclusion)) for step in before]
        said = policy.reply(trace.goal, steps, observation).action
        return said.content if isinstance(said, CallUser) else ""

    return answer
