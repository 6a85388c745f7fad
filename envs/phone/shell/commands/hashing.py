"""`md5sum sha1sum sha256sum cksum base64 xxd`."""

from __future__ import annotations

import base64 as codec
import binascii
import hashlib

from envs.phone.shell.call import Call, Command, UsageError


def checksum(call: Call) -> int:
    algorithm = call.name.removesuffix("sum")
    brief = "-b" in call.args
    names = [arg for arg in call.args if arg == "-" or not arg.startswith("-")]

    def one(name: str) -> None:
        digest = hashlib.new(algorithm, call.read(name), usedforsecurity=False).hexdigest()
        call.line(digest if brief else f"{digest}  {name}")

    return call.each(names or ["-"], one)


def cksum(call: Call) -> int:
    def one(name: str) -> None:
        data = call.read(name)
        call.line(f"{binascii.crc32(data)} {len(data)} {name}")

    return call.each(call.args or ["-"], one)


def base64(call: Call) -> None:
    options, names = call.options("diw:")
    data = call.read(names[0] if names else "-")
    if "d" in options:
        try:
            call.write(codec.b64decode(b"".join(data.split()), validate="i" not in options))
        except binascii.Error:
            raise UsageError("bad input") from None
        return
    text = codec.b64encode(data).decode()
    width = int(options["w"]) if options.get("w", "").isdigit() else 76
    call.write("".join(text[n : n + width] + "\n" for n in range(0, len(text), width)) if width else text)


def xxd(call: Call) -> None:
    """`xxd [-p]`."""
    options, names = call.options("pl:")
    data = call.read(names[0] if names else "-")
    if "l" in options and options["l"].isdigit():
        data = data[: int(options["l"])]
    if "p" in options:
        call.write("".join(data[n : n + 30].hex() + "\n" for n in range(0, len(data), 30)))
        return
    for at in range(0, len(data), 16):
        row = data[at : at + 16]
        pairs = " ".join(row[n : n + 2].hex() for n in range(0, len(row), 2))
        shown = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in row)
        call.line(f"{at:08x}: {pairs:<39}  {shown}")


TABLE: dict[str, Command] = {
    "base64": base64,
    "cksum": cksum,
    "md5sum": checksum,
    "sha1sum": checksum,
    "sha256sum": checksum,
    "xxd": xxd,
}
