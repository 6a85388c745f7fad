"""What `rft data clean` can be told, and the stages that come of it. No torch, no Pillow: `--help` is instant."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from agentkit.closest import unknown
from agentkit.errors import ConfigError
from agentkit.frames import BUDGETS

if TYPE_CHECKING:
    from rft.data.clean.sample import Stage

ORDER = ("boxes", "scroll", "answers", "episodes", "duplicates", "ambiguity", "nesting", "misplaced", "resample")
"""Names of the stages in the order in which they run."""
FOR_TRACES = frozenset({"scroll", "answers", "episodes"})
FOR_GROUNDING = frozenset({"boxes", "ambiguity", "nesting", "misplaced"})
"""Stages that judge only traces, or only grounding rows: with other data they are not even built."""


@dataclass(frozen=True, kw_only=True)
class CleanConfig:
    stages: tuple[str, ...] = ORDER
    """Stages to run; they always run in this order. `resample` does nothing until it is told a limit."""
    seed: int = 0
    """Seed of the resampling and of the pictures in the report."""
    pictures: int = 6
    """Most pictures that the report shows for each reason."""

    budget: str = "qwen25vl"
    """boxes: pixel budget at which smallness is measured (agentkit.frames.BUDGETS)."""
    min_side: float = 4.0
    """boxes: pixels that both sides must have after the model's resize."""
    max_area: float = 0.9
    """boxes: largest share of the screenshot."""
    slack: float = 0.02
    """boxes: a box that leaves the screenshot by no more than this share of its side is clamped, not dropped."""

    min_steps: int = 2
    """episodes: fewest steps of a trace."""
    max_steps: int = 60
    """episodes: most steps of a trace."""
    repeats: int = 3
    """episodes: the same action so often on an unchanged screen is a loop."""
    finish: bool = True
    """episodes: whether a trace must end with Finished."""
    scroll: dict[str, Any] = field(default_factory=dict)
    """scroll: source=finger or source=content where the convention is known; the others are found out."""
    answerer: str = "given"
    """answers: 'given' (the data's own answer) or a policy that is asked (qwen:..., served:..., scripted:...)."""
    answer_protocol: str = "venus1_navi"
    """answers: prompt protocol under which a policy is asked."""
    unanswered: Literal["drop", "keep"] = "drop"
    """answers: what becomes of an information task without a known answer."""

    same_image: Literal["pixels", "file"] = "pixels"
    """duplicates, ambiguity, nesting: screenshots are the same by their pixels, or (much faster) by their bytes."""
    near: int = 0
    """duplicates: look-alike screenshots, that differ in at most so many of 256 bits, are the same. 0: exact."""
    same_iou: float = 0.5
    """duplicates, ambiguity: boxes that overlap at least so much mark the same element."""
    nested: Literal["outer", "inner", "both"] = "outer"
    """nesting: which of two nested targets goes."""
    most: dict[str, Any] = field(default_factory=dict)
    """resample: most samples per value, such as app=2000 task=200 image=8 instruction=50 action=9000 source=100000."""
    share: dict[str, Any] = field(default_factory=dict)
    """resample: largest share of an action among navigation rows, such as Click=0.6 Scroll=0.13."""

    def __post_init__(self) -> None:
        for name in self.stages:
            if name not in ORDER:
                raise ConfigError(unknown("stage", name, ORDER))
        if self.budget not in BUDGETS:
            raise ConfigError(unknown("budget", self.budget, BUDGETS))
        for name, low, high in (
            ("min_side", 0, 10_000), ("max_area", 0, 1), ("slack", 0, 1), ("same_iou", 0, 1), ("near", 0, 127),
            ("min_steps", 1, 10**9), ("max_steps", 1, 10**9), ("repeats", 2, 10**9), ("pictures", 0, 1000),
        ):  # fmt: skip
            if not low <= getattr(self, name) <= high:
                raise ConfigError(f"{name} must lie in [{low}, {high}], got {getattr(self, name)}")
        for name in ("scroll", "resample"):
            build(name, self)


def build(name: str, config: CleanConfig) -> Stage:
    """The stage called `name`. ConfigError when its settings are out of range."""
    c = config
    match name:
        case "boxes":
            from rft.data.clean.boxes import Boxes

            return Boxes(BUDGETS[c.budget], c.slack, c.min_side, c.max_area)
        case "scroll":
            from rft.data.clean.scroll import ScrollDirections

            return ScrollDirections(c.scroll)
        case "answers":
            from rft.data.clean.answers import Answers, given_answer, policy_answerer

            given = c.answerer == "given"
            return Answers(given_answer if given else policy_answerer(c.answerer, c.answer_protocol), c.unanswered)
        case "episodes":
            from rft.data.clean.episodes import Episodes

            return Episodes(c.min_steps, c.max_steps, c.repeats, finish=c.finish)
        case "duplicates":
            from rft.data.clean.duplicates import Duplicates

            return Duplicates(c.same_iou, c.near)
        case "ambiguity":
            from rft.data.clean.ambiguity import Ambiguity

            return Ambiguity(c.same_iou)
        case "nesting":
            from rft.data.clean.nesting import Nesting

            return Nesting(c.nested)
        case "misplaced":
            from rft.data.clean.misplaced import Misplaced

            return Misplaced()
        case "resample":
            from rft.data.clean.resample import Resample

            return Resample(c.most, c.share, c.seed)
        case _:
            raise ConfigError(unknown("stage", name, ORDER))
