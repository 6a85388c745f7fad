"""rft export rows: what verl and EasyR1 would read is what `rft train` would see, prompts and rewards alike.

The two engines need GPUs; their loaders' steps that matter here are few and are repeated below from their data formats:
text with `<image>` places, pictures as bytes, a reward file loaded by path.
"""

from __future__ import annotations

import importlib.util
import io
import json
import math
import re
import subprocess
import sys
from dataclasses import fields, replace

import numpy as np
import pytest
import yaml
from PIL import Image
from pyarrow.parquet import read_table

from agentkit.actions import Box
from agentkit.errors import ConfigError, DataError
from agentkit.policies.qwen_processor import load_processor
from agentkit.protocols import get_protocol
from rft.cli import main
from rft.configs import TrainConfig
from rft.data.rows import read_rows
from rft.examples import Examples
from rft.exporting.ground_truth import TextScorer, read_truth, write_truth
from rft.exporting.model import export_model
from rft.exporting.rows import export_rows
from rft.loading import pick_budget
from rft.rewards import Gold, get_reward
from rft.scoring import Scorer

NAVI = [
    {"type": "Click", "at": [0.5, 0.25]},
    {"type": "Scroll", "direction": "down", "start": [0.5, 0.75], "end": [0.5, 0.25]},
    {"type": "Type", "text": "caffè <image> 日本"},
    {"type": "Press", "key": "back"},
]
REPLIES = (
    "[0,0,56,28]", "[14,14,15,15]", "[-1,-1,-1,-1]", "[9999,0,9999,1]", "", "not a box", "(1,2)",
    "<think>look</think><action>Click(box=(56, 35))</action>",
    "<think>look</think><action>Scroll(start=(56, 84), end=(56, 28), direction='down')</action>",
    "<think></think><action>PressBack()</action><conclusion>done</conclusion>",
    "<think>x</think><action>Type(content='caffè 日本')</action>", "<action>Click(box=(1",
)  # fmt: skip


@pytest.fixture
def ground(tmp_path, ground_rows):
    lines = [json.loads(line) for line in ground_rows.read_text().splitlines()]
    lines[1]["instruction"] = "press <image> and <|image_pad|>"
    lines[2] = {"image": None, "instruction": "no picture", "refusal": True, "id": "last"}
    ground_rows.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return ground_rows


@pytest.fixture
def navi(tmp_path):
    pixels = (np.random.RandomState(0).rand(168, 100, 3) * 255).astype("uint8")
    Image.fromarray(pixels).convert("L").save(tmp_path / "grey.png")
    history = [{"thought": "first", "action": NAVI[0]}]
    rows = [{"image": "grey.png", "goal": f"goal {i}", "history": history, "action": a} for i, a in enumerate(NAVI)]
    (tmp_path / "steps.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return tmp_path / "steps.jsonl"


@pytest.fixture(scope="session")
def older_model(tiny_model, tmp_path_factory):
    """The tiny model in a folder that transformers before 5 reads too, which EasyR1 needs."""
    folder = tmp_path_factory.mktemp("older") / "model"
    export_model(tiny_model, folder)
    return folder


@pytest.fixture
def config(older_model, ground, navi, tmp_path):
    def go(kind, **settings):
        own: dict[str, object] = (
            {"data": str(ground), "protocol_args": {"refusal": True}, "reward_args": {"w1": 0.3}}
            if kind == "ground"
            else {"data": str(navi), "protocol": "venus1_navi", "reward": "venus_navi", "reward_args": {"delta1": 0.2}}
        )
        base = {"model": str(older_model), "out": str(tmp_path / "out")}
        return TrainConfig(**{**base, **own, **settings})

    return go


def load_shim(folder):
    """As both engines do: by path, under a name of their own."""
    spec = importlib.util.spec_from_file_location("custom_reward_fn", folder / "glint_reward.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def ours(config):
    """Examples and processor as `rft train` makes them."""
    protocol = get_protocol(config.protocol, **config.protocol_args)
    processor = load_processor(config.model)
    budget = pick_budget(config, processor.budget, protocol)
    examples = Examples(read_rows(config.data).rows, protocol, budget.resize)
    return examples, processor


@pytest.mark.parametrize("kind", ["ground", "navi"])
@pytest.mark.parametrize("engine", ["verl", "easyr1"])
def test_rewards_are_those_of_training(config, kind, engine):
    config = config(kind)
    folder = export_rows(config, engine).folder
    examples, _ = ours(config)
    reward = get_reward(config.reward, **config.reward_args)
    entries = read_table(folder / "train.parquet").to_pylist()
    shim = load_shim(folder)
    distinct = set()
    for index, entry in enumerate(entries):
        replies = [*REPLIES, examples.gold_reply(examples.rows[index])]
        want = Scorer(reward, examples).score([index] * len(replies), replies)
        if engine == "verl":
            scored = [
                shim.compute_score(
                    data_source=entry["data_source"], solution_str=reply,
                    ground_truth=entry["reward_model"]["ground_truth"], extra_info=entry["extra_info"],
                )
                for reply in replies
            ]  # fmt: skip
            trained, shown = "score", "acc"
        else:
            assert shim.REWARD_TYPE == "batch"
            inputs = [{"response": r, "response_length": len(r), "ground_truth": entry["answer"]} for r in replies]
            scored = shim.compute_score(inputs)
            trained, shown = "overall", "accuracy"
        for theirs, mine in zip(scored, want, strict=True):
            assert mine is not None and theirs.items() >= mine.items()
            assert theirs[trained] == mine["total"] and theirs[shown] == mine["correct"]
            assert all(isinstance(value, float) for value in theirs.values())
        distinct |= {result[trained] for result in scored}
    assert len(distinct) >= 3 and len(entries) == len(examples.rows)


def messages_of_verl(entry):
    """verl's reading of a row: each `<image>` of the text takes the next picture."""
    pictures = iter(entry["images"])
    out = []
    for message in entry["prompt"]:
        if not entry["images"]:
            out.append(dict(message))
            continue
        parts = []
        for piece in re.split("(<image>|<video>|<audio>)", message["content"]):
            if piece == "<image>":
                parts.append({"type": "image", "image": Image.open(io.BytesIO(next(pictures)["bytes"]))})
            elif piece:
                assert piece not in ("<video>", "<audio>")
                parts.append({"type": "text", "text": piece})
        out.append({"role": message["role"], "content": parts})
    assert next(pictures, None) is None
    return out


def messages_of_easyr1(entry):
    """EasyR1's reading of a row: one user turn, whose n-th gap between texts is the n-th picture."""
    parts = []
    for index, text in enumerate(entry["problem"].split("<image>")):
        if index:
            parts.append({"type": "image", "image": Image.open(io.BytesIO(entry["images"][index - 1]["bytes"]))})
        if text:
            parts.append({"type": "text", "text": text})
    return [{"role": "user", "content": parts}]


@pytest.mark.parametrize("kind", ["ground", "navi"])
@pytest.mark.parametrize(("engine", "read"), [("verl", messages_of_verl), ("easyr1", messages_of_easyr1)])
def test_prompts_and_pixels_are_those_of_training(config, kind, engine, read):
    config = config(kind)
    done = export_rows(config, engine)
    examples, processor = ours(config)
    lengths = []
    for row, entry in zip(examples.rows, read_table(done.folder / "train.parquet").to_pylist(), strict=True):
        messages, images = examples.chat(row)
        theirs = read(entry)
        pictures = [
            p["image"] for m in theirs if not isinstance(m["content"], str) for p in m["content"] if "image" in p
        ]
        texts = [
            processor.apply_chat_template(chat, tokenize=False, add_generation_prompt=True).replace(
                "<\u200bimage", "<image"
            )
            for chat in (messages, theirs)
        ]
        assert texts[0] == texts[1]
        want, got = (
            processor(text=[text], images=[shown], return_tensors="pt")
            for text, shown in zip(texts, (images, pictures), strict=True)
        )
        assert want["input_ids"].tolist() == got["input_ids"].tolist()
        assert ("pixel_values" in want) == ("pixel_values" in got) == (row.image is not None)
        if row.image is not None:
            assert (want["pixel_values"] == got["pixel_values"]).all()
            assert all(picture.mode == "RGB" for picture in pictures)
        lengths.append(got["input_ids"].shape[1])
    # A literal "<image>" in a goal becomes longer by the space that keeps it text.
    assert max(lengths) <= done.train.prompt_tokens + 2 and done.train.images == 1
    assert done.train.prompt_tokens >= max(lengths) - 8


def test_verl_rows_have_the_columns_that_its_reward_loop_reads(config):
    table = read_table(export_rows(config("ground"), "verl").folder / "train.parquet")
    assert table.schema.names == ["data_source", "prompt", "images", "ability", "reward_model", "extra_info"]
    first, third = table.to_pylist()[0], table.to_pylist()[2]
    assert first["reward_model"]["style"] == "rule" and isinstance(first["reward_model"]["ground_truth"], str)
    assert first["ability"] == "grounding" and first["extra_info"] == {"index": 0, "id": "", "line": 1}
    assert third["extra_info"]["id"] == "last" and third["images"] == []


def test_the_truth_survives_its_text(config):
    for kind in ("ground", "navi"):
        for row in read_rows(config(kind).data).rows:
            gold = replace(row.gold, model_size=(112, 84))
            assert read_truth(write_truth(gold)) == gold
    full = Gold(Box(0.1, 0.2, 0.3, 0.4), None, False, 2.0, (Box(0, 0, 1, 1),), (360, 720), (224, 448))
    assert len(fields(Gold)) == 7 and read_truth(write_truth(full)) == full
    with pytest.raises(DataError, match="not a ground truth of Glint"):
        read_truth('{"version": 2}')
    with pytest.raises(DataError, match="not a ground truth of Glint"):
        read_truth("42")


def test_scoring_needs_no_model_library(config, tmp_path):
    folder = export_rows(config("ground"), "easyr1").folder
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); import glint_reward;"
        "print(*{'torch', 'transformers', 'pyarrow', 'datasets'} & set(sys.modules), sep='')"
    )
    run = subprocess.run([sys.executable, "-c", code, str(folder)], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == ""


def test_pictures_that_the_engine_would_resize_again(config, ground):
    Image.new("RGB", (40, 300)).save(ground.parent / "0.png")
    with pytest.raises(DataError, match="row 1: stored at 56x308, but the engine would resize it to 28x252"):
        export_rows(config("ground", min_pixels=112 * 112, max_pixels=112 * 112), "verl")
    assert not (ground.parent / "out").exists() and not list(ground.parent.glob("out.partial*"))


def test_rows_that_the_reward_cannot_score_are_refused(config):
    with pytest.raises(ConfigError, match="reward venus_navi cannot score row 1"):
        export_rows(config("ground", reward="venus_navi", reward_args={}), "verl")


def test_easyr1_refuses_what_its_transformers_cannot_read(config, tiny_model):
    with pytest.raises(ConfigError, match=r"rft export model --run .*tiny\d* --out DIR"):
        export_rows(config("ground", model=str(tiny_model)), "easyr1")
    export_rows(config("ground", model=str(tiny_model)), "verl")


def test_adapters_and_full_folders_are_refused(config, tmp_path):
    (tmp_path / "adapter").mkdir()
    (tmp_path / "adapter" / "adapter_config.json").write_text("{}")
    with pytest.raises(ConfigError, match="rft export model --merge first"):
        export_rows(config("ground", model=str(tmp_path / "adapter")), "verl")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine").touch()
    with pytest.raises(ConfigError, match="new or empty folder"):
        export_rows(config("ground"), "verl")
    assert (tmp_path / "out" / "mine").exists()


def words_given(tmp_path, script, *more):
    """What `script` tells python3, whose place is taken by a program that prints its words."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python3").write_text('#!/bin/sh\nfor word in "$@"; do echo "$word"; done\n')
    (tmp_path / "bin" / "python3").chmod(0o755)
    path = {"PATH": f"{tmp_path / 'bin'}:/usr/bin:/bin"}
    run = subprocess.run(["sh", script, *more], capture_output=True, text=True, check=True, env=path, cwd=tmp_path)
    return run.stdout.splitlines()


def test_the_command_and_its_script(config, navi, older_model, tmp_path, capsys):
    hostile = tmp_path / "a $(touch pwned) `b`"
    hostile.symlink_to(older_model, target_is_directory=True)
    words = ["export", "rows", "--format", "easyr1", "--model", str(hostile), "--data", str(navi), "--out",
             str(tmp_path / "out"), "--protocol", "venus1_navi", "--reward", "venus_navi",
             "--val", str(navi)]  # fmt: skip
    assert main(words) == 0
    shown = capsys.readouterr().out
    assert "note: scale_rewards=none" in shown and "4 rows" in shown
    assert yaml.safe_load((tmp_path / "out" / "easyr1.yaml").read_text())["worker"]["rollout"]["n"] == 8
    given = words_given(tmp_path, tmp_path / "out" / "launch.sh", "trainer.max_steps=3")
    assert f"worker.actor.model.model_path={hostile}" in given and given[-1] == "trainer.max_steps=3"
    assert f"worker.reward.reward_function={tmp_path}/out/glint_reward.py:compute_score" in given
    assert f"data.val_files={tmp_path}/out/val.parquet" in given and not (tmp_path / "pwned").exists()


def test_verl_words_reach_it_unchanged(config, tmp_path):
    done = export_rows(config("ground"), "verl")
    script = done.folder / "launch.sh"
    given = words_given(tmp_path, script)
    assert "actor_rollout_ref.model.exclude_modules=.*visual.*" in given
    assert "trainer.total_training_steps=null" in given and "trainer.logger=[console]" in given
    assert script.read_text().startswith("#!/bin/sh\n") and script.stat().st_mode & 0o111


def test_scores_are_finite_on_hostile_text(config):
    config = config("navi")
    scorer = TextScorer.named(config.protocol, config.reward, {}, config.reward_args)
    (row, *_) = read_rows(config.data).rows
    truth = write_truth(replace(row.gold, model_size=(112, 168)))
    for text in ("\x00" * 100, "<think>" * 1000, "[" * 10_000, "Click(box=(1e999, nan))", "<|im_end|>" * 50):
        assert all(math.isfinite(value) for value in scorer(text, truth).values())
