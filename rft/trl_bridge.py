"""TRL's trainers with what UI agents need. The only file that imports trl.

`AgentGRPOTrainer` changes how much work a step is, not what it computes: prompts are read once per group
(`rft.shared_prompt`), groups stay together in a pass, and the time of a step is split and logged. Both trainers save
so that a full disk costs the new checkpoint only.
"""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

import torch
from torch import Tensor
from trl import GRPOConfig, GRPOTrainer, SFTConfig, SFTTrainer
from trl.trainer.utils import split_pixel_values_by_grid, split_tensor_dict, unsplit_pixel_values_by_grid

from agentkit.errors import ConfigError
from rft.arguments import grpo_arguments, sft_arguments, world_size
from rft.closest import unknown
from rft.configs import RunConfig, SftConfig, TrainConfig
from rft.loading import Parts
from rft.rewards import get_reward
from rft.scoring import check_gold, reward_function
from rft.shared_prompt import generate_shared, group_rows, pack, pick_images, prompt_positions, rows_of_images
from rft.stopwatch import Stopwatch
from rft.trusted_checkpoints import TrustedCheckpoints

log = logging.getLogger(__name__)


class AgentGRPOTrainer(TrustedCheckpoints, GRPOTrainer):
    """`GRPOTrainer` that shares prompts (with `share_prompt`) and logs `time/...`, seconds per step on this process.

    `generate` samples, `score` computes rewards, `prepare` handles pictures, templates and any extra scoring passes,
    `loss` runs forward and backward, `other` is the optimizer, loading and saving; `step` is their sum.
    """

    _buffered_inputs: Any

    def __init__(self, *args: Any, share_prompt: bool = True, **kwargs: Any) -> None:
        self._share = share_prompt
        self._watch = Stopwatch("generate", "score", "prepare", "loss")
        self._logged_step: int | None = None
        super().__init__(*args, **kwargs)

    def _prepare_inputs(self, generation_batch: Any) -> Any:
        if not (self._share and self.model.training):
            return super()._prepare_inputs(generation_batch)
        # TRL shuffles replies between the passes of a step, which would scatter the groups. The sum over the passes
        # is the same either way.
        passes = self.args.steps_per_generation
        if self._step % (passes * self.num_iterations) == 0 or self._buffered_inputs is None:
            scored = self._generate_and_score_completions(generation_batch)
            if passes == 1:
                self._buffered_inputs = [scored]
            else:
                parts: Any = split_tensor_dict(split_pixel_values_by_grid(scored), passes)  # type: ignore[arg-type]
                self._buffered_inputs = [unsplit_pixel_values_by_grid(part) for part in parts]
        return self._buffered_inputs[self._step % passes]

    def training_step(self, *args: Any, **kwargs: Any) -> Any:
        if self._logged_step is None:
            self._logged_step = self.state.global_step
            self._watch.read()
        with self._watch.span("loss"):
            return super().training_step(*args, **kwargs)

    def _generate_and_score_completions(self, inputs: Any) -> Any:
        with self._watch.span("prepare"):
            return super()._generate_and_score_completions(inputs)

    def _generate_single_turn(self, *args: Any, **kwargs: Any) -> Any:
        shared = self._shared_sampler() if self._share and not self.use_vllm else nullcontext()
        with self._watch.span("generate"), shared:
            return super()._generate_single_turn(*args, **kwargs)

    def _calculate_rewards(self, *args: Any, **kwargs: Any) -> Any:
        with self._watch.span("score"):
            return super()._calculate_rewards(*args, **kwargs)

    def log(self, logs: dict[str, float], start_time: float | None = None) -> None:
        if self._logged_step is not None and self.model.training and "train_runtime" not in logs:
            spent = self._watch.read()
            steps = max(1, self.state.global_step - self._logged_step)
            self._logged_step = self.state.global_step
            logs["time/step"] = sum(spent.values()) / steps
            logs |= {f"time/{name}": seconds / steps for name, seconds in spent.items()}
        super().log(logs, start_time)

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
        if not self._share or compute_aux_loss or any(value is not None for value in others.values()):
            return super()._get_per_token_logps_and_entropies(
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
        return torch.cat(log_probs), torch.cat(entropies) if compute_entropy else None, None

    def _shared_pass(
        self, model: Any, ids: Tensor, mask: Tensor, length: int, images: dict[str, Tensor], counts: list[int],
        pictures: list[list[int]], types: Tensor | None,
    ) -> tuple[Tensor, Tensor]:  # fmt: skip
        """Log-probabilities and entropies [B, T] of the last `length` tokens of each row, a prompt read once."""
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
        return packed.gather(out.log_probs), packed.gather(out.entropy)

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


class AgentSFTTrainer(TrustedCheckpoints, SFTTrainer):
    """`SFTTrainer` with checkpoints that can be trusted."""


def grpo_trainer(config: TrainConfig, parts: Parts, callbacks: list[Any]) -> AgentGRPOTrainer:
    """A trainer for `rft train`. Raises ConfigError for settings the trainer refuses."""
    rows = len(parts.examples.rows)
    if rows < config.prompts:
        raise ConfigError(f"a step needs {config.prompts} distinct rows (prompts), the data has {rows}")
    arguments = _arguments(GRPOConfig, grpo_arguments(config, parts.parameters, parts.on_gpu))
    reward = get_reward(config.reward, **config.reward_args)
    check_gold(reward, parts.examples)
    return _construct(
        AgentGRPOTrainer,
        model=parts.model,
        args=arguments,
        reward_funcs=[reward_function(reward, parts.examples)],
        train_dataset=parts.examples.prompts(),
        processing_class=parts.processor,
        callbacks=callbacks,
        peft_config=adapter(config),
        share_prompt=config.share_prompt,
    )


def sft_trainer(config: SftConfig, parts: Parts, callbacks: list[Any]) -> AgentSFTTrainer:
    """A trainer for `rft sft`. Raises ConfigError for settings the trainer refuses."""
    return _construct(
        AgentSFTTrainer,
        model=parts.model,
        args=_arguments(SFTConfig, sft_arguments(config, parts.parameters, parts.on_gpu)),
        train_dataset=parts.examples.conversations(),
        processing_class=parts.processor,
        callbacks=callbacks,
        peft_config=adapter(config),
    )


def _arguments(kind: type, values: dict[str, Any]) -> Any:
    known = [field.name for field in dataclasses.fields(kind) if field.init]
    for name in values:
        if name not in known:
            raise ConfigError(unknown(f"trainer argument (a field of {kind.__name__})", name, known))
    try:
        return kind(**values)
    except (TypeError, ValueError) as error:
        raise ConfigError(f"the trainer refuses its arguments: {error}") from error


def _construct(trainer: Callable[..., Any], **kwargs: Any) -> Any:
    from transformers.trainer_callback import PrinterCallback

    try:
        made = trainer(**kwargs)
    except (ValueError, ImportError) as error:
        raise ConfigError(f"the trainer refuses these settings: {error}") from error
    made.remove_callback(PrinterCallback)
    log.info("%s on %d process(es), device %s", type(made).__name__, world_size(), made.args.device)
    return made


def adapter(config: RunConfig) -> Any:
    """The LoRA settings of a run; None when it trains the full weights."""
    if not config.lora_r:
        return None
    from peft import LoraConfig

    return LoraConfig(
        r=config.lora_r, lora_alpha=config.lora_alpha, target_modules=config.lora_targets, task_type="CAUSAL_LM"
    )
