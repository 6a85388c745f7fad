"""The tree that a command text becomes, and what is wrong with one that becomes none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from agentkit.errors import EnvError


class ShellSyntaxError(EnvError):
    """The text is not of the grammar of `syntax.py`."""


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
    operator: str = ""
    """What `${name OPERATOR word}` does: `:-` `-` `:=` `=` `:+` `+`, `#` `##` `%` `%%`, or "length" for `${#name}`."""
    word: Word = ()


@dataclass(frozen=True, slots=True)
class Substitution:
    script: Script
    quoted: bool


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """`$((...))`; the expression is read once its own expansions are done."""

    expression: Word
    quoted: bool


Part: TypeAlias = Literal | Variable | Substitution | Arithmetic
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
class While:
    condition: Script
    body: Script
    until: bool
    """Run while the condition fails, not while it holds."""
    redirects: tuple[Redirect, ...]


@dataclass(frozen=True, slots=True)
class Case:
    subject: Word
    branches: tuple[tuple[tuple[Word, ...], Script], ...]
    """(patterns, body)."""
    redirects: tuple[Redirect, ...]


@dataclass(frozen=True, slots=True)
class Condition:
    """`[[ ... ]]`: its words, with the operators `&& || ( ) < >` as plain literals; none is split or globbed."""

    words: tuple[Word, ...]
    redirects: tuple[Redirect, ...]


@dataclass(frozen=True, slots=True)
class Group:
    body: Script
    subshell: bool
    redirects: tuple[Redirect, ...]


Command: TypeAlias = Simple | If | For | While | Case | Condition | Group


@dataclass(frozen=True, slots=True)
class Pipeline:
    commands: tuple[Command, ...]
    negated: bool


@dataclass(frozen=True, slots=True)
class Script:
    """Pipelines in order, each with what must be true of `$?` for it to run: "&&", "||", or "" for always."""

    steps: tuple[tuple[str, Pipeline], ...]
