"""Score episodes: success over tasks with an interval, broken ones excluded and listed, baselines beside it.

An episode scores what its task's rule says of the recorded trajectory, whatever its ending; only a broken one has no
score. A trajectory of a cut episode counts like any other: the agent ran out of budget, the device did not fail.
"""

from __future__ import annotations

import math
import re
import statistics
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from agentkit.actions import Malformed
from agentkit.errors import DataError
from agentkit.scoring.cost import total_counts, total_stages
from agentkit.scoring.intervals import Estimate, Rate, mean_interval
from agentkit.types import Ending, Task, Trajectory

SUCCESS = 0.5
"""A task is solved above this score, as AndroidWorld counts its fractional composite tasks."""


@dataclass(frozen=True, slots=True)
class EpisodeResult:
    """One scored episode, small enough to keep thousands."""

    key: str
    template: str
    success: float
    """What the task's rule says, in [0, 1]; nan when broken."""
    ending: Ending
    steps: int
    malformed: int
    """Replies that did not parse."""
    seconds: float
    """Spent in the policy."""
    usage: Mapping[str, int] = field(default_factory=dict)
    """Counts of all its replies by kind; empty when unknown."""
    fault: str = ""
    timing: Mapping[str, float] = field(default_factory=dict)
    """Parts of `seconds` over all its replies; empty when unknown."""
    device_seconds: float = 0.0
    """Spent in the environment: resetting, acting, taking screenshots. 0 when unknown."""

    @property
    def solved(self) -> bool:
        return self.success > SUCCESS


@dataclass(frozen=True, slots=True)
class EpisodeCard:
    """Everything a run over a task suite is judged by."""

    solved: Rate
    """Over episodes that did not break; Wilson's interval treats them as independent."""
    success: Estimate
    """Mean score; the interval resamples whole templates, so several seeds of one do not count as more evidence."""
    templates: Mapping[str, Rate]
    endings: Mapping[str, int]
    broken: tuple[EpisodeResult, ...]
    missing: tuple[str, ...]
    """Tasks without an episode. Counted as unsolved."""
    steps: float
    """Mean over scored episodes."""
    steps_solved: float
    malformed: Rate
    """Of all replies."""
    seconds_step: float
    """Policy seconds per step; nan when unknown."""
    tokens_step: Mapping[str, float]
    """Mean per step of what `Reply.usage` counts, by kind."""
    results: tuple[EpisodeResult, ...]
    baselines: Mapping[str, Rate] = field(default_factory=dict)
    """Other policies over the same tasks, e.g. `no-op`: what the suite gives away."""
    seed: int = 0
    stages_step: Mapping[str, float] = field(default_factory=dict)
    """Policy seconds per step by part, over the episodes that were split."""
    device_step: float = math.nan
    """Seconds per step in the environment; nan when unknown."""

    @property
    def by_id(self) -> dict[str, bool]:
        """Scored and missing tasks, right or wrong, for paired comparisons."""
        scored = {result.key: result.solved for result in self.results if result.ending is not Ending.BROKEN}
        return scored | dict.fromkeys(self.missing, False)


def template_of(task: Task) -> str:
    """The task's template: its key without the number of the instance, `TurnOnWifi_7` -> `TurnOnWifi`."""
    return re.sub(r"[_/@#]\d+$", "", task.key)


def score_episode(task: Task, trajectory: Trajectory) -> EpisodeResult:
    """One task's rule applied to its trajectory. DataError when they do not belong together."""
    if trajectory.task_key != task.key:
        raise DataError(f"trajectory of task {trajectory.task_key!r} cannot be scored by task {task.key!r}")
    broken = trajectory.ending is Ending.BROKEN
    success = math.nan if broken else float(task.score(trajectory)["success"])
    return EpisodeResult(
        key=task.key,
        template=template_of(task),
        success=success,
        ending=trajectory.ending,
        steps=len(trajectory.steps),
        malformed=sum(isinstance(step.reply.action, Malformed) for step in trajectory.steps),
        seconds=sum(step.reply.seconds for step in trajectory.steps),
        usage=total_counts(step.reply.usage for step in trajectory.steps),
        fault=trajectory.fault,
        timing=total_stages(step.reply.timing for step in trajectory.steps),
        device_seconds=_known_seconds(trajectory.meta.get("device_seconds")),
    )


def score_episodes(
    tasks: Sequence[Task],
    trajectories: Iterable[Trajectory],
    baselines: Mapping[str, Rate] | None = None,
    seed: int = 0,
) -> EpisodeCard:
    """The card of `trajectories` over `tasks`. DataError on duplicate keys and on unknown ones."""
    by_key = {task.key: task for task in tasks}
    if len(by_key) != len(tasks):
        twice = [key for key, count in Counter(task.key for task in tasks).items() if count > 1]
        raise DataError(f"task keys must be unique, {len(twice)} are not, e.g. {twice[:3]}")
    results: list[EpisodeResult] = []
    for trajectory in trajectories:
        if trajectory.task_key not in by_key:
            raise DataError(f"trajectory of task {trajectory.task_key!r}, which is not in this suite")
        results.append(score_episode(by_key[trajectory.task_key], trajectory))
    return card_of_results([(task.key, template_of(task)) for task in tasks], results, baselines, seed)


def card_of_results(
    tasks: Sequence[tuple[str, str]],
    results: Sequence[EpisodeResult],
    baselines: Mapping[str, Rate] | None = None,
    seed: int = 0,
) -> EpisodeCard:
    """The card of episodes scored before; `tasks` are (key, template) pairs."""
    twice = [key for key, count in Counter(result.key for result in results).items() if count > 1]
    if twice:
        raise DataError(f"one episode per task expected, {len(twice)} tasks have more, e.g. {twice[:3]}")
    done = {result.key for result in results}
    missing = tuple(key for key, _ in tasks if key not in done)
    scored = [result for result in results if result.ending is not Ending.BROKEN]
    counted = [(r.template, r.success) for r in scored] + [(t, 0.0) for key, t in tasks if key not in done]
    hits: dict[str, list[bool]] = defaultdict(list)
    for template, success in counted:
        hits[template].append(success > SUCCESS)
    steps = sum(result.steps for result in results)
    seconds = sum(result.seconds for result in results)
    return EpisodeCard(
        solved=Rate(sum(map(sum, hits.values())), len(counted)),
        success=mean_interval([s for _, s in counted], [t for t, _ in counted], seed),
        templates={name: Rate(sum(solved), len(solved)) for name, solved in sorted(hits.items())},
        endings=dict(Counter(result.ending.value for result in results)),
        broken=tuple(result for result in results if result.ending is Ending.BROKEN),
        missing=missing,
        steps=_mean([result.steps for result in scored]),
        steps_solved=_mean([result.steps for result in scored if result.solved]),
        malformed=Rate(sum(result.malformed for result in results), steps),
        seconds_step=seconds / steps if steps and seconds > 0 else math.nan,
        tokens_step={k: n / steps for k, n in total_counts(r.usage for r in results).items()} if steps else {},
        results=tuple(results),
        baselines=dict(baselines or {}),
        seed=seed,
        stages_step=_per_step([(result.timing, result.steps) for result in results if result.timing]),
        device_step=_device_step(results),
    )


def _per_step(split: Sequence[tuple[Mapping[str, float], int]]) -> dict[str, float]:
    steps = sum(count for _, count in split)
    return {k: s / steps for k, s in total_stages(timing for timing, _ in split).items()} if steps else {}


def _device_step(results: Sequence[EpisodeResult]) -> float:
    known = [result for result in results if result.device_seconds > 0 and result.steps]
    return sum(r.device_seconds for r in known) / sum(r.steps for r in known) if known else math.nan


def _known_seconds(value: object) -> float:
    """A time as a trace's meta may hold it; foreign values are unknown."""
    known = isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value) and value >= 0
    return float(value) if known else 0.0  # type: ignore[arg-type]


def _mean(values: Sequence[float]) -> float:
    return statistics.fmean(values) if values else math.nan
