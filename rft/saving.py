"""What a run leaves behind: folders that `QwenPolicy` and stock transformers load, and the adapter beside the model."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from agentkit.errors import GlintError
from rft.arguments import FINAL
from rft.checkpoints import save_failed


def save_final(trainer: Any, processor: Any, base: str, out: Path) -> Path:
    """Write `out/final` (adapters merged in) and, after LoRA, `out/adapter`. Call on every process; rank 0 writes.

    `base` is the folder or hub name that training started from. Raises SaveError when writing fails.
    """
    final, adapter = out / FINAL, out / "adapter"
    model = trainer.accelerator.unwrap_model(trainer.model)
    lora = hasattr(model, "merge_and_unload")
    sharded = trainer.is_fsdp_enabled or trainer.is_deepspeed_enabled
    target = adapter if lora else final
    try:
        if sharded:
            trainer.save_model(str(target))
        elif trainer.args.should_save:
            model.save_pretrained(target)
        if trainer.args.should_save:
            if lora:
                target = final
                merged = merge_adapter(base, adapter) if sharded else model.merge_and_unload()
                merged.save_pretrained(final)
            _save_processor(processor, final)
    except GlintError:
        raise
    except Exception as error:
        raise save_failed(target, error) from error
    trainer.accelerator.wait_for_everyone()
    return final


def save_weights(trainer: Any, processor: Any, folder: Path) -> None:
    """Write what trains as it is now: an adapter after LoRA, else the model, each loadable by `QwenPolicy`.

    Call on every process; rank 0 writes. Raises SaveError when writing fails.
    """
    try:
        if trainer.is_fsdp_enabled or trainer.is_deepspeed_enabled:
            trainer.save_model(str(folder))
        elif trainer.args.should_save:
            trainer.accelerator.unwrap_model(trainer.model).save_pretrained(folder)
        if trainer.args.should_save:
            _save_processor(processor, folder)
    except Exception as error:
        raise save_failed(folder, error) from error


def merge_adapter(base: str, adapter: Path) -> Any:
    """The model at `base` with the LoRA adapter at `adapter` merged in, on the CPU in the adapter's precision."""
    from peft import PeftModel

    from agentkit.policies.qwen_load import load_model

    model, _ = load_model(base, "cpu", "float32")
    return PeftModel.from_pretrained(model, adapter).merge_and_unload()


def _save_processor(processor: Any, folder: Path) -> None:
    from agentkit.policies.qwen_processor import save_processor

    save_processor(processor, folder)
