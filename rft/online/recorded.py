"""Semi-online episodes over recorded traces (UI-S1, arXiv 2509.11543): no environment, but the model's own history.

At every step of a trace the model sees the recorded screenshot and, as its history, what it has said itself so far.
A right answer goes on. A wrong one is replaced in the history by the recorded action, at most `patches` times, after
which the rollout ends there. Wrong answers are trained on as they were given.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

from PIL import Image

from agentkit.errors import DataError, boundary
from agentkit.frames import Size
from agentkit.pool import Request
from agentkit.protocols import PromptProtocol
from agentkit.recorded.traces import Trace
from agentkit.types import Ending, Observation, Reply, Step, Trajectory
from rft.advantage import discounted_returns, ui_s1_advantages, worth_training
from rft.advantage.rules import UiS1Rule
from rft.data.rows import NavigationRow
from rft.data.trace_rows import rows_of
from rft.online.policy import LearnerPolicy
from rft.online.rows import Batch, Means, StepRow
from rft.rewards import Reward


@dataclass
class Rollout:
    """One pass over a trace."""

    history: list[Step] = field(default_factory=list)
    """The steps so far as the next prompt tells them, replaced ones included."""
    said: list[Step] = field(default_factory=list)
    """The same steps as the model answered them."""
    requests: list[Request] = field(default_factory=list)
    rewards: list[float] = field(default_factory=list)
    matches: list[bool] = field(default_factory=list)
    patched: int = 0
    ended: bool = False


class RecordedEpisodes:
    """A source of training rows: rollouts of the model in training over `traces`."""

    def __init__(
        self,
        traces: Sequence[Trace],
        protocol: PromptProtocol,
        reward: Reward,
        rule: UiS1Rule,
        *,
        patches: int = 2,
        patch_thought: bool = False,
    ) -> None:
        """With `patch_thought` a replaced step has the thought that the trace holds, else none.

        DataError for a step without a screenshot, or whose action `protocol` cannot say or `reward` not score.
        """
        self.protocol, self.reward, self.rule = protocol, reward, rule
        self.patches, self.patch_thought = patches, patch_thought
        self.traces = tuple(tuple(rows_of(trace)) for trace in traces)
        for rows in self.traces:
            for row in rows:
                self._check(row)

    def __len__(self) -> int:
        return len(self.traces)

    def collect(self, chosen: Sequence[int], group: int, policy: LearnerPolicy, seed: int) -> Batch:
        """`group` rollouts of each chosen trace."""
        with policy.acting(seed):
            groups = self.roll_out([self.traces[index] for index in chosen], group, policy)
        batch = Batch()
        for number, (index, rollouts) in enumerate(zip(chosen, groups, strict=True)):
            self._learn(batch, number, self.traces[index], rollouts)
        return batch

    def roll_out(
        self, traces: Sequence[Sequence[NavigationRow]], group: int, policy: LearnerPolicy
    ) -> list[list[Rollout]]:
        """`group` rollouts of each trace, all live ones answered in one call per step."""
        groups = [[Rollout() for _ in range(group)] for _ in traces]
        for step in range(max(map(len, traces))):
            live = [
                (rows[step], rollout)
                for rows, rollouts in zip(traces, groups, strict=True)
                for rollout in rollouts
                if step < len(rows) and not rollout.ended
            ]
            if not live:
                break
            requests: list[Request] = [
                (row.goal, tuple(rollout.history), Observation(_picture(row))) for row, rollout in live
            ]
            replies = policy.replies(requests)
            for (row, rollout), request, reply in zip(live, requests, replies, strict=True):
                self._advance(rollout, row, request, reply, policy.model_size(request[2]))
        return groups

    def _advance(self, rollout: Rollout, row: NavigationRow, request: Request, reply: Reply, size: Size) -> None:
        scored = self.reward(reply, reply.text, replace(row.gold, model_size=size))
        right = bool(scored["correct"])
        observation = request[2]
        rollout.requests.append(request)
        rollout.said.append(Step(observation, reply))
        rollout.rewards.append(scored["total"])
        rollout.matches.append(right)
        if right:
            rollout.history.append(Step(observation, reply))
        elif rollout.patched < self.patches:
            rollout.patched += 1
            rollout.history.append(Step(observation, self._gold(row, size)))
        else:
            rollout.ended = True

    def _gold(self, row: NavigationRow, size: Size) -> Reply:
        """What the history holds in place of a wrong answer."""
        thought = row.thought if self.patch_thought else ""
        return Reply(self.protocol.render(row.action, thought, "", size), row.action, thought)

    def _check(self, row: NavigationRow) -> None:
        if row.image is None:
            raise DataError(f"trace step {row.id}: semi-online rollouts need a screenshot at every step, this has none")
        try:
            self._gold(row, Size(*row.size))
            self.reward(Reply("", row.action), "", replace(row.gold, model_size=row.size))
        except ValueError as error:
            raise DataError(f"trace step {row.id}: {error}") from error

    def _learn(self, batch: Batch, number: int, rows: Sequence[NavigationRow], rollouts: Sequence[Rollout]) -> None:
        """Add one group to the batch."""
        rule, means = self.rule, batch.means
        rewards = [rollout.rewards for rollout in rollouts]
        matches = [rollout.matches for rollout in rollouts]
        pairs = zip(rewards, matches, strict=True)
        worth = worth_training([discounted_returns(some, right, rule.gamma)[0] for some, right in pairs], rule.spread)
        advantages = ui_s1_advantages(
            rewards, matches, rule.gamma, rule.episode_weight, rule.step_weight, rule.scale, faithful=rule.faithful
        )
        means.add("frac_reward_zero_std", float(not worth))
        for episode, rollout in enumerate(rollouts):
            _measure(means, rollout, len(rows))
            batch.kept.append(_trajectory(rows, rollout, sum(rollout.rewards)))
            for step, (request, said) in enumerate(zip(rollout.requests, rollout.said, strict=True)):
                advantage = advantages[episode][step] if worth else 0.0
                tokens = said.reply.token_ids
                assert tokens, "the learner's replies carry their tokens"
                batch.rows.append(StepRow(request, tokens, advantage, (number, episode, step)))


def _measure(means: Means, rollout: Rollout, length: int) -> None:
    right = rollout.matches
    until_wrong = right.index(False) if False in right else len(right)
    means.add("reward", sum(rollout.rewards) / len(right), len(right))
    means.add("accuracy", sum(right) / len(right), len(right))
    means.add("success", float(until_wrong == length))
    means.add("progress", until_wrong / length)
    means.add("patches", rollout.patched)
    means.add("steps", len(right))


def _trajectory(rows: Sequence[NavigationRow], rollout: Rollout, reward: float) -> Trajectory:
    """The rollout for the eye: what the model said at every step, over the recorded screens."""
    whole = not rollout.ended
    fault = "" if whole else f"wrong once more after {rollout.patched} replaced steps"
    verdict = {"matches": list(rollout.matches), "success": float(whole and not rollout.patched)}
    facts = {"reward": reward, "patched": rollout.patched}
    ending = Ending.FINISHED if whole else Ending.CUT
    key = rows[0].id.rpartition("/")[0]
    return Trajectory(key, rows[0].goal, tuple(rollout.said), ending, None, verdict, fault, facts)


def _picture(row: NavigationRow) -> Image.Image:
    assert row.image is not None
    with boundary(DataError, f"trace step {row.id}: the screenshot {row.image} cannot be decoded"):
        return _open(row.image)


@lru_cache(maxsize=64)
def _open(path: Path) -> Image.Image:
    with Image.open(path) as opened:
        return opened.convert("RGB")
