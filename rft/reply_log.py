"""Keep what training samples: every scored reply on disk before the step that learns from it.

Each process appends to a file of its own, a step in one write followed by fsync, so a checkpoint never counts a step
whose replies could still be lost. A resumed run first cuts what lies past its checkpoint and will be sampled again:
no reply is there twice.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from transformers import TrainerCallback

from agentkit.errors import DataError
from rft.checkpoints import SaveError
from rft.data.rows import Row
from rft.examples import Examples
from rft.replies import FOLDER, KeptReply, decode, encode


class ReplyLog(TrainerCallback):
    """Writes `replies/rank-N.jsonl` in the run's folder (`rft.replies` has the format)."""

    def __init__(self, out: Path, examples: Examples) -> None:
        self._folder, self._examples = out / FOLDER, examples
        self._rank, self._world = int(os.environ.get("RANK", "0")), int(os.environ.get("WORLD_SIZE", "1"))

    def on_train_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        # An earlier start may have had more processes: the files of those that are gone are shared out.
        for path in self._folder.glob("rank-*.jsonl"):
            number = path.stem.removeprefix("rank-")
            if number.isdecimal() and int(number) % self._world == self._rank:
                cut_after(path, state.global_step)

    def __call__(self, scored: Sequence[tuple[Row, str, Mapping[str, float]]], state: Any) -> None:
        """Append (row, reply, terms) triples that were scored while the trainer was in `state`. Raises SaveError."""
        lines = [
            encode(
                KeptReply(
                    row=row.id or str(row.number),
                    text=text,
                    size=self._examples.model_size(row),
                    epoch=int(state.epoch or 0),
                    step=state.global_step + 1,
                    terms=terms,
                )
            )
            for row, text, terms in scored
        ]
        path = self._folder / f"rank-{self._rank}.jsonl"
        try:
            append(path, b"".join(lines))
        except OSError as error:
            raise SaveError(f"could not keep the replies of step {state.global_step + 1} in {path}: {error}") from error


def append(path: Path, data: bytes) -> None:
    """Add `data` to the file and return when it is on disk."""
    new = not path.exists()
    if new:
        path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    if new:
        sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Return when the names in `folder` are on disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def cut_after(path: Path, step: int) -> None:
    """Drop the replies of later steps, and a line that a kill cut off. Replies stand in the order of their steps."""
    keep = 0
    with path.open("r+b") as file:
        for line in file:
            try:
                if not line.endswith(b"\n") or decode(line).step > step:
                    break
            except DataError:
                break
            keep += len(line)
        file.truncate(keep)
        os.fsync(file.fileno())
