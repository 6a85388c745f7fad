"""Who may connect: RSA signatures of adb's keys, verified for real.

The host signs the device's 20-byte token with RSA-2048, PKCS#1 v1.5, the token standing in for a SHA-1 digest.
Keys travel as base64 of Android's 524-byte struct (AOSP system/core/libcrypto_utils/android_pubkey.cpp).
"""

from __future__ import annotations

import base64
import binascii
import hmac
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from agentkit.errors import ConfigError, EnvError

TOKEN_SIZE = 20
MODULUS_SIZE = 256
STRUCT = struct.Struct(f"<II{MODULUS_SIZE}s{MODULUS_SIZE}sI")
"""Words of the modulus, -1/n mod 2^32, modulus, R^2 mod n, exponent; all little-endian."""
SHA1_PREFIX = bytes.fromhex("3021300906052b0e03021a05000414")
"""DER of a SHA-1 DigestInfo up to the digest itself (RFC 8017, section 9.2)."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    modulus: int
    exponent: int

    @classmethod
    def parse(cls, text: str | bytes) -> PublicKey:
        """The key in the text of an `adbkey.pub` file or of a host's offer. Raises EnvError."""
        raw = text.encode() if isinstance(text, str) else text
        encoded = raw.strip(b"\x00 \r\n\t").split(b" ")[0]
        try:
            data = base64.b64decode(encoded, validate=True)
        except (binascii.Error, ValueError):
            raise EnvError("an adb public key is base64 text, got something else") from None
        if len(data) != STRUCT.size:
            raise EnvError(f"an adb public key has {STRUCT.size} bytes, got {len(data)}")
        words, _, modulus, _, exponent = STRUCT.unpack(data)
        key = cls(int.from_bytes(modulus, "little"), exponent)
        if words != MODULUS_SIZE // 4 or key.modulus.bit_length() != 8 * MODULUS_SIZE or not key.modulus & 1:
            raise EnvError(f"an adb public key is RSA-2048, got {key.modulus.bit_length()} bits in {words} words")
        if exponent not in (3, 65537):
            raise EnvError(f"an adb public key has the exponent 3 or 65537, got {exponent}")
        return key

    @classmethod
    def load(cls, path: str | Path) -> PublicKey:
        """The key of an `adbkey.pub` file. Raises ConfigError."""
        try:
            return cls.parse(Path(path).read_bytes())
        except (OSError, EnvError) as error:
            raise ConfigError(f"{path} is no adb public key: {error}") from None

    def verifies(self, signature: bytes, token: bytes) -> bool:
        """Whether `signature` is this key's for `token`: the whole padded block is compared, byte by byte."""
        value = int.from_bytes(signature, "big")
        if len(signature) != MODULUS_SIZE or value >= self.modulus or len(token) != TOKEN_SIZE:
            return False
        digest = SHA1_PREFIX + token
        padding = b"\xff" * (MODULUS_SIZE - len(digest) - 3)
        expected = b"\x00\x01" + padding + b"\x00" + digest
        return hmac.compare_digest(pow(value, self.exponent, self.modulus).to_bytes(MODULUS_SIZE, "big"), expected)


class Auth:
    """The keys a device trusts. With `accept_first` and none yet, it trusts the first that any host offers."""

    def __init__(self, keys: Iterable[PublicKey] = (), *, accept_first: bool = False) -> None:
        self.keys = list(keys)
        self.accept_first = accept_first

    def knows(self, signature: bytes, token: bytes) -> bool:
        return any(key.verifies(signature, token) for key in self.keys)

    def offer(self, text: bytes) -> bool:
        """A host's public key: True when the device lets it in. One that cannot be read is refused."""
        try:
            key = PublicKey.parse(text)
        except EnvError:
            return False
        if self.accept_first and not self.keys:
            self.keys.append(key)
            return True
        return False
