"""Ask a policy for several replies to every row, for `rft rewards compare`.

  rft rewards sample --policy qwen:mini --protocol venus1_ground --data rows.jsonl --samples 8 --out replies.jsonl

Writes one line per reply: {"id": the row's, "text": what the policy wrote, "action": what its protocol read in it}.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from agentkit.errors import ConfigError

HELP = "sample replies of a policy to compare rewards on"


def configure(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--policy", required=True, help="qwen:FOLDER_OR_HUB_ID (qwen:mini is shipped), served:URL#MODEL, ...")
    add("--protocol", default="venus1_ground", help="prompt protocol (default: %(default)s)")
    add("--data", required=True, type=Path, metavar="ROWS", help="JSONL file of training rows")
    add("--out", required=True, type=Path, metavar="FILE", help="JSONL file to write; replaced when it exists")
    add("--samples", type=int, default=8, metavar="N", help="replies per row (default: %(default)s)")
    add("--temperature", type=float, default=1.0, help="sampling temperature; 0 is greedy (default: %(default)s)")
    add("--max-new-tokens", type=int, default=None, metavar="N", help="longest reply (default: the protocol's)")
    add("--batch", type=int, default=32, metavar="N", help="replies per model call (default: %(default)s)")
    add("--limit", type=int, default=0, metavar="N", help="the first N rows only (default: all)")
    add("--seed", type=int, default=0, help="of the sampling (default: %(default)s)")


def run(args: argparse.Namespace) -> int:
    from agentkit.jsonl import JsonlWriter
    from agentkit.policies import make_policy
    from agentkit.protocols import get_protocol
    from rft.compare.sampling import sample
    from rft.data.rows import read_rows

    for name, least in (("samples", 1), ("batch", 1), ("limit", 0), ("temperature", 0)):
        if getattr(args, name) < least:
            raise ConfigError(f"--{name} must be at least {least}, got {getattr(args, name)}")
    rows = read_rows(args.data, decode_images=False).rows
    rows = rows[: args.limit or len(rows)]
    options = {"temperature": args.temperature, "max_new_tokens": args.max_new_tokens, "seed": args.seed}
    scripted = args.policy.startswith("scripted:")
    policy = make_policy(args.policy, get_protocol(args.protocol), **({} if scripted else options))
    started = shown = time.monotonic()
    with JsonlWriter(args.out) as out:
        for line in sample(policy, rows, args.samples, args.batch):
            out.write(line)
            if time.monotonic() - shown > 10:
                shown = time.monotonic()
                print(f"{out.count}/{len(rows) * args.samples} replies", file=sys.stderr)
    print(f"{out.count} replies to {len(rows)} rows in {args.out} ({time.monotonic() - started:.0f} s)")
    return 0
