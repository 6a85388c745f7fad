"""Record traces on the simulated phone: scripted solutions of its tasks, with screenshots and short thoughts.

  rft data traces --out data/traces --n 1000 --seed 1
  rft data traces --out data/traces-test --n 200 --seed 9 --split heldout_templates --screen small medium

Writes traces.jsonl, which `rft data rows`, `clean`, `align` and `enhance` read, and images/. Every trace was checked:
the phone's state is right at its end. Splits are those of `agentkit eval phone`: training never sees the templates
of heldout_templates, nor the seeds and words of heldout_seeds.
"""

from __future__ import annotations

import argparse
import itertools
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agentkit.errors import ConfigError, DataError, EnvError, boundary

if TYPE_CHECKING:
    from agentkit.recorded.traces import Trace
    from envs.phone.env import PhoneEnv
    from envs.phone.tasks.base import PhoneTask

HELP = "record traces of solved tasks on the simulated phone"
SPLITS = ("train", "heldout_seeds", "heldout_templates", "all")
SOURCE = "glint-phone"


def configure(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--out", required=True, type=Path, help="new folder")
    add("--n", required=True, type=int, help="traces to record, spread evenly over the templates")
    add("--seed", type=int, default=0, help="decides everything (default: %(default)s)")
    add("--split", choices=SPLITS, default="train", help="tasks to draw from (default: %(default)s)")
    add("--screen", nargs="+", default=["small"], metavar="SIZE", help="one or more of small, medium, large, tall, ...")
    add("--no-thoughts", action="store_true", help="leave the thoughts empty")


def run(args: argparse.Namespace) -> int:
    import random

    from agentkit.recorded.traces import TraceWriter
    from envs.phone.env import PhoneEnv
    from envs.phone.tasks.suite import templates
    from rft.data.work_folder import new_folder

    if args.n < 1:
        raise ConfigError(f"--n must be at least 1, got {args.n}")
    rng = random.Random(f"rft data traces/{args.split}/{args.seed}")
    envs = {name: PhoneEnv(screen=name) for name in dict.fromkeys(args.screen)}
    started, steps, lost, number = time.monotonic(), 0, 0, 0
    with new_folder(args.out) as work, TraceWriter(work / "traces.jsonl") as out:
        (work / "images").mkdir()
        tasks = _tasks(templates(args.split), args.seed, args.split)
        while number < args.n:
            task = next(tasks)
            screen = rng.choice(args.screen)
            try:
                trace = record(envs[screen], task, work, not args.no_thoughts, {"screen": screen, "seed": task.seed})
            except EnvError as error:
                lost += 1
                print(f"left out: {task.key}: {error}", file=sys.stderr)
                if lost > args.n:
                    raise DataError(f"{lost} tasks could not be solved, the last: {error}") from error
                continue
            out.write(trace)
            number, steps = number + 1, steps + len(trace.steps)
            if number % 50 == 0:
                left = (time.monotonic() - started) / number * (args.n - number)
                print(f"{number}/{args.n} traces, about {left:.0f} s left", file=sys.stderr)
    print(f"{number} traces, {steps} steps in {args.out} ({time.monotonic() - started:.1f} s); {lost} left out")
    return 0


def _tasks(kinds: Sequence[type[PhoneTask]], seed: int, split: Any) -> Iterator[PhoneTask]:
    """Instances of every template in turn, no two the same."""
    from envs.phone.tasks.suite import instance_seed
    from envs.phone.words import vocabulary

    half: Any = {"all": "all", "train": "train"}.get(split, "held_out")
    used: set[str] = set()
    for index in itertools.count():
        for kind in kinds:
            with vocabulary(half):
                task = kind.generate(instance_seed(seed, kind.__name__, index, split))
            if task.key not in used:
                used.add(task.key)
                yield task


def record(env: PhoneEnv, task: PhoneTask, folder: Path, thoughts: bool, meta: dict[str, Any]) -> Trace:
    """The scripted solution of `task` as a trace, its screenshots in `folder`/images.

    EnvError when the script fails, takes more steps than the task allows, or leaves the phone in a wrong state.
    """
    from agentkit.actions import CallUser, Finished
    from agentkit.recorded.traces import Trace, TraceStep
    from rft.cli.phone_scenes import outline, think

    seen = env.reset(task)
    solution = task.oracle(env.phone)
    steps: list[TraceStep] = []
    shots = []
    while not steps or not isinstance(steps[-1].action, Finished):
        if len(steps) == task.max_steps:
            raise EnvError(f"its solution takes more than the {task.max_steps} steps that it allows")
        with boundary(EnvError, f"solving {task.key}"):
            action = next(solution, None) or task.farewell()
        image = folder / "images" / f"{task.key}-{len(steps)}.png"
        thought = think(env.phone, action) if thoughts else ""
        steps.append(TraceStep(image, action, thought=thought, box=outline(env.phone, action), size=seen.image.size))
        shots.append((seen.image, image))
        seen = env.step(action)
    success = env.verdict()["success"]
    if success < 1:
        raise EnvError(f"its solution scores {success:g}")
    with boundary(DataError, f"cannot write to {folder}"):
        for picture, path in shots:
            picture.save(path, compress_level=4)
    answers = [step.action.content for step in steps if isinstance(step.action, CallUser)]
    return Trace(
        id=task.key,
        goal=task.goal,
        steps=tuple(steps),
        app=task.app,
        task=type(task).__name__,
        source=SOURCE,
        answer=answers[-1] if answers else "",
        meta=meta,
    )
