"""A phone task driven over the wire: set up and checked in process, seen and touched through ADB only."""

from __future__ import annotations

from threading import Lock
from typing import Any

from agentkit.actions import Action
from agentkit.errors import EnvError
from agentkit.types import Observation, Task
from envs.android import AndroidEnv
from envs.faults import FaultProxy, Faults
from envs.phone.adb.server import AdbServer
from envs.phone.device import Phone
from envs.phone.env import DRAG_MS, SWIPE_MS, PhoneEnv
from envs.phone.tasks.base import PhoneTask


class PhoneOverAdb:
    """What `PhoneEnv` is, with an ADB connection in between: a fresh phone and device server for each `reset`.

    Everything that the policy sees and does goes through `AndroidEnv`, as it would to an emulator; the task's start
    state and its checker never leave the process. The same actions show the same pixels as in `PhoneEnv`.
    """

    def __init__(self, *, timeout_s: float = 15.0, faults: Faults | None = None, **options: Any) -> None:
        """`timeout_s` is AndroidDevice's; `faults` come between it and the phone; `options` go to PhoneEnv."""
        self._timeout_s = timeout_s
        self._faults = faults
        self._inside = PhoneEnv(**options)
        self._task: PhoneTask | None = None
        self._server: AdbServer | None = None
        self._proxy: FaultProxy | None = None
        self._wire: AndroidEnv | None = None

    @property
    def phone(self) -> Phone:
        """The phone behind the wire. Hold `lock` while using it."""
        return self._inside.phone

    @property
    def lock(self) -> Lock:
        """The lock under which commands run on the phone."""
        return self._parts()[0].lock

    @property
    def task(self) -> PhoneTask:
        self._parts()
        assert self._task is not None
        return self._task

    def reset(self, task: Task) -> Observation:
        """A fresh phone in the task's start state, at the home screen. Raises EnvError for a task of another kind."""
        self.close()
        self._inside.reset(task)
        assert isinstance(task, PhoneTask)
        self._task = task
        self._server = AdbServer(self._inside.phone).start()
        address = self._server.address
        if self._faults is not None:
            self._proxy = FaultProxy(address, self._faults).start()
            address = self._proxy.address
        self._wire = AndroidEnv(
            address,
            start_at_home=False,  # it is; pressing the key would take a second of the phone's time
            timeout_s=self._timeout_s,
            swipe_ms=SWIPE_MS,
            drag_ms=DRAG_MS,
        )
        return self._wire.reset(task)

    def step(self, action: Action) -> Observation:
        return self._parts()[1].step(action)

    def verdict(self) -> dict[str, Any]:
        """`success` by the task's own checker, as PhoneEnv gives it; the answers are those that `step` was given."""
        server, wire = self._parts()
        self._inside.answers = list(wire.answers)
        with server.lock:
            return self._inside.verdict()

    def close(self) -> None:
        for part in (self._wire, self._proxy, self._server):
            if part is not None:
                part.close()
        self._task = self._server = self._proxy = self._wire = None
        self._inside.close()

    def _parts(self) -> tuple[AdbServer, AndroidEnv]:
        if self._server is None or self._wire is None:
            raise EnvError("reset(task) must come before anything else, the phone is off")
        return self._server, self._wire
