"""Ask a policy about recorded screens: in batches where it can, one by one where a batch fails."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from agentkit.errors import PolicyError
from agentkit.pool import BatchPolicy
from agentkit.scoring import Prediction
from agentkit.types import Observation, Policy, Reply, Step

GIVE_UP = 5
"""Failures of the policy in a row after which the run stops: an endpoint that is down scores nothing."""

Request: TypeAlias = tuple[str, Sequence[Step], Observation]
"""Goal, past steps, current screen."""


@dataclass(frozen=True, slots=True)
class Question:
    """One thing to ask; its pictures are opened when it is its turn."""

    id: str
    request: Callable[[], Request]


class Asker:
    """Asks one policy, at most `batch` questions to a call. What it cannot answer is told in `failures`."""

    def __init__(self, policy: Policy, batch: int = 1) -> None:
        self.policy, self.batch = policy, batch
        self.failures: list[str] = []
        self._in_a_row = 0

    def answers(self, questions: Sequence[Question]) -> Iterator[list[Prediction]]:
        """The answers, call by call. PolicyError after `GIVE_UP` failures in a row, DataError for a damaged picture."""
        for start in range(0, len(questions), self.batch):
            some = questions[start : start + self.batch]
            replies = self._replies(some)
            for question, reply in zip(some, replies, strict=True):
                self._in_a_row = 0 if isinstance(reply, Reply) else self._in_a_row + 1
                if not isinstance(reply, Reply):
                    self.failures.append(f"{question.id}: {reply}")
                if self._in_a_row == GIVE_UP:
                    raise PolicyError(f"{GIVE_UP} questions in a row failed, the last with: {reply}")
            yield [
                Prediction(question.id, reply.action, reply.text, reply.seconds, reply.usage, reply.timing)
                for question, reply in zip(some, replies, strict=True)
                if isinstance(reply, Reply)
            ]

    def _replies(self, questions: Sequence[Question]) -> list[Reply | PolicyError]:
        """One reply per question; when a call for several fails, each is tried alone."""
        requests = [question.request() for question in questions]
        if isinstance(self.policy, BatchPolicy) and len(requests) > 1:
            try:
                return list(self.policy.replies(requests))
            except PolicyError as error:
                print(f"a batch of {len(requests)} failed ({error}); asking one by one", file=sys.stderr)
        found: list[Reply | PolicyError] = []
        for goal, steps, observation in requests:
            try:
                found.append(self.policy.reply(goal, steps, observation))
            except PolicyError as error:
                found.append(error)
        return found
