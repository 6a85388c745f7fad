"""Mixin for a GRPO trainer: `evaluate` replies greedily to held-out examples, each process to its share."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from accelerate.utils import gather_object

from rft.drawing import with_pictures
from rft.scoring import Scorer
from rft.validation import Validation

GREEDY: dict[str, Any] = {"do_sample": False, "temperature": 1.0, "top_p": 1.0, "top_k": 50, "min_p": None}
"""Generation settings; the values beside `do_sample` are transformers' own and mean nothing without it."""


class Validates:
    """`validation` and `val_scorer` say on what; without them evaluation is TRL's. Draws no random number."""

    validation: Validation | None
    val_scorer: Scorer
    args: Any
    state: Any
    model: Any
    control: Any
    accelerator: Any
    callback_handler: Any
    processing_class: Any
    use_vllm: bool
    vllm_generation: Any
    generation_config: Any
    generation_kwargs: dict[str, Any]
    log: Callable[..., None]
    _tokenize_prompts: Callable[..., Any]
    _generate_single_turn: Callable[..., Any]
    _span: Callable[[str], AbstractContextManager[None]]

    def evaluate(self, *args: Any, **kwargs: Any) -> dict[str, float]:
        if self.validation is None:
            return super().evaluate(*args, **kwargs)  # type: ignore[misc]
        was_training = self.model.training
        self.model.eval()
        try:
            with self._span("validate"), self._greedily():
                measures = self.validation.measures(self._answer_all())
            self.log(dict(measures))
        finally:
            self.model.train(was_training)
        self.control = self.callback_handler.on_evaluate(self.args, self.state, self.control, measures)
        return measures

    def _answer_all(self) -> list[bool]:
        """For each held-out row whether the greedy reply is right."""
        assert self.validation is not None
        data = self.validation.examples.prompts()
        total, world = len(data), self.accelerator.num_processes
        # Processes that ran out of rows repeat the last one: sharded models need everybody in every pass.
        share = range(self.accelerator.process_index, -(-total // world) * world, world)
        mine = [min(index, total - 1) for index in share]
        size = self.args.per_device_train_batch_size
        found: list[tuple[int, bool]] = []
        for start in range(0, len(mine), size):
            rows = mine[start : start + size]
            columns = data[rows]
            prompts = [with_pictures(*pair) for pair in zip(columns["prompt"], columns["images"], strict=True)]
            ids, _ = self._generate_single_turn(*self._tokenize_prompts(prompts), 1)
            texts = self.processing_class.batch_decode(ids, skip_special_tokens=True)
            for row, score in zip(rows, self.val_scorer.score(rows, texts, self.state), strict=True):
                found.append((row, score is not None and bool(score["correct"])))
        right = dict(gather_object(found))
        return [right[row] for row in range(total)]

    @contextmanager
    def _greedily(self) -> Iterator[None]:
        """While entered, the sampler takes the likeliest token."""
        changes: dict[str, Any]
        if self.use_vllm:
            holder, changes = self.vllm_generation, {"temperature": 0.0}
        else:
            config = copy.deepcopy(self.generation_config)
            for key, value in GREEDY.items():
                setattr(config, key, value)
            holder, changes = self, {"generation_config": config, "generation_kwargs": self.generation_kwargs | GREEDY}
        before = {key: getattr(holder, key) for key in changes}
        vars(holder).update(changes)
        try:
            yield
        finally:
            vars(holder).update(before)
