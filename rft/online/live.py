"""Online episodes: G of each task in a live environment, rewarded as a whole (UI-Venus 1.5, arXiv 2602.09082).

The trajectory reward becomes an advantage within the group, and every step of an episode gets it. An episode whose
environment broke is left out: its group shrinks, and it is never scored zero.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import replace

from agentkit.episode import Limits
from agentkit.errors import EnvError
from agentkit.pool import run_episodes
from agentkit.scoring import EpisodeResult, score_episode
from agentkit.types import Ending, Task, Trajectory
from rft.online.grouping import episode_advantages, is_dead
from rft.online.policy import LearnerPolicy
from rft.online.rows import Batch, Means, StepRow
from rft.online.world import World
from rft.rewards import TrajectoryReward

SUCCESS = "val/success"
"""Share of the validation tasks that greedy replies solve."""


class LiveEpisodes:
    """A source of training rows: episodes that the model in training runs in `world`."""

    def __init__(
        self,
        world: World,
        reward: TrajectoryReward,
        limits: Limits,
        *,
        scale: bool = True,
        leave_one_out: bool = False,
        workers: int = 0,
        patience_s: float = 60.0,
    ) -> None:
        """`workers` 0 is one environment per episode; `patience_s` is how long a model call waits for the slowest."""
        self.world, self.reward, self.limits = world, reward, limits
        self.scale, self.leave_one_out = scale, leave_one_out
        self.workers, self.patience_s = workers, patience_s
        self.tasks = tuple(world.tasks())

    def __len__(self) -> int:
        return len(self.tasks)

    def collect(self, chosen: Sequence[int], group: int, policy: LearnerPolicy, seed: int) -> Batch:
        """`group` episodes of each chosen task. EnvError when all of them broke."""
        tasks = [self.tasks[index] for index in chosen for _ in range(group)]
        with policy.acting(seed):
            trajectories = self._run(policy, tasks)
        results = [score_episode(task, t) for task, t in zip(tasks, trajectories, strict=True)]
        _require_some(trajectories)
        batch = Batch()
        for number in range(len(chosen)):
            here = slice(number * group, (number + 1) * group)
            self._learn(batch, number, tasks[here][0], trajectories[here], results[here])
        batch.kept.sort(key=lambda trajectory: -abs(trajectory.meta["advantage"]))
        return batch

    def validate(self, policy: LearnerPolicy, seed: int, part: slice = slice(None)) -> Means:
        """Success of the likeliest replies on the `part` of the world's validation tasks, by template too."""
        tasks = list(self.world.validation())[part]
        with policy.acting(seed, greedy=True):
            trajectories = self._run(policy, tasks)
        means = Means()
        for task, trajectory in zip(tasks, trajectories, strict=True):
            result = score_episode(task, trajectory)
            if result.ending is not Ending.BROKEN:
                means.add(SUCCESS, float(result.solved))
                means.add(f"{SUCCESS}/{result.template}", float(result.solved))
        return means

    def _run(self, policy: LearnerPolicy, tasks: Sequence[Task]) -> list[Trajectory]:
        workers = min(self.workers or len(tasks), len(tasks))
        return run_episodes(
            policy, self.world.env, tasks, max(1, workers), limits=self.limits, linger_s=self.patience_s
        )

    def _learn(
        self,
        batch: Batch,
        number: int,
        task: Task,
        trajectories: Sequence[Trajectory],
        results: Sequence[EpisodeResult],
    ) -> None:
        """Add one group to the batch."""
        scored = [
            None if result.ending is Ending.BROKEN else self._reward(task, trajectory, result)
            for trajectory, result in zip(trajectories, results, strict=True)
        ]
        rewards = [None if terms is None else terms["total"] for terms in scored]
        advantages = episode_advantages(rewards, self.scale, self.leave_one_out)
        known = [reward for reward in rewards if reward is not None]
        means = batch.means
        means.add("frac_reward_zero_std", float(is_dead(advantages)))
        if known:
            means.add("reward_std", statistics.pstdev(known))
        for episode, (trajectory, result, terms, advantage) in enumerate(
            zip(trajectories, results, scored, advantages, strict=True)
        ):
            means.add("broken", float(terms is None))
            if terms is None or advantage is None:
                continue
            means.add("reward", terms["total"])
            means.add("success", terms["success"])
            means.add(f"success/{result.template}", terms["success"])
            means.add("steps", result.steps)
            means.add("unreadable", terms["unreadable"] / max(1, result.steps), result.steps)
            means.add("terms/brevity", terms["brevity"])
            means.add("cut", float(result.ending is Ending.CUT))
            facts = {"reward": terms["total"], "advantage": advantage, "success": terms["success"]}
            batch.kept.append(replace(trajectory, meta={**trajectory.meta, **facts}))
            for step, taken in enumerate(trajectory.steps):
                request = (trajectory.goal, trajectory.steps[:step], taken.observation)
                tokens = taken.reply.token_ids
                assert tokens, "the learner's replies carry their tokens"
                batch.rows.append(StepRow(request, tokens, advantage, (number, episode, step)))

    def _reward(self, task: Task, trajectory: Trajectory, result: EpisodeResult) -> dict[str, float]:
        shortest = self.world.shortest(task) if result.solved else 1
        return self.reward(trajectory, result.solved, max(1, shortest))


def _require_some(trajectories: Sequence[Trajectory]) -> None:
    if trajectories and all(trajectory.ending is Ending.BROKEN for trajectory in trajectories):
        raise EnvError(
            f"all {len(trajectories)} episodes of this step broke, so there is nothing to learn from; "
            f"the first: {trajectories[0].fault}"
        )
