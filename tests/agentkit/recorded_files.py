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


def node(bounds: tuple[int, int, int, int], text: str = "", **flags: int) -> bytes:
    numbers = {"clickable": 14, "visible": 23}
    rect = b"".join(field(side, value) for side, value in enumerate(bounds, 1) if value)
    said = field(7, text.encode()) if text else b""
    return field(2, rect) + said + b"".join(field(numbers[name], value) for name, value in flags.items())


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


def wild_step(key: str, number: int, length: int, kind: int, **changes: Any) -> dict[str, Any]:
    pixels = np.random.default_rng(number).integers(0, 256, (20, 10, 3), dtype=np.uint8)
    step: dict[str, Any] = {
        "episode_id": [key], "episode_length": [length], "step_id": [number], "goal_info": ["open clock"],
        "current_activity": ["com.clock/.Main"], "image/encoded": [pixels.tobytes()], "image/height": [20],
        "image/width": [10], "image/channels": [3],
        "image/ui_annotations_positions": [0.0, 0.0, 1.0, 1.0, 0.5, 0.25, 0.25, 0.5],
        "results/action_type": [kind], "results/type_action": [""],
        "results/yx_touch": [-1.0, -1.0], "results/yx_lift": [-1.0, -1.0],
    }  # fmt: skip
    return step | changes


def dual(y1: float, x1: float, y2: float, x2: float) -> dict[str, Any]:
    return {"results/yx_touch": [y1, x1], "results/yx_lift": [y2, x2]}


def zoo_step(number: int, length: int, kind: int, **changes: Any) -> dict[str, Any]:
    return {
        "episode_id": "5", "episode_length": length, "step_id": number, "instruction": "open clock",
        "ui_positions": "[[0, 0, 80, 40], [20, 10, 40, 20]]", "result_action_type": kind, "result_action_text": "",
        "result_touch_yx": "[-1.0, -1.0]", "result_lift_yx": "[-1.0, -1.0]",
        "image_path": f"general/G-5/G-5_{number}.png",
        "coat_action_think": "look", "coat_action_desc": "click it", "coat_action_result": "it opens",
    } | changes  # fmt: skip


def odyssey_step(action: str, info: Any = "", **changes: Any) -> dict[str, Any]:
    return {"action": action, "info": info, "screenshot": "a.png", "intention": "because", "sam2_bbox": []} | changes
