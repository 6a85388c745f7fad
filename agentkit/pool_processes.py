"""Environments in processes of their own: phones that are drawn on every core, while one process keeps the model.

    with EnvProcesses(PhoneEnv, processes=8) as phones:
        run_episodes(policy, phones.env, tasks, workers=64)

A process holds many environments, each in its own thread. One that dies breaks the episodes in it, and another takes
its place. What comes from a model crosses as JSON and pixels; only the factory and the tasks are pickled.
"""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import os
import pickle
import secrets
import signal
import threading
import traceback
from collections.abc import Callable
from multiprocessing.connection import Client, Connection, Listener
from multiprocessing.process import BaseProcess
from types import TracebackType
from typing import Any, Self

from PIL import Image

from agentkit import errors
from agentkit.actions import Action
from agentkit.codec import decode_action, encode_action
from agentkit.errors import DeviceLost, EnvError, GlintError, boundary
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
            pickle.dumps(factory)
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
            target=_serve, args=(there, self._key, factory), name="environments", daemon=True
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
        self._image: Image.Image | None = None

    def reset(self, task: Task) -> Observation:
        return self._observation(self._call("reset", task=pickle.dumps(task)))

    def step(self, action: Action) -> Observation:
        return self._observation(self._call("step", encode_action(action)))

    def verdict(self) -> dict[str, Any]:
        return self._call("verdict")

    def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()
            self._gone(self._host)

    def _call(self, name: str, value: Any = None, *, task: bytes = b"") -> Any:
        connection = self._connection
        if connection is None:
            raise DeviceLost("the environment was closed, or lost with its process")
        try:
            connection.send_bytes(json.dumps([name, value]).encode())
            if task:
                connection.send_bytes(task)
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
        """Pixels come only when they are others than before."""
        if row["size"] is not None:
            assert self._connection is not None
            self._image = Image.frombytes("RGB", tuple(row["size"]), self._connection.recv_bytes())
        assert self._image is not None
        return Observation(self._image, row["ended"], row["info"])


# In the other process.


def _serve(control: Connection, key: bytes, factory: Callable[[], Env]) -> None:
    """Make an environment for each connection until the other end of `control` is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches everyone; whoever started us ends us
    listener = Listener(family="AF_UNIX", backlog=256, authkey=key)
    control.send_bytes(str(listener.address).encode())

    def accept() -> None:
        while True:
            try:
                connection = listener.accept()
            except (OSError, EOFError, multiprocessing.AuthenticationError):
                return
            threading.Thread(target=_serve_one, args=(connection, factory), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    with contextlib.suppress(EOFError, OSError):
        control.recv_bytes()
    listener.close()


def _serve_one(connection: Connection, factory: Callable[[], Env]) -> None:
    """Answer for one environment until its connection is closed."""
    env: Env | None = None
    shown: Image.Image | None = None
    try:
        while True:
            name, value = json.loads(connection.recv_bytes())
            task = connection.recv_bytes() if name == "reset" else b""
            pixels = b""
            try:
                env = env or factory()
                if name == "verdict":
                    answer: Any = env.verdict()
                else:
                    seen = env.reset(pickle.loads(task)) if task else env.step(decode_action(value))  # type: ignore[arg-type]  # noqa: S301
                    answer = {"size": None, "ended": seen.ended, "info": dict(seen.info)}
                    if seen.image is not shown:
                        shown, answer["size"] = seen.image, seen.image.size
                        pixels = seen.image.convert("RGB").tobytes()
                reply = json.dumps(["answer", answer])
            except GlintError as error:
                reply = json.dumps(["fault", {"error": _name(error), "text": str(error)}])
            except Exception:
                reply = json.dumps(["bug", traceback.format_exc()])
            connection.send_bytes(reply.encode())
            if pixels:
                connection.send_bytes(pixels)
    except (EOFError, OSError):
        pass  # the other end has closed
    finally:
        connection.close()
        if env is not None:
            env.close()


def _name(error: GlintError) -> str:
    """The first of its classes that both ends know."""
    return next(kind.__name__ for kind in type(error).__mro__ if getattr(errors, kind.__name__, None) is kind)
