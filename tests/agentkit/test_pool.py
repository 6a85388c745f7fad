"""Many episodes at once: order, isolation, and the batching of model calls."""

from __future__ import annotations

import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from PIL import Image

from agentkit.actions import Finished, Press
from agentkit.batcher import LINGER_S, Batcher
from agentkit.episode import Limits
from agentkit.errors import DeviceLost, EnvError, PolicyError
from agentkit.policies.scripted import ScriptedPolicy
from agentkit.pool import run_episodes
from agentkit.tasks import FreeGoal
from agentkit.types import Ending, Observation, Reply

PIXEL = Image.new("RGB", (40, 60))


class Device:
    """Takes `task.goal` as its script: how many steps until the screen ends it, or `break`."""

    made: list[Device]

    def __init__(self) -> None:
        type(self).made.append(self)
        self.thread = threading.get_ident()
        self.closed = False
        self.left = 0

    def reset(self, task) -> Observation:
        assert threading.get_ident() == self.thread and not self.closed
        if task.goal == "break":
            raise DeviceLost("gone")
        self.left = int(task.goal)
        return Observation(PIXEL, info={"goal": task.goal})

    def step(self, action) -> Observation:
        assert threading.get_ident() == self.thread
        self.left -= 1
        return Observation(PIXEL, ended=self.left <= 0)

    def verdict(self) -> dict:
        return {"left": self.left}

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def device() -> type[Device]:
    return type("FreshDevice", (Device,), {"made": []})


class Batched:
    """A policy that answers in batches and remembers their sizes."""

    def __init__(self, seconds: float = 0.0, poison: str = "") -> None:
        self.sizes: list[int] = []
        self.seconds, self.poison = seconds, poison
        self.inside = 0

    def reply(self, goal, steps, observation) -> Reply:
        return self.replies([(goal, steps, observation)])[0]

    def replies(self, requests) -> list[Reply]:
        self.inside += 1
        assert self.inside == 1, "two model calls at once"
        time.sleep(self.seconds)
        self.inside -= 1
        self.sizes.append(len(requests))
        if any(goal == self.poison for goal, _, _ in requests):
            raise PolicyError("cannot answer this")
        return [Reply(f"{goal}/{len(steps)}", Press("back")) for goal, steps, _ in requests]


def tasks(*goals: str) -> list[FreeGoal]:
    return [FreeGoal(goal, key=f"{i}") for i, goal in enumerate(goals)]


def test_results_are_in_task_order_whatever_finishes_first(device) -> None:
    todo = tasks(*(str(1 + i % 4) for i in range(17)))
    order: list[int] = []
    results = run_episodes(Batched(0.001), device, todo, workers=4, on_done=lambda i, t: order.append(i))
    assert [t.task_key for t in results] == [t.key for t in todo]
    assert [len(t.steps) for t in results] == [int(t.goal) for t in todo]
    assert all(t.ending is Ending.ENDED for t in results)
    assert sorted(order) == list(range(17))
    assert len(device.made) == 4 and all(d.closed for d in device.made)


def test_each_reply_reaches_its_own_episode(device) -> None:
    results = run_episodes(Batched(), device, tasks("3", "4", "2", "4", "1"), workers=3)
    for trajectory in results:
        assert [s.reply.text for s in trajectory.steps] == [
            f"{trajectory.goal}/{i}" for i in range(len(trajectory.steps))
        ]


def test_waiting_episodes_share_a_model_call(device) -> None:
    policy = Batched(0.01)
    run_episodes(policy, device, tasks(*["4"] * 8), workers=8)
    assert sum(policy.sizes) == 32
    assert len(policy.sizes) <= 10 and max(policy.sizes) == 8


def test_one_worker_needs_no_batcher(device) -> None:
    policy = Batched()
    run_episodes(policy, device, tasks("2", "1"), workers=1)
    assert policy.sizes == [1, 1, 1]


def test_a_broken_device_is_replaced(device) -> None:
    results = run_episodes(Batched(), device, tasks("1", "break", "2"), workers=1)
    assert [t.ending for t in results] == [Ending.ENDED, Ending.BROKEN, Ending.ENDED]
    assert results[1].fault == "DeviceLost: gone"
    assert len(device.made) == 2 and all(d.closed for d in device.made)


def test_a_device_that_cannot_be_opened_breaks_only_its_episodes() -> None:
    def refuse():
        raise EnvError("no device at 127.0.0.1:5555")

    results = run_episodes(ScriptedPolicy([Finished()]), refuse, tasks("1", "2"), workers=2)
    assert [t.ending for t in results] == [Ending.BROKEN] * 2
    assert results[0].fault == "EnvError: no device at 127.0.0.1:5555"


def test_one_impossible_request_does_not_break_its_neighbours(device) -> None:
    results = run_episodes(Batched(0.01, poison="3"), device, tasks("2", "3", "2", "2"), workers=4)
    assert [t.ending.value for t in results] == ["ended", "broken", "ended", "ended"]
    assert results[1].fault == "PolicyError: cannot answer this"


def test_a_bug_in_the_policy_stops_everything_and_is_raised(device) -> None:
    class Buggy(Batched):
        def replies(self, requests):
            raise ZeroDivisionError("a bug")

    with pytest.raises(ZeroDivisionError, match="a bug"):
        run_episodes(Buggy(), device, tasks(*["1"] * 50), workers=4)
    assert all(d.closed for d in device.made)


def test_a_policy_without_batches_is_called_from_every_worker(device) -> None:
    results = run_episodes(ScriptedPolicy([Press("back"), Finished()]), device, tasks("5", "5", "1"), workers=3)
    assert [t.ending.value for t in results] == ["finished", "finished", "ended"]


def test_no_tasks_and_no_workers(device) -> None:
    assert run_episodes(Batched(), device, [], workers=3) == []
    with pytest.raises(ValueError, match="workers must be at least 1, got 0"):
        run_episodes(Batched(), device, tasks("1"), workers=0)


def test_a_lone_request_does_not_wait_for_workers_that_left() -> None:
    batcher = Batcher(Batched(), workers=2, linger_s=30)
    batcher.leave()
    started = time.monotonic()
    assert batcher.reply("1", (), Observation(PIXEL)).text == "1/0"
    assert time.monotonic() - started < 5


def test_model_calls_are_the_same_however_long_environments_take(device) -> None:
    """With patience every call has all running episodes in the order of the tasks, so chance can be repeated."""

    class Recorded(Batched):
        def __init__(self):
            super().__init__()
            self.calls = []

        def replies(self, requests):
            self.calls.append([(goal, len(steps)) for goal, steps, _ in requests])
            return super().replies(requests)

    class Slow(device):
        def step(self, action):
            time.sleep(random.choice((0, 2 * LINGER_S)))
            return super().step(action)

    def run():
        policy = Recorded()
        run_episodes(policy, Slow, tasks("3", "2", "3", "1", "2"), workers=4, linger_s=60)
        return policy.calls

    expected = [
        [("3", 0), ("2", 0), ("3", 0), ("1", 0)],
        [("3", 1), ("2", 1), ("3", 1), ("2", 0)],
        [("3", 2), ("3", 2), ("2", 1)],
    ]
    assert [run() for _ in range(3)] == [expected] * 3


def test_a_slow_environment_holds_the_others_up_once_per_step_of_its_own(device) -> None:
    """Thirty replies of seven quick episodes would take six seconds if each waited for the slow one."""
    linger_s, ends = 0.2, {}

    class Mixed(device):
        def reset(self, task):
            self.slow = task.goal == "2"
            return super().reset(task)

        def step(self, action):
            if self.slow:
                time.sleep(1.5)
            return super().step(action)

    started = time.monotonic()
    policy = Batched()
    run_episodes(
        policy,
        Mixed,
        tasks("2", *["30"] * 7),
        workers=8,
        limits=Limits(max_steps=30, repeats=None),
        linger_s=linger_s,
        on_done=lambda index, trajectory: ends.setdefault(index, time.monotonic() - started),
    )
    assert max(ends[index] for index in range(1, 8)) < 1.5 < ends[0]
    assert policy.sizes.count(7) >= 20, "the quick ones still share their calls"


def test_who_was_late_is_waited_for_again_once_it_has_asked() -> None:
    policy = Batched()
    batcher = Batcher(policy, workers=2, linger_s=1.5)  # a busy machine may pause between two lines here
    with ThreadPoolExecutor(1) as one, ThreadPoolExecutor(1) as other:
        one.submit(batcher.reply, "1", (), Observation(PIXEL)).result()
        late = other.submit(batcher.reply, "2", (), Observation(PIXEL))
        time.sleep(0.05)
        assert not late.done()
        assert one.submit(batcher.reply, "1", (), Observation(PIXEL)).result().text == "1/0"
        assert late.result().text == "2/0"
    assert policy.sizes == [1, 2]


def test_requests_at_any_moment_are_all_answered(device) -> None:
    """Whoever is late, comes back, breaks or leaves: no request is lost and nobody waits for a worker that is gone."""
    dice = random.Random(0)

    class Uneven(device):
        def step(self, action):
            time.sleep(dice.choice((0, 0, 0.001, 0.004)))
            return super().step(action)

    todo = tasks(*(dice.choice(("1", "2", "5", "break")) for _ in range(300)))
    results = run_episodes(Batched(0.001), Uneven, todo, workers=16, linger_s=0.002)
    for trajectory in results:
        assert trajectory.ending is (Ending.BROKEN if trajectory.goal == "break" else Ending.ENDED)
        assert [s.reply.text for s in trajectory.steps] == [
            f"{trajectory.goal}/{i}" for i in range(len(trajectory.steps))
        ]


def test_a_run_that_keeps_nothing_hands_everything_over(device) -> None:
    seen = []
    results = run_episodes(Batched(), device, tasks("1", "2"), 2, on_done=lambda i, t: seen.append(i), keep=False)
    assert results == [] and sorted(seen) == [0, 1]


def test_progress_goes_to_stderr(device, capsys) -> None:
    run_episodes(Batched(), device, tasks("1", "break"), workers=1, progress=True)
    err = capsys.readouterr().err
    assert "1/2 episodes: 1 ended" in err and "2/2 episodes: 1 ended, 1 broken; about 0 s left" in err
