"""Processes: do as many start as are asked for, do they find each other, and can none wait for ever?"""

from __future__ import annotations

from typing import Any

from agentkit.errors import ConfigError
from rft.doctor.case import Case, Unavailable
from rft.doctor.finding import Finding, fail, ok, skipped, warn
from rft.launch import launch_command

_RENDEZVOUS = ("RANK", "WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT")
"""What torch's process group reads from the environment."""


def launcher(case: Case) -> Finding:
    """Whether the launch would start the processes it names."""
    config, machine = case.config, case.machine
    if config.launch == "accelerate" and not case.on_gpu:
        return fail(
            "launch=accelerate without an accelerator",
            "torchrun: accelerate launch runs one process on CPUs and does not say so",
            "--launch torchrun",
        )
    if config.launch == "none":
        if config.nproc * config.nnodes > 1 and "WORLD_SIZE" not in machine.environ:
            return fail(
                f"nproc={config.nproc}, nnodes={config.nnodes}, but launch=none, which starts one process",
                "a launcher, or one process",
                "--launch torchrun",
            )
        if case.on_gpu and machine.gpus > 1 and "WORLD_SIZE" not in machine.environ:
            return fail(
                f"{machine.gpus} GPUs are visible to a single process, which the trainer refuses",
                "one process per GPU, or one visible GPU",
                f"--launch torchrun --nproc {machine.gpus}, or CUDA_VISIBLE_DEVICES=0",
            )
        return ok(f"{case.processes} process(es)")
    try:
        launch_command(config, ["rft", "train"])
    except ConfigError as error:
        return fail(str(error), "settings that the launcher understands", "change the setting that is named")
    if case.on_gpu and config.nproc > machine.gpus:
        return fail(
            f"nproc={config.nproc} on a machine with {machine.gpus} GPU(s)", "a GPU for each process", "lower --nproc"
        )
    return ok(f"{config.launch} starts {config.nproc} process(es) on each of {config.nnodes} machine(s)")


def rank_without_launcher(case: Case) -> Finding:
    """Whether a stray RANK or WORLD_SIZE makes a lone process wait for others that nobody started."""
    there = [name for name in _RENDEZVOUS if name in case.machine.environ]
    if not {"RANK", "WORLD_SIZE"} & set(there):
        return ok("no launcher's variables are set")
    missing = [name for name in _RENDEZVOUS if name not in there]
    if missing:
        return fail(
            f"{', '.join(there)} set, {', '.join(missing)} not",
            "all of them, from torchrun or accelerate, or none",
            f"unset {' '.join(there)}; otherwise --launch is ignored and the process waits for ranks nobody started",
        )
    return ok(f"rank {case.machine.environ['RANK']} of {case.machine.environ['WORLD_SIZE']}")


def threads(case: Case) -> Finding:
    """Whether PyTorch's threads fit the cores: on a shared machine too many cost ten times the speed."""
    if case.on_gpu:
        return ok("the work is on the GPU")
    value, cores = case.machine.environ.get("OMP_NUM_THREADS", ""), case.machine.cores
    if not value:
        # torchrun sets it to 1 by itself.
        if case.config.launch == "torchrun" and case.processes > 1:
            return ok("torchrun gives each process one thread")
        return warn(
            f"OMP_NUM_THREADS is not set: {cores} thread(s) per process",
            "a number; measured 8 to 28 s a step instead of 1 s when other work shares the cores",
            "export OMP_NUM_THREADS=1 for a small model or a shared machine",
        )
    if not value.isdigit() or int(value) < 1:
        return warn(f"OMP_NUM_THREADS={value!r}", "a positive number", "export OMP_NUM_THREADS=1")
    local = max(1, case.processes // case.config.nnodes)
    if int(value) * local > cores:
        return warn(
            f"{local} process(es) of {value} threads on {cores} core(s)", "no more threads than cores",
            f"export OMP_NUM_THREADS={max(1, cores // local)}",
        )  # fmt: skip
    return ok(f"OMP_NUM_THREADS={value} on {cores} core(s)")


def mixed_rows(case: Case) -> Finding:
    """Whether a rank whose rows have no picture would skip a collective that the other ranks wait in."""
    without = sum(row.image is None for row in case.rows)
    shown = f"{without} of {len(case.rows)} rows have no picture, {case.processes} process(es)"
    if not 0 < without < len(case.rows) or case.processes == 1:
        return ok(shown)
    config = case.config
    if sharding_of(case.accelerate):
        return fail(
            f"{shown}, sharded weights",
            "rows that all have a picture: a rank without one skips the vision tower's gathers, and the others hang",
            "split the data by kind, or train without sharding",
        )
    reentrant = (config.trainer.get("gradient_checkpointing_kwargs") or {}).get("use_reentrant")
    if not config.freeze_vision and (reentrant or config.trainer.get("ddp_find_unused_parameters") is False):
        return fail(
            f"{shown}, a trained vision tower, and unused parameters are not looked for",
            "ddp_find_unused_parameters: a rank without pictures has no gradient for the tower, and the others hang",
            "remove ddp_find_unused_parameters=false and use_reentrant from trainer, or freeze the tower",
        )
    return ok(f"{shown}; each collective is run by every rank")


def accelerate_file(case: Case) -> Finding:
    """Whether the accelerate configuration exists, asks for as many processes, and does not checkpoint twice."""
    config = case.config
    if not config.accelerate_config:
        return ok("none")
    try:
        settings = case.accelerate
    except Unavailable as gone:
        return fail(str(gone.error), "a YAML mapping, as `accelerate config` writes it", "check --accelerate-config")
    asked = settings.get("num_processes")
    total = config.nproc * config.nnodes
    if isinstance(asked, int) and asked != total:
        return warn(
            f"the file says num_processes={asked}, the settings {total}", "the same number",
            f"--nproc {asked // config.nnodes}; the settings win",
        )  # fmt: skip
    kind = sharding_of(settings)
    fsdp = settings.get("fsdp_config") or {}
    if fsdp.get("fsdp_activation_checkpointing") and config.gradient_checkpointing != "off":
        return fail(
            f"fsdp_activation_checkpointing with gradient_checkpointing={config.gradient_checkpointing}",
            "one of the two", "--gradient-checkpointing off",
        )  # fmt: skip
    if kind and not case.on_gpu:
        return warn(f"{kind} without an accelerator", "plain data parallel", "accelerate ignores sharding on CPUs")
    return ok(f"{kind or 'no sharding'}, {total} process(es)")


def sharding_of(settings: dict[str, Any]) -> str:
    """FSDP or DeepSpeed when `settings` of accelerate shard the weights, else nothing."""
    if str(settings.get("distributed_type", "")).upper() == "FSDP":
        return "FSDP"
    stage = (settings.get("deepspeed_config") or {}).get("zero_stage", 0)
    return "DeepSpeed ZeRO-3" if stage == 3 else ""


def vllm_server(case: Case) -> Finding:
    """Whether the vLLM server that is to sample answers."""
    import urllib.request
    from http.client import HTTPException

    from rft.vllm import serve_command

    url = case.config.vllm_url
    if case.config.generation != "vllm-server":
        return skipped("no server is asked for")
    advice = f"start it: {serve_command(case.config)}"
    if not url.startswith(("http://", "https://")):
        return fail(f"vllm_url={url!r}", "http://HOST:PORT", advice)
    try:
        with urllib.request.urlopen(url.rstrip("/") + "/health", timeout=3) as answer:  # noqa: S310 - http(s) only
            return ok(f"{url} answers with {answer.status}")
    except (OSError, HTTPException, ValueError) as error:
        return fail(f"{url} does not answer: {error}", "a vLLM server", advice)
