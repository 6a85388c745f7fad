"""OSWorld-G and OSWorld-G-Refined (Jedi, arXiv 2505.13227): the same 564 targets, asked for in two sets of words.

`benchmark/OSWorld-G.json` and `OSWorld-G_refined.json`: `id`, `image_path`, `image_size`, `instruction`, `GUI_types`,
`box_type` and `box_coordinates`: x, y, width, height of a `bbox`, a flat list x, y, x, y, ... of a `polygon`'s corners,
and four numbers without meaning (-1 or 0) of a `refusal`, where the right answer is to refuse. The five classes of the
paper are in `classification_result.json` (`{"classified": {class: [{"id": ...}, ...]}}`) and overlap. One refined
instruction is empty.

MAI-UI's conversion reads the 40 polygons as boxes and its scorer counts every refusal row as wrong; a score without the
54 refusals has another denominator (510). The card shows both.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from agentkit.errors import DataError, boundary
from envs.grounding.pictures import Pictures
from envs.grounding.reader import Question, Reader
from envs.grounding.rows import Row, find, json_rows

CLASSES = "classification_result.json"
FOLDERS = ("images", "benchmark/images", "")


def _original(root: Path, pictures: Pictures) -> Iterator[Question]:
    return _questions(root, pictures, "osworld-g", "OSWorld-G.json")


def _refined(root: Path, pictures: Pictures) -> Iterator[Question]:
    return _questions(root, pictures, "osworld-g-refined", "OSWorld-G_refined.json")


def _questions(root: Path, pictures: Pictures, suite: str, name: str) -> Iterator[Question]:
    path = find(root, suite, name, f"benchmark/{name}")[0]
    classes = _classes(path.with_name(CLASSES))
    for row in json_rows(path):
        image, size = pictures.find(row, row.text("image_path"), FOLDERS, row.size("image_size"))
        found = classes.get(row.id, ())
        kind = row.choice(("box_type",), ("bbox", "polygon", "refusal"))
        groups: dict[str, str | tuple[str, ...]] = {"target": kind} | ({"class": found} if found else {})
        text = row.text("instruction", empty=True)
        if kind == "refusal":
            _check_refusal(row)
            yield Question(row, image, size, text, (), "refusals", groups)
        elif kind == "polygon":
            yield Question(row, image, size, text, row.corners("box_coordinates"), "polygons", groups)
        else:
            yield Question(row, image, size, text, row.box("box_coordinates"), groups=groups)


def _check_refusal(row: Row) -> None:
    """A refusal that outlines something contradicts itself."""
    value = row.raw.get("box_coordinates") or []
    if not isinstance(value, list) or any(number not in (-1, 0) for number in value):
        raise DataError(f"{row.where}: a refusal must have no box (numbers -1 or 0), got {value!r}")


def _classes(path: Path) -> dict[str, tuple[str, ...]]:
    """id -> its classes; nothing where the file is not there."""
    if not path.is_file():
        return {}
    with boundary(DataError, f"{path}: expected {{'classified': {{class: [{{'id': ...}}]}}}}"):
        classified = json.loads(path.read_text(encoding="utf-8"))["classified"]
        found: dict[str, list[str]] = defaultdict(list)
        for name, rows in classified.items():
            for row in rows:
                found[str(row["id"] if isinstance(row, dict) else row)].append(name)
    return {key: tuple(dict.fromkeys(names)) for key, names in found.items()}


_PUBLISHED = {"samples": 564, "boxes": 470, "polygons": 40, "refusals": 54, "images": 251}
READER = Reader(_original, "xywh", "original", _PUBLISHED)
READER_REFINED = Reader(_refined, "xywh", "refined", _PUBLISHED)
