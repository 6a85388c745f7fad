"""VenusBench-GD (arXiv 2512.16501): 6166 questions in five kinds of grounding and one of refusing.

`instruction/{element,spatial,visual,reasoning,functional}_grounding.json` and `instruction/refusal_spatial.json`. The
fields are those that the released evaluator reads: `img_filename`, `bbox` x1, y1, x2, y2 in pixels, `instruction`
(`instruction_zh` is not used), and where given `platform`, `application`, `group`, `ui_type`; the size is the image's.
Every row of the refusal file is one without a target; the released evaluator leaves that to its command line. The
layout is taken from that evaluator and its README and has not been verified against the data itself, of which only the
total is known here. The published number is the micro average over English.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from envs.grounding.pictures import Pictures
from envs.grounding.reader import Question, Reader
from envs.grounding.rows import find_each, json_rows

KINDS = ("element", "spatial", "visual", "reasoning", "functional")
REFUSALS = "refusal_spatial"
FOLDERS = ("images", "")


def _questions(root: Path, pictures: Pictures) -> Iterator[Question]:
    names = (*(f"{kind}_grounding.json" for kind in KINDS), f"{REFUSALS}.json")
    for path in find_each(root, "venusbench-gd", names, ("instruction", "")):
        for row in json_rows(path):
            image, size = pictures.find(row, row.text("img_filename"), FOLDERS, None)
            refusal = path.stem == REFUSALS
            task = "refusal" if refusal else path.stem.removesuffix("_grounding")
            groups = {"task": task} | row.groups("platform", "application", "group", "ui_type")
            key = f"{path.stem}:{row.number}"
            text = row.text("instruction")
            if refusal:
                yield Question(row, image, size, text, (), "refusals", groups, key)
            else:
                yield Question(row, image, size, text, row.box("bbox"), groups=groups, id=key)


READER = Reader(_questions, "xyxy", "English", {"samples": 6166})
