"""A task on the phone: a goal with drawn parameters, a start state, a check on state and a scripted solution.

The form follows AndroidWorld (arXiv 2405.14573): a template is a class, an instance is a template and a seed. Its
scoring rule too: a right end state counts under `success` only when the policy also declared the end. What the phone
itself can tell is recorded by `PhoneEnv.verdict`, so that `score` stays a pure function of the trajectory.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Self

from agentkit.actions import Action, Finished, Refusal
from agentkit.types import Trajectory
from envs.phone.words import Split, words

if TYPE_CHECKING:
    from envs.phone.device import Phone

INFEASIBLE = "infeasible"
"""`Finished.content` by which a policy declares that the goal cannot be reached."""


@dataclass(frozen=True)
class PhoneTask:
    """One instance of a template. A subclass sets `template` and `app`, and writes `draw`, `setup`, `check`, `oracle`.

    Make instances with `generate`: the seed alone decides the parameters, the start state and the decoys.
    """

    template: ClassVar[str]
    """The goal, with `{name}` for each parameter it mentions."""
    app: ClassVar[str]
    """Label of the app where the work is done ("Settings"), as the launcher shows it."""
    max_steps: ClassVar[int] = 15

    seed: int
    params: Mapping[str, Any] = field(default_factory=dict, hash=False)
    """What `draw` drew: JSON-safe values, those of the template and whatever else `setup` and `check` need."""
    split: Split = "all"
    """The half of the word lists that the instance, its phone and its decoys are written with."""

    @classmethod
    def generate(cls, seed: int) -> Self:
        """The instance of this seed, in the words of the enclosing `envs.phone.words.vocabulary`."""
        rng = random.Random(f"{cls.__name__}/{seed}/params")
        return cls(seed, cls.draw(rng), words(rng).split)

    @classmethod
    def draw(cls, rng: random.Random) -> dict[str, Any]:
        """Parameters of one instance; chance comes from `rng` only."""
        return {}

    @property
    def key(self) -> str:
        return f"{type(self).__name__}_{self.seed}"

    @property
    def goal(self) -> str:
        return self.template.format(**self.params)

    def rng(self, purpose: str) -> random.Random:
        """Chance for `setup`, independent of the parameters' and the same at every call."""
        return random.Random(f"{self.key}/{purpose}")

    def setup(self, phone: Phone) -> None:
        """Put a fresh phone, standing at the home screen, into the start state, decoys included.

        The goal must not hold afterwards: doing nothing scores 0 on every template.
        """

    def check(self, phone: Phone, answers: Sequence[str]) -> float:
        """How far phone and answers fulfil the goal, in [0, 1]. Reads settings, databases and files, never pixels.

        `answers` are the texts of the policy's `CallUser` actions in order; an information task reads the last one.
        """
        raise NotImplementedError

    def oracle(self, phone: Phone) -> Iterator[Action]:
        """A solution through the screen, from the home screen, without the closing `Finished`.

        Each yielded action has been carried out when the generator resumes, so `phone.elements()` is then current.
        `envs.phone.oracle` has the verbs; read what the answer needs from the screen, not from the database.
        """
        raise NotImplementedError

    def farewell(self) -> Action:
        """How a policy that solved the task declares the end."""
        return Finished()

    def score(self, trajectory: Trajectory) -> dict[str, float]:
        """`state`: the phone and the answers are right. `success`: and the policy declared the end itself."""
        state = float(trajectory.verdict.get("success", 0.0))
        return {"success": state if self.declared(trajectory) else 0.0, "state": state}

    def declared(self, trajectory: Trajectory) -> bool:
        """Whether the last reply ends the episode the way this task should end."""
        last = trajectory.steps[-1].reply.action if trajectory.steps else None
        return isinstance(last, Finished) and last.content.strip().lower() != INFEASIBLE


@dataclass(frozen=True)
class InfeasibleTask(PhoneTask):
    """A goal the phone cannot fulfil. The right end is `Finished("infeasible")` or a refusal.

    `oracle` looks where a person would look and finds nothing.
    """

    def check(self, phone: Phone, answers: Sequence[str]) -> float:
        """1.0: no state of the phone is wrong; only the declaration counts."""
        return 1.0

    def farewell(self) -> Action:
        return Finished(INFEASIBLE)

    def declared(self, trajectory: Trajectory) -> bool:
        last = trajectory.steps[-1].reply.action if trajectory.steps else None
        if isinstance(last, Finished):
            return last.content.strip().lower() == INFEASIBLE
        return isinstance(last, Refusal)
