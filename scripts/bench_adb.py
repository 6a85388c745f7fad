"""Round trips to the simulated phone over ADB, written to docs/results/adb_latency.json.

    python scripts/bench_adb.py [--out FILE] [--rounds 30]

Client and phone share the machine, so these are costs of software, not of a network. The screen changes before every
screenshot that is timed as "fresh"; "same" is the second look at an unchanged screen.
"""

from __future__ import annotations

import argparse
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

from envs.android import AndroidDevice
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


def through_adb_shell(server: AdbServer, rounds: int) -> dict[str, object]:
    """Our own client."""
    results: dict[str, object] = {}
    pages = iter(["HOME", "APP_SWITCH"] * 10_000)

    def change() -> None:
        with server.system.lock:
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
    return results


def through_stock_adb(server: AdbServer, rounds: int) -> dict[str, object] | None:
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
    report: dict[str, object] = {
        "machine": {"cpu": processor(), "cores": os.cpu_count(), "python": platform.python_version()},
        "rounds": args.rounds,
        "screens": {},
    }
    for screen in ("medium", "large"):
        with AdbServer(Phone(screen=screen)) as server:
            report["screens"][screen] = {  # type: ignore[index]
                "size": list(server.phone.size),
                "AndroidDevice": through_adb_shell(server, args.rounds),
                "stock adb": through_stock_adb(server, args.rounds),
            }
    args.out.parent.mkdir(parents=True, exist_ok=True)
    args.out.write_text(json.dumps(report, indent=2) + "\n")
    print(json.dumps(report["screens"], indent=1))


if __name__ == "__main__":
    main()
