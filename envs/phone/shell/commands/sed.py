"""`sed`: substitution, printing, deleting and quitting, each with an optional line address."""

from __future__ import annotations

import re
from dataclasses import dataclass

from envs.phone.shell.call import Budget, Call, Command, UsageError, decode, lines_of
from envs.phone.shell.commands.grep import compiled
from envs.phone.shell.regex import Match, Regex

ADDRESS = r"\d+|\$|/(?:\\.|[^/\\])*/"


@dataclass(frozen=True, slots=True)
class Edit:
    start: str
    """Line number, "$", "/regex/", or empty for every line."""
    end: str
    negated: bool
    verb: str
    rule: Regex | None = None
    text: str = ""
    flags: str = ""


def parse(script: str, extended: bool) -> list[Edit]:
    edits: list[Edit] = []
    at = 0
    while at < len(script):
        if script[at] in " \t\n;":
            at += 1
            continue
        match = re.compile(rf"(?:({ADDRESS})(?:,({ADDRESS}))?)?\s*(!?)\s*([spdq])", re.DOTALL).match(script, at)
        if match is None:
            raise UsageError(f"bad pattern '{script[at:]}'")
        at = match.end()
        start, end, negated, verb = match[1] or "", match[2] or "", bool(match[3]), match[4]
        if verb != "s":
            edits.append(Edit(start, end, negated, verb))
            continue
        mark = script[at : at + 1]
        part = rf"((?:\\.|[^\\{re.escape(mark)}])*){re.escape(mark)}"
        body = re.compile(part * 2 + r"([gpiI\d]*)", re.DOTALL).match(script, at + 1) if mark.strip() else None
        if body is None:
            raise UsageError(f"bad pattern '{script}'")
        pattern = body[1].replace("\\" + mark, mark)
        rule = compiled(pattern, extended=extended, ignore_case="i" in body[3].lower())
        edits.append(Edit(start, end, negated, verb, rule, body[2].replace("\\" + mark, mark), body[3]))
        at = body.end()
    return edits


def _replacement(match: Match, template: str) -> str:
    def one(piece: re.Match[str]) -> str:
        found = piece.group()
        if found == "&":
            return match.group()
        if found[1].isdigit():
            number = int(found[1])
            if 2 * number >= len(match.marks):
                raise UsageError(f"\\{number} is not a group of the pattern")
            return match.group(number)
        return {"n": "\n", "t": "\t"}.get(found[1], found[1])

    return re.sub(r"&|\\.", one, template, flags=re.DOTALL)


def _substituted(edit: Edit, rule: Regex, line: str) -> str | None:
    """The line after `s`, None when nothing matched."""
    number = re.sub(r"\D", "", edit.flags)[:6] or "1"
    return rule.replace(
        line, lambda m: _replacement(m, edit.text), first=max(1, int(number)), all_after="g" in edit.flags
    )


class _Addresses:
    """Which lines an edit is for; a range stays open from line to line."""

    def __init__(self, edit: Edit) -> None:
        self.edit, self.open = edit, False

    def covers(self, number: int, last: bool, line: str) -> bool:
        return self._covers(number, last, line) != self.edit.negated

    def _covers(self, number: int, last: bool, line: str) -> bool:
        edit = self.edit
        if not edit.start:
            return True
        if not edit.end:
            return self._is(edit.start, number, last, line)
        if not self.open:
            if not self._is(edit.start, number, last, line):
                return False
            self.open = not (edit.end.isdigit() and int(edit.end) <= number)
            return True
        self.open = not self._is(edit.end, number, last, line)
        return True

    @staticmethod
    def _is(address: str, number: int, last: bool, line: str) -> bool:
        if address == "$":
            return last
        if address.isdigit():
            return number == int(address)
        return compiled(address[1:-1], extended=False).search(line) is not None


def edited(text: str, edits: list[Edit], quiet: bool, budget: Budget) -> str:
    out: list[str] = []
    addresses = [_Addresses(edit) for edit in edits]
    lines = lines_of(text)
    for number, line in enumerate(lines, 1):
        deleted = quit_now = False
        budget.tick()
        for address in addresses:
            edit = address.edit
            if deleted or not address.covers(number, number == len(lines), line):
                continue
            if edit.verb == "p":
                out.append(line)
            elif edit.verb == "d":
                deleted = True
            elif edit.verb == "q":
                quit_now = True
            elif edit.rule is not None:
                new = _substituted(edit, edit.rule, line)
                if new is not None:
                    line = new
                    if "p" in edit.flags:
                        out.append(line)
            if quit_now:
                break
        if not quiet and not deleted:
            out.append(line)
        if quit_now:
            break
    return "".join(line + "\n" for line in out)


def sed(call: Call) -> int:
    options, rest = call.options("nrEi:e:", ("quiet",), args=["-i=" if arg == "-i" else arg for arg in call.args])
    script = options.get("e") or (rest.pop(0) if rest else None)
    if script is None:
        raise UsageError("no pattern")
    edits = parse(script, bool(options.keys() & {"r", "E"}))

    def one(name: str) -> None:
        text = edited(decode(call.read(name)), edits, "n" in options, call.shell.budget)
        if "i" in options:
            call.files.write(call.path(name), text.encode("utf-8", "surrogateescape"))
        else:
            call.write(text)

    return call.each(rest or ["-"], one)


TABLE: dict[str, Command] = {"sed": sed}
