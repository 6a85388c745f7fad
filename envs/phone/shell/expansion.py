"""From words to arguments: substitution, field splitting and globbing."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from envs.phone.globbing import glob
from envs.phone.shell.arithmetic import evaluate
from envs.phone.shell.call import Input, Sink, Streams, decode
from envs.phone.shell.grammar import Arithmetic, Literal, Part, Substitution, Variable, Word

if TYPE_CHECKING:
    from envs.phone.shell.interpreter import Shell


MAX_TRIMMED = 4096


def expand_words(shell: Shell, words: Sequence[Word], streams: Streams) -> list[str]:
    """Fields of the words after substitution, splitting and globbing."""
    return [field for word in words for field in _fields(shell, word, streams)]


def _fields(shell: Shell, word: Word, streams: Streams) -> list[str]:
    fields: list[list[tuple[str, bool]]] = []  # a field is a list of (text, quoted)
    open_field = False
    if len(shell.positional) == 1 and any(isinstance(p, Variable) and p.name == "@" for p in word):
        word = tuple(p for p in word if p != Literal("", True))  # "$@" without arguments is no field at all
    for part in word:
        if isinstance(part, Variable) and part.name == "@" and part.quoted:
            pieces = [[(value, True)] for value in shell.positional[1:]]
        else:
            text, quoted = _part(shell, part, streams), part.quoted
            if quoted or isinstance(part, Literal):
                pieces = [[(text, quoted)]]
            else:
                open_field = open_field and not text[:1].isspace()
                pieces = [[(piece, False)] for piece in text.split()]
                if text[-1:].isspace():
                    pieces.append([])
        for n, piece in enumerate(pieces):
            if n or not open_field:
                fields.append([])
                open_field = True
            fields[-1].extend(piece)
        if fields and not fields[-1]:
            fields.pop()
            open_field = False
    return [name for field in fields for name in _globbed(shell, field)]


def _globbed(shell: Shell, field: list[tuple[str, bool]]) -> list[str]:
    text = "".join(piece for piece, _ in field)
    if not any(not quoted and re.search(r"[*?\[]", piece) for piece, quoted in field):
        return [text]
    pattern = "".join(_escaped(piece) if quoted else piece for piece, quoted in field)
    return glob(shell.phone.files, pattern, shell.cwd) or [text]


def _escaped(text: str) -> str:
    """A pattern that matches just this text."""
    return re.sub(r"([*?\[])", r"[\1]", text)


def expand_pattern(shell: Shell, word: Word, streams: Streams) -> str:
    """The word as a pattern for `fnmatch`: what is quoted in it stands for itself."""
    pieces = [(_part(shell, part, streams), part.quoted) for part in word]
    return "".join(_escaped(text) if quoted else text for text, quoted in pieces)


def expand_text(shell: Shell, word: Word, streams: Streams) -> str:
    """The word as one text, neither split nor globbed."""
    return "".join(_part(shell, part, streams) for part in word)


def _part(shell: Shell, part: Part, streams: Streams) -> str:
    text = _part_text(shell, part, streams)
    shell.budget.spend(len(text))
    return text


def _part_text(shell: Shell, part: Part, streams: Streams) -> str:
    if isinstance(part, Literal):
        return part.text
    if isinstance(part, Substitution):
        pipe = Sink(shell.budget)
        shell.status = shell.run_child(part.script, Streams(Input(), pipe, streams.err))
        return decode(pipe.value()).replace("\x00", "").rstrip("\n")
    if isinstance(part, Arithmetic):
        return str(evaluate(expand_text(shell, part.expression, streams), shell.variables))
    return _modified(shell, part, streams) if part.operator else _variable(shell, part.name)


def _modified(shell: Shell, part: Variable, streams: Streams) -> str:
    """`${name:-word}` and its kin. With a colon the empty text counts as unset."""
    value, operator = _variable(shell, part.name), part.operator
    if operator == "length":
        return str(len(shell.positional) - 1 if part.name in "@*" else len(value))
    if operator[0] in "#%":
        return _trimmed(value, expand_pattern(shell, part.word, streams), operator)
    unset = value == "" if operator[0] == ":" else not _is_set(shell, part.name)
    if operator[-1] == "+":
        return "" if unset else expand_text(shell, part.word, streams)
    if not unset:
        return value
    default = expand_text(shell, part.word, streams)
    if operator[-1] == "=":
        shell.variables[part.name] = default
    return default


def _trimmed(value: str, pattern: str, operator: str) -> str:
    """Without the prefix (`#`) or suffix (`%`) that matches; doubled, the longest one."""
    if len(value) > MAX_TRIMMED:
        raise ValueError(f"at most {MAX_TRIMMED} characters can be trimmed by a pattern, got {len(value)}")
    cuts = range(len(value) + 1)
    matches = re.compile(fnmatch.translate(pattern)).match
    if operator[0] == "#":
        cut = next((n for n in (reversed(cuts) if operator == "##" else cuts) if matches(value[:n])), 0)
        return value[cut:]
    cut = next((n for n in (cuts if operator == "%%" else reversed(cuts)) if matches(value[n:])), len(value))
    return value[:cut]


def _is_set(shell: Shell, name: str) -> bool:
    return (not name.isdigit() and (name in shell.variables or name in "?$#")) or bool(_variable(shell, name))


def _variable(shell: Shell, name: str) -> str:
    if name == "?":
        return str(shell.status)
    if name == "$":
        return str(4000 + shell.depth)
    if name == "#":
        return str(len(shell.positional) - 1)
    if name in "@*":
        return " ".join(shell.positional[1:])
    if name.isdigit():
        return shell.positional[int(name)] if int(name) < len(shell.positional) else ""
    return shell.variables.get(name, "")
