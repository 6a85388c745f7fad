"""What an action says."""

from __future__ import annotations

from agentkit.actions import CallUser, Finished, Launch, Parsed, Type


def text_of(action: Parsed) -> str | None:
    """The text, app or message of a call that has one."""
    match action:
        case Type(text=text) | Launch(app=text) | CallUser(content=text) | Finished(content=text):
            return text
    return None


def either_contains(said: str, want: str) -> bool:
    """Whether one text, lower-cased and trimmed, is part of the other. The empty text is part of every text."""
    said, want = said.lower().strip(), want.lower().strip()
    return said in want or want in said
