"""Mixin for a GRPO trainer: sampler and loss read every distinct prompt once (`rft.shared_prompt`)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

import torch
from torch import Tensor

from rft.shared_prompt import generate_shared, group_rows, pack, pick_images, prompt_positions, rows_of_images


class SharedPasses:
    """`share` turns it on. Forwards that ask for what a packed row cannot give go TRL's way."""

    share: bool
    model: Any
    accelerator: Any
    use_vllm: bool

    def _generate_single_turn(self, *args: Any, **kwargs: Any) -> Any:
        if self.use_vllm:
            return super()._generate_single_turn(*args, **kwargs)  # type: ignore[misc]
        # accelerate wraps the forward of the outermost module only, which neither the shared sampler nor an adapter's
        # `generate` calls: without this the loss would be computed in another precision than the replies.
        shared = self._shared_sampler() if self.share and self.model.training else nullcontext()
        with self.accelerator.autocast(), shared:
            return super()._generate_single_turn(*args, **kwargs)  # type: ignore[misc]

    def _get_per_token_logps_and_entropies(
        self,
        model: Any,
        input_ids: Tensor,
        attention_mask: Tensor,
        logits_to_keep: int,
        batch_size: int | None = None,
        compute_entropy: bool = False,
        compute_aux_loss: bool = False,
        pixel_values: Tensor | None = None,
        image_grid_thw: Tensor | None = None,
        num_images: list[int] | None = None,
        mm_token_type_ids: Tensor | None = None,
        **others: Any,
    ) -> tuple[Tensor, Tensor | None, Tensor | None]:
        rows, size = input_ids.shape[0], batch_size or input_ids.shape[0]
        images = {"pixel_values": pixel_values, "image_grid_thw": image_grid_thw, "num_images": num_images}
        if not self.share or compute_aux_loss or any(value is not None for value in others.values()):
            return super()._get_per_token_logps_and_entropies(  # type: ignore[misc]
                model, input_ids, attention_mask, logits_to_keep, batch_size, compute_entropy, compute_aux_loss,
                mm_token_type_ids=mm_token_type_ids, **images, **others,
            )  # fmt: skip
        counts = num_images or [0] * rows
        pictures = rows_of_images(counts, image_grid_thw, pixel_values)
        log_probs, entropies = [], []
        for start in range(0, rows, size):
            chosen = list(range(start, min(start + size, rows)))
            mine = {}
            if pixel_values is not None and image_grid_thw is not None:
                mine = pick_images(chosen, counts, image_grid_thw, pixel_values)
            out = self._shared_pass(
                model, input_ids[chosen], attention_mask[chosen], logits_to_keep, mine,
                [counts[row] for row in chosen], [pictures[row] for row in chosen],
                None if mm_token_type_ids is None else mm_token_type_ids[chosen],
            )  # fmt: skip
            log_probs.append(out[0])
            entropies.append(out[1])
        return torch.cat(log_probs), torch.cat(entropies) if compute_entropy else None, None  # type: ignore[arg-type]

    def _shared_pass(
        self, model: Any, ids: Tensor, mask: Tensor, length: int, images: dict[str, Tensor], counts: list[int],
        pictures: list[list[int]], types: Tensor | None,
    ) -> tuple[Tensor, Tensor | None]:  # fmt: skip
        """Log-probabilities and entropies [B, T] of the last `length` tokens of each row, a prompt read once.

        A reference model computes no entropies.
        """
        split = ids.shape[1] - length
        groups = group_rows(ids[:, :split], mask[:, :split], pictures)
        leaders = groups.leaders
        if images:
            images = pick_images(leaders, counts, images["image_grid_thw"], images["pixel_values"])
        prompt_types = None if types is None else types[leaders][:, :split]
        bare = self._bare(model)
        positions = prompt_positions(bare, ids[leaders][:, :split], mask[leaders][:, :split], images, prompt_types)
        packed = pack(groups, ids[:, :split], mask[:, :split], positions, ids[:, split:], mask[:, split:])
        with self.accelerator.autocast():
            out = model(
                input_ids=packed.input_ids, attention_mask=packed.attention_mask, position_ids=packed.position_ids,
                shift_labels=packed.labels, fused_lm_head=True, **images,
            )  # fmt: skip
        return packed.gather(out.log_probs), None if out.entropy is None else packed.gather(out.entropy)

    @contextmanager
    def _shared_sampler(self) -> Iterator[None]:
        """While entered, the model's `generate` reads each distinct prompt once."""
        bare = self._bare(self.model)
        inner = bare.generate
        bare.generate = lambda **kwargs: generate_shared(bare, inner, **kwargs)
        try:
            yield
        finally:
            del bare.generate

    def _bare(self, model: Any) -> Any:
        """The Qwen2.5-VL model inside wrappers for several devices and for adapters."""
        model = self.accelerator.unwrap_model(model)
        return model.get_base_model() if hasattr(model, "get_base_model") else model
