"""Rows as Parquet with the pictures inside: what the data loaders of verl and EasyR1 read.

Pictures are stored at the model's size. Engines resize again by the model's folder; it is checked that this leaves
every picture alone, because coordinates in rewards are read at the stored size.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, TypeAlias

from agentkit.errors import DataError
from agentkit.frames import QWEN25VL, PixelBudget
from rft.data.rows import GroundingRow, Row
from rft.examples import Examples
from rft.exporting.ground_truth import write_truth
from rft.second_resize import second_resize

Format: TypeAlias = Literal["verl", "easyr1"]
SYSTEM = "You are a helpful assistant."
"""The system turn that Qwen2.5-VL's template adds by itself."""
ROWS_PER_GROUP = 64
_PLACES = ("<image>", "<video>", "<audio>")


@dataclass(frozen=True)
class Written:
    """What one file holds."""

    rows: int
    prompt_tokens: int
    """Of the longest prompt, pictures included."""
    images: int
    """Most pictures in one prompt."""


def write_parquet(path: Path, examples: Examples, processor: Any, own: PixelBudget, kind: Format) -> Written:
    """Write all rows of `examples` (made with `resize`) to `path`.

    `own` is the pixel budget in the model's folder, by which engines resize. Raises DataError.
    """
    import pyarrow as pa
    from pyarrow.parquet import ParquetWriter

    schema = _schema(kind)
    longest = pictures = 0
    with ParquetWriter(path, schema) as writer:
        batch: list[dict[str, Any]] = []
        for index, row in enumerate(examples.rows):
            messages, images = examples.chat(row)
            for image in images:
                _check_size(row, image.size, own)
            longest = max(longest, _tokens(processor, messages, images))
            pictures = max(pictures, len(images))
            batch.append(_entry(kind, examples, row, index, messages, images))
            if len(batch) == ROWS_PER_GROUP:
                writer.write_table(pa.Table.from_pylist(batch, schema))
                batch = []
        if batch:
            writer.write_table(pa.Table.from_pylist(batch, schema))
    return Written(len(examples.rows), longest, pictures)


def _schema(kind: Format) -> Any:
    import pyarrow as pa

    text = pa.string()
    images = pa.list_(pa.struct([("bytes", pa.binary()), ("path", text)]))
    if kind == "easyr1":
        return pa.schema([("problem", text), ("answer", text), ("images", images), ("id", text)])
    return pa.schema(
        [
            ("data_source", text),
            ("prompt", pa.list_(pa.struct([("role", text), ("content", text)]))),
            ("images", images),
            ("ability", text),
            ("reward_model", pa.struct([("style", text), ("ground_truth", text)])),
            ("extra_info", pa.struct([("index", pa.int64()), ("id", text), ("line", pa.int64())])),
        ]
    )


def _entry(
    kind: Format, examples: Examples, row: Row, index: int, messages: list[dict[str, Any]], images: list[Any]
) -> dict[str, Any]:
    truth = write_truth(replace(row.gold, model_size=examples.model_size(row)))
    stored = [{"bytes": _png(image), "path": None} for image in images]
    if kind == "easyr1":
        return {"problem": _one_turn(row, messages), "answer": truth, "images": stored, "id": row.id}
    return {
        "data_source": f"glint/{examples.protocol.name}",
        "prompt": [{"role": message["role"], "content": _flat(message)} for message in messages],
        "images": stored,
        "ability": "grounding" if isinstance(row, GroundingRow) else "navigation",
        "reward_model": {"style": "rule", "ground_truth": truth},
        "extra_info": {"index": index, "id": row.id, "line": row.number},
    }


def _flat(message: dict[str, Any]) -> str:
    """The message as text with `<image>` for each picture; the same word in a goal stays text."""
    return "".join("<image>" if part["type"] == "image" else _inert_places(part["text"]) for part in message["content"])


def _inert_places(text: str) -> str:
    for place in _PLACES:
        text = text.replace(place, f"{place[0]}\u200b{place[1:]}")
    return text


def _one_turn(row: Row, messages: list[dict[str, Any]]) -> str:
    """EasyR1 knows one user turn; the template adds the system turn that our protocols have."""
    turns = [(message["role"], _flat(message)) for message in messages]
    if turns[0] == ("system", SYSTEM):
        turns = turns[1:]
    if [role for role, _ in turns] != ["user"]:
        raise DataError(f"row {row.number}: EasyR1 takes one user turn, the protocol has {[role for role, _ in turns]}")
    return turns[0][1]


def _png(image: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "PNG", compress_level=4)
    return buffer.getvalue()


def _check_size(row: Row, size: tuple[int, int], own: PixelBudget) -> None:
    # verl's loader goes through qwen_vl_utils first, whose limits are Qwen's stock ones.
    if again := second_resize(size, (own, QWEN25VL)):
        raise DataError(
            f"row {row.number}: stored at {size[0]}x{size[1]}, but the engine would resize it to {again.width}x"
            f"{again.height} by the model's folder ({own.min_pixels} to {own.max_pixels} pixels) and read "
            "coordinates in the wrong size; save the model with a wider pixel budget, or set min_pixels and "
            "max_pixels inside it"
        )


def _tokens(processor: Any, messages: list[dict[str, Any]], images: list[Any]) -> int:
    text = processor.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
    words = len(processor.tokenizer(text, add_special_tokens=False)["input_ids"])
    factor = processor.budget.factor
    return words - len(images) + sum(image.width * image.height // factor**2 for image in images)
