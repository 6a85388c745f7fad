"""Words of the shell: quotes, escapes, and what a dollar sign or a backtick begins."""

from __future__ import annotations

import re

from envs.phone.shell.grammar import (
    Arithmetic,
    IncompleteScript,
    Literal,
    Part,
    Script,
    ShellSyntaxError,
    Substitution,
    Variable,
    Word,
)

NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)
SPECIAL = "?$#@*!0123456789"
BREAKS = " \t\r\n;&|<>()"
"""What ends an unquoted word."""
MAX_NESTING = 64


class WordParser:
    """A cursor over the text, its tokens and its words. The lists of commands are the subclass's."""

    def __init__(self, text: str, depth: int = 0) -> None:
        if depth > MAX_NESTING:
            raise ShellSyntaxError(f"syntax error: nested deeper than {MAX_NESTING}")
        self.text, self.at, self.depth = text, 0, depth

    def script(self, stops: frozenset[str]) -> Script:
        """The list of commands at the cursor, up to one of `stops`."""
        raise NotImplementedError

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

    def word(self, stops: str = BREAKS) -> Word:
        """The word up to an unquoted character of `stops`, which is not consumed."""
        parts: list[Part] = []
        plain: list[str] = []

        def flush() -> None:
            if plain:
                parts.append(Literal("".join(plain), False))
                plain.clear()

        while self.at < len(self.text) and self.text[self.at] not in stops:
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

    def double_quoted(self, end: str = '"') -> list[Part]:
        """Parts up to `end`, which is consumed, or up to the end of the text when it is empty."""
        parts: list[Part] = [Literal("", True)]
        text: list[str] = []
        while True:
            if self.at >= len(self.text) and end:
                raise IncompleteScript(f"syntax error: no closing {'quote' if end == chr(34) else end}")
            c = self.text[self.at : self.at + 1]
            if c == end:
                self.at += 1
                parts.append(Literal("".join(text), True))
                return parts
            if c == "\\" and self.text[self.at + 1 : self.at + 2] in tuple('$`"\\\n}'):
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
            return self.arithmetic(quoted)
        if after == "(":
            inner = type(self)(self.text, self.depth + 1)
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
        length = re.compile(r"\$\{#(\w+|[@*])\}", re.ASCII).match(self.text, self.at)
        if length is not None:
            self.at = length.end()
            return Variable(length[1], quoted, "length")
        match = re.compile(r"\$\{(\w+|[?$#@*!])(:[-=+]|[-=+]|##?|%%?|\})", re.ASCII).match(self.text, self.at)
        if match is None:
            raise ShellSyntaxError(f"{self.text[self.at : self.at + 20]}: bad substitution")
        self.at = match.end()
        if match[2] == "}":
            return Variable(match[1], quoted)
        self.depth += 1
        if self.depth > MAX_NESTING:
            raise ShellSyntaxError(f"syntax error: nested deeper than {MAX_NESTING}")
        if quoted and match[2][0] not in "#%":
            word: Word = tuple(self.double_quoted("}"))
        else:
            word = self.word("}")
            if self.at >= len(self.text):
                raise IncompleteScript("syntax error: no closing }")
            self.at += 1
        self.depth -= 1
        return Variable(match[1], quoted, match[2], word)

    def arithmetic(self, quoted: bool) -> Arithmetic:
        start, depth = self.at + 3, 2
        for found in re.compile(r"[()]").finditer(self.text, start):
            depth += 1 if found[0] == "(" else -1
            if depth == 1 and self.text.startswith("))", found.start()):
                self.at = found.start() + 2
                inner = type(self)(self.text[start : found.start()], self.depth + 1)
                return Arithmetic(tuple(inner.double_quoted("")), quoted)
        raise IncompleteScript("syntax error: no closing '))'")

    def backticks(self, quoted: bool) -> Substitution:
        end = self.at + 1
        while end < len(self.text) and self.text[end] != "`":
            end += 2 if self.text[end] == "\\" else 1
        if end >= len(self.text):
            raise IncompleteScript("syntax error: no closing '`'")
        inside = re.sub(r"\\([\\`$])", r"\1", self.text[self.at + 1 : end])
        self.at = end + 1
        parser = type(self)(inside, self.depth + 1)
        script = parser.script(frozenset())
        if parser.at < len(inside):
            raise parser.unexpected()
        return Substitution(script, quoted)
