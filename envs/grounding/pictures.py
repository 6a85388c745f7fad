"""Screenshots of a suite: found by name inside the data folder, measured by their header, decoded when shown."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from agentkit.errors import DataError
from envs.grounding.rows import Row


def load_image(path: str | Path) -> Image.Image:
    """The picture at `path` as RGB, fully decoded. DataError when it is missing or damaged."""
    try:
        with Image.open(path) as image:
            return image.convert("RGB")
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise DataError(f"cannot read image {path}: {error}") from error


class Pictures:
    """Finds the pictures that rows name. Bad ones are collected, so that one message can tell them all."""

    def __init__(self, root: Path, check: bool = True) -> None:
        """Without `check` a picture is opened only where the row does not state its size."""
        self.root, self.check = root, check
        self._sizes: dict[Path, tuple[int, int] | None] = {}
        self._bad: list[str] = []

    @property
    def count(self) -> int:
        return len(self._sizes)

    def find(
        self, row: Row, name: str, folders: tuple[str, ...], stated: tuple[int, int] | None
    ) -> tuple[Path, tuple[int, int]]:
        """Path and size (width, height) of the picture called `name` in the first of `folders` that has it.

        DataError when the name leaves the data folder or the picture contradicts the `stated` size. A picture that
        cannot be used is remembered for `refuse_bad`; its size is then (1, 1).
        """
        relative = Path(name)
        if relative.is_absolute() or ".." in relative.parts or "\0" in name:
            raise DataError(f"{row.where}: image name {name!r} leaves the data folder")
        candidates = [self.root / folder / relative for folder in folders]
        path = next((path for path in candidates if path.is_file()), candidates[0])
        if not self.check and stated is not None:
            self._sizes.setdefault(path, stated)
            return path, stated
        if path not in self._sizes:
            self._sizes[path] = self._measure(row, path)
        size = self._sizes[path]
        if size is not None and stated is not None and stated != size:
            raise DataError(f"{row.where}: the row states {list(stated)} pixels, but {path.name} measures {list(size)}")
        return path, size or (1, 1)

    def refuse_bad(self) -> None:
        """DataError that lists the pictures that could not be used, if there were any."""
        if self._bad:
            shown = "; ".join(self._bad[:5])
            raise DataError(f"{len(self._bad)} of {self.count} images cannot be used under {self.root}: {shown}")

    def _measure(self, row: Row, path: Path) -> tuple[int, int] | None:
        try:
            with Image.open(path) as opened:
                return opened.size
        except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
            why = f"unreadable: {error}" if path.exists() else "missing"
            self._bad.append(f"{row.where} {path.name} ({why})")
            return None
