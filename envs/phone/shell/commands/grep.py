"""`grep`, `egrep`, `fgrep`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from envs.phone.shell.call import Call, Command, UsageError, count, decode, lines_of, reason
from envs.phone.shell.regex import Match, Regex, RegexError


def compiled(pattern: str, *, extended: bool, fixed: bool = False, ignore_case: bool = False) -> Regex:
    """Raises UsageError for a bad expression."""
    if fixed:
        pattern, extended = re.sub(r"([\\.\[*^$])", r"\\\1", pattern), False
    try:
        return Regex(pattern, extended=extended, ignore_case=ignore_case)
    except RegexError as error:
        raise UsageError(f"bad regex '{pattern:.80}': {error}") from None


def grep(call: Call) -> int:
    """0 when a line matched, 1 when none did, 2 on an error."""
    options, rest = call.options("ivnclLqrREFGwxhHosabze:m:A:B:C:", ("color=", "color", "include="))
    if "e" in options:
        pattern = options["e"]
    elif rest:
        pattern = rest.pop(0)
    else:
        return call.complain("no REGEX", 2)
    fixed, extended = "F" in options or call.name == "fgrep", "E" in options or call.name == "egrep"
    try:
        # grep takes a newline in the pattern as "or"
        rules = [
            compiled(part, extended=extended, fixed=fixed, ignore_case="i" in options) for part in pattern.split("\n")
        ]
    except UsageError as error:
        return call.complain(str(error), 2)
    names, code = _sources(call, rest, "r" in options or "R" in options)
    headed = ("H" in options or len(names) > 1 or "r" in options) and "h" not in options
    found = False
    for name in names:
        try:
            text = decode(call.read(name))
        except OSError as error:
            if "s" not in options:
                call.complain(f"{name}: {reason(error)}")
            code = 2
            continue
        found = _grep_one(call, lines_of(text), rules, options, f"{name}:" if headed else "", name) or found
    return 0 if found and ("q" in options or code == 0) else code or 1


def _sources(call: Call, names: list[str], recursive: bool) -> tuple[list[str], int]:
    if not recursive:
        return names or ["-"], 0
    found: list[str] = []
    for name in names or ["."]:
        path = call.path(name)
        if call.files.is_dir(path):
            for at, _, children in call.files.walk(path):
                found += [f"{name.rstrip('/')}{at[len(path.rstrip('/')) :]}/{child}" for child in children]
        else:
            found.append(name)
    return found, 0


def _grep_one(call: Call, lines: list[str], rules: list[Regex], options: dict[str, str], head: str, name: str) -> bool:
    def spans(line: str) -> Iterator[str]:
        call.shell.budget.tick()
        return (m.group() for rule in rules for m in rule.finditer(line) if _bounded(m, line, options))

    hits = [n for n, line in enumerate(lines) if any(True for _ in spans(line)) != ("v" in options)]
    if "m" in options:
        hits = hits[: count(options["m"])]
    if "q" in options:
        return bool(hits)
    if "c" in options:
        call.line(f"{head}{len(hits)}")
    elif "l" in options or "L" in options:
        if bool(hits) == ("l" in options):
            call.line(name if name != "-" else "(standard input)")
    elif "o" in options and "v" not in options:
        for n in hits:
            for piece in spans(lines[n]):
                if piece:
                    call.line(f"{head}{f'{n + 1}:' if 'n' in options else ''}{piece}")
    else:
        before = count(options.get("B") or options.get("C") or "0")
        after = count(options.get("A") or options.get("C") or "0")
        last = -1
        for n in hits:
            start = max(last + 1, n - before)
            if (before or after) and last >= 0 and start > last + 1:
                call.line("--")
            for shown in range(start, min(len(lines), n + after + 1)):
                if shown > last:
                    call.line(f"{head}{f'{shown + 1}:' if 'n' in options else ''}{lines[shown]}")
            last = max(last, n + after)
    return bool(hits)


def _bounded(match: Match, line: str, options: dict[str, str]) -> bool:
    if "x" in options:
        return match.group() == line
    if "w" in options:
        around = line[match.start() - 1 : match.start()] if match.start() else "", line[match.end() : match.end() + 1]
        return not any(c.isalnum() or c == "_" for c in around)
    return True


TABLE: dict[str, Command] = {"egrep": grep, "fgrep": grep, "grep": grep}
