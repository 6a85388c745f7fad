"""Start a simulated Android phone that answers ADB, for agents, scripts and the stock adb client.

agentkit phone --port 5557
agentkit phone --screen large --seed 7 --task TurnWifi:3
agentkit phone --auth ~/.android/adbkey.pub

An odd port from 5555 to 5585 is found by every adb server on this machine, as an emulator; with others `adb connect`.
"""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from agentkit.errors import ConfigError

if TYPE_CHECKING:
    from envs.phone.adb import Auth
    from envs.phone.device import Phone
    from envs.phone.tasks import PhoneTask

HELP = "start a simulated Android phone that answers ADB"
LOOPBACK = "127.0.0.1"
EMULATOR_PORTS = range(5555, 5586, 2)


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=int, default=5557, help="TCP port, 0 for a free one (default: %(default)s)")
    parser.add_argument("--host", default=LOOPBACK, help="address to listen on (default: %(default)s)")
    parser.add_argument(
        "--screen", default="medium", help="preset such as small, medium or large (default: %(default)s)"
    )
    parser.add_argument("--seed", type=int, default=0, help="decides all chance on the phone (default: %(default)s)")
    parser.add_argument("--dark", action="store_true", help="dark theme")
    parser.add_argument(
        "--auth",
        metavar="KEY.pub|accept",
        help="let in only the holder of this adb key, or 'accept' the first that any host offers",
    )
    parser.add_argument(
        "--task", metavar="NAME:SEED", help="put the phone into a task's start state and print its goal"
    )


def run(args: argparse.Namespace) -> int:
    import threading

    from envs.phone.adb import AdbServer

    phone, goal = _phone(args)
    with AdbServer(phone, args.host, args.port, _auth(args.auth)) as server:
        if args.host not in (LOOPBACK, "localhost", "::1"):
            print(
                f"warning: {args.host} is not the loopback address: "
                f"whoever reaches it controls this phone{'' if args.auth else ', no key asked'}",
                file=sys.stderr,
            )
        address = f"{LOOPBACK}:{server.port}" if args.host in ("0.0.0.0", "::") else server.address  # noqa: S104
        width, height = phone.size
        print(f"phone  {width}x{height}, seed {args.seed}, on {server.address}")
        if goal:
            print(f"goal   {goal}")
        if server.port in EMULATOR_PORTS:
            print(f"adb    finds it by itself as emulator-{server.port - 1}; otherwise: adb connect {address}")
        else:
            print(f"adb    adb connect {address}")
        print(f'agent  agentkit run --device {address} --goal "{goal or "..."}" --policy ...')
        print("stop   Ctrl-C", flush=True)
        threading.Event().wait()
    return 0


def _phone(args: argparse.Namespace) -> tuple[Phone, str]:
    """The phone, and the goal when a task set it up."""
    from envs.phone.device import Phone

    if not args.task:
        return Phone(screen=args.screen, seed=args.seed, dark=args.dark), ""
    from envs.phone.env import PhoneEnv

    task = _task(args.task)
    env = PhoneEnv(screen=args.screen, dark=args.dark)
    env.reset(task)
    return env.phone, task.goal


def _task(spec: str) -> PhoneTask:
    from envs.phone.tasks import TASKS

    name, _, seed = spec.partition(":")
    known = {task.__name__: task for task in TASKS}
    if name not in known or (seed and not seed.isdigit()):
        raise ConfigError(f"--task is NAME:SEED with NAME one of {', '.join(sorted(known))}, got {spec!r}")
    return known[name].generate(int(seed or 0))


def _auth(spec: str | None) -> Auth | None:
    if spec is None:
        return None
    from pathlib import Path

    from envs.phone.adb import Auth, PublicKey

    if spec == "accept":
        return Auth(accept_new=True)
    return Auth([PublicKey.load(Path(spec).expanduser())])
