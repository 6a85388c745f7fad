"""MMBench-GUI L2, element grounding (arXiv 2507.19478): six platforms, basic and advanced instructions.

`L2_annotations.json`: `image_path` inside of `offline_images/{platform}/`, `image_size`, `bbox` x1, y1, x2, y2 as
fractions, `instruction`, `index`, `app_name`, `platform` (`os_windows`, ...), `data_type` text or icon,
`grounding_type` basic or advanced. Samples are called by their row.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from agentkit.errors import DataError
from envs.grounding.pictures import Pictures
from envs.grounding.reader import Question, Reader
from envs.grounding.rows import Row, find, json_rows

NAME = "L2_annotations.json"
_PARENTS = ("", "MMBench-GUI-OfflineImages/", "MMBench-GUI/", "MMBench-GUI/MMBench-GUI-OfflineImages/")
FOLDERS = tuple(f"{parent}offline_images" for parent in _PARENTS)


def _questions(root: Path, pictures: Pictures) -> Iterator[Question]:
    for row in json_rows(find(root, "mmbench-gui-l2", NAME, f"MMBench-GUI/{NAME}")[0]):
        platform = row.text("platform")
        name = f"{platform}/{row.text('image_path')}"
        image, size = pictures.find(row, name, FOLDERS, row.size("image_size"))
        groups = {
            "level": row.choice(("grounding_type",), ("basic", "advanced")),
            "platform": platform,
            "ui_type": row.choice(("data_type",), ("text", "icon")),
        } | row.groups(application="app_name")
        key = f"{row.file.stem}:{row.number}"
        yield Question(row, image, size, row.text("instruction"), _fractions(row), groups=groups, id=key)


def _fractions(row: Row) -> tuple[float, ...]:
    box = row.box("bbox")
    if max(box) > 2:  # more than any rounding: these are pixels
        raise DataError(f"{row.where}: `bbox` must be four fractions of the image, got {list(box)}")
    return box


READER = Reader(
    _questions,
    "xyxy",
    "English",
    {"samples": 3594, "level basic": 1787, "level advanced": 1807},
    fractions=True,
    score_note="published per level (basic, advanced), and as the micro average",
)
