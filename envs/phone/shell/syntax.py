"""The grammar of the phone's shell: text in, a small tree out.

A subset of POSIX sh: quotes, escapes, `$X`, `${X}`, `${X:-word}`, `$(...)`, backticks, pipes, `&&`, `||`, `!`, `;`,
newlines, redirections, `if`, `for`, `{ }`, `( )` and assignments. What is left out (`while`, `case`, functions, here
documents, arithmetic) is a ShellSyntaxError that names it, never a silent misreading.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TypeAlias

from agentkit.errors import EnvError

NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)
SPECIAL = "?$#@*!0123456789"
RESERVED = frozenset({"if", "then", "elif", "else", "fi", "for", "do", "done", "{", "}", "!"})
LEFT_OUT = frozenset({"while", "until", "case", "function", "select", "[["})
MAX_NESTING = 64


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


def parse(text: str) -> Script:
    """The tree of a whole command text. Raises ShellSyntaxError."""
    parser = _Parser(text)
    script = parser.script(frozenset())
    if parser.at < len(text):
        raise parser.unexpected()
    return script


class _Parser:
    def __init__(self, text: str, depth: int = 0) -> None:
        if depth > MAX_NESTING:
            raise ShellSyntaxError(f"syntax error: nested deeper than {MAX_NESTING}")
        self.text, self.at, self.depth = text, 0, depth

    # -- tokens -------------------------------------------------------------------------------------------------------

    def skip_blanks(self, newlines: bool = False) -> None:
        while self.at < len(self.text):
            c = self.text[self.at]
            if c in " \t\r" or (newlines and c == "\n"):
                self.at += 1
            elif self.text.startswith("\\\n", self.at):
                self.at += 2
            elif c == "#":
                end = self.text.find("\n", self.at)
                self.at = len(self.text) if end < 0 else end
            else:
                return

    def operator(self) -> str:
        """The operator at the cursor, empty for none."""
        for token in ("&&", "||", ";;", ";", "&", "|", "(", ")", "\n"):
            if self.text.startswith(token, self.at):
                return token
        return ""

    def keyword(self) -> str:
        """The plain word at the cursor, without consuming it; empty when it is quoted or no word."""
        match = re.compile(r"[^\s;&|<>()\\'\"$`]+").match(self.text, self.at)
        if match is None:
            return ""
        ends = match.end() == len(self.text) or self.text[match.end()] in " \t\r\n;&|<>()"
        return match.group() if ends else ""

    def expect(self, word: str) -> None:
        self.skip_blanks(newlines=True)
        if self.keyword() != word:
            raise self.unexpected(f"expected {word!r}")
        self.at += len(word)

    def unexpected(self, more: str = "") -> ShellSyntaxError:
        what = self.operator() or self.keyword() or self.text[self.at : self.at + 1]
        shown = {"": "end of file", "\n": "newline"}.get(what, what)
        kind = ShellSyntaxError if what else IncompleteScript
        return kind(f"syntax error: unexpected '{shown}'" + (f", {more}" if more else ""))

    # -- lists --------------------------------------------------------------------------------------------------------

    def script(self, stops: frozenset[str]) -> Script:
        """Steps up to one of the keywords in `stops`, a closing parenthesis or the end, none of which is consumed."""
        self.depth += 1
        if self.depth > MAX_NESTING:
            raise ShellSyntaxError(f"syntax error: nested deeper than {MAX_NESTING}")
        steps: list[tuple[str, Pipeline]] = []
        joint = ""
        while True:
            self.skip_blanks(newlines=True)
            at_end = self.at >= len(self.text) or self.operator() == ")" or self.keyword() in stops
            if at_end:
                if joint:
                    raise self.unexpected()
                self.depth -= 1
                return Script(tuple(steps))
            steps.append((joint, self.pipeline()))
            self.skip_blanks()
            operator = self.operator()
            joint = operator if operator in ("&&", "||") else ""
            if operator in ("&&", "||", ";", "\n", "&"):
                self.at += len(operator)
            elif operator != ")" and self.at < len(self.text):
                raise self.unexpected()

    def pipeline(self) -> Pipeline:
        negated = False
        while self.keyword() == "!":
            self.at += 1
            negated = not negated
            self.skip_blanks()
        commands = [self.command()]
        self.skip_blanks()
        while self.operator() == "|":
            self.at += 1
            self.skip_blanks(newlines=True)
            commands.append(self.command())
            self.skip_blanks()
        return Pipeline(tuple(commands), negated)

    # -- commands -----------------------------------------------------------------------------------------------------

    def command(self) -> Command:
        keyword = self.keyword()
        if keyword in LEFT_OUT:
            raise ShellSyntaxError(f"syntax error: '{keyword}' is not supported by the phone's shell")
        if self.operator() == "(":
            self.at += 1
            body = self.script(frozenset())
            if self.operator() != ")":
                raise self.unexpected("expected ')'")
            self.at += 1
            return Group(body, True, self.redirects())
        if keyword == "{":
            self.at += 1
            body = self.script(frozenset({"}"}))
            self.expect("}")
            return Group(body, False, self.redirects())
        if keyword == "if":
            return self.if_command()
        if keyword == "for":
            return self.for_command()
        if keyword in RESERVED:
            raise self.unexpected()
        return self.simple()

    def if_command(self) -> If:
        branches: list[tuple[Script, Script]] = []
        otherwise = None
        opening = "if"
        while opening in ("if", "elif"):
            self.at += len(opening)
            condition = self.script(frozenset({"then"}))
            self.expect("then")
            branches.append((condition, self.script(frozenset({"elif", "else", "fi"}))))
            opening = self.keyword()
        if opening == "else":
            self.at += len("else")
            otherwise = self.script(frozenset({"fi"}))
        self.expect("fi")
        return If(tuple(branches), otherwise, self.redirects())

    def for_command(self) -> For:
        self.at += len("for")
        self.skip_blanks()
        match = NAME.match(self.text, self.at)
        if match is None:
            raise self.unexpected("expected a name after 'for'")
        self.at = match.end()
        self.skip_blanks(newlines=True)
        words: list[Word] = [(Variable("@", True),)]
        if self.keyword() == "in":
            self.at += len("in")
            self.skip_blanks()
            words = []
            while not self.operator() and self.at < len(self.text):
                words.append(self.word())
                self.skip_blanks()
        if self.operator() == ";":
            self.at += 1
        self.expect("do")
        body = self.script(frozenset({"done"}))
        self.expect("done")
        return For(match.group(), tuple(words), body, self.redirects())

    def simple(self) -> Simple:
        assignments: list[tuple[str, Word]] = []
        words: list[Word] = []
        redirects: list[Redirect] = []
        while True:
            self.skip_blanks()
            redirect = self.redirect()
            if redirect is not None:
                redirects.extend(redirect)
                continue
            if self.at >= len(self.text) or self.operator():
                break
            name = NAME.match(self.text, self.at)
            if not words and name is not None and self.text.startswith("=", name.end()):
                self.at = name.end() + 1
                ends = self.at >= len(self.text) or self.text[self.at] in " \t\r\n;&|<>()"
                assignments.append((name.group(), () if ends else self.word()))
            else:
                words.append(self.word())
        if not (assignments or words or redirects):
            raise self.unexpected()
        return Simple(tuple(assignments), tuple(words), tuple(redirects))

    def redirects(self) -> tuple[Redirect, ...]:
        found: list[Redirect] = []
        while True:
            self.skip_blanks()
            redirect = self.redirect()
            if redirect is None:
                return tuple(found)
            found.extend(redirect)

    def redirect(self) -> list[Redirect] | None:
        match = re.compile(r"(\d?)(>>|>&|>\||<<|<&|<|>)|(&)(>>|>)").match(self.text, self.at)
        if match is None:
            return None
        self.at = match.end()
        kind = (match[2] or match[4]).replace(">|", ">")
        if kind in ("<<", "<&"):
            raise ShellSyntaxError(f"syntax error: '{kind}' is not supported by the phone's shell")
        self.skip_blanks()
        if self.at >= len(self.text) or self.operator():
            raise self.unexpected("expected a file name")
        target = self.word()
        if match[3]:
            return [Redirect(1, kind, target), Redirect(2, ">&", (Literal("1", True),))]
        return [Redirect(int(match[1]) if match[1] else int(kind != "<"), kind, target)]

    # -- words --------------------------------------------------------------------------------------------------------

    def word(self) -> Word:
        parts: list[Part] = []
        plain: list[str] = []

        def flush() -> None:
            if plain:
                parts.append(Literal("".join(plain), False))
                plain.clear()

        while self.at < len(self.text) and self.text[self.at] not in " \t\r\n;&|<>()":
            c = self.text[self.at]
            if c == "'":
                end = self.text.find("'", self.at + 1)
                if end < 0:
                    raise IncompleteScript("syntax error: no closing quote")
                flush()
                parts.append(Literal(self.text[self.at + 1 : end], True))
                self.at = end + 1
            elif c == '"':
                flush()
                self.at += 1
                parts.extend(self.double_quoted())
            elif c == "\\":
                flush()
                escaped = self.text[self.at + 1 : self.at + 2]
                self.at += 2
                if escaped != "\n":
                    parts.append(Literal(escaped or "\\", True))
            elif c in "$`":
                special = self.expansion(quoted=False)
                if isinstance(special, str):
                    plain.append(special)
                else:
                    flush()
                    parts.append(special)
            else:
                plain.append(c)
                self.at += 1
        flush()
        return tuple(parts)

    def double_quoted(self) -> list[Part]:
        parts: list[Part] = [Literal("", True)]
        text: list[str] = []
        while True:
            if self.at >= len(self.text):
                raise IncompleteScript("syntax error: no closing quote")
            c = self.text[self.at]
            if c == '"':
                self.at += 1
                parts.append(Literal("".join(text), True))
                return parts
            if c == "\\" and self.text[self.at + 1 : self.at + 2] in tuple('$`"\\\n'):
                escaped = self.text[self.at + 1]
                text.append("" if escaped == "\n" else escaped)
                self.at += 2
            elif c in "$`":
                special = self.expansion(quoted=True)
                if isinstance(special, str):
                    text.append(special)
                else:
                    parts += [Literal("".join(text), True), special]
                    text.clear()
            else:
                text.append(c)
                self.at += 1

    def expansion(self, quoted: bool) -> Part | str:
        """What begins at a dollar sign or backtick; the text itself when it is no expansion."""
        if self.text[self.at] == "`":
            return self.backticks(quoted)
        after = self.text[self.at + 1 : self.at + 2]
        if self.text.startswith("$((", self.at):
            raise ShellSyntaxError("syntax error: '$((' is not supported by the phone's shell")
        if after == "(":
            inner = _Parser(self.text, self.depth + 1)
            inner.at = self.at + 2
            script = inner.script(frozenset())
            if inner.operator() != ")":
                raise IncompleteScript("syntax error: no closing ')'")
            self.at = inner.at + 1
            return Substitution(script, quoted)
        if after == "{":
            return self.braced(quoted)
        name = NAME.match(self.text, self.at + 1)
        if name is not None:
            self.at = name.end()
            return Variable(name.group(), quoted)
        if after and after in SPECIAL:
            self.at += 2
            return Variable(after, quoted)
        self.at += 1
        return "$"

    def braced(self, quoted: bool) -> Part:
        match = re.compile(r"\$\{(\w+|[?$#@*!])(:-|\})", re.ASCII).match(self.text, self.at)
        if match is None:
            raise ShellSyntaxError(f"{self.text[self.at : self.at + 20]}: bad substitution")
        self.at = match.end()
        if match[2] == "}":
            return Variable(match[1], quoted)
        end = self.text.find("}", self.at)
        if end < 0:
            raise IncompleteScript("syntax error: no closing '}'")
        inner = _Parser(self.text[self.at : end], self.depth + 1)
        default = tuple(inner.double_quoted_until_end()) if quoted else inner.word()
        self.at = end + 1
        return Variable(match[1], quoted, default)

    def double_quoted_until_end(self) -> list[Part]:
        self.text += '"'
        return self.double_quoted()

    def backticks(self, quoted: bool) -> Substitution:
        end = self.at + 1
        while end < len(self.text) and self.text[end] != "`":
            end += 2 if self.text[end] == "\\" else 1
        if end >= len(self.text):
            raise IncompleteScript("syntax error: no closing '`'")
        inside = re.sub(r"\\([\\`$])", r"\1", self.text[self.at + 1 : end])
        self.at = end + 1
        parser = _Parser(inside, self.depth + 1)
        script = parser.script(frozenset())
        if parser.at < len(inside):
            raise parser.unexpected()
        return Substitution(script, quoted)
