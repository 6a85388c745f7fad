"""rft doctor: faults planted in settings, packages, environment and folders, each found by its check."""

from __future__ import annotations

import http.server
import json
import threading

import pytest

from doctoring import GPUS, VERSIONS, find, healthy, machine, render
from rft.doctor.finding import Check, table
from rft.doctor.room import bytes_needed


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return render(tmp_path_factory.mktemp("phone") / "rows")


def versions(**changes):
    return {**VERSIONS, **changes}


def fault(finding, status, *words):
    """`finding` has this status, names these words, and says what was expected and what to do."""
    assert finding.status == status, finding
    for word in words:
        assert word in f"{finding.found} {finding.expected} {finding.advice}", (word, finding)
    assert finding.expected and finding.advice


@pytest.mark.parametrize(
    ("changes", "status", "word"),
    [
        ({"trl": "1.15.2"}, "fail", "trl >=1.16,<1.17"),
        ({"transformers": "5.3.0"}, "fail", "transformers >=5.17,<6"),
        ({"transformers": "5.24.1"}, "warn", "transformers 5.23"),
        ({"torch": "2.14.0"}, "warn", "torch 2.13"),
    ],
)
def test_packages_outside_the_proven_set(data, changes, status, word):
    fault(find("versions", healthy(data), machine(versions=versions(**changes))), status, word)


def test_a_missing_package(data):
    lacking = {name: version for name, version in VERSIONS.items() if name != "peft"}
    fault(find("versions", healthy(data), machine(versions=lacking)), "fail", "peft missing")


@pytest.mark.parametrize(
    ("generation", "vllm", "changes", "status", "word"),
    [
        ("vllm-colocate", None, {}, "fail", "vllm is not installed"),
        ("vllm-colocate", "0.31.0", {}, "fail", "needs transformers >=5.10.4,<5.18, not 5.23.0"),
        ("hf", "0.31.0", {}, "warn", "needs transformers"),
        ("vllm-colocate", "0.25.1", {"transformers": "5.17.0"}, "fail", "built for torch 2.11, not 2.13.0"),
        ("vllm-colocate", "0.33.0", {"torch": "2.14.0"}, "fail", "TRL 1.16 talks to vLLM 0.22 to 0.31"),
        ("vllm-colocate", "0.31.0", {"transformers": "5.17.0"}, "ok", "vllm 0.31.0"),
        ("hf", None, {}, "ok", "not asked for"),
    ],
)
def test_vllm_and_its_pins(data, generation, vllm, changes, status, word):
    here = versions(**changes, **({"vllm": vllm} if vllm else {}))
    finding = find("vllm_pins", healthy(data, generation=generation), machine(versions=here))
    assert finding.status == status and word in finding.found
    assert (status == "ok") != ("0.27.1 to 0.28  2.13" in finding.advice)


def test_torchvision_for_another_torch(data):
    fault(
        find("torchvision_pair", healthy(data), machine(versions=versions(torchvision="0.26.0"))), "warn",
        "torchvision 0.28",
    )  # fmt: skip
    assert find("torchvision_pair", healthy(data), machine(versions=versions(torchvision="0.28.0"))).status == "ok"


def test_accelerate_on_cpus_would_run_one_process(data):
    finding = find("launcher", healthy(data, launch="accelerate", nproc=2))
    fault(finding, "fail", "one process on CPUs", "--launch torchrun")


@pytest.mark.parametrize(
    ("settings", "hardware", "word"),
    [
        ({"nproc": 2}, {}, "launch=none, which starts one process"),
        ({"device": "auto"}, GPUS, "2 GPUs are visible to a single process"),
        ({"device": "auto", "launch": "torchrun", "nproc": 4}, GPUS, "nproc=4 on a machine with 2 GPU(s)"),
        ({"launch": "torchrun", "nproc": 2, "nnodes": 2}, {}, "rdzv_endpoint"),
    ],
)
def test_launches_that_would_not_start_what_they_say(data, settings, hardware, word):
    fault(find("launcher", healthy(data, **settings), machine(**hardware)), "fail", word)


def test_launches_that_would(data):
    assert find("launcher", healthy(data, launch="torchrun", nproc=2)).status == "ok"
    config = healthy(data, device="auto", launch="accelerate", nproc=2)
    assert find("launcher", config, machine(**GPUS)).status == "ok"


def test_rank_without_a_launcher(data):
    stray = machine(environ={"OMP_NUM_THREADS": "1", "RANK": "0"})
    fault(find("rank_without_launcher", healthy(data), stray), "fail", "WORLD_SIZE, MASTER_ADDR, MASTER_PORT not")
    whole = {"RANK": "1", "WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": "29500"}
    assert find("rank_without_launcher", healthy(data), machine(environ=whole)).status == "ok"


@pytest.mark.parametrize(
    ("value", "word"), [(None, "is not set"), ("many", "a positive number"), ("16", "16 threads on 8 core(s)")]
)
def test_threads(data, value, word):
    environ = {} if value is None else {"OMP_NUM_THREADS": value}
    fault(find("threads", healthy(data), machine(environ=environ)), "warn", word)


FSDP = {"distributed_type": "FSDP", "num_processes": 2, "fsdp_config": {"fsdp_version": 2}}


@pytest.fixture
def accelerate(tmp_path):
    """Writes an accelerate configuration and gives the settings that use it on two GPUs."""

    def write(values):
        file = tmp_path / "accelerate.yaml"
        file.write_text(values if isinstance(values, str) else json.dumps(values))
        return {"device": "auto", "launch": "accelerate", "nproc": 2, "accelerate_config": str(file)}

    return write


@pytest.mark.parametrize(
    ("values", "status", "word"),
    [
        ("- a list", "fail", "holds list"),
        ({**FSDP, "num_processes": 8}, "warn", "num_processes=8, the settings 2"),
        ({**FSDP, "fsdp_config": {"fsdp_activation_checkpointing": True}}, "fail", "gradient_checkpointing=auto"),
    ],
)
def test_accelerate_files(data, accelerate, values, status, word):
    fault(find("accelerate_file", healthy(data, **accelerate(values)), machine(**GPUS)), status, word)


def test_a_sound_accelerate_file(data, accelerate):
    finding = find("accelerate_file", healthy(data, **accelerate(FSDP)), machine(**GPUS))
    assert finding.status == "ok" and "FSDP" in finding.found


def test_a_server_that_does_not_answer(data):
    config = healthy(data, generation="vllm-server", vllm_url="http://127.0.0.1:9")
    fault(find("vllm_server", config), "fail", "does not answer", "vllm serve mini --host 127.0.0.1")


def test_a_server_s_address_that_is_none(data):
    config = healthy(data, generation="vllm-server", vllm_url="http://127.0.0.1:port")
    fault(find("vllm_server", config), "fail", "does not answer: nonnumeric port")


def test_a_server_that_answers(data):
    class Health(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200 if self.path == "/health" else 404)
            self.end_headers()

        def log_message(self, *args):
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Health) as server:
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        url = f"http://127.0.0.1:{server.server_port}/"
        assert find("vllm_server", healthy(data, generation="vllm-server", vllm_url=url)).status == "ok"
        thread.join()


@pytest.mark.parametrize(
    ("settings", "hardware", "status", "word"),
    [
        ({"trainer": {"fp16": True}}, {}, "fail", "underflow in float16"),
        ({"trainer": {"bf16": False}, "device": "auto"}, {"gpus": 1}, "fail", "weights and autocast disagree"),
        ({"device": "auto"}, {"gpus": 1, "bfloat16": False}, "fail", "compute capability 8.0"),
        ({"dtype": "bfloat16"}, {}, "warn", "three times as long"),
    ],
)
def test_precisions_that_spoil_gradients(data, settings, hardware, status, word):
    fault(find("dtype", healthy(data, **settings), machine(**hardware)), status, word)


def test_cudnn_attention(data):
    config = healthy(data, device="auto", cudnn_attention=True)
    fault(find("cudnn_attention", config, machine(gpus=1)), "fail", "gradients were not finite")
    assert find("cudnn_attention", config).status == "ok"


@pytest.mark.parametrize(
    ("settings", "status", "word"),
    [
        ({"top_k": 1}, "fail", "equal replies teach nothing"),
        ({"temperature": 0.01}, "fail", "replies that differ"),
        ({"temperature": 2.5}, "warn", "mostly noise"),
        ({"temperature": 1.0, "top_p": 0.9}, "warn", "every importance ratio is off"),
    ],
)
def test_sampling_that_teaches_nothing(data, settings, status, word):
    fault(find("sampling_settings", healthy(data, **settings)), status, word)


@pytest.mark.parametrize(
    ("trainer", "status", "word"),
    [
        ({"use_vllm": True}, "fail", "generation=vllm-colocate"),
        ({"mask_truncated_completions": True}, "warn", "use mask_truncated"),
        ({"repetition_penalty": 1.1}, "warn", "the loss would not"),
    ],
)
def test_trainer_settings_behind_our_back(data, trainer, status, word):
    fault(find("bypasses", healthy(data, trainer=trainer)), status, word)


@pytest.mark.parametrize(
    ("settings", "word"),
    [
        ({"trainer": {"num_generation": 4}}, "did you mean 'num_generations'"),
        ({"trainer": {"fp16": True, "bf16": True}}, "the trainer refuses its arguments"),
        ({"prompts": 3, "group": 5, "batch_size": 4}, "batch_size must divide"),
    ],
)
def test_arguments_that_the_trainer_refuses(data, settings, word):
    fault(find("trainer_arguments", healthy(data, **settings)), "fail", word)


def test_trainer_arguments_do_not_wait_for_other_ranks(data):
    ranked = machine(environ={"RANK": "0", "WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": "29511"})
    assert find("trainer_arguments", healthy(data), ranked).status == "skipped"


@pytest.mark.parametrize(
    ("settings", "status", "word"),
    [
        ({"prompts": 5, "group": 3, "launch": "torchrun", "nproc": 2}, "fail", "does not divide over 2 processes"),
        ({"batch_size": 48}, "fail", "batch_size must divide"),
        ({"trainer": {"generation_batch_size": 20}}, "fail", "20 replies are sampled at once, in groups of 8"),
        ({"trainer": {"gradient_accumulation_steps": 2}}, "warn", "prompts x group is 128"),
        ({"prompts": 32}, "fail", "24 rows, a step needs 32"),
    ],
)
def test_steps_that_do_not_come_out_even(data, settings, status, word):
    fault(find("batch", healthy(data, **settings)), status, word)


def test_disk_space(data, tmp_path):
    config = healthy(data, out=str(tmp_path / "deep" / "run"), save_every=10)
    fault(find("disk_space", config, machine(free_bytes=lambda folder: 10**7)), "fail", "of 10 MB free", "--keep-ch")
    from safetensors.torch import load_file

    from agentkit.policies.qwen_load import SHIPPED
    from rft.doctor import Case

    lora = bytes_needed(Case(config, machine()))
    full = bytes_needed(Case(healthy(data, out=config.out, save_every=10, lora_r=0), machine()))
    parameters = sum(tensor.numel() for tensor in load_file(SHIPPED["mini"] / "model.safetensors").values())
    adapters = 16 * 5 * (4 * (192 + 192) + 3 * (192 + 512))
    assert lora == 3 * 12 * adapters + 4 * parameters + 4 * adapters
    assert full == 3 * 12 * parameters + 4 * parameters
    validated = healthy(data, out=config.out, save_every=10, val_data=str(data))
    assert bytes_needed(Case(validated, machine())) == lora + 2 * 4 * adapters
    assert find("disk_space", config, machine(free_bytes=lambda folder: int(lora * 1.2))).status == "warn"


def checkpoint(run, step):
    """The smallest folder that training would go on from."""
    import torch
    from safetensors.torch import save_file

    folder = run / "checkpoints" / f"checkpoint-{step}"
    folder.mkdir(parents=True)
    save_file({"w": torch.zeros(1)}, folder / "model.safetensors")
    (folder / "trainer_state.json").write_text(json.dumps({"global_step": step}))


def test_a_folder_with_an_earlier_run(data, tmp_path):
    from rft.settings import to_yaml

    run = tmp_path / "run"
    checkpoint(run, 20)
    config = healthy(data, out=str(run))
    (run / "config.yaml").write_text(to_yaml(config))
    assert find("earlier_run", config).status == "ok"
    fault(find("earlier_run", healthy(data, out=str(run), lr=1e-4)), "warn", "other settings: lr")
    fault(find("earlier_run", healthy(data, out=str(run), steps=20)), "fail", "would end at once")
    fault(find("earlier_run", healthy(data, out=str(run), resume="never")), "fail", "holds checkpoint-20")
    assert find("earlier_run", healthy(data, out=str(tmp_path / "new"))).status == "ok"


def test_a_check_that_breaks_does_not_stop_the_others(data):
    from rft.doctor import Case, examine
    from rft.doctor.catalogue import CHECKS

    def broken(case):
        raise RuntimeError("boom")

    first, second = examine(Case(healthy(data), machine()), [Check("broken", broken), CHECKS[0]])
    assert first.status == "fail" and "RuntimeError: boom" in first.found and second.status == "ok"
    shown = table([first, second])
    assert "fail    broken" in shown and shown.endswith("1 ok, 0 warn, 1 fail, 0 skipped")
