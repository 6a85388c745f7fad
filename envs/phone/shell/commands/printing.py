"""`echo` and `printf`."""

from __future__ import annotations

import re

from envs.phone.shell.call import Call, Command, UsageError, decode

ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v", "e": "\x1b", "\\": "\\"}
MAX_PADDING = 4096


def unescape(text: str) -> tuple[str, bool]:
    """The text with its backslash escapes resolved; True when `\\c` cut it short."""
    out: list[str] = []
    at = 0
    for match in re.finditer(r"\\(0?[0-7]{1,3}|x[0-9a-fA-F]{1,2}|.)", text, re.DOTALL):
        out.append(text[at : match.start()])
        at = match.end()
        code = match[1]
        if code == "c":
            return "".join(out), True
        if code[0] == "x" and len(code) > 1:
            out.append(decode(bytes([int(code[1:], 16)])))
        elif code[0] in "01234567":
            out.append(decode(bytes([int(code, 8) & 0xFF])))
        else:
            out.append(ESCAPES.get(code, "\\" + code))
    return "".join(out) + text[at:], False


def echo(call: Call) -> None:
    args, newline, escapes = list(call.args), True, False
    while args and re.fullmatch(r"-[neE]+", args[0]):
        newline = newline and "n" not in args[0]
        escapes = "e" in args[0] or escapes
        args.pop(0)
    text, cut = unescape(" ".join(args)) if escapes else (" ".join(args), False)
    call.write(text + ("\n" if newline and not cut else ""))


def printf(call: Call) -> int | None:
    if not call.args:
        raise UsageError("Needs 1 argument")
    template, args = unescape(call.args[0])[0], call.args[1:]
    while True:
        rest = list(args)
        call.write(_formatted(template, rest))
        if not rest or len(rest) == len(args):
            return None
        args = rest


def _formatted(template: str, args: list[str]) -> str:
    """One pass over the template, taking what it needs from `args`."""

    def one(match: re.Match[str]) -> str:
        flags, kind = match[1], match[2]
        if kind == "%":
            return "%"
        if any(int(n) > MAX_PADDING for n in re.findall(r"\d+", flags)):
            raise UsageError(f"bad width in %{flags}{kind}")
        value = args.pop(0) if args else ""
        if kind == "b":
            return unescape(value)[0]
        if kind == "c":
            return value[:1]
        if kind == "s":
            return f"%{flags}s" % value
        try:
            if kind in "eEfgG":
                return f"%{flags}{kind}" % float(value or 0)
            return f"%{flags}{kind.replace('u', 'd').replace('i', 'd')}" % int(value or "0", 0)
        except ValueError:
            raise UsageError(f"bad number {value!r}") from None

    return re.sub(r"%([-+ 0#]*\d*(?:\.\d+)?)([%bcsdiuoxXeEfgG])", one, template)


TABLE: dict[str, Command] = {
    "echo": echo,
    "printf": printf,
}
