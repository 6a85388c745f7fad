"""Checkpoints that can be trusted: which one to go on from, and saving that never harms an older one."""

from __future__ import annotations

import errno
import json
import re
import shutil
import zipfile
from pathlib import Path
from typing import Any

from agentkit.errors import GlintError

_NAME = re.compile(r"checkpoint-(\d+)")
RUN_STATE = "run_state.json"
"""File of a checkpoint: what of a run transformers does not save (order of prompts, best evaluation)."""


class SaveError(GlintError):
    """A checkpoint or model could not be written."""


def step_of(checkpoint: Path) -> int:
    """The optimizer step in a checkpoint folder's name."""
    match = _NAME.fullmatch(checkpoint.name)
    assert match is not None, checkpoint
    return int(match[1])


def newest_complete(folder: Path) -> tuple[Path | None, list[str]]:
    """The newest complete checkpoint in `folder`, and one line about each newer one that was passed over."""
    found = sorted((p for p in folder.glob("checkpoint-*") if _NAME.fullmatch(p.name)), key=step_of, reverse=True)
    skipped: list[str] = []
    for checkpoint in found:
        fault = fault_of(checkpoint)
        if fault is None:
            return checkpoint, skipped
        skipped.append(f"skipping half-written {checkpoint}: {fault}")
    return None, skipped


def fault_of(checkpoint: Path) -> str | None:
    """Why training cannot go on from `checkpoint`, or None. Reads headers, not tensors; runs no code from the files."""
    from safetensors import SafetensorError, safe_open

    weights = sorted(checkpoint.glob("*.safetensors"))
    if not weights and not any(checkpoint.glob("pytorch_model_fsdp*")) and not any(checkpoint.glob("global_step*")):
        return "no weights (*.safetensors)"
    for path in weights:
        try:
            with safe_open(path, "pt") as file:
                file.keys()
        except (SafetensorError, OSError) as error:
            return f"{path.name} cannot be read: {error}"
    for index in checkpoint.glob("*.safetensors.index.json"):
        try:
            shards = set(json.loads(index.read_text("utf-8"))["weight_map"].values())
        except (OSError, ValueError, KeyError) as error:
            return f"{index.name} cannot be read: {error}"
        if missing := shards - {path.name for path in weights}:
            return f"{sorted(missing)[0]} is missing"
    for name in ("optimizer.pt", "scheduler.pt"):
        # Files of torch.save are zip archives whose directory comes last, so a cut file has none.
        if (checkpoint / name).exists() and not zipfile.is_zipfile(checkpoint / name):
            return f"{name} is cut off"
    if (checkpoint / RUN_STATE).exists():
        try:
            read_run_state(checkpoint)
        except (OSError, ValueError) as error:
            return f"{RUN_STATE} cannot be read: {error}"
    try:
        json.loads((checkpoint / "trainer_state.json").read_text("utf-8"))["global_step"]
    except FileNotFoundError:
        return "trainer_state.json is missing"
    except (OSError, ValueError, KeyError) as error:
        return f"trainer_state.json cannot be read: {error}"
    return None


def write_run_state(checkpoint: Path, state: dict[str, Any]) -> None:
    """Keep `state` in a checkpoint. Called before trainer_state.json is written, without which none is complete."""
    checkpoint.mkdir(parents=True, exist_ok=True)
    (checkpoint / RUN_STATE).write_text(json.dumps(state) + "\n", "utf-8")


def read_run_state(checkpoint: Path) -> dict[str, Any]:
    """What `write_run_state` kept. Raises OSError or ValueError."""
    state = json.loads((checkpoint / RUN_STATE).read_text("utf-8"))
    if not isinstance(state, dict):
        raise ValueError(f"expected an object, got {type(state).__name__}")
    return state


def save_failed(target: Path, error: Exception) -> SaveError:
    """Remove what was half written at `target` and say what happened and what is left."""
    shutil.rmtree(target, ignore_errors=True)
    full = getattr(error, "errno", None) in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
    text = str(error)
    full = full or any(words in text for words in ("No space left", "File too large", "quota", "PytorchStreamWriter"))
    older, _ = newest_complete(target.parent)
    left = f"the newest complete checkpoint is {older}" if older else "there is no complete checkpoint"
    cause = "the disk is full" if full else "writing failed"
    return SaveError(f"could not save {target}: {cause} ({type(error).__name__}: {text}); it was removed, and {left}")
