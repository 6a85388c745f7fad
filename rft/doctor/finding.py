"""What one check found: a status, what is there, what was expected, and what to do about it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal, TypeAlias

Status: TypeAlias = Literal["ok", "warn", "fail", "skipped"]


@dataclass(frozen=True, slots=True)
class Finding:
    status: Status
    found: str
    expected: str = ""
    """Empty when all is well."""
    advice: str = ""
    """What to do; empty when there is nothing to do."""
    check: str = ""
    """Name of the check, filled in by the examination."""

    def named(self, check: str) -> Finding:
        return replace(self, check=check)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def ok(found: str) -> Finding:
    return Finding("ok", found)


def warn(found: str, expected: str, advice: str) -> Finding:
    """The run works, but less well than it might."""
    return Finding("warn", found, expected, advice)


def fail(found: str, expected: str, advice: str) -> Finding:
    """The run would stop, or learn nothing, or learn the wrong thing."""
    return Finding("fail", found, expected, advice)


def skipped(why: str) -> Finding:
    return Finding("skipped", why)


@dataclass(frozen=True, slots=True)
class Check:
    """One question to a run that has not begun. `deep` ones run the model."""

    name: str
    run: Callable[[Any], Finding]
    deep: bool = False


def table(findings: Sequence[Finding]) -> str:
    """The findings as lines of text; those that are not ok also say what was expected and what to do."""
    width = max((len(finding.check) for finding in findings), default=0)
    lines = []
    for finding in findings:
        lines.append(f"{finding.status:<8}{finding.check:<{width}}  {_indented(finding.found, width + 10)}")
        for label, text in (("expected", finding.expected), ("do", finding.advice)):
            if text:
                lines.append(f"{'':{width + 10}}{label}: {_indented(text, width + 10)}")
    counts = {status: sum(f.status == status for f in findings) for status in ("ok", "warn", "fail", "skipped")}
    return "\n".join([*lines, ", ".join(f"{count} {status}" for status, count in counts.items())])


def _indented(text: str, width: int) -> str:
    return text.replace("\n", "\n" + " " * width)
