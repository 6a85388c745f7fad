"""What the navigation protocols share: a system turn, then text and the current screenshot in one user turn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from agentkit.actions import Action, Refusal
from agentkit.calls import CallForm
from agentkit.frames import Frame, FrameName, PixelBudget, frame_for
from agentkit.protocols.base import (
    NAVIGATION_DECODING,
    SYSTEM,
    Decoding,
    Message,
    ParsedReply,
    SizeModel,
    image_part,
    text_part,
)
from agentkit.protocols.tagged import history_text, parse_tagged, render_tagged
from agentkit.protocols.template import Template
from agentkit.types import Observation, Step


@dataclass(frozen=True)
class Navi:
    """A `PromptProtocol` whose reply is think, action, conclusion."""

    name: str
    template: Template
    """With the fields `goal` and `history`."""
    forms: tuple[CallForm, ...]
    frame: FrameName
    budget: PixelBudget
    history: int | None = None
    """How many past steps the prompt shows: None all, 0 none. (The release slices `history[-0:]`, so its default
    of 0 shows all; here 0 means 0 and the default is None.)"""
    decoding: Decoding = NAVIGATION_DECODING
    """Greedy. The release also sets a repetition penalty of 1.05, which punishes coordinates for having occurred in
    the history; ask for it with `replace(protocol, decoding=replace(protocol.decoding, repetition_penalty=1.05))`."""

    def __post_init__(self) -> None:
        if self.history is not None and self.history < 0:
            raise ValueError(f"history must be None or at least 0, got {self.history}")

    def fixed_parts(self) -> tuple[str, ...]:
        return self.template.literals()

    def messages(
        self, goal: str, steps: Sequence[Step], observation: Observation, size_model: SizeModel
    ) -> list[Message]:
        def frame_of(screenshot: tuple[int, int]) -> Frame:
            return frame_for(self.frame, size_model(screenshot))

        said = history_text(steps, self.history, self.forms, frame_of)
        text = self.template.fill(goal=goal, history=said)
        return [dict(SYSTEM), {"role": "user", "content": [text_part(text), image_part(observation)]}]

    def parse(self, text: str, model_size: tuple[int, int]) -> ParsedReply:
        return parse_tagged(text, self.forms, frame_for(self.frame, model_size))

    def render(
        self, action: Action | Refusal, thought: str = "", conclusion: str = "", model_size: tuple[int, int] = (1, 1)
    ) -> str:
        if isinstance(action, Refusal):
            raise ValueError(f"{self.name} has no words for a refusal; use Finished(content='infeasible')")
        return render_tagged(action, thought, conclusion, self.forms, frame_for(self.frame, model_size))
