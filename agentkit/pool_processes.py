"""Environments in processes of their own: phones that are drawn on every core, while one process keeps the model.

    with EnvProcesses(PhoneEnv, processes=8) as phones:
        run_episodes(policy, phones.env, tasks, workers=64)

A process holds many environments, each in its own thread. One that dies breaks the episodes in it, and another takes
its place. What comes from a model crosses as JSON, and pixels through shared memory; only the factory and the tasks are
pickled. Linux only.
"""

from __future__ import annotations

import json
import mmap
import multiprocessing
import os
import secrets
import threading
from collections.abc import Callable
from multiprocessing import reduction
from multiprocessing.connection import Client, Connection
from multiprocessing.process import BaseProcess
from types import TracebackType
from typing import Any, Self

from PIL import Image

from agentkit import errors
from agentkit.actions import Action
from agentkit.codec import encode_action
from agentkit.errors import DeviceLost, EnvError, boundary
from agentkit.process_host import serve
from agentkit.types import Env, Observation, Task

READY_S = 120.0
"""How long a process may take to load what the factory needs."""
STOP_S = 5.0
SPAWN = multiprocessing.get_context("spawn")
"""A forked process would inherit threads' locks and the model's device."""


class EnvProcesses:
    """Makes environments in `processes` processes, the next one where there are fewest. A context manager."""

    def __init__(self, factory: Callable[[], Env], processes: int | None = None, *, timeout_s: float = 600.0) -> None:
        """`factory` must be picklable: a class, a function of a module, a partial of them. `processes` None is one for
        each core. An environment that takes longer than `timeout_s` for one call is lost."""
        count = processes or len(os.sched_getaffinity(0))
        if count < 1:
            raise ValueError(f"processes must be at least 1, got {processes}")
        with boundary(EnvError, "an environment in another process needs a factory that can be pickled"):
            reduction.ForkingPickler.dumps(factory)
        self._factory, self._timeout_s = factory, timeout_s
        self._lock = threading.Lock()
        self._hosts: list[_Host] = [_Host(factory) for _ in range(count)]
        self._closed = False

    def env(self) -> Env:
        """A fresh environment. Raises EnvError when it cannot be made."""
        with self._lock:
            if self._closed:
                raise EnvError("the processes of environments were closed")
            self._hosts = [host if host.alive else _Host(self._factory) for host in self._hosts]
            host = min(self._hosts, key=lambda host: host.environments)
            host.environments += 1
        try:
            return _RemoteEnv(host.connect(), host, self._timeout_s, self._gone)
        except BaseException:
            self._gone(host)
            raise

    def close(self) -> None:
        """End the processes and with them whatever is still open. Safe to call twice."""
        with self._lock:
            self._closed = True
        for host in self._hosts:
            host.stop()
        for host in self._hosts:
            host.end()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _gone(self, host: _Host) -> None:
        with self._lock:
            host.environments -= 1


class _Host:
    """One process, seen from here."""

    def __init__(self, factory: Callable[[], Env]) -> None:
        self.environments = 0
        self._key = secrets.token_bytes(32)
        self._control, there = SPAWN.Pipe()
        self._address = ""
        self._ready = threading.Lock()
        self.process: BaseProcess = SPAWN.Process(
            target=serve, args=(there, self._key, factory), name="environments", daemon=True
        )
        self.process.start()
        there.close()

    @property
    def alive(self) -> bool:
        return self.process.is_alive()

    def connect(self) -> Connection:
        """A connection to a new environment in it."""
        with boundary(EnvError, "no environment could be made in another process"):
            with self._ready:
                if not self._address:
                    if not self._control.poll(READY_S):
                        raise EnvError(f"a process of environments was not ready within {READY_S:g} s")
                    self._address = self._control.recv_bytes().decode()
            return Client(self._address, family="AF_UNIX", authkey=self._key)

    def stop(self) -> None:
        self._control.close()

    def end(self) -> None:
        self.process.join(STOP_S)
        if self.process.is_alive():
            self.process.kill()
            self.process.join()

    def why_gone(self) -> str:
        self.process.join(STOP_S)
        return f"its process ended with exit code {self.process.exitcode}"


class _RemoteEnv:
    """An environment in another process."""

    def __init__(self, connection: Connection, host: _Host, timeout_s: float, gone: Callable[[_Host], None]) -> None:
        self._connection: Connection | None = connection
        self._host, self._timeout_s, self._gone = host, timeout_s, gone
        self._pixels: mmap.mmap | None = None
        self._image: Image.Image | None = None

    def reset(self, task: Task) -> Observation:
        return self._observation(self._call("reset", task=task))

    def step(self, action: Action) -> Observation:
        return self._observation(self._call("step", encode_action(action)))

    def verdict(self) -> dict[str, Any]:
        return self._call("verdict")

    def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()
            self._gone(self._host)

    def _call(self, name: str, value: Any = None, *, task: Task | None = None) -> Any:
        connection = self._connection
        if connection is None:
            raise DeviceLost("the environment was closed, or lost with its process")
        # Before anything is sent: a task that cannot cross must not leave half a request behind.
        parcel = reduction.ForkingPickler.dumps(task) if task is not None else None
        try:
            connection.send_bytes(json.dumps([name, value]).encode())
            if parcel is not None:
                connection.send_bytes(parcel)
            if not connection.poll(self._timeout_s):
                self.close()
                raise DeviceLost(f"no answer to `{name}` from the environment's process in {self._timeout_s:g} s")
            kind, answer = json.loads(connection.recv_bytes())
        except (EOFError, OSError) as error:
            self.close()
            raise DeviceLost(f"the environment is gone during `{name}`: {self._host.why_gone()}") from error
        if kind == "fault":
            raise getattr(errors, answer["error"])(answer["text"])
        if kind == "bug":
            raise RuntimeError(f"an environment failed in process {self._host.process.pid}:\n{answer}")
        return answer

    def _observation(self, row: dict[str, Any]) -> Observation:
        """Pixels come only when they are others than before; they are copied before the next call can change them."""
        if row["room"]:
            assert self._connection is not None
            handle = reduction.recv_handle(self._connection)
            self._pixels = mmap.mmap(handle, row["room"], prot=mmap.PROT_READ)
            os.close(handle)
        if row["size"]:
            assert self._pixels is not None
            width, height = row["size"]
            with memoryview(self._pixels) as pixels:
                self._image = Image.frombytes("RGB", (width, height), pixels[: 4 * width * height], "raw", "RGBX")
        assert self._image is not None
        return Observation(self._image, row["ended"], row["info"])
