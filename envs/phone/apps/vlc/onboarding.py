"""What VLC asks at its first start: a welcome, and the permission to see the files of the phone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from envs.phone.ui import Button, Dialog, Icon, Line, ListItem, Screen, Spacer, Switch, Text

if TYPE_CHECKING:
    from envs.phone.apps.vlc.main import Vlc

NAME = ".gui.onboarding.OnboardingActivity"
PAGES = 4


def page(app: Vlc) -> Screen:
    """Welcome; why the permission is needed; the question; Android's page where it is given."""
    if app.page == 3:
        row = ListItem(
            "Allow access to manage all files",
            "Allow this app to read, modify and delete all files on this device",
            trailing=Switch(False, lambda on: app.finish_onboarding()),
        )
        return Screen("All files access", [row], NAME, nav="back", scroll_key="all files")
    welcome = app.page == 0
    body = [
        Spacer(56),
        Line([Icon(app.icon, size=96, color=app.color)]),
        Text("Welcome to VLC!" if welcome else "Allow access to your media", style="headline", align="center"),
        Text(
            "The free media player for your videos and your music." if welcome else
            "VLC needs to see the files of this device to list them and to play them.",
            align="center", color="on_surface_variant",
        ),
    ]  # fmt: skip
    dialog = None
    if app.page == 2:
        text = "Android lets VLC see all files only if you allow it in the settings that open now."
        buttons = [Button("Cancel", app.finish_onboarding), Button("OK", app.turn_page)]
        dialog = Dialog("Permission", [Text(text)], buttons, on_dismiss=app.finish_onboarding)
    buttons = [Button("Skip", app.turn_page, kind="text"), Button("Next", app.turn_page)]
    footer = [Line(buttons)] if welcome else [Button("GRANT PERMISSION", app.turn_page)]
    return Screen("", body, NAME, footer=footer, dialog=dialog, scroll_key=f"onboarding {app.page}")
