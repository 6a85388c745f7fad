"""Imports into a folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from agentkit.recorded.traces import Trace, read_traces
from rft.data.importers import make_importer
from rft.data.importers.run import run_import


def bring_in(name: str, source: Path, out: Path, **options: Any) -> tuple[list[Trace], dict[str, Any]]:
    report = run_import(make_importer(name, **options), source, out, name=name)
    return list(read_traces(out / "traces.jsonl")), report
