"""Policies: a Qwen2.5-VL checkpoint in process, an OpenAI-compatible endpoint, or a script. Imports are lazy."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from agentkit.errors import ConfigError

if TYPE_CHECKING:
    from agentkit.protocols import PromptProtocol
    from agentkit.types import Policy

SPEC_HELP = "qwen:FOLDER_OR_HUB_ID (qwen:mini is shipped), served:URL#MODEL, or scripted:FILE"


def make_policy(spec: str, protocol: PromptProtocol, **options: Any) -> Policy:
    """The policy that `spec` names (`SPEC_HELP`); `options` go to its constructor.

    Raises ConfigError when the spec is not one, PolicyError when what it names cannot be loaded.
    """
    kind, _, target = spec.partition(":")
    if not target or kind not in ("qwen", "served", "scripted"):
        raise ConfigError(f"a policy is {SPEC_HELP}, got {spec!r}")
    if kind == "qwen":
        with _needs_extra(kind):
            from agentkit.policies.qwen import QwenPolicy
        return QwenPolicy(target, protocol, **options)
    if kind == "served":
        with _needs_extra(kind):
            from agentkit.policies.served import ServedPolicy
        url, _, model = target.rpartition("#")
        if not url or not model:
            raise ConfigError(f"a served policy is served:URL#MODEL, got {spec!r}")
        return ServedPolicy(url, model, protocol, **options)
    from agentkit.policies.scripted import ScriptedPolicy, read_script

    return ScriptedPolicy(read_script(target), protocol, **options)


@contextmanager
def _needs_extra(kind: str) -> Iterator[None]:
    try:
        yield
    except ModuleNotFoundError as error:
        raise ConfigError(
            f"a {kind} policy needs the package {error.name}: pip install 'glint-agents[{kind}]'"
        ) from error
