"""From the settings of a run on episodes to its source of rows and to how the trainer learns from them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from agentkit.episode import Limits
from agentkit.errors import ConfigError, DataError
from agentkit.protocols import get_protocol
from agentkit.recorded.traces import read_traces
from rft.advantage import get_rule
from rft.advantage.rules import UiS1Rule
from rft.arguments import rows_per_pass
from rft.best import KeepBest
from rft.loading import Parts
from rft.online.config import EpisodeConfig
from rft.online.learning import Learning
from rft.online.live import SUCCESS, LiveEpisodes
from rft.online.policy import LearnerPolicy
from rft.online.recorded import RecordedEpisodes
from rft.online.reference import Improvement
from rft.online.source import Source
from rft.online.world import World
from rft.rewards import get_reward, get_trajectory_reward


def source_of(config: EpisodeConfig, world: World | None) -> Source:
    """The episodes of a run. Raises ConfigError or DataError."""
    source: Source = _live(config, world) if config.online else _recorded(config)
    if len(source) < config.prompts:
        what = "tasks" if config.online else "traces"
        raise ConfigError(f"a step needs {config.prompts} distinct {what} (prompts), there are {len(source)}")
    return source


def learning_of(config: EpisodeConfig, parts: Parts, source: Source) -> Learning:
    """How the trainer of this run learns from `source`."""
    sampling = {"temperature": config.temperature, "top_p": config.top_p, "top_k": config.top_k}
    limits = {"max_new_tokens": config.max_new_tokens, **config.generation_args}

    def policy(model: Any, autocast: Any) -> LearnerPolicy:
        return LearnerPolicy(model, parts.processor, parts.examples.protocol, sampling, limits, autocast)

    return Learning(
        source=source,
        make_policy=policy,
        rows_per_pass=rows_per_pass(config, parts.parameters),
        out=Path(config.out),
        beta=config.beta,
        reference_mix=config.reference_mix,
        entropy_decay=config.entropy_decay,
        keep_episodes=config.keep_episodes,
        keep_every=config.keep_every,
        improvement=Improvement(config.reference_delta),
        keep_best=KeepBest(Path(config.out), SUCCESS, config.val_patience) if config.validates else None,
    )


def _live(config: EpisodeConfig, world: World | None) -> LiveEpisodes:
    if world is None:
        raise ConfigError(f"online={config.online!r} needs its environment")
    limits = Limits(max_steps=config.max_steps_per_episode or None, time_s=config.episode_time or None)
    return LiveEpisodes(
        world,
        get_trajectory_reward(config.reward_name, **config.reward_args),
        limits,
        scale=config.scale_rewards == "group",
        leave_one_out=config.advantage == "leave_one_out",
        workers=config.workers,
        patience_s=config.straggler_time,
    )


def _recorded(config: EpisodeConfig) -> RecordedEpisodes:
    faults: list[str] | None = [] if config.skip_bad else None
    traces = list(read_traces(config.semi_online, faults))
    if not traces:
        raise DataError(f"{config.semi_online}: expected at least one trace")
    rule = get_rule("ui_s1", config.scale_rewards == "group", config.advantage_args)
    assert isinstance(rule, UiS1Rule)
    return RecordedEpisodes(
        traces,
        get_protocol(config.protocol, **config.protocol_args),
        get_reward(config.reward_name, **config.reward_args),
        rule,
        patches=config.patches,
        patch_thought=config.patch_thought == "trace",
    )
