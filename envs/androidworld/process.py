"""The worker's process as seen from here: started, asked with a time limit, and named when it dies."""

from __future__ import annotations

import json
import os
import selectors
import shutil
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any

from agentkit.errors import ConfigError, EnvError
from envs.androidworld.task import AndroidWorldTask
from envs.androidworld.transcript import Call

WORKER = Path(__file__).with_name("worker.py")
TAIL = 2000


class TaskFault(EnvError):
    """AndroidWorld's own code raised: a task's set-up or checker, not the device."""


class WorkerProcess:
    """Tasks and checkers of one device. Not thread-safe; a context manager.

    Errors: ConfigError when `python` has no android_world, TaskFault for what a task raises, EnvError when the process
    dies or says nothing for `timeout_s`.
    """

    def __init__(
        self,
        python: str | Path,
        serial: str,
        *,
        source: str | Path | None = None,
        adb: str = "adb",
        server_port: int = 5037,
        timeout_s: float = 300.0,
        log: Path | None = None,
        settled: bool = False,
    ) -> None:
        """`python` is an interpreter that imports android_world, or, with `source`, that has its requirements and finds
        it in this checkout. `log` takes what the tasks print. `settled` skips the seconds for which AndroidWorld waits
        until a device has caught up: the simulated phone has when it answers."""
        binary = shutil.which(adb)
        if binary is None:
            raise ConfigError(f"AndroidWorld works through the stock adb client, and there is no {adb!r} on PATH")
        if shutil.which(str(python)) is None:
            raise ConfigError(f"{python} is no Python interpreter")
        self.timeout_s = timeout_s
        self._log: IO[bytes] | None = log.open("ab") if log else None
        # AndroidWorld's packages only: ours pin other versions, and its `adb` must not look for an emulator's console.
        environment = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "VIRTUAL_ENV"))}
        environment |= {"PYTHONPATH": str(source)} if source else {}
        # Tasks keep files of fixed names there: two workers would take them from each other.
        self._temporary = TemporaryDirectory(prefix="glint-androidworld-")
        environment["TMPDIR"] = self._temporary.name
        self._process = subprocess.Popen(  # noqa: S603  the interpreter that the user named
            [
                *(str(python), str(WORKER), "--adb", binary, "--serial", serial, "--server-port", str(server_port)),
                *(["--settled"] if settled else []),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log or subprocess.DEVNULL,
            env=environment,
        )
        self._buffer = b""
        try:
            self._read("starting")
        except BaseException:
            self.close()
            raise

    def suite(
        self, seed: int, instances: int = 1, names: Sequence[str] | None = None, family: str = "android_world"
    ) -> list[AndroidWorldTask]:
        """Tasks with the parameters that AndroidWorld's runner draws from `seed`, sorted by name."""
        facts = self._ask("suite", family=family, seed=seed, instances=instances, names=list(names) if names else None)
        return [AndroidWorldTask.of(item) for item in facts]

    def initialize(self, key: str, params: Mapping[str, Any]) -> str:
        """Put the device into the task's start state; the goal. `params` are those of the task as `suite` told of it,
        maybe in another process: a few tasks draw theirs from the clock."""
        plain = {name: value for name, value in params.items() if isinstance(value, (bool, int, float, str))}
        return str(self._ask("initialize", key=key, params=plain)["goal"])

    def answer(self, text: str) -> None:
        self._ask("answer", text=text)

    def score(self) -> float:
        """What the checker says of the device now, in [0, 1]."""
        return float(self._ask("score"))

    def calls(self) -> list[Call]:
        """The adb commands since the last time."""
        return [Call.of(raw) for raw in self._ask("calls")]

    def finish(self) -> None:
        """The task's own cleaning up."""
        self._ask("finish")

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def close(self) -> None:
        """Stop the process. Safe to call twice."""
        process = self._process
        if process.stdin:
            with suppress(OSError):  # it is dead: nothing is left to flush
                process.stdin.close()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout:
            process.stdout.close()
        if self._log:
            self._log.close()
        self._temporary.cleanup()

    def __enter__(self) -> WorkerProcess:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _ask(self, do: str, **arguments: Any) -> Any:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps({"do": do, **arguments}).encode() + b"\n")
            self._process.stdin.flush()
        except (OSError, ValueError) as error:
            raise EnvError(f"the AndroidWorld worker is gone (exit code {self._process.poll()}): {error}") from error
        return self._read(do)

    def _read(self, do: str) -> Any:
        answer: Mapping[str, Any] = json.loads(self._line(do))
        if "ok" in answer:
            return answer["ok"]
        raise TaskFault(f"{do}: {answer.get('kind')}: {answer.get('error')}\n{answer.get('trace', '')[-TAIL:]}")

    def _line(self, do: str) -> bytes:
        assert self._process.stdout is not None
        deadline = time.monotonic() + self.timeout_s
        with selectors.DefaultSelector() as selector:
            selector.register(self._process.stdout, selectors.EVENT_READ)
            while b"\n" not in self._buffer:
                if not selector.select(max(0.0, deadline - time.monotonic())):
                    self._process.kill()
                    self._process.wait()
                    raise EnvError(f"{do}: the AndroidWorld worker was silent for {self.timeout_s:g} s and was killed")
                chunk = os.read(self._process.stdout.fileno(), 1 << 16)
                if not chunk:
                    raise self._dead(do)
                self._buffer += chunk
        line, _, self._buffer = self._buffer.partition(b"\n")
        return line

    def _dead(self, do: str) -> EnvError:
        code = self._process.wait()
        hint = f"its output is in {self._log.name}" if self._log else "give `log` to see what it printed"
        if do == "starting":
            return ConfigError(  # type: ignore[return-value]
                f"the AndroidWorld worker ended at once (exit code {code}): does this Python import android_world, "
                f"and does `adb devices` list the device? {hint}"
            )
        return EnvError(f"{do}: the AndroidWorld worker died with exit code {code}; {hint}")
