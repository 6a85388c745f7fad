"""UI-Vision element grounding (arXiv 2503.15661): three files, each reported, and the mean of the three.

Fields: `image_path`, `image_size`, `prompt_to_evaluate`, `bbox` x1, y1, x2, y2 in pixels, `platform` (here the name of
the application), `category`, `element_type` text or icon. Rows have no id. One box of the spatial file has no area.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from envs.grounding.pictures import Pictures
from envs.grounding.reader import Question, Reader
from envs.grounding.rows import find_each, json_rows

SETTINGS = ("basic", "functional", "spatial")
FOLDERS = ("images", "")
PLACES = ("annotations/element_grounding", "element_grounding", "annotations", "")


def _questions(root: Path, pictures: Pictures) -> Iterator[Question]:
    names = tuple(f"element_grounding_{setting}.json" for setting in SETTINGS)
    for setting, path in zip(SETTINGS, find_each(root, "ui-vision", names, PLACES), strict=True):
        for row in json_rows(path):
            image, size = pictures.find(row, row.text("image_path"), FOLDERS, row.size("image_size"))
            groups = {"setting": setting, "ui_type": row.choice(("element_type",), ("text", "icon"))}
            groups |= row.groups("category", application="platform")
            yield Question(row, image, size, row.text("prompt_to_evaluate"), row.box("bbox"), groups=groups)


READER = Reader(
    _questions,
    "xyxy",
    "English",
    {"samples": 5479, "setting basic": 1772, "setting functional": 1772, "setting spatial": 1935},
    flat_boxes=True,
    score_note="the published number is the mean of basic, functional and spatial: here macro over setting",
)
