"""The other side of `agentkit.pool_processes`: a process that holds environments for the one that started it."""

from __future__ import annotations

import contextlib
import json
import mmap
import multiprocessing
import os
import signal
import threading
import traceback
from collections.abc import Callable
from multiprocessing import reduction
from multiprocessing.connection import Connection, Listener
from typing import Any

from PIL import Image

from agentkit import errors
from agentkit.actions import Malformed, Refusal
from agentkit.codec import decode_action
from agentkit.errors import GlintError
from agentkit.types import Env, Observation


def serve(control: Connection, key: bytes, factory: Callable[[], Env]) -> None:
    """Make an environment for each connection until the other end of `control` is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches everyone; whoever started us ends us
    listener = Listener(family="AF_UNIX", backlog=256, authkey=key)
    control.send_bytes(str(listener.address).encode())

    def accept() -> None:
        while True:
            try:
                connection = listener.accept()
            except (multiprocessing.AuthenticationError, EOFError, ConnectionError):
                continue  # a stranger, or one that has left already
            except OSError:
                return
            threading.Thread(target=_serve_one, args=(connection, factory), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    with contextlib.suppress(EOFError, OSError):
        control.recv_bytes()
    listener.close()


def _serve_one(connection: Connection, factory: Callable[[], Env]) -> None:
    """Answer for one environment until its connection is closed."""
    env: Env | None = None
    screen = _Screen(connection)
    try:
        while True:
            name, value = json.loads(connection.recv_bytes())
            task: Any = connection.recv() if name == "reset" else None  # our parent's own, over an authenticated socket
            try:
                env = env or factory()
                if name == "verdict":
                    answer = env.verdict()
                elif name == "reset":
                    answer = screen.show(env.reset(task))
                else:
                    action = decode_action(value)
                    assert not isinstance(action, (Refusal, Malformed)), "these stay with the policy"
                    answer = screen.show(env.step(action))
                reply = json.dumps(["answer", answer])
            except GlintError as error:
                reply = json.dumps(["fault", {"error": _name(error), "text": str(error)}])
            except Exception:
                reply = json.dumps(["bug", traceback.format_exc()])
            connection.send_bytes(reply.encode())
            screen.hand_over()
    except (EOFError, OSError):
        pass  # the other end has closed
    finally:
        connection.close()
        screen.close()
        if env is not None:
            env.close()


class _Screen:
    """Memory for one environment's pixels that both processes see."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._shown: Image.Image | None = None
        self._memory: mmap.mmap | None = None
        self._new: int | None = None
        """The memory's file, until the other process has it."""

    def show(self, seen: Observation) -> dict[str, Any]:
        """What to tell of an observation; its pixels lie in the memory afterwards."""
        row: dict[str, Any] = {"room": 0, "size": None, "ended": seen.ended, "info": dict(seen.info)}
        if seen.image is self._shown:
            return row
        image = seen.image if seen.image.mode == "RGB" else seen.image.convert("RGB")
        pixels = image.tobytes("raw", "RGBX")  # as Pillow keeps it
        if self._memory is None or len(self._memory) < len(pixels):
            self.close()
            self._new = os.memfd_create("screen")
            os.ftruncate(self._new, len(pixels))
            self._memory = mmap.mmap(self._new, len(pixels))
        self._memory[: len(pixels)] = pixels
        self._shown = seen.image
        return row | {"room": 0 if self._new is None else len(self._memory), "size": image.size}

    def hand_over(self) -> None:
        """Give the other process the memory, if that is new to it."""
        if self._new is not None:
            handle, self._new = self._new, None
            try:
                reduction.send_handle(self._connection, handle, None)
            finally:
                os.close(handle)

    def close(self) -> None:
        if self._new is not None:
            os.close(self._new)
        if self._memory is not None:
            self._memory.close()
        self._memory = self._new = None


def _name(error: GlintError) -> str:
    """The first of its classes that both ends know."""
    return next(kind.__name__ for kind in type(error).__mro__ if getattr(errors, kind.__name__, None) is kind)
