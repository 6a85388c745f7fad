"""The console that an emulator has on the even port below its ADB port, where `adb emu sms send ...` goes.

    with AdbServer(phone, port=5557) as server, Console(server):
        ...  # adb -s emulator-5556 emu sms send +15550123 "on my way"

A line protocol: a greeting, then a command per line, answered by lines and "OK", or by "KO: why". As in an emulator
whose token file is empty, nobody has to authenticate; a client that does so all the same is let in. The stock adb
leaves out all up to the second "OK": without a token of its own it prints what is refused, not what is answered.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import math
import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from agentkit.errors import EnvError
from envs.listening import Listener, Listening
from envs.phone.apps.dialer import Dialer
from envs.phone.apps.messages import Messages

if TYPE_CHECKING:
    from envs.phone.adb.server import AdbServer
    from envs.phone.device import Phone

GREETING = "Android Console: type 'help' for a list of commands"
MAX_LINE = 4096
MAX_CLIENTS = 16
TICK = dt.timedelta(seconds=1)
"""What it takes a message to arrive: two never have the same time."""
NUMBER = re.compile(r"\+?[0-9]+")
Answer: TypeAlias = str
"""The lines before "OK", empty for none."""
Verb: TypeAlias = "Callable[[Phone, str], Answer]"
"""What it does with the rest of the line, the phone locked. Raises Refused."""


class Refused(Exception):
    """The reason that stands behind "KO: "."""


class Console(Listening):
    """The console of the phone that `server` shows. A context manager; starting raises EnvError for a taken port."""

    def __init__(self, server: AdbServer) -> None:
        self._server = server
        self._listener = Listener(self._connected, server.host, server.port - 1, name="console", limit=MAX_CLIENTS)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(f"{GREETING}\r\nOK\r\n".encode())
        try:
            while line := await reader.readline():
                words = line.decode("utf-8", "replace").strip()
                if words in ("quit", "exit") or len(line) > MAX_LINE:
                    break
                if words:
                    said = await asyncio.to_thread(self._locked, words)
                    writer.write(said.encode())
                    await writer.drain()
        except (ConnectionError, ValueError):  # hung up; a line without end
            return
        finally:
            writer.close()

    def _locked(self, line: str) -> str:
        with self._server.lock:
            return reply(self._server.phone, line)


def reply(phone: Phone, line: str) -> str:
    """What the console says to one command line, as it goes over the wire."""
    verb, _, rest = line.partition(" ")
    try:
        said = _run(phone, VERBS, verb, rest.strip())
    except Refused as refusal:
        return f"KO: {refusal}\r\n"
    return "".join(f"{part}\r\n" for part in [*said.splitlines(), "OK"])


Table: TypeAlias = "Mapping[str, Verb | Table]"


def _run(phone: Phone, table: Table, verb: str, rest: str) -> Answer:
    found = table.get(verb)
    if found is None:
        raise Refused("unknown command, try 'help'" if table is VERBS else f"bad sub-command; {_listing(table)}")
    if callable(found):
        return found(phone, rest)
    inner, _, arguments = rest.partition(" ")
    if not inner:
        raise Refused(f"missing sub-command; {_listing(found)}")
    return _run(phone, found, inner, arguments.strip())


def _listing(table: Table) -> str:
    return f"there are {', '.join(table)}"


def _help(phone: Phone, rest: str) -> Answer:
    return "\n".join(["Android console commands:", *(f"    {name}" for name in VERBS)])


def _say(text: str) -> Verb:
    return lambda phone, rest: text


def _sms_send(phone: Phone, rest: str) -> Answer:
    number, _, text = rest.partition(" ")
    if not text.strip():
        raise Refused("missing argument, try 'sms send <phonenumber> <text message>'")
    app = _app(phone, Messages)
    number = _number(number)
    phone.set_now(phone.now() + TICK)
    app.receive(number, text.strip())
    phone.invalidate()
    return ""


def _gsm_call(phone: Phone, rest: str) -> Answer:
    if not rest:
        raise Refused("missing argument, try 'gsm call <phonenumber>'")
    app = _app(phone, Dialer)
    if not app.ring(_number(rest)):
        raise Refused("the line is busy")
    phone.start(Dialer.package)
    return ""


def _gsm_cancel(phone: Phone, rest: str) -> Answer:
    app = _app(phone, Dialer)
    if app.call is None or app.call.number != rest:
        raise Refused("could not cancel this number")
    app.hang_up()
    phone.invalidate()
    return ""


def _gsm_list(phone: Phone, rest: str) -> Answer:
    call = _app(phone, Dialer).call
    if call is None:
        return ""
    way = "outbound to  " if call.outgoing else "inbound from "
    return f"{way}{call.number:<10} : {'active' if call.answered else 'dialing' if call.outgoing else 'incoming'}"


def _geo_fix(phone: Phone, rest: str) -> Answer:
    """`geo fix LONGITUDE LATITUDE [ALTITUDE [SATELLITES [VELOCITY]]]`, in degrees."""
    words = rest.split()
    if len(words) < 2:
        raise Refused("not enough arguments: see 'help geo fix' for details")
    longitude, latitude = (_degrees(word, limit) for word, limit in zip(words, (180.0, 90.0), strict=False))
    phone.location = latitude, longitude
    phone.invalidate()
    return ""


def _degrees(word: str, limit: float) -> float:
    try:
        value = float(word)
    except ValueError:
        value = math.nan
    if not abs(value) <= limit:
        raise Refused(f"argument '{word}' must be a number in -{limit:g}..{limit:g}")
    return value


def _number(text: str) -> str:
    if not NUMBER.fullmatch(text):
        raise Refused("bad phone number format, must be [+](0-9)*")
    return text


Found = TypeVar("Found", Messages, Dialer)


def _app(phone: Phone, kind: type[Found]) -> Found:
    try:
        app = phone.app(kind.package)
    except KeyError:
        raise Refused(f"this phone has no {kind.label} app") from None
    if not isinstance(app, kind):
        raise EnvError(f"{kind.package} must be a {kind.__name__}, got {type(app).__name__}")
    return app


VERBS: Table = {
    "help": _help,
    "ping": _say("I am alive!"),
    "auth": _say(""),
    "quit": _say(""),
    "avd": {"name": _say("glint"), "status": _say("virtual device is running")},
    "geo": {"fix": _geo_fix},
    "gsm": {"call": _gsm_call, "cancel": _gsm_cancel, "list": _gsm_list},
    "sms": {"send": _sms_send},
}
