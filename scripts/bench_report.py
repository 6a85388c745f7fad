"""What report pages take, and what timing every reply costs, written to docs/results/report_speed.json.

    python scripts/bench_report.py [--out FILE] [--replies 200]

Pages: a grounding run of 1 to 10,000 samples over phone screens of 1080x2400 (84 pictures at most are shown), seconds
and size. Timers: the same replies of the shipped model with and without `profile`, in random order, and apart from that
what the timers alone take. Times are those of the processor, which other work on the machine lengthens little; the wall
clock stands beside them.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from agentkit.actions import Box, Click, Malformed, Point, Refusal
from agentkit.policies.qwen import QwenPolicy
from agentkit.policies.qwen_stages import timed_stages
from agentkit.report.runs import grounding_report
from agentkit.scoring import GroundingSample, Prediction, card_json, score_grounding
from agentkit.types import Observation
from envs.phone.device import Phone
from machine import machine_facts

OUT = Path(__file__).parent.parent / "docs/results/report_speed.json"
COUNTS = (1, 100, 1272, 10_000)
SCREENS = 24
APPS = ("Settings", "Clock", "Contacts", "Files", "Markor", "SMS Messenger")


def page(count: int, screens: list[Path]) -> dict[str, Any]:
    """The seconds and bytes of one page, scoring apart."""
    draw = random.Random(count)
    samples, answers = [], []
    for i in range(count):
        x, y = draw.uniform(0, 0.8), draw.uniform(0, 0.9)
        groups = {"platform": draw.choice(("mobile", "web", "desktop")), "ui_type": draw.choice(("text", "icon"))}
        box = Box(x, y, x + 0.15, y + 0.05)
        samples.append(GroundingSample(str(i), str(screens[i % len(screens)]), f"element {i}", box, groups))
        near = Click(Point(min(1.0, x + draw.uniform(0, 0.2)), min(1.0, y + draw.uniform(0, 0.07))))
        answer = draw.choices((near, Malformed("?"), Refusal()), (0.9, 0.07, 0.03))[0]
        answers.append(Prediction(str(i), answer, "[1,2,3,4]", 0.2))
    card = score_grounding(samples, answers)
    run = {"suite": "bench", "card": card_json(card)}
    started, cpu = time.perf_counter(), time.process_time()
    html = grounding_report(run, samples, answers, card).html()
    taken = {"cpu_s": round(time.process_time() - cpu, 3), "wall_s": round(time.perf_counter() - started, 3)}
    return {"samples": count, "pictures": html.count("<figure"), **taken, "bytes": len(html.encode())}


def timers(replies: int, screens: list[Path]) -> dict[str, Any]:
    """Milliseconds of processor per reply with and without the split, and microseconds of the timers alone."""
    from PIL import Image

    policy = QwenPolicy("mini", "venus1_ground")
    seen = [Observation(Image.open(screen).convert("RGB")) for screen in screens]
    spent: dict[bool, list[float]] = {True: [], False: []}
    stages: dict[str, float] = {}
    draw = random.Random(0)
    for i in range(replies + 5):
        for profile in draw.sample((True, False), 2):
            policy.profile = profile
            started = time.process_time()
            reply = policy.reply(f"element {i}", (), seen[i % len(seen)])
            if i >= 5:  # the first ones warm up
                spent[profile].append(1000 * (time.process_time() - started))
                stages |= {name: stages.get(name, 0.0) + s for name, s in reply.timing.items()}
    pairs = [a - b for a, b in zip(spent[True], spent[False], strict=True)]
    rounds = 2000
    started = time.process_time()
    for _ in range(rounds):
        with timed_stages(policy.model):
            pass
    alone = (time.process_time() - started) / rounds
    return {
        "replies": replies,
        "device": policy.model.device.type,
        "median_cpu_ms_with": round(statistics.median(spent[True]), 3),
        "median_cpu_ms_without": round(statistics.median(spent[False]), 3),
        "mean_difference_cpu_ms": round(statistics.fmean(pairs), 3),
        "standard_error_cpu_ms": round(statistics.stdev(pairs) / len(pairs) ** 0.5, 3),
        "median_difference_cpu_ms": round(statistics.median(pairs), 3),
        "timers_alone_cpu_us": round(1e6 * alone, 1),
        "mean_stages_wall_ms": {name: round(1000 * seconds / replies, 2) for name, seconds in stages.items()},
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--replies", type=int, default=200)
    args = parser.parse_args()
    facts = machine_facts()
    with tempfile.TemporaryDirectory() as folder:
        screens = [Path(folder) / f"{i}.png" for i in range(SCREENS)]
        for i, screen in enumerate(screens):
            phone = Phone(screen="tall", seed=i, dark=i % 2 == 1)
            phone.launch(APPS[i % len(APPS)])
            phone.screenshot().save(screen)
        result = {"machine": facts, "pages": [page(count, screens) for count in COUNTS]}
        result["timers"] = timers(args.replies, screens)
    args.out.write_text(json.dumps(result, indent=2) + "\n")
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
