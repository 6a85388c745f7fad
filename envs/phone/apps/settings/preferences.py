"""The kinds of preference a settings page is made of, and the keys they read and write.

A page is data: a title and a tuple of preferences. `SettingsApp` turns them into rows; search walks the same tuples.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from envs.phone.ui import Widget

if TYPE_CHECKING:
    from envs.phone.apps.settings.main import SettingsApp

Summary: TypeAlias = "str | Callable[[SettingsApp], str]"


@dataclass(frozen=True, slots=True)
class Key:
    """A place in the settings provider and the value it has on a fresh phone."""

    namespace: str
    """`system`, `secure` or `global`."""
    name: str
    default: str


@dataclass(frozen=True, slots=True)
class Toggle:
    """A row with a switch."""

    title: str
    key: Key
    summary: Summary = ""
    icon: str = ""
    on: str = "1"
    off: str = "0"
    is_on: Callable[[SettingsApp], bool] | None = None
    """Instead of comparing with `on`, where several values mean on."""
    write: Callable[[SettingsApp, bool], None] | None = None
    """Instead of writing `on` or `off`, where one switch moves several keys."""


@dataclass(frozen=True, slots=True)
class Link:
    """A row that opens another page."""

    title: str
    page: str
    summary: Summary = ""
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """A row that opens a dialog of radio buttons; the row shows the chosen one."""

    title: str
    key: Key
    options: tuple[tuple[str, str], ...]
    """(stored value, what a person reads)."""
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Level:
    """A slider over whole numbers `low`..`high`."""

    title: str
    key: Key
    low: int
    high: int
    id: str
    icon: str = ""
    in_dialog: bool = False
    """The slider opens over the page, as brightness does; the row then shows a percentage."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A row that opens a dialog with a text field."""

    title: str
    key: Key
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """A row that only informs."""

    title: str
    summary: Summary = ""
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    text: str


Preference: TypeAlias = Toggle | Link | Choice | Level | Entry | Note | Section


@dataclass(frozen=True, slots=True)
class Page:
    title: str
    preferences: tuple[Preference, ...] = ()
    build: Callable[[SettingsApp], Sequence[Widget]] | None = None
    """Rows that depend on more than settings keys (networks, devices, apps); shown after the preferences."""
