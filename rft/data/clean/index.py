"""Facts that do not fit in memory: an sqlite file beside the output, and what is known of each image."""

from __future__ import annotations

import hashlib
import sqlite3
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias

from agentkit.errors import DataError, boundary
from agentkit.recorded.pictures import image_size
from rft.data.pictures import difference_hash

HashOf: TypeAlias = Literal["pixels", "file"]
BATCH = 2000
"""Rows written to the file at a time."""
RECENT = 4096
"""Images whose facts are kept in memory."""


@dataclass(frozen=True, slots=True)
class ImageFacts:
    digest: bytes
    """Equal for equal content."""
    look: bytes
    """`difference_hash`: differs in few bits for pictures that look alike. Empty when it was not asked for."""


class Index:
    """Tables of a cleaning run. The same images are hashed once, even when a run is taken up again."""

    def __init__(self, path: Path, hash_of: HashOf = "pixels", looks: bool = False) -> None:
        """`looks` computes `ImageFacts.look` too."""
        self._hash_of, self._looks = hash_of, looks
        with boundary(DataError, f"cannot open the index {path}"):
            self.db = sqlite3.connect(path, isolation_level=None)
            # Safe against a killed process; a power cut may cost the index, which can be made again.
            self.db.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; PRAGMA temp_store=FILE;")
            self.db.execute("CREATE TABLE IF NOT EXISTS images (path TEXT PRIMARY KEY, digest BLOB, look BLOB)")
            self.db.execute("CREATE TABLE IF NOT EXISTS notes (stage TEXT, text TEXT)")
            self.db.execute("CREATE TABLE IF NOT EXISTS sizes (path TEXT PRIMARY KEY, width INT, height INT)")
        self._images: OrderedDict[Path, ImageFacts] = OrderedDict()
        self._sizes: OrderedDict[Path, tuple[int, int]] = OrderedDict()

    def close(self) -> None:
        self.db.close()

    def __enter__(self) -> Index:
        return self

    def __exit__(self, *error: Any) -> None:
        self.close()

    def table(self, name: str, columns: str) -> None:
        """A new, empty table; an old one of that name is dropped."""
        self.db.execute(f"DROP TABLE IF EXISTS {name}")
        self.db.execute(f"CREATE TABLE {name} ({columns})")

    def fill(self, name: str, rows: Iterable[Sequence[Any]]) -> None:
        """Insert `rows` into a table as they come, a batch in memory."""
        batch: list[Sequence[Any]] = []
        for row in rows:
            batch.append(row)
            if len(batch) == BATCH:
                self._insert(name, batch)
                batch.clear()
        self._insert(name, batch)

    def _insert(self, name: str, batch: list[Sequence[Any]]) -> None:
        if not batch:
            return
        places = ",".join("?" * len(batch[0]))
        with boundary(DataError, "cannot write the index"):
            self.db.execute("BEGIN")
            self.db.executemany(f"INSERT INTO {name} VALUES ({places})", batch)  # noqa: S608 - names are our own
            self.db.execute("COMMIT")

    def note(self, stage: str, text: str) -> None:
        """Remember `text` for the report: what a stage found out about the data set as a whole."""
        self.db.execute("INSERT INTO notes VALUES (?, ?)", (stage, text))

    def forget(self, stage: str) -> None:
        """Drop the notes of an earlier, unfinished attempt."""
        self.db.execute("DELETE FROM notes WHERE stage = ?", (stage,))

    def notes(self, stage: str) -> list[str]:
        return [text for (text,) in self.find("SELECT text FROM notes WHERE stage = ? ORDER BY rowid", stage)]

    def find(self, query: str, *values: Any) -> Iterator[tuple[Any, ...]]:
        """The rows that `query` finds, as they are asked for."""
        with boundary(DataError, "cannot read the index"):
            yield from self.db.execute(query, values)

    def size(self, path: Path) -> tuple[int, int]:
        """(width, height) in pixels. DataError when the image is missing or unreadable."""
        if path in self._sizes:
            self._sizes.move_to_end(path)
            return self._sizes[path]
        known = self.db.execute("SELECT width, height FROM sizes WHERE path = ?", (str(path),)).fetchone()
        size = known or image_size(path)
        if known is None:
            self.db.execute("INSERT OR REPLACE INTO sizes VALUES (?, ?, ?)", (str(path), *size))
        return _remember(self._sizes, path, (size[0], size[1]))

    def image(self, path: Path | None) -> ImageFacts:
        """The facts of the image at `path`; no image has facts of its own. DataError when it cannot be decoded."""
        if path is None:
            return ImageFacts(b"", b"")
        if path in self._images:
            self._images.move_to_end(path)
            return self._images[path]
        known = self.db.execute("SELECT digest, look FROM images WHERE path = ?", (str(path),)).fetchone()
        if known and (known[1] or not self._looks):
            return _remember(self._images, path, ImageFacts(*known))
        facts = self._measure(path)
        self.db.execute("INSERT OR REPLACE INTO images VALUES (?, ?, ?)", (str(path), facts.digest, facts.look))
        return _remember(self._images, path, facts)

    def _measure(self, path: Path) -> ImageFacts:
        from PIL import Image

        with boundary(DataError, f"image cannot be decoded: {path}"):
            if self._hash_of == "file" and not self._looks:
                return ImageFacts(hashlib.blake2b(path.read_bytes(), digest_size=16).digest(), b"")
            with Image.open(path) as opened:
                picture = opened.convert("RGB")
            look = difference_hash(picture) if self._looks else b""
            if self._hash_of == "file":
                return ImageFacts(hashlib.blake2b(path.read_bytes(), digest_size=16).digest(), look)
            sides = b"%d,%d," % picture.size
            return ImageFacts(hashlib.blake2b(sides + picture.tobytes(), digest_size=16).digest(), look)


def _remember(cache: OrderedDict[Path, Any], path: Path, value: Any) -> Any:
    cache[path] = value
    if len(cache) > RECENT:
        cache.popitem(last=False)
    return value
