"""Let a policy pursue a goal on a device, and record what happens.

agentkit run --device phone:7 --goal "Turn on Wi-Fi" --policy qwen:runs/mini
agentkit run --device 127.0.0.1:5555 --goal "Turn on Wi-Fi" --policy served:http://127.0.0.1:8000/v1#UI-Venus
agentkit run --device adb:emulator-5554 --goal "Turn on Wi-Fi" --policy qwen:inclusionAI/UI-Venus-Navi-7B
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from agentkit.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

    from agentkit.types import Env, Step, Task

HELP = "let a policy pursue a goal on a device, and record what happens"


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--device", required=True, help="HOST:PORT, adb:SERIAL or phone[:SEED], simulated")
    parser.add_argument("--goal", required=True, help="what to do, in words")
    parser.add_argument("--policy", required=True, help="qwen:FOLDER_OR_HUB_ID, served:URL#MODEL or scripted:FILE")
    parser.add_argument("--protocol", default="venus1_navi", help="prompt protocol (default: %(default)s)")
    parser.add_argument("--max-steps", type=int, default=30, help="replies at most (default: %(default)s)")
    parser.add_argument("--time-limit", type=float, metavar="SECONDS", help="stop asking after this long")
    parser.add_argument("--adb-key", metavar="FILE", help="where a device asks for it (default: ~/.android/adbkey)")
    parser.add_argument("--out", metavar="DIR", help="new folder for the trace (default: runs/DATE-TIME)")


def run(args: argparse.Namespace) -> int:
    import time
    from dataclasses import replace
    from pathlib import Path

    from agentkit.describe import one_line
    from agentkit.episode import Limits, run_episode
    from agentkit.policies import make_policy
    from agentkit.protocols import get_protocol
    from agentkit.show import write_page
    from agentkit.trace import TraceWriter
    from agentkit.types import Ending

    if args.max_steps < 1:
        raise ConfigError(f"--max-steps must be at least 1, got {args.max_steps}")
    policy = make_policy(args.policy, get_protocol(args.protocol))
    env, task = _open_device(args.device, args.goal, args.adb_key)
    try:
        folder: Path = Path(args.out) if args.out else Path("runs") / time.strftime("%Y%m%d-%H%M%S")
        writer = TraceWriter(folder)
        count = 0

        def on_step(step: Step) -> None:
            nonlocal count
            count += 1
            _print_step(count, step)
            writer.add(step)

        limits = Limits(max_steps=args.max_steps, time_s=args.time_limit)
        trajectory = run_episode(policy, env, task, limits=limits, on_step=on_step, meta={"device": args.device})
    finally:
        env.close()
    # Nothing checks a typed goal: what the policy says is a claim, and what the phone's verdict says means nothing.
    verdict = {name: value for name, value in trajectory.verdict.items() if name != "success"}
    claimed = {"claimed": task.score(trajectory)["success"]}
    trajectory = replace(trajectory, verdict=verdict, meta={**trajectory.meta, "scores": claimed})
    writer.finish(trajectory)
    page = write_page([(task.goal, trajectory)], folder / "page.html", title=task.goal)
    print(trajectory.ending.value + (f": {one_line(trajectory.fault, 300)}" if trajectory.fault else ""))
    print(f"trace {folder}")
    print(f"page  {page}")
    return 1 if trajectory.ending is Ending.BROKEN else 0


def _open_device(spec: str, goal: str, key: str | None) -> tuple[Env, Task]:
    kind, _, rest = spec.partition(":")
    if kind == "phone":
        if rest and not rest.isdecimal():
            raise ConfigError(f"a simulated phone is phone or phone:SEED, SEED a number, got {spec!r}")
        from agentkit.cli.run_phone import open_phone

        return open_phone(int(rest or 0), goal)
    if not (kind and rest.isdecimal()) and not kind.startswith("emulator-") and kind != "adb":
        raise ConfigError(f"--device is HOST:PORT, adb:SERIAL (held by an adb server) or phone[:SEED], got {spec!r}")
    try:
        from envs.android import AndroidEnv
    except ModuleNotFoundError as error:
        raise ConfigError(
            f"a device over ADB needs the package {error.name}: pip install 'glint-agents[android]'"
        ) from error
    from agentkit.tasks import FreeGoal

    return AndroidEnv(spec, keys=_keys(key)), FreeGoal(goal)


def _keys(given: str | None) -> list[Path]:
    """The adb client's own key serves unless another is given."""
    from pathlib import Path

    usual = Path("~/.android/adbkey").expanduser()
    if given is not None:
        return [Path(given).expanduser()]
    return [usual] if usual.exists() and usual.with_suffix(".pub").exists() else []


def _print_step(number: int, step: Step) -> None:
    from agentkit.describe import describe_action, one_line

    print(f"{number:3d}  {describe_action(step.reply.action)}", flush=True)
    if step.reply.thought:
        print(f"     {one_line(step.reply.thought)}", flush=True)
