"""One model call for all the threads that wait for a reply."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from agentkit.errors import GlintError
from agentkit.types import Observation, Policy, Reply, Step

Request = tuple[str, Sequence[Step], Observation]
"""Goal, steps so far, current observation."""
LINGER_S = 0.05


@runtime_checkable
class BatchPolicy(Protocol):
    """A policy that answers several requests in one call."""

    def reply(self, goal: str, steps: Sequence[Step], observation: Observation) -> Reply: ...
    def replies(self, requests: Sequence[Request]) -> list[Reply]: ...


class Batcher:
    """A policy for `workers` threads that gathers their requests into calls of `policy.replies`.

    A call starts when every worker that still runs waits, or `linger_s` after the first request; its requests are in
    the order of their seats. Whom a call did not wait for any longer, no later call waits for either until it has
    asked again: a slow environment holds the others up once per step of its own, not once per step of theirs. The
    thread whose request came first makes the call. When a call of several fails, each is tried alone, so one
    impossible request does not break its neighbours.
    """

    def __init__(self, policy: BatchPolicy, workers: int, linger_s: float = LINGER_S) -> None:
        self.policy = policy
        self.linger_s = linger_s
        self._running = workers
        self._late = 0
        """Workers among them that a call did not wait for any longer and that have not asked since."""
        self._calls = self._impatient = 0
        """How many calls there were, and which of them was the last that began without somebody it had waited for."""
        self._served: dict[int, int] = {}
        """The last call that each worker, by its thread, had a part in."""
        self._waiting: list[_Waiting] = []
        self._led = False
        """Whether a thread is about to make a call for those who wait."""
        self._lock = threading.Lock()
        self._gathered = threading.Condition(self._lock)
        """Notified when all have come; only the thread that makes the call waits for it."""
        self._calling = threading.Lock()

    @property
    def meta(self) -> Mapping[str, Any]:
        return getattr(self.policy, "meta", {})

    def leave(self) -> None:
        """The calling thread's worker asks no more."""
        with self._lock:
            self._late -= self._is_late()
            self._running -= 1
            self._gathered.notify()

    def seat(self, number: int) -> Policy:
        """This policy for one episode, whose requests come at place `number` among those of a call."""
        return _Seat(self, number)

    def reply(self, goal: str, steps: Sequence[Step], observation: Observation, seat: int = 0) -> Reply:
        mine = _Waiting(seat, (goal, steps, observation), Future(), threading.get_ident())
        with self._lock:
            self._late -= self._is_late()
            self._served[mine.worker] = self._calls  # no longer late, whichever call it will have a part in
            self._waiting.append(mine)
            leads, self._led = not self._led, True
            if not leads and self._all_wait():
                self._gathered.notify()
        if leads:
            self._lead(time.monotonic() + self.linger_s)
        return mine.future.result()

    def _lead(self, deadline: float) -> None:
        """Make a call for all who wait by the deadline, or by the end of the call before this one."""
        with self._calling:
            with self._lock:
                while not self._all_wait() and (left := deadline - time.monotonic()) > 0:
                    self._gathered.wait(left)
                self._calls += 1
                if not self._all_wait():
                    self._impatient, self._late = self._calls, self._running - len(self._waiting)
                batch, self._waiting, self._led = self._waiting, [], False
                for waiting in batch:
                    self._served[waiting.worker] = self._calls
            self._answer(sorted(batch, key=lambda waiting: waiting.seat))

    def _all_wait(self) -> bool:
        return len(self._waiting) >= self._running - self._late

    def _is_late(self) -> bool:
        return self._served.get(threading.get_ident(), 0) < self._impatient

    def _answer(self, batch: Sequence[_Waiting]) -> None:
        try:
            replies = self.policy.replies([waiting.request for waiting in batch])
            assert len(replies) == len(batch), f"{len(batch)} requests got {len(replies)} replies"
        except BaseException as error:
            if len(batch) == 1 or not isinstance(error, GlintError):
                for waiting in batch:
                    waiting.future.set_exception(error)
                return
            for single in batch:
                self._answer([single])
            return
        for waiting, reply in zip(batch, replies, strict=True):
            waiting.future.set_result(reply)


@dataclass(frozen=True, slots=True)
class _Waiting:
    seat: int
    request: Request
    future: Future[Reply]
    worker: int
    """Its thread."""


@dataclass(frozen=True, slots=True)
class _Seat:
    batcher: Batcher
    number: int

    @property
    def meta(self) -> Mapping[str, Any]:
        return self.batcher.meta

    def reply(self, goal: str, steps: Sequence[Step], observation: Observation) -> Reply:
        return self.batcher.reply(goal, steps, observation, self.number)
