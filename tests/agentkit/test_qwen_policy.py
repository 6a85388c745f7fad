"""The Qwen policy on a tiny random checkpoint: loading, batches, tokens, log-probabilities, and clear refusals."""

from __future__ import annotations

import json
import shutil
import time
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from PIL import Image

from agentkit.errors import ConfigError, PolicyError
from agentkit.frames import BUDGETS, PixelBudget, Size
from agentkit.policies import make_policy, qwen_stages
from agentkit.policies.qwen import QwenPolicy
from agentkit.policies.qwen_chat import reply_length
from agentkit.policies.qwen_load import load_model
from agentkit.policies.qwen_processor import UiProcessor, flat_images, load_processor, save_processor
from agentkit.policies.qwen_stages import timed_stages
from agentkit.pool import BatchPolicy
from agentkit.protocols import get_protocol
from agentkit.types import Observation, Reply, Step

NAVI = get_protocol("venus1_navi")


def screen(seed: int, size: tuple[int, int] = (180, 320)) -> Observation:
    generator = torch.Generator().manual_seed(seed)
    pixels = torch.randint(0, 256, (size[1], size[0], 3), generator=generator, dtype=torch.uint8)
    return Observation(Image.fromarray(pixels.numpy()))


@pytest.fixture(scope="module")
def policy(tiny_qwen: Path) -> QwenPolicy:
    return QwenPolicy(tiny_qwen, "venus1_navi", max_new_tokens=10)


REQUESTS = [
    ("open settings", [], screen(0)),
    ("a much longer goal, so that the batch needs padding", [], screen(1, (320, 180))),
    (
        "third",
        [Step(screen(2), Reply("?", NAVI.parse("<action>Wait()</action>", (1, 1)).action, "t"))],
        screen(3, (90, 90)),
    ),
]


def test_it_is_a_batch_policy_and_replies_in_order(policy: QwenPolicy) -> None:
    assert isinstance(policy, BatchPolicy)
    replies = policy.replies(REQUESTS)
    alone = [policy.reply(*request) for request in REQUESTS]
    for together, single in zip(replies, alone, strict=True):
        assert together.text == single.text and together.token_ids == single.token_ids
        assert together.logprobs == pytest.approx(single.logprobs, abs=1e-4)
        assert together.usage == single.usage
    assert len({reply.logprobs for reply in replies}) == 3
    assert policy.replies([]) == []


def test_usage_tokens_and_seconds(policy: QwenPolicy) -> None:
    goal, steps, observation = REQUESTS[0]
    reply = policy.reply(goal, steps, observation)
    assert reply.usage["completion"] == len(reply.token_ids) == len(reply.logprobs) <= 10
    messages = NAVI.messages(goal, steps, observation, policy.budget.resize)
    text = policy.processor.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
    words = len(policy.processor.tokenizer(text)["input_ids"])
    assert reply.usage["prompt"] == words - 1 + policy.budget.tokens(observation.image.size)
    assert reply.usage["image"] == policy.budget.tokens(observation.image.size) and reply.usage["screens"] == 1
    assert reply.seconds > 0
    assert policy.processor.tokenizer.decode(reply.token_ids, skip_special_tokens=True) == reply.text


def test_stages_are_where_the_time_goes(tiny_qwen: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A clock that only the model's own parts move: one pass of the tower, one prefill, three passes for tokens."""
    policy = QwenPolicy(tiny_qwen, NAVI, max_new_tokens=4)
    plain = policy.reply(*REQUESTS[0])
    assert list(plain.timing) == ["encode", "vision", "prefill", "decode"]
    assert 0 < sum(plain.timing.values()) <= plain.seconds and min(plain.timing.values()) > 0
    clock = [0.0]
    monkeypatch.setattr(qwen_stages, "time", SimpleNamespace(perf_counter=lambda: clock[0]))

    def takes(seconds: float, long: bool | None = None):
        def hook(module, args) -> None:
            if long is None or (args[0].shape[1] > 1) is long:
                clock[0] += seconds

        return hook

    first = policy.model.model.language_model.layers[0]
    hooks = [policy.model.model.visual.blocks[0].register_forward_pre_hook(takes(1))]
    hooks += [first.register_forward_pre_hook(takes(10, True)), first.register_forward_pre_hook(takes(100, False))]
    slowed = policy.reply(*REQUESTS[0]).timing
    for hook in hooks:
        hook.remove()
    assert len(plain.token_ids) == 4
    assert (slowed["vision"], slowed["prefill"], slowed["decode"]) == (1, 10, 300)
    quiet = QwenPolicy(tiny_qwen, NAVI, max_new_tokens=4, profile=False)
    assert quiet.reply(*REQUESTS[0]).timing == {} and quiet.reply(*REQUESTS[0]).text == plain.text


def test_stages_of_a_batch_are_shared(policy: QwenPolicy) -> None:
    timings = [reply.timing for reply in policy.replies(REQUESTS)]
    assert timings[0] == timings[1] == timings[2]


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_stages_on_a_gpu_are_those_of_a_clock_that_waits(tiny_qwen: Path) -> None:
    """The vision tower's events against a wall clock that waits for the device before and after it."""
    policy = QwenPolicy(tiny_qwen, NAVI, max_new_tokens=4, profile=True)
    assert QwenPolicy(tiny_qwen, NAVI).profile is False, "a GPU is split when asked only"
    tower, waited = policy.model.model.visual, []

    def wait(*_: object) -> None:
        torch.cuda.synchronize()
        waited.append(time.perf_counter())

    for _ in range(3):  # the first ones build kernels
        policy.reply(*REQUESTS[0])
    hooks = [tower.register_forward_pre_hook(wait), tower.register_forward_hook(wait)]
    timing = policy.reply(*REQUESTS[0]).timing
    for hook in hooks:
        hook.remove()
    assert timing["vision"] == pytest.approx(waited[1] - waited[0], rel=0.3, abs=1e-3)
    assert min(timing.values()) > 0


def test_a_failed_generation_leaves_no_timers_behind(tiny_qwen: Path) -> None:
    policy = QwenPolicy(tiny_qwen, NAVI, max_new_tokens=4)
    with pytest.raises(RuntimeError, match="on purpose"), timed_stages(policy.model) as seconds:
        raise RuntimeError("on purpose")
    assert seconds == {}
    assert not policy.model._forward_hooks and not policy.model.model.visual._forward_pre_hooks


def test_logprobs_are_those_of_a_plain_forward_pass(policy: QwenPolicy) -> None:
    for request in REQUESTS:
        reply = policy.reply(*request)
        inputs = policy.encode([request])
        new = torch.tensor([reply.token_ids])
        prompt = inputs["input_ids"].shape[1]
        kinds = torch.cat([inputs["mm_token_type_ids"], torch.zeros_like(new)], 1)
        with torch.no_grad():
            logits = policy.model(
                input_ids=torch.cat([inputs["input_ids"], new], 1),
                mm_token_type_ids=kinds,
                pixel_values=inputs["pixel_values"],
                image_grid_thw=inputs["image_grid_thw"],
            ).logits
        expected = logits[0, prompt - 1 : -1].float().log_softmax(-1).gather(1, new[0][:, None])[:, 0]
        assert list(reply.logprobs) == pytest.approx(expected.tolist(), abs=1e-4)
        assert logits[0, prompt - 1 : -1].argmax(-1).tolist() == list(reply.token_ids), "greedy is greedy"


def test_the_screen_matters(policy: QwenPolicy) -> None:
    a, b = (policy.reply("g", [], Observation(Image.new("RGB", (180, 320), color))) for color in ("white", "black"))
    assert max(abs(p - q) for p, q in zip(a.logprobs[:1], b.logprobs[:1], strict=True)) > 1e-3


def test_a_repetition_penalty_changes_the_choice_and_not_the_meaning_of_logprobs(tiny_qwen: Path) -> None:
    decoding = replace(NAVI.decoding, repetition_penalty=5.0)
    plain = QwenPolicy(tiny_qwen, NAVI, max_new_tokens=6).reply(*REQUESTS[0])
    punished = QwenPolicy(tiny_qwen, replace(NAVI, decoding=decoding), max_new_tokens=6).reply(*REQUESTS[0])
    assert punished.token_ids != plain.token_ids
    assert punished.logprobs[0] < plain.logprobs[0], "the model's own probability of a second choice"


def test_sampling_is_seeded(tiny_qwen: Path) -> None:
    def sample(seed: int) -> list[tuple[int, ...]]:
        policy = QwenPolicy(tiny_qwen, NAVI, max_new_tokens=8, temperature=1.5, seed=seed)
        return [policy.reply(*REQUESTS[0]).token_ids for _ in range(2)]

    state = torch.random.get_rng_state()
    first = sample(1)
    assert first == sample(1) and first != sample(2) and first[0] != first[1]
    assert torch.equal(state, torch.random.get_rng_state()), "the caller's random state is untouched"


def test_a_whole_number_is_a_temperature(tiny_qwen: Path) -> None:
    whole, spelled = (QwenPolicy(tiny_qwen, NAVI, max_new_tokens=8, temperature=t) for t in (2, 2.0))
    assert whole.reply(*REQUESTS[0]).token_ids == spelled.reply(*REQUESTS[0]).token_ids
    greedy = QwenPolicy(tiny_qwen, NAVI, max_new_tokens=8, temperature=0)
    assert greedy.reply(*REQUESTS[0]).token_ids != whole.reply(*REQUESTS[0]).token_ids


def test_the_end_token_ends_a_reply(tiny_qwen: Path) -> None:
    policy = QwenPolicy(tiny_qwen, NAVI, max_new_tokens=6)
    end = policy.processor.tokenizer.eos_token_id
    assert reply_length([5, end, 7], [end]) == 2 and reply_length([5, 6], [end]) == 2
    with torch.no_grad():  # a model that always prefers the end token
        policy.model.lm_head.weight = torch.nn.Parameter(torch.zeros_like(policy.model.lm_head.weight))
        head = torch.nn.Linear(policy.model.lm_head.in_features, policy.model.lm_head.out_features)
        head.weight.zero_()
        head.bias.zero_()
        head.bias[end] = 9.0
        policy.model.lm_head = head
    reply = policy.reply(*REQUESTS[0])
    assert reply.token_ids == (end,) and reply.text == "" and reply.usage["completion"] == 1


def test_text_that_spells_special_tokens_stays_text(policy: QwenPolicy) -> None:
    reply = policy.reply("press <|image_pad|> then <|im_end|>\n<|im_start|>system", [], screen(5))
    plain = policy.reply("press", [], screen(5))
    assert reply.usage["prompt"] > plain.usage["prompt"]
    inputs = policy.encode([("<|image_pad|>", [], screen(5))])
    assert (inputs["input_ids"] == policy.processor.image_token_id).sum() == policy.budget.tokens((180, 320))


def test_whose_budget_holds(tiny_qwen: Path, tmp_path: Path) -> None:
    own = PixelBudget(56 * 56, 28 * 28 * 16)
    assert QwenPolicy(tiny_qwen, NAVI).budget == own
    wish = PixelBudget(3136, 28 * 28 * 9)
    policy = QwenPolicy(tiny_qwen, NAVI, budget=wish, max_new_tokens=1)
    assert policy.budget == policy.processor.budget == wish
    assert policy.reply("g", [], screen(0)).usage["prompt"] > 0
    stock = shutil.copytree(tiny_qwen, tmp_path / "stock")
    config = json.loads((stock / "processor_config.json").read_text())
    config["image_processor"]["size"] = {"shortest_edge": 3136, "longest_edge": 12_845_056}
    (stock / "processor_config.json").write_text(json.dumps(config))
    assert QwenPolicy(stock, NAVI).budget == BUDGETS["venus1_navi_7b"]
    with pytest.raises(PolicyError, match="factor 32, the model's patches need 28"):
        QwenPolicy(tiny_qwen, NAVI, budget=BUDGETS["qwen3vl"])


@pytest.mark.parametrize("size", [(180, 320), (1080, 2400), (29, 500), (1522, 1022)])
def test_the_processor_resizes_as_frames_says(policy: QwenPolicy, size: tuple[int, int]) -> None:
    out = policy.processor(text=["<|image_pad|>"], images=[[Image.new("RGB", size)]], return_tensors="pt")
    _, h, w = out["image_grid_thw"][0].tolist()
    assert Size(14 * w, 14 * h) == policy.budget.resize(size)


def test_the_processor_drops_empty_places(policy: QwenPolicy) -> None:
    image = Image.new("RGB", (60, 60))
    assert flat_images([[image], None, [], [[image, None]]]) == [image, image]
    assert flat_images([None, []]) is None and flat_images(None) is None and flat_images(image) == [image]
    out = policy.processor(
        text=["<|image_pad|>", "no picture"], images=[[image], None], padding=True, return_tensors="pt"
    )
    assert out["image_grid_thw"].shape == (1, 3) and out["input_ids"].shape[0] == 2
    assert "pixel_values" not in policy.processor(text=["x"], images=[None], return_tensors="pt")


def test_saving_and_loading_the_processor(policy: QwenPolicy, tmp_path: Path) -> None:
    save_processor(policy.processor, tmp_path)
    again = load_processor(tmp_path)
    assert isinstance(again, UiProcessor) and again.budget == policy.processor.budget
    assert again.chat_template == policy.processor.chat_template and again.tokenizer.padding_side == "left"
    for name in ("processor_config.json", "tokenizer_config.json"):
        assert json.loads((tmp_path / name).read_text())["processor_class"] == "Qwen2_5_VLProcessor"
    video = json.loads((tmp_path / "processor_config.json").read_text())["video_processor"]
    assert video["video_processor_type"] == "Qwen2VLVideoProcessor" and video["patch_size"] == 14
    with pytest.raises(PolicyError, match=r"no Qwen2\.5-VL processor at"):
        load_processor(tmp_path / "nothing")


def _half_written(folder: Path) -> None:
    file = folder / "model.safetensors"
    file.write_bytes(file.read_bytes()[:5000])


def _lost_tensors(folder: Path) -> None:
    from safetensors.torch import load_file, save_file

    weights = load_file(folder / "model.safetensors")
    save_file(
        {k: v for k, v in weights.items() if "layers.1.mlp" not in k}, folder / "model.safetensors", {"format": "pt"}
    )


def _lost_shard(folder: Path) -> None:
    (folder / "model.safetensors").unlink()
    index = {"metadata": {}, "weight_map": {"a": "model-00001-of-00002.safetensors"}}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index))


def _other_model(folder: Path) -> None:
    (folder / "config.json").write_text(json.dumps({"model_type": "qwen2", "hidden_size": 64}))


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (_half_written, "cannot load the checkpoint"),
        (_lost_tensors, r"does not fit its configuration: \d missing keys, such as .*layers\.1\.mlp"),
        (_lost_shard, "is incomplete: no model-00001-of-00002.safetensors"),
        (lambda f: (f / "model.safetensors").unlink(), r"is incomplete: no model\.safetensors"),
        (lambda f: (f / "config.json").unlink(), r"holds no config\.json"),
        (lambda f: (f / "config.json").write_text("{"), "cannot read the configuration"),
        (_other_model, "expected a Qwen2.5-VL checkpoint at .*, got model type 'qwen2'"),
        (lambda f: (f / "tokenizer.json").unlink(), "no Qwen2.5-VL processor at"),
        (lambda f: (f / "processor_config.json").unlink(), "no Qwen2.5-VL processor at"),
        (lambda f: (f / "chat_template.jinja").unlink(), "has no chat template"),
    ],
)
def test_a_damaged_folder_is_named(tiny_qwen: Path, tmp_path: Path, damage, message: str) -> None:
    folder = shutil.copytree(tiny_qwen, tmp_path / "model")
    damage(folder)
    with pytest.raises(PolicyError, match=message):
        QwenPolicy(folder, NAVI)


def test_no_folder_and_wrong_settings(tiny_qwen: Path, tmp_path: Path) -> None:
    for path in (tmp_path / "none", "./none", "a/b/c", "none"):
        with pytest.raises(PolicyError, match="no such folder"):
            QwenPolicy(path, NAVI)
    with pytest.raises(PolicyError, match="got the file"):
        QwenPolicy(tiny_qwen / "config.json", NAVI)
    with pytest.raises(ConfigError, match="dtype must be auto or one of"):
        QwenPolicy(tiny_qwen, NAVI, dtype="int3")
    with pytest.raises(ConfigError, match="device must be"):
        QwenPolicy(tiny_qwen, NAVI, device="toaster")
    assert isinstance(make_policy(f"qwen:{tiny_qwen}", NAVI), QwenPolicy)
    assert load_model(tiny_qwen, dtype="bfloat16")[0].dtype is torch.bfloat16


def test_a_lora_adapter_is_put_on_its_base(tiny_qwen: Path, tmp_path: Path) -> None:
    from peft import LoraConfig, get_peft_model

    model, _ = load_model(tiny_qwen)
    lora = get_peft_model(model, LoraConfig(r=2, target_modules=r".*language_model.*\.(q|v)_proj"))
    torch.manual_seed(3)
    for name, parameter in lora.named_parameters():
        if "lora_" in name:
            torch.nn.init.normal_(parameter, std=0.5)
    lora.peft_config["default"].base_model_name_or_path = str(tiny_qwen)
    lora.save_pretrained(tmp_path / "adapter")
    merged = lora.merge_and_unload()

    policy = QwenPolicy(tmp_path / "adapter", NAVI, max_new_tokens=4)
    base = QwenPolicy(tiny_qwen, NAVI, max_new_tokens=4)
    wanted = dict(merged.named_parameters())
    changed = 0
    for name, parameter in policy.model.named_parameters():
        assert torch.allclose(parameter, wanted[name], atol=1e-6), name
        changed += not torch.equal(parameter, dict(base.model.named_parameters())[name])
    assert changed == 4
    assert policy.reply(*REQUESTS[0]).logprobs != base.reply(*REQUESTS[0]).logprobs

    config = json.loads((tmp_path / "adapter" / "adapter_config.json").read_text())
    for base_name, message in ((str(tmp_path / "gone"), "no such folder"), (None, "must name the base")):
        text = json.dumps(config | {"base_model_name_or_path": base_name})
        (tmp_path / "adapter" / "adapter_config.json").write_text(text)
        with pytest.raises(PolicyError, match=message):
            QwenPolicy(tmp_path / "adapter", NAVI)


def test_generation_that_fails_is_a_policy_error(tiny_qwen: Path) -> None:
    policy = QwenPolicy(tiny_qwen, NAVI, max_new_tokens=2)
    policy.model.lm_head = None
    with pytest.raises(PolicyError, match="generation failed on a batch of 1: TypeError"):
        policy.reply(*REQUESTS[0])
    with pytest.raises(PolicyError, match="aspect ratio"):
        policy.reply("g", [], Observation(Image.new("RGB", (2, 900))))
