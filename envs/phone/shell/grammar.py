"""The tree that a command text becomes, and what is wrong with one that becomes none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from agentkit.errors import EnvError


class ShellSyntaxError(EnvError):
    """The text is not of the grammar above."""


class IncompleteScript(ShellSyntaxError):
    """The text ends too early: a terminal reads on."""


@dataclass(frozen=True, slots=True)
class Literal:
    text: str
    quoted: bool
    """Quoted text is neither split nor a pattern."""


@dataclass(frozen=True, slots=True)
class Variable:
    name: str
    quoted: bool
    default: Word | None = None
    """The word of `${name:-word}`."""


@dataclass(frozen=True, slots=True)
class Substitution:
    script: Script
    quoted: bool


Part: TypeAlias = Literal | Variable | Substitution
Word: TypeAlias = tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Redirect:
    """`fd` goes to a file (`>`, `>>`, `<`) or to where another descriptor goes (`>&`, target a digit)."""

    fd: int
    kind: str
    target: Word


@dataclass(frozen=True, slots=True)
class Simple:
    assignments: tuple[tuple[str, Word], ...]
    words: tuple[Word, ...]
    redirects: tuple[Redirect, ...]


@dataclass(frozen=True, slots=True)
class If:
    branches: tuple[tuple[Script, Script], ...]
    """(condition, body) of `if` and each `elif`."""
    otherwise: Script | None
    redirects: tuple[Redirect, ...]


@dataclass(frozen=True, slots=True)
class For:
    name: str
    words: tuple[Word, ...]
    body: Script
    redirects: tuple[Redirect, ...]


@dataclass(frozen=True, slots=True)
class Group:
    body: Script
    subshell: bool
    redirects: tuple[Redirect, ...]


Command: TypeAlias = Simple | If | For | Group


@dataclass(frozen=True, slots=True)
class Pipeline:
    commands: tuple[Command, ...]
    negated: bool


@dataclass(frozen=True, slots=True)
class Script:
    """Pipelines in order, each with what must be true of `$?` for it to run: "&&", "||", or "" for always."""

    steps: tuple[tuple[str, Pipeline], ...]
