"""rft export model: what others load is what was trained, and nothing half-written ever looks done."""

from __future__ import annotations

import errno
import json
import re
import shutil
import signal
import subprocess
import sys
import time

import pytest
import torch
from safetensors.torch import load_file

from agentkit.errors import ConfigError, PolicyError
from agentkit.policies.qwen import QwenPolicy
from agentkit.policies.qwen_load import load_model
from agentkit.policies.qwen_processor import load_processor
from rft.checkpoints import SaveError
from rft.cli import main
from rft.configs import SftConfig
from rft.exporting.model import export_model
from rft.exporting.whole_folder import whole_folder
from rft.headers import read_headers
from rft.train import sft


@pytest.fixture(scope="module")
def train(tiny_model, tmp_path_factory):
    """Two steps of supervised fine-tuning with the given settings -> the run's folder."""

    def go(data, **settings):
        run = tmp_path_factory.mktemp("run") / "run"
        sft(SftConfig(
            model=str(tiny_model), data=str(data), out=str(run), device="cpu", steps=2, batch=4, lr=1e-2, save_every=1,
            **settings,
        ))  # fmt: skip
        return run

    return go


@pytest.fixture(scope="module")
def rows(tmp_path_factory):
    from PIL import Image

    folder = tmp_path_factory.mktemp("rows")
    Image.effect_noise((112, 84), 90).convert("RGB").save(folder / "a.png")
    row = {"image": "a.png", "instruction": "press", "box": [0.1, 0.1, 0.5, 0.4]}
    (folder / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for _ in range(8)))
    return folder / "rows.jsonl"


@pytest.fixture(scope="module")
def lora(train, rows):
    return train(rows, lora_r=4, min_pixels=56 * 56, max_pixels=84 * 84)


@pytest.fixture(scope="module")
def full(train, rows):
    return train(rows, lora_r=0)


def logits(folder, dtype="float32"):
    model, _ = load_model(folder, "cpu", dtype)
    ids = torch.arange(10, 40)[None]
    with torch.inference_mode():
        return model(input_ids=ids).logits


def test_a_merged_model_is_the_trained_one_under_published_names(lora, tiny_model, tmp_path):
    done = export_model(lora, tmp_path / "out", merge=True, dtype="float32")
    assert done.merged and done.source == lora / "adapter" and done.dtype == "F32"
    names = set(read_headers(tmp_path / "out"))
    assert names == set(read_headers(tiny_model)) and done.tensors == len(names)
    assert all(re.match(r"model\.(layers\.\d+|embed_tokens|norm)\.|visual\.", name) for name in names)
    assert torch.allclose(logits(tmp_path / "out"), logits(lora / "final"), atol=1e-5)
    assert (logits(tmp_path / "out") - logits(tiny_model)).abs().max() > 1e-2
    QwenPolicy(tmp_path / "out", "venus1_ground")


def test_a_checkpoint_is_exported_by_its_step(lora, tmp_path):
    export_model(lora, tmp_path / "one", merge=True, step=1, dtype="float32")
    export_model(lora, tmp_path / "two", merge=True, step=2, dtype="float32")
    assert torch.allclose(logits(tmp_path / "two"), logits(lora / "final"), atol=1e-5)
    assert (logits(tmp_path / "one") - logits(tmp_path / "two")).abs().max() > 1e-4
    with pytest.raises(ConfigError, match=r"no checkpoint-7 .* there are: checkpoint-1, checkpoint-2"):
        export_model(lora, tmp_path / "seven", step=7)


def test_the_best_weights_are_exported_by_name(lora, tmp_path):
    run = tmp_path / "run"
    shutil.copytree(lora, run)
    with pytest.raises(ConfigError, match="holds no best weights"):
        export_model(run, tmp_path / "none", step="best")
    shutil.copytree(run / "checkpoints" / "checkpoint-1", run / "best")
    export_model(run, tmp_path / "best", merge=True, step="best", dtype="float32")
    export_model(run, tmp_path / "one", merge=True, step=1, dtype="float32")
    assert torch.equal(logits(tmp_path / "best"), logits(tmp_path / "one"))


def test_an_adapter_alone_knows_its_base(lora, tmp_path, monkeypatch, tiny_model):
    done = export_model(lora, tmp_path / "out")
    assert not done.merged and done.tensors == 28
    settings = json.loads((tmp_path / "out" / "adapter_config.json").read_text())
    assert settings["base_model_name_or_path"] == str(tiny_model)
    monkeypatch.chdir(tmp_path)
    assert torch.allclose(logits(tmp_path / "out"), logits(lora / "final"), atol=1e-5)


def test_full_weights_need_no_merging(full, tmp_path):
    done = export_model(full, tmp_path / "out", dtype="float32")
    assert not done.merged and done.source == full / "final"
    assert torch.equal(logits(tmp_path / "out"), logits(full / "final"))


def test_precision_is_that_of_the_base_or_as_asked(lora, full, tiny_model, tmp_path):
    stored = {tensor.dtype for tensor in read_headers(tiny_model).values()}
    assert export_model(lora, tmp_path / "auto", merge=True).dtype in stored
    assert export_model(full, tmp_path / "bf16", dtype="bfloat16").dtype == "BF16"
    exact, rounded = load_file(full / "final" / "model.safetensors"), load_file(tmp_path / "bf16" / "model.safetensors")
    assert all(torch.equal(rounded[name], exact[name].bfloat16()) for name in exact)
    with pytest.raises(ConfigError, match="dtype must be one of"):
        export_model(full, tmp_path / "fp8", dtype="fp8")


def test_the_processor_is_the_run_s_in_old_words_and_new(lora, tiny_model, tmp_path):
    export_model(lora, tmp_path / "out", merge=True)
    new, base = load_processor(tmp_path / "out"), load_processor(tiny_model)
    assert (new.budget.min_pixels, new.budget.max_pixels) == (56 * 56, 84 * 84) != tuple(base.image_processor.size)
    text = "<|im_start|>user\nOpen [12,34] <|image_pad|><|im_end|>"
    assert new.tokenizer(text)["input_ids"] == base.tokenizer(text)["input_ids"]
    assert new.tokenizer.all_special_tokens == base.tokenizer.all_special_tokens
    older = json.loads((tmp_path / "out" / "preprocessor_config.json").read_text())
    assert (older["min_pixels"], older["max_pixels"], older["patch_size"]) == (56 * 56, 84 * 84, 14)
    words = json.loads((tmp_path / "out" / "tokenizer_config.json").read_text())
    assert words["tokenizer_class"] == "PreTrainedTokenizerFast" and "<|im_end|>" in words["additional_special_tokens"]
    text_part = json.loads((tmp_path / "out" / "config.json").read_text())["text_config"]
    assert text_part["rope_theta"] == text_part["rope_parameters"]["rope_theta"]
    assert text_part["rope_scaling"]["mrope_section"] == [8, 12, 12] and text_part["tie_word_embeddings"] is True


def test_a_run_that_was_stopped_gives_its_newest_checkpoint(lora, tmp_path):
    run = tmp_path / "run"
    shutil.copytree(lora, run)
    shutil.rmtree(run / "final")
    shutil.rmtree(run / "adapter")
    done = export_model(run, tmp_path / "out", merge=True, dtype="float32")
    assert done.source == run / "checkpoints" / "checkpoint-2"
    assert torch.allclose(logits(tmp_path / "out"), logits(lora / "final"), atol=1e-5)
    assert load_processor(tmp_path / "out").budget == load_processor(lora / "final").budget
    weights = run / "checkpoints" / "checkpoint-2" / "adapter_model.safetensors"
    weights.write_bytes(weights.read_bytes()[:1000])
    with pytest.raises(PolicyError, match="half-written"):
        export_model(run, tmp_path / "cut", step=2)
    assert export_model(run, tmp_path / "older", merge=True).source.name == "checkpoint-1"


def test_folders_that_are_no_runs(tmp_path, lora):
    with pytest.raises(ConfigError, match=r"is not the folder of a run"):
        export_model(tmp_path, tmp_path / "out")
    (tmp_path / "config.yaml").write_text((lora / "config.yaml").read_text())
    with pytest.raises(ConfigError, match="neither a final model nor a complete checkpoint"):
        export_model(tmp_path, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_folder_in_use_is_left_alone(lora, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine").write_text("x")
    with pytest.raises(ConfigError, match="new or empty folder"):
        export_model(lora, tmp_path / "out")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["mine"]


def test_a_full_disk_leaves_nothing(lora, tmp_path, monkeypatch):
    """The weights are written, then the disk is full: neither the folder nor its partial form may stay."""
    from transformers import Qwen2_5_VLForConditionalGeneration as Model

    stock = Model.save_pretrained

    def full(self, folder, **kwargs):
        stock(self, folder, **kwargs)
        assert list(tmp_path.glob("out.partial-*/model.safetensors"))
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Model, "save_pretrained", full)
    with pytest.raises(SaveError, match=r"could not write .*out.*No space left"):
        export_model(lora, tmp_path / "out", merge=True)
    assert not list(tmp_path.iterdir())


def test_tensors_under_other_names_are_not_handed_out(lora, tmp_path, monkeypatch):
    from transformers import Qwen2_5_VLForConditionalGeneration as Model

    def inner_names(self, folder, **kwargs):
        from safetensors.torch import save_file

        self.config.save_pretrained(folder)
        tensors = {name: tensor.contiguous().clone() for name, tensor in self.state_dict().items()}
        save_file(tensors, folder / "model.safetensors", {"format": "pt"})

    monkeypatch.setattr(Model, "save_pretrained", inner_names)
    with pytest.raises(SaveError, match=r"would not have published names, such as model\.(language_model|visual)"):
        export_model(lora, tmp_path / "out", merge=True)
    assert not list(tmp_path.iterdir())


KILLED = """
import sys, time
from pathlib import Path
from rft.exporting.whole_folder import whole_folder
with whole_folder(Path(sys.argv[1])) as folder:
    (folder / "model.safetensors").write_bytes(b"half")
    print("writing", flush=True)
    time.sleep(60)
"""


def test_a_killed_export_never_looks_done(tmp_path):
    child = subprocess.Popen([sys.executable, "-c", KILLED, str(tmp_path / "out")], stdout=subprocess.PIPE, text=True)
    assert child.stdout.readline() == "writing\n"
    assert not (tmp_path / "out").exists()
    child.send_signal(signal.SIGKILL)
    child.wait()
    child.stdout.close()
    assert [path.name for path in tmp_path.iterdir()] == [f"out.partial-{child.pid}"]
    with whole_folder(tmp_path / "out") as folder:
        (folder / "done").touch()
    assert (tmp_path / "out" / "done").exists()


def test_the_command(lora, tmp_path, capsys):
    assert main(["export", "model", "--run", str(lora), "--out", str(tmp_path / "out"), "--merge"]) == 0
    assert "adapters merged in, from" in capsys.readouterr().out
    assert main(["export", "model", "--run", str(tmp_path / "nothing"), "--out", str(tmp_path / "other")]) == 2
    start = time.monotonic()
    done = subprocess.run([sys.executable, "-X", "importtime", "-m", "rft", "export", "rows", "--help"],
                          capture_output=True, text=True)  # fmt: skip
    assert "--format" in done.stdout and " torch" not in done.stderr and time.monotonic() - start < 5
