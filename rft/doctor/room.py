"""The folder of the run: is there room on its disk, and what would an older run in it do to this one?"""

from __future__ import annotations

import os
import re
from pathlib import Path

from rft.arguments import CHECKPOINTS
from rft.checkpoints import newest_complete, step_of
from rft.doctor.case import Case
from rft.doctor.finding import Finding, fail, ok, skipped, warn
from rft.headers import read_headers

_ADAM = 8
"""Bytes of AdamW's two float32 moments per trained parameter."""


def disk_space(case: Case) -> Finding:
    """Whether all checkpoints and the final model fit on the disk."""
    config = case.config
    if not config.out:
        return skipped("needs --out")
    parent = existing_parent(Path(config.out))
    if not os.access(parent, os.W_OK):
        return fail(f"{parent} cannot be written to", "a folder of yours", "choose another --out")
    need, free = bytes_needed(case), case.machine.free_bytes(parent)
    shown = f"{_size(need)} of {_size(free)} free at {parent}"
    if need > free:
        return fail(shown, "room for everything the run writes", "free some, lower --keep-checkpoints, or move --out")
    if need * 1.5 > free:
        return warn(shown, "half as much again, for logs and others", "free some, or lower --keep-checkpoints")
    return ok(shown)


def bytes_needed(case: Case) -> int:
    """What the run will have on disk at its largest: checkpoints and best weights (each once more than are kept, while
    the next is written), adapter and final model.
    """
    config = case.config
    stored = read_headers(case.folder)
    bf16 = case.on_gpu and config.dtype != "float32" and config.lora_r > 0
    whole = sum(tensor.numel for tensor in stored.values()) * (2 if bf16 else 4)
    if config.lora_r:
        trained = sum(config.lora_r * sum(module.shape) for module in case.adapted)
        saved = trained * 4
    else:
        trained, saved = whole // 4, whole
    checkpoints = config.keep_checkpoints + 1 if config.save_every else 0
    best = 2 * saved if config.val_data else 0
    return checkpoints * (saved + trained * _ADAM) + best + whole + (saved if config.lora_r else 0)


def earlier_run(case: Case) -> Finding:
    """Whether the folder holds a run that this one would silently continue, or end at once."""
    config = case.config
    if not config.out:
        return skipped("needs --out")
    checkpoint, broken = newest_complete(Path(config.out) / CHECKPOINTS)
    if checkpoint is None:
        return ok(f"no checkpoint to go on from{'; ' + broken[0] if broken else ''}")
    step = step_of(checkpoint)
    if config.resume == "never":
        return fail(f"{config.out} holds {checkpoint.name}", "a new folder with resume=never", "choose another --out")
    if config.steps and step >= config.steps:
        return fail(
            f"{checkpoint.name} is there and steps={config.steps}: the run would end at once", "steps left to do",
            "choose another --out, or raise --steps",
        )  # fmt: skip
    changed = _changed(case)
    if changed:
        return warn(
            f"the run would go on from {checkpoint.name} with other settings: {', '.join(changed)}",
            "the same settings", "choose another --out to begin anew",
        )  # fmt: skip
    return ok(f"goes on from {checkpoint.name}")


def _changed(case: Case) -> list[str]:
    from rft.configs import TrainConfig
    from rft.settings import load, read_yaml

    before = Path(case.config.out) / "config.yaml"
    if not before.exists():
        return []
    old = load(TrainConfig, None, read_yaml(TrainConfig, before))
    return [name for name in vars(case.config) if getattr(old, name) != getattr(case.config, name)]


def existing_parent(folder: Path) -> Path:
    """`folder`, or the nearest folder above it that exists."""
    folder = folder.absolute()
    while not folder.is_dir():
        folder = folder.parent
    return folder


def _size(count: int) -> str:
    for unit in ("B", "kB", "MB", "GB"):
        if count < 1000:
            return re.sub(r"\.0$", "", f"{count:.1f}") + f" {unit}"
        count /= 1000  # type: ignore[assignment]
    return f"{count:.1f} TB"
