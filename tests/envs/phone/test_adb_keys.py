"""Who may connect: RSA keys, their signatures, and hosts without one."""

from __future__ import annotations

import base64
import struct

import pytest

from adb_host import Host
from agentkit.errors import ConfigError, EnvError
from envs.phone.adb import AdbServer, Auth, PublicKey
from envs.phone.adb.auth import STRUCT
from envs.phone.adb.wire import AUTH, OPEN
from envs.phone.device import Phone


@pytest.fixture(scope="module")
def private_key(tmp_path_factory):
    from adb_shell.auth.keygen import keygen

    path = tmp_path_factory.mktemp("keys") / "adbkey"
    keygen(str(path))
    return path


def signer(path):
    from adb_shell.auth.sign_cryptography import CryptographySigner

    return CryptographySigner(str(path))


def test_signatures_are_verified(private_key, tmp_path):
    from adb_shell.auth.keygen import keygen

    key = PublicKey.load(f"{private_key}.pub")
    token = bytes(range(20))
    signature = signer(private_key).Sign(token)
    assert key.verifies(signature, token)
    assert not key.verifies(signature, token[::-1])
    for at in (0, 128, 255):
        broken = bytearray(signature)
        broken[at] ^= 1
        assert not key.verifies(bytes(broken), token)
    assert not key.verifies(b"", token)
    assert not key.verifies(signature + b"\0", token)
    assert not key.verifies((key.modulus).to_bytes(256, "big"), token)
    keygen(str(tmp_path / "other"))
    assert not PublicKey.load(tmp_path / "other.pub").verifies(signature, token)


def test_bad_keys_are_named(private_key, tmp_path):
    with pytest.raises(EnvError, match="base64"):
        PublicKey.parse("!!!")
    with pytest.raises(EnvError, match="524 bytes, got 3"):
        PublicKey.parse("AAAA")
    with pytest.raises(EnvError, match="RSA-2048"):
        PublicKey.parse(base64.b64encode(STRUCT.pack(64, 0, b"\1" + bytes(255), bytes(256), 3)))
    good = bytearray(base64.b64decode(private_key.with_suffix(".pub").read_bytes().split()[0]))
    good[-4:] = struct.pack("<I", 1)
    with pytest.raises(EnvError, match="exponent"):
        PublicKey.parse(base64.b64encode(bytes(good)))
    (tmp_path / "x.pub").write_text("no key")
    with pytest.raises(ConfigError, match="no adb public key"):
        PublicKey.load(tmp_path / "x.pub")


def adb_shell(server: AdbServer, keys=(), wait_s: float = 2.0) -> str:
    from adb_shell.adb_device import AdbDeviceTcp

    device = AdbDeviceTcp("127.0.0.1", server.port, default_transport_timeout_s=5)
    try:
        device.connect(rsa_keys=list(keys), auth_timeout_s=wait_s)
        return device.shell("whoami")
    finally:
        device.close()


def test_adb_shell_with_and_without_keys(server, private_key):
    from adb_shell.exceptions import DeviceAuthError, TcpTimeoutException

    assert adb_shell(server) == "root\n"
    key = PublicKey.load(f"{private_key}.pub")
    with AdbServer(Phone(screen="small"), auth=Auth([key])) as locked:
        assert adb_shell(locked, [signer(private_key)]) == "root\n"
        with pytest.raises(DeviceAuthError):
            adb_shell(locked)
    with AdbServer(Phone(screen="small"), auth=Auth(accept_first=True)) as open_to_offers:
        assert adb_shell(open_to_offers, [signer(private_key)]) == "root\n"
        assert open_to_offers.auth.keys == [key]
    with AdbServer(Phone(screen="small"), auth=Auth()) as closed, pytest.raises(TcpTimeoutException):
        adb_shell(closed, [signer(private_key)], wait_s=0.4)


def test_the_first_key_shuts_out_later_ones(private_key, tmp_path):
    from adb_shell.auth.keygen import keygen
    from adb_shell.exceptions import TcpTimeoutException

    keygen(str(tmp_path / "late"))
    auth = Auth(accept_first=True)
    assert not auth.offer(b"no key")
    with AdbServer(Phone(screen="small"), auth=auth) as server:
        for _ in range(2):
            assert adb_shell(server, [signer(private_key)]) == "root\n"
            with pytest.raises(TcpTimeoutException):
                adb_shell(server, [signer(tmp_path / "late")], wait_s=0.3)
    assert auth.keys == [PublicKey.load(f"{private_key}.pub")]


def test_no_stream_opens_before_the_key_is_shown(private_key):
    with AdbServer(Phone(screen="small"), auth=Auth()) as locked, Host(locked) as host:
        assert host.hello().command == AUTH
        host.send(OPEN, 1, 0, b"shell:id\0", checked=True)
        with pytest.raises((EOFError, ConnectionResetError)):
            host.receive()
