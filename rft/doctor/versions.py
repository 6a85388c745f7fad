"""Packages: are they in the set that was proven together, and do those that come in pairs match?"""

from __future__ import annotations

from rft import vllm
from rft.doctor.case import Case
from rft.doctor.finding import Finding, fail, ok, skipped, warn

PROVEN: dict[str, tuple[vllm.Release, vllm.Release, vllm.Release]] = {
    "torch": ((2, 6), (3,), (2, 13)),
    "transformers": ((5, 17), (6,), (5, 23)),
    "trl": ((1, 16), (1, 17), (1, 16)),
    "peft": ((0, 20), (1,), (0, 21)),
    "accelerate": ((1, 15), (2,), (1, 15)),
    "datasets": ((5, 2), (6,), (5, 2)),
}
"""Package -> (first release that works, first that does not, newest that was run)."""


def versions(case: Case) -> Finding:
    """Whether the packages are ones that were run together."""
    here = case.machine.versions
    shown = ", ".join(f"{name} {here.get(name, 'missing')}" for name in PROVEN)
    wrong, untried = [], []
    for name, (low, below, newest) in PROVEN.items():
        span = f"{name} >={_dotted(low)},<{_dotted(below)}"
        if name not in here:
            wrong.append(span)
            continue
        found = vllm.release(here[name])
        if not low <= found < below:
            wrong.append(span)
        elif found[: len(newest)] > newest:
            untried.append(f"{name} {_dotted(newest)}")
    if wrong:
        return fail(shown, ", ".join(wrong), 'pip install "glint-agents[rft]"; TRL changes its internals every minor')
    if untried:
        return warn(shown, f"at most {', '.join(untried)}, the newest that was run", "pip install -c constraints.txt")
    return ok(shown)


def vllm_pins(case: Case) -> Finding:
    """Whether vLLM, if it is to sample, is there and fits torch and transformers."""
    here, wanted = case.machine.versions, case.config.generation != "hf"
    if "vllm" not in here:
        if not wanted:
            return ok("vllm is not installed and not asked for")
        return fail(
            f"generation={case.config.generation}, but vllm is not installed",
            "vllm with the torch and transformers it was built for",
            f"install one of these, or use generation=hf\n{vllm.pin_table()}",
        )
    shown = f"vllm {here['vllm']}, torch {here['torch']}, transformers {here['transformers']}"
    fault = vllm.conflict(here)
    if fault is None:
        return ok(shown)
    report = fail if wanted else warn
    return report(f"{shown}: {fault}", "a row of the table of pins", f"install one of these\n{vllm.pin_table()}")


def torchvision_pair(case: Case) -> Finding:
    """Whether torchvision, which Glint does without, was built for this torch: a wrong one breaks imports."""
    here = case.machine.versions
    if "torchvision" not in here:
        return ok("torchvision is not installed and not needed")
    if "torch" not in here:
        return skipped("torch is not installed")
    torch, vision = vllm.release(here["torch"]), vllm.release(here["torchvision"])
    shown = f"torchvision {here['torchvision']} with torch {here['torch']}"
    want = (0, torch[1] + 15)
    if torch[0] == 2 and vision[:2] != want:
        return warn(
            shown, f"torchvision {_dotted(want)}", "pip uninstall torchvision, or install the one for this torch"
        )
    return ok(shown)


def _dotted(numbers: vllm.Release) -> str:
    return ".".join(map(str, numbers))
