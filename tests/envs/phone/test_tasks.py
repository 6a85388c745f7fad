"""Every template: its scripted solution scores 1, doing nothing scores 0, and a wrong end is not a right one."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from agentkit.actions import Action, CallUser, Finished, Refusal
from agentkit.errors import ConfigError
from agentkit.types import Ending, Reply, Step, Task, Trajectory
from envs.phone.env import PhoneEnv
from envs.phone.metrics import SCREENS
from envs.phone.people import People, Person
from envs.phone.tasks import TASKS
from envs.phone.tasks.answers import says, says_all, says_number, says_time
from envs.phone.tasks.base import InfeasibleTask, PhoneTask
from envs.phone.tasks.clock import AddAlarm, StartTimer
from envs.phone.tasks.contacts import AddContact, ChangeNumber, DeleteContact, NumberQuestion
from envs.phone.tasks.suite import HELD_OUT, instance_seed, task_suite, templates
from envs.phone.tasks.system import SetBrightness, SetScreenTimeout, TurnWifi
from envs.phone.words import FIRST_NAMES, part, vocabulary

RIGHT = {"success": 1.0, "state": 1.0}


def play(env: PhoneEnv, task: PhoneTask, actions: Iterable[Action], last: Action | Refusal | None) -> Trajectory:
    """Carry out `actions` on the phone as it stands, then reply `last`, and record what an episode would."""
    steps = []
    observation = env._look({})
    for action in actions:
        steps.append(Step(observation, Reply("", action)))
        observation = env.step(action)
    if last is not None:
        steps.append(Step(observation, Reply("", last)))
    return Trajectory(task.key, task.goal, tuple(steps), Ending.FINISHED, verdict=env.verdict())


@pytest.mark.parametrize("template", TASKS, ids=lambda t: t.__name__)
def test_the_solution_scores_one_on_every_screen(template: type[PhoneTask]) -> None:
    for seed, screen in enumerate(SCREENS):
        task = template.generate(seed)
        assert isinstance(task, Task)
        env = PhoneEnv(screen=screen)
        env.reset(task)
        solved = play(env, task, task.oracle(env.phone), task.farewell())
        assert task.score(solved) == RIGHT, screen
        assert len(solved.steps) <= task.max_steps, screen

        undeclared = play(env, task, (), None)
        assert task.score(undeclared) == {"success": 0.0, "state": 1.0}
        opposite = Finished() if isinstance(task, InfeasibleTask) else Finished("infeasible")
        assert task.score(play(env, task, (), opposite))["success"] == 0.0


@pytest.mark.parametrize("template", TASKS, ids=lambda t: t.__name__)
def test_doing_nothing_scores_zero(template: type[PhoneTask]) -> None:
    env = PhoneEnv(screen="small")
    for task in map(template.generate, range(3)):
        env.reset(task)
        idle = play(env, task, (), Finished())
        assert task.score(idle)["success"] == 0.0
        assert idle.verdict["success"] == float(isinstance(task, InfeasibleTask))


@pytest.mark.parametrize("template", TASKS, ids=lambda t: t.__name__)
def test_an_instance_is_a_function_of_its_seed(template: type[PhoneTask]) -> None:
    one, two = template.generate(11), template.generate(11)
    assert one == two and one.goal == two.goal and one.key == f"{template.__name__}_11"
    screens = []
    for task in (one, two):
        env = PhoneEnv(screen="small")
        env.reset(task)
        for action in task.oracle(env.phone):
            last = env.step(action)
        screens.append((last.image.tobytes(), dict(last.info)))
    assert screens[0] == screens[1]


def test_an_infeasible_task_accepts_a_refusal() -> None:
    for template in (t for t in TASKS if issubclass(t, InfeasibleTask)):
        task = template.generate(0)
        env = PhoneEnv(screen="small")
        env.reset(task)
        assert task.score(play(env, task, (), Refusal())) == RIGHT


@pytest.mark.parametrize(
    "template",
    [TurnWifi, SetBrightness, SetScreenTimeout, AddAlarm, StartTimer, AddContact, ChangeNumber, DeleteContact],
    ids=lambda t: t.__name__,
)
def test_another_instances_solution_does_not_count(template: type[PhoneTask]) -> None:
    """Reach the goal of one instance from the start state of another that wants something else."""
    task = template.generate(0)
    other = next(t for t in map(template.generate, range(1, 50)) if t.goal != task.goal)
    env = PhoneEnv(screen="small")
    env.reset(other)
    for action in other.oracle(env.phone):
        env.step(action)
    assert other.check(env.phone, env.answers) == 1.0
    assert task.check(env.phone, env.answers) == 0.0


def test_a_contact_task_watches_the_whole_book() -> None:
    task = AddContact.generate(3)
    env = PhoneEnv(screen="small")
    env.reset(task)
    for action in task.oracle(env.phone):
        env.step(action)
    assert task.check(env.phone, ()) == 1.0
    People(env.phone.files).save(Person("Stray", "Extra", (("555-0100", 2),)))
    assert task.check(env.phone, ()) == 0.0


def test_only_the_last_answer_counts() -> None:
    task = NumberQuestion.generate(0)
    env = PhoneEnv(screen="small")
    env.reset(task)
    right = CallUser(f"It is {task.params['number']}.")
    assert task.score(play(env, task, [CallUser("I do not know"), right], Finished())) == RIGHT
    assert task.score(play(env, task, [CallUser("no idea")], Finished()))["success"] == 0.0


def test_answers_are_matched_strictly() -> None:
    assert says(["The phone is called Blue Fork."], "blue fork")
    assert not says(["Blue Fork", "Red Fork"], "Blue Fork")
    assert not says(["yes and no"], "yes", among=("yes", "no"))
    assert not says(["yesterday"], "yes")
    assert not says([], "yes")
    assert says_all(["Café Rio and Home 5G"], ["Cafe Rio", "Home 5G"], among=["Home", "Home 5G", "Cafe Rio", "Zoo"])
    assert not says_all(["Cafe Rio, Zoo and Home 5G"], ["Cafe Rio", "Home 5G"], among=["Home 5G", "Cafe Rio", "Zoo"])
    assert says_number(["Call (317) 555-0142!"], "317-555-0142")
    assert not says_number(["317 555 0142 or 317 555 0143"], "317-555-0142")
    assert says_time(["At 7:05 p.m."], 19, 5) and says_time(["19:05"], 19, 5)
    assert not says_time(["7:05 AM"], 19, 5) and not says_time(["7:05 PM or 8:00 PM"], 19, 5)


def test_suite_is_deterministic_and_its_splits_are_disjoint() -> None:
    train = task_suite(7, 3, "train")
    assert train == task_suite(7, 3, "train")
    assert [t.goal for t in train] != [t.goal for t in task_suite(8, 3, "train")]
    names = {t.__name__ for t in TASKS}
    assert names >= HELD_OUT, f"unknown names are held out: {HELD_OUT - names}"
    suites = {split: task_suite(7, 3, split) for split in ("train", "heldout_seeds", "heldout_templates")}
    keys = [task.key for suite in suites.values() for task in suite]
    assert len(keys) == len(set(keys))
    assert len(suites["train"]) == 3 * len(templates("train"))
    assert {type(t).__name__ for t in suites["heldout_templates"]} == HELD_OUT
    assert {t.seed % 2 for t in suites["train"]} == {0}
    assert {t.seed % 2 for t in suites["heldout_seeds"]} == {1}
    assert instance_seed(7, "TurnWifi", 0, "train") != instance_seed(7, "TurnWifi", 0, "heldout_seeds")
    with pytest.raises(ConfigError, match="split must be one of"):
        task_suite(7, 1, "test")  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match="at least 1"):
        task_suite(7, 0)


def test_a_phone_speaks_the_words_of_its_tasks_half() -> None:
    held_out = set(part(FIRST_NAMES, "held_out"))
    with vocabulary("held_out"):
        task = NumberQuestion.generate(2)
    assert task.split == "held_out" and task.params["name"].split()[0] in held_out
    env = PhoneEnv(screen="small")
    env.reset(task)
    assert {p.first for p in People(env.phone.files).all()} <= held_out
    with vocabulary("held_out"):
        task = TurnWifi.generate(2)
    env.reset(task)
    assert {p.first for p in People(env.phone.files).all()} <= held_out, "what apps draw at install"
