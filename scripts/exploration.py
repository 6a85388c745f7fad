"""Which phones can reinforcement teach a model? Held-out questions on each, answered greedily and by draws.

    python scripts/exploration.py 360x640 420x840 --policy qwen:mini --temperature 1.0

Reinforcement raises what is sometimes right. A question that the greedy answer misses and no draw hits teaches nothing,
nor does one that every draw hits. Writes docs/results/exploration.json.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from agentkit.actions import Box
from agentkit.policies import make_policy
from agentkit.pool import Request
from agentkit.protocols import get_protocol
from agentkit.types import Observation, Reply
from envs.phone.metrics import ScreenSpec
from envs.phone.screens import walks

OUT = Path(__file__).resolve().parents[1] / "docs" / "results" / "exploration.json"
BATCH, PER_SCREEN = 24, 4


def questions(spec: ScreenSpec, count: int, seed: int) -> list[tuple[Request, Box]]:
    """`count` questions in words that no training screen uses, and the box each asks for."""
    rng, asked = random.Random(seed), []
    for phone, found in walks(seed, "held_out", screen=spec):
        seen = Observation(phone.screenshot().convert("RGB").copy())
        asked += [((t.instruction, (), seen), t.box) for t in rng.sample(found, min(PER_SCREEN, len(found)))]
        if len(asked) >= count:
            return asked[:count]
    raise AssertionError("walks never end")


def hits(policy: Any, asked: Sequence[tuple[Request, Box]], temperature: float) -> list[bool]:
    """Whether the answer to each question lies in its box."""
    policy.temperature = temperature
    replies: list[Reply] = []
    for start in range(0, len(asked), BATCH):
        replies += policy.replies([request for request, _ in asked[start : start + BATCH]])
    points = [getattr(reply.action, "at", None) for reply in replies]
    return [at is not None and box.contains(at) for at, (_, box) in zip(points, asked, strict=True)]


def explore(policy: Any, spec: ScreenSpec, args: argparse.Namespace) -> dict[str, Any]:
    asked = questions(spec, args.questions, args.seed)
    greedy = hits(policy, asked, 0.0)
    drawn = [
        sum(draw) for draw in zip(*(hits(policy, asked, args.temperature) for _ in range(args.draws)), strict=True)
    ]
    missed = [count for count, right in zip(drawn, greedy, strict=True) if not right]
    return {
        "screen": f"{spec.width}x{spec.height}@{spec.density}",
        "greedy": sum(greedy) / len(asked),
        "drawn": sum(drawn) / len(asked) / args.draws,
        "dead": sum(count in (0, args.draws) for count in drawn) / len(asked),
        "misses": len(missed),
        "misses_hit_by_a_draw": sum(count > 0 for count in missed) / len(missed) if missed else None,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("screens", nargs="+", metavar="WIDTHxHEIGHT[@DPI]", help="phones (160 dots per inch if unsaid)")
    parser.add_argument("--policy", default="qwen:mini", help="a qwen policy (default: %(default)s)")
    parser.add_argument("--questions", type=int, default=120, help="per phone (default: %(default)s)")
    parser.add_argument("--draws", type=int, default=8, help="sampled answers per question (default: %(default)s)")
    parser.add_argument("--temperature", type=float, default=1.0, help="of the draws (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=90, help="of the screens (default: %(default)s)")
    parser.add_argument("--out", type=Path, default=OUT, help="JSON file (default: docs/results/exploration.json)")
    args = parser.parse_args()
    policy = make_policy(args.policy, get_protocol("venus1_ground"), max_new_tokens=12)
    rows = []
    for name in args.screens:
        size, _, density = name.partition("@")
        width, height = map(int, size.split("x"))
        rows.append(explore(policy, ScreenSpec(width, height, int(density or 160)), args))
        print(rows[-1], flush=True)
    asked = {name: getattr(args, name) for name in ("policy", "questions", "draws", "temperature", "seed")}
    args.out.write_text(json.dumps({"date": date.today().isoformat(), **asked, "rows": rows}, indent=1) + "\n")


if __name__ == "__main__":
    main()
