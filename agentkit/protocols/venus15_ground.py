"""UI-Venus-1.5 and -2 grounding (arXiv 2602.09082): one instruction, one point `[x,y]` in 0..1000, or a refusal.

Like the release, a reply may also hold a box, or two corners, both meaning their centre, or words around a list.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from agentkit.actions import Action, Click, Malformed, Refusal
from agentkit.frames import N1000, QWEN3VL, FrameName, PixelBudget
from agentkit.protocols.base import GROUNDING_DECODING, Decoding, Message, ParsedReply, SizeModel, image_part, text_part
from agentkit.protocols.numbers import all_lists, whole_list
from agentkit.protocols.template import Template, prompt
from agentkit.types import Observation, Step

_TEMPLATE = prompt("venus15_ground")
_REFUSAL_TAIL = prompt("venus15_ground_refusal").chunks[0]


@dataclass(frozen=True)
class Venus15Ground:
    """A `PromptProtocol` whose reply is a point."""

    name: str = "venus15_ground"
    refusal: bool = True
    """Whether the prompt offers `[-1,-1]` for an instruction that does not fit the picture."""
    budget: PixelBudget = QWEN3VL
    decoding: Decoding = GROUNDING_DECODING
    frame: FrameName = "n1000"

    def _prompt(self) -> Template:
        return _TEMPLATE + _REFUSAL_TAIL if self.refusal else _TEMPLATE

    def fixed_parts(self) -> tuple[str, ...]:
        return self._prompt().literals()

    def messages(
        self, goal: str, steps: Sequence[Step], observation: Observation, size_model: SizeModel
    ) -> list[Message]:
        text = self._prompt().fill(goal=goal.removesuffix("."))
        return [{"role": "user", "content": [image_part(observation), text_part(text)]}]

    def parse(self, text: str, model_size: tuple[int, int]) -> ParsedReply:
        numbers = _answer(text)
        if numbers is None:
            return ParsedReply(Malformed(f"expected a point [x,y] in 0..1000, got {text[:80]!r}"))
        if all(number == -1 for number in numbers):
            return ParsedReply(Refusal())
        try:
            if len(numbers) == 2:
                return ParsedReply(Click(N1000.point(*numbers)))
            box = N1000.box(*numbers)
        except ValueError as error:
            return ParsedReply(Malformed(str(error)))
        return ParsedReply(Click(box.centre, box))

    def render(
        self, action: Action | Refusal, thought: str = "", conclusion: str = "", model_size: tuple[int, int] = (1, 1)
    ) -> str:
        if isinstance(action, Refusal):
            return "[-1,-1]"
        if not isinstance(action, Click):
            raise ValueError(f"{self.name} can only say a click or a refusal, got {action}")
        x, y = N1000.numbers(action.at)
        return f"[{x},{y}]"


def _answer(text: str) -> tuple[float, ...] | None:
    """Two numbers (a point) or four (a box): the whole reply, two corners, or the first list among other words."""
    numbers = whole_list(text)
    if numbers is None:
        lists, around = all_lists(text)
        if not lists:
            return None
        numbers = lists[0]
        if len(lists) == 2 and len(lists[0]) == len(lists[1]) == 2 and around.strip() == ",":
            numbers = (*lists[0], *lists[1])
    return numbers if len(numbers) in (2, 4) else None


VENUS15_GROUND = Venus15Ground()
