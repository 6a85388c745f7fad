"""Between an episode and a Qwen2.5-VL: requests become a batch of prompts, generated tokens become replies.

Whoever acts and whoever trains reads the same prompt, because both get it here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from agentkit.errors import PolicyError
from agentkit.frames import Size
from agentkit.policies.qwen_processor import budget_of
from agentkit.pool import Request
from agentkit.protocols import Message, PromptProtocol
from agentkit.types import Reply


def encode(processor: Any, protocol: PromptProtocol, requests: Sequence[Request]) -> Any:
    """The prompts of `requests`, a batch padded on the left. PolicyError when a picture comes out at another size
    than its coordinates would be read at."""
    budget = budget_of(processor)
    chats = [protocol.messages(*request, budget.resize) for request in requests]
    texts = [processor.apply_chat_template(_inert(chat), tokenize=False, add_generation_prompt=True) for chat in chats]
    images = [_images(chat) for chat in chats]
    inputs = processor(text=texts, images=images, padding=True, return_tensors="pt")
    patch = processor.image_processor.patch_size
    seen = [Size(w * patch, h * patch) for _, h, w in inputs["image_grid_thw"].tolist()]
    sizes = [budget.resize(image.size) for some in images for image in some]
    if seen != sizes:
        raise PolicyError(f"the processor resized to {seen}, but coordinates would be read at {sizes}")
    return inputs


def read_reply(processor: Any, protocol: PromptProtocol, ids: Sequence[int], size: Size, **facts: Any) -> Reply:
    """The reply that the tokens `ids` say to a screenshot seen at `size`; `facts` are further fields of it."""
    text = processor.tokenizer.decode(ids, skip_special_tokens=True, clean_up_tokenization_spaces=False)
    parsed = protocol.parse(text, size)
    return Reply(text, parsed.action, parsed.thought, parsed.conclusion, token_ids=tuple(ids), **facts)


def token_counts(processor: Any, inputs: Any, replies: Sequence[Sequence[int]]) -> list[dict[str, int]]:
    """The usage of each request of an encoded batch: tokens of the prompt, those of them that are image, of the reply.

    `screens` counts the pictures in the prompt.
    """
    ids, start = inputs["input_ids"], processor.tokenizer.convert_tokens_to_ids("<|vision_start|>")
    columns = (inputs["attention_mask"].sum(1), (ids == processor.image_token_id).sum(1), (ids == start).sum(1))
    rows = zip(*(column.tolist() for column in columns), replies, strict=True)
    return [{"prompt": p, "image": i, "completion": len(reply), "screens": s} for p, i, s, reply in rows]


def end_tokens(model: Any, tokenizer: Any) -> list[int]:
    """The tokens that end a reply, sorted."""
    value = model.generation_config.eos_token_id
    own = [] if value is None else [value] if isinstance(value, int) else list(value)
    return sorted({*own, tokenizer.eos_token_id})


def reply_length(row: Sequence[int], ends: Sequence[int]) -> int:
    """How many of the generated tokens `row` are the reply, its end token included."""
    return next((i + 1 for i, token in enumerate(row) if token in ends), len(row))


def _images(chat: Sequence[Message]) -> list[Any]:
    parts = [part for message in chat if not isinstance(message["content"], str) for part in message["content"]]
    return [part["image"].convert("RGB") for part in parts if part["type"] == "image"]


def _inert(chat: Sequence[Message]) -> list[Message]:
    """The chat for the template: images as bare places, special-token spellings in its text broken up.

    A goal or a past reply that spells `<|image_pad|>` or `<|im_end|>` must stay text, so a zero-width space goes in.
    """

    def part(given: Message) -> Message:
        if given["type"] == "image":
            return {"type": "image"}
        return {**given, "text": given["text"].replace("<|", "<\u200b|")}

    return [
        message if isinstance(message["content"], str) else {**message, "content": list(map(part, message["content"]))}
        for message in chat
    ]
