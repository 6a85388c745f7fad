"""The right answer of a row as one line of text, and scoring a reply against it. Needs no model library."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from agentkit.actions import Box, Malformed, Refusal
from agentkit.codec import decode_action, encode_action
from agentkit.errors import DataError
from agentkit.frames import Size
from agentkit.protocols import PromptProtocol, get_protocol
from rft.rewards import Gold, Reward, get_reward

VERSION = 1


def write_truth(gold: Gold) -> str:
    """`gold`, which must know its `model_size`, as JSON text."""
    assert gold.model_size is not None
    out: dict[str, Any] = {"version": VERSION, "model_size": gold.model_size, "aspect": gold.aspect}
    if gold.box is not None:
        out["box"] = _corners(gold.box)
    elif gold.action is not None:
        out["action"] = encode_action(gold.action)
    else:
        out["refusal"] = True
    if gold.size is not None:
        out["size"] = gold.size
    if gold.boxes:
        out["boxes"] = [_corners(box) for box in gold.boxes]
    return json.dumps(out, ensure_ascii=False)


def read_truth(text: str) -> Gold:
    """What `write_truth` wrote. Raises DataError."""
    try:
        raw = json.loads(text)
        if raw["version"] != VERSION:
            raise ValueError(f"expected version {VERSION}, got {raw['version']!r}")
        action = decode_action(raw["action"]) if "action" in raw else None
        if isinstance(action, (Refusal, Malformed)):
            raise ValueError(f"expected something a device can do, got {action!r}")
        return Gold(
            box=Box(*raw["box"]) if "box" in raw else None,
            action=action,
            refusal=raw.get("refusal", False),
            aspect=raw["aspect"],
            boxes=tuple(Box(*corners) for corners in raw.get("boxes", ())),
            size=Size(*raw["size"]) if "size" in raw else None,
            model_size=Size(*raw["model_size"]),
        )
    except (ValueError, TypeError, KeyError) as error:
        raise DataError(f"not a ground truth of Glint: {type(error).__name__}: {error}; got {text[:200]!r}") from error


def _corners(box: Box) -> list[float]:
    return [box.x1, box.y1, box.x2, box.y2]


@dataclass(frozen=True)
class TextScorer:
    """A reward under a protocol, from texts alone."""

    protocol: PromptProtocol
    reward: Reward

    @classmethod
    def named(
        cls, protocol: str, reward: str, protocol_args: dict[str, Any] | None = None,
        reward_args: dict[str, Any] | None = None,
    ) -> TextScorer:  # fmt: skip
        """Both by name. Raises ConfigError."""
        return cls(get_protocol(protocol, **(protocol_args or {})), get_reward(reward, **(reward_args or {})))

    def __call__(self, text: str, truth: str) -> dict[str, float]:
        """The reward's terms, `total` and `correct` for the reply `text`. DataError when `truth` is not ours."""
        gold = read_truth(truth)
        assert gold.model_size is not None
        return self.reward(self.protocol.parse(text, gold.model_size), text, gold)
