"""The grammar of the phone's shell: text in, a small tree out.

A subset of POSIX sh: quotes, escapes, `$X`, `${X}`, `${X:-word}` and its kin, `$(...)`, `$((...))`, backticks, pipes,
`&&`, `||`, `!`, `;`, newlines, comments, redirections, `if`, `for`, `while`, `until`, `case`, `[[ ]]`, `{ }`, `( )` and
assignments. `&` is a `;`: nothing runs beside anything else. What is left out (functions, here documents) is a
ShellSyntaxError that names it, never a silent misreading.
"""

from __future__ import annotations

import re

from envs.phone.shell.grammar import (
    Case,
    Command,
    Condition,
    For,
    Group,
    If,
    IncompleteScript,
    Literal,
    Pipeline,
    Redirect,
    Script,
    ShellSyntaxError,
    Simple,
    Variable,
    While,
    Word,
)
from envs.phone.shell.words import MAX_NESTING, NAME, WordParser

__all__ = ["IncompleteScript", "ShellSyntaxError", "parse"]

RESERVED = frozenset({"if", "then", "elif", "else", "fi", "for", "do", "done", "esac", "{", "}", "!"})
LEFT_OUT = frozenset({"function", "select"})


def parse(text: str) -> Script:
    """The tree of a whole command text. Raises ShellSyntaxError."""
    parser = _Parser(text)
    script = parser.script(frozenset())
    if parser.at < len(text):
        raise parser.unexpected()
    return script


class _Parser(WordParser):
    def script(self, stops: frozenset[str]) -> Script:
        """Steps up to one of the keywords in `stops`, a closing parenthesis or the end, none of which is consumed."""
        self.depth += 1
        if self.depth > MAX_NESTING:
            raise ShellSyntaxError(f"syntax error: nested deeper than {MAX_NESTING}")
        steps: list[tuple[str, Pipeline]] = []
        joint = ""
        while True:
            self.skip_blanks(newlines=True)
            at_end = self.at >= len(self.text) or self.operator() in (")", ";;") or self.keyword() in stops
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
            elif operator not in (")", ";;") and self.at < len(self.text):
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
        if keyword in ("while", "until"):
            return self.while_command(keyword)
        if keyword == "case":
            return self.case_command()
        if keyword == "[[":
            return self.condition()
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

    def while_command(self, keyword: str) -> While:
        self.at += len(keyword)
        condition = self.script(frozenset({"do"}))
        self.expect("do")
        body = self.script(frozenset({"done"}))
        self.expect("done")
        return While(condition, body, keyword == "until", self.redirects())

    def case_command(self) -> Case:
        self.at += len("case")
        self.skip_blanks()
        subject = self.word()
        self.expect("in")
        branches: list[tuple[tuple[Word, ...], Script]] = []
        while True:
            self.skip_blanks(newlines=True)
            if self.keyword() == "esac":
                self.expect("esac")
                return Case(subject, tuple(branches), self.redirects())
            if self.operator() == "(":
                self.at += 1
            branches.append((self.patterns(), self.script(frozenset({"esac"}))))
            if self.operator() == ";;":
                self.at += 2

    def patterns(self) -> tuple[Word, ...]:
        """`A | B)` of a `case`."""
        found: list[Word] = []
        while True:
            self.skip_blanks()
            if self.operator() or self.at >= len(self.text):
                raise self.unexpected("expected a pattern")
            found.append(self.word())
            self.skip_blanks()
            operator = self.operator()
            if operator not in ("|", ")"):
                raise self.unexpected("expected ')'")
            self.at += 1
            if operator == ")":
                return tuple(found)

    def condition(self) -> Condition:
        self.at += len("[[")
        words: list[Word] = []
        while True:
            self.skip_blanks(newlines=True)
            if self.keyword() == "]]":
                self.expect("]]")
                return Condition(tuple(words), self.redirects())
            operator = re.compile(r"&&|\|\||[()<>]").match(self.text, self.at)
            if operator is not None:
                self.at = operator.end()
                words.append((Literal(operator[0], False),))
            elif self.operator() or self.at >= len(self.text):
                raise self.unexpected("expected ']]'")
            else:
                words.append(self.word())

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
