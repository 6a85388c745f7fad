"""Environments on many machines, placed by Ray: each is an actor, the model stays here (pip install
'glint-agents[ray]').

    ray.init(address="auto")  # or nothing, for the cores of this machine
    with RayEnvs(PhoneEnv, cpus=0.25) as phones:
        run_episodes(policy, phones.env, tasks, workers=256)

Ray starts, places and watches the actors; an actor that dies breaks its episode, and the next one gets a fresh actor.
"""

from __future__ import annotations

import importlib
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

from agentkit.actions import Action
from agentkit.errors import ConfigError, DeviceLost, EnvError, GlintError
from agentkit.types import Env, Observation, Task


class RayEnvs:
    """Makes environments on the Ray cluster that this process is connected to. A context manager."""

    def __init__(
        self,
        factory: Callable[[], Env],
        *,
        cpus: float = 1.0,
        resources: dict[str, float] | None = None,
        timeout_s: float = 600.0,
    ) -> None:
        """`factory` must be importable on the machines of the cluster (Ray's runtime environments help). `cpus` is the
        share of a core, and `resources` what else each environment takes from its machine, e.g. `{"emulator": 1}`. One
        that has no place, or takes longer than `timeout_s` for one call, is lost. ConfigError where Ray is missing."""
        try:
            self._ray = importlib.import_module("ray")
        except ModuleNotFoundError as error:
            raise ConfigError("environments on Ray need the package ray: pip install 'glint-agents[ray]'") from error
        if not self._ray.is_initialized():
            self._ray.init(include_dashboard=False)
        self._factory, self._timeout_s = factory, timeout_s
        self._kind = self._ray.remote(num_cpus=cpus, resources=resources, max_restarts=0)(_Host)
        self._lock = threading.Lock()
        self._actors: dict[int, Any] = {}

    def env(self) -> Env:
        """A fresh environment, in an actor of its own. Raises EnvError when it cannot be made."""
        actor = self._kind.remote(self._factory)
        env = _RayEnv(self._ray, actor, self._timeout_s, self._forget)
        with self._lock:
            self._actors[id(actor)] = actor
        try:
            env.call("ready")
        except BaseException:
            env.close()
            raise
        return env

    def close(self) -> None:
        """End every actor. The cluster goes on."""
        with self._lock:
            actors, self._actors = list(self._actors.values()), {}
        for actor in actors:
            self._ray.kill(actor)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _forget(self, actor: Any) -> None:
        with self._lock:
            known = self._actors.pop(id(actor), None)
        if known is not None:
            self._ray.kill(actor)


class _RayEnv:
    """An environment in an actor."""

    def __init__(self, ray: Any, actor: Any, timeout_s: float, forget: Callable[[Any], None]) -> None:
        self._ray, self._actor, self._timeout_s, self._forget = ray, actor, timeout_s, forget

    def reset(self, task: Task) -> Observation:
        return self.call("reset", task)

    def step(self, action: Action) -> Observation:
        return self.call("step", action)

    def verdict(self) -> dict[str, Any]:
        return self.call("verdict")

    def close(self) -> None:
        actor, self._actor = self._actor, None
        if actor is not None:
            self._forget(actor)

    def call(self, name: str, *args: Any) -> Any:
        if self._actor is None:
            raise DeviceLost("the environment was closed, or lost with its actor")
        errors = self._ray.exceptions
        try:
            return self._ray.get(getattr(self._actor, name).remote(*args), timeout=self._timeout_s)
        except errors.GetTimeoutError:
            self.close()
            raise DeviceLost(f"no answer to `{name}` from the environment's actor in {self._timeout_s:g} s") from None
        except errors.RayActorError as error:
            self.close()
            said = str(error).strip().splitlines()  # the first line says that it died, the last one of what
            why = " ... ".join(dict.fromkeys((said[0], said[-1])))
            raise DeviceLost(f"the environment's actor is gone during `{name}`: {why}") from error
        except errors.RayTaskError as error:
            if isinstance(error.cause, GlintError):
                raise error.cause from None
            raise


class _Host:
    """The actor: one environment, made where Ray has placed it."""

    def __init__(self, factory: Callable[[], Env]) -> None:
        self._factory = factory
        self._env: Env | None = None

    def ready(self) -> None:
        """Make the environment; here and not in `__init__`, where Ray would wrap what goes wrong."""
        self._env = self._factory()

    def reset(self, task: Task) -> Observation:
        return self._ready().reset(task)

    def step(self, action: Action) -> Observation:
        return self._ready().step(action)

    def verdict(self) -> dict[str, Any]:
        return self._ready().verdict()

    def _ready(self) -> Env:
        if self._env is None:
            raise EnvError("the environment was never made")
        return self._env
