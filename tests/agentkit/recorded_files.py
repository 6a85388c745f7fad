"""Small items of the formats of data sets, as the published files hold them."""

from __future__ import annotations

import io
import json
from typing import Any

import numpy as np
from PIL import Image

from tfrecord_files import field


def png(seed: int, width: int = 40, height: int = 80) -> bytes:
    pixels = np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    return buffer.getvalue()


def node(bounds: tuple[int, int, int, int], **flags: int) -> bytes:
    numbers = {"clickable": 14, "visible": 23}
    rect = b"".join(field(side, value) for side, value in enumerate(bounds, 1) if value)
    return field(2, rect) + b"".join(field(numbers[name], value) for name, value in flags.items())


def forest(*nodes: bytes) -> bytes:
    return field(1, field(11, b"".join(field(1, one) for one in nodes)))


TREE = forest(
    node((0, 0, 40, 80), clickable=1, visible=1),
    node((0, 8, 20, 24), clickable=1, visible=1),
    node((2, 10, 8, 20), visible=1),
    node((2, 10, 8, 20), clickable=1),
)


def episode(number: int, actions: list[dict[str, Any]], **changes: Any) -> dict[str, Any]:
    shots = len(actions) + 1
    features: dict[str, Any] = {
        "episode_id": [number],
        "goal": ["Open the clock"],
        "screenshots": [png(100 * number + i) for i in range(shots)],
        "accessibility_trees": [TREE] * shots,
        "screenshot_widths": [40] * shots,
        "screenshot_heights": [80] * shots,
        "actions": [json.dumps(action) for action in actions],
        "step_instructions": [f"do {i}" for i in range(len(actions))],
    }
    return features | changes


AC_ACTIONS: list[dict[str, Any]] = [
    {"action_type": "open_app", "app_name": "Clock"},
    {"action_type": "click", "x": 4, "y": 16},
    {"action_type": "long_press", "x": 20, "y": 40},
    {"action_type": "scroll", "direction": "down"},
    {"action_type": "input_text", "text": "it's 7"},
    {"action_type": "navigate_back"},
    {"action_type": "navigate_home"},
    {"action_type": "wait"},
]
