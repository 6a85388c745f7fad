"""An app's default shared preferences: the XML file in which Android apps keep their small settings."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from envs.phone.files import Files

Value: TypeAlias = str | bool | int
_ENTRY = re.compile(
    r'<string name="([^"]*)">(.*?)</string>|<(boolean|int|long) name="([^"]*)" value="([^"]*)" ?/>', re.DOTALL
)


class Preferences:
    """Read from the file at every call, so that what a client pushes or removes counts at once.

    A value of another kind than that of the default asked with counts as absent, as does all of a file that is not XML
    of this form.
    """

    def __init__(self, files: Files, package: str) -> None:
        self.files = files
        self.path = f"/data/data/{package}/shared_prefs/{package}_preferences.xml"

    def text(self, name: str, default: str = "") -> str:
        value = self._read().get(name)
        return value if isinstance(value, str) else default

    def flag(self, name: str, default: bool = False) -> bool:
        value = self._read().get(name)
        return value if isinstance(value, bool) else default

    def number(self, name: str, default: int = 0) -> int:
        value = self._read().get(name)
        return value if isinstance(value, int) and not isinstance(value, bool) else default

    def put(self, name: str, value: Value) -> None:
        self._write({**self._read(), name: value})

    def remove(self, *names: str) -> None:
        """Names that are not there are passed over."""
        self._write({name: value for name, value in self._read().items() if name not in names})

    def _read(self) -> dict[str, Value]:
        if not self.files.is_file(self.path):
            return {}
        found: dict[str, Value] = {}
        for string, text, kind, name, value in _ENTRY.findall(self.files.read_text(self.path)):
            if not kind:
                found[html.unescape(string)] = html.unescape(text)
            elif kind == "boolean":
                found[html.unescape(name)] = value == "true"
            elif re.fullmatch(r"-?\d{1,19}", value):
                found[html.unescape(name)] = int(value)
        return found

    def _write(self, values: dict[str, Value]) -> None:
        rows = "".join(f"    {_entry(html.escape(name), value)}\n" for name, value in values.items())
        self.files.write(self.path, f"<?xml version='1.0' encoding='utf-8' standalone='yes' ?>\n<map>\n{rows}</map>\n")


def _entry(name: str, value: Value) -> str:
    if isinstance(value, str):
        return f'<string name="{name}">{html.escape(value)}</string>'
    if isinstance(value, bool):
        return f'<boolean name="{name}" value="{str(value).lower()}" />'
    return f'<long name="{name}" value="{value}" />'
