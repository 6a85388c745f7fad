"""Packets of the ADB transport: a 24-byte little-endian header of six words, then the payload.

Source: AOSP packages/modules/adb/protocol.txt and docs/dev/internals; behaviour checked against the stock client.
"""

from __future__ import annotations

import asyncio
import struct
from dataclasses import dataclass

import numpy as np

from agentkit.errors import EnvError


def _word(letters: str) -> int:
    return int.from_bytes(letters.encode("ascii"), "little")


CNXN, AUTH, OPEN = _word("CNXN"), _word("AUTH"), _word("OPEN")
OKAY, CLSE, WRTE = _word("OKAY"), _word("CLSE"), _word("WRTE")
NAMES = {word: word.to_bytes(4, "little").decode() for word in (CNXN, AUTH, OPEN, OKAY, CLSE, WRTE)}

AUTH_TOKEN, AUTH_SIGNATURE, AUTH_PUBLIC_KEY = 1, 2, 3
VERSION_CHECKED = 0x01000000
"""From this version on, packets carry the byte sum of their payload."""
VERSION = 0x01000001
"""Both ends of this version leave the sum out."""
MAX_PAYLOAD = 1 << 20
MAX_PAYLOAD_OLD = 4096
HEADER = struct.Struct("<6I")


class ProtocolError(EnvError):
    """The peer does not speak ADB; the connection cannot go on."""


@dataclass(frozen=True, slots=True)
class Packet:
    command: int
    arg0: int
    arg1: int
    data: bytes = b""

    def encode(self, *, checked: bool) -> bytes:
        """Header and payload as one buffer: two writes would wait for each other's acknowledgement on a slow peer."""
        total = checksum(self.data) if checked else 0
        magic = self.command ^ 0xFFFFFFFF
        return HEADER.pack(self.command, self.arg0, self.arg1, len(self.data), total, magic) + self.data


def checksum(data: bytes) -> int:
    """The sum of the bytes, modulo 2^32; the header's field is called a CRC in old sources but never was one."""
    return int(np.frombuffer(data, np.uint8).sum(dtype=np.uint64)) & 0xFFFFFFFF


async def read_packet(reader: asyncio.StreamReader, *, checked: bool, max_payload: int = MAX_PAYLOAD) -> Packet:
    """The next packet. Raises ProtocolError for garbage and asyncio.IncompleteReadError when the peer is gone."""
    command, arg0, arg1, length, total, magic = HEADER.unpack(await reader.readexactly(HEADER.size))
    if magic != command ^ 0xFFFFFFFF:
        raise ProtocolError(
            f"bad magic: command {command:#010x}, expected {command ^ 0xFFFFFFFF:#010x}, got {magic:#010x}"
        )
    if command not in NAMES:
        raise ProtocolError(f"unknown command {command:#010x}, expected one of {sorted(NAMES.values())}")
    if length > max_payload:
        raise ProtocolError(f"{NAMES[command]} of {length} bytes, expected at most {max_payload}")
    data = await reader.readexactly(length)
    if checked and total != checksum(data):
        raise ProtocolError(f"bad sum of a {NAMES[command]}: expected {checksum(data):#x}, got {total:#x}")
    return Packet(command, arg0, arg1, data)
