"""Many questions about one screenshot in one sequence: how a small model is trained from scratch at speed.

A row is `prefix (system turn, image) + question/answer + question/answer + ...`. Every question sees the prefix and
itself only, and its positions continue the prefix, so each question/answer is bit for bit the sequence that the model
meets alone at test time, while the screenshot is encoded and read once. Images stay uint8 until they are on the
device.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor

from agentkit.errors import ConfigError, DataError

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

IGNORE = -100
PATCH, MERGE = 14, 2


@dataclass(frozen=True, slots=True)
class Question:
    prompt: str
    """The user's text after the image."""
    reply: str
    """What the assistant should say; the only part with a loss."""


@dataclass(frozen=True, slots=True)
class Scene:
    """One screenshot and what is asked about it."""

    image: np.ndarray
    """uint8 [height, width, 3], both a multiple of 28; the model's own resolution."""
    questions: Sequence[Question]
    lead: str = ""
    """Text of the user turn before the image (the UI-Venus navigation prompt); such a scene has one question."""
    system: str = "You are a helpful assistant."


@dataclass
class Row:
    """One packed sequence of length L."""

    ids: np.ndarray
    labels: np.ndarray
    segments: np.ndarray
    """0 for the prefix, then 1, 2, ... for each question; -1 is padding."""
    positions: np.ndarray
    """[3, L]: time, height, width (M-RoPE)."""


class Packer:
    """Turns scenes into rows of `length` tokens. Questions that no longer fit are dropped."""

    def __init__(self, tokenizer: PreTrainedTokenizerBase, length: int) -> None:
        if length % 8:
            raise ConfigError(f"row length must be a multiple of 8, got {length}")
        self.tokenizer, self.length = tokenizer, length
        self._image_token = int(tokenizer.convert_tokens_to_ids("<|image_pad|>"))  # type: ignore[arg-type]
        self._between = self._encode(["<|im_end|>\n<|im_start|>assistant\n"])[0]
        self._end = self._encode(["<|im_end|>"])[0]

    def _encode(self, texts: list[str]) -> list[list[int]]:
        return self.tokenizer(texts, add_special_tokens=False)["input_ids"]

    def row(self, scene: Scene) -> Row | None:
        """The packed row, or None when not even the first question fits."""
        height, width = (side // (PATCH * MERGE) for side in scene.image.shape[:2])
        if scene.image.shape[0] % (PATCH * MERGE) or scene.image.shape[1] % (PATCH * MERGE):
            raise DataError(f"image sides must be multiples of {PATCH * MERGE}, got {scene.image.shape[:2]}")
        lead = f"<|im_start|>system\n{scene.system}<|im_end|>\n<|im_start|>user\n{scene.lead}<|vision_start|>"
        texts = [lead, "<|vision_end|>", *(q.prompt for q in scene.questions), *(q.reply for q in scene.questions)]
        before, after, *rest = self._encode(texts)
        prompts, replies = rest[: len(scene.questions)], rest[len(scene.questions) :]

        cells = height * width
        text_start = len(before)
        grid = np.stack(np.meshgrid(np.arange(height), np.arange(width), indexing="ij")).reshape(2, -1)
        image_positions = text_start + np.concatenate([np.zeros((1, cells), int), grid])
        resume = text_start + max(height, width)
        ids = before + [self._image_token] * cells + after
        positions = [
            np.tile(np.arange(text_start), (3, 1)),
            image_positions,
            np.tile(np.arange(resume, resume + len(after)), (3, 1)),
        ]
        base = resume + len(after)
        labels, segments = [IGNORE] * len(ids), [0] * len(ids)
        packed = 0
        for prompt, reply in zip(prompts, replies, strict=True):
            question = prompt + self._between
            answer = reply + self._end
            size = len(question) + len(answer)
            if len(ids) + size > self.length:
                continue
            packed += 1
            ids += question + answer
            labels += [IGNORE] * len(question) + answer
            segments += [packed] * size
            positions.append(np.tile(np.arange(base, base + size), (3, 1)))
        if not packed:
            return None
        pad = self.length - len(ids)
        return Row(
            np.array(ids + [0] * pad, np.int64),
            np.array(labels + [IGNORE] * pad, np.int64),
            np.array(segments + [-1] * pad, np.int64),
            np.pad(np.concatenate(positions, 1), ((0, 0), (0, pad))),
        )

    def batches(self, scenes: Iterable[Scene], size: int) -> Iterator[dict[str, Tensor]]:
        """Batches of `size` scenes with images of one shape; scenes that fit no question are skipped."""
        waiting: dict[tuple[int, ...], list[tuple[Scene, Row]]] = {}
        for scene in scenes:
            row = self.row(scene)
            if row is None:
                continue
            same = waiting.setdefault(scene.image.shape, [])
            same.append((scene, row))
            if len(same) == size:
                yield collate(waiting.pop(scene.image.shape))


def collate(pairs: Sequence[tuple[Scene, Row]]) -> dict[str, Tensor]:
    """images [B, H, W, 3] uint8; input_ids, labels, segments [B, L]; position_ids [3, B, L]."""
    rows = [row for _, row in pairs]
    return {
        "images": torch.from_numpy(np.stack([scene.image for scene, _ in pairs])),
        "input_ids": torch.from_numpy(np.stack([r.ids for r in rows])),
        "labels": torch.from_numpy(np.stack([r.labels for r in rows])),
        "segments": torch.from_numpy(np.stack([r.segments for r in rows])),
        "position_ids": torch.from_numpy(np.stack([r.positions for r in rows], 1)),
    }


def patchify(images: Tensor, mean: Sequence[float], std: Sequence[float]) -> tuple[Tensor, Tensor]:
    """uint8 [B, H, W, 3] -> (pixel_values [B * patches, 1176], image_grid_thw [B, 3]), as Qwen's image processor."""
    b, h, w, _ = images.shape
    scale = torch.tensor(std, device=images.device) * 255
    shift = torch.tensor(mean, device=images.device) * 255
    x = ((images.float() - shift) / scale).permute(0, 3, 1, 2)
    gh, gw = h // PATCH, w // PATCH
    x = x.reshape(b, 3, gh // MERGE, MERGE, PATCH, gw // MERGE, MERGE, PATCH).permute(0, 2, 5, 3, 6, 1, 4, 7)
    x = x.reshape(b * gh * gw, 3, 1, PATCH, PATCH).expand(-1, -1, 2, -1, -1).reshape(b * gh * gw, -1)
    return x, torch.tensor([[1, gh, gw]], device=images.device).expand(b, 3)


def attention_bias(segments: Tensor, dtype: torch.dtype) -> Tensor:
    """[B, L] segments -> additive [B, 1, L, L]: causal, the prefix is open to all, a question only to itself."""
    length = segments.shape[1]
    query, key = segments[:, :, None], segments[:, None, :]
    causal = torch.ones(length, length, dtype=torch.bool, device=segments.device).tril()
    seen = causal & ((key == 0) | (key == query))
    return torch.where(seen, 0.0, torch.finfo(dtype).min).to(dtype)[:, None]


def packed_loss(
    model: Any, batch: dict[str, Tensor], mean: Sequence[float], std: Sequence[float]
) -> tuple[Tensor, Tensor]:
    """(mean cross-entropy over reply tokens, share of them predicted right) of a `collate`d batch on its device."""
    core = model.model
    pixels, grid = patchify(batch["images"], mean, std)
    features = core.visual(pixels, grid_thw=grid).pooler_output
    embeds = core.get_input_embeddings()(batch["input_ids"])
    holes = (batch["input_ids"] == model.config.image_token_id).unsqueeze(-1)
    embeds = embeds.masked_scatter(holes, features.to(embeds.dtype))
    dtype = (
        torch.get_autocast_dtype(embeds.device.type) if torch.is_autocast_enabled(embeds.device.type) else embeds.dtype
    )
    hidden = core.language_model(
        inputs_embeds=embeds,
        position_ids=batch["position_ids"],
        attention_mask=attention_bias(batch["segments"], dtype),
        use_cache=False,
    ).last_hidden_state
    targets = batch["labels"][:, 1:]
    wanted = targets != IGNORE
    logits = model.lm_head(hidden[:, :-1][wanted]).float()
    targets = targets[wanted]
    return torch.nn.functional.cross_entropy(logits, targets), (logits.argmax(-1) == targets).float().mean().detach()
