"""Clipper (ca.zgrs.clipper): reads and sets the clipboard at a broadcast, and shows what is on it.

`am broadcast -a clipper.set -e text TEXT` works always, `clipper.get` only while the app is in front, as Android lets
nobody else see the clipboard.
"""

from __future__ import annotations

from collections.abc import Mapping

from envs.phone.app import App, Device
from envs.phone.ui import Button, Card, Screen, Text, Widget

SET, GET = ("clipper.set", "set"), ("clipper.get", "get")


class Clipper(App):
    package = "ca.zgrs.clipper"
    label = "Clipper"
    icon = "clipboard-text"
    color = (0, 121, 107)
    activity = ".Main"

    def __init__(self, device: Device) -> None:
        super().__init__(device)
        self.shown = False

    def start(self, extras: Mapping[str, str]) -> None:
        self.shown = True

    def pause(self) -> None:
        self.shown = False

    def stop(self) -> None:
        self.shown = False

    def on_broadcast(self, action: str, extras: Mapping[str, str]) -> str | None:
        if action in SET and "text" in extras:
            self.device.set_clipboard(extras["text"])
            return "Text is copied into clipboard."
        return (self.device.clipboard() or None) if action in GET and self.shown else None

    def screen(self) -> Screen:
        text = self.device.clipboard()
        body: list[Widget]
        if text:
            clip = Card([Text(text, id="clip")])
            body = [Text("On the clipboard", style="label"), clip, Button("Clear", self._clear)]
        else:
            body = [Text("The clipboard is empty", align="center", color="on_surface_variant")]
        return Screen("Clipper", body, name=self.activity)

    def _clear(self) -> None:
        self.device.set_clipboard("")
