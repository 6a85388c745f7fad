"""Who may import whom, and what must stay light: the rules of pyproject.toml, and a fresh process as the witness."""

from __future__ import annotations

import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import agentkit
from agentkit.cli import COMMANDS

ROOT = Path(__file__).resolve().parent.parent
HEAVY = ("torch", "transformers", "peft", "trl", "datasets", "tokenizers")
MAY_BE_HEAVY = ("agentkit.policies.qwen",)
MODULES = sorted(
    module.name
    for module in pkgutil.walk_packages(agentkit.__path__, "agentkit.")
    if not module.name.startswith(MAY_BE_HEAVY)
)


def imported(*modules: str) -> set[str]:
    """The names of all modules loaded once a fresh interpreter has imported `modules`."""
    code = "import sys, importlib; [importlib.import_module(m) for m in sys.argv[1:]]; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code, *modules], capture_output=True, text=True, check=True, cwd=ROOT)
    return set(run.stdout.split())


def test_the_base_is_light() -> None:
    base = [
        "agentkit",
        "agentkit.types",
        "agentkit.actions",
        "agentkit.frames",
        "agentkit.errors",
        "agentkit.protocols",
    ]
    loaded = imported(*base)
    assert not loaded & {*HEAVY, "numpy", "PIL", "httpx", "envs", "rft", "vlm_sparse"}


def test_nothing_else_of_agentkit_loads_a_model_library() -> None:
    assert "agentkit.episode" in MODULES and "agentkit.cli.run" in MODULES
    assert not imported(*MODULES) & set(HEAVY)


def test_commands_reach_sideways_only_when_they_run() -> None:
    loaded = imported(*COMMANDS.values(), *(name for name in MODULES if not name.startswith("agentkit.cli.")))
    assert not loaded & {"rft", "vlm_sparse", "envs"}


def test_the_witness_can_fail() -> None:
    assert "torch" in imported("agentkit.policies.qwen_fast")


def test_import_contracts() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    if not linter.exists():
        pytest.skip("import-linter is not installed")
    run = subprocess.run([linter, "--no-cache"], capture_output=True, text=True, cwd=ROOT)
    assert run.returncode == 0, run.stdout + run.stderr
    assert "0 broken" in run.stdout
