"""ScreenSpot-Pro (arXiv 2504.07981): professional software on large screens, 26 annotation files.

Fields: `img_filename`, `bbox` x1, y1, x2, y2 in pixels, `img_size`, `instruction` (`instruction_cn` is not used), `id`,
`application`, `platform`, `ui_type` text or icon, `group`. The published number is the micro average.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from envs.grounding.pictures import Pictures
from envs.grounding.reader import Question, Reader
from envs.grounding.rows import find, json_rows
from envs.grounding.screenspot import question


def _questions(root: Path, pictures: Pictures) -> Iterator[Question]:
    for path in find(root, "screenspot-pro", "annotations/*.json"):
        yield from (question(row, pictures) for row in json_rows(path))


READER = Reader(
    _questions,
    "xyxy",
    "English",
    {
        "samples": 1581, "ui_type text": 977, "ui_type icon": 604, "group Creative": 341, "group Dev": 299,
        "group CAD": 261, "group Scientific": 254, "group Office": 230, "group OS": 196,
    },
)  # fmt: skip
