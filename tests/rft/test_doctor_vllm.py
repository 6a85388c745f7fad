"""Sampling with vLLM: the arguments TRL gets, the refusal without vLLM, and who samples.

vLLM needs a GPU, so its place in the trainer is taken by a stand-in that samples with the model itself; everything
around it is real.
"""

from __future__ import annotations

import dataclasses
import itertools
import json
import shlex
from pathlib import Path

import pytest
import torch
from PIL import Image

from agentkit.errors import ConfigError, DataError
from agentkit.policies.qwen_processor import load_processor
from doctoring import VERSIONS
from rft.arguments import grpo_arguments
from rft.configs import TrainConfig
from rft.rewards import VenusGround
from rft.train import train
from rft.vllm import PINS, conflict, release, require, serve_command

URL = "http://127.0.0.1:8000"
SAMPLER = {"temperature": 0.7, "top_p": 0.9, "top_k": 5, "max_new_tokens": 6, "generation_args": {"min_tokens": 2}}
FITTING = {**VERSIONS, "vllm": "0.31.0", "transformers": "5.17.0"}


@pytest.mark.parametrize(
    ("settings", "mode", "url"),
    [
        ({"generation": "vllm-colocate"}, "colocate", None),
        ({"generation": "vllm-server", "vllm_url": URL}, "server", URL),
    ],
)
def test_the_trainer_s_own_dataclass_gets_the_settings(settings, mode, url):
    from trl import GRPOConfig

    config = TrainConfig(out="run", device="cpu", **settings, **SAMPLER)
    arguments = grpo_arguments(config, 1000, on_gpu=False)
    assert arguments.keys() <= {field.name for field in dataclasses.fields(GRPOConfig) if field.init}
    made = GRPOConfig(**arguments)
    assert (made.use_vllm, made.vllm_mode, made.vllm_server_base_url) == (True, mode, url)
    assert (made.temperature, made.top_p, made.top_k, made.max_completion_length) == (0.7, 0.9, 5, 6)
    assert made.generation_kwargs == {"min_tokens": 2}
    # Sampler and loss are two programs; TRL corrects for their difference unless told not to.
    assert made.vllm_importance_sampling_correction and made.log_multimodal is False
    assert made.generation_batch_size == config.prompts * config.group and made.num_generations == config.group


def test_without_vllm_nothing_of_it_is_set():
    assert not [name for name in grpo_arguments(TrainConfig(out="run"), 1000, False) if "vllm" in name]


def test_vllm_s_own_settings_pass_through():
    config = TrainConfig(out="run", generation="vllm-colocate", trainer={"vllm_gpu_memory_utilization": 0.4})
    assert grpo_arguments(config, 1000, False)["vllm_gpu_memory_utilization"] == 0.4


@pytest.mark.parametrize("settings", [{"generation": "vllm-colocate"}, {"generation": "vllm-server", "vllm_url": URL}])
def test_missing_vllm_is_told_before_anything_is_loaded(settings, tmp_path):
    config = TrainConfig(
        model=str(tmp_path / "none"), data=str(tmp_path / "none"), out=str(tmp_path / "run"), **settings
    )
    with pytest.raises(ConfigError) as caught:
        train(config)
    text = str(caught.value)
    assert f"generation={config.generation} needs the package vllm, which is not installed" in text
    assert "0.31            2.13    >=5.10.4,<5.18" in text and "TRL 1.16 talks to vLLM 0.22 to 0.31" in text
    assert not (tmp_path / "run").exists()


def test_a_vllm_that_does_not_fit_is_told():
    config = TrainConfig(generation="vllm-colocate")
    require(config, FITTING)
    require(TrainConfig(), VERSIONS)
    with pytest.raises(ConfigError, match=r"needs transformers >=5\.10\.4,<5\.18, not 5\.23\.0\n  vLLM  "):
        require(config, {**VERSIONS, "vllm": "0.31.0"})


def test_pins_do_not_overlap_and_trl_s_range_is_its_own():
    spans = [(pin.low, pin.high) for pin in PINS]
    assert spans == sorted(spans) and all(a[1] < b[0] for a, b in itertools.pairwise(spans))
    from trl import import_utils

    source = Path(import_utils.__file__).read_text()
    assert 'Version("0.22.0") <= _vllm_base_version <= Version("0.31.0")' in source
    assert conflict({**FITTING, "vllm": "0.26.0"}) is None, "releases that were not looked at are not judged"
    assert release("2.13.0+cpu") == (2, 13, 0)
    with pytest.raises(ConfigError, match="expected a version"):
        release("main")


def test_the_server_s_command_line():
    words = shlex.split(serve_command(TrainConfig(model="a model", generation="vllm-server", vllm_url=URL)))
    assert words[:4] == ["VLLM_SERVER_DEV_MODE=1", "vllm", "serve", "a model"]
    assert words[words.index("--host") + 1] == "127.0.0.1" and '{"backend":"nccl"}' in words
    assert words[words.index("--logprobs-mode") + 1] == "processed_logprobs"


class StandIn:
    """Where TRL builds its VLLMGeneration: keeps what it is given and samples with the model itself."""

    made: list[StandIn]

    def __init__(self, **settings):
        self.settings, self.syncs, self.images, self.prompts = settings, 0, [], []
        StandIn.made.append(self)

    def sync_weights(self):
        self.syncs += 1

    def generate(self, prompts, images, num_generations, profiler=None):
        processor = self.settings["processing_class"]
        self.images += [image for some in images for image in some]
        self.prompts += prompts
        pad = processor.image_token_id
        for ids, some in zip(prompts, images, strict=True):
            grids = processor.image_processor(images=some, return_tensors="pt")["image_grid_thw"]
            assert ids.count(pad) == int(grids.prod(-1).sum()) // 4, "tokens of the trainer, features of the sampler"
        generator = torch.Generator().manual_seed(self.syncs)
        replies = torch.randint(20, 200, (len(prompts), 6), generator=generator).tolist()
        return prompts, replies, [[[-3.0] for _ in reply] for reply in replies], None


@pytest.fixture
def run(tiny_model, ground_rows, tmp_path, monkeypatch):
    StandIn.made = []
    monkeypatch.setattr("trl.trainer.grpo_trainer.VLLMGeneration", StandIn)
    monkeypatch.setattr("rft.packages.installed", lambda: FITTING)

    def pay(self, reply, text, gold):
        value = sum(map(ord, text)) % 7 / 7
        return {"format": value, "box": 0.0, "total": value, "correct": 0.0}

    monkeypatch.setattr(VenusGround, "__call__", pay)
    from rft.shared_passes import SharedPasses

    stock, calls = SharedPasses._shared_sampler, []

    def spied(self):
        calls.append(self)
        return stock(self)

    monkeypatch.setattr(SharedPasses, "_shared_sampler", spied)

    def go(**settings):
        base = {"group": 4, "prompts": 2, "steps": 2, "lora_r": 4, "save_every": 0, "device": "cpu", **SAMPLER}
        paths = {"model": str(tiny_model), "data": str(ground_rows), "out": str(tmp_path / "run")}
        train(TrainConfig(**{**paths, **base, **settings}))
        return calls

    return go


def test_vllm_samples_and_the_shared_prompt_sampler_does_not(run, tiny_model):
    calls = run(generation="vllm-colocate", share_prompt=True)
    (stand_in,) = StandIn.made
    assert not calls and stand_in.syncs == 2 and len(stand_in.prompts) == 2 * 2 * 4
    given = stand_in.settings
    assert given["mode"] == "colocate" and given["model"].name_or_path == str(tiny_model)
    assert (given["temperature"], given["top_p"], given["top_k"], given["max_completion_length"]) == (0.7, 0.9, 5, 6)
    assert given["generation_kwargs"] == {"min_tokens": 2}
    resize = load_processor(tiny_model).budget.resize
    assert all(resize(image.size) == image.size for image in stand_in.images)


@pytest.mark.parametrize("rows", ["data", "val_data"])
def test_pictures_that_would_be_resized_twice_are_refused(run, ground_rows, rows):
    # A budget of one size leaves a square alone; 40x300 becomes 56x308, and that 28x252.
    folder = ground_rows.parent
    Image.new("RGB", (40, 300)).save(folder / "tall.png")
    for name, image in (("square", "1.png"), ("tall", "tall.png")):
        line = {"image": image, "instruction": "press", "box": [0.1, 0.1, 0.5, 0.4]}
        (folder / f"{name}.jsonl").write_text(json.dumps(line) + "\n")
    narrow = {"min_pixels": 112 * 112, "max_pixels": 112 * 112, "data": str(folder / "square.jsonl")}
    narrow[rows] = str(folder / "tall.jsonl")
    with pytest.raises(DataError, match="row 1: 40x300 becomes 56x308 here, and 28x252 where it is resized again"):
        run(generation="vllm-colocate", **narrow)
    assert not StandIn.made


def test_pictures_that_the_folder_would_resize_are_refused(run):
    # The run may see larger pictures than the folder's 112 x 112 pixels, which vLLM would shrink again.
    with pytest.raises(DataError, match="row 1: 112x84 becomes 196x140 here, and 112x84 where"):
        run(generation="vllm-colocate", min_pixels=150 * 150, max_pixels=300 * 300)


def test_without_vllm_the_shared_prompt_sampler_samples(run):
    assert len(run(generation_args={})) == 2 and not StandIn.made
