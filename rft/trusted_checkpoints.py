"""Checkpoints of transformers' Trainer that load what they saved."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rft.checkpoints import save_failed, write_run_state


class TrustedCheckpoints:
    """Mixin: checkpoints that load what they saved, and a full disk that costs the new one only."""

    args: Any
    state: Any
    model: Any
    is_fsdp_enabled: bool
    is_deepspeed_enabled: bool

    def run_state(self) -> dict[str, Any] | None:
        """What else a checkpoint should hold, for JSON; None for nothing."""
        return None

    def _load_from_checkpoint(self, resume_from_checkpoint: str, model: Any = None) -> None:
        """Full weights go through `from_pretrained`.

        Trainer hands the file's tensors to a lenient `load_state_dict`, but `save_pretrained` renames Qwen2.5-VL's, so
        nothing matches and training silently goes on from the weights it began with (seen in transformers 5.23).
        """
        target = self.model if model is None else model
        if hasattr(target, "peft_config") or self.is_fsdp_enabled or self.is_deepspeed_enabled:
            super()._load_from_checkpoint(resume_from_checkpoint, model)  # type: ignore[misc]
            return
        saved = type(target).from_pretrained(resume_from_checkpoint, dtype=target.dtype)
        target.load_state_dict(saved.state_dict())

    def _save_checkpoint(self, model: Any, trial: Any) -> None:
        target = Path(self.args.output_dir) / f"checkpoint-{self.state.global_step}"
        try:
            if self.args.should_save and (state := self.run_state()) is not None:
                write_run_state(target, state)
            super()._save_checkpoint(model, trial)  # type: ignore[misc]
        except Exception as error:
            raise save_failed(target, error) from error
