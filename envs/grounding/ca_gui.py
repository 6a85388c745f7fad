"""CA-GUI grounding (AgentCPM-GUI, arXiv 2506.01391): Chinese Android screens, point in box.

`cap.jsonl` (1500 descriptions of a function, "fun2point") and `ocr.jsonl` (1500 texts on screen, "text2point") hold
`image` (`grounding_eval/dataset/images/...`), `text`, `abs_position` "<x1, y1, x2, y2>" in pixels and `rel_position`,
the same as fractions, which together state the image's size. `id` is not unique, so samples are called by their row;
one row of ocr.jsonl has an empty text. The `task` in the rows (bbox2function, bbox2text) is the opposite direction's.
The text is the instruction as it is, without the words that AgentCPM-GUI's evaluators put around it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from agentkit.errors import DataError
from envs.grounding.pictures import Pictures
from envs.grounding.reader import Question, Reader
from envs.grounding.rows import Row, find_each, jsonl_rows

TASKS = {"cap.jsonl": ("fun2point", "bbox2function"), "ocr.jsonl": ("text2point", "bbox2text")}
PLACES = ("code", "", "grounding_eval/dataset/code", "eval/grounding_eval/dataset/code")
FOLDERS = ("images", "grounding_eval/dataset/images", "eval/grounding_eval/dataset/images")
_NUMBER = r"\s*(-?[0-9]{1,9}(?:\.[0-9]{1,20})?(?:e-[0-9]{1,2})?)\s*"
_POSITION = re.compile(rf"<{_NUMBER},{_NUMBER},{_NUMBER},{_NUMBER}>")


def _questions(root: Path, pictures: Pictures) -> Iterator[Question]:
    for path in find_each(root, "ca-gui", tuple(TASKS), PLACES):
        task, written = TASKS[path.name]
        for row in jsonl_rows(path):
            row.choice(("task",), (written,))
            box = _position(row, "abs_position")
            name = row.text("image").rpartition("images/")[2]
            image, size = pictures.find(row, name, FOLDERS, _stated_size(row, box))
            key = f"{path.stem}:{row.number}"
            yield Question(row, image, size, row.text("text", empty=True), box, groups={"task": task}, id=key)


def _position(row: Row, key: str) -> tuple[float, ...]:
    text = row.text(key)
    match = _POSITION.fullmatch(text.strip())
    if match is None:
        raise DataError(f"{row.where}: `{key}` must be '<x1, y1, x2, y2>', got {text[:80]!r}")
    return tuple(map(float, match.groups()))


def _stated_size(row: Row, box: tuple[float, ...]) -> tuple[int, int] | None:
    """The image's size: pixels over fractions, whole in the published rows. None where that does not come out even."""
    if "rel_position" not in row.raw:
        return None
    part = _position(row, "rel_position")
    if min(part[2], part[3]) <= 0:
        return None
    width, height = box[2] / part[2], box[3] / part[3]
    size = round(width), round(height)
    exact = abs(width - size[0]) < 0.05 and abs(height - size[1]) < 0.05
    return size if exact and min(size) > 0 else None


READER = Reader(
    _questions,
    "xyxy",
    "Chinese, the text alone",
    {"samples": 3000, "task fun2point": 1500, "task text2point": 1500},
    score_note="the published number is the mean of fun2point and text2point: here macro over task",
)
