"""A policy that says what it was told to: for demonstrations, for replays and for testing everything around it."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from agentkit.actions import Action
from agentkit.errors import DataError, PolicyError, boundary
from agentkit.protocols import PromptProtocol, get_protocol
from agentkit.types import Observation, Reply, Step

Line: TypeAlias = str | Action
"""A reply as the protocol's text, or just an action, which the protocol then words."""

Script: TypeAlias = Sequence[Line] | Callable[[str, Sequence[Step], Observation], Line]
"""Lines, the i-th for the i-th step of every episode, or a function that says the next line."""


class ScriptedPolicy:
    """Replies from a script. Keeps no state, so one serves any number of episodes at once."""

    def __init__(self, script: Script, protocol: PromptProtocol | str = "venus1_navi") -> None:
        self.script = script
        self.protocol = get_protocol(protocol) if isinstance(protocol, str) else protocol
        self.meta: dict[str, Any] = {"policy": "scripted", "protocol": self.protocol.name}

    def reply(self, goal: str, steps: Sequence[Step], observation: Observation) -> Reply:
        """The script's line for this step, parsed. PolicyError when the script is over."""
        if callable(self.script):
            line = self.script(goal, steps, observation)
        elif len(steps) < len(self.script):
            line = self.script[len(steps)]
        else:
            raise PolicyError(f"the script has {len(self.script)} lines; step {len(steps)} has none")
        with boundary(PolicyError, f"cannot word {line!r}"):
            size = self.protocol.budget.resize(observation.image.size)
            if not isinstance(line, str):
                return Reply(self.protocol.render(line, model_size=size), line)
        parsed = self.protocol.parse(line, size)
        return Reply(line, parsed.action, parsed.thought, parsed.conclusion)


def read_script(path: str | Path) -> list[str]:
    """The replies in a file: `.jsonl` holds a JSON string, or `{"text": ...}`, per line; others a reply per line."""
    try:
        lines = Path(path).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"cannot read the script {path}: {error}") from error
    lines = [line for line in lines if line.strip()]
    if Path(path).suffix != ".jsonl":
        return lines
    return [_json_line(path, number, line) for number, line in enumerate(lines, 1)]


def _json_line(path: str | Path, number: int, line: str) -> str:
    try:
        row = json.loads(line)
    except json.JSONDecodeError as error:
        raise DataError(f"{path} line {number} is not JSON: {error}") from error
    text = row.get("text") if isinstance(row, dict) else row
    if not isinstance(text, str):
        raise DataError(f"{path} line {number}: expected a string or an object with a string `text`, got {line[:80]}")
    return text
