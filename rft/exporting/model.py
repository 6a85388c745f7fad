"""A run's model as a folder for others: whole, under Qwen2.5-VL's published tensor names, or as the adapter alone."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from agentkit.errors import ConfigError, PolicyError, boundary
from rft.arguments import CHECKPOINTS
from rft.checkpoints import SaveError, fault_of, newest_complete
from rft.exporting.whole_folder import whole_folder
from rft.headers import read_headers

PUBLISHED = re.compile(r"model\.(embed_tokens|layers|norm)\..+|visual\..+|lm_head\.weight")
"""Tensor names of the published Qwen2.5-VL checkpoints, which vLLM and older transformers expect."""
SHARD = "4GB"
DTYPES = ("auto", "bfloat16", "float32", "float16")


@dataclass(frozen=True)
class ExportedModel:
    """What was written where."""

    folder: Path
    source: Path
    """The folder of the run that it was made from."""
    merged: bool
    """Whether adapters were merged in."""
    tensors: int
    dtype: str


def export_model(
    run: Path, out: Path, merge: bool = False, step: int | Literal["best"] | None = None, dtype: str = "auto"
) -> ExportedModel:
    """Write the model of the finished or stopped `run`, or a model folder `run` itself, to the new folder `out`.

    A run with adapters gives the adapter alone, or with `merge` the whole model; merging is done in float32 and rounded
    once. `step` picks a checkpoint, or the weights that validated best; else it is the final model, or the newest
    checkpoint of a run that was stopped.
    `dtype` auto is that of the model the run began with. Raises ConfigError, PolicyError or SaveError.
    """
    run = Path(_base(str(run)))
    if dtype not in DTYPES:
        raise ConfigError(f"dtype must be one of {', '.join(DTYPES)}, got {dtype!r}")
    plain = (run / "config.json").is_file() and not (run / "config.yaml").is_file()
    settings = {"model": str(run)} if plain else _settings(run)
    source = run if plain else _source(run, step)
    adapter = (source / "adapter_config.json").is_file()
    base = _base(str(settings["model"]))
    with whole_folder(out) as folder:
        _write_processor(settings, base, run, folder)
        if adapter and not merge:
            _copy_adapter(source, base, folder)
        else:
            _write_whole(source, base, adapter, dtype, folder)
        stored = read_headers(folder, "adapter_model") if adapter and not merge else _checked(folder, base)
    kinds = sorted({tensor.dtype for tensor in stored.values()})
    return ExportedModel(out, source, adapter and merge, len(stored), "/".join(kinds))


def _settings(run: Path) -> dict[str, Any]:
    import yaml

    with boundary(ConfigError, f"{run} is not the folder of a run, which holds config.yaml"):
        settings = yaml.safe_load((run / "config.yaml").read_text("utf-8"))
        if not isinstance(settings, dict) or not settings.get("model"):
            raise ValueError("expected settings that name a model")
    return settings


def _source(run: Path, step: int | Literal["best"] | None) -> Path:
    """The folder with the weights to export: a checkpoint, the adapter, or the final model."""
    if step == "best":
        if not (run / "best").is_dir():
            raise ConfigError(f"{run} holds no best weights, which a run with val_data keeps")
        return run / "best"
    if step is not None:
        chosen = run / CHECKPOINTS / f"checkpoint-{step}"
        if not chosen.is_dir():
            there = sorted(path.name for path in (run / CHECKPOINTS).glob("checkpoint-*"))
            raise ConfigError(f"no {chosen.name} in {run}; there are: {', '.join(there) or 'none'}")
        if fault := fault_of(chosen):
            raise PolicyError(f"{chosen} is half-written: {fault}")
        return chosen
    if (run / "final" / "config.json").is_file():
        adapter = run / "adapter"
        return adapter if (adapter / "adapter_config.json").is_file() else run / "final"
    newest, _ = newest_complete(run / CHECKPOINTS)
    if newest is None:
        raise ConfigError(f"{run} holds neither a final model nor a complete checkpoint")
    return newest


def _base(model: str) -> str:
    """The model that the run began with: its folder, absolute, or its name on the hub."""
    from agentkit.policies.qwen_load import SHIPPED

    folder = Path(SHIPPED.get(model, model))
    return str(folder.absolute()) if folder.is_dir() else model


def _write_processor(settings: Mapping[str, Any], base: str, run: Path, folder: Path) -> None:
    from agentkit.policies.qwen_processor import load_processor, save_processor, set_budget
    from agentkit.protocols import get_protocol
    from rft.configs import RunConfig
    from rft.loading import pick_budget

    final = run / "final"
    if (final / "processor_config.json").is_file():
        processor = load_processor(final)
    elif "protocol" not in settings:
        processor = load_processor(run)
    else:
        processor = load_processor(_whole(base))
        asked = RunConfig(min_pixels=settings["min_pixels"], max_pixels=settings["max_pixels"])
        protocol = get_protocol(settings["protocol"], **settings["protocol_args"])
        set_budget(processor, pick_budget(asked, processor.budget, protocol))
    save_processor(processor, folder)
    _readable_before_5(folder, processor.budget)


def _readable_before_5(folder: Path, budget: Any) -> None:
    """Settings of pictures and tokenizer in the places and words of transformers before 5, which 5 reads too.

    EasyR1 and older releases of vLLM stand on it.
    """
    images = json.loads((folder / "processor_config.json").read_text("utf-8"))["image_processor"]
    images |= {
        "image_processor_type": "Qwen2VLImageProcessor",
        "processor_class": "Qwen2_5_VLProcessor",
        "min_pixels": budget.min_pixels,
        "max_pixels": budget.max_pixels,
    }
    _write_json(folder / "preprocessor_config.json", images)
    file = folder / "tokenizer_config.json"
    words = json.loads(file.read_text("utf-8"))
    if words.get("tokenizer_class") == "TokenizersBackend":
        words["tokenizer_class"] = "PreTrainedTokenizerFast"
    if isinstance(words.get("extra_special_tokens"), list):
        words["additional_special_tokens"] = words.pop("extra_special_tokens")
    for name in ("backend", "is_local", "local_files_only"):
        words.pop(name, None)
    _write_json(file, words)


def _config_before_5(folder: Path) -> None:
    """The rotary base and the tied output layer in the words of transformers before 5.

    It knows no `rope_parameters` and would fall back to a base of its own, and it looks for the tie inside the text
    part; both without an error.
    """
    file = folder / "config.json"
    config = json.loads(file.read_text("utf-8"))
    text = config["text_config"]
    rope = text["rope_parameters"]
    text["rope_theta"] = rope["rope_theta"]
    text["rope_scaling"] = {"type": "mrope", "rope_type": "default", "mrope_section": rope["mrope_section"]}
    text["tie_word_embeddings"] = config["tie_word_embeddings"]
    _write_json(file, config)


def _write_json(file: Path, values: dict[str, Any]) -> None:
    file.write_text(json.dumps(values, indent=2, ensure_ascii=False) + "\n", "utf-8")


def _copy_adapter(source: Path, base: str, folder: Path) -> None:
    shutil.copyfile(source / "adapter_model.safetensors", folder / "adapter_model.safetensors")
    settings = json.loads((source / "adapter_config.json").read_text("utf-8"))
    settings["base_model_name_or_path"] = base
    _write_json(folder / "adapter_config.json", settings)


def _write_whole(source: Path, base: str, adapter: bool, dtype: str, folder: Path) -> None:
    import torch

    from agentkit.policies.qwen_load import load_model
    from rft.saving import merge_adapter

    if adapter:
        with boundary(PolicyError, f"cannot merge {source} into {base}"):
            model = merge_adapter(base, source)
    else:
        model, _ = load_model(source, "cpu", "float32")
    wanted = _dtype_of(base) if dtype == "auto" else dtype
    model.to(getattr(torch, wanted)).save_pretrained(folder, max_shard_size=SHARD)
    _config_before_5(folder)


def _dtype_of(base: str) -> str:
    from transformers import AutoConfig

    with boundary(PolicyError, f"cannot read the configuration of {base}"):
        config = AutoConfig.from_pretrained(_whole(base))
    return str(config.dtype or "bfloat16").removeprefix("torch.")


def _whole(base: str) -> str:
    """`base`, or the model below it when the run began with an adapter."""
    file = Path(base) / "adapter_config.json"
    if not file.is_file():
        return base
    named = json.loads(file.read_text("utf-8"))["base_model_name_or_path"]
    beside = file.parent / named
    return _whole(_base(str(beside) if beside.is_dir() else named))


def _checked(folder: Path, base: str) -> dict[str, Any]:
    """The headers of what was written, once names and shapes are those that others expect."""
    stored = read_headers(folder)
    if strange := [name for name in stored if not PUBLISHED.fullmatch(name)]:
        raise SaveError(f"{len(strange)} tensors would not have published names, such as {strange[0]}")
    whole = Path(_whole(base))
    if whole.is_dir():
        before = {name: tensor.shape for name, tensor in read_headers(whole).items()}
        after = {name: tensor.shape for name, tensor in stored.items()}
        if before != after and all(PUBLISHED.fullmatch(name) for name in before):
            odd = sorted(set(before.items()) ^ set(after.items()))[0][0]
            raise SaveError(f"the tensors are not those of {base}: {odd} differs")
    return stored
