"""Rows as the model gets them: text, tokens and pixels, by the run's own processor."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rft.data.rows import Row
from rft.doctor.case import Case


def prompt_text(case: Case, row: Row) -> tuple[str, list[Any]]:
    """The prompt before pictures are spelled out, and its pictures."""
    messages, images = case.examples.chat(row)
    text = case.ready_processor.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
    return text, images


def encode(case: Case, rows: Sequence[Row], replies: Sequence[str] | None = None) -> Any:
    """One left-padded batch of the rows' prompts, each followed by its reply if there are `replies`."""
    made = [prompt_text(case, row) for row in rows]
    texts = [text + reply for (text, _), reply in zip(made, replies or [""] * len(made), strict=True)]
    return case.ready_processor(text=texts, images=[images for _, images in made], padding=True, return_tensors="pt")
