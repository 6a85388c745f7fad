"""Actions in words, for terminals and pages."""

from __future__ import annotations

from agentkit.actions import (
    CallUser,
    Click,
    DoubleClick,
    Drag,
    Finished,
    Hotkey,
    Hover,
    Launch,
    LongPress,
    Malformed,
    Parsed,
    Point,
    Scroll,
    Type,
    action_name,
)


def describe_action(action: Parsed, limit: int = 100) -> str:
    """One line, safe for a terminal: control characters become spaces, and what exceeds `limit` is cut."""
    return one_line(" ".join([action_name(action), *action_arguments(action)]), limit)


def one_line(text: str, limit: int = 100) -> str:
    """`text` without control characters (model text may hold terminal escapes), cut to `limit` characters."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text[: 4 * limit]).split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


def action_arguments(action: Parsed) -> list[str]:
    """The arguments of an action as a person reads them: places in percent of the screen, texts as they are."""
    match action:
        case Click(at) | LongPress(at) | Hover(at) | DoubleClick(at):
            return [_percent(at)]
        case Drag(start, end):
            return [f"{_percent(start)} → {_percent(end)}"]
        case Scroll(start, end, direction):
            between = f"{_percent(start)} → {_percent(end)}" if start is not None and end is not None else ""
            return [part for part in (between, direction) if part]
        case Type(said) | Launch(said) | CallUser(said) | Finished(said) | Malformed(said):
            return [said] if said else []
        case Hotkey(keys):
            return [" + ".join(keys)]
    return []


def _percent(point: Point) -> str:
    return f"{100 * point.x:.1f} %, {100 * point.y:.1f} %"
