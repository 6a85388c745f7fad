"""Continue the replies of whole groups token by token over one copy of each prompt's keys and values.

A row of the batch is a group, not a reply: its cache holds the prompt once and a strip for each of its W replies,

    prompt[:-1] | strip of r1, T places | strip of r2 | ...        a reply sees prompt[:-1] and its own strip

which is the layout of the loss (`rft.shared_prompt.pack`). A step reads W tokens a group, so a layer is one attention
call with nothing repeated. All tensors stand still, hence on a GPU a step is captured once as a CUDA graph and
replayed: the sampler of transformers launches every kernel of every layer anew, which costs more than the work itself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from rft.shared_prompt import Groups

NEUTRAL: dict[str, tuple[Any, ...]] = {
    "num_beams": (None, 1),
    "num_return_sequences": (None, 1),
    "repetition_penalty": (None, 1.0),
    "encoder_repetition_penalty": (None, 1.0),
    "no_repeat_ngram_size": (None, 0),
    "encoder_no_repeat_ngram_size": (None, 0),
    "bad_words_ids": (None,),
    "min_length": (None, 0),
    "min_new_tokens": (None, 0),
    "forced_bos_token_id": (None,),
    "forced_eos_token_id": (None,),
    "remove_invalid_values": (None, False),
    "exponential_decay_length_penalty": (None,),
    "begin_suppress_tokens": (None,),
    "sequence_bias": (None,),
    "guidance_scale": (None, 1.0),
    "watermarking_config": (None,),
    "typical_p": (None, 1.0),
    "epsilon_cutoff": (None, 0.0),
    "eta_cutoff": (None, 0.0),
    "top_h": (None,),
    "penalty_alpha": (None,),
    "dola_layers": (None,),
    "prompt_lookup_num_tokens": (None,),
    "stop_strings": (None,),
    "max_time": (None,),
    "token_healing": (None, False),
}
"""What would change the replies if it were set otherwise; such a configuration is left to transformers."""


def decodes(config: Any) -> bool:
    """Whether `decode_groups` gives what `generate` would give under this GenerationConfig."""
    if config.do_sample and config.top_k is None:  # transformers fills it in, with a number of its own
        return False
    return all(getattr(config, name, None) in allowed for name, allowed in NEUTRAL.items())


def samplers(config: Any) -> Callable[[Any, Any], Tensor]:
    """Log-scores [B, V] -> log-scores, by transformers' own processors, in the order that `generate` has them."""
    from transformers import (
        LogitsProcessorList,
        MinPLogitsWarper,
        SuppressTokensLogitsProcessor,
        TemperatureLogitsWarper,
        TopKLogitsWarper,
        TopPLogitsWarper,
    )

    steps = LogitsProcessorList()
    if config.suppress_tokens is not None:
        steps.append(SuppressTokensLogitsProcessor(config.suppress_tokens))
    if config.do_sample:
        if config.temperature not in (None, 1.0):
            steps.append(TemperatureLogitsWarper(float(config.temperature)))
        if config.top_k:
            steps.append(TopKLogitsWarper(config.top_k))
        if config.top_p is not None and config.top_p < 1.0:
            steps.append(TopPLogitsWarper(config.top_p))
        if config.min_p:
            steps.append(MinPLogitsWarper(config.min_p))
    return steps


@dataclass
class GroupCache:
    """Keys and values [U, H, head + W * T, D] per layer, written in place. What a text model asks of a cache."""

    keys: list[Tensor]
    values: list[Tensor]
    columns: Tensor
    """[W]: where the step's tokens go."""

    @classmethod
    def after(cls, prompt: Any, width: int, length: int) -> GroupCache:
        """A cache that begins with the `DynamicCache` of the prompts, which is emptied layer by layer."""
        keys, values = [], []
        for layer in prompt.layers:
            pair = []
            for held in (layer.keys, layer.values):
                u, h, head, d = held.shape
                room = held.new_zeros(u, h, head + width * length, d)
                room[:, :, :head] = held
                pair.append(room)
            layer.keys = layer.values = None
            keys.append(pair[0])
            values.append(pair[1])
        head = keys[0].shape[2] - width * length
        return cls(keys, values, head + length * torch.arange(width, device=keys[0].device))

    def update(self, keys: Tensor, values: Tensor, layer_idx: int, *_: Any, **__: Any) -> tuple[Tensor, Tensor]:
        held = self.keys[layer_idx], self.values[layer_idx]
        for room, new in zip(held, (keys, values), strict=True):
            room.index_copy_(2, self.columns, new.to(room.dtype))
        return held

    def get_seq_length(self, layer_idx: int = 0) -> int:
        return self.keys[layer_idx].shape[2]


class _Step:
    """One token of every reply: `run(tokens [U, W], t) -> logits [U, W, V]`."""

    def __init__(self, model: Any, cache: GroupCache, seen: Tensor, start: Tensor, length: int) -> None:
        """`seen` [U, head] marks real prompt tokens; `start` [U] is the position of each prompt's last token."""
        self._model, self._cache, self._start = model, cache, start
        width = cache.columns.numel()
        device = seen.device
        self._tokens = torch.zeros(seen.shape[0], width, dtype=torch.long, device=device)
        self._t = torch.zeros((), dtype=torch.long, device=device)
        self._first = cache.columns.clone()
        place = torch.arange(seen.shape[1] + width * length, device=device) - seen.shape[1]
        self._own = torch.where(place >= 0, place.div(length, rounding_mode="floor"), -1)  # [S]: whose strip
        self._age = place.remainder(length)
        self._prompt = torch.nn.functional.pad(seen.bool(), (0, width * length))[:, None, :]  # [U, 1, S]
        self._slots = torch.arange(width, device=device)[:, None]  # [W, 1]
        self._graph: torch.cuda.CUDAGraph | None = None
        self._logits: Tensor | None = None

    def __call__(self, tokens: Tensor, t: int) -> Tensor:
        self._tokens.copy_(tokens)
        self._t.fill_(t)
        if self._graph is not None:
            self._graph.replay()
            assert self._logits is not None
            return self._logits
        return self._compute()

    def capture(self) -> None:
        """Turn the step into a CUDA graph. Computing a step again changes nothing, so it may run here for warming."""
        aside = torch.cuda.Stream()
        aside.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(aside):
            self._compute()
        torch.cuda.current_stream().wait_stream(aside)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph, capture_error_mode="thread_local"):
            self._logits = self._compute()
        self._graph = graph

    def _compute(self) -> Tensor:
        self._cache.columns.copy_(self._first + self._t)
        own = (self._own == self._slots) & (self._age <= self._t)  # [W, S]
        positions = (self._start[:, None] + self._t).expand(3, *self._tokens.shape)
        hidden = self._model.model.language_model(
            inputs_embeds=self._model.get_input_embeddings()(self._tokens),
            attention_mask=(self._prompt | own)[:, None],
            position_ids=positions,
            past_key_values=self._cache,
            use_cache=True,
        ).last_hidden_state
        return self._model.lm_head(hidden)


def decode_groups(
    model: Any,
    groups: Groups,
    prompt: Any,
    input_ids: Tensor,
    attention_mask: Tensor,
    start: Tensor,
    config: Any,
    graph: bool | None = None,
) -> Tensor:
    """What `generate` returns, [B, P + up to T]: the prompts `input_ids` [B, P] and their replies, padded on the right.

    `prompt` is the DynamicCache of the leaders' `input_ids[:, :-1]` and is consumed; `start` [U] is the position of
    their last token; `graph` None means on every GPU. Autocast is entered before and left after, or not at all: the
    graph reads the weights that autocast has cast once.
    """
    length, device = int(config.max_new_tokens), input_ids.device
    leaders = torch.tensor(groups.leaders, device=device)
    flat = torch.tensor(groups.group_of, device=device) * groups.widest + torch.tensor(groups.slot_of, device=device)
    cache = GroupCache.after(prompt, groups.widest, length)
    step = _Step(model, cache, attention_mask[leaders, :-1], start, length)
    if graph is None:
        graph = device.type == "cuda"
    choose = samplers(config)
    ends = torch.tensor(_ids(config.eos_token_id), device=device)
    pad = config.pad_token_id if config.pad_token_id is not None else int(ends[0])

    rows = input_ids.shape[0]
    tokens = input_ids.new_zeros(len(groups.leaders), groups.widest)
    tokens.view(-1)[flat] = input_ids[:, -1]
    running = torch.ones(rows, dtype=torch.bool, device=device)
    replies: list[Tensor] = []
    for t in range(length):
        if t == 1 and graph:  # after an ordinary step, so that short replies pay for nothing
            step.capture()
        scores = choose(input_ids, step(tokens, t).flatten(0, 1)[flat].float())
        if config.do_sample:
            chosen = torch.multinomial(scores.softmax(-1), num_samples=1).squeeze(1)
        else:
            chosen = scores.argmax(-1)
        chosen = torch.where(running, chosen, pad)
        replies.append(chosen)
        running = running & ~torch.isin(chosen, ends)
        if not running.any():
            break
        tokens.view(-1)[flat] = chosen
    return torch.cat([input_ids, torch.stack(replies, dim=1)], dim=1)


def _ids(value: int | list[int] | None) -> list[int]:
    if value is None:
        return []
    return [value] if isinstance(value, int) else list(value)
