"""The same answers under four published AndroidControl protocols: how far the numbers lie apart.

    python scripts/navigation_protocols.py --n 100

Records solved tasks on the simulated phone, writes them in AndroidControl's layout with the phone's accessibility
trees, and runs `agentkit eval androidcontrol-high` and `-low` on them: with the shipped model, and with the recorded
actions themselves, which shows what each protocol gives a perfect agent. Writes docs/results/navigation_protocols.json.

These are screens and tasks of Glint's own phone, not AndroidControl: the figures say how much the protocols differ,
not how good a model is on AndroidControl. Episodes with actions that AndroidControl cannot write (enter, recent apps,
drags, answers to the user) are left out and counted.
"""

from __future__ import annotations

import argparse
import io
import json
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from agentkit.actions import (
    Action,
    Click,
    Finished,
    Launch,
    LongPress,
    Point,
    Press,
    Scroll,
    Type,
    Wait,
    action_name,
)
from agentkit.cli import main as agentkit
from agentkit.recorded.directions import OPPOSITE, finger_direction
from androidcontrol_folder import FolderWriter, Node, Recording, Screen
from envs.phone.device import Phone
from envs.phone.env import PhoneEnv
from envs.phone.tasks.base import PhoneTask
from envs.phone.tasks.suite import task_suite
from machine import machine_facts
from rft.cli.phone_scenes import think

RESULT = Path("docs/results/navigation_protocols.json")
NUMBERS = ("step", "type", "grounding", "grounding_typed", "traces", "macro")


class Unsaid(Exception):
    """An action that AndroidControl has no word for."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--n", type=int, default=100, help="episodes (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="of the tasks (default: %(default)s)")
    parser.add_argument("--split", default="heldout_seeds", help="of the phone's tasks (default: %(default)s)")
    parser.add_argument("--screen", default="small", help="default: %(default)s")
    parser.add_argument("--policy", default="qwen:mini", help="default: %(default)s")
    parser.add_argument("--protocol", default="venus1_navi", help="default: %(default)s")
    parser.add_argument(
        "--work", type=Path, help="folder for the episodes and runs, to go on with (default: a new one)"
    )
    parser.add_argument("--out", type=Path, default=RESULT)
    args = parser.parse_args()
    facts = machine_facts()
    with tempfile.TemporaryDirectory() as scratch:
        work = args.work or Path(scratch)
        data = work / "android_control"
        if not (data / "splits.json").exists():
            (work / "left_out.json").parent.mkdir(parents=True, exist_ok=True)
            left_out = record_all(data, args)
            (work / "left_out.json").write_text(json.dumps(left_out))
        runs = {}
        for suite in ("androidcontrol-high", "androidcontrol-low"):
            for policy in ("recorded", "centre", args.policy):
                out = work / f"{suite}-{policy.replace(':', '-').replace('/', '-')}"
                words = ["--data", str(data), "--policy", policy, "--protocol", args.protocol, "--out", str(out)]
                if agentkit(["eval", suite, *words]):
                    raise SystemExit(f"{suite} with {policy} failed")
                runs[f"{suite} {policy}"] = summary(json.loads((out / "results.json").read_text("utf-8"))["card"])
        options = {key: getattr(args, key) for key in ("n", "seed", "split", "screen", "policy", "protocol")}
        what = "the simulated phone's own tasks and screens in AndroidControl's layout; not AndroidControl"
        left_out = json.loads((work / "left_out.json").read_text())
    result = {"data": what, **facts, **options, "left_out": left_out, "runs": runs}
    args.out.parent.mkdir(parents=True, exist_ok=True)
    args.out.write_text(json.dumps(result, indent=1) + "\n", "utf-8")
    print(f"written {args.out}")


def record_all(folder: Path, args: argparse.Namespace) -> dict[str, int]:
    """Record `args.n` episodes; returns what was left out, by reason."""
    env = PhoneEnv(screen=args.screen)
    left_out: Counter[str] = Counter()
    count = 0
    with FolderWriter(folder) as out:
        for task in _tasks(args.seed, args.split):
            try:
                out.write(recording(env, task, count))
            except Unsaid as error:
                left_out[str(error)] += 1
                continue
            count += 1
            if count % 10 == 0:
                print(f"{count}/{args.n} episodes recorded", flush=True)
            if count == args.n:
                break
    return dict(left_out)


def _tasks(seed: int, split: Any) -> Iterator[PhoneTask]:
    """One instance of every template, then another of each."""
    while True:
        yield from task_suite(seed, 1, split)
        seed += 1


def recording(env: PhoneEnv, task: PhoneTask, number: int) -> Recording:
    """The scripted solution of `task`. Raises Unsaid."""
    seen = env.reset(task)
    solution = task.oracle(env.phone)
    screens, actions, instructions = [], [], []
    while True:
        action = next(solution, None) or task.farewell()
        picture = io.BytesIO()
        seen.image.save(picture, "PNG", compress_level=4)
        screens.append(Screen(picture.getvalue(), seen.image.size, _nodes(env.phone)))
        if isinstance(action, Finished):
            break
        actions.append(_written(action, seen.image.size))
        instructions.append(think(env.phone, action))
        seen = env.step(action)
    if env.verdict()["success"] < 1:
        raise RuntimeError(f"{task.key} was not solved")
    return Recording(number, task.goal, screens, actions, instructions)


def _nodes(phone: Phone) -> tuple[Node, ...]:
    return tuple(
        Node(e.bounds, e.text, e.label, e.clickable, e.role == "input", e.long_clickable) for e in phone.elements()
    )


def _written(action: Action, size: tuple[int, int]) -> dict[str, Any]:
    """`action` in AndroidControl's words: pixels, and the direction of the content."""
    match action:
        case Click(Point() as at) | LongPress(Point() as at):
            kind = "click" if isinstance(action, Click) else "long_press"
            return {"action_type": kind, "x": int(at.x * size[0]), "y": int(at.y * size[1])}
        case Scroll(start, end, direction):
            if start is not None and end is not None:
                direction = finger_direction(start, end, size[1] / size[0])
            if direction is not None:
                return {"action_type": "scroll", "direction": OPPOSITE[direction]}
        case Type(text):
            return {"action_type": "input_text", "text": text}
        case Launch(app):
            return {"action_type": "open_app", "app_name": app}
        case Press("back") | Press("home"):
            return {"action_type": f"navigate_{action.key}"}
        case Wait():
            return {"action_type": "wait"}
    raise Unsaid(action_name(action))


def summary(card: dict[str, Any]) -> dict[str, Any]:
    """The numbers of a card without its single steps."""
    rules = {
        name: {
            **{key: rule[key] for key in NUMBERS},
            "actions": {action: row["exact"] for action, row in rule["actions"].items()},
            "dropped": rule["dropped"],
        }
        for name, rule in card["rules"].items()
    }
    return {key: card[key] for key in ("steps", "traces", "malformed", "refused", "excluded")} | {"rules": rules}


if __name__ == "__main__":
    main()
