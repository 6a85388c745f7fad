"""Counts of what a stage did, and of what the samples that stay are about."""

from __future__ import annotations

from collections import Counter
from typing import Any

from rft.data.clean.sample import Sample, Verdict

MOST = 40
"""Values of one facet that a report lists; the rest are counted together."""


class Tally:
    def __init__(self) -> None:
        self.kept = 0
        self.reasons: Counter[str] = Counter()
        self.changes: Counter[str] = Counter()
        self.facets: dict[str, Counter[str]] = {name: Counter() for name in ("kinds", "actions", "apps", "sources")}
        self.steps = 0

    def add(self, verdict: Verdict) -> None:
        if verdict.change:
            self.changes[verdict.change] += 1
        if verdict.reason:
            self.reasons[verdict.reason] += 1
            return
        self.kept += 1
        self._look(verdict.sample)

    def _look(self, sample: Sample) -> None:
        raw = sample.raw
        self.facets["kinds"][sample.kind] += 1
        for facet, key in (("apps", "app"), ("sources", "source")):
            if isinstance(raw.get(key), str) and raw[key]:
                self.facets[facet][raw[key]] += 1
        steps = raw.get("steps") if sample.kind == "trace" else [raw] if sample.kind == "navigation" else []
        for step in steps if isinstance(steps, list) else []:
            action = step.get("action") if isinstance(step, dict) else None
            if isinstance(action, dict):
                self.steps += 1
                self.facets["actions"][_name(action)] += 1

    def to_json(self) -> dict[str, Any]:
        return {
            "kept": self.kept,
            "dropped": self.reasons.total(),
            "changed": self.changes.total(),
            "reasons": dict(self.reasons.most_common()),
            "changes": dict(self.changes.most_common()),
            "after": {"steps": self.steps, **{name: _top(counter) for name, counter in self.facets.items()}},
        }


def _name(action: dict[str, Any]) -> str:
    kind = str(action.get("type"))
    return kind + str(action.get("key", "")).capitalize() if kind == "Press" else kind


def _top(counter: Counter[str]) -> dict[str, int]:
    listed = dict(sorted(counter.items(), key=lambda item: (-item[1], item[0]))[:MOST])
    rest = counter.total() - sum(listed.values())
    return listed | ({"(others)": rest} if rest else {})


def tally_of(entry: dict[str, Any]) -> str:
    """One line for people."""
    counts = [f"{reason} {count}" for reason, count in {**entry["reasons"], **entry["changes"]}.items()]
    what = f" ({', '.join(counts)})" if counts else ""
    changed = f", changed {entry['changed']}" if entry["changed"] else ""
    return f"{entry['stage']}: kept {entry['kept']}, dropped {entry['dropped']}{changed}{what}, {entry['seconds']} s"
