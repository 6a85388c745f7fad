"""UI-Venus-1.0 grounding (arXiv 2508.10833): one instruction, one box `[x1,y1,x2,y2]` in pixels of the resized picture.

The release runs Python's `eval` on the reply and turns every failure into a click at the origin; here a reply is a
box, a refusal or malformed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from agentkit.actions import Action, Box, Click, Malformed, Point, Refusal
from agentkit.frames import BUDGETS, FrameName, PixelBudget, model_px
from agentkit.protocols.base import GROUNDING_DECODING, Decoding, Message, ParsedReply, SizeModel, image_part, text_part
from agentkit.protocols.numbers import whole_list
from agentkit.protocols.template import Template, prompt
from agentkit.types import Observation, Step

_REFUSED = (-1, -1, -1, -1)
_REFUSAL_TAIL = prompt("venus1_ground_refusal").chunks[0]


@dataclass(frozen=True)
class Venus1Ground:
    """A `PromptProtocol` whose reply is a box; the action is a click on its centre that carries the box."""

    name: str
    template: Template
    budget: PixelBudget
    refusal: bool = False
    """Whether the prompt offers `[-1,-1,-1,-1]` for an instruction that does not fit the picture."""
    decoding: Decoding = GROUNDING_DECODING
    frame: FrameName = "model_px"

    def _prompt(self) -> Template:
        return self.template + _REFUSAL_TAIL if self.refusal else self.template

    def fixed_parts(self) -> tuple[str, ...]:
        return self._prompt().literals()

    def messages(
        self, goal: str, steps: Sequence[Step], observation: Observation, size_model: SizeModel
    ) -> list[Message]:
        text = self._prompt().fill(goal=goal)
        return [{"role": "user", "content": [image_part(observation), text_part(text)]}]

    def parse(self, text: str, model_size: tuple[int, int]) -> ParsedReply:
        numbers = whole_list(text)
        if numbers is None or len(numbers) != 4:
            return ParsedReply(Malformed(f"expected [x1,y1,x2,y2] and nothing else, got {text[:80]!r}"))
        if numbers == _REFUSED:
            return ParsedReply(Refusal())
        try:
            box = model_px(model_size).box(*numbers)
        except ValueError as error:
            return ParsedReply(Malformed(str(error)))
        return ParsedReply(Click(box.centre, box))

    def render(
        self, action: Action | Refusal, thought: str = "", conclusion: str = "", model_size: tuple[int, int] = (1, 1)
    ) -> str:
        if isinstance(action, Refusal):
            return "[-1,-1,-1,-1]"
        if not isinstance(action, Click):
            raise ValueError(f"{self.name} can only say a click or a refusal, got {action}")
        box = action.box or Box(action.at.x, action.at.y, action.at.x, action.at.y)
        frame = model_px(model_size)
        corners = (*frame.numbers(Point(box.x1, box.y1)), *frame.numbers(Point(box.x2, box.y2)))
        return f"[{','.join(map(str, corners))}]"


VENUS1_GROUND = Venus1Ground("venus1_ground", prompt("venus1_ground_7b"), BUDGETS["venus1_ground_7b"])
VENUS1_GROUND_72B = Venus1Ground("venus1_ground_72b", prompt("venus1_ground_72b"), BUDGETS["venus1_ground_72b"])
