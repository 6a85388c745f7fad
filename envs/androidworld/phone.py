"""The simulated phone as AndroidWorld's device: found by the stock adb client like an emulator, fresh for each task."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path
from threading import Lock
from typing import Any

from agentkit.actions import Action
from agentkit.errors import ConfigError, EnvError
from agentkit.types import Observation, Task
from envs.android import AndroidEnv
from envs.androidworld.env import AndroidWorldEnv, Worker, begin
from envs.androidworld.process import WorkerProcess
from envs.androidworld.task import AndroidWorldTask
from envs.androidworld.transcript import SUFFIX, Replay, Transcript
from envs.phone.adb.console import Console
from envs.phone.adb.server import AdbServer
from envs.phone.apps import EVERY
from envs.phone.device import Phone
from envs.phone.env import DRAG_MS, SWIPE_MS

EMULATOR_PORTS = range(5557, 5586, 2)
"""Odd ports on which an adb server finds devices by itself, so that they survive the restarts of the server that
AndroidEnv makes after every command with a non-zero exit status. 5555 is left to a real emulator."""
FOUND_S = 20.0


class PrivateAdb:
    """An adb server of our own on a free port: nobody else's devices, and none of ours on theirs for long."""

    def __init__(self) -> None:
        binary = shutil.which("adb")
        if binary is None:
            raise ConfigError("AndroidWorld works through the stock adb client, and there is no adb on PATH")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self._adb = binary

    def wait_for(self, serial: str) -> None:
        """Until `adb devices` lists it as ready. EnvError after `FOUND_S`."""
        said, deadline = "", time.monotonic() + FOUND_S
        while time.monotonic() < deadline:
            said = self("devices")
            if f"{serial}\tdevice" in said:
                return
            time.sleep(0.2)
        raise EnvError(f"adb does not find {serial}: {said.strip()!r}")

    def close(self) -> None:
        self("kill-server")

    def __call__(self, *words: str) -> str:
        return self.run(*words)[1].decode("utf-8", "replace")

    def run(self, *words: str) -> tuple[int, bytes]:
        """Exit status and output of the adb client."""
        environment = {key: value for key, value in os.environ.items() if not key.startswith("ANDROID_ADB")}
        done = subprocess.run(  # noqa: S603  the adb client, with words of ours
            [self._adb, "-P", str(self.port), *words],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=60,
            env=environment,
            check=False,
        )
        return done.returncode, done.stdout


def androidworld(python: str | Path, **options: Any) -> Callable[[PrivateAdb, str], Worker]:
    """AndroidWorld itself; the arguments are WorkerProcess's."""
    return lambda adb, serial: WorkerProcess(python, serial, server_port=adb.port, settled=True, **options)


def replayed(folder: Path) -> Callable[[PrivateAdb, str], Worker]:
    """The transcripts in a folder."""
    transcripts = [Transcript.load(path) for path in sorted(folder.glob(f"*{SUFFIX}"))]

    def make(adb: PrivateAdb, serial: str) -> Worker:
        return Replay(transcripts, lambda words: adb.run("-s", serial, *words))

    return make


class AndroidWorldPhone:
    """A simulated phone with the apps that AndroidWorld's tasks use, its worker, and the environment over both.

    Every reset installs a new phone behind the same address, so nothing leaks from one task into the next; a worker
    that died is started again. What the policy sees and does goes over ADB; `phone`, `task` and `lock` are for a
    scripted solution, which may look inside.
    """

    def __init__(
        self,
        worker: Callable[[PrivateAdb, str], Worker],
        *,
        seed: int = 30,
        instances: int = 1,
        screen: str = "medium",
        dark: bool = False,
        record: Path | None = None,
    ) -> None:
        """`worker` makes the side that sets up and checks, from an adb server and a serial: `androidworld` or
        `replayed`. `seed` and `instances` are its suite's, `record` is AndroidWorldEnv's."""
        self._screen, self._dark, self._record = screen, dark, record
        self._drawn = seed, instances
        self._env: AndroidWorldEnv | None = None
        self._task: AndroidWorldTask | None = None
        self._stack = ExitStack()
        with self._stack:
            self._server, console = self._listen()
            self._stack.callback(self._server.close)
            self._stack.callback(console.close)
            adb = self._stack.enter_context(closing(PrivateAdb()))
            serial = f"emulator-{self._server.port - 1}"
            adb.wait_for(serial)
            self._start = partial(worker, adb, serial)
            self._begin()
            self._stack = self._stack.pop_all()

    @property
    def phone(self) -> Phone:
        """The phone behind the wire. Hold `lock` while using it."""
        return self._server.phone

    @property
    def lock(self) -> Lock:
        return self._server.lock

    @property
    def task(self) -> AndroidWorldTask:
        if self._task is None:
            raise EnvError("reset(task) must come before anything else")
        return self._task

    def reset(self, task: Task) -> Observation:
        """A new phone in the task's start state."""
        self._hang_up()
        if not self.worker.alive:
            self.worker.close()
            self._begin()
        self._server.insert(self._new())
        device = AndroidEnv(self._server.address, swipe_ms=SWIPE_MS, drag_ms=DRAG_MS)
        self._env = AndroidWorldEnv(device, self.worker, self._record)
        observation = self._env.reset(task)
        assert isinstance(task, AndroidWorldTask)
        self._task = task
        return observation

    def step(self, action: Action) -> Observation:
        return self._ready().step(action)

    def verdict(self) -> dict[str, Any]:
        return self._ready().verdict()

    def close(self) -> None:
        """Stop the worker, the adb server and the phone. Safe to call twice."""
        self._hang_up()
        self.worker.close()
        self._stack.close()

    def _begin(self) -> None:
        self.worker, self.tasks = begin(self._start, *self._drawn)

    def _hang_up(self) -> None:
        env, self._env = self._env, None
        if env is not None:
            env.close()

    def _ready(self) -> AndroidWorldEnv:
        if self._env is None:
            raise EnvError("reset(task) must come before anything else")
        return self._env

    def _new(self) -> Phone:
        return Phone(EVERY, screen=self._screen, seed=0, dark=self._dark)

    def _listen(self) -> tuple[AdbServer, Console]:
        """The first pair of ports that is free: a phone's, and its console's below it."""
        phone, fault = self._new(), ""
        for port in EMULATOR_PORTS:
            server = AdbServer(phone, port=port)
            try:
                return server.start(), Console(server).start()
            except EnvError as error:
                server.close()
                fault = str(error)
        raise EnvError(f"no port of {EMULATOR_PORTS.start} to {EMULATOR_PORTS.stop - 1} is free: {fault}")
