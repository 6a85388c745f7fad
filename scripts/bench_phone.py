"""How fast the simulated phone is in process, by screen size.

    python scripts/bench_phone.py                 # prints a table, writes docs/results/phone_speed.json

One step is what a training loop does: act, take the screenshot, list the elements. The actions are a seeded walk over
the phone's own apps: a tap on some visible element, now and then a scroll, some typing, back or home. "changing" is
the share of steps after which the screen looked different; screenshots of unchanged screens cost nothing.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import statistics
import time
from pathlib import Path

import PIL

from envs.phone.device import Phone
from envs.phone.elements import centre
from envs.phone.metrics import SCREENS

RESULT = Path(__file__).parents[1] / "docs" / "results" / "phone_speed.json"


def walk(phone: Phone, steps: int, seed: int) -> tuple[float, float]:
    """(seconds for `steps` steps, share of them that changed the screen)."""
    dice = random.Random(seed)
    width, height = phone.size
    elements, changed, before = phone.elements(), 0, phone.revision
    start = time.perf_counter()
    for _ in range(steps):
        chance = dice.random()
        if chance < 0.75:
            targets = [e for e in elements if e.clickable and e.hit] or elements
            phone.tap(*centre(dice.choice(targets).bounds))
        elif chance < 0.85:
            phone.swipe(width // 2, height * 0.7, width // 2, height * 0.35)
        elif chance < 0.9:
            phone.type_text("hello")
        elif chance < 0.97:
            phone.key("BACK")
        else:
            phone.launch(dice.choice(phone.packages()))
        phone.screenshot()
        elements = phone.elements()
        changed, before = changed + (phone.revision != before), phone.revision
    return time.perf_counter() - start, changed / steps


def cpu_name() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    return next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), platform.processor())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=1000)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--screens", nargs="*", default=list(SCREENS), choices=list(SCREENS))
    parser.add_argument("--out", type=Path, default=RESULT)
    args = parser.parse_args()
    rows = []
    print(f"{'screen':14}{'pixels':>12}{'steps/s':>10}{'slowest':>10}{'changing':>10}{'boot ms':>10}")
    for name in args.screens:
        spec = SCREENS[name]
        rates, shares, boots = [], [], []
        for seed in range(args.repeats):
            begin = time.perf_counter()
            phone = Phone(screen=name, seed=seed)
            phone.screenshot()
            boots.append(time.perf_counter() - begin)
            seconds, share = walk(phone, args.steps, seed)
            rates.append(args.steps / seconds)
            shares.append(share)
        row = {
            "screen": name,
            "width": spec.width,
            "height": spec.height,
            "steps_per_s": round(statistics.median(rates), 1),
            "slowest_steps_per_s": round(min(rates), 1),
            "changing": round(statistics.mean(shares), 3),
            "boot_ms": round(1000 * statistics.median(boots), 1),
        }
        rows.append(row)
        print(
            f"{name:14}{f'{spec.width}x{spec.height}':>12}{row['steps_per_s']:>10}{row['slowest_steps_per_s']:>10}"
            f"{row['changing']:>10}{row['boot_ms']:>10}"
        )
    host = {
        "cpu": cpu_name(),
        "cores": os.cpu_count(),
        "machine": platform.machine(),
        "python": platform.python_version(),
        "pillow": PIL.__version__,
        "threads_used": 1,
    }
    args.out.parent.mkdir(parents=True, exist_ok=True)
    result = {"host": host, "steps": args.steps, "repeats": args.repeats, "rows": rows}
    args.out.write_text(json.dumps(result, indent=2) + "\n")
    print(f"{host['cpu']}, {host['cores']} cores, Python {host['python']}, Pillow {host['pillow']} -> {args.out}")


if __name__ == "__main__":
    main()
