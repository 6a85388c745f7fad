"""Suites of task instances, the same for the same arguments on any machine, and their split for training.

An instance's seed hangs on its template's name alone, so adding a template moves no other instance. Two things can be
held out: whole templates, or only seeds. Training draws even seeds and the `train` half of the word lists; held-out
seeds are odd and written with the `held_out` half; held-out templates are never trained on at all.
"""

from __future__ import annotations

import hashlib
from typing import Literal, TypeAlias, get_args

from agentkit.errors import ConfigError
from envs.phone.tasks import TASKS
from envs.phone.tasks.base import PhoneTask
from envs.phone.words import Split as Half
from envs.phone.words import vocabulary

Split: TypeAlias = Literal["all", "train", "heldout_seeds", "heldout_templates"]
HELD_OUT: frozenset[str] = frozenset(
    {
        "TurnLocation",
        "SetScreenTimeout",
        "SavedNetworksQuestion",
        "AbsentSetting",
        "LabelAlarm",
        "RemoveCity",
        "AlarmTimeQuestion",
        "StarContact",
        "EmailQuestion",
        "ForwardMessage",
        "CountReceived",
        "CopyFile",
        "LargestFile",
        "RenameNote",
        "ReadPrice",
    }
)
"""Names of the templates that training never sees: of every app some, of every kind of goal some."""


def templates(split: Split) -> tuple[type[PhoneTask], ...]:
    """The templates of a split, in the order of the catalogue. ConfigError for an unknown split."""
    if split not in get_args(Split):
        raise ConfigError(f"split must be one of {get_args(Split)}, got {split!r}")
    if split == "all":
        return TASKS
    return tuple(t for t in TASKS if (t.__name__ in HELD_OUT) == (split == "heldout_templates"))


def task_suite(seed: int, n_per_template: int, split: Split = "all") -> list[PhoneTask]:
    """`n_per_template` instances of each template of the split. Keys are unique within the suite."""
    if n_per_template < 1:
        raise ConfigError(f"n_per_template must be at least 1, got {n_per_template}")
    half: Half = {"all": "all", "train": "train"}.get(split, "held_out")  # type: ignore[assignment]
    suite: list[PhoneTask] = []
    with vocabulary(half):
        for template in templates(split):
            seeds: dict[int, None] = {}
            attempt = 0
            while len(seeds) < n_per_template:
                seeds[instance_seed(seed, template.__name__, attempt, split)] = None
                attempt += 1
            suite += [template.generate(s) for s in seeds]
    return suite


def instance_seed(seed: int, name: str, index: int, split: Split = "all") -> int:
    """31 random bits from the arguments over one bit that tells training (0) from held-out (1) seeds."""
    digest = hashlib.sha256(f"{seed}/{name}/{index}".encode()).digest()
    value = int.from_bytes(digest[:4])
    if split == "all":
        return value
    return value & ~1 | (split != "train")
