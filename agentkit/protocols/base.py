"""What a prompt protocol is: it builds the messages, reads the reply, writes the reply a policy should have given."""

from __future__ import annotations

import typing
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from agentkit.actions import Action, Parsed, Refusal
from agentkit.frames import FrameName, PixelBudget, Size
from agentkit.types import Observation, Step

Message: TypeAlias = dict[str, Any]
"""`{"role": ..., "content": text}` or `{"role": ..., "content": [parts]}`; a part is `{"type": "image", "image": PIL}`
or `{"type": "text", "text": str}`."""

SizeModel: TypeAlias = Callable[[tuple[int, int]], Size]
"""Screenshot size -> the size at which the model sees it; usually `PixelBudget.resize`."""

SYSTEM: Message = {"role": "system", "content": "You are a helpful assistant."}


@dataclass(frozen=True, slots=True)
class ParsedReply:
    """A reply taken apart."""

    action: Parsed
    thought: str = ""
    conclusion: str = ""


@dataclass(frozen=True, slots=True)
class Decoding:
    """How the protocol's model is sampled unless a policy is told otherwise."""

    max_new_tokens: int
    temperature: float = 0.0
    top_p: float = 1.0
    repetition_penalty: float = 1.0


GROUNDING_DECODING = Decoding(max_new_tokens=128)
NAVIGATION_DECODING = Decoding(max_new_tokens=2048)


class PromptProtocol(typing.Protocol):
    """One published prompt format. Implementations are frozen dataclasses; change an option with `replace`."""

    @property
    def name(self) -> str: ...
    @property
    def frame(self) -> FrameName:
        """The frame of every coordinate in prompt and reply."""
        ...

    @property
    def budget(self) -> PixelBudget:
        """The pixel budget that the protocol was published with."""
        ...

    @property
    def decoding(self) -> Decoding: ...

    def fixed_parts(self) -> tuple[str, ...]:
        """The literal text of the user turn around its variable fields, in order.

        `messages` holds each part verbatim, so a small model's tokenizer may make each a single token.
        """
        ...

    def messages(
        self, goal: str, steps: Sequence[Step], observation: Observation, size_model: SizeModel
    ) -> list[Message]:
        """The chat that asks for the next reply. The image is the screenshot as it is, not yet resized."""
        ...

    def parse(self, text: str, model_size: tuple[int, int]) -> ParsedReply:
        """Read a reply to a screenshot that the model saw at `model_size`. Never raises on any text."""
        ...

    def render(
        self, action: Action | Refusal, thought: str = "", conclusion: str = "", model_size: tuple[int, int] = (1, 1)
    ) -> str:
        """The reply that says `action`, such that `parse` gives it back. ValueError when the protocol cannot say it."""
        ...


def image_part(observation: Observation) -> Message:
    return {"type": "image", "image": observation.image}


def text_part(text: str) -> Message:
    return {"type": "text", "text": text}
