"""One alignment, from traces and replies to traces and rows with other thoughts in their histories.

The result is a folder that appears whole or not at all: `traces.jsonl`, `rows.jsonl` (what `rft train` reads next),
`pools.jsonl` (what `rft data enhance` draws from), `replies.jsonl` where a policy was asked, `report.json` and
`report.html`. It hangs on the input and the settings alone, not on how often the work was killed.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from agentkit.actions import action_name
from agentkit.errors import ConfigError, DataError, boundary
from agentkit.jsonl import JsonlWriter
from agentkit.protocols import PromptProtocol, get_protocol
from agentkit.recorded.traces import Trace, TraceWriter, read_traces
from rft.data.align.config import SAMPLING, AlignConfig
from rft.data.align.matches import MATCHES, Answer, Match
from rft.data.align.pools import Key, Pools, median_length, select
from rft.data.align.sample import Say, batches, sample
from rft.data.row_ids import parse_row_id
from rft.data.rows import NavigationRow, to_json
from rft.data.trace_rows import rows_of
from rft.data.work_folder import empty, new_folder
from rft.replies import KeptReply, read_replies
from rft.rewards import get_reward

TRACES, ROWS, POOLS, REPLIES = "traces.jsonl", "rows.jsonl", "pools.jsonl", "replies.jsonl"
REPORT, PAGE, SETTINGS = "report.json", "report.html", "sampling.json"


def align(source: str | Path, out: str | Path, config: AlignConfig, say: Say = lambda _: None) -> dict[str, Any]:
    """Align the traces in `source` into the new folder `out`; returns the report as written to report.json.

    Raises ConfigError, DataError, and PolicyError when a policy cannot be asked.
    """
    source, out = Path(source), Path(out)
    config = _settled(config)
    protocol = get_protocol(config.protocol, **config.protocol_args)
    reward = get_reward(config.reward, **config.reward_args)
    if "action" not in reward.takes:
        raise ConfigError(f"reward {reward.name} cannot score the steps of a trace")
    steps = _steps(source)
    earlier = Pools.read(config.pools) if config.pools else Pools()
    with new_folder(out, resume=bool(config.policy)) as work:
        if config.policy:
            _sample(source, work, config, protocol, steps, say)
        replies = read_replies(work / REPLIES if config.policy else config.replies)
        gathering = Gathering(steps, protocol, MATCHES[config.match](protocol, reward), config.epoch)
        for reply in replies:
            gathering.add(reply)
        target = config.target_length or median_length(gathering.pools)
        chosen = {key: select(gathering.pools.at(key, epochs=1), target) for key in steps}
        with TraceWriter(work / TRACES) as traces, JsonlWriter(work / ROWS) as rows:
            for trace in read_traces(source):
                aligned = _retold(trace, chosen)
                traces.write(aligned)
                for row in rows_of(aligned, config.history_images):
                    rows.write(to_json(row, work))
        earlier.update(gathering.pools)
        earlier.write(work / POOLS, steps)
        from rft.data.align.page import write_page

        report = {
            "format": 1,
            "input": str(source.resolve()),
            "settings": dataclasses.asdict(config),
            "target_length": target,
            **gathering.counts(),
            **_changes(steps, chosen),
        }
        write_page(work / PAGE, report)
        (work / REPORT).write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n", "utf-8")
        (work / SETTINGS).unlink(missing_ok=True)
    return report


class Gathering:
    """Candidate thoughts from replies, one reply at a time, and what became of each reply."""

    def __init__(self, steps: Mapping[Key, NavigationRow], protocol: PromptProtocol, match: Match, epoch: int) -> None:
        """`steps` are rows without their histories. The epochs of the replies are counted from `epoch`."""
        self.pools = Pools()
        self._steps, self._protocol, self._match, self._epoch = steps, protocol, match, epoch
        self._fates: Counter[str] = Counter()
        self._by_action: dict[str, Counter[str]] = {}

    def add(self, reply: KeptReply) -> None:
        found = parse_row_id(reply.row)
        key = (found.trace, found.step) if found else None
        step = self._steps.get(key) if key else None
        if key is None or step is None:
            self._fates["to no step of these traces"] += 1
            return
        fate = self._judge(key, step, reply)
        self._fates[fate] += 1
        tally = self._by_action.setdefault(action_name(step.action), Counter())
        tally["replies"] += 1
        tally["right"] += fate == "right"

    def counts(self) -> dict[str, Any]:
        return {"replies": dict(sorted(self._fates.items())), "replies_by_action": self._by_action}

    def _judge(self, key: Key, step: NavigationRow, reply: KeptReply) -> str:
        said = self._protocol.parse(reply.text, reply.size)
        if not self._match(Answer(step, said, reply.text, reply.size)):
            return "wrong"
        if not said.thought.strip():
            return "right, without a thought"
        try:
            self._protocol.render(step.action, said.thought, "", reply.size)
        except ValueError:
            return "right, with a thought that a prompt cannot repeat"
        self.pools.add(key, said.thought.strip(), self._epoch + reply.epoch)
        return "right"


def _settled(config: AlignConfig) -> AlignConfig:
    """The settings with protocol and reward filled in, from the run whose replies are read where there is one."""
    run = _run_settings(Path(config.replies) / "config.yaml") if config.replies else {}
    changes: dict[str, Any] = {}
    for name, usual in (("protocol", "venus1_navi"), ("reward", "venus_navi")):
        if not getattr(config, name):
            args = getattr(config, f"{name}_args") or run.get(f"{name}_args") or {}
            changes |= {name: run.get(name) or usual, f"{name}_args": dict(args)}
    return replace(config, **changes)


def _run_settings(file: Path) -> dict[str, Any]:
    """The settings that a run kept; nothing where replies come without their run. Only four of them are read, so that
    those of an older version will do."""
    import yaml

    if not file.is_file():
        return {}
    with boundary(DataError, f"unreadable {file}"):
        run = yaml.safe_load(file.read_text("utf-8"))
        if not isinstance(run, dict):
            raise TypeError(f"expected a mapping of settings, got {type(run).__name__}")
        return run


def _steps(source: Path) -> dict[Key, NavigationRow]:
    """A row for every step of the traces, in their order, without its history. DataError for an id that comes twice."""
    steps: dict[Key, NavigationRow] = {}
    for trace in read_traces(source):
        if (trace.id, 0) in steps:
            raise DataError(f"{source} line {trace.number}: the trace id {trace.id!r} is there twice")
        for number, row in enumerate(rows_of(trace)):
            steps[trace.id, number] = replace(row, history=())
    if not steps:
        raise DataError(f"{source}: expected at least one trace; the file is empty")
    return steps


def _sample(
    source: Path,
    work: Path,
    config: AlignConfig,
    protocol: PromptProtocol,
    steps: Mapping[Key, NavigationRow],
    say: Say,
) -> None:
    from agentkit.policies import make_policy

    _same_sampling(source, work, config)
    options: dict[str, Any] = {}
    if not config.policy.startswith("scripted:"):
        options = {"temperature": config.temperature, "max_new_tokens": config.max_new_tokens}
    if config.policy.startswith("qwen:"):
        options["device"] = config.device
    policy = make_policy(config.policy, protocol, **options)
    total = config.samples * sum(step.image is not None for step in steps.values())
    sample(policy, lambda: batches(read_traces(source), config), total, work / REPLIES, config, say)


def _same_sampling(source: Path, work: Path, config: AlignConfig) -> None:
    """Note on what the replies depend, or check it against the note of the killed run that is taken up."""
    from rft.reply_log import sync_folder

    now = {name: getattr(config, name) for name in SAMPLING}
    now |= {"history_images": config.history_images, "traces": _digest([source])}
    folder = Path(config.policy.partition(":")[2])
    now["model"] = _digest(sorted(folder.glob("*.safetensors"))) if folder.is_dir() else ""
    note = work / SETTINGS
    if note.is_file():
        with boundary(DataError, f"unreadable {note}"):
            before = json.loads(note.read_text("utf-8"))
        if changed := [name for name in now if before.get(name) != json.loads(json.dumps(now[name]))]:
            raise ConfigError(
                f"{work} holds the replies of a run with other {', '.join(changed)}: give the same again to go on "
                "with it, or remove the folder"
            )
        return
    empty(work)
    scratch = note.with_suffix(".tmp")
    with scratch.open("w", encoding="utf-8") as file:
        json.dump(now, file)
        file.flush()
        os.fsync(file.fileno())
    scratch.replace(note)
    sync_folder(work)


def _digest(paths: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()


def _retold(trace: Trace, chosen: Mapping[Key, str | None]) -> Trace:
    """The trace with the chosen thoughts; a step without one keeps its own. Nothing else changes."""
    steps = (replace(step, thought=chosen[trace.id, i] or step.thought) for i, step in enumerate(trace.steps))
    return replace(trace, steps=tuple(steps))


def _changes(steps: Mapping[Key, NavigationRow], chosen: Mapping[Key, str | None]) -> dict[str, Any]:
    """How much of the histories is the model's own now, by action and in all, with some examples."""
    by_action: dict[str, Counter[str]] = {}
    examples: list[dict[str, Any]] = []
    for key, step in steps.items():
        thought = chosen[key]
        tally = by_action.setdefault(action_name(step.action), Counter())
        tally["steps"] += 1
        tally["aligned"] += thought is not None
        tally["changed"] += thought not in (None, step.thought)
        tally["characters_before"] += len(step.thought)
        tally["characters_after"] += len(step.thought if thought is None else thought)
        if thought not in (None, step.thought) and len(examples) < 12:
            examples.append({"trace": key[0], "step": key[1], "before": step.thought, "after": thought})
    return {"steps_by_action": by_action, "examples": examples}
