"""Less of what there is too much of: at most so many samples of each app, task, screenshot or instruction, and at most
a given share of each action."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from agentkit.actions import action_name
from agentkit.codec import decode_action
from agentkit.errors import ConfigError
from rft.data.clean.index import Index
from rft.data.clean.sample import ALL, Kind, Sample, Source, Verdict
from rft.data.clean.words import spelling

FACETS = ("app", "task", "source", "image", "instruction", "action")


@dataclass(frozen=True)
class Resample:
    """Which samples stay is decided by a hash of the seed and their line number, so it is the same on every run.

    A sample without the facet (no `app`, no action) is never dropped for it.
    """

    most: Mapping[str, int] = field(default_factory=dict)
    """Facet to the most samples that may share one value of it: `{"app": 2000, "image": 8}`."""
    share: Mapping[str, float] = field(default_factory=dict)
    """Action to the largest share it may have among the navigation rows that stay: `{"Click": 0.6}`."""
    seed: int = 0
    name: str = "resample"
    kinds: frozenset[Kind] = ALL

    def __post_init__(self) -> None:
        for facet, count in self.most.items():
            if facet not in FACETS or not isinstance(count, int) or count < 1:
                raise ConfigError(
                    f"resample takes a count of at least 1 for {', '.join(FACETS)}; got {facet}={count!r}"
                )
        for action, share in self.share.items():
            if not isinstance(share, (int, float)) or not 0 <= share < 1:
                raise ConfigError(f"the share of an action must lie in [0, 1), got {action}={share!r}")
        if math.fsum(self.share.values()) > 1 + 1e-9:
            raise ConfigError(f"the shares of actions add up to more than 1: {dict(self.share)}")

    def run(self, samples: Source, index: Index) -> Iterator[Verdict]:
        index.table("excess", "number INT PRIMARY KEY ON CONFLICT IGNORE, reason TEXT, detail TEXT")
        for facet, most in self.most.items():
            self._rank(facet, samples, index)
            self._cut(index, facet, most)
        if self.share:
            self._rank("action", samples, index)
            for action, most in self._allowed(index).items():
                self._cut(index, "action", most, action)
        for sample in samples():
            found = next(index.find("SELECT reason, detail FROM excess WHERE number = ?", sample.number), None)
            yield Verdict(sample, found[0], detail=found[1]) if found else Verdict(sample)

    def _rank(self, facet: str, samples: Source, index: Index) -> None:
        """Table `ranked`: the samples that are still in, with their value of the facet and a random rank."""
        index.table("ranked", "number INT PRIMARY KEY, value TEXT, rank BLOB")
        gone = "SELECT 1 FROM excess WHERE number = ?"
        index.fill(
            "ranked",
            (
                (sample.number, value, self._random(facet, sample))
                for sample in samples()
                if (value := _value(facet, sample, index)) and next(index.find(gone, sample.number), None) is None
            ),
        )

    def _random(self, facet: str, sample: Sample) -> bytes:
        return hashlib.blake2b(f"{self.seed}/{facet}/{sample.number}".encode(), digest_size=8).digest()

    def _cut(self, index: Index, facet: str, most: int, only: str = "") -> None:
        """Condemn what exceeds `most` of each value, or of the value `only`."""
        over = f"too large a share of {only}" if only else f"more than {most} of one {facet}"
        placed = (
            "SELECT number, value, row_number() OVER (PARTITION BY value ORDER BY rank) AS place FROM ranked "
            "WHERE ? = '' OR value = ?"
        )
        index.db.execute(
            f"INSERT INTO excess SELECT number, ?, value FROM ({placed}) WHERE place > ?",  # noqa: S608 - no outside text
            (over, only, only, most),
        )

    def _allowed(self, index: Index) -> dict[str, int]:
        """How many rows each capped action may keep, so that no share is exceeded once all cuts are made."""
        counts = dict(index.find("SELECT value, count(*) FROM ranked GROUP BY value"))
        capped: set[str] = set()
        while True:
            free = sum(count for action, count in counts.items() if action not in capped)
            rest = 1 - sum(self.share[action] for action in capped)
            # Without anything free, the scarcest of the capped actions decides; without any rows, nothing is capped.
            scarcest = min((counts[a] / self.share[a] if self.share[a] else 0.0 for a in capped), default=0.0)
            total = free / rest if free else scarcest
            over = {a for a, limit in self.share.items() if a not in capped and counts.get(a, 0) > limit * total + 1e-9}
            if not over:
                return {action: int(self.share[action] * total + 1e-9) for action in capped}
            capped |= over


def _value(facet: str, sample: Sample, index: Index) -> str:
    raw = sample.raw
    if facet == "image":
        return "" if sample.kind == "trace" else index.image(sample.row(index).image).digest.hex()
    if facet == "instruction":
        return spelling(raw.get("instruction") or raw.get("goal", ""))
    if facet == "action":
        return action_name(decode_action(raw["action"])) if sample.kind == "navigation" else ""
    return raw.get(facet, "")
