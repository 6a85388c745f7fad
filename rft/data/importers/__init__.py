"""Readers of public data sets: each a small file that turns one format into traces or rows (`rft data import`).

Everything streams. An item that cannot be told in Glint's actions is refused and counted, never guessed at.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from agentkit.errors import ConfigError
from rft.closest import unknown

IMPORTERS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "androidcontrol": ("androidcontrol", "AndroidControl"),
        "aitw": ("aitw", "AndroidInTheWild"),
        "aitz": ("aitz", "AndroidInTheZoo"),
        "gui-odyssey": ("odyssey", "GuiOdyssey"),
        "amex": ("amex", "Amex"),
        "amex-elements": ("amex", "AmexElements"),
        "grounding": ("grounding", "GroundingJson"),
    }
)
"""Name to module and class."""


def make_importer(name: str, **options: Any) -> Any:
    """The importer called `name`; `options` go to its constructor. ConfigError for an unknown name or option."""
    if name not in IMPORTERS:
        raise ConfigError(unknown("importer", name, IMPORTERS))
    module, cls = IMPORTERS[name]
    try:
        return getattr(importlib.import_module(f"rft.data.importers.{module}"), cls)(**options)
    except TypeError as error:
        raise ConfigError(f"importer {name} does not take {', '.join(options)}: {error}") from error
