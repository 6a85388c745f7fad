"""Training scenes from the simulated phone: what to ask about a screen, and what a scripted solution does next."""

from __future__ import annotations

import itertools
import logging
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from agentkit.actions import Action, Box, CallUser, Click, Finished, Launch, LongPress, Point, Scroll, Type, action_name
from agentkit.errors import EnvError, boundary
from agentkit.frames import PixelBudget, model_px
from agentkit.protocols import get_protocol
from agentkit.types import Observation, Reply, Step
from rft.stream import Question, Scene

if TYPE_CHECKING:
    from PIL import Image

    from envs.phone.device import Phone
    from envs.phone.elements import Element

log = logging.getLogger(__name__)

READ_ALL = "List the texts on the screen with their boxes."
GROUND, NAVI = "venus1_ground", "venus1_navi"


@dataclass(frozen=True)
class SceneMix:
    """Shares of the stream, and how screens are drawn."""

    area: int = 448 * 224
    """Pixels that the model sees: the size of a picture of words, and what screens are resized to."""
    height: int = 448
    width: int = 224
    sizes: tuple[str, ...] = ("small", "small", "small", "medium")
    split: Literal["train", "held_out", "all"] = "train"
    text: float = 0.15
    """Pictures of made-up words."""
    text_height: int | None = None
    """Their height when it differs from the phone screens'."""
    tasks: float = 0.2
    """Steps of scripted solutions of phone tasks."""
    read: float = 0.5
    """Of the phone screens, those that are also read out whole."""

    def resize(self, screen: tuple[int, int]) -> tuple[int, int]:
        """The (width, height) at which the model sees a screen: that of its image processor."""
        return tuple(PixelBudget(self.area, self.area).resize(screen))  # type: ignore[return-value]


def chunks() -> tuple[str, ...]:
    """One-token strings of a tokenizer for these scenes."""
    from rft.model import protocol_chunks

    return (*protocol_chunks((GROUND, NAVI)), READ_ALL)


def phone_scenes(seed: int, mix: SceneMix) -> Iterator[Scene]:
    """Endless scenes; equal arguments give equal scenes in every process."""
    rng = random.Random(f"scenes/{seed}")
    sources = [
        (mix.text, text_scenes(seed, mix)),
        (mix.tasks, _restarting(task_scenes, seed, mix)),
        (1.0 - mix.text - mix.tasks, _restarting(screen_scenes, seed, mix)),
    ]
    weights = [weight for weight, _ in sources]
    while True:
        yield next(rng.choices(sources, weights)[0][1])


def _restarting(make: Callable[[int, SceneMix], Iterator[Scene]], seed: int, mix: SceneMix) -> Iterator[Scene]:
    """A phone whose app fails on some odd path must not end a training run: say so and go on with another phone."""
    for again in itertools.count():
        try:
            yield from make(seed + 7919 * again, mix)
        except EnvError as error:
            log.warning("a phone broke and is replaced: %s", error)


def text_scenes(seed: int, mix: SceneMix) -> Iterator[Scene]:
    from envs.phone.text_screens import WordPool, text_screen

    pool = WordPool(random.Random(f"text/{seed}"))
    height = mix.text_height or mix.height
    while True:
        image, items = text_screen(pool, mix.width, height, words=min(24, 13 * height // 112))
        if items:
            lines = (f"{text} [{a},{b},{c},{d}]" for text, (a, b, c, d) in items)
            yield Scene(np.asarray(image), [Question(READ_ALL, "\n".join(lines))])


def screen_scenes(seed: int, mix: SceneMix) -> Iterator[Scene]:
    """Phone screens: every unambiguous grounding question, and for some the whole screen read out."""
    from envs.phone.screens import walks

    rng = random.Random(f"ask/{seed}")
    protocol = get_protocol(GROUND)
    before, after = protocol.fixed_parts()
    for phone, found in walks(seed, mix.split, screen=mix.sizes, per_element=2):
        size = mix.resize(phone.size)
        questions = [
            Question(f"{before}{t.instruction}{after}", protocol.render(Click(t.box.centre, t.box), model_size=size))
            for t in rng.sample(found, len(found))
        ]
        if rng.random() < mix.read:
            spoken = read_out(phone, size)
            if spoken:
                questions.insert(0, Question(READ_ALL, spoken))
        yield Scene(_shrink(phone.screenshot(), size), questions)


def read_out(phone: Phone, size: tuple[int, int], most: int = 22) -> str:
    """The texts a person could point at, top to bottom, with boxes in pixels of `size`; at most `most` of them."""
    wide, tall = phone.size
    frame = model_px(size)
    lines = []
    named = [e for e in phone.elements() if e.text and e.hit and e.role != "key"]
    for e in sorted(named, key=lambda e: (e.bounds[1], e.bounds[0]))[:most]:
        x1, y1, x2, y2 = e.bounds
        box = Box(max(0, x1) / wide, max(0, y1) / tall, min(wide, x2) / wide, min(tall, y2) / tall)
        corners = (*frame.numbers(Point(box.x1, box.y1)), *frame.numbers(Point(box.x2, box.y2)))
        lines.append(f"{e.text[:40]} [{','.join(map(str, corners))}]")
    return "\n".join(lines)


def task_scenes(seed: int, mix: SceneMix) -> Iterator[Scene]:
    """Steps of scripted solutions, in the UI-Venus-1.0 navigation protocol, told in short thoughts."""
    from envs.phone.env import PhoneEnv
    from envs.phone.tasks import TASKS
    from envs.phone.words import vocabulary

    rng = random.Random(f"tasks/{seed}")
    protocol: Any = get_protocol(NAVI)
    envs = {name: PhoneEnv(screen=name) for name in dict.fromkeys(mix.sizes)}
    while True:
        env = envs[rng.choice(mix.sizes)]
        with vocabulary(mix.split):
            task = rng.choice(TASKS).generate(rng.randrange(2**30))
        seen = env.reset(task)
        size = mix.resize(env.phone.size)
        steps: list[Step] = []
        solution = task.oracle(env.phone)
        while len(steps) < task.max_steps:
            with boundary(EnvError, f"solving {task.key}"):
                action = next(solution, None) or task.farewell()
            thought = think(env.phone, action)
            lead = _lead(protocol, task.goal, steps, seen, size)
            reply = protocol.render(action, thought, "", size)
            yield Scene(_shrink(seen.image, size), [Question("", reply)], lead)
            steps.append(Step(seen, Reply(reply, action, thought)))
            if isinstance(action, Finished):
                break
            seen = env.step(action)


def think(phone: Phone, action: Action) -> str:
    """What a person would mutter: the verb and the name of what is touched."""
    match action:
        case Click(at=at):
            return f"Tap {_under(phone, at)}".strip()
        case LongPress(at=at):
            return f"Hold {_under(phone, at)}".strip()
        case Type():
            return "Type it"
        case Launch(app=app):
            return f"Open {app}"
        case Scroll():
            return "Look further"
        case CallUser():
            return "Answer"
        case Finished():
            return "Done"
        case _:
            return action_name(action)


def outline(phone: Phone, action: Action) -> Box | None:
    """The part on the screen of the smallest element that the action touches; None when it touches none."""
    if not isinstance(action, (Click, LongPress)):
        return None
    found = _smallest(phone, action.at, lambda e: True)
    if found is None:
        return None
    wide, tall = phone.size
    x1, y1, x2, y2 = found.bounds
    return Box(max(0, x1) / wide, max(0, y1) / tall, min(wide, x2) / wide, min(tall, y2) / tall)


def _under(phone: Phone, at: Point) -> str:
    found = _smallest(phone, at, lambda e: bool(e.text or e.label))
    return "" if found is None else (found.text or found.label).replace("<", "").replace("\n", " ")[:24].strip()


def _smallest(phone: Phone, at: Point, like: Callable[[Element], bool]) -> Element | None:
    wide, tall = phone.size
    x, y = at.x * wide, at.y * tall
    found = [e for e in phone.elements() if e.hit and like(e) and _holds(e.bounds, x, y)]
    return min(found, key=lambda e: (e.bounds[2] - e.bounds[0]) * (e.bounds[3] - e.bounds[1]), default=None)


def _holds(bounds: tuple[int, int, int, int], x: float, y: float) -> bool:
    return bounds[0] <= x < bounds[2] and bounds[1] <= y < bounds[3]


def _lead(protocol: Any, goal: str, steps: Sequence[Step], seen: Observation, size: tuple[int, int]) -> str:
    turns = protocol.messages(goal, steps, seen, lambda _: size)
    return "".join(part["text"] for part in turns[-1]["content"] if part["type"] == "text")


def _shrink(image: Image.Image, size: tuple[int, int]) -> np.ndarray:
    from PIL import Image as Pillow

    return np.asarray(image.convert("RGB").resize(size, Pillow.Resampling.BICUBIC, reducing_gap=1.5))
