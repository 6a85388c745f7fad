"""From a run's settings to its parts: model, processor and examples, with the fast paths switched on."""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from agentkit.errors import DataError
from agentkit.frames import QWEN25VL, PixelBudget
from agentkit.protocols import PromptProtocol, get_protocol
from rft.configs import RunConfig, TrainConfig
from rft.data.rows import Row, read_rows
from rft.examples import Examples
from rft.second_resize import require_single_resize
from rft.validation import Validation, read_validation, validation_of
from rft.vision_once import Counts, encode_once, freeze, vision_tower

log = logging.getLogger(__name__)

SMALL = 50_000_000
"""Parameters below which a whole step fits one forward pass on any machine."""
CHECKPOINTING = 100_000_000
"""Parameters above which recomputing activations pays."""


@dataclass
class Parts:
    """What a trainer is made of."""

    model: Any
    processor: Any
    examples: Examples
    parameters: int
    """Of the model, before adapters."""
    on_gpu: bool
    vision: Counts | None
    """Live counts of the vision fast path; None when it is off."""
    validation: Validation | None = None
    """What to evaluate on during training."""


def load_parts(config: RunConfig) -> Parts:
    """Read the rows, load the model and its processor. Raises DataError, PolicyError or ConfigError."""
    found = read_rows(config.data, config.skip_bad, config.check_images)
    parts, own = _load(config)
    protocol, budget = parts.examples.protocol, parts.processor.budget
    # vLLM resizes by the folder's own settings, which need not be this run's.
    resize = isinstance(config, TrainConfig) and config.generation != "hf"
    examples = Examples(found.rows, protocol, budget.resize, resize)
    rows, faults = _answerable(examples, config.skip_bad)
    _report((*found.faults, *faults), len(rows))
    parts.examples = Examples(rows, protocol, budget.resize, resize)
    if isinstance(config, TrainConfig) and config.val_data:
        held_out = read_validation(config.val_data, config.skip_bad, config.check_images)
        parts.validation = validation_of(Examples(held_out, protocol, budget.resize, resize))
    if resize:
        for some in (parts.examples, *([parts.validation.examples] if parts.validation else [])):
            require_single_resize(some, (own, budget))
    return parts


def load_learner(config: RunConfig) -> Parts:
    """The model and its processor, with no examples. Raises PolicyError or ConfigError."""
    return _load(config)[0]


def _load(config: RunConfig) -> tuple[Parts, PixelBudget]:
    """As `load_learner`, and the pixel budget in the model's folder."""
    import torch

    from agentkit.policies.qwen_load import load_model
    from agentkit.policies.qwen_processor import load_processor, set_budget
    from rft.image_cache import cache_images

    protocol = get_protocol(config.protocol, **config.protocol_args)
    on_gpu = torch.cuda.is_available() and config.device != "cpu"
    if on_gpu and not config.cudnn_attention:
        torch.backends.cuda.enable_cudnn_sdp(False)
    place = f"cuda:{os.environ.get('LOCAL_RANK', '0')}" if on_gpu else "cpu"
    model, processor_path = load_model(config.model, place, weights_dtype(config, on_gpu))
    processor = load_processor(processor_path)
    own = processor.budget
    set_budget(processor, pick_budget(config, own, protocol))
    cache_images(processor)

    tower, counts = vision_tower(model), None
    if config.freeze_vision:
        freeze(tower)
        counts = encode_once(tower, config.vision_memory) if config.vision_once else None
    parameters = sum(p.numel() for p in model.parameters())
    parts = Parts(model, processor, Examples((), protocol, processor.budget.resize), parameters, on_gpu, counts)
    return parts, own


def _answerable(examples: Examples, skip_bad: bool) -> tuple[list[Row], list[str]]:
    """The rows whose answer the protocol can say, and what is wrong with the others. DataError unless `skip_bad`."""
    rows, faults = [], []
    for row in examples.rows:
        try:
            examples.gold_reply(row)
        except DataError as error:
            if not skip_bad:
                raise
            faults.append(str(error))
        else:
            rows.append(row)
    if not rows:
        raise DataError(f"no row can be answered under {examples.protocol.name}; the first: {faults[0]}")
    return rows, faults


def _report(faults: Sequence[str], remaining: int) -> None:
    for fault in faults[:20]:
        log.warning("left out: %s", fault)
    if faults:
        log.warning("%d bad rows left out, %d rows remain", len(faults), remaining)


def weights_dtype(config: RunConfig, on_gpu: bool) -> str:
    """Precision of the loaded weights. Full weights are updated in float32; autocast computes in `dtype`."""
    if not on_gpu or config.lora_r == 0:
        return "float32" if config.dtype == "auto" or config.lora_r == 0 else config.dtype
    return "bfloat16" if config.dtype == "auto" else config.dtype


def pick_budget(config: RunConfig, own: PixelBudget, protocol: PromptProtocol) -> PixelBudget:
    """The pixel budget of a run: as asked, else by the rule of `QwenPolicy`, so that acting sees what training saw."""
    base = protocol.budget if own == QWEN25VL else own
    low, high = config.min_pixels or base.min_pixels, config.max_pixels or base.max_pixels
    return PixelBudget(min(low, high), high, own.factor)
