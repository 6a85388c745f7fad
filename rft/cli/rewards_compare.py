"""Score one file of replies under many rewards, and see how they rank them and where they disagree.

  rft rewards compare --replies replies.jsonl --data rows.jsonl --out runs/compare
  rft rewards compare --replies replies.jsonl --data rows.jsonl --rewards venus_ground gui_g2 gui_g2:faithful=true \\
      --out runs/compare
  rft rewards compare --replies runs/v2/predictions.jsonl --suite screenspot-v2 --data ScreenSpot-v2 --out runs/compare

Replies are JSON lines whose `id` names a row: {"id": ..., "text": ...}, or {"id": ..., "texts": [...]} for several to
one row, or the predictions.jsonl of `agentkit eval`, or what `rft rewards sample` or `rft train --keep-replies` wrote.
A row without an id is called by # and its line number. Texts are read by --protocol; a line that holds an `action` was
read already.

OUT gets comparison.json, comparison.txt and report.html. A reward that is not defined on such rows is left out, and the
reason told. Constants of a reward stand behind its name: NAME:KEY=VALUE,KEY=VALUE.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from agentkit.errors import ConfigError, DataError, boundary

if TYPE_CHECKING:
    from rft.data.rows import Row
    from rft.rewards import Reward

HELP = "score replies under many rewards; a table, JSON and a page"
RESULT, TABLE, PAGE = "comparison.json", "comparison.txt", "report.html"


def configure(parser: argparse.ArgumentParser) -> None:
    from envs.grounding.catalog import CATALOG

    add = parser.add_argument
    add("--replies", required=True, type=Path, metavar="FILE", help="JSONL file of replies")
    add("--data", required=True, type=Path, metavar="ROWS", help="JSONL file of rows; with --suite its folder")
    add("--suite", choices=tuple(CATALOG), help="the replies answer a public suite instead of training rows")
    add("--rewards", nargs="+", metavar="NAME", help="which ones (default: all, with their default constants)")
    add("--protocol", default="venus1_ground", help="reads texts without an action (default: %(default)s)")
    add("--out", required=True, type=Path, metavar="DIR", help="folder to write to")


def run(args: argparse.Namespace) -> int:
    import json

    from agentkit.protocols import get_protocol
    from rft.compare.answers import read_answers
    from rft.compare.report import as_text, report
    from rft.compare.table import compare, to_json
    from rft.data.rows import read_rows

    rewards = _rewards(args.rewards)
    rows = _suite_rows(args.suite, args.data) if args.suite else read_rows(args.data, decode_images=False).rows
    found = compare(rows, read_answers(args.replies, rows, get_protocol(args.protocol)), rewards)
    settings = {"replies": args.replies.name, "data": args.data.name, "protocol": args.protocol}
    facts = to_json(found, settings | ({"suite": args.suite} if args.suite else {}))
    text = as_text(found, facts)
    with boundary(ConfigError, f"cannot write to {args.out}"):
        args.out.mkdir(parents=True, exist_ok=True)
        (args.out / RESULT).write_text(json.dumps(facts, indent=1, ensure_ascii=False, allow_nan=False) + "\n", "utf-8")
        (args.out / TABLE).write_text(text + "\n", "utf-8")
        report(found, facts).write(args.out / PAGE)
    print(text)
    print(f"results {args.out / RESULT}\nreport  {args.out / PAGE}")
    return 0


def _rewards(specs: Sequence[str] | None) -> dict[str, Reward]:
    """Rewards by what the user called them."""
    from rft.rewards import REWARDS, get_reward
    from rft.settings import key_values

    chosen: dict[str, Reward] = {}
    for spec in specs or [reward.name for reward in REWARDS]:
        name, _, constants = spec.partition(":")
        words = constants.split(",") if constants else []
        chosen[spec] = get_reward(name, **key_values(f"reward {name}", words))
    return chosen


def _suite_rows(name: str, folder: Path) -> tuple[Row, ...]:
    """A grounding suite as rows. Targets that are no boxes are left out."""
    from agentkit.actions import Box
    from agentkit.recorded.pictures import image_size
    from agentkit.scoring import NoTarget
    from envs.grounding.suite import load_suite
    from rft.data.rows import GroundingRow

    rows = []
    for number, sample in enumerate(load_suite(name, folder).samples, start=1):
        if isinstance(sample.target, (Box, NoTarget)):
            box = sample.target if isinstance(sample.target, Box) else None
            path = Path(sample.image)
            rows.append(GroundingRow(number, path, image_size(path), sample.instruction, box, sample.id))
    if not rows:
        raise DataError(f"{folder} holds no row with a box")
    return tuple(rows)
