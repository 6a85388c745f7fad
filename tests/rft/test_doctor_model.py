"""rft doctor: faults planted in the model itself and in what it says; and the whole examination of a healthy run."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from doctoring import DEMO, find, healthy, look, machine, mini_with, render, rows_with
from rft.cli import main
from rft.doctor import Case, examine
from rft.doctor.catalogue import CHECKS
from rft.doctor.sampling import Group


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return render(tmp_path_factory.mktemp("phone") / "rows")


@pytest.fixture(scope="module")
def findings(data, tmp_path_factory):
    """All findings about the healthy run, by name."""
    config = healthy(data, out=str(tmp_path_factory.mktemp("out") / "run"))
    return {finding.check: finding for finding in examine(Case(config, machine()), CHECKS)}


@pytest.mark.parametrize("check", [check.name for check in CHECKS])
def test_a_healthy_run_passes(findings, check):
    finding = findings[check]
    assert finding.status == ("skipped" if check == "vllm_server" else "ok"), finding
    assert finding.found and not finding.expected and not finding.advice


def test_every_check_has_a_planted_fault():
    planted = "".join(Path(__file__).with_name(f"test_doctor_{part}.py").read_text() for part in
                      ("settings", "data", "model"))  # fmt: skip
    for check in CHECKS:
        assert f'find("{check.name}"' in planted or f'look(case, "{check.name}")' in planted, check.name


def fault(finding, status, *words):
    assert finding.status == status, finding
    for word in words:
        assert word in f"{finding.found} {finding.expected} {finding.advice}", (word, finding)
    assert finding.expected and finding.advice


def edited(folder, change):
    """The shipped model with its weights changed."""
    model = mini_with(folder, "config.json", lambda values: None)
    weights = load_file(folder / "model.safetensors")
    change(weights)
    save_file(weights, folder / "model.safetensors", {"format": "pt"})
    return model


def blind(weights):
    for name in weights:
        if name.startswith("visual.merger.mlp.2"):
            weights[name].zero_()


def untrained(weights):
    generator = torch.Generator().manual_seed(0)
    for name, tensor in weights.items():
        if tensor.dim() > 1:
            weights[name] = (0.02 * torch.randn(tensor.shape, generator=generator)).to(tensor.dtype)


def test_a_model_that_does_not_see(data, tmp_path):
    model = edited(tmp_path / "blind", blind)
    fault(find("pixel_counterfactual", healthy(data, model=model)), "fail", "does not see its picture")


def test_rows_without_pictures_have_no_counterfactual(data):
    def no_picture(rows):
        for row in rows:
            row["image"] = None

    assert find("pixel_counterfactual", healthy(rows_with(data, no_picture))).status == "skipped"


def test_a_sampler_whose_steps_differ_from_the_loss(data):
    """The fault of a broken cache: token by token the model says something else than at once."""
    case = Case(healthy(data), machine(), sample=2)

    def skew(module, args, output):
        return output + (output.shape[1] == 1) * torch.linspace(0, 1, output.shape[-1])

    handle = case.model.lm_head.register_forward_hook(skew)
    fault(look(case, "log_prob_parity"), "fail", "token by token", "differ by up to")
    handle.remove()
    assert look(case, "log_prob_parity").status == "ok"


def test_shared_prompts_that_lose_the_picture_positions(data, monkeypatch):
    from rft.doctor import sight

    stock = sight.prompt_positions
    monkeypatch.setattr(sight, "prompt_positions", lambda model, ids, mask, *_: stock(model, ids, mask, {}, None))
    fault(find("log_prob_parity", healthy(data)), "fail", "with shared prompts")
    assert find("log_prob_parity", healthy(data, share_prompt=False)).status == "ok"


def test_a_sampler_that_obeys_what_the_loss_does_not_know(data):
    config = healthy(data, generation_args={"repetition_penalty": 1.5})
    fault(find("log_prob_parity", config), "warn", "which the loss ignores")


def test_a_model_that_has_not_learnt_to_reply(data, tmp_path):
    case = Case(healthy(data, model=edited(tmp_path / "untrained", untrained), group=2), machine(), sample=4)
    fault(look(case, "dead_groups"), "fail", "100.0 % (4/4", "rft sft")
    fault(look(case, "entropy"), "fail", "nats a token", "rft sft")
    fault(look(case, "cut_replies"), "fail", "100.0 % (8/8")
    fault(look(case, "reply_format"), "fail", "malformed, such as")


def test_a_model_that_is_sure_of_itself(data):
    case = Case(healthy(data, temperature=0.01, group=4), machine(), sample=6)
    fault(look(case, "dead_groups"), "warn", "of sampled groups have equal rewards")
    fault(look(case, "entropy"), "warn", "raise --temperature")


def test_replies_that_are_often_malformed(data):
    fault(find("reply_format", healthy(data, temperature=2.0)), "warn", "at most half")


class Heard(Case):
    """A case whose model has spoken already: four replies to a row, each with its reward."""

    def say(self, totals, ended=(True,) * 4, correct=(False,) * 4):
        self.said = [
            Group(self.rows[0], ["[1,2,3,4]"] * 4, list(one), list(correct), [False] * 4, list(ended), 0.5)
            for one in totals
        ]  # fmt: skip
        return self

    @property
    def sampled(self):
        return self.said


def test_where_the_lines_are_drawn(data):
    case = Heard(healthy(data), machine())
    dead, alive = (0.1,) * 4, (0.1, 0.1, 1.0, 0.1)
    assert look(case.say([dead] * 3 + [alive]), "dead_groups").status == "ok"
    fault(look(case.say([dead] * 4 + [alive]), "dead_groups"), "warn", "80.0 % (4/5", "rft sft first")
    fault(look(case.say([dead] * 4), "dead_groups"), "fail", "0 of them all right")
    solved = case.say([(1.0,) * 4] * 4, correct=(True,) * 4)
    fault(look(solved, "dead_groups"), "warn", "4 of them all right", "harder rows")
    fault(look(case.say([alive], ended=(True, True, True, False)), "cut_replies"), "warn", "25.0 % (1/4")
    fault(look(case.say([alive], ended=(False,) * 4), "cut_replies"), "fail", "100.0 % (4/4")
    assert look(case.say([alive]), "cut_replies").status == "ok"


def test_the_command(data, monkeypatch, capsys):
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    common = ["doctor", "--config", str(DEMO), "--model", "mini", "--data", str(data), "--device", "cpu"]
    assert main([*common, "--quick", "--json"]) == 0
    found = {entry["check"]: entry["status"] for entry in json.loads(capsys.readouterr().out)}
    assert list(found) == [check.name for check in CHECKS]
    assert {name for name, status in found.items() if status == "skipped"} >= {c.name for c in CHECKS if c.deep}
    assert main([*common, "--only", "launcher", "lora_targets", "--launch", "accelerate", "--nproc", "2"]) == 1
    shown = capsys.readouterr().out
    assert shown.startswith("fail    launcher") and "do: --launch torchrun" in shown
    assert shown.endswith("1 ok, 0 warn, 1 fail, 0 skipped\n")
    assert main([*common, "--only", "lora_target"]) == 2
    assert "did you mean 'lora_targets'" in capsys.readouterr().err


def test_help_is_instant():
    command = [sys.executable, "-X", "importtime", "-m", "rft", "doctor", "--help"]
    start = time.monotonic()
    done = subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).parents[2])
    assert "CHECK" in done.stdout and not {"torch", "yaml", "numpy"} & imported(done.stderr)
    assert time.monotonic() - start < 5


def imported(report):
    return {line.rpartition("|")[2].strip() for line in report.splitlines()}
