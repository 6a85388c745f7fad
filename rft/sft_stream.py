"""Supervised fine-tuning on an endless stream of rendered screens, from random weights if asked: the run itself."""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from agentkit.errors import ConfigError

if TYPE_CHECKING:
    from rft.stream_trainer import SceneSource


@dataclass
class StreamConfig:
    """One stage. Stages follow each other: the next starts from this one's folder."""

    out: str = ""
    """Folder of the run; the model ends up in its `final` folder."""
    model: str = ""
    """Folder of a Qwen2.5-VL to go on from. Give this or `init`."""
    init: str = ""
    """Start from random weights of this shape: nano or mini."""
    steps: int = 100_000
    """Most updates."""
    minutes: float = 0.0
    """Stop after this many minutes of training, 0 for no limit; the learning rate follows the clock."""
    batch: int = 256
    """Screens per update."""
    row_length: int = 704
    """Tokens per screen with its questions; a multiple of 8."""
    lr: float = 2e-3
    """Peak learning rate of Muon; embeddings and norms take half of it by AdamW."""
    warmup_steps: int = 50
    """Updates of linear warm-up."""
    workers: int = 0
    """Processes that render screens."""
    screens: tuple[str, ...] = ("small", "small", "small", "medium")
    """Screen sizes of the phone, drawn evenly; name one twice to see it twice as often."""
    text: float = 0.3
    """Share of pictures of made-up words."""
    text_height: int = 0
    """Height of those pictures in pixels, 0 for a whole screen's; 112 is the crop on which letters are learnt first."""
    tasks: float = 0.0
    """Share of steps of scripted solutions of phone tasks."""
    read: float = 0.5
    """Share of the phone screens that are also read out whole."""
    seed: int = 0
    """Of the weights and of the stream."""
    log_every: int = 100
    """Updates between two log lines."""
    save_every: int = 0
    """Updates between two checkpoints, 0 for none; the same command goes on from the newest."""
    dtype: Literal["float32", "bfloat16"] = "float32"
    """Of the saved weights."""
    shard_mb: int = 5000
    """Largest size of one weights file."""

    def __post_init__(self) -> None:
        if bool(self.model) == bool(self.init):
            raise ConfigError(f"give model or init, one of them: model={self.model!r}, init={self.init!r}")
        if not self.out:
            raise ConfigError("out is needed: the folder of the run")


def sft_stream(config: StreamConfig, source: SceneSource, chunks: tuple[str, ...]) -> Path:
    """Train on `source` and return the model folder. `chunks` are one-token strings of a new tokenizer."""
    import torch
    from transformers import Qwen2_5_VLForConditionalGeneration, TrainingArguments
    from transformers.trainer_utils import get_last_checkpoint

    from agentkit.policies.qwen_fast import accelerate, compile_layers
    from agentkit.policies.qwen_processor import load_processor, save_processor
    from rft.model import create
    from rft.stream import Packer
    from rft.stream_trainer import SceneBatches, StreamBudget, StreamTrainer

    out = Path(config.out)
    start = config.model
    if config.init:
        start = str(out / "init")
        create(config.init, chunks, start, config.seed)
    processor = load_processor(start)
    model = Qwen2_5_VLForConditionalGeneration.from_pretrained(start, dtype=torch.float32)
    accelerate(model)
    cuda = torch.cuda.is_available()
    if cuda:
        torch.backends.cuda.enable_cudnn_sdp(False)
        torch.backends.cuda.matmul.allow_tf32 = True
        compile_layers(model)
    args = TrainingArguments(
        output_dir=str(out),
        max_steps=config.steps,
        per_device_train_batch_size=config.batch,
        learning_rate=config.lr,
        warmup_steps=config.warmup_steps,
        bf16=cuda,
        use_cpu=not cuda,
        logging_steps=config.log_every,
        disable_tqdm=not sys.stderr.isatty(),
        save_strategy="steps" if config.save_every else "no",
        save_steps=config.save_every or 500,
        save_total_limit=2,
        dataloader_num_workers=config.workers,
        report_to="none",
        seed=config.seed,
        ignore_data_skip=True,
        remove_unused_columns=False,
        label_names=["labels"],
    )
    done = get_last_checkpoint(str(out)) if out.is_dir() and config.save_every else None
    trainer = StreamTrainer(
        model,
        args,
        SceneBatches(source, Packer(processor.tokenizer, config.row_length), config.batch, config.seed + bool(done)),
        StreamBudget(config.steps, config.minutes * 60 or math.inf),
        list(processor.image_processor.image_mean),
        list(processor.image_processor.image_std),
    )
    trainer.train(resume_from_checkpoint=done)
    trainer.state.save_to_json(str(out / "trainer_state.json"))
    final = out / "final"
    model.to(getattr(torch, config.dtype)).save_pretrained(final, max_shard_size=f"{config.shard_mb}MB")
    save_processor(processor, final)
    return final
