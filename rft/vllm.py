"""Which vLLM goes with which torch and transformers, and the command line of a server that training can sample from.

Read from the packages' own metadata; TRL 1.16 talks to vLLM 0.22 to 0.31. Imports none of them.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from agentkit.errors import ConfigError
from rft.configs import TrainConfig

Release: TypeAlias = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Pin:
    """What a range of vLLM releases was built for. Releases between two ranges were not looked at."""

    low: Release
    high: Release
    torch: Release
    """Major and minor, exact: vLLM's kernels are compiled for it."""
    transformers_from: Release | None
    """None where only the packages' upper bound was read; Glint's own floor is 5.17."""
    transformers_below: Release


PINS = (
    Pin((0, 22), (0, 24), (2, 11), None, (6,)),
    Pin((0, 25), (0, 25, 1), (2, 11), (5, 5, 3), (6,)),
    Pin((0, 27, 1), (0, 28), (2, 13), (5, 5, 3), (6,)),
    Pin((0, 29), (0, 30), (2, 13), (5, 10, 4), (6,)),
    Pin((0, 31), (0, 31), (2, 13), (5, 10, 4), (5, 18)),
    Pin((0, 33), (0, 33), (2, 14), (5, 16, 1), (5, 21)),
)
TRL_ACCEPTS = ((0, 22), (0, 31))
"""First and last vLLM release that TRL 1.16 is made for."""


def release(version: str) -> Release:
    """The leading numbers of a version: `2.13.0+cpu` is (2, 13, 0). ConfigError when there are none."""
    found = re.match(r"\d+(\.\d+)*", version)
    if not found:
        raise ConfigError(f"expected a version such as 2.13.0, got {version!r}")
    return tuple(map(int, found[0].split(".")))


def pin_table() -> str:
    """The pins as text, one line per range."""
    lines = [f"  {'vLLM':<16}{'torch':<8}transformers"]
    for pin in PINS:
        span = _dotted(pin.low) if pin.low == pin.high else f"{_dotted(pin.low)} to {_dotted(pin.high)}"
        lines.append(f"  {span:<16}{_dotted(pin.torch):<8}{_range(pin)}")
    return "\n".join([*lines, f"  TRL 1.16 talks to vLLM {_dotted(TRL_ACCEPTS[0])} to {_dotted(TRL_ACCEPTS[1])}"])


def conflict(versions: Mapping[str, str]) -> str | None:
    """Why the installed vllm, torch and transformers cannot work together, or None. `versions` by package name."""
    vllm = release(versions["vllm"])
    if not (TRL_ACCEPTS[0] <= vllm[:2] <= TRL_ACCEPTS[1]):
        return f"TRL 1.16 talks to vLLM {_dotted(TRL_ACCEPTS[0])} to {_dotted(TRL_ACCEPTS[1])}, not {_dotted(vllm)}"
    pin = next((pin for pin in PINS if pin.low <= vllm and vllm[: len(pin.high)] <= pin.high), None)
    if pin is None:
        return None
    torch, transformers = release(versions["torch"]), release(versions["transformers"])
    if torch[:2] != pin.torch:
        return f"vLLM {_dotted(vllm)} is built for torch {_dotted(pin.torch)}, not {_dotted(torch)}"
    if not (pin.transformers_from or ()) <= transformers < pin.transformers_below:
        return f"vLLM {_dotted(vllm)} needs transformers {_range(pin)}, not {_dotted(transformers)}"
    return None


def require(config: TrainConfig, versions: Mapping[str, str]) -> None:
    """Raise ConfigError, with the table of pins, unless the sampler that `config` asks for can run here.

    A server needs vLLM here too: TRL's client sends it the weights through vLLM's own code.
    """
    if config.generation == "hf":
        return
    if "vllm" not in versions:
        raise ConfigError(
            f"generation={config.generation} needs the package vllm, which is not installed; installed are "
            f"torch {versions.get('torch', 'none')} and transformers {versions.get('transformers', 'none')}\n"
            f"{pin_table()}"
        )
    if fault := conflict(versions):
        raise ConfigError(f"generation={config.generation} cannot run: {fault}\n{pin_table()}")


def serve_command(config: TrainConfig) -> str:
    """The shell line that starts a server for `generation=vllm-server`, on this machine only.

    Before vLLM 0.30 leave out `--enable-scale-out`, which pictures need from that release on.
    """
    words = [
        "vllm", "serve", config.model or "MODEL", "--host", "127.0.0.1",
        "--weight-transfer-config", '{"backend":"nccl"}',
        "--logprobs-mode", "processed_logprobs", "--max-logprobs", "-1", "--enable-scale-out",
    ]  # fmt: skip
    return "VLLM_SERVER_DEV_MODE=1 " + shlex.join(words)


def _range(pin: Pin) -> str:
    low = f">={_dotted(pin.transformers_from)}," if pin.transformers_from else ""
    return f"{low}<{_dotted(pin.transformers_below)}"


def _dotted(numbers: Release) -> str:
    return ".".join(map(str, numbers))
