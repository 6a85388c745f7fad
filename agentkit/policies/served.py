"""A policy behind an OpenAI-compatible `/chat/completions`: vLLM, SGLang or a hosted model."""

from __future__ import annotations

import base64
import io
import json
import math
import os
import time
from collections.abc import Callable, Sequence
from typing import Any

import httpx
from PIL import Image

from agentkit.errors import ConfigError, PolicyError, boundary
from agentkit.frames import PixelBudget, Size
from agentkit.protocols import Message, PromptProtocol, get_protocol
from agentkit.types import Observation, Reply, Step

_WORTH_RETRYING = frozenset({408, 425, 429, 500, 502, 503, 504, 529})


class ServedPolicy:
    """Asks an endpoint for each reply. Safe to share between threads.

    The screenshot travels as a PNG at exactly the size that the protocol's model coordinates refer to. Run the server
    with a budget that holds this size (vLLM: `--mm-processor-kwargs`), or it resizes once more and every coordinate
    in `model_px` is off.
    """

    def __init__(
        self,
        base_url: str,
        model: str,
        protocol: PromptProtocol | str = "venus1_navi",
        *,
        api_key_env: str | None = None,
        timeout_s: float = 120.0,
        retries: int = 4,
        backoff_s: float = 1.0,
        max_new_tokens: int | None = None,
        temperature: float | None = None,
        budget: PixelBudget | None = None,
        seed: int | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """`base_url` ends before `/chat/completions` (usually in `/v1`). The key is read from the environment
        variable `api_key_env`. A failed attempt is repeated `retries` times, waiting `backoff_s`, then twice that,
        ... or as long as the server's `Retry-After` asks."""
        if not base_url.startswith(("http://", "https://")):
            raise ConfigError(f"base_url must start with http:// or https://, got {base_url!r}")
        headers = {}
        if api_key_env is not None:
            if not os.environ.get(api_key_env):
                raise ConfigError(f"the environment variable {api_key_env} should hold the API key; it is not set")
            headers["Authorization"] = f"Bearer {os.environ[api_key_env]}"
        self.url = base_url.rstrip("/") + "/chat/completions"
        self.protocol = get_protocol(protocol) if isinstance(protocol, str) else protocol
        self.budget = budget or self.protocol.budget
        self.retries, self.backoff_s, self._sleep = retries, backoff_s, sleep
        decoding = self.protocol.decoding
        self._options: dict[str, Any] = {
            "model": model,
            "max_tokens": decoding.max_new_tokens if max_new_tokens is None else max_new_tokens,
            "temperature": decoding.temperature if temperature is None else temperature,
            "top_p": decoding.top_p,
        }
        if decoding.repetition_penalty != 1.0:
            self._options["repetition_penalty"] = decoding.repetition_penalty
        if seed is not None:
            self._options["seed"] = seed
        self._client = httpx.Client(timeout=timeout_s, headers=headers)
        self.meta: dict[str, Any] = {"policy": f"served:{base_url}#{model}", "protocol": self.protocol.name}

    def reply(self, goal: str, steps: Sequence[Step], observation: Observation) -> Reply:
        """The endpoint's reply, parsed. PolicyError when it cannot be had."""
        started = time.monotonic()
        with boundary(PolicyError, "cannot word the request"):
            size = self.budget.resize(observation.image.size)
            messages = self.protocol.messages(goal, steps, observation, self.budget.resize)
            body = self._options | {"messages": [_wire(message, size) for message in messages]}
        encoded = time.monotonic()
        response, request_s, wait_s = self._post(body)
        text, counts = _read(response)
        parsed = self.protocol.parse(text, size)
        seconds = time.monotonic() - started
        timing = {"encode": encoded - started, "request": request_s, **({"wait": wait_s} if wait_s else {})}
        usage = counts | {"screens": sum(map(_screens, messages))}
        return Reply(
            text, parsed.action, parsed.thought, parsed.conclusion, seconds=seconds, usage=usage, timing=timing
        )

    def close(self) -> None:
        self._client.close()

    def _post(self, body: dict[str, Any]) -> tuple[httpx.Response, float, float]:
        """The response, the seconds of the attempt that brought it, and those of the attempts before it."""
        begun = time.monotonic()
        for attempt in range(self.retries + 1):
            wait_s = self.backoff_s * 2**attempt
            asked = time.monotonic()
            try:
                response = self._client.post(self.url, json=body)
            except httpx.TransportError as error:  # timeouts, refused and dropped connections
                fault = f"{type(error).__name__}: {error}"
            except httpx.HTTPError as error:
                raise PolicyError(f"{self.url}: {type(error).__name__}: {error}") from error
            else:
                if response.is_success:
                    return response, time.monotonic() - asked, asked - begun if attempt else 0.0
                fault = f"HTTP {response.status_code}: {response.text[:300]}"
                if response.status_code not in _WORTH_RETRYING:
                    raise PolicyError(f"{self.url}: {fault}")
                wait_s = max(wait_s, _retry_after_s(response))
            if attempt < self.retries:
                self._sleep(wait_s)
        raise PolicyError(f"{self.url}: gave up after {self.retries + 1} attempts, the last: {fault}")


def _retry_after_s(response: httpx.Response) -> float:
    """The server's wish, at most a minute; zero when it has none or gives a date."""
    try:
        wish = float(response.headers.get("retry-after", 0))
    except ValueError:
        return 0.0
    return min(max(wish, 0.0), 60.0) if math.isfinite(wish) else 0.0


def _read(response: httpx.Response) -> tuple[str, dict[str, int]]:
    try:
        answer = response.json()
        text = answer["choices"][0]["message"]["content"]
        usage = answer.get("usage") or {}
        counts = {name: int(usage[f"{name}_tokens"]) for name in ("prompt", "completion") if f"{name}_tokens" in usage}
        details = usage.get("prompt_tokens_details") or {}
        counts |= {name: int(n) for name in ("image", "cached") if (n := details.get(f"{name}_tokens")) is not None}
    except (json.JSONDecodeError, UnicodeDecodeError, LookupError, TypeError, ValueError, AttributeError) as error:
        shown = response.text[:200]
        raise PolicyError(f"expected a chat completion, got {shown!r} ({type(error).__name__}: {error})") from error
    if not isinstance(text, str):
        raise PolicyError(f"expected the message content to be text, got {text!r}")
    return text.encode("utf-8", "replace").decode(), counts  # JSON can spell lone surrogates; files cannot


def _screens(message: Message) -> int:
    content = message["content"]
    return 0 if isinstance(content, str) else sum(part["type"] == "image" for part in content)


def _wire(message: Message, size: Size) -> Message:
    content = message["content"]
    if isinstance(content, str):
        return message
    return {**message, "content": [_wire_part(part, size) for part in content]}


def _wire_part(part: Message, size: Size) -> Message:
    if part["type"] != "image":
        return part
    image = part["image"].convert("RGB").resize(size, Image.Resampling.BICUBIC)
    buffer = io.BytesIO()
    image.save(buffer, format="PNG")
    data = base64.b64encode(buffer.getvalue()).decode("ascii")
    return {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{data}"}}
