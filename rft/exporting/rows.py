"""Everything that another engine needs for a run, in one folder: data, reward, settings and how to start it."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from pathlib import Path

from agentkit.errors import ConfigError, PolicyError, boundary
from agentkit.protocols import get_protocol
from rft.configs import TrainConfig
from rft.exporting.engines import easyr1_launch, easyr1_settings, verl_launch, verl_settings
from rft.exporting.parquet import Format, Written, write_parquet
from rft.exporting.shim import FILE, shim
from rft.exporting.whole_folder import whole_folder

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Exported:
    """What was written where."""

    folder: Path
    train: Written
    notes: list[str]
    """Settings that the engine cannot express, one line each."""


def export_rows(config: TrainConfig, kind: Format, validation: str = "") -> Exported:
    """Write `config.data` for `kind` to the new folder `config.out`: train.parquet, the reward, settings, launch.sh.

    `validation` names further rows, for val.parquet. Raises ConfigError, DataError, PolicyError or SaveError.
    """
    from agentkit.policies.qwen_load import SHIPPED
    from agentkit.policies.qwen_processor import load_processor, set_budget
    from rft.data.rows import read_rows
    from rft.examples import Examples
    from rft.loading import pick_budget
    from rft.rewards import get_reward
    from rft.scoring import check_gold

    config.require_paths()
    protocol, reward = (
        get_protocol(config.protocol, **config.protocol_args),
        get_reward(config.reward, **config.reward_args),
    )
    source = Path(SHIPPED.get(config.model, config.model))
    if (source / "adapter_config.json").is_file():
        raise ConfigError(f"{source} is an adapter; engines start from a whole model: rft export model --merge first")
    if kind == "easyr1" and source.is_dir():
        _require_older_words(source)
    model = str(source.absolute()) if source.is_dir() else config.model
    processor = load_processor(model)
    own = processor.budget
    budget = pick_budget(config, own, protocol)
    set_budget(processor, budget)
    files = {"train": config.data} | ({"val": validation} if validation else {})
    sizes: dict[str, Written] = {}
    with whole_folder(Path(config.out)) as folder:
        for name, path in files.items():
            found = read_rows(path, config.skip_bad, config.check_images)
            for fault in found.faults[:20]:
                log.warning("left out: %s", fault)
            examples = Examples(found.rows, protocol, budget.resize, resize=True)
            check_gold(reward, examples)
            sizes[name] = write_parquet(folder / f"{name}.parquet", examples, processor, own, kind)
        notes = _settings(config, kind, folder, sizes["train"], model, bool(validation))
        (folder / FILE).write_text(shim(config, kind), "utf-8")
    return Exported(Path(config.out), sizes["train"], notes)


def _require_older_words(folder: Path) -> None:
    """EasyR1 stands on transformers before 5, which would read such a folder with another rotary base, or fail."""
    with boundary(PolicyError, f"cannot read the configuration in {folder}"):
        text = json.loads((folder / "config.json").read_text("utf-8")).get("text_config", {})
    if "rope_parameters" in text and "rope_theta" not in text:
        raise ConfigError(
            f"{folder} was saved by transformers 5, and EasyR1 stands on an older one; make a folder that both read: "
            f"rft export model --run {folder} --out DIR"
        )


def _settings(
    config: TrainConfig, kind: Format, folder: Path, data: Written, model: str, validation: bool
) -> list[str]:
    import yaml

    if kind == "verl":
        flat, notes = verl_settings(config, data)
        script = verl_launch(flat, notes, model, validation)
    else:
        nested, notes = easyr1_settings(config, data)
        (folder / "easyr1.yaml").write_text(yaml.safe_dump(nested, sort_keys=False), "utf-8")
        script = easyr1_launch(notes, model, validation)
    launch = folder / "launch.sh"
    launch.write_text(script, "utf-8")
    launch.chmod(0o755)
    return notes
