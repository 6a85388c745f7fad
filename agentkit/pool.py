"""Many episodes at once: a thread and an environment per worker, and one model call for all that wait for a reply."""

from __future__ import annotations

import queue
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, Protocol, TextIO, runtime_checkable

from agentkit.episode import DEFAULT_LIMITS, Limits, run_episode
from agentkit.errors import GlintError
from agentkit.types import Ending, Env, Observation, Policy, Reply, Step, Task, Trajectory

Request = tuple[str, Sequence[Step], Observation]
"""Goal, steps so far, current observation."""
LINGER_S = 0.05


@runtime_checkable
class BatchPolicy(Protocol):
    """A policy that answers several requests in one call."""

    def reply(self, goal: str, steps: Sequence[Step], observation: Observation) -> Reply: ...
    def replies(self, requests: Sequence[Request]) -> list[Reply]: ...


def run_episodes(
    policy: Policy,
    env_factory: Callable[[], Env],
    tasks: Sequence[Task],
    workers: int = 4,
    *,
    limits: Limits = DEFAULT_LIMITS,
    on_done: Callable[[int, Trajectory], None] | None = None,
    meta: Mapping[str, Any] | None = None,
    progress: bool = False,
    linger_s: float = LINGER_S,
) -> list[Trajectory]:
    """The trajectories of `tasks`, in their order.

    Each worker makes its own environment in its own thread, and a fresh one after an episode broke. `on_done(index,
    trajectory)` is called as each ends, one at a time. An exception that is not a GlintError stops the others at
    their next task and is raised here. A model call waits for all running episodes, but for `linger_s` at most. When
    that is longer than any environment takes, the calls are the same whenever the tasks are, and episodes that chance
    decides can be repeated.
    """
    if workers < 1:
        raise ValueError(f"workers must be at least 1, got {workers}")
    workers = min(workers, max(1, len(tasks)))
    done: list[Trajectory | None] = [None] * len(tasks)
    todo: queue.SimpleQueue[int] = queue.SimpleQueue()
    for index in range(len(tasks)):
        todo.put(index)
    line = _ProgressLine(len(tasks), sys.stderr if progress else None)
    lock = threading.Lock()
    failures: list[BaseException] = []
    stop = threading.Event()
    batcher = Batcher(policy, workers, linger_s) if isinstance(policy, BatchPolicy) and workers > 1 else None

    def work() -> None:
        env: Env | None = None
        try:
            while not stop.is_set():
                try:
                    index = todo.get_nowait()
                except queue.Empty:
                    return
                task = tasks[index]
                try:
                    env = env or env_factory()
                except GlintError as error:
                    fault = f"{type(error).__name__}: {error}"
                    trajectory = Trajectory(task.key, task.goal, (), Ending.BROKEN, fault=fault, meta=meta or {})
                else:
                    asked = policy if batcher is None else batcher.seat(index)
                    trajectory = run_episode(asked, env, task, limits=limits, meta=meta)
                if trajectory.ending is Ending.BROKEN and env is not None:
                    _close(env)
                    env = None
                with lock:
                    done[index] = trajectory
                    line.add(trajectory)
                    if on_done is not None:
                        on_done(index, trajectory)
        except BaseException as error:  # raised in the caller's thread
            failures.append(error)
            stop.set()
        finally:
            if batcher is not None:
                batcher.leave()
            if env is not None:
                _close(env)

    threads = [threading.Thread(target=work, name=f"episode-{i}", daemon=True) for i in range(workers)]
    for thread in threads:
        thread.start()
    try:
        for thread in threads:
            thread.join()
    finally:
        stop.set()
        line.end()
    if failures:
        raise failures[0]
    return [trajectory for trajectory in done if trajectory is not None]


def _close(env: Env) -> None:
    try:
        env.close()
    except GlintError as error:
        print(f"closing an environment failed: {error}", file=sys.stderr)


class Batcher:
    """A policy for `workers` threads that gathers their requests into calls of `policy.replies`.

    A call starts when every worker that still runs waits, or `linger_s` after the first request; its requests are in
    the order of their seats. The thread that completes or outwaits a batch makes the call itself. When a call of
    several fails, each is tried alone, so one impossible request does not break its neighbours.
    """

    def __init__(self, policy: BatchPolicy, workers: int, linger_s: float = LINGER_S) -> None:
        self.policy = policy
        self.linger_s = linger_s
        self._running = workers
        self._waiting: list[_Waiting] = []
        self._changed = threading.Condition()
        self._calling = threading.Lock()

    @property
    def meta(self) -> Mapping[str, Any]:
        return getattr(self.policy, "meta", {})

    def leave(self) -> None:
        """A worker asks no more."""
        with self._changed:
            self._running -= 1
            self._changed.notify_all()

    def seat(self, number: int) -> Policy:
        """This policy for one episode, whose requests come at place `number` among those of a call."""
        return _Seat(self, number)

    def reply(self, goal: str, steps: Sequence[Step], observation: Observation, seat: int = 0) -> Reply:
        future: Future[Reply] = Future()
        with self._changed:
            self._waiting.append(_Waiting(seat, (goal, steps, observation), future))
            self._changed.notify_all()
            deadline = time.monotonic() + self.linger_s
            while len(self._waiting) < self._running and (left := deadline - time.monotonic()) > 0:
                if future.done() or not self._is_waiting(future):
                    break
                self._changed.wait(left)
        with self._calling:
            with self._changed:
                batch, self._waiting = (self._waiting, []) if self._is_waiting(future) else ([], self._waiting)
                self._changed.notify_all()
            if batch:
                self._answer(sorted(batch, key=lambda waiting: waiting.seat))
        return future.result()

    def _is_waiting(self, future: Future[Reply]) -> bool:
        return any(waiting.future is future for waiting in self._waiting)

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


@dataclass(frozen=True, slots=True)
class _Seat:
    batcher: Batcher
    number: int

    @property
    def meta(self) -> Mapping[str, Any]:
        return self.batcher.meta

    def reply(self, goal: str, steps: Sequence[Step], observation: Observation) -> Reply:
        return self.batcher.reply(goal, steps, observation, self.number)


class _ProgressLine:
    def __init__(self, total: int, stream: TextIO | None) -> None:
        self.total, self.stream = total, stream
        self.counts = dict.fromkeys(Ending, 0)
        self.started = time.monotonic()

    def add(self, trajectory: Trajectory) -> None:
        self.counts[trajectory.ending] += 1
        if self.stream is None:
            return
        done = sum(self.counts.values())
        left = (time.monotonic() - self.started) / done * (self.total - done)
        parts = ", ".join(f"{count} {ending.value}" for ending, count in self.counts.items() if count)
        text = f"{done}/{self.total} episodes: {parts}; about {left:.0f} s left"
        self.stream.write(f"\r\x1b[K{text}" if self.stream.isatty() else f"{text}\n")
        self.stream.flush()

    def end(self) -> None:
        if self.stream is not None and self.stream.isatty():
            self.stream.write("\n")
