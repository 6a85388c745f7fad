"""Turn the last training stage's folder into the weights that Glint ships: bfloat16, one file, stock-loadable.

python scripts/pack_mini.py runs/agent/final agentkit/weights/mini
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import torch
from transformers import Qwen2_5_VLForConditionalGeneration

LIMIT = 12_000_000
"""Bytes that a shipped model may have, tokenizer and all."""


def pack(source: Path, target: Path) -> int:
    """Write `target` and return its size in bytes. Raises SystemExit when it is over `LIMIT`."""
    model = Qwen2_5_VLForConditionalGeneration.from_pretrained(source, dtype=torch.bfloat16)
    shutil.rmtree(target, ignore_errors=True)
    model.save_pretrained(target)
    for name in ("tokenizer.json", "tokenizer_config.json", "processor_config.json", "chat_template.jinja"):
        shutil.copy(source / name, target / name)
    size = sum(f.stat().st_size for f in target.iterdir())
    if size > LIMIT:
        raise SystemExit(f"{target} has {size} bytes, at most {LIMIT} are allowed")
    return size


if __name__ == "__main__":
    if len(sys.argv) != 3:
        raise SystemExit(__doc__)
    print(f"{pack(Path(sys.argv[1]), Path(sys.argv[2])) / 1e6:.2f} MB in {sys.argv[2]}")
