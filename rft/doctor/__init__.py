"""`rft doctor`: find before a run the faults that would otherwise show after hours, or never.

Each check is one small function from a `Case` (settings, machine, and parts loaded when asked for) to a `Finding`;
`rft.doctor.catalogue` lists them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from agentkit.errors import GlintError
from rft.doctor.case import Case, Unavailable
from rft.doctor.finding import Check, Finding, fail, skipped
from rft.doctor.machine import Machine

__all__ = ["Case", "Check", "Finding", "Machine", "examine"]


def examine(case: Case, checks: Sequence[Check], quick: bool = False) -> Iterator[Finding]:
    """The finding of each check, as it is made. `quick` leaves out those that run the model.

    A check that needs a part which could not be loaded is skipped; one that breaks is a failure and names itself, so
    that the others are still made.
    """
    for check in checks:
        left_out = quick and check.deep
        finding = skipped("runs the model; not made with --quick") if left_out else _made(check, case)
        yield finding.named(check.name)


def _made(check: Check, case: Case) -> Finding:
    try:
        return check.run(case)
    except Unavailable as gone:
        return skipped(str(gone))
    except GlintError as error:
        return fail(str(error), "no error", "correct what the message names")
    except Exception as error:
        return fail(
            f"the check itself broke: {type(error).__name__}: {error}", "an answer",
            "the run is likely to break in the same place; please report it with this line",
        )  # fmt: skip
