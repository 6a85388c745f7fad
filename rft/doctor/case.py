"""A run under examination: its settings, and its parts, each loaded when a check first asks and then kept.

A part that cannot be loaded raises `Unavailable` for every check that needs it; the check that is about the part
reports why, and the others are skipped.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from agentkit.errors import ConfigError, GlintError, PolicyError
from agentkit.frames import PixelBudget
from agentkit.protocols import ParsedReply, PromptProtocol, get_protocol
from rft.configs import TrainConfig
from rft.data.rows import Row, RowSet, read_rows
from rft.doctor.machine import Machine
from rft.examples import Examples
from rft.rewards import Reward, get_reward

if TYPE_CHECKING:
    from rft.doctor.sampling import Group
    from rft.doctor.weights import Adapted

T = TypeVar("T")


class Unavailable(GlintError):
    """A part of the run that a check needs could not be loaded; `error` says why."""

    def __init__(self, part: str, error: GlintError) -> None:
        super().__init__(f"needs {part}, which cannot be loaded")
        self.part, self.error = part, error


class Case:
    """The parts of a run: `config` and `machine` at once, the rest when asked for."""

    def __init__(self, config: TrainConfig, machine: Machine | None = None, sample: int = 8) -> None:
        self.config = config
        self.machine = machine or Machine.here()
        self.sample = sample
        """How many rows the slower checks look at."""
        self._made: dict[str, Any] = {}

    @property
    def on_gpu(self) -> bool:
        return self.machine.gpus > 0 and self.config.device != "cpu"

    @property
    def processes(self) -> int:
        """How many processes would train together: those a launcher started, else those the settings ask for."""
        launched = self.machine.environ.get("WORLD_SIZE", "")
        if launched.isdigit():
            return int(launched)
        return 1 if self.config.launch == "none" else self.config.nproc * self.config.nnodes

    @property
    def protocol(self) -> PromptProtocol:
        return self._part("the protocol", lambda: get_protocol(self.config.protocol, **self.config.protocol_args))

    @property
    def reward(self) -> Reward:
        return self._part("the reward", lambda: get_reward(self.config.reward, **self.config.reward_args))

    @property
    def accelerate(self) -> dict[str, Any]:
        """Contents of the accelerate configuration file; empty without one."""
        return self._part("the accelerate configuration", self._read_accelerate)

    @property
    def row_set(self) -> RowSet:
        """All rows that can be read, and the faults of the others."""
        return self._part("the rows", self._read)

    @property
    def rows(self) -> tuple[Row, ...]:
        return self.row_set.rows

    @property
    def folder(self) -> Path:
        """The model's folder on this disk."""
        return self._part("a local model folder", self._folder)

    @property
    def model_config(self) -> Any:
        """transformers' configuration of the model."""
        return self._part("the model's configuration", self._model_config)

    @property
    def adapted(self) -> list[Adapted]:
        """The modules that `lora_targets` matches."""
        from rft.doctor.weights import matched_modules

        return self._part("the adapters' places", lambda: matched_modules(self.model_config, self.config.lora_targets))

    @property
    def processor(self) -> Any:
        """The processor with the pixel budget that it was saved with."""
        return self._part("the processor", self._load_processor)

    @property
    def budget(self) -> PixelBudget:
        """The pixel budget that the run would use."""
        from rft.loading import pick_budget

        return pick_budget(self.config, self.processor.budget, self.protocol)

    @property
    def ready_processor(self) -> Any:
        """The processor as the run would use it."""
        return self._part("the processor", self._ready_processor)

    @property
    def examples(self) -> Examples:
        """The rows under the protocol, as the run would see them."""
        resize = self.config.generation != "hf"
        return self._part("examples", lambda: Examples(self.rows, self.protocol, self.budget.resize, resize))

    @property
    def model(self) -> Any:
        """The model in eval mode, on its device, in the run's precision."""
        return self._part("the model", self._load_model)

    @property
    def sampled(self) -> list[Group]:
        """Replies of the model as the run would sample them (`rft.doctor.sampling`)."""
        from rft.doctor.sampling import sample_groups

        return self._part("sampled replies", lambda: sample_groups(self))

    @cached_property
    def some_rows(self) -> tuple[Row, ...]:
        """`sample` rows from all over the data."""
        count = min(self.sample, len(self.rows))
        return tuple(self.rows[index * len(self.rows) // count] for index in range(count))

    def score(self, row: Row, text: str) -> tuple[ParsedReply, dict[str, float]]:
        """The reply `text` to `row` as the protocol reads it, and what it earns. ValueError if it cannot be scored."""
        size = self.examples.model_size(row)
        reply = self.protocol.parse(text, size)
        return reply, self.reward(reply, text, replace(row.gold, model_size=size))

    def _part(self, name: str, make: Callable[[], T]) -> T:
        if name not in self._made:
            try:
                self._made[name] = make()
            except Unavailable as gone:
                self._made[name] = gone
            except GlintError as error:
                self._made[name] = Unavailable(name, error)
        if isinstance(self._made[name], Unavailable):
            raise self._made[name]
        return self._made[name]

    def _read_accelerate(self) -> dict[str, Any]:
        import yaml

        file = self.config.accelerate_config
        if not file:
            return {}
        try:
            settings = yaml.safe_load(Path(file).read_text("utf-8"))
        except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
            raise ConfigError(f"cannot read {file}: {error}") from error
        if not isinstance(settings, dict):
            raise ConfigError(f"{file} holds {type(settings).__name__}, expected a mapping")
        return settings

    def _read(self) -> RowSet:
        if not self.config.data:
            raise ConfigError("no rows were named: give --data")
        return read_rows(self.config.data, skip_bad=True, decode_images=self.config.check_images)

    def _folder(self) -> Path:
        from agentkit.policies.qwen_load import SHIPPED

        if not self.config.model:
            raise ConfigError("no model was named: give --model")
        folder = Path(SHIPPED.get(self.config.model, self.config.model))
        if not folder.is_dir():
            raise PolicyError(f"{self.config.model} is not a folder on this machine")
        if (folder / "adapter_config.json").is_file():
            raise PolicyError(f"{folder} is an adapter, not a whole model")
        return folder

    def _source(self) -> str:
        """What transformers loads the model from: its folder, or its name on the hub."""
        try:
            return str(self.folder)
        except Unavailable:
            name = self.config.model
            if name.count("/") == 1 and not name.startswith((".", "/", "~")):
                return name
            raise

    def _model_config(self) -> Any:
        from transformers import AutoConfig

        from agentkit.errors import boundary

        with boundary(PolicyError, f"cannot read the configuration of {self.config.model}"):
            return AutoConfig.from_pretrained(self._source())

    def _load_processor(self) -> Any:
        from agentkit.policies.qwen_processor import load_processor

        return load_processor(self._source())

    def _ready_processor(self) -> Any:
        from agentkit.policies.qwen_processor import load_processor

        return load_processor(self._source(), self.budget)

    def _load_model(self) -> Any:
        from agentkit.policies.qwen_load import load_model
        from rft.loading import weights_dtype

        dtype = weights_dtype(self.config, self.on_gpu)
        model, _ = load_model(self.config.model, "cuda:0" if self.on_gpu else "cpu", dtype)
        return model
