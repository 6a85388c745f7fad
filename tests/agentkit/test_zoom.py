"""Looking twice: where the crop lies, that the answer is mapped back once, and what each kind of reply leads to."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from agentkit.actions import Action, Box, Click, Malformed, Parsed, Point, Refusal
from agentkit.errors import ConfigError, PolicyError
from agentkit.policies.scripted import ScriptedPolicy
from agentkit.policies.zoom import BatchZoomPolicy, Window, ZoomPolicy, window_around, zoomed
from agentkit.pool import BatchPolicy, Request
from agentkit.types import Observation, Reply, Step

SCREEN = (400, 800)
RED = (255, 0, 0)


def screen(target: tuple[int, int, int, int] = (300, 100, 320, 130)) -> Observation:
    """A grey screen with one red rectangle (left, top, right, bottom in pixels)."""
    image = Image.new("RGB", SCREEN, (128, 128, 128))
    image.paste(RED, target)
    return Observation(image)


def red_box(image: Image.Image) -> Box | None:
    """Where the picture is red, as fractions."""
    mask = image.split()[1].point(lambda value: 255 if value < 40 else 0)
    found = mask.getbbox()
    if found is None:
        return None
    (x1, y1, x2, y2), (width, height) = found, image.size
    return Box(x1 / width, y1 / height, x2 / width, y2 / height)


class Seer:
    """Sees red: exactly on an enlarged picture, on a whole one only to within 25 pixels. Its answers depend on nothing
    but the picture that it is shown."""

    def __init__(self, second: Parsed | None = None) -> None:
        self.second = second
        self.shown: list[Box | None] = []
        self.sizes: list[tuple[int, int]] = []

    def reply(self, goal: str, steps: Sequence[Step], observation: Observation) -> Reply:
        box = red_box(observation.image)
        self.shown.append(box)
        self.sizes.append(observation.image.size)
        whole = box is not None and box.x2 - box.x1 < 0.08
        action: Parsed
        if box is None:
            action = Refusal()
        elif whole:
            action = Click(Point(box.centre.x + 25 / SCREEN[0], box.centre.y + 25 / SCREEN[1]))
        else:
            action = self.second or Click(box.centre, box)
        return Reply("far" if whole else "near", action, seconds=0.5, usage={"prompt": 100, "completion": 7})


class BatchSeer(Seer):
    def __init__(self) -> None:
        super().__init__()
        self.batches: list[int] = []

    def replies(self, requests: Sequence[Request]) -> list[Reply]:
        self.batches.append(len(requests))
        return [self.reply(*request) for request in requests]


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (Point(0.5, 0.5), (150, 300)),
        (Point(0.0, 0.0), (0, 0)),
        (Point(1.0, 1.0), (300, 600)),
        (Point(0.1, 0.5), (0, 300)),
        (Point(0.9, 0.95), (300, 600)),
        (Point(0.2525, 0.5), (51, 300)),
    ],
)
def test_the_crop_keeps_its_size_and_stays_inside(at: Point, expected: tuple[int, int]) -> None:
    window = window_around(at, SCREEN, 0.25)
    assert (window.left, window.top) == expected
    assert (window.width, window.height) == (100, 200)


@given(
    st.floats(0, 1), st.floats(0, 1), st.integers(1, 3000), st.integers(1, 3000), st.floats(0.001, 0.999),
    st.floats(0, 1), st.floats(0, 1),
)  # fmt: skip
def test_any_crop_is_inside_and_maps_back_into_itself(
    x: float, y: float, width: int, height: int, ratio: float, inner_x: float, inner_y: float
) -> None:
    window = window_around(Point(x, y), (width, height), ratio)
    assert window.left >= 0 and window.left + window.width <= width and window.width >= 1
    assert window.top >= 0 and window.top + window.height <= height and window.height >= 1
    back = window.outward(Point(inner_x, inner_y))
    assert window.left - 1e-6 <= back.x * width <= window.left + window.width + 1e-6
    assert window.top - 1e-6 <= back.y * height <= window.top + window.height + 1e-6


def test_mapping_back_by_hand() -> None:
    window = Window(100, 200, 200, 400, SCREEN)
    assert window.outward(Point(0, 0)) == Point(0.25, 0.25)
    assert window.outward(Point(1, 1)) == Point(0.75, 0.75)
    assert window.outward(Point(0.25, 0.75)) == Point(150 / 400, 500 / 800)


def test_the_second_look_corrects_the_first() -> None:
    """The first answer is 25 pixels off, outside of the target of 20x30; mapped back twice or not at all the second
    would be far off as well."""
    seer = Seer()
    reply = ZoomPolicy(seer, 0.5).reply("red", (), screen())
    assert isinstance(reply.action, Click)
    target = Box(300 / 400, 100 / 800, 320 / 400, 130 / 800)
    assert target.contains(reply.action.at) and not target.contains(Point(335 / 400, 140 / 800))
    assert (reply.action.at.x * 400, reply.action.at.y * 800) == (pytest.approx(310, abs=1), pytest.approx(115, abs=1))
    box = reply.action.box
    assert box is not None
    assert (box.x1 * 400, box.y2 * 800) == (pytest.approx(300, abs=1), pytest.approx(130, abs=1))
    assert seer.sizes == [SCREEN, SCREEN]
    far, near = seer.shown
    assert far is not None and near is not None
    assert near.x2 - near.x1 == pytest.approx(2 * (far.x2 - far.x1), rel=0.1)


def test_costs_of_both_passes_are_summed() -> None:
    reply = ZoomPolicy(Seer(), 0.5).reply("red", (), screen())
    assert reply.usage == {"prompt": 200, "completion": 14, "passes": 2, "passes_unused": 0}
    assert reply.seconds == 1.0
    assert reply.token_ids is None
    assert reply.text.startswith("far\nsecond look, 200x400 at 200,0 of 400x800: near")


@pytest.mark.parametrize("second", [Refusal(), Malformed("no list")])
def test_without_a_second_click_the_first_stands(second: Parsed) -> None:
    reply = ZoomPolicy(Seer(second), 0.5).reply("red", (), screen())
    assert reply.action == Click(Point(335 / 400, 140 / 800))
    assert reply.usage == {"prompt": 200, "completion": 14, "passes": 2, "passes_unused": 1}


@pytest.mark.parametrize("line", ["[-1,-1,-1,-1]", "I cannot see it"])
def test_only_a_click_is_looked_at_again(line: str) -> None:
    """One line only: a second call would end the script with a PolicyError."""
    calls = 0

    def script(goal: str, steps: Sequence[Step], observation: Observation) -> str | Action:
        nonlocal calls
        calls += 1
        if calls > 1:
            raise PolicyError("asked again")
        return line

    inner = ScriptedPolicy(script, "venus1_ground")
    reply = ZoomPolicy(inner, 0.5).reply("red", (), screen())
    assert isinstance(reply.action, Refusal | Malformed) and reply.text == line
    assert reply.usage == {"passes": 1, "passes_unused": 0}


def test_batches_stay_batches() -> None:
    """One call for all first looks, one for those that clicked."""
    seer = BatchSeer()
    policy = zoomed(seer, 0.5)
    assert isinstance(policy, BatchPolicy)
    blank = Observation(Image.new("RGB", SCREEN, (128, 128, 128)))
    observations = [screen(), blank, screen((10, 700, 30, 730))]
    replies = policy.replies([("red", (), observation) for observation in observations])
    assert seer.batches == [3, 2]
    alone = [ZoomPolicy(Seer(), 0.5).reply("red", (), observation) for observation in observations]
    assert [(r.action, r.usage, r.text) for r in replies] == [(r.action, r.usage, r.text) for r in alone]
    assert isinstance(replies[1].action, Refusal)
    assert not isinstance(zoomed(Seer(), 0.5), BatchPolicy)
    assert isinstance(policy, BatchZoomPolicy) and policy.meta == {"zoom": 0.5}


@pytest.mark.parametrize("ratio", [0.0, 1.0, -0.5, 2.0, float("nan")])
def test_a_ratio_that_is_no_part(ratio: float) -> None:
    with pytest.raises(ConfigError, match="between 0 and 1"):
        zoomed(Seer(), ratio)


def test_the_shipped_model_looks_twice() -> None:
    """Its second answer is one about the enlarged part of the screen: mapped back it stays near the first."""
    from agentkit.policies import make_policy
    from agentkit.protocols import get_protocol
    from envs.phone.device import Phone

    phone = Phone(screen="small", seed=5)
    phone.launch("Settings")
    rows = {element.text: element.bounds for element in phone.elements() if element.role == "list_item" and element.hit}
    policy = make_policy("qwen:mini", get_protocol("venus1_ground"))
    requests = [(name, (), Observation(phone.screenshot())) for name in ("Battery", "Storage")]
    firsts, joined = policy.replies(requests), zoomed(policy, 0.6).replies(requests)
    width, height = phone.size
    for (name, _, _), first, both in zip(requests, firsts, joined, strict=True):
        assert isinstance(first.action, Click) and isinstance(both.action, Click)
        assert both.usage["passes"] == 2
        assert both.usage["prompt"] == 2 * first.usage["prompt"]
        assert abs(both.action.at.x - first.action.at.x) <= 0.6 and abs(both.action.at.y - first.action.at.y) <= 0.6
        x1, y1, x2, y2 = rows[name]
        assert x1 <= first.action.at.x * width <= x2 and y1 <= first.action.at.y * height <= y2
        assert both.seconds > first.seconds / 2
