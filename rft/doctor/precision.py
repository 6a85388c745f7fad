"""Number formats and attention kernels that spoil gradients without a word."""

from __future__ import annotations

from rft.doctor.case import Case
from rft.doctor.finding import Finding, fail, ok, warn


def dtype(case: Case) -> Finding:
    """Whether the run computes in a format that policy gradients survive."""
    config = case.config
    if config.trainer.get("fp16"):
        return fail(
            "trainer.fp16=true",
            "bfloat16 or float32: small probabilities underflow in float16, and its loss scaling skips updates",
            "remove fp16 from trainer; dtype=auto picks bfloat16 on a GPU",
        )
    bf16 = config.dtype == "bfloat16" or (config.dtype == "auto" and case.on_gpu)
    asked = config.trainer.get("bf16", bf16)
    if bool(asked) != bf16:
        return fail(
            f"trainer.bf16={asked} with dtype={config.dtype}: weights and autocast disagree", "one precision",
            "remove bf16 from trainer and set dtype",
        )  # fmt: skip
    if config.trainer.get("bf16_full_eval") or config.trainer.get("fp16_full_eval"):
        return warn("weights are cast for evaluation", "no *_full_eval", "remove it: the cast is not undone")
    if bf16 and not case.on_gpu:
        return warn("bfloat16 on a CPU", "float32 there: bfloat16 took three times as long", "--dtype float32")
    if bf16 and not case.machine.bfloat16:
        return fail(
            "bfloat16 on a GPU that has none (before compute capability 8.0)", "float32, or a newer GPU",
            "--dtype float32",
        )  # fmt: skip
    weights = "float32 weights" if config.lora_r == 0 or not bf16 else "bfloat16 weights, float32 adapters"
    return ok(f"{'bfloat16' if bf16 else 'float32'} arithmetic, {weights}")


def cudnn_attention(case: Case) -> Finding:
    """Whether PyTorch may pick cuDNN's attention, which gave non-finite gradients under bfloat16."""
    config = case.config
    if not config.cudnn_attention:
        return ok("cuDNN's attention is off")
    if not case.on_gpu or config.dtype == "float32":
        return ok("cuDNN's attention is allowed and cannot be picked here")
    return fail(
        "cudnn_attention=true with bfloat16",
        "off: gradients were not finite after a few hundred steps in three of three runs, while the loss stayed finite",
        "--no-cudnn-attention, or try both for a thousand steps first",
    )
