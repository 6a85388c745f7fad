"""What training scores is what sampling did, and the picture matters to both."""

from __future__ import annotations

import pytest
import torch
from transformers import LogitsProcessor, LogitsProcessorList

from rft.configs import TrainConfig
from rft.loading import load_parts
from rft.trl_bridge import AgentGRPOTrainer, grpo_trainer


class Replay(LogitsProcessor):
    """Forces the tokens of `replies` [B, T] and notes the log-probability that sampling gave each."""

    def __init__(self, replies, start):
        self.replies, self.start, self.seen = replies, start, []

    def __call__(self, input_ids, scores):
        token = self.replies[:, input_ids.shape[1] - self.start]
        self.seen.append(scores.float().log_softmax(-1).gather(1, token[:, None]))
        return torch.full_like(scores, -1e9).scatter_(1, token[:, None], 0.0)


@pytest.fixture(params=[True, False], ids=["shared", "stock"])
def scored(request, tiny_model, ground_rows, tmp_path, monkeypatch):
    """One step's batch, the trainer with adapters that are not zero, and its scoring function."""
    kept = {}
    original = AgentGRPOTrainer._generate_and_score_completions
    monkeypatch.setattr(
        AgentGRPOTrainer,
        "_generate_and_score_completions",
        lambda self, inputs: kept.setdefault("batch", original(self, inputs)),
    )
    config = TrainConfig(
        model=str(tiny_model), data=str(ground_rows), out=str(tmp_path / "run"), device="cpu", steps=1, group=3,
        prompts=4, max_new_tokens=6, lr=1e-9, lora_r=4, save_every=0, share_prompt=request.param,
    )  # fmt: skip
    trainer = grpo_trainer(config, load_parts(config), [])
    with torch.no_grad():
        for name, parameter in trainer.model.named_parameters():
            if "lora_B" in name:
                parameter.normal_(std=0.5)
    trainer.train()

    def score(**changes):
        batch = {**kept["batch"], **changes}
        ids = torch.cat([batch["prompt_ids"], batch["completion_ids"]], 1)
        mask = torch.cat([batch["prompt_mask"], batch["completion_mask"]], 1)
        forward = ("pixel_values", "image_grid_thw", "num_images", "mm_token_type_ids")
        with torch.no_grad():
            return trainer._get_per_token_logps_and_entropies(
                trainer.model, ids, mask, batch["completion_ids"].shape[1], compute_entropy=True,
                **{name: batch[name] for name in forward},
            )  # fmt: skip

    return kept["batch"], trainer, score


def test_training_scores_what_sampling_drew(scored):
    batch, trainer, score = scored
    log_probs, entropy, _ = score()
    replay = Replay(batch["completion_ids"], batch["prompt_ids"].shape[1])
    model = trainer.model.get_base_model().eval()
    with torch.no_grad():
        model.generate(
            input_ids=batch["prompt_ids"], attention_mask=batch["prompt_mask"], pixel_values=batch["pixel_values"],
            image_grid_thw=batch["image_grid_thw"], max_new_tokens=batch["completion_ids"].shape[1], do_sample=False,
            mm_token_type_ids=batch["mm_token_type_ids"][:, : batch["prompt_ids"].shape[1]], eos_token_id=None,
            logits_processor=LogitsProcessorList([replay]),
        )  # fmt: skip
    mask = batch["completion_mask"]
    gap = ((torch.cat(replay.seen, 1) - log_probs) * mask).abs().max()
    assert mask.sum() > 40 and gap < 1e-4
    assert (entropy * mask).max() > 0.1


def test_the_picture_changes_the_score(scored):
    batch, _, score = scored
    seen, _, _ = score()
    blank, _, _ = score(pixel_values=torch.zeros_like(batch["pixel_values"]))
    assert ((seen - blank) * batch["completion_mask"]).abs().max() > 1e-2


def test_the_prompt_shows_the_row(scored):
    batch, trainer, _ = scored
    tokenizer = trainer.processing_class.tokenizer
    text = tokenizer.decode(batch["prompt_ids"][0])
    assert "Outline the position" in text and "press" in text
    pads = (batch["prompt_ids"] == tokenizer.convert_tokens_to_ids("<|image_pad|>")).sum(1)
    assert (pads == batch["image_grid_thw"].prod(-1) // 4).all()
