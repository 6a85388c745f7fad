"""Import of public data sets (`rft data import`): readers that only training needs, and those of `agentkit.recorded`.

Everything streams. An item that cannot be told in Glint's actions is refused and counted, never guessed at.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from agentkit.closest import unknown
from agentkit.errors import ConfigError

IMPORTERS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "androidcontrol": ("agentkit.recorded.androidcontrol", "AndroidControl"),
        "aitw": ("agentkit.recorded.aitw", "AndroidInTheWild"),
        "aitz": ("agentkit.recorded.aitz", "AndroidInTheZoo"),
        "gui-odyssey": ("agentkit.recorded.odyssey", "GuiOdyssey"),
        "amex": ("rft.data.importers.amex", "Amex"),
        "amex-elements": ("rft.data.importers.amex", "AmexElements"),
        "grounding": ("rft.data.importers.grounding", "GroundingJson"),
    }
)
"""Name to module and class."""


def make_importer(name: str, **options: Any) -> Any:
    """The importer called `name`; `options` go to its constructor. ConfigError for an unknown name or option."""
    if name not in IMPORTERS:
        raise ConfigError(unknown("importer", name, IMPORTERS))
    module, cls = IMPORTERS[name]
    try:
        return getattr(importlib.import_module(module), cls)(**options)
    except TypeError as error:
        raise ConfigError(f"importer {name} does not take {', '.join(options)}: {error}") from error
