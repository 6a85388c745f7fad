"""Round trips to the simulated phone over ADB, written to docs/results/adb_latency.json.

    python scripts/bench_adb.py [--out FILE] [--rounds 30]

Client and phone share the machine, so these are costs of software, not of a network. The screen changes before every
screenshot that is timed as "fresh"; "same" is the second look at an unchanged screen. A step of AndroidEnv
is an action, the screenshot after it and the question which app is in front.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import platform
import shutil
import socket
import statistics
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from agentkit.actions import Press
from agentkit.tasks import FreeGoal
from envs.android import AndroidDevice, AndroidEnv
from envs.phone.adb import AdbServer
from envs.phone.device import Phone

OUT = Path(__file__).parent.parent / "docs/results/adb_latency.json"


def timed(work: Callable[[], object], rounds: int, before: Callable[[], object] = lambda: None) -> dict[str, float]:
    """Median and 90th percentile in milliseconds."""
    times = []
    for _ in range(rounds):
        before()
        start = time.perf_counter()
        work()
        times.append(1000 * (time.perf_counter() - start))
    times.sort()
    return {"median_ms": round(statistics.median(times), 2), "p90_ms": round(times[int(0.9 * (len(times) - 1))], 2)}


def through_adb_shell(server: AdbServer, rounds: int) -> dict[str, Any]:
    """Our own client."""
    results: dict[str, Any] = {}
    pages = itertools.cycle(("HOME", "APP_SWITCH"))

    def change() -> None:
        with server.lock:
            server.phone.key(next(pages))

    with AndroidDevice(server.address, screenshot="png") as device:
        device.launch("Settings")
        results["echo"] = timed(lambda: device.shell(["echo", "x"]), rounds)
        results["tap"] = timed(lambda: device.tap(5, 5), rounds)
        results["current_activity"] = timed(device.current_activity, rounds)
        results["ui_tree"] = timed(device.ui_tree, rounds)
        for kind in ("png", "raw"):
            with AndroidDevice(server.address, screenshot=kind) as camera:
                camera.screenshot()
                results[f"screenshot {kind}, fresh"] = timed(camera.screenshot, rounds, change)
                results[f"screenshot {kind}, same"] = timed(camera.screenshot, rounds)
    env = AndroidEnv(server.address)
    env.reset(FreeGoal("measure"))
    presses = itertools.cycle((Press("home"), Press("recent")))
    results["AndroidEnv.step"] = timed(lambda: env.step(next(presses)), rounds)
    env.close()
    return results


def through_stock_adb(server: AdbServer, rounds: int) -> dict[str, Any] | None:
    """The adb program, the start of its process included; None where there is none."""
    adb = shutil.which("adb")
    if adb is None:
        return None
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = str(probe.getsockname()[1])

    def run(*args: str) -> bytes:
        target = ["-s", server.address] if args[0] not in ("connect", "kill-server") else []
        done = subprocess.run(  # noqa: S603
            [adb, "-P", port, *target, *args], capture_output=True, stdin=subprocess.DEVNULL, timeout=60, check=True
        )
        return done.stdout

    run("connect", server.address)
    try:
        while b"device" not in run("get-state"):
            time.sleep(0.05)
        return {
            "echo": timed(lambda: run("shell", "echo x"), rounds),
            "tap": timed(lambda: run("shell", "input tap 5 5"), rounds),
            "exec-out screencap": timed(lambda: run("exec-out", "screencap"), rounds),
            "exec-out screencap -p": timed(lambda: run("exec-out", "screencap -p"), rounds),
        }
    finally:
        run("kill-server")


CLIENTS: dict[str, Callable[[AdbServer, int], dict[str, Any] | None]] = {
    "AndroidDevice": through_adb_shell,
    "stock adb": through_stock_adb,
}


def table(screens: dict[str, dict[str, Any]]) -> str:
    """Medians in milliseconds, a row per client and operation, a column per screen."""
    rows = list(dict.fromkeys((c, op) for clients in screens.values() for c in CLIENTS for op in clients[c] or ()))
    heads = [f"{name} {width}x{height}" for name, (width, height) in ((n, s["size"]) for n, s in screens.items())]
    lines = [f"{'median, ms':40}" + "".join(f"{head:>18}" for head in heads)]
    for client, operation in rows:
        cells = [f"{screens[name][client][operation]['median_ms']:18.2f}" for name in screens]
        lines.append(f"{client + ': ' + operation:40}" + "".join(cells))
    return "\n".join(lines)


def processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    return next(
        (line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.processor()
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--rounds", type=int, default=30)
    args = parser.parse_args()
    screens: dict[str, dict[str, Any]] = {}
    for screen in ("medium", "large"):
        with AdbServer(Phone(screen=screen)) as server:
            screens[screen] = {
                "size": list(server.phone.size),
                **{name: measure(server, args.rounds) for name, measure in CLIENTS.items()},
            }
    machine = {"cpu": processor(), "cores": os.cpu_count(), "python": platform.python_version()}
    report = {"machine": machine, "rounds": args.rounds, "screens": screens}
    args.out.parent.mkdir(parents=True, exist_ok=True)
    args.out.write_text(json.dumps(report, indent=2) + "\n")
    print(table(screens))


if __name__ == "__main__":
    main()
