"""One loader: defaults < file < flags, and errors that name the closest key."""

from __future__ import annotations

import argparse
import dataclasses
import subprocess
import sys
from pathlib import Path

import pytest

from agentkit.errors import ConfigError
from rft.cli import main
from rft.cli.running import words
from rft.configs import SftConfig, TrainConfig
from rft.launch import is_launched, launch_command, shown
from rft.online.config import EpisodeConfig
from rft.settings import add_flags, build, field_docs, given, load

ROOT = Path(__file__).parents[2]
FLAGS = {
    "lr": 3e-5, "steps": 7, "protocol": "venus1_navi", "reward": "venus_navi", "freeze_vision": False,
    "gradient_checkpointing": "off", "report_to": ["tensorboard", "wandb"],
    "reward_args": ["delta1=0.2", "need_conclusion=true"], "trainer": ["adam_beta2=0.95", "epsilon=1e-3"],
}  # fmt: skip
YAML = """
lr: 3e-5
steps: 7
protocol: venus1_navi
reward: venus_navi
freeze_vision: no
gradient_checkpointing: off
report_to: [tensorboard, wandb]
reward_args: {delta1: 0.2, need_conclusion: true}
trainer: {adam_beta2: 0.95, epsilon: 0.001}
"""


def parse(config, *argv):
    parser = argparse.ArgumentParser()
    add_flags(parser, config)
    return parser.parse_args(argv)


@pytest.mark.parametrize("config", [TrainConfig, SftConfig])
def test_every_field_is_a_flag_with_help(config):
    docs = field_docs(config)
    for field in dataclasses.fields(config):
        assert docs.get(field.name), field.name
    parser = argparse.ArgumentParser()
    add_flags(parser, config)
    assert "Replies sampled per prompt" in parser.format_help() or config is SftConfig


def test_yaml_equals_flags(tmp_path):
    file = tmp_path / "run.yaml"
    file.write_text(YAML)
    args = parse(TrainConfig, *words(None, FLAGS))
    from_flags = load(TrainConfig, None, given(args))
    assert from_flags == load(TrainConfig, file)
    assert from_flags.trainer == {"adam_beta2": 0.95, "epsilon": 0.001} and from_flags.freeze_vision is False


def test_flags_win_over_the_file_and_the_file_over_defaults(tmp_path):
    file = tmp_path / "run.yaml"
    file.write_text(YAML)
    config = load(TrainConfig, file, given(parse(TrainConfig, "--steps", "9")))
    assert (config.steps, config.lr, config.group) == (9, 3e-5, 8)


def test_printed_settings_read_back_equal(tmp_path, capsys):
    assert main(["train", *words(None, FLAGS), "--print-config"]) == 0
    (tmp_path / "x.yaml").write_text(capsys.readouterr().out)
    assert load(TrainConfig, tmp_path / "x.yaml") == load(
        TrainConfig, None, given(parse(TrainConfig, *words(None, FLAGS)))
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("learning_rate: 1", "unknown setting 'learning_rate'"),
        ("grup: 4", "unknown setting 'grup'; did you mean 'group'"),
        ("- 1", "expected a mapping of settings, got list"),
        ("lr: [", "cannot read the configuration file"),
        ("lr: fast", "lr must be of type float, got 'fast'"),
        ("steps: 1.5", "steps must be of type int, got 1.5"),
        ("steps: true", "steps must be of type int, got True"),
        ("skip_bad: 1", "skip_bad must be of type bool, got 1"),
        ("resume: maybe", "resume must be one of auto, never"),
        ("group: 1", "group must be at least 2"),
        ("temperature: 0", "temperature must be positive"),
        ("trainer: {output_dir: x}", "trainer.output_dir cannot be set"),
        ("generation: vllm-server", "vllm_url is needed"),
        ("min_pixels: 9\nmax_pixels: 4", "min_pixels must not exceed max_pixels"),
    ],
)
def test_bad_settings_are_named(tmp_path, text, message):
    file = tmp_path / "run.yaml"
    file.write_text(text)
    with pytest.raises(ConfigError, match=message):
        load(TrainConfig, file)


def test_unknown_trainer_key_names_the_closest():
    from rft.trl_bridge import GRPOConfig, trainer_settings

    with pytest.raises(ConfigError, match=r"GRPOConfig\) 'num_generation'; did you mean 'num_generations'"):
        trainer_settings(GRPOConfig, {"num_generation": 4})


def test_unknown_word_in_a_mapping():
    with pytest.raises(ConfigError, match="trainer takes key=value words, got 'adam'"):
        build(TrainConfig, {"trainer": ["adam"]})


def test_every_configuration_file_in_the_repository_loads():
    found = sorted(path for path in (ROOT / "configs").rglob("*.yaml"))
    for path in found:
        kinds = {"sft": SftConfig, "online": EpisodeConfig}
        load(kinds.get(path.name.partition("_")[0], TrainConfig), path)
    assert found, "configs/ holds at least one configuration"


def test_help_is_quick_and_loads_no_torch():
    code = "import sys; from rft.cli import main\ntry: main(['train', '--help'])\nexcept SystemExit: pass\n"
    code += "bad = {'torch', 'transformers', 'trl', 'datasets', 'numpy'} & set(sys.modules)\nassert not bad, bad"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "rft train --model" in out.stdout


def test_launch_lines():
    config = TrainConfig(nproc=4)
    line = shown(launch_command(config, ["rft", "train", "--out", "a b"]))
    assert line == "python -m torch.distributed.run --standalone --nproc_per_node 4 -m rft train --out 'a b'"
    config = TrainConfig(
        launch="accelerate", nproc=8, nnodes=2, rdzv_endpoint="h:29500", accelerate_config="fsdp2.yaml"
    )
    assert "--num_processes 16 --config_file fsdp2.yaml --num_machines 2" in shown(launch_command(config, ["rft"]))
    with pytest.raises(ConfigError, match="rdzv_endpoint"):
        launch_command(TrainConfig(nnodes=2), ["rft"])
    with pytest.raises(ConfigError, match="use launch=torchrun"):
        launch_command(TrainConfig(launch="accelerate", device="cpu"), ["rft"])
    assert is_launched({"RANK": "0"}) and is_launched({"WORLD_SIZE": "1"}) and not is_launched({})


def test_a_launched_process_never_launches(monkeypatch, capsys):
    monkeypatch.setenv("RANK", "0")
    monkeypatch.setattr("rft.cli.running.run_command", lambda _: pytest.fail("started another process"))
    assert main(["train", "--launch", "torchrun", "--nproc", "2"]) == 2
    assert "--model is required" in capsys.readouterr().err


def test_print_launch_leaves_out_the_launcher(capsys):
    assert main(["train", "--launch", "torchrun", "--nproc", "2", "--model", "m", "--print-launch"]) == 0
    line = capsys.readouterr().out
    assert "--nproc_per_node 2 -m rft train --model m" in line and "--launch" not in line


def test_an_empty_file_changes_nothing(tmp_path):
    (tmp_path / "empty.yaml").write_text("# nothing yet\n")
    assert load(TrainConfig, tmp_path / "empty.yaml") == TrainConfig()
