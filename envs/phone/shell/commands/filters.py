"""Text filters: `head tail wc sort uniq cut tr tee seq nl`."""

from __future__ import annotations

import re

from envs.phone.shell.call import Call, Command, Sink, Streams, UsageError, count, decode, lines_of
from envs.phone.shell.commands.printing import unescape
from envs.phone.shell.regex_syntax import CLASSES

MAX_SEQUENCE = 100_000
MAX_CHARACTERS = 5_000


def _legacy(args: list[str]) -> list[str]:
    """`head -5` as `head -n 5`."""
    return [f"-n{arg[1:]}" if re.fullmatch(r"-\d+", arg) else arg for arg in args]


def _with_ends(data: bytes) -> list[bytes]:
    lines = [line + b"\n" for line in data.split(b"\n")]
    lines[-1] = lines[-1][:-1]
    return lines if lines[-1] else lines[:-1]


def head(call: Call) -> int:
    options, names = call.options("n:c:qv", args=_legacy(call.args))

    def one(name: str) -> None:
        data = call.read(name)
        if len(names) > 1:
            call.line(f"==> {name} <==")
        if "c" in options:
            call.write(data[: count(options["c"])])
        else:
            size = count(options.get("n", "10"))
            lines = _with_ends(data)
            call.write(b"".join(lines[:size]))

    return call.each(names or ["-"], one)


def tail(call: Call) -> int:
    options, names = call.options("n:c:fqv", args=_legacy(call.args))

    def one(name: str) -> None:
        data = call.read(name)
        if len(names) > 1:
            call.line(f"==> {name} <==")
        text = options.get("c") or options.get("n", "10")
        size, from_start = abs(count(text)), text.startswith("+")
        if "c" in options:
            call.write(data[max(0, size - 1) if from_start else max(0, len(data) - size) :])
        else:
            lines = _with_ends(data)
            start = max(0, size - 1) if from_start else max(0, len(lines) - size)
            call.write(b"".join(lines[start:]))

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
    column = count(options.get("k", "0").split(",")[0].rstrip("nr") or "0")

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
        chosen = sorted({n for low, high in ranges for n in range(low - 1, min(high, len(parts)))})
        call.line(glue.join(parts[n] for n in chosen if n >= 0))


def _character_set(text: str) -> str:
    """`a-z`, `[:upper:]` and escapes spelled out. Raises UsageError for a set of thousands."""
    text = re.sub(
        r"\[:(\w+):\]",
        lambda m: "".join(c for c in map(chr, range(128)) if CLASSES[m[1]](c)) if m[1] in CLASSES else m[0],
        text,
    )
    out: list[str] = []
    for match in re.finditer(r"(.)-(.)|(.)", unescape(text)[0], re.DOTALL):
        first, last = (match[1], match[2]) if match[1] else (match[3], match[3])
        if ord(last) - ord(first) + len(out) > MAX_CHARACTERS:
            raise UsageError(f"at most {MAX_CHARACTERS} characters in a set")
        out += map(chr, range(ord(first), ord(last) + 1)) if first <= last else match[0]
    return "".join(out)


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
    numbers = [count(arg) for arg in call.args if arg != "-w"]
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
