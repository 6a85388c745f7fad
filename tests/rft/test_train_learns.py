"""`rft train` as an API: it learns, and what it saves is what it learned."""

from __future__ import annotations

import json

import pytest
import torch
from PIL import Image

from agentkit.actions import Click
from agentkit.policies.qwen import QwenPolicy
from agentkit.types import Observation
from rft.configs import TrainConfig
from rft.run_log import read_metrics
from rft.train import train


@pytest.fixture(scope="module")
def learned(two_answers, tmp_path_factory):
    out = tmp_path_factory.mktemp("run")
    result = train(TrainConfig(**two_answers, out=str(out), steps=40, save_every=0))
    return result, read_metrics(out / "metrics.jsonl")


def test_a_task_that_only_the_picture_decides_is_learned(learned):
    result, lines = learned
    assert result.steps == 40 and [line["step"] for line in lines] == list(range(1, 41))
    assert lines[0]["reward"] < 0.75
    last = lines[-5:]
    assert sum(line["reward"] for line in last) / len(last) > 0.9
    assert sum(line["accuracy"] for line in last) / len(last) > 0.9


def test_the_log_names_terms_and_times(learned):
    _, lines = learned
    for key in ("reward", "terms/format", "terms/box", "accuracy", "entropy", "grad_norm", "reward_faults"):
        assert key in lines[-1], key
    times = {name: lines[-1][f"time/{name}"] for name in ("generate", "score", "prepare", "loss", "other")}
    assert all(seconds >= 0 for seconds in times.values()) and times["generate"] > 0 and times["loss"] > 0
    assert sum(times.values()) == pytest.approx(lines[-1]["time/step"], rel=1e-6)


def test_the_saved_model_acts_as_it_learned(learned, two_answers):
    result, _ = learned
    policy = QwenPolicy(result.final, "venus1_ground", device="cpu", max_new_tokens=1)
    head = policy.model.lm_head
    banned = torch.zeros(head.out_features)
    banned[two_answers["generation_args"]["suppress_tokens"]] = float("-inf")
    head.register_forward_hook(lambda _m, _i, logits: logits + banned)
    for colour, side in (((235, 20, 20), 0.25), ((20, 20, 235), 0.75)):
        reply = policy.reply("pick", [], Observation(Image.new("RGB", (56, 56), colour)))
        assert isinstance(reply.action, Click) and reply.action.at.x == side


def test_the_run_folder_tells_what_ran(learned):
    result, _ = learned
    facts = json.loads((result.folder / "run.json").read_text())
    assert facts["steps"] == 40 and facts["rows"] == 16 and facts["device"] == "cpu" and facts["skipped_updates"] == 0
    assert set(facts["attention"]["sdpa_backends"]) == {"flash", "mem_efficient", "math", "cudnn"}
    assert facts["vision"]["encoded"] == 16 < facts["vision"]["asked"]
    for name in ("curve.png", "curve.svg", "config.yaml"):
        assert (result.folder / name).stat().st_size > 100, name
    assert Image.open(result.folder / "curve.png").size[0] > 500


def test_the_final_folder_is_stock(learned):
    from transformers import AutoModelForImageTextToText, AutoTokenizer

    result, _ = learned
    model = AutoModelForImageTextToText.from_pretrained(result.final)
    assert type(model).__name__ == "Qwen2_5_VLForConditionalGeneration"
    assert len(AutoTokenizer.from_pretrained(result.final)) > 1000
    config = json.loads((result.final / "processor_config.json").read_text())
    assert config["processor_class"] == "Qwen2_5_VLProcessor" and "video_processor" in config
