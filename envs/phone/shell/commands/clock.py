"""Time on the phone's own clock: `date`, `sleep`, `uptime`."""

from __future__ import annotations

import datetime as dt
import re

from envs.phone.shell.call import Call, Command, UsageError
from envs.phone.shell.system import epoch

DEFAULT_FORMAT = "%a %b %e %H:%M:%S %Z %Y"
MAX_SLEEP_S = 366 * 86400
EARLIEST, LATEST = dt.datetime(1970, 1, 1), dt.datetime(2038, 1, 1)
"""What fits the 32 bits of seconds that ADB's file service has for a time."""


def format_time(when: dt.datetime, template: str) -> str:
    """strftime for a naive UTC time; what depends on the host (`%s %Z %z`) is filled in here."""
    own = {"%s": str(epoch(when)), "%Z": "UTC", "%z": "+0000", "%:z": "+00:00", "%N": f"{when.microsecond * 1000:09d}"}
    text = re.sub(r"%(?::z|.)", lambda m: own.get(m[0], m[0]), template)
    return when.strftime(text)


def parse_time(text: str, now: dt.datetime) -> dt.datetime:
    """What `date` sets and `touch -d/-t` takes: `@SECONDS`, `[[CC]YY]MMDDhhmm[.SS]`, `MMDDhhmm[[CC]YY][.SS]`, ISO.

    Naive UTC. Raises UsageError.
    """
    try:
        when = _parsed(text, now)
    except (ValueError, OverflowError):
        raise UsageError(f"bad date '{text:.40}'") from None
    if not EARLIEST <= when < LATEST:
        raise UsageError(f"bad date '{text}', expected {EARLIEST:%Y} to {LATEST.year - 1}")
    return when


def _parsed(text: str, now: dt.datetime) -> dt.datetime:
    if text.startswith("@"):
        return dt.datetime.fromtimestamp(float(text[1:]), dt.UTC).replace(tzinfo=None)
    match = re.fullmatch(r"(\d\d)(\d\d)(\d\d)(\d\d)(\d{4}|\d\d)?(?:\.(\d\d))?", text)
    if match is not None:
        month, day, hour, minute = (int(match[n]) for n in range(1, 5))
        year = now.year if match[5] is None else int(match[5]) if len(match[5]) == 4 else _century(int(match[5]))
        return dt.datetime(year, month, day, hour, minute, int(match[6] or 0))
    if re.fullmatch(r"\d\d:\d\d(:\d\d)?", text):
        return dt.datetime.combine(now.date(), dt.time.fromisoformat(text))
    when = dt.datetime.fromisoformat(text.replace("Z", "+00:00"))
    return when.astimezone(dt.UTC).replace(tzinfo=None) if when.tzinfo else when


def _century(year: int) -> int:
    return year + (2000 if year < 69 else 1900)


def date(call: Call) -> None:
    """`date [-u] [-d TIME] [+FORMAT]` prints, `date [-s] TIME` sets the phone's clock and prints the new time."""
    options, rest = call.options("us:d:D:r:I")
    when = call.phone.now()
    if "r" in options:
        when = dt.datetime.fromtimestamp(call.files.stat(call.path(options["r"])).mtime, dt.UTC).replace(tzinfo=None)
    if "d" in options:
        when = parse_time(options["d"], when)
    template = "%Y-%m-%d" if "I" in options else DEFAULT_FORMAT
    setting = options.get("s")
    for word in rest:
        if word.startswith("+"):
            template = word[1:]
        elif setting is None:
            setting = word
        else:
            raise UsageError(f"bad arg '{word}'")
    if setting is not None:
        when = parse_time(setting, call.phone.now())
        call.phone.set_now(when)
    call.line(format_time(when, template))


def sleep(call: Call) -> None:
    """Moves the phone's clock on; nobody waits."""
    total = 0.0
    for word in call.args:
        match = re.fullmatch(r"(\d{1,9}(?:\.\d{1,9})?|\.\d{1,9})([smhd]?)", word)
        if match is None:
            raise UsageError(f"bad number '{word}'")
        total += float(match[1]) * {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}[match[2]]
    if not call.args or total > MAX_SLEEP_S:
        raise UsageError(f"expected up to {MAX_SLEEP_S} seconds")
    later = call.phone.now() + dt.timedelta(seconds=total * (1e-6 if call.name == "usleep" else 1))
    call.phone.set_now(min(later, LATEST))


def uptime(call: Call) -> None:
    call.line(f" {call.phone.now():%H:%M:%S} up 1 day,  0 users,  load average: 0.00, 0.00, 0.00")


TABLE: dict[str, Command] = {"date": date, "sleep": sleep, "uptime": uptime, "usleep": sleep}
