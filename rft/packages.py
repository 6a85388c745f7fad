"""Which of the packages that training stands on are installed here, and at what version."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

PACKAGES = (
    "torch", "transformers", "trl", "peft", "accelerate", "datasets", "tokenizers", "pyarrow", "torchvision", "vllm",
)  # fmt: skip


def installed() -> dict[str, str]:
    """Versions of those `PACKAGES` that are installed."""
    found = {}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
