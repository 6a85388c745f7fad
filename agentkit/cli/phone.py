"""Start a simulated Android phone that answers ADB, for agents, scripts and the stock adb client.

agentkit phone --port 5557
agentkit phone --screen large --seed 7 --auth ~/.android/adbkey.pub
agentkit phone --task TurnWifi:3
agentkit phone --port 5580 --faults 0.01

It serves until Ctrl-C. With --task it then says how far the phone is in the state that the goal asks for; an answer
that a goal asks for cannot be given this way (`agentkit eval phone --device adb` can). An odd port from 5555 to 5585 is
found by every adb server on this machine, as an emulator; with others `adb connect`. With --faults this share of the
packets is spoilt (connections cut and reset, packets halved, delayed, falsified, acknowledgements lost, pictures cut
short), so that an agent can be hardened; what was done is told at the end.
"""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from agentkit.errors import ConfigError

if TYPE_CHECKING:
    from envs.faults import FaultProxy
    from envs.phone.adb import AdbServer, Auth
    from envs.phone.device import Phone
    from envs.phone.env import PhoneEnv
    from envs.phone.tasks import PhoneTask

HELP = "start a simulated Android phone that answers ADB"
LOOPBACK = ("127.0.0.1", "localhost", "::1")
EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104  recognised, to warn of it
EMULATOR_PORTS = range(5555, 5586, 2)
STOPS = (signal.SIGINT, signal.SIGTERM)


def configure(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--port", type=int, default=5557, help="TCP port, 0 for a free one (default: %(default)s)")
    add("--screen", default="medium", help="preset such as small, medium or large (default: %(default)s)")
    add("--seed", type=int, default=0, help="decides all chance on the phone (default: %(default)s)")
    add("--dark", action="store_true", help="dark theme")
    add("--auth", metavar="FILE.pub|accept", help="let in only this adb key, or 'accept': the first that is offered")
    add("--task", metavar="NAME:SEED", help="put the phone into a task's start state, print the goal and the verdict")
    add("--faults", type=float, default=0.0, metavar="RATE", help="spoil this share of the packets, in [0, 1]")
    add("--host", default=LOOPBACK[0], help="address to listen on (default: %(default)s)")
    add("--allow-remote", action="store_true", help="let --host be an address that other machines reach")


def run(args: argparse.Namespace) -> int:
    from envs.faults import FaultProxy, Faults
    from envs.phone.adb import AdbServer
    from envs.phone.device import Phone

    if args.host not in LOOPBACK:
        _check_remote(args)
    auth = _auth(args.auth)
    task = _task(args.task) if args.task else None
    env = _set_up(task, args) if task else None
    phone = env.phone if env else Phone(screen=args.screen, seed=args.seed, dark=args.dark)
    faults = Faults(args.faults, args.seed)
    with ExitStack() as stack:
        stop = stack.enter_context(_stopped())
        host, port = (LOOPBACK[0], 0) if args.faults else (args.host, args.port)
        server = stack.enter_context(AdbServer(phone, host, port, auth))
        door = stack.enter_context(FaultProxy(server.address, faults, args.host, args.port)) if args.faults else server
        _print_facts(phone, door, task, key_needed=auth is not None)
        stop.wait()
        if args.faults:
            print(f"faults   {', '.join(f'{count} {kind}' for kind, count in faults.counts.most_common()) or 'none'}")
        if env is not None:
            with server.lock:
                print(f"verdict  {env.verdict()['success']:g}", flush=True)
    return 0


def _check_remote(args: argparse.Namespace) -> None:
    danger = f"whoever reaches {args.host} controls this phone" + ("" if args.auth else ", and no key is asked for")
    if not args.allow_remote:
        raise ConfigError(f"--host {args.host} is not a loopback address: {danger}; --allow-remote permits it")
    print(f"warning: {danger}", file=sys.stderr)


def _task(spec: str) -> PhoneTask:
    from envs.phone.tasks import TASKS

    name, _, seed = spec.partition(":")
    known = {task.__name__: task for task in TASKS}
    if name not in known or (seed and not seed.isdecimal()):
        raise ConfigError(f"--task is NAME:SEED with NAME one of {', '.join(sorted(known))}, got {spec!r}")
    return known[name].generate(int(seed or 0))


def _set_up(task: PhoneTask, args: argparse.Namespace) -> PhoneEnv:
    """The task's phone; its seed decides what --seed would, and the theme unless --dark is given."""
    from envs.phone.env import PhoneEnv

    env = PhoneEnv(screen=args.screen, dark=True if args.dark else None)
    env.reset(task)
    return env


def _auth(spec: str | None) -> Auth | None:
    if spec is None:
        return None
    from pathlib import Path

    from envs.phone.adb import Auth, PublicKey

    if spec == "accept":
        return Auth(accept_first=True)
    return Auth([PublicKey.load(Path(spec).expanduser())])


@contextmanager
def _stopped() -> Iterator[threading.Event]:
    """An event that Ctrl-C and SIGTERM set; the handlers of before come back afterwards."""
    event = threading.Event()
    before = {number: signal.signal(number, lambda *_: event.set()) for number in STOPS}
    try:
        yield event
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _print_facts(phone: Phone, door: AdbServer | FaultProxy, task: PhoneTask | None, *, key_needed: bool) -> None:
    address = f"{LOOPBACK[0]}:{door.port}" if door.host in EVERYWHERE else door.address
    width, height = phone.size
    print(f"phone    {width}x{height} on {door.address}")
    if task is not None:
        print(f"task     {task.key}")
        print(f"goal     {task.goal}")
    print(f"adb      adb connect {address}")
    if door.port in EMULATOR_PORTS:
        print(f"         or, found by itself: adb -s emulator-{door.port - 1} shell")
    key = " --adb-key ~/.android/adbkey" if key_needed else ""
    print(f'agent    agentkit run --device {address}{key} --goal "{task.goal if task else "..."}" --policy ...')
    print("stop     Ctrl-C", flush=True)
