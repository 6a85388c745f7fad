"""InfiGUI-G1 adaptive exploration reward (arXiv 2508.05731): several answers, paid for finding the place early.

With N answers of which the k-th is the first in the gold box the accuracy is `1 / sqrt(N * k)`; without a hit it is
`-1 / N`: guessing more costs less per miss and earns less per hit. Unreadable replies, and three answers on one line (a
cheap way to sweep the screen), get -1 and no format point. The answers are read from the raw text as a list of
`{"point_2d": [x, y]}`; a reply that its protocol reads as one click is one answer.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

from agentkit.actions import Box, Click
from agentkit.errors import ConfigError
from rft.rewards.answer_points import answer_points, collinear
from rft.rewards.base import Gold, Kind, ParsedReply, require, weighted
from rft.rewards.checks import non_negative, switches

FRAMES = ("n1000", "model_px")


@dataclass(frozen=True, slots=True)
class InfiGuiG1:
    """How early does a list of answers hit the gold box, and how many guesses did that take?"""

    name: ClassVar[str] = "infigui_g1"
    source: ClassVar[str] = "InfiGUI-G1, arXiv 2508.05731, github.com/InfiXAI/InfiGUI-G1"
    takes: ClassVar[frozenset[Kind]] = frozenset({"box"})
    terms: ClassVar[tuple[str, ...]] = ("format", "accuracy")

    w_format: float = 1.0
    """Weight of a readable reply."""
    w_accuracy: float = 1.0
    """Weight of the accuracy, which lies in -1 to 1."""
    frame: str = "n1000"
    """Frame of a list of answers: n1000 (0..1000), or model_px (pixels as the model saw them; the release's)."""
    need_thought: bool = False
    """Whether a reply without a thought is unreadable, as in the release. Glint's grounding protocols have none."""
    faithful: bool = False
    """As the released code, which grants an empty list of answers the format point."""

    def __post_init__(self) -> None:
        non_negative(self, "w_format", "w_accuracy")
        switches(self, "need_thought", "faithful")
        if self.frame not in FRAMES:
            raise ConfigError(f"reward {self.name}: frame must be one of {', '.join(FRAMES)}; got {self.frame!r}")

    @property
    def bounds(self) -> tuple[float, float]:
        return -self.w_accuracy, self.w_format + self.w_accuracy

    def __call__(self, reply: ParsedReply, text: str, gold: Gold) -> dict[str, float]:
        """Terms `format` (0 or 1) and `accuracy` (-1 to 1). `correct` asks whether the first answer hits.

        The frame model_px needs `gold.model_size`, else ValueError.
        """
        require(self, gold)
        width, height = self._frame_size(gold)
        points = answer_points(_after_thought(text))
        answers: tuple[tuple[float, float], ...] | None = None
        if points is not None:
            answers = tuple((x / width, y / height) for x, y in points)
        elif isinstance(reply.action, Click):
            answers = ((reply.action.at.x, reply.action.at.y),)
        if answers is None or collinear(answers) or (self.need_thought and not reply.thought.strip()):
            form, accuracy, first = False, -1.0, False
        elif not answers:
            form, accuracy, first = self.faithful, -1.0, False
        else:
            ranks = [rank for rank, (x, y) in enumerate(answers, 1) if _inside(x, y, gold.targets)]
            accuracy = 1 / math.sqrt(len(answers) * ranks[0]) if ranks else -1 / len(answers)
            form, first = True, ranks[:1] == [1]
        terms = {"format": float(form), "accuracy": accuracy}
        return weighted(terms, (self.w_format, self.w_accuracy), first)

    def _frame_size(self, gold: Gold) -> tuple[float, float]:
        if self.frame == "n1000":
            return 1000.0, 1000.0
        if gold.model_size is None:
            raise ValueError(f"{self.name} with frame=model_px needs the size at which the model saw the screenshot")
        return gold.model_size


def _after_thought(text: str) -> str:
    """What follows the thought, which may hold brackets of its own."""
    return text.rpartition("</think>")[2]


def _inside(x: float, y: float, boxes: tuple[Box, ...]) -> bool:
    return any(box.x1 <= x <= box.x2 and box.y1 <= y <= box.y2 for box in boxes)
