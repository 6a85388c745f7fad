"""Many episodes at once: a thread and an environment per worker, and one model call for all that wait for a reply."""

from __future__ import annotations

import queue
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TextIO

from agentkit.batcher import LINGER_S, Batcher, BatchPolicy, Request
from agentkit.episode import DEFAULT_LIMITS, Limits, run_episode
from agentkit.errors import GlintError
from agentkit.types import Ending, Env, Policy, Task, Trajectory

__all__ = ["LINGER_S", "BatchPolicy", "Batcher", "Request", "run_episodes"]


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
    keep: bool = True,
) -> list[Trajectory]:
    """The trajectories of `tasks`, in their order; none unless `keep`, for runs whose screenshots do not fit in memory.

    Each worker makes its own environment in its own thread, and a fresh one after an episode broke. `on_done(index,
    trajectory)` is called as each ends, one at a time. An exception that is not a GlintError stops the others at
    their next task and is raised here. A model call waits for all running episodes, but for `linger_s` at most, and
    not again for one that it waited for in vain (see `Batcher`). When that is longer than any environment takes, the
    calls are the same whenever the tasks are, and episodes that chance decides can be repeated.

    Threads share one core's worth of Python: where environments compute, as simulated phones do, take them from
    `agentkit.pool_processes` or, on several machines, from `agentkit.pool_ray`.
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
                    if keep:
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
