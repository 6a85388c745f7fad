"""Prompt protocols by name: how to ask a model for an action and how to read what it says."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from agentkit.errors import ConfigError
from agentkit.protocols.base import Decoding, Message, ParsedReply, PromptProtocol, SizeModel
from agentkit.protocols.venus1_ground import VENUS1_GROUND, VENUS1_GROUND_72B
from agentkit.protocols.venus1_navi import VENUS1_NAVI, VENUS1_NAVI_72B
from agentkit.protocols.venus15_ground import VENUS15_GROUND
from agentkit.protocols.venus15_navi import VENUS15_NAVI, VENUS15_NAVI_WEB

__all__ = [
    "PROTOCOLS",
    "Decoding",
    "Message",
    "ParsedReply",
    "PromptProtocol",
    "SizeModel",
    "get_protocol",
]

PROTOCOLS: tuple[PromptProtocol, ...] = (
    VENUS1_GROUND,
    VENUS1_GROUND_72B,
    VENUS1_NAVI,
    VENUS1_NAVI_72B,
    VENUS15_GROUND,
    VENUS15_NAVI,
    VENUS15_NAVI_WEB,
)


def get_protocol(name: str, **options: Any) -> PromptProtocol:
    """The protocol called `name`, with options changed (`history=5`, `refusal=True`, ...). ConfigError if unknown."""
    for protocol in PROTOCOLS:
        if protocol.name == name:
            try:
                return replace(protocol, **options)  # type: ignore[type-var]
            except (TypeError, ValueError) as error:
                raise ConfigError(f"protocol {name}: {error}") from error
    raise ConfigError(f"unknown protocol {name!r}, expected one of {', '.join(p.name for p in PROTOCOLS)}")
