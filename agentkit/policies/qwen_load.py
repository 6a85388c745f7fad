"""Load a Qwen2.5-VL model from a folder or a hub id, or say precisely why not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch
from transformers import AutoConfig, Qwen2_5_VLForConditionalGeneration

from agentkit.errors import ConfigError, PolicyError, boundary

SHIPPED = {"mini": Path(__file__).parents[1] / "weights" / "mini"}
"""Models that come with Glint, by name."""
_DTYPES = {"float32": torch.float32, "float16": torch.float16, "bfloat16": torch.bfloat16}


def load_model(path: str | Path, device: str = "auto", dtype: str = "auto") -> tuple[Any, Path | str]:
    """The model in eval mode on its device, and where its processor lies. `path` may name a shipped model.

    Raises PolicyError.
    """
    path = SHIPPED.get(str(path), path)
    place = pick_device(device)
    wanted = _pick_dtype(dtype, place)
    folder = Path(path)
    if not folder.is_dir():
        if folder.exists():
            raise PolicyError(f"expected a folder or a hub id, got the file {path}")
        if str(path).startswith((".", "/", "~")) or str(path).count("/") != 1:
            raise PolicyError(f"no such folder: {path}")
        return _load_full(str(path), place, wanted), str(path)
    if (folder / "adapter_config.json").is_file():
        return _load_adapter(folder, place, wanted)
    return _load_full(folder, place, wanted), folder


def model_size(model: Any) -> dict[str, Any]:
    """`parameters` (tied ones once), `bytes` of them, `dtype`, `device` and `attention`, for cost cards."""
    weights = list(model.parameters())
    return {
        "parameters": sum(weight.numel() for weight in weights),
        "bytes": sum(weight.numel() * weight.element_size() for weight in weights),
        "dtype": str(model.dtype).removeprefix("torch."),
        "device": model.device.type,
        "attention": str(model.config._attn_implementation),
    }


def pick_device(device: str) -> torch.device:
    """`auto` is the first GPU if there is one, else the CPU."""
    if device == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        return torch.device(device)
    except RuntimeError as error:
        raise ConfigError(f"device must be auto, cpu, cuda or cuda:N, got {device!r}") from error


def _pick_dtype(dtype: str, device: torch.device) -> torch.dtype:
    if dtype == "auto":
        return torch.bfloat16 if device.type == "cuda" else torch.float32
    if dtype not in _DTYPES:
        raise ConfigError(f"dtype must be auto or one of {', '.join(_DTYPES)}, got {dtype!r}")
    return _DTYPES[dtype]


def _load_full(path: str | Path, device: torch.device, dtype: torch.dtype) -> Any:
    if isinstance(path, Path):
        _check_folder(path)
    with boundary(PolicyError, f"cannot read the configuration at {path}"):
        config = AutoConfig.from_pretrained(path)
    if config.model_type != "qwen2_5_vl":
        raise PolicyError(f"expected a Qwen2.5-VL checkpoint at {path}, got model type {config.model_type!r}")
    load: Any = Qwen2_5_VLForConditionalGeneration.from_pretrained
    with boundary(PolicyError, f"cannot load the checkpoint at {path}"):
        model, info = load(path, dtype=dtype, attn_implementation="sdpa", output_loading_info=True)
    if faults := {name: sorted(map(str, info[name])) for name in ("missing_keys", "mismatched_keys") if info.get(name)}:
        shown = "; ".join(f"{len(keys)} {name.replace('_', ' ')}, such as {keys[0]}" for name, keys in faults.items())
        raise PolicyError(f"the checkpoint at {path} does not fit its configuration: {shown}")
    with boundary(PolicyError, f"cannot move the model to {device}"):
        return _accelerated(model.to(device).eval())


def _load_adapter(folder: Path, device: torch.device, dtype: torch.dtype) -> tuple[Any, Path | str]:
    with boundary(PolicyError, f"unreadable {folder / 'adapter_config.json'}"):
        base = json.loads((folder / "adapter_config.json").read_text(encoding="utf-8"))["base_model_name_or_path"]
        if not isinstance(base, str) or not base:
            raise ValueError(f"base_model_name_or_path must name the base, got {base!r}")
    try:
        from peft import PeftModel
    except ImportError as error:
        raise PolicyError(f"{folder} is a LoRA adapter; loading one needs the package peft") from error
    beside = folder / base
    model, processor_path = load_model(beside if beside.is_dir() else base, str(device), _name_of(dtype))
    with boundary(PolicyError, f"cannot put the adapter {folder} on its base {base}"):
        merged = PeftModel.from_pretrained(model, folder).merge_and_unload().eval()
    return merged, folder if (folder / "tokenizer_config.json").is_file() else processor_path


def _name_of(dtype: torch.dtype) -> str:
    return next(name for name, known in _DTYPES.items() if known is dtype)


def _check_folder(folder: Path) -> None:
    """What transformers would report late or obscurely: no configuration, missing or cut-off weight files."""
    if not (folder / "config.json").is_file():
        raise PolicyError(f"{folder} holds no config.json; is it a checkpoint folder?")
    index = folder / "model.safetensors.index.json"
    if index.is_file():
        with boundary(PolicyError, f"unreadable {index}"):
            shards = sorted(set(json.loads(index.read_text(encoding="utf-8"))["weight_map"].values()))
    else:
        shards = ["model.safetensors"]
    missing = [name for name in shards if not (folder / name).is_file()]
    if missing:
        raise PolicyError(f"the checkpoint at {folder} is incomplete: no {', '.join(missing[:3])}")


def _accelerated(model: Any) -> Any:
    from agentkit.policies.qwen_fast import accelerate

    return accelerate(model)
