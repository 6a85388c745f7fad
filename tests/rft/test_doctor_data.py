"""rft doctor: faults planted in rows, chat template, pictures and model folder, each found by its check."""

from __future__ import annotations

import json
import shutil

import pytest
from PIL import Image

from agentkit.policies.qwen_processor import UiProcessor
from doctoring import find, healthy, mini_with, render, rows_with


@pytest.fixture(scope="module")
def phone(tmp_path_factory):
    return render(tmp_path_factory.mktemp("phone") / "rows")


@pytest.fixture
def data(phone, tmp_path):
    """A copy that a test may spoil."""
    shutil.copytree(phone.parent, tmp_path / "rows")
    return tmp_path / "rows" / "rows.jsonl"


def fault(finding, status, *words):
    assert finding.status == status, finding
    for word in words:
        assert word in f"{finding.found} {finding.expected} {finding.advice}", (word, finding)
    assert finding.expected and finding.advice


def set_box(box, count=1):
    def edit(rows):
        for row in rows[:count]:
            row["box"] = box

    return edit


def test_rows_that_cannot_be_read(data):
    fault(find("rows", healthy(data.with_name("none.jsonl"))), "fail", "cannot read training rows")
    (data.parent / "images" / "000001.png").write_bytes(b"\x89PNG")
    fault(find("rows", healthy(data)), "fail", "of 24 rows cannot be read", "000001.png")
    assert find("rows", healthy(data, skip_bad=True)).status == "warn"


def test_boxes_outside_their_pictures(data):
    fault(find("boxes", healthy(rows_with(data, set_box([36, 72, 360, 720])))), "fail", "these look like pixels")
    fault(find("boxes", healthy(rows_with(data, set_box([0.5, 0.5, 0.2, 0.1])))), "fail", "turn xywh into xyxy")
    fault(find("boxes", healthy(rows_with(data, set_box([0.5, 0.1, 0.5, 0.2])))), "fail", "have no area", "row 1")
    fault(find("boxes", healthy(rows_with(data, set_box([0, 0, 1, 1], 6)))), "warn", "6 of 24 boxes cover")


def test_answers_that_the_reward_calls_wrong(data):
    # Narrower than a pixel of the resized screenshot, and between two of them: no whole number is inside.
    speck = [0.5001, 0.5001, 0.5015, 0.5009]
    fault(find("gold_reward", healthy(rows_with(data, set_box(speck)))), "warn", "of 1 of 24 rows", "counts as wrong")
    fault(find("gold_reward", healthy(rows_with(data, set_box(speck, 12)))), "fail", "of 12 of 24 rows")


def test_a_reward_for_another_kind_of_row(data):
    fault(find("gold_reward", healthy(data, reward="venus_navi")), "fail", "needs gold with an action")


def test_an_answer_that_earns_less_than_others(data, monkeypatch):
    from rft.rewards import VenusGround

    stock = VenusGround.__call__

    def stingy(self, reply, text, gold):
        terms = stock(self, reply, text, gold)
        return {**terms, "total": terms["total"] - (gold.box.x1 > 0.5)}

    monkeypatch.setattr(VenusGround, "__call__", stingy)
    fault(find("gold_reward", healthy(data)), "fail", "other Click rows 1")


def test_answers_longer_than_replies_may_be(data):
    fault(find("reply_length", healthy(data, max_new_tokens=6)), "fail", "longer than max_new_tokens=6")


def no_picture(rows):
    for row in rows[:5]:
        row["image"] = None


def test_mixed_rows_that_would_hang_a_rank(data, tmp_path):
    from doctoring import GPUS, machine

    mixed = rows_with(data, no_picture)
    sharded = tmp_path / "fsdp.yaml"
    sharded.write_text("distributed_type: FSDP\nnum_processes: 2\n")
    two = {"device": "auto", "launch": "accelerate", "nproc": 2}
    config = healthy(mixed, **two, accelerate_config=str(sharded))
    fault(find("mixed_rows", config, machine(**GPUS)), "fail", "5 of 24 rows have no picture", "the others hang")
    trained = healthy(mixed, **two, freeze_vision=False, trainer={"ddp_find_unused_parameters": False})
    fault(find("mixed_rows", trained, machine(**GPUS)), "fail", "ddp_find_unused_parameters")
    assert find("mixed_rows", healthy(mixed, **two), machine(**GPUS)).status == "ok"
    assert find("mixed_rows", healthy(mixed)).status == "ok"


IMAGE = "<|vision_start|><|image_pad|><|vision_end|>"


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        (IMAGE, "", "0 <|image_pad|> for 1 picture(s)"),
        (IMAGE, IMAGE * 2, "2 <|image_pad|> for 1 picture(s)"),
        (IMAGE, "<|image_pad|>", "between <|vision_start|> and <|vision_end|>"),
        (IMAGE, "<|video_pad|>", "0 <|image_pad|>"),
        ("{{ part['text'] }}", "", "are not in the prompt"),
        ("if add_generation_prompt", "if false", "add_generation_prompt adds nothing"),
        ("{%- for m in messages", "{{ messages.nothing.here }}{%- for m in messages", "the template raises"),
    ],
)
def test_wrong_chat_templates(data, tmp_path, old, new, word):
    model = mini_with(tmp_path / "model", "config.json", lambda values: None)
    file = tmp_path / "model" / "chat_template.jinja"
    template = file.read_text()
    assert old in template
    file.write_text(template.replace(old, new))
    fault(find("chat_template", healthy(data, model=model)), "fail", word)


def test_a_missing_chat_template(data, tmp_path):
    model = mini_with(tmp_path / "model", "config.json", lambda values: None)
    (tmp_path / "model" / "chat_template.jinja").unlink()
    fault(find("chat_template", healthy(data, model=model)), "fail", "has no chat template")
    assert find("placeholders", healthy(data, model=model)).status == "skipped"


def test_a_turn_that_never_ends(data, tmp_path):
    model = mini_with(tmp_path / "a", "tokenizer_config.json", lambda v: v.update(eos_token="<|endoftext|>"))
    fault(find("end_of_turn", healthy(data, model=model)), "fail", "sampling stops at '<|endoftext|>'")
    model = mini_with(tmp_path / "b", "tokenizer_config.json", lambda v: v.update(pad_token="<|im_end|>"))
    fault(find("end_of_turn", healthy(data, model=model)), "warn", "which also means something")
    model = mini_with(tmp_path / "c", "tokenizer_config.json", lambda v: v.pop("pad_token"))
    fault(find("end_of_turn", healthy(data, model=model)), "fail", "no padding token")


def test_a_processor_that_stock_code_would_not_find(data, tmp_path):
    model = mini_with(tmp_path / "model", "processor_config.json", lambda v: v.update(processor_class="UiProcessor"))
    fault(find("stock_processor", healthy(data, model=model)), "warn", "UiProcessor", "make_stock_loadable")
    fault(find("stock_processor", healthy(data, model=model, generation="vllm-colocate")), "fail", "UiProcessor")


@pytest.mark.parametrize(
    ("edit", "word"),
    [
        (lambda v: v.update(image_token_id=5), "image_token_id 5, the tokenizer's is 6"),
        (lambda v: v["vision_config"].update(out_hidden_size=64), "out_hidden_size 64, text hidden_size 192"),
        (lambda v: v["text_config"]["rope_parameters"].update(mrope_section=[16, 24, 24]), "half the head dimension"),
        (lambda v: v["text_config"].update(vocab_size=512), "vocab_size 512"),
        (lambda v: v["vision_config"].update(spatial_merge_size=4), "merge_size 2, the model's 4"),
        (lambda v: v.update(model_type="qwen2_vl"), "model type qwen2_vl"),
    ],
)
def test_model_settings_that_do_not_fit(data, tmp_path, edit, word):
    fault(find("model_settings", healthy(data, model=mini_with(tmp_path / "model", "config.json", edit))), "fail", word)


def test_tied_weights(data, tmp_path):
    from safetensors.torch import load_file, save_file

    untied = mini_with(tmp_path / "a", "config.json", lambda v: v.update(tie_word_embeddings=False))
    fault(find("tied_weights", healthy(data, model=untied)), "fail", "would start random")
    both = mini_with(tmp_path / "b", "config.json", lambda v: None)
    weights = load_file(tmp_path / "b" / "model.safetensors")
    weights["lm_head.weight"] = weights["model.embed_tokens.weight"] + 1
    save_file(weights, tmp_path / "b" / "model.safetensors", {"format": "pt"})
    fault(find("tied_weights", healthy(data, model=both)), "fail", "will be ignored")
    config = healthy(data, lora_targets=r".*language_model\.embed_tokens|.*language_model.*q_proj")
    fault(find("tied_weights", config), "fail", "merging would change both")


@pytest.mark.parametrize(
    ("targets", "word"),
    [
        ("q_proj,v_proj", "matches no module"),
        (r".*\.(gate_proj|up_proj|down_proj)", "modules of the vision tower"),
        (r".*language_model.*mlp", "Qwen2MLP"),
        (r".*(q_proj|lm_head)", "lm_head"),
        (r".*(q_proj", "not a regular expression"),
    ],
)
def test_adapters_in_the_wrong_place(data, targets, word):
    fault(find("lora_targets", healthy(data, lora_targets=targets)), "fail", word)


def test_adapters_that_are_meant_for_the_vision_tower(data):
    config = healthy(data, lora_targets=r".*\.(gate_proj|up_proj|down_proj)", freeze_vision=False)
    finding = find("lora_targets", config)
    assert finding.status == "ok" and "15 modules of the language model, 18 of the vision tower" in finding.found
    fault(find("lora_targets", healthy(data, lora_alpha=16 * 64)), "warn", "lora_alpha / lora_r = 64")


def test_a_learning_rate_for_adapters_on_full_weights(data, monkeypatch):
    from rft.doctor import weights
    from rft.headers import Stored

    monkeypatch.setattr(weights, "read_headers", lambda folder: {"w": Stored((2_000_000, 1500), "BF16")})
    fault(find("learning_rate", healthy(data, lora_r=0, lr=1e-4)), "warn", "3.0 B parameters")


def test_a_budget_of_another_protocol(data, tmp_path):
    def navi(values):
        values["image_processor"]["size"] = {"shortest_edge": 830_000, "longest_edge": 937_664}

    model = mini_with(tmp_path / "model", "processor_config.json", navi)
    finding = find("pixel_budget", healthy(data, model=model))
    fault(finding, "warn", "the budget of venus1_navi_7b, the protocol is venus1_ground", "--min-pixels 2000000")
    fault(find("pixel_budget", healthy(data, max_pixels=28 * 28 * 16)), "warn", "less than half")
    fault(find("pixel_budget", healthy(data, min_pixels=4_000_000, max_pixels=4_800_000)), "warn", "is enlarged to")


def test_a_processor_that_resizes_otherwise(data, tmp_path):
    def keep(values):
        values["image_processor"]["do_resize"] = False

    def larger(rows):
        picture = Image.open(data.parent / rows[0]["image"]).resize((448, 896))
        picture.save(data.parent / "large.png")
        for row in rows:
            row["image"] = "large.png"

    model = mini_with(tmp_path / "model", "processor_config.json", keep)
    config = healthy(rows_with(data, larger), model=model)
    fault(find("resized_size", config), "fail", "the model sees 448x896, coordinates would be read in 224x448")


def tall(data):
    """Rows on a screen whose shape the shipped model's single pixel budget has no stable size for."""

    def edit(rows):
        Image.new("RGB", (1080, 2400), "white").save(data.parent / "tall.png")
        for row in rows:
            row["image"] = "tall.png"

    return rows_with(data, edit)


def test_pictures_that_would_be_resized_twice(data):
    config = healthy(tall(data), generation="vllm-colocate")
    fault(find("resized_size", config), "fail", "the model sees 224x504, coordinates would be read in 196x448")
    fault(find("own_sampler_size", config), "fail", "resized here to 196x448, by vLLM or the loss again to 224x504")
    assert find("resized_size", healthy(tall(data))).status == "ok"
    assert find("own_sampler_size", healthy(data, generation="vllm-colocate")).status == "ok"


def test_a_picture_too_large_for_a_vllm_in_the_trainer(data, tmp_path):
    def stock(values):
        values["image_processor"]["size"] = {"shortest_edge": 3136, "longest_edge": 12_845_056}

    model = mini_with(tmp_path / "model", "processor_config.json", stock)
    settings = {"model": model, "min_pixels": 4_000_000, "max_pixels": 4_800_000}
    config = healthy(data, generation="vllm-colocate", **settings)
    fault(find("own_sampler_size", config), "fail", "at most 4096")
    server = healthy(data, generation="vllm-server", vllm_url="http://127.0.0.1:9", **settings)
    assert find("own_sampler_size", server).status == "ok"


def test_a_prompt_cut_across_its_picture(data, monkeypatch):
    stock = UiProcessor.__call__

    def cut(self, *args, **kwargs):
        return stock(self, *args, truncation=True, max_length=64, **kwargs)

    monkeypatch.setattr(UiProcessor, "__call__", cut)
    fault(find("placeholders", healthy(data)), "fail", "row 1", "remove truncation")


def test_picture_tokens_lost_after_the_processor(data, monkeypatch):
    stock = UiProcessor.__call__

    def shorter(self, *args, **kwargs):
        batch = stock(self, *args, **kwargs)
        batch["input_ids"] = batch["input_ids"][:, 20:]
        return batch

    monkeypatch.setattr(UiProcessor, "__call__", shorter)
    fault(find("placeholders", healthy(data)), "fail", "picture tokens for 128 features")


@pytest.mark.parametrize("lost", [True, False])
def test_pictures_whose_positions_would_be_those_of_text(data, monkeypatch, lost):
    stock = UiProcessor.__call__

    def plain(self, *args, **kwargs):
        batch = stock(self, *args, **kwargs)
        types = batch.pop("mm_token_type_ids")
        return batch if lost else {**batch, "mm_token_type_ids": types * 0}

    monkeypatch.setattr(UiProcessor, "__call__", plain)
    fault(find("placeholders", healthy(data)), "fail", "mm_token_type_ids")


def test_no_room_for_the_prompt(data, tmp_path):
    model = mini_with(tmp_path / "a", "config.json", lambda v: v["text_config"].update(max_position_embeddings=150))
    fault(find("prompt_room", healthy(data, model=model)), "fail", "the model's positions: 150", "through the picture")
    model = mini_with(tmp_path / "b", "tokenizer_config.json", lambda v: v.update(model_max_length=128))
    fault(find("prompt_room", healthy(data, model=model)), "fail", "model_max_length: 128")
    config = healthy(data, generation="vllm-colocate", trainer={"vllm_max_model_length": 100})
    fault(find("prompt_room", config), "fail", "vllm_max_model_length: 100")


def test_checks_that_need_a_broken_part_are_skipped(data, tmp_path):
    model = mini_with(tmp_path / "model", "config.json", lambda values: None)
    (tmp_path / "model" / "config.json").write_text("{")
    fault(find("model_settings", healthy(data, model=model)), "fail", "cannot read the configuration")
    finding = find("tied_weights", healthy(data, model=model))
    assert finding.status == "skipped" and finding.found == "needs the model's configuration, which cannot be loaded"
    assert json.dumps(finding.to_json())
