"""A Qwen2.5-VL checkpoint as a policy, in process, through transformers."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

import torch
from transformers import GenerationConfig, LogitsProcessor, LogitsProcessorList, RepetitionPenaltyLogitsProcessor

from agentkit.errors import PolicyError, boundary
from agentkit.frames import QWEN25VL, PixelBudget
from agentkit.policies.qwen_chat import encode, end_tokens, read_reply, reply_length, token_counts
from agentkit.policies.qwen_load import load_model, model_size
from agentkit.policies.qwen_processor import load_processor, set_budget
from agentkit.policies.qwen_stages import timed_stages
from agentkit.pool import Request
from agentkit.protocols import PromptProtocol, get_protocol
from agentkit.types import Observation, Reply, Step


class QwenPolicy:
    """Any Qwen2.5-VL folder (full, or a LoRA adapter whose base can be found) or hub id."""

    def __init__(
        self,
        path: str | Path,
        protocol: PromptProtocol | str = "venus1_navi",
        *,
        device: str = "auto",
        dtype: str = "auto",
        max_new_tokens: int | None = None,
        temperature: float | None = None,
        budget: PixelBudget | None = None,
        seed: int = 0,
        profile: bool | None = None,
    ) -> None:
        """`device` auto takes a GPU if there is one; `dtype` auto is bfloat16 there and float32 on a CPU.

        Without `budget` the pixel budget saved in the folder holds, unless that is Qwen's stock one, which every
        published checkpoint carries whatever it was trained with: then it is the protocol's. Raises PolicyError.

        `profile` splits each reply's time into encoding, vision tower, prefill and decoding (`Reply.timing`); unless
        told, a CPU's is, where that is free.
        """
        self.protocol = get_protocol(protocol) if isinstance(protocol, str) else protocol
        self.model, processor_path = load_model(path, device, dtype)
        self.processor = load_processor(processor_path)
        self.budget = budget or self._own_budget()
        set_budget(self.processor, self.budget)
        decoding = self.protocol.decoding
        self.max_new_tokens = decoding.max_new_tokens if max_new_tokens is None else max_new_tokens
        self.temperature = float(decoding.temperature if temperature is None else temperature)
        self.seed, self._calls = seed, 0
        self.profile = self.model.device.type != "cuda" if profile is None else profile
        tokenizer = self.processor.tokenizer
        self._ends = end_tokens(self.model, tokenizer)
        self._pad = tokenizer.pad_token_id if tokenizer.pad_token_id is not None else self._ends[0]
        self.model.generation_config = GenerationConfig(eos_token_id=self._ends, pad_token_id=self._pad)
        self.size = model_size(self.model)
        self.meta: dict[str, Any] = {"policy": f"qwen:{path}", "protocol": self.protocol.name, "seed": seed}

    def reply(self, goal: str, steps: Sequence[Step], observation: Observation) -> Reply:
        return self.replies([(goal, steps, observation)])[0]

    def replies(self, requests: Sequence[Request], seed: int | None = None) -> list[Reply]:
        """One reply per request, generated as one left-padded batch. PolicyError when generation fails.

        With `seed` (up to 64 bits) sampling hangs on it and the requests alone, not on the calls before.

        `token_ids` ends with the end token if the model wrote one. `logprobs` are the model's own, one per token id:
        before repetition penalty, temperature and top-p. `seconds` and `timing` are the batch's divided by its size.
        """
        if not requests:
            return []
        started = time.monotonic()
        with boundary(PolicyError, f"generation failed on a batch of {len(requests)}"):
            sizes = [self.budget.resize(observation.image.size) for _, _, observation in requests]
            inputs = self.encode(requests)
            encoded = time.monotonic()
            watch: AbstractContextManager[dict[str, float]]
            watch = timed_stages(self.model) if self.profile else nullcontext({})
            with watch as stages:
                tokens, logprobs = self._generate(inputs, seed)
        seconds = (time.monotonic() - started) / len(requests)
        timing = {"encode": encoded - started, **stages} if self.profile else {}
        timing = {name: spent / len(requests) for name, spent in timing.items()}
        usages = token_counts(self.processor, inputs, tokens)
        return [
            read_reply(
                self.processor, self.protocol, ids, size,
                logprobs=tuple(probs), seconds=seconds, usage=usage, timing=timing,
            )
            for ids, probs, size, usage in zip(tokens, logprobs, sizes, usages, strict=True)
        ]  # fmt: skip

    def _own_budget(self) -> PixelBudget:
        own = self.processor.budget
        return self.protocol.budget if own == QWEN25VL else own

    def encode(self, requests: Sequence[Request]) -> Any:
        """The prompts of `requests` as the model reads them, a left-padded batch on its device. Raises PolicyError."""
        return encode(self.processor, self.protocol, requests).to(self.model.device)

    @torch.inference_mode()
    def _generate(self, inputs: Any, seed: int | None) -> tuple[list[list[int]], list[list[float]]]:
        recorder = _LogprobRecorder()
        processors: list[LogitsProcessor] = [recorder]
        penalty = self.protocol.decoding.repetition_penalty
        if penalty != 1.0:
            processors.append(RepetitionPenaltyLogitsProcessor(penalty))
        sampling: dict[str, Any] = {"do_sample": False}
        if self.temperature > 0:
            top_p = self.protocol.decoding.top_p
            sampling = {"do_sample": True, "temperature": self.temperature, "top_p": top_p, "top_k": 0}
        config = GenerationConfig(
            max_new_tokens=self.max_new_tokens, eos_token_id=self._ends, pad_token_id=self._pad, **sampling
        )
        devices = [self.model.device] if self.model.device.type == "cuda" else []
        with torch.random.fork_rng(devices=devices):
            torch.manual_seed(self.seed + self._calls if seed is None else seed)
            self._calls += 1
            output = self.model.generate(
                **inputs, generation_config=config, logits_processor=LogitsProcessorList(processors)
            )
        new = output[:, inputs["input_ids"].shape[1] :]
        probs = recorder.finish(new)
        lengths = [reply_length(row, self._ends) for row in new.tolist()]
        return (
            [row[:n] for row, n in zip(new.tolist(), lengths, strict=True)],
            [row[:n] for row, n in zip(probs.tolist(), lengths, strict=True)],
        )


class _LogprobRecorder(LogitsProcessor):
    """Keeps the log-probability of each chosen token while holding one step's logits, not the whole run's."""

    def __init__(self) -> None:
        self._last: torch.Tensor | None = None  # [B, vocabulary]
        self._chosen: list[torch.Tensor] = []  # each [B]

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        if self._last is not None:
            self._take(input_ids[:, -1])
        self._last = scores.float()
        return scores

    def finish(self, new: torch.Tensor) -> torch.Tensor:
        """Log-probabilities [B, T] of the generated tokens `new` [B, T]."""
        if self._last is not None and len(self._chosen) < new.shape[1]:
            self._take(new[:, -1])
        return torch.stack(self._chosen, dim=1) if self._chosen else torch.zeros(new.shape)

    def _take(self, tokens: torch.Tensor) -> None:
        assert self._last is not None
        self._chosen.append(self._last.log_softmax(-1).gather(1, tokens[:, None])[:, 0])
