"""Episodes to rows without a model: rewards, groups, histories, passes, the reference."""

from __future__ import annotations

import contextlib
import random
from dataclasses import dataclass, field

import pytest
import torch

from agentkit.actions import Click, Finished, Point, Wait
from agentkit.episode import Limits
from agentkit.errors import ConfigError, DataError, EnvError
from agentkit.frames import Size
from agentkit.recorded.traces import Trace, TraceStep
from agentkit.types import Ending, Observation, Reply, Step
from rft.advantage.rules import UiS1Rule
from rft.online.config import EpisodeConfig
from rft.online.grouping import episode_advantages, groups_of, is_dead
from rft.online.live import LiveEpisodes
from rft.online.recorded import RecordedEpisodes
from rft.online.reference import Improvement, Reference
from rft.online.rows import Means, StepRow, passes
from rft.rewards import get_reward, get_trajectory_reward
from toy_world import GARBAGE, LEFT, NAVI, RIGHT, SIDE, WAIT, Pick, Screen, Toy, picture

REWARD = get_trajectory_reward("venus15_online", eta=0.5, penalty=0.25)


@dataclass
class Scripted:
    """Stands where the model in training stands, and says what the script of the n-th request holds."""

    say: object
    """(goal, steps, observation) -> text"""
    seen: list = field(default_factory=list)
    protocol = NAVI

    @contextlib.contextmanager
    def acting(self, seed, greedy=False):
        yield

    def model_size(self, observation):
        return Size(*observation.image.size)

    def reply(self, *request):
        return self.replies([request])[0]

    def replies(self, requests):
        self.seen += requests
        out = []
        for request in requests:
            text = self.say(*request)
            parsed = NAVI.parse(text, request[2].image.size)
            out.append(Reply(text, parsed.action, parsed.thought, token_ids=(len(text), 7)))
        return out


class Turns:
    """Gives the episodes of a group different scripts, whoever asks first: the k-th first request gets script k."""

    def __init__(self, *scripts):
        self.scripts, self.given = scripts, 0

    def __call__(self, goal, steps, observation):
        if not steps:
            self.given += 1
            return self.scripts[self.given - 1][0]
        said = [step.reply.text for step in steps]
        return next(s for s in self.scripts if list(s[: len(said)]) == said)[len(said)]


# Groups and rewards


def test_an_episode_without_a_reward_makes_its_group_smaller():
    assert episode_advantages([1.0, None, 0.0], scale=False) == [0.5, None, -0.5]
    with_scale = episode_advantages([1.0, None, 0.0, 0.0])
    assert with_scale[1] is None and [a for a in with_scale if a is not None] == episode_advantages([1.0, 0.0, 0.0])
    assert episode_advantages([2.0, 0.0, None, 1.0], leave_one_out=True) == [1.5, -1.5, None, 0.0]


def test_groups_that_teach_nothing():
    assert episode_advantages([None, None]) == [None, None] and is_dead([None, None])
    assert episode_advantages([0.3, None]) == [0.0, None] and is_dead([0.0, None])
    assert is_dead(episode_advantages([1.0, 1.0])) and not is_dead(episode_advantages([1.0, 0.0]))


def test_the_draws_of_a_batch():
    assert groups_of([4, 4, 9, 9], 2) == [4, 9]
    with pytest.raises(ValueError, match="each row 2 times in succession"):
        groups_of([4, 9, 4, 9], 2)


def collect(world, policy, chosen, group, **options):
    source = LiveEpisodes(world, REWARD, Limits(unreadable=2), workers=1, **options)
    return source.collect(chosen, group, policy, seed=0)


def test_success_is_scaled_by_length_and_unreadable_steps_cost():
    policy = Scripted(Turns([LEFT], [WAIT, LEFT], [GARBAGE, LEFT], [RIGHT]))
    batch = collect(Toy(), policy, [0], 4, scale=False)
    assert [t.meta["reward"] for t in sorted(batch.kept, key=lambda t: -t.meta["reward"])] == [1.0, 0.5, 0.25, 0.0]
    means = batch.means.read()
    assert means["success"] == 0.75 and means["success/Pick"] == 0.75 and means["steps"] == 1.5
    assert means["unreadable"] == pytest.approx(1 / 6)  # of all steps, not of episodes
    assert means["broken"] == 0 and means["frac_reward_zero_std"] == 0 and means["cut"] == 0
    mean = (1.0 + 0.5 + 0.25) / 4
    advantages = {row.place: row.advantage for row in batch.rows}
    assert advantages == pytest.approx(
        {
            (0, 0, 0): 1 - mean, (0, 1, 0): 0.5 - mean, (0, 1, 1): 0.5 - mean, (0, 2, 0): 0.25 - mean,
            (0, 2, 1): 0.25 - mean, (0, 3, 0): -mean,
        }
    )  # fmt: skip


def test_every_step_is_a_prompt_of_its_own_with_the_text_of_the_past_and_the_screen_of_now():
    batch = collect(Toy(), Scripted(Turns([WAIT, WAIT, LEFT], [RIGHT])), [0], 2)
    third = next(row for row in batch.rows if row.place == (0, 0, 2))
    goal, steps, observation = third.request
    assert goal == Pick(0).goal and [step.reply.text for step in steps] == [WAIT, WAIT]
    assert observation.image.tobytes() == picture(True, 200).tobytes()
    assert third.token_ids == (len(LEFT), 7)  # as sampled, not spelled anew


def test_two_unreadable_replies_cut_the_episode_which_still_counts():
    batch = collect(Toy(), Scripted(Turns([GARBAGE, GARBAGE], [LEFT])), [0], 2, scale=False)
    cut = next(t for t in batch.kept if t.ending is Ending.CUT)
    assert cut.meta["reward"] == -0.5 and batch.means.read()["cut"] == 0.5


@pytest.mark.parametrize("where", ["reset", "step"])
def test_an_episode_whose_device_broke_is_left_out(where):
    world = Toy((Pick(0), Pick(2, breaks=where)))
    policy = Scripted(lambda goal, steps, observation: WAIT if len(steps) < 3 else LEFT)
    batch = collect(world, policy, [0, 1], 2)
    assert {row.place[0] for row in batch.rows} == {0}
    assert batch.means.read()["broken"] == 0.5
    assert batch.means.read()["success"] == 1.0  # not 0.5: broken is not failed
    assert Screen.opened == 0


def test_when_everything_breaks_the_run_says_so():
    world = Toy((Pick(0, breaks="reset"),))
    with pytest.raises(EnvError, match=r"all 2 episodes of this step broke.*the first: DeviceLost: the cable"):
        collect(world, Scripted(lambda *_: LEFT), [0], 2)


def test_validation_leaves_broken_episodes_out():
    class Fragile(Toy):
        def validation(self):
            return [Pick(0), Pick(1), Pick(2, breaks="reset")]

    source = LiveEpisodes(Fragile(), REWARD, Limits(), workers=1)
    means = source.validate(Scripted(lambda *_: LEFT), seed=0).read()
    assert means == {"val/success": 0.5, "val/success/Pick": 0.5}


# Rows and passes


def row(group, episode, step, *texts):
    past = tuple(Step(Observation(None), Reply(text, Wait())) for text in texts)
    return StepRow(("goal", past, Observation(None)), (1,), 1.0, (group, episode, step))


def test_passes_are_bounded_and_depend_on_the_rows_alone():
    rows = [row(g, e, s, *(f"{e}{i}" for i in range(s))) for g in range(2) for e in range(4) for s in range(1 + e)]
    cut = passes(rows, 6)
    assert [len(part) for part in cut] == [6, 2, 6, 6]  # eight rows read two prompts, twelve one each
    assert sorted(r.place for part in cut for r in part) == sorted(r.place for r in rows)
    shuffled = rows[:]
    random.Random(3).shuffle(shuffled)
    assert passes(shuffled, 6) == cut
    # The first prompts of a group are one: they come first, a group at a time.
    assert [r.place for r in cut[0][:4]] == [(0, 0, 0), (0, 1, 0), (0, 2, 0), (0, 3, 0)]
    assert passes([], 6) == []


def test_means_join_as_if_they_had_been_one():
    a, b = Means(), Means()
    a.add("x", 1.0)
    b.add("x", 4.0, count=2)
    b.add("y", 5.0)
    a.join(b)
    assert a.read() == {"x": 3.0, "y": 5.0}


# The reference


def test_the_reference_changes_places_and_follows():
    model = torch.nn.Linear(2, 1, bias=False)
    torch.nn.init.constant_(model.weight, 1.0)
    frozen = torch.nn.Parameter(torch.ones(1), requires_grad=False)
    model.register_parameter("frozen", frozen)
    reference = Reference(model)
    assert set(reference.tensors) == {"weight"}
    with torch.no_grad():
        model.weight.fill_(3.0)
    with reference.in_place():
        assert model.weight.tolist() == [[1.0, 1.0]]
    assert model.weight.tolist() == [[3.0, 3.0]]
    reference.follow(0.25)
    with reference.in_place():
        assert model.weight.tolist() == [[1.5, 1.5]]
    with pytest.raises(RuntimeError), reference.in_place():
        raise RuntimeError
    assert model.weight.tolist() == [[3.0, 3.0]]


def test_a_saved_reference_is_read_back_and_another_models_is_refused(tmp_path):
    model = torch.nn.Linear(2, 1)
    reference = Reference(model)
    reference.save(tmp_path)
    other = Reference(torch.nn.Linear(2, 1))
    other.load(tmp_path)
    assert all(torch.equal(other.tensors[name], tensor) for name, tensor in reference.tensors.items())
    with pytest.raises(DataError, match="bias is in one of them only"):
        Reference(torch.nn.Linear(2, 1, bias=False)).load(tmp_path)
    with pytest.raises(DataError, match="holds no reference"):
        other.load(tmp_path / "elsewhere")


def test_validation_must_gain_delta_over_the_last_time_the_reference_moved():
    improvement = Improvement(0.1)
    seen = [improvement.seen(value) for value in (0.5, 0.55, 0.6, 0.65, 0.4, 0.7)]
    assert seen == [False, False, True, False, False, True] and improvement.times == 2
    never = Improvement(0.0)
    assert not any(never.seen(value) for value in (0.1, 0.9))


# Semi-online


def trace(tmp_path, *actions, thoughts=("",) * 9):
    steps = []
    for index, action in enumerate(actions):
        path = tmp_path / f"{index}.png"
        picture(True, index).save(path)
        steps.append(TraceStep(path, action, thought=thoughts[index], size=(SIDE, SIDE)))
    return Trace("t", "go left, wait, go left", tuple(steps))


LEFT_CLICK = Click(Point(0.25, 0.5))
STEPS = (LEFT_CLICK, Wait(), LEFT_CLICK, Finished())
DONE = NAVI.render(Finished(), model_size=(SIDE, SIDE))


def recorded(traces, **options):
    return RecordedEpisodes(traces, NAVI, get_reward("ui_s1"), UiS1Rule(), **options)


def roll_out(source, *scripts):
    """Each script is a list of replies to the steps of the trace."""
    policy = Scripted(None)
    order = iter([script[step] for step in range(9) for script in scripts if len(script) > step])
    policy.say = lambda *_: next(order)
    return policy, source.roll_out([source.traces[0]], len(scripts), policy)[0]


def test_the_history_is_what_the_model_said_itself(tmp_path):
    own = LEFT.replace("<think></think>", "<think>my own words</think>")
    source = recorded([trace(tmp_path, *STEPS)])
    policy, (rollout,) = roll_out(source, [own, WAIT, LEFT, DONE])
    assert rollout.matches == [True] * 4 and not rollout.ended and not rollout.patched
    assert [step.reply.text for step in policy.seen[3][1]] == [own, WAIT, LEFT]
    screens = [picture(True, index).tobytes() for index in range(4)]
    assert [request[2].image.tobytes() for request in policy.seen] == screens


def test_a_wrong_step_is_replaced_in_the_history_but_trained_on_as_said(tmp_path):
    source = recorded([trace(tmp_path, *STEPS, thoughts=("why", "wait a bit", "", ""))], patches=2)
    policy, (rollout,) = roll_out(source, [LEFT, RIGHT, LEFT, DONE])
    assert rollout.matches == [True, False, True, True] and rollout.patched == 1
    past = policy.seen[2][1]
    assert past[1].reply.action == Wait() and past[1].reply.thought == "" and past[1].reply.text == WAIT
    assert [step.reply.text for step in rollout.said] == [LEFT, RIGHT, LEFT, DONE]
    keeps = recorded([trace(tmp_path, *STEPS, thoughts=("why", "wait a bit", "", ""))], patch_thought=True)
    policy, _ = roll_out(keeps, [LEFT, RIGHT, LEFT, DONE])
    assert policy.seen[2][1][1].reply.thought == "wait a bit"


@pytest.mark.parametrize(("patches", "length"), [(0, 1), (1, 2), (2, 3), (3, 4), (9, 4)])
def test_a_rollout_ends_at_the_first_wrong_step_that_is_not_replaced(tmp_path, patches, length):
    _, (rollout,) = roll_out(recorded([trace(tmp_path, *STEPS)], patches=patches), [RIGHT] * 4)
    assert len(rollout.said) == length and rollout.ended == (patches < 4)


def test_rollouts_of_one_trace_end_where_they_end(tmp_path):
    source = recorded([trace(tmp_path, *STEPS)], patches=0)
    policy, rollouts = roll_out(source, [LEFT, WAIT, LEFT, DONE], [RIGHT], [LEFT, RIGHT])
    assert [len(rollout.said) for rollout in rollouts] == [4, 1, 2] and len(policy.seen) == 7


def test_recorded_episodes_become_rows_with_the_advantages_of_ui_s1(tmp_path):
    source = recorded([trace(tmp_path, LEFT_CLICK, Finished())], patches=0)
    scripts = iter([LEFT, RIGHT, DONE])
    batch = source.collect([0], 2, Scripted(lambda *_: next(scripts)), seed=0)
    rows = {row.place: row.advantage for row in batch.rows}
    assert set(rows) == {(0, 0, 0), (0, 0, 1), (0, 1, 0)} and rows[0, 0, 0] > 0 > rows[0, 1, 0]
    assert rows[0, 0, 0] == pytest.approx(-rows[0, 1, 0])
    means = batch.means.read()
    assert means["success"] == 0.5 and means["progress"] == 0.5 and means["accuracy"] == pytest.approx(2 / 3)
    assert batch.kept[0].task_key == "t"


def test_groups_of_rollouts_that_hardly_differ_are_left_out(tmp_path):
    source = recorded([trace(tmp_path, LEFT_CLICK, Finished())], patches=0)
    batch = source.collect([0], 2, Scripted(lambda *_: RIGHT), seed=0)
    assert [row.advantage for row in batch.rows] == [0.0, 0.0] and batch.means.read()["frac_reward_zero_std"] == 1.0


def test_traces_that_cannot_be_rolled_out_are_refused(tmp_path):
    with pytest.raises(DataError, match="t/0: semi-online rollouts need a screenshot"):
        recorded([Trace("t", "go", (TraceStep(None, Wait()),))])
    broken = trace(tmp_path, Wait())
    (tmp_path / "0.png").write_bytes(b"no picture")
    with pytest.raises(DataError, match=r"t/0: the screenshot .*0.png cannot be decoded"):
        recorded([broken]).collect([0], 2, Scripted(lambda *_: WAIT), seed=0)


# Settings

ONLINE = {"model": "m", "out": "o", "online": "phone"}


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"online": ""}, "either --online or --semi-online"),
        ({"semi_online": "t.jsonl"}, "either --online or --semi-online"),
        ({"data": "rows.jsonl"}, "data is for training on rows"),
        ({"dynamic_sampling": True}, "dynamic_sampling is for training on rows"),
        ({"algorithm": "dapo", "dynamic_sampling": False}, "one of the losses dr_grpo"),
        ({"reference_delta": 0.1, "val_instances": 2}, "needs beta > 0"),
        ({"reference_delta": 0.1, "beta": 0.1}, "needs val_instances > 0"),
        ({"val_patience": 2}, "needs val_data"),
        ({"entropy_decay": 1.5}, r"entropy_decay must be in \[0, 1\]"),
        ({"instances": 0}, "instances must be at least 1"),
        ({"advantage": "ui_s1"}, "they need --semi-online"),
        ({"generation": "vllm-colocate"}, "sampled in this process"),
    ],
)
def test_settings_that_do_not_fit(settings, message):
    with pytest.raises(ConfigError, match=message):
        EpisodeConfig(**{**ONLINE, **settings})
    assert EpisodeConfig(**ONLINE).reward_name == "venus15_online"
    semi = EpisodeConfig(model="m", out="o", semi_online="t.jsonl")
    assert semi.reward_name == "ui_s1" and semi.scale_rewards == "group"
