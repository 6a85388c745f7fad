"""The pages about installed apps: the list, one app's page, and what their files take of the storage."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from envs.phone.app import App
from envs.phone.ui import Button, Dialog, Header, Icon, Line, ListItem, Text, Widget

if TYPE_CHECKING:
    from envs.phone.apps.settings.main import SettingsApp

CATEGORIES = (
    ("Images", "image-outline", ("/sdcard/DCIM", "/sdcard/Pictures")),
    ("Videos", "movie-outline", ("/sdcard/Movies",)),
    ("Audio", "music-note", ("/sdcard/Music", "/sdcard/Recordings", "/sdcard/Podcasts")),
    ("Documents & other", "file-document-outline", ("/sdcard/Documents", "/sdcard/Download")),
    ("Apps", "apps", ("/data/data",)),
)


def packages(app: SettingsApp) -> list[App]:
    """Installed apps by label."""
    from envs.phone.apps import ALL  # the catalogue imports this package

    found: list[App] = []
    for known in ALL:
        try:
            found.append(app.device.app(known.package))
        except KeyError:
            continue
    return sorted(found, key=lambda a: a.label.lower())


def apps_rows(app: SettingsApp) -> list[Widget]:
    found = packages(app)
    return [
        Header(text=f"All {len(found)} apps"),
        *[
            ListItem(title=other.label, leading=Icon(other.icon), on_tap=_opener(app, f"app:{other.package}"))
            for other in found
        ],
    ]


def app_rows(app: SettingsApp, package: str) -> list[Widget]:
    other = app.device.app(package)
    return [
        ListItem(title=other.label, subtitle=package, leading=Icon(other.icon, size=40)),
        Line(
            [
                Button("Open", on_tap=lambda: app.device.start(package), kind="tonal"),
                Button("Force stop", on_tap=lambda: app.ask("force_stop", package), kind="outlined"),
            ]
        ),
        ListItem(title="Storage & cache", subtitle=f"{size_text(_used(app, f'/data/data/{package}'))} used"),
        ListItem(title="Version", subtitle="1.0"),
    ]


def force_stop_dialog(app: SettingsApp, package: str) -> Dialog:
    def stop() -> None:
        app.close_dialog()
        app.device.app(package).stop()

    return Dialog(
        "Force stop?",
        [Text("If you force stop an app, it may misbehave.")],
        [Button("Cancel", on_tap=app.close_dialog, kind="text"), Button("OK", on_tap=stop, kind="text")],
        on_dismiss=app.close_dialog,
    )


def storage_rows(app: SettingsApp) -> list[Widget]:
    return [
        Text("This device", style="title"),
        *[
            ListItem(title=name, subtitle=size_text(sum(_used(app, folder) for folder in folders)), leading=Icon(icon))
            for name, icon, folders in CATEGORIES
        ],
    ]


def size_text(size: int) -> str:
    """Bytes as Android writes them: powers of 1000, two decimals under ten."""
    value, unit = float(size), "B"
    for larger in ("kB", "MB", "GB"):
        if value < 900:
            break
        value, unit = value / 1000, larger
    return f"{value:.0f} B" if unit == "B" else f"{value:.2f} {unit}" if value < 10 else f"{value:.0f} {unit}"


def _used(app: SettingsApp, folder: str) -> int:
    files = app.device.files
    if not files.is_dir(folder):
        return 0
    total = 0
    for name in files.list(folder):
        path = f"{folder}/{name}"
        total += _used(app, path) if files.is_dir(path) else files.stat(path).size
    return total


def _opener(app: SettingsApp, page: str) -> Callable[[], None]:
    return lambda: app.open(page)
