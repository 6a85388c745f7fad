"""Read the ScreenSpot suites as they are published: ScreenSpot, ScreenSpot-v2 (two copies) and ScreenSpot-Pro.

| suite | files | images | box |
|---|---|---|---|
| screenspot (SeeClick) | `screenspot_{mobile,desktop,web}.json` | `screenspot_imgs/` | x, y, w, h |
| screenspot-v2 (OS-Copilot) | `screenspot_{mobile,desktop,web}_v2.json` | `screenspotv2_image/` | x, y, w, h |
| screenspot-v2 (variants copy) | `annotations/{mobile,desktop,web}.json` | `images/` | x1, y1, x2, y2 |
| screenspot-pro | `annotations/*.json` | `images/` | x1, y1, x2, y2 |

The two copies of v2 disagree about the box, so its format is proved from the rows: a second corner left of or above
the first can only be a width and height; a width that leaves the image can only be a second corner. Rows that prove
both make the file unusable, and that is an error: a score over it would mean nothing.
"""

from __future__ import annotations

import json
import math
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias, cast, get_args

from PIL import Image, UnidentifiedImageError

from agentkit.actions import Box
from agentkit.errors import ConfigError, DataError, boundary
from agentkit.scoring import GroundingSample

SuiteName: TypeAlias = Literal["screenspot", "screenspot-v2", "screenspot-pro"]
BoxFormat: TypeAlias = Literal["xywh", "xyxy"]

PUBLISHED_SIZE: dict[SuiteName, int] = {"screenspot": 1272, "screenspot-v2": 1272, "screenspot-pro": 1581}
SOURCE_PLATFORM = {
    "ios": "mobile", "android": "mobile", "windows": "desktop", "macos": "desktop",
    "shop": "web", "forum": "web", "tool": "web", "gitlab": "web",
}  # fmt: skip
SLACK = 0.02
"""How far a published box may leave its image, as a fraction of the side, and be clamped to it. No click can fall
outside of the image, so clamping changes no score; a larger overshoot means a wrong image or format."""


@dataclass(frozen=True, slots=True)
class Suite:
    """A loaded suite, ready to be scored."""

    name: SuiteName
    samples: tuple[GroundingSample, ...]
    box_format: BoxFormat
    notes: tuple[str, ...]
    """How it was read, for people: files, format and its proof, clamped boxes, size against the published one."""

    def subset(self, limit: int, seed: int = 0) -> Suite:
        """`limit` samples drawn without replacement, in suite order; all of them when `limit` is 0 or too large."""
        if limit < 0:
            raise ConfigError(f"limit must be >= 0, got {limit}")
        if not limit or limit >= len(self.samples):
            return self
        picks = sorted(random.Random(seed).sample(range(len(self.samples)), limit))
        note = f"subset of {limit} of {len(self.samples)} samples, seed {seed}: not comparable with published scores"
        return Suite(self.name, tuple(self.samples[i] for i in picks), self.box_format, (*self.notes, note))


@dataclass(frozen=True, slots=True)
class _Row:
    """One row with its four numbers still unread."""

    where: str
    """`file:row` for messages; rows count from 0, as in the JSON list."""
    id: str
    image: Path
    size: tuple[int, int]
    numbers: tuple[float, float, float, float]
    instruction: str
    groups: Mapping[str, str]


def load_suite(name: str, data_dir: str | Path, box_format: str | None = None) -> Suite:
    """Read the suite called `name` under `data_dir`; `box_format` overrules what the rows prove.

    Raises DataError with file and row when a file, row, box or image is not what the suite's format says, and
    ConfigError for an unknown suite or format.
    """
    if name not in PUBLISHED_SIZE:
        raise ConfigError(f"unknown suite {name!r}, expected one of {', '.join(PUBLISHED_SIZE)}")
    if box_format is not None and box_format not in get_args(BoxFormat):
        raise ConfigError(f"box format must be one of {get_args(BoxFormat)}, got {box_format!r}")
    root = Path(data_dir)
    name = cast(SuiteName, name)
    files = _annotation_files(root, name)
    rows = [row for path in files for row in _read_rows(path, root, name)]
    if not rows:
        raise DataError(f"{root}: the annotation files of {name} hold no rows")
    _refuse_twins(rows)
    found, proof = (cast(BoxFormat, box_format), "forced by the caller") if box_format else _prove_format(rows, name)
    clamped, samples = 0, []
    for row in rows:
        box, outside = _fraction_box(row, found, slack=math.inf if box_format else SLACK)
        clamped += outside
        samples.append(GroundingSample(row.id, str(row.image), row.instruction, box, row.groups))
    notes = [f"{len(samples)} samples from {', '.join(path.name for path in files)}", f"boxes are {found}: {proof}"]
    if clamped:
        notes.append(f"{clamped} boxes reach past their image and were clamped to it")
    if len(samples) != PUBLISHED_SIZE[name]:
        notes.append(f"the published suite has {PUBLISHED_SIZE[name]} samples, this copy {len(samples)}")
    return Suite(name, tuple(samples), found, tuple(notes))


def load_image(path: str | Path) -> Image.Image:
    """The picture at `path` as RGB, fully decoded. DataError when it is missing or damaged."""
    try:
        with Image.open(path) as image:
            return image.convert("RGB")
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise DataError(f"cannot read image {path}: {error}") from error


def _annotation_files(root: Path, name: SuiteName) -> list[Path]:
    if not root.is_dir():
        raise DataError(f"{root} is not a directory; expected the unpacked {name} data")
    patterns = {
        "screenspot": ("screenspot_*.json", "annotations/screenspot_*.json"),
        "screenspot-v2": ("screenspot_*_v2.json", "annotations/*.json"),
        "screenspot-pro": ("annotations/*.json",),
    }[name]
    for pattern in patterns:
        files = sorted(root.glob(pattern))
        if name == "screenspot":
            files = [path for path in files if not path.stem.endswith("_v2")]
        if files:
            return files
    raise DataError(f"no annotation files of {name} under {root}; looked for {' and '.join(patterns)}")


def _read_rows(path: Path, root: Path, name: SuiteName) -> Iterator[_Row]:
    with boundary(DataError, f"cannot read {path}"):
        data = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(data, list):
        raise DataError(f"{path}: expected a list of rows, got {type(data).__name__}")
    sizes: dict[Path, tuple[int, int]] = {}
    bad: list[str] = []
    rows: list[_Row] = []
    for number, raw in enumerate(data):
        where = f"{path.name}:{number}"
        if not isinstance(raw, dict):
            raise DataError(f"{where}: expected an object, got {type(raw).__name__}")
        image = _image_path(root, _text(raw, "img_filename", where))
        if image not in sizes:
            try:
                with Image.open(image) as opened:
                    sizes[image] = opened.size
            except (OSError, SyntaxError, UnidentifiedImageError, Image.DecompressionBombError) as error:
                sizes[image] = (0, 0)
                bad.append(f"{where} {image.name} ({'missing' if not image.exists() else f'unreadable: {error}'})")
        if sizes[image] != (0, 0):
            rows.append(_row(raw, where, path, name, image, sizes[image]))
    if bad:
        shown = "; ".join(bad[:5])
        raise DataError(f"{path}: {len(bad)} of {len(sizes)} images cannot be used under {root}: {shown}")
    yield from rows


def _row(raw: dict[str, Any], where: str, path: Path, name: SuiteName, image: Path, size: tuple[int, int]) -> _Row:
    numbers = raw.get("bbox")
    if not (isinstance(numbers, list) and len(numbers) == 4 and all(_is_number(n) for n in numbers)):
        raise DataError(f"{where}: `bbox` must be four numbers in pixels, got {numbers!r}")
    declared = raw.get("img_size")
    if declared is not None and declared != list(size):
        raise DataError(f"{where}: `img_size` says {declared}, but {image.name} measures {list(size)}")
    kind = raw.get("ui_type", raw.get("data_type"))
    if kind not in ("text", "icon"):
        raise DataError(f"{where}: `ui_type` or `data_type` must be 'text' or 'icon', got {kind!r}")
    groups = {"platform": _platform(raw, path, where), "ui_type": kind}
    groups |= {key: str(raw[key]) for key in ("group", "application") if raw.get(key)}
    if raw.get("data_source"):
        groups["source"] = str(raw["data_source"])
    own_id = raw.get("id")
    key = where.replace(path.name, path.stem, 1) if own_id is None else str(own_id)
    return _Row(where, key, image, size, tuple(numbers), _text(raw, "instruction", where), groups)


def _platform(raw: Mapping[str, Any], path: Path, where: str) -> str:
    if raw.get("platform"):
        return str(raw["platform"])
    for platform in ("mobile", "desktop", "web"):
        if platform in path.stem:
            return platform
    source = str(raw.get("data_source", ""))
    if source in SOURCE_PLATFORM:
        return SOURCE_PLATFORM[source]
    raise DataError(f"{where}: neither the row, the file name nor data_source {source!r} tells the platform")


def _image_path(root: Path, filename: str) -> Path:
    """Where the suite keeps `filename`; the first candidate when it is nowhere. Names cannot leave the data folder."""
    relative = Path(filename)
    if relative.is_absolute() or ".." in relative.parts:
        raise DataError(f"image name {filename!r} leaves the data folder")
    folders = ("images", "screenspotv2_image", "screenspot_imgs", "")
    candidates = [root / folder / relative for folder in folders]
    return next((path for path in candidates if path.is_file()), candidates[0])


def _prove_format(rows: Sequence[_Row], name: SuiteName) -> tuple[BoxFormat, str]:
    """The format that the rows agree on, and why. DataError when they contradict each other or prove nothing."""
    size_rows, corner_rows = [], []
    for row in rows:
        x, y, a, b = row.numbers
        width, height = row.size
        no_corners = a < x or b < y
        no_size = x + a > width * (1 + SLACK) or y + b > height * (1 + SLACK)
        if no_corners and no_size:
            raise DataError(f"{row.where}: bbox {list(row.numbers)} leaves its {width}x{height} image in either format")
        if no_corners:
            size_rows.append(row.where)
        if no_size:
            corner_rows.append(row.where)
    if size_rows and corner_rows:
        raise DataError(
            f"the rows contradict each other: {len(size_rows)} can only be x, y, width, height "
            f"({', '.join(size_rows[:4])}) and {len(corner_rows)} can only be two corners "
            f"({', '.join(corner_rows[:4])}); a mixed file cannot be scored (--box-format overrules)"
        )
    published: dict[str, BoxFormat] = {"screenspot": "xywh", "screenspot-pro": "xyxy"}
    expected = published.get(name)
    found: BoxFormat | None = "xywh" if size_rows else "xyxy" if corner_rows else expected
    if found is None:
        raise DataError("no row proves whether boxes are x, y, w, h or two corners; say which with --box-format")
    if expected and found != expected:
        raise DataError(
            f"{name} is published as {expected}, but {(size_rows or corner_rows)[0]} can only be {found}; "
            f"is this another suite? --box-format {found} overrules"
        )
    proving = len(size_rows or corner_rows)
    return found, f"proved by {proving} of {len(rows)} rows" if proving else "as published; no row says otherwise"


def _fraction_box(row: _Row, box_format: BoxFormat, slack: float) -> tuple[Box, bool]:
    """The row's box as fractions, and whether it had to be clamped; it may leave its image by `slack` of the side."""
    x1, y1, a, b = row.numbers
    x2, y2 = (x1 + a, y1 + b) if box_format == "xywh" else (a, b)
    width, height = row.size
    if x2 <= x1 or y2 <= y1:
        raise DataError(f"{row.where}: bbox {list(row.numbers)} read as {box_format} is empty")
    what = f"{row.where}: bbox {list(row.numbers)} read as {box_format}"
    if min(x1 / width, y1 / height) < -slack or max(x2 / width, y2 / height) > 1 + slack:
        raise DataError(f"{what} leaves its {width}x{height} image {row.image.name}")
    box = Box(*(min(1.0, max(0.0, v)) for v in (x1 / width, y1 / height, x2 / width, y2 / height)))
    if box.x1 == box.x2 or box.y1 == box.y2:
        raise DataError(f"{what} lies outside of its {width}x{height} image {row.image.name}")
    return box, x1 < 0 or y1 < 0 or x2 > width or y2 > height


def _refuse_twins(rows: Sequence[_Row]) -> None:
    seen: dict[str, str] = {}
    for row in rows:
        if row.id in seen:
            raise DataError(f"{row.where} and {seen[row.id]} share the id {row.id!r}; ids must be unique")
        seen[row.id] = row.where


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _text(raw: Mapping[str, Any], key: str, where: str) -> str:
    value = raw.get(key)
    if not isinstance(value, str) or not value.strip():
        raise DataError(f"{where}: `{key}` must be a non-empty string, got {value!r}")
    return value
