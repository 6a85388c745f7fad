"""Text filters: `grep head tail wc sort uniq cut tr tee seq nl`."""

from __future__ import annotations

import re

from envs.phone.shell.call import Call, Command, Sink, Streams, UsageError, decode, reason

MAX_SEQUENCE = 100_000


def basic_to_python(pattern: str) -> str:
    """A POSIX basic regular expression as Python writes it: there `( ) { } | + ?` are plain unless escaped."""
    out: list[str] = []
    at = 0
    while at < len(pattern):
        c = pattern[at]
        if c == "\\" and at + 1 < len(pattern):
            after = pattern[at + 1]
            out.append(after if after in "(){}|+?" else c + after)
            at += 2
            continue
        if c == "[":
            end = pattern.find("]", at + 2)
            if end > 0:
                out.append(pattern[at : end + 1])
                at = end + 1
                continue
        starred = c == "*" and (not out or out[-1] in ("(", "|", "^"))
        out.append("\\" + c if c in "(){}|+?" or starred else c)
        at += 1
    return "".join(out)


CLASSES = {
    **{"[:digit:]": "0-9", "[:alpha:]": "A-Za-z", "[:alnum:]": "A-Za-z0-9", "[:space:]": r"\s", "[:upper:]": "A-Z"},
    **{"[:lower:]": "a-z", "[:xdigit:]": "0-9A-Fa-f", "[:blank:]": r" \t"},
}


def compiled(pattern: str, *, extended: bool, fixed: bool = False, ignore_case: bool = False) -> re.Pattern[str]:
    """Raises UsageError for a bad expression."""
    if fixed:
        source = re.escape(pattern)
    else:
        source = pattern if extended else basic_to_python(pattern)
        for name, members in CLASSES.items():
            source = source.replace(name, members)
    try:
        return re.compile(source, re.IGNORECASE if ignore_case else 0)
    except (re.error, OverflowError) as error:
        raise UsageError(f"bad regex '{pattern}': {error}") from None


def lines_of(text: str) -> list[str]:
    """Lines without their ends; a last newline starts no further line."""
    lines = text.split("\n")
    return lines[:-1] if lines[-1] == "" else lines


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


def _grep_one(
    call: Call, lines: list[str], rules: list[re.Pattern[str]], options: dict[str, str], head: str, name: str
) -> bool:
    def spans(line: str) -> list[str]:
        out = [m.group() for rule in rules for m in rule.finditer(line) if _bounded(m, line, options)]
        return out

    hits = [n for n, line in enumerate(lines) if bool(spans(line)) != ("v" in options)]
    if "m" in options:
        hits = hits[: _count(options["m"])]
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
        before = _count(options.get("B") or options.get("C") or "0")
        after = _count(options.get("A") or options.get("C") or "0")
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


def _bounded(match: re.Match[str], line: str, options: dict[str, str]) -> bool:
    if "x" in options:
        return match.group() == line
    if "w" in options:
        around = line[match.start() - 1 : match.start()] if match.start() else "", line[match.end() : match.end() + 1]
        return not any(c.isalnum() or c == "_" for c in around)
    return True


def _count(text: str) -> int:
    if not re.fullmatch(r"[-+]?\d{1,12}", text):
        raise UsageError(f"bad number '{text}'")
    return int(text)


def _legacy(args: list[str]) -> list[str]:
    """`head -5` as `head -n 5`."""
    return [f"-n{arg[1:]}" if re.fullmatch(r"-\d+", arg) else arg for arg in args]


def head(call: Call) -> int:
    options, names = call.options("n:c:qv", args=_legacy(call.args))

    def one(name: str) -> None:
        data = call.read(name)
        if len(names) > 1:
            call.line(f"==> {name} <==")
        if "c" in options:
            call.write(data[: _count(options["c"])])
        else:
            count = _count(options.get("n", "10"))
            lines = data.splitlines(keepends=True)
            call.write(b"".join(lines[:count]))

    return call.each(names or ["-"], one)


def tail(call: Call) -> int:
    options, names = call.options("n:c:fqv", args=_legacy(call.args))

    def one(name: str) -> None:
        data = call.read(name)
        if len(names) > 1:
            call.line(f"==> {name} <==")
        text = options.get("c") or options.get("n", "10")
        count, from_start = abs(_count(text)), text.startswith("+")
        parts: list[bytes] = [data[n : n + 1] for n in range(len(data))] if "c" in options else data.splitlines(True)
        call.write(b"".join(parts[count - 1 :] if from_start else parts[len(parts) - min(count, len(parts)) :]))

    return call.each(names or ["-"], one)


def wc(call: Call) -> int:
    options, names = call.options("lwcmL")
    chosen = [flag for flag in "lwcm" if flag in options] or ["l", "w", "c"]
    totals = [0] * len(chosen)

    def one(name: str) -> None:
        data = call.read(name)
        every = {"l": data.count(b"\n"), "w": len(data.split()), "c": len(data), "m": len(decode(data))}
        counts = [every[flag] for flag in chosen]
        totals[:] = [a + b for a, b in zip(totals, counts, strict=True)]
        call.line(" ".join(map(str, counts)) + ("" if name == "-" else f" {name}"))

    code = call.each(names or ["-"], one)
    if len(names) > 1:
        call.line(" ".join(map(str, totals)) + " total")
    return code


def _all_lines(call: Call, names: list[str]) -> list[str]:
    return [line for name in names or ["-"] for line in lines_of(decode(call.read(name)))]


def sort(call: Call) -> None:
    options, names = call.options("nrufbdgk:t:o:")
    column = _count(options.get("k", "0").split(",")[0].rstrip("nr") or "0")

    def key(line: str) -> tuple[float, str]:
        fields = line.split(options["t"]) if "t" in options else line.split()
        text = (fields[column - 1] if column <= len(fields) else "") if column else line
        if "n" in options or "g" in options or "n" in options.get("k", ""):
            match = re.match(r"\s*-?\d+(\.\d+)?", text)
            return float(match.group()) if match else 0.0, line
        return 0.0, text.casefold() if "f" in options else text

    lines = sorted(_all_lines(call, names), key=key, reverse="r" in options)
    if "u" in options:
        lines = list(dict.fromkeys(lines))
    text = "".join(line + "\n" for line in lines)
    if "o" in options:
        call.files.write(call.path(options["o"]), text, parents=False)
    else:
        call.write(text)


def uniq(call: Call) -> None:
    options, names = call.options("cdui")
    runs: list[list[str]] = []
    for line in _all_lines(call, names[:1]):
        if runs and runs[-1][0] == line:
            runs[-1].append(line)
        else:
            runs.append([line])
    for run in runs:
        if not ("d" in options and len(run) == 1) and not ("u" in options and len(run) > 1):
            call.line(f"{len(run):>7} {run[0]}" if "c" in options else run[0])


def _ranges(text: str) -> list[tuple[int, int]]:
    out: list[tuple[int, int]] = []
    for part in text.split(","):
        match = re.fullmatch(r"(\d{0,9})(-?)(\d{0,9})", part)
        if match is None or not (match[1] or match[3]):
            raise UsageError(f"bad list '{text}'")
        first = int(match[1] or 1)
        out.append((first, (int(match[3]) if match[3] else 1 << 30) if match[2] else first))
    return out


def cut(call: Call) -> None:
    options, names = call.options("d:f:c:b:s")
    spec = options.get("f") or options.get("c") or options.get("b")
    if spec is None:
        raise UsageError("need -bcCfF")
    ranges, glue = _ranges(spec), options.get("d", "\t") if "f" in options else ""
    for line in _all_lines(call, names):
        if glue and glue not in line:
            if "s" not in options:
                call.line(line)
            continue
        parts = line.split(glue) if glue else list(line)
        call.line(glue.join(p for n, p in enumerate(parts, 1) if any(low <= n <= high for low, high in ranges)))


def _character_set(text: str) -> str:
    from envs.phone.shell.commands.builtin import unescape

    for name, members in CLASSES.items():
        text = text.replace(name, {r"\s": r" \t\n\r\v\f"}.get(members, members))
    text = unescape(text)[0]
    return re.sub(
        r"(.)-(.)", lambda m: "".join(map(chr, range(ord(m[1]), ord(m[2]) + 1))) or m[0], text, flags=re.DOTALL
    )


def tr(call: Call) -> None:
    options, sets = call.options("dscC")
    if not sets:
        raise UsageError("Needs 1 argument")
    text, first = decode(call.streams.stdin.read()), _character_set(sets[0])
    second = _character_set(sets[1]) if len(sets) > 1 else ""
    if options.keys() & {"c", "C"}:
        first = "".join(c for c in dict.fromkeys(text) if c not in first)
    squeezed = first
    if "d" in options:
        text, squeezed = text.translate(dict.fromkeys(map(ord, first))), second
    elif second:
        padded = second + second[-1] * max(0, len(first) - len(second))
        text, squeezed = text.translate({ord(a): b for a, b in zip(first, padded, strict=False)}), second
    if "s" in options:
        text = re.sub(r"(.)\1+", lambda m: m[1] if m[1] in squeezed else m[0], text, flags=re.DOTALL)
    call.write(text)


def tee(call: Call) -> None:
    options, names = call.options("ai")
    data = call.streams.stdin.read()
    call.write(data)
    for name in names:
        (call.files.append if "a" in options else call.files.write)(call.path(name), data, parents=False)


def seq(call: Call) -> None:
    numbers = [_count(arg) for arg in call.args if arg != "-w"]
    if not 1 <= len(numbers) <= 3:
        raise UsageError("Needs 1 to 3 arguments")
    first, step, last = (1, 1, numbers[0]) if len(numbers) == 1 else (numbers[0], 1, numbers[1])
    if len(numbers) == 3:
        first, step, last = numbers
    if step == 0 or abs(last - first) // abs(step) > MAX_SEQUENCE:
        raise UsageError(f"at most {MAX_SEQUENCE} numbers")
    call.write("".join(f"{n}\n" for n in range(first, last + (1 if step > 0 else -1), step)))


def count_lines(call: Call) -> int:
    """`nl`: every line with its number."""
    inner = Sink(call.shell.budget)
    code = call.shell.execute(["cat", *call.args], Streams(call.streams.stdin, inner, call.streams.err))
    for n, line in enumerate(lines_of(decode(inner.value())), 1):
        call.line(f"{n:6d}\t{line}")
    return code


TABLE: dict[str, Command] = {
    "cut": cut,
    "egrep": grep,
    "fgrep": grep,
    "grep": grep,
    "head": head,
    "nl": count_lines,
    "seq": seq,
    "sort": sort,
    "tail": tail,
    "tee": tee,
    "tr": tr,
    "uniq": uniq,
    "wc": wc,
}
