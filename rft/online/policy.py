"""The model in training as a policy: it answers all live episodes in one call, and its weights never leave the process.

Sampling is that of training: each distinct prompt is read once (`rft.shared_prompt`), and the seed is set before each
step, so a step depends on nothing that happened before it but the weights.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

import torch
from transformers import GenerationConfig

from agentkit.errors import PolicyError, boundary
from agentkit.frames import Size
from agentkit.policies.qwen_chat import encode, end_tokens, read_reply, reply_length
from agentkit.policies.qwen_processor import budget_of
from agentkit.pool import Request
from agentkit.protocols import PromptProtocol
from agentkit.types import Observation, Reply, Step
from rft.shared_prompt import generate_shared


class LearnerPolicy:
    """A `BatchPolicy` over a Qwen2.5-VL that is being trained."""

    def __init__(
        self,
        model: Any,
        processor: Any,
        protocol: PromptProtocol,
        sampling: dict[str, Any],
        limits: dict[str, Any],
        autocast: Callable[[], AbstractContextManager[Any]] = nullcontext,
    ) -> None:
        """`model` is the bare Qwen2.5-VL, adapters inside it or not.

        `sampling` (temperature and the like) and `limits` are fields of GenerationConfig; greedy replies need only the
        latter.
        """
        self.model, self.processor, self.protocol = model, processor, protocol
        self._autocast = autocast
        self.ends = end_tokens(model, processor.tokenizer)
        pad = processor.tokenizer.pad_token_id
        self._pad = self.ends[0] if pad is None else pad
        shared = {"eos_token_id": self.ends, "pad_token_id": self._pad, **limits}
        try:
            self._sampled = GenerationConfig(do_sample=True, **sampling, **shared)
        except (TypeError, ValueError) as error:
            raise PolicyError(f"generation refuses its arguments: {error}") from error
        self._greedy = GenerationConfig(do_sample=False, **shared)
        self._config, self._seed, self._calls = self._sampled, 0, 0
        self.meta: dict[str, Any] = {"policy": "in training", "protocol": protocol.name}

    @contextmanager
    def acting(self, seed: int, greedy: bool = False) -> Iterator[None]:
        """While entered, replies are drawn from `seed` on (or the likeliest are taken), the model in eval mode."""
        training = self.model.training
        self._config, self._seed, self._calls = (self._greedy if greedy else self._sampled), seed, 0
        self.model.eval()
        try:
            yield
        finally:
            self.model.train(training)

    def reply(self, goal: str, steps: Sequence[Step], observation: Observation) -> Reply:
        return self.replies([(goal, steps, observation)])[0]

    def replies(self, requests: Sequence[Request]) -> list[Reply]:
        """One reply per request. PolicyError when generation fails."""
        if not requests:
            return []
        started = time.monotonic()
        with boundary(PolicyError, f"generation failed on a batch of {len(requests)}"):
            inputs = self.encode(requests)
            tokens = self._generate(inputs)
        prompts = inputs["attention_mask"].sum(1).tolist()
        seconds = (time.monotonic() - started) / len(requests)
        return [
            read_reply(
                self.processor, self.protocol, ids, self.model_size(request[2]),
                seconds=seconds, usage={"prompt": int(prompt), "completion": len(ids)},
            )
            for request, ids, prompt in zip(requests, tokens, prompts, strict=True)
        ]  # fmt: skip

    def model_size(self, observation: Observation) -> Size:
        """The size at which the model sees a screenshot."""
        return budget_of(self.processor).resize(observation.image.size)

    def encode(self, requests: Sequence[Request]) -> Any:
        """The prompts of `requests`, a left-padded batch on the model's device."""
        return encode(self.processor, self.protocol, requests).to(self.model.device)

    def batch(self, requests: Sequence[Request], replies: Sequence[Sequence[int]]) -> dict[str, Any]:
        """Prompts and replies as the trainer's loss takes them: prompts [B, P] padded left, replies [B, T] right."""
        inputs = self.encode(requests)
        device = inputs["input_ids"].device
        width = max(map(len, replies))
        ids = torch.tensor([[*reply, *[self._pad] * (width - len(reply))] for reply in replies], device=device)
        mask = torch.tensor([[1] * len(reply) + [0] * (width - len(reply)) for reply in replies], device=device)
        out = {
            "prompt_ids": inputs["input_ids"], "prompt_mask": inputs["attention_mask"],
            "completion_ids": ids, "completion_mask": mask,
        }  # fmt: skip
        if "pixel_values" in inputs:
            starts = inputs["input_ids"] == self.model.config.vision_start_token_id
            images = {name: inputs[name] for name in ("pixel_values", "image_grid_thw")}
            types = torch.cat([inputs["mm_token_type_ids"], torch.zeros_like(ids)], dim=1)
            out |= images | {"mm_token_type_ids": types, "num_images": starts.sum(1).tolist()}
        return out

    @torch.no_grad()
    def _generate(self, inputs: Any) -> list[list[int]]:
        # Not inference_mode: features of screenshots made here are used again in the loss.
        devices = [self.model.device] if self.model.device.type == "cuda" else []
        with torch.random.fork_rng(devices=devices), self._autocast():
            torch.manual_seed((self._seed * 1_000_003 + self._calls) % 2**63)
            self._calls += 1
            output = generate_shared(self.model, self.model.generate, **dict(inputs), generation_config=self._config)
        rows = output[:, inputs["input_ids"].shape[1] :].tolist()
        return [row[: reply_length(row, self.ends)] for row in rows]
