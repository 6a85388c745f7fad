"""The emulator's console: its line protocol, what it does to the phone, and the stock client's `adb emu`."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from agentkit.errors import EnvError
from envs.phone.adb import AdbServer
from envs.phone.adb.console import Console, reply
from envs.phone.apps import ALL, EVERY
from envs.phone.apps.dialer import Dialer
from envs.phone.device import Phone
from envs.phone.telephony import PATH
from fingers import stored, texts
from test_adb_stock import ADB, Adb

INBOX = "SELECT address, body FROM sms WHERE type = 1 AND read = 0 ORDER BY date DESC"


@pytest.fixture
def phone() -> Phone:
    return Phone(EVERY, screen="small")


@pytest.fixture
def server(phone: Phone) -> Iterator[AdbServer]:
    """A phone with a free port below its own, as an emulator has."""
    for _ in range(20):
        with AdbServer(phone) as server, socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", server.port - 1)):
                yield server
                return
    pytest.skip("no pair of free ports")


def say(console: Console, text: bytes) -> list[str]:
    """The lines that came until the console hung up."""
    with socket.create_connection(("127.0.0.1", console.port), timeout=10) as line:
        line.sendall(text)
        received = b""
        while data := line.recv(4096):
            received += data
    return received.decode().split("\r\n")


def test_a_session_greets_answers_refuses_and_ends(server: AdbServer, phone: Phone) -> None:
    with Console(server) as console:
        assert console.port == server.port - 1
        message = b"sms send +15550123 It's a bird, it's a plane."
        spoken = say(console, b"auth token\nping\navd name\nnope\n%s\nquit\nping\n" % message)
    greeting = ["Android Console: type 'help' for a list of commands", "OK"]
    refusal = "KO: unknown command, try 'help'"
    assert spoken == [*greeting, "OK", "I am alive!", "OK", "glint", "OK", refusal, "OK", ""]
    assert stored(phone, PATH, INBOX)[0] == ("+15550123", "It's a bird, it's a plane.")
    with pytest.raises(OSError, match="refused"):
        say(console, b"quit\n")


def test_a_line_without_end_is_hung_up_on(server: AdbServer) -> None:
    with Console(server) as console:
        try:
            spoken = say(console, b"sms send +1 " + b"x" * (1 << 17))
        except ConnectionError:  # it hung up before all was sent
            spoken = []
        assert spoken[2:] in ([], [""])
        assert say(console, b"ping\nquit\n")[2] == "I am alive!"


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("sms", "missing sub-command; there are send"),
        ("sms pdu", "bad sub-command; there are send"),
        ("sms send 123", "missing argument, try 'sms send <phonenumber> <text message>'"),
        ("sms send 12a hello", r"bad phone number format, must be [+](0-9)*"),
        ("gsm call", "missing argument, try 'gsm call <phonenumber>'"),
        ("gsm cancel 5", "could not cancel this number"),
        ("geo fix 9.5", "not enough arguments: see 'help geo fix' for details"),
        ("geo fix 9.5 nan", "argument 'nan' must be a number in -90..90"),
        ("geo fix 181 0", "argument '181' must be a number in -180..180"),
        ("kill", "unknown command, try 'help'"),
    ],
)
def test_refusals_change_nothing(phone: Phone, line: str, why: str) -> None:
    before = phone.location, phone.now(), stored(phone, PATH, INBOX)
    assert reply(phone, line) == f"KO: {why}\r\n"
    assert (phone.location, phone.now(), stored(phone, PATH, INBOX)) == before


def test_messages_of_one_moment_keep_their_order(phone: Phone) -> None:
    for body in ("first", "second", "third"):
        assert reply(phone, f"sms send 5550100 {body}") == "OK\r\n"
    assert [body for _, body in stored(phone, PATH, INBOX)][:3] == ["third", "second", "first"]


def test_a_call_rings_is_listed_and_is_missed(phone: Phone) -> None:
    assert reply(phone, "gsm call +15550123") == "OK\r\n"
    assert phone.foreground()[0] == Dialer.package
    assert {"+15550123", "Incoming call", "Answer", "Decline"} <= set(texts(phone))
    assert reply(phone, "gsm call 42") == "KO: the line is busy\r\n"
    assert reply(phone, "gsm list") == "inbound from +15550123  : incoming\r\nOK\r\n"
    assert reply(phone, "gsm cancel +15550123") == "OK\r\n"
    assert reply(phone, "gsm list") == "OK\r\n"
    assert any(shown.startswith("Missed call") for shown in texts(phone))


def test_a_fix_moves_the_phone(phone: Phone) -> None:
    assert reply(phone, "geo fix 9.5224 47.1410 455.0") == "OK\r\n"
    assert phone.location == (47.1410, 9.5224)


def test_a_phone_without_the_app_says_so() -> None:
    assert reply(Phone(ALL), "gsm call 5") == "KO: this phone has no Phone app\r\n"


def test_a_taken_port_is_an_error(server: AdbServer) -> None:
    with Console(server), pytest.raises(EnvError, match="cannot listen on"):
        Console(server).start()


@pytest.mark.skipif(ADB is None, reason="no adb in PATH (Debian: apt install adb)")
def test_the_stock_client_reaches_the_console(server: AdbServer, phone: Phone, tmp_path) -> None:
    with Console(server) as console:
        adb = Adb(tmp_path)
        adb.serial = f"emulator-{console.port}"
        adb.run("emu", "sms", "send", "+15550199", "See you at 5, ok?")
        refused = adb.text("emu", "sms", "send", "x", "y")
        adb.serial = None
        adb.run("kill-server", check=False)
    assert stored(phone, PATH, INBOX)[0] == ("+15550199", "See you at 5, ok?")
    assert refused.startswith("KO: bad phone number format")
