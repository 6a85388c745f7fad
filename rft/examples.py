"""Rows as training examples: the chat a protocol makes of a row, its pictures, and the reply it should get.

Pictures are opened when a batch needs them, so a data set of any size costs only its rows.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agentkit.actions import Click, Refusal
from agentkit.errors import DataError
from agentkit.frames import Size
from agentkit.protocols import Message, PromptProtocol, SizeModel
from agentkit.types import Observation, Reply, Step
from rft.data.rows import GroundingRow, Row

if TYPE_CHECKING:
    from datasets import Dataset
    from PIL.Image import Image


class Examples:
    """The rows of a run under one protocol. `size_model` is the resize rule of the model's processor.

    With `resize` pictures are handed on at the model's size already: for a sampler that has a processor of its own.
    """

    def __init__(
        self, rows: Sequence[Row], protocol: PromptProtocol, size_model: SizeModel, resize: bool = False
    ) -> None:
        self.rows = tuple(rows)
        self._resize = resize
        self.protocol = protocol
        self._size_model = size_model
        self._open = _RecentImages(64)

    def model_size(self, row: Row) -> Size:
        """The size at which the model sees the row's screenshot."""
        return self._size_model(row.size) if row.image is not None else Size(1, 1)

    def chat(self, row: Row) -> tuple[list[Message], list[Image]]:
        """The prompt with `{"type": "image"}` places, and the pictures for them in order."""
        from PIL import Image

        picture = Image.new("RGB", row.size) if row.image is None else self._open(row.image, row)
        observation = Observation(picture)
        if isinstance(row, GroundingRow):
            goal, steps = row.instruction, []
        else:
            goal = row.goal
            # A past step without its screenshot is told in the frame of the current one.
            steps = [
                Step(
                    observation if p.image is None else Observation(self._open(p.image, row)),
                    Reply("", p.action, p.thought, p.conclusion),
                )
                for p in row.history
            ]
        messages, images = [], []
        for message in self.protocol.messages(goal, steps, observation, self._size_model):
            content = message["content"]
            parts: list[dict[str, Any]] = [{"type": "text", "text": content}] if isinstance(content, str) else content
            kept: list[dict[str, Any]] = []
            for part in parts:
                if part["type"] != "image":
                    kept.append({"type": "text", "text": inert(part["text"])})
                elif row.image is not None:
                    kept.append({"type": "image"})
                    images.append(self._sized(part["image"]))
            messages.append({"role": message["role"], "content": kept})
        return messages, images

    def _sized(self, picture: Image) -> Image:
        from PIL import Image

        return picture.resize(self._size_model(picture.size), Image.Resampling.BICUBIC) if self._resize else picture

    def gold_reply(self, row: Row) -> str:
        """The text that says the right answer. DataError when the protocol has no words or no resize for the row."""
        try:
            size = self.model_size(row)
            if isinstance(row, GroundingRow):
                return self.protocol.render(
                    Refusal() if row.box is None else Click(row.box.centre, row.box), model_size=size
                )
            return self.protocol.render(row.action, row.thought, row.conclusion, size)
        except ValueError as error:
            raise DataError(f"row {row.number}: protocol {self.protocol.name} cannot say it: {error}") from error

    def prompts(self) -> Dataset:
        """Columns `prompt`, `images` (empty for a row without one) and `row` (index), built batch by batch."""

        def load(batch: dict[str, list[int]]) -> dict[str, list[Any]]:
            made = {index: self.chat(self.rows[index]) for index in set(batch["row"])}
            return {
                "prompt": [made[index][0] for index in batch["row"]],
                "images": [made[index][1] for index in batch["row"]],
                "row": batch["row"],
            }

        return self._lazy(load)

    def conversations(self) -> Dataset:
        """Columns `prompt`, `images` and `completion` (the gold reply as an assistant turn)."""
        replies = [self.gold_reply(row) for row in self.rows]

        def load(batch: dict[str, list[int]]) -> dict[str, list[Any]]:
            made = [self.chat(self.rows[index]) for index in batch["row"]]
            return {
                "prompt": [messages for messages, _ in made],
                "images": [images for _, images in made],
                "completion": [[_assistant(replies[index])] for index in batch["row"]],
            }

        return self._lazy(load)

    def _lazy(self, load: Any) -> Dataset:
        from datasets import Dataset

        return Dataset.from_dict({"row": list(range(len(self.rows)))}).with_transform(load)


def inert(text: str) -> str:
    """`text` in which nothing spells a special token: a goal that says `<|image_pad|>` must stay text.

    The same change that `agentkit.policies.qwen` makes when it acts.
    """
    return text.replace("<|", "<\u200b|")


def _assistant(text: str) -> Message:
    return {"role": "assistant", "content": [{"type": "text", "text": text}]}


class _RecentImages:
    """RGB pictures by path, the last few kept: the copies in a group share one decode."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._items: OrderedDict[Path, Image] = OrderedDict()

    def __call__(self, path: Path, row: Row) -> Image:
        """The picture at `path`, which belongs to `row`. DataError when it cannot be decoded."""
        from PIL import Image

        if path in self._items:
            self._items.move_to_end(path)
            return self._items[path]
        try:
            with Image.open(path) as opened:
                picture = opened.convert("RGB")
        except Exception as error:
            raise DataError(
                f"row {row.number}: image cannot be decoded: {path}: {type(error).__name__}: {error}"
            ) from error
        self._items[path] = picture
        while len(self._items) > self._size:
            self._items.popitem(last=False)
        return picture
