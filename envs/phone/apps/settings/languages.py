"""The Languages pages; the list lives in `system system_locales`, first the one in use."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from envs.phone.ui import Icon, IconButton, ListItem, Text, Widget

if TYPE_CHECKING:
    from envs.phone.apps.settings.main import SettingsApp

LANGUAGES = {
    "en-US": "English (United States)",
    "de-DE": "Deutsch (Deutschland)",
    "es-ES": "Español (España)",
    "fr-FR": "Français (France)",
    "id-ID": "Indonesia (Indonesia)",
    "it-IT": "Italiano (Italia)",
    "nl-NL": "Nederlands (Nederland)",
    "pl-PL": "Polski (Polska)",
    "pt-BR": "Português (Brasil)",
    "sv-SE": "Svenska (Sverige)",
    "tr-TR": "Türkçe (Türkiye)",
}


def chosen(app: SettingsApp) -> list[str]:
    return (app.device.settings.get("system", "system_locales") or "en-US").split(",")


def summary(app: SettingsApp) -> str:
    return LANGUAGES.get(chosen(app)[0], chosen(app)[0])


def rows(app: SettingsApp) -> list[Widget]:
    tags = chosen(app)
    listed: list[Widget] = [
        ListItem(
            title=f"{place}  {LANGUAGES.get(tag, tag)}",
            trailing=IconButton("close", label=f"Remove {LANGUAGES.get(tag, tag)}", on_tap=_setter(app, tags, tag))
            if len(tags) > 1
            else None,
        )
        for place, tag in enumerate(tags, 1)
    ]
    return [
        *listed,
        ListItem(title="Add a language", leading=Icon("plus"), on_tap=lambda: app.open("add_language")),
        Text("Apps and websites that support it are shown in the first language.", style="caption"),
    ]


def add_rows(app: SettingsApp) -> list[Widget]:
    tags = chosen(app)

    def adder(tag: str) -> Callable[[], None]:
        def add() -> None:
            app.device.settings.put("system", "system_locales", ",".join([*tags, tag]))
            app.back()

        return add

    return [ListItem(title=name, on_tap=adder(tag)) for tag, name in LANGUAGES.items() if tag not in tags]


def _setter(app: SettingsApp, tags: list[str], removed: str) -> Callable[[], None]:
    left = ",".join(t for t in tags if t != removed)
    return lambda: app.device.settings.put("system", "system_locales", left)
