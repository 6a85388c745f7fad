"""ScreenSpot (SeeClick, arXiv 2401.10935) and ScreenSpot-v2 (OS-Atlas, arXiv 2410.23218).

| suite | files | images | box |
|---|---|---|---|
| screenspot | `screenspot_{mobile,desktop,web}.json` | `screenspot_imgs/` | x, y, width, height |
| screenspot-v2, OS-Copilot's original | `screenspot_{mobile,desktop,web}_v2.json` | `screenspotv2_image/` | the same |
| screenspot-v2, the variants copy | `annotations/{mobile,desktop,web}.json` | `images/` | x1, y1, x2, y2 |

Fields: `img_filename`, `bbox` in pixels, `instruction`, `data_type` (`ui_type` in the copy) text or icon,
`data_source`. UI-Venus reports the micro average.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from agentkit.errors import DataError
from envs.grounding.pictures import Pictures
from envs.grounding.reader import Question, Reader
from envs.grounding.rows import Row, find, json_rows

FOLDERS = ("images", "screenspotv2_image", "screenspot_imgs", "")
PLATFORMS = ("mobile", "desktop", "web")
SOURCE_PLATFORM = {
    "ios": "mobile", "android": "mobile", "windows": "desktop", "macos": "desktop",
    "shop": "web", "forum": "web", "tool": "web", "gitlab": "web",
}  # fmt: skip


def question(row: Row, pictures: Pictures) -> Question:
    """A row of the ScreenSpot family."""
    numbers = row.box("bbox")
    image, size = pictures.find(row, row.text("img_filename"), FOLDERS, row.size("img_size"))
    groups = {"platform": _platform(row), "ui_type": row.choice(("ui_type", "data_type"), ("text", "icon"))}
    groups |= {key: value for key, value in row.groups("group", "application", source="data_source").items() if value}
    return Question(row, image, size, row.text("instruction"), numbers, groups=groups)


def _first_version(root: Path, pictures: Pictures) -> Iterator[Question]:
    files = [
        path
        for path in find(root, "screenspot", "screenspot_*.json", "annotations/screenspot_*.json")
        if not path.stem.endswith("_v2")
    ]
    if not files:
        raise DataError(f"no annotation files of screenspot under {root}: those there are of screenspot-v2")
    for path in files:
        yield from (question(row, pictures) for row in json_rows(path))


def _second_version(root: Path, pictures: Pictures) -> Iterator[Question]:
    for path in find(root, "screenspot-v2", "screenspot_*_v2.json", "annotations/*.json"):
        yield from (question(row, pictures) for row in json_rows(path))


def _platform(row: Row) -> str:
    if row.raw.get("platform"):
        return str(row.raw["platform"])
    for platform in PLATFORMS:
        if platform in row.file.stem:
            return platform
    source = str(row.raw.get("data_source", ""))
    if source in SOURCE_PLATFORM:
        return SOURCE_PLATFORM[source]
    raise DataError(f"{row.where}: neither the row, the file name nor data_source {source!r} tells the platform")


READER = Reader(_first_version, "xywh", "English", {"samples": 1272})
READER_V2 = Reader(
    _second_version,
    None,
    "English",
    {
        "samples": 1272, "platform mobile": 501, "platform desktop": 334, "platform web": 437,
        "ui_type text": 718, "ui_type icon": 554,
    },
)  # fmt: skip
