"""What AndroidWorld asked of a device during one solved task, so that the same can be asked again without AndroidWorld.

A transcript holds the adb commands of a task's set-up, with the files that it pushed, and those of its checker, with
what the device answered when the checker said 1.0. On a deterministic phone the same solution gives the same answers:
then the checker's verdict stands. It proves solutions and phone against changes; it judges no other way of solving.
"""

from __future__ import annotations

import base64
import gzip
import json
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from agentkit.errors import DataError, boundary
from envs.androidworld.task import AndroidWorldTask

FILE = "@file"
"""Stands for the path on the host's side of a `push` or `pull`."""
SQLITE = b"SQLite format 3\0"
SUFFIX = ".json.gz"


@dataclass(frozen=True, slots=True)
class Call:
    """One adb command."""

    words: tuple[str, ...]
    out: bytes
    failed: bool
    """It ended with a non-zero exit status."""
    file: bytes | None = None
    """Contents that a `push` carried or a `pull` brought."""

    @classmethod
    def of(cls, raw: Mapping[str, Any]) -> Call:
        """From the worker's JSON."""
        file = raw.get("file")
        data = None if file is None else base64.b64decode(file)
        return cls(tuple(raw["words"]), base64.b64decode(raw["out"]), bool(raw["failed"]), data)

    def to_json(self) -> dict[str, Any]:
        code = lambda data: None if data is None else base64.b64encode(data).decode()  # noqa: E731
        return {"words": list(self.words), "out": code(self.out), "failed": self.failed, "file": code(self.file)}


@dataclass(frozen=True, slots=True)
class Transcript:
    task: AndroidWorldTask
    setup: tuple[Call, ...]
    """Without what the device said, which nothing hangs on."""
    answers: tuple[str, ...]
    check: tuple[Call, ...]
    success: float

    def save(self, folder: Path) -> Path:
        """Write FOLDER/KEY.json.gz, without the goal's words; the same bytes for the same transcript."""
        facts = {
            "task": asdict(self.task) | {"goal": self.task.key, "template": self.task.name},  # nobody reads it here
            "setup": [replace(call, out=b"").to_json() for call in self.setup],
            "answers": list(self.answers),
            "check": [call.to_json() for call in self.check],
            "success": self.success,
        }
        path = folder / f"{self.task.key}{SUFFIX}"
        folder.mkdir(parents=True, exist_ok=True)
        path.write_bytes(gzip.compress(json.dumps(facts).encode(), mtime=0))
        return path

    @classmethod
    def load(cls, path: Path) -> Transcript:
        """Raises DataError for a file that is no transcript."""
        with boundary(DataError, f"{path} is no transcript of a task"):
            facts = json.loads(gzip.decompress(path.read_bytes()))
            calls = {part: tuple(map(Call.of, facts[part])) for part in ("setup", "check")}
            return cls(
                AndroidWorldTask.of(facts["task"]), calls["setup"], tuple(facts["answers"]), calls["check"],
                float(facts["success"]),
            )  # fmt: skip


class Replay:
    """Stands where `WorkerProcess` does, for recorded tasks. `adb` runs the client's words: (exit status, output)."""

    alive = True

    def __init__(self, transcripts: Iterable[Transcript], adb: Callable[[Sequence[str]], tuple[int, bytes]]) -> None:
        self._known = {transcript.task.key: transcript for transcript in transcripts}
        self._adb = adb
        self._now: Transcript | None = None
        self._answers: list[str] = []
        self.differences: list[str] = []
        """What the device answered otherwise at the last `score`."""

    def suite(self, seed: int, instances: int = 1, names: Sequence[str] | None = None) -> list[AndroidWorldTask]:
        """The recorded tasks, whatever is asked for."""
        return [transcript.task for transcript in self._known.values()]

    def initialize(self, key: str, params: Mapping[str, Any]) -> str:
        if key not in self._known:
            raise DataError(f"no transcript of {key}; there are {', '.join(sorted(self._known))}")
        self._now, self._answers = self._known[key], []
        for call in self._now.setup:
            self._run(call)
        return self._now.task.goal

    def answer(self, text: str) -> None:
        self._answers.append(text)

    def score(self) -> float:
        """The recorded score where device and answers are as they were then, otherwise 0."""
        assert self._now is not None
        self.differences = []
        if self._answers[-1:] != list(self._now.answers[-1:]):
            self.differences.append(f"answers: {self._answers} instead of {list(self._now.answers)}")
        for call in self._now.check:
            self.differences += differences(call, self._run(call))
        return 0.0 if self.differences else self._now.success

    def finish(self) -> None:
        self._now = None

    def close(self) -> None:
        pass

    def _run(self, call: Call) -> Call:
        with TemporaryDirectory(prefix="glint-replay-") as folder:
            path = Path(folder) / "file"
            if call.words[0] == "push" and call.file is not None:
                path.write_bytes(call.file)
            status, out = self._adb([str(path) if word == FILE else word for word in call.words])
            data = path.read_bytes() if call.words[0] == "pull" and path.is_file() else call.file
        return Call(call.words, out, bool(status), data)


def differences(before: Call, after: Call) -> list[str]:
    """Why the two answers to one command are not the same; empty when they are. Databases are compared by contents."""
    name = " ".join(before.words)[:200]
    found = []
    if before.failed != after.failed:
        found.append(f"{name}: {'succeeded' if before.failed else 'failed'}, {after.out[-200:]!r}")
    elif before.words[0] in ("push", "pull"):
        if _contents(before.file) != _contents(after.file):
            found.append(f"{name}: another file")
    elif before.out != after.out:
        found.append(f"{name}: {after.out[-300:]!r} instead of {before.out[-300:]!r}")
    return found


def _contents(data: bytes | None) -> bytes | list[str] | None:
    if data is None or not data.startswith(SQLITE):
        return data
    with closing(sqlite3.connect(":memory:")) as database:
        database.deserialize(data)
        return list(database.iterdump())
