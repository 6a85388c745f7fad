"""Look twice: ask, cut the screenshot around the answered point, enlarge that part, ask again, map the answer back.

UI-Venus-1.5 (arXiv 2602.09082) and MAI-UI report about five points more on ScreenSpot-Pro for it; UI-Venus published
neither its code nor the crop's size, so the size is an option here. The second pass costs as much as the first, and the
reply carries the sum of both. Only a click is looked at again: a refusal or a malformed first reply stands as it is.
When the second look gives no click, the first answer stands and `passes_unused` in the usage says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from agentkit.actions import Box, Click, Point
from agentkit.errors import ConfigError
from agentkit.pool import BatchPolicy, Request
from agentkit.scoring.cost import total_counts, total_stages
from agentkit.types import Observation, Policy, Reply, Step

if TYPE_CHECKING:
    from PIL.Image import Image


@dataclass(frozen=True, slots=True)
class Window:
    """A part of a screenshot, in whole pixels, that lies inside of it."""

    left: int
    top: int
    width: int
    height: int
    screen: tuple[int, int]
    """Width and height of the whole screenshot."""

    def enlarged(self, image: Image) -> Image:
        """This part of the screenshot `image`, at the size of the whole."""
        from PIL import Image as images

        part = image.crop((self.left, self.top, self.left + self.width, self.top + self.height))
        return part.resize(self.screen, images.Resampling.BICUBIC)

    def outward(self, point: Point) -> Point:
        """A point of the part as one of the whole screenshot. Both are fractions."""
        x = (self.left + point.x * self.width) / self.screen[0]
        y = (self.top + point.y * self.height) / self.screen[1]
        return Point(min(x, 1.0), min(y, 1.0))

    def __str__(self) -> str:
        return f"{self.width}x{self.height} at {self.left},{self.top} of {self.screen[0]}x{self.screen[1]}"


def window_around(point: Point, screen: tuple[int, int], ratio: float) -> Window:
    """The window of `ratio` times the screen's sides with `point` in its middle; at a border it is moved, not cut."""
    (left, width), (top, height) = (
        _span(place, extent, ratio) for place, extent in zip((point.x, point.y), screen, strict=True)
    )
    return Window(left, top, width, height, screen)


def _span(place: float, extent: int, ratio: float) -> tuple[int, int]:
    length = min(extent, max(1, round(extent * ratio)))
    return min(max(round(place * extent - length / 2), 0), extent - length), length


class ZoomPolicy:
    """A grounding policy that looks twice. Raises PolicyError when either pass does."""

    def __init__(self, policy: Policy, ratio: float) -> None:
        """`ratio` is the side of the second picture over that of the first, in (0, 1). ConfigError otherwise."""
        if not 0 < ratio < 1:
            raise ConfigError(f"zoom must be the crop's share of the screen's sides, between 0 and 1, got {ratio}")
        self.policy, self.ratio = policy, ratio

    @property
    def meta(self) -> dict[str, Any]:
        return {**getattr(self.policy, "meta", {}), "zoom": self.ratio}

    def reply(self, goal: str, steps: Sequence[Step], observation: Observation) -> Reply:
        first = self.policy.reply(goal, steps, observation)
        window = self._window(first, observation)
        if window is None:
            return _alone(first)
        return _joined(first, self.policy.reply(goal, steps, _closer(window, observation)), window)

    def _window(self, first: Reply, observation: Observation) -> Window | None:
        if not isinstance(first.action, Click):
            return None
        return window_around(first.action.at, observation.image.size, self.ratio)


class BatchZoomPolicy(ZoomPolicy):
    """The same around a policy that answers several requests in one call: one call per pass."""

    def __init__(self, policy: BatchPolicy, ratio: float) -> None:
        super().__init__(policy, ratio)
        self._batch = policy

    def replies(self, requests: Sequence[Request]) -> list[Reply]:
        found = list(self._batch.replies(requests))
        windows = [self._window(first, request[2]) for first, request in zip(found, requests, strict=True)]
        again = [(i, window) for i, window in enumerate(windows) if window is not None]
        closer = [(requests[i][0], requests[i][1], _closer(window, requests[i][2])) for i, window in again]
        seconds = self._batch.replies(closer) if closer else []
        joined = [_alone(first) for first in found]
        for (i, window), second in zip(again, seconds, strict=True):
            joined[i] = _joined(found[i], second, window)
        return joined


def zoomed(policy: Policy, ratio: float) -> ZoomPolicy:
    """`policy`, looking twice; it answers batches if `policy` does."""
    return BatchZoomPolicy(policy, ratio) if isinstance(policy, BatchPolicy) else ZoomPolicy(policy, ratio)


def _closer(window: Window, observation: Observation) -> Observation:
    return replace(observation, image=window.enlarged(observation.image))


def _alone(first: Reply) -> Reply:
    return replace(first, usage={**first.usage, "passes": 1, "passes_unused": 0})


def _joined(first: Reply, second: Reply, window: Window) -> Reply:
    """Both passes as one reply. Its text holds the words of both; the tokens of two replies are none of one."""
    taken = isinstance(second.action, Click)
    chosen = second if taken else first
    action = _outward(second.action, window) if isinstance(second.action, Click) else first.action
    counts = total_counts((first.usage, second.usage))
    return Reply(
        text=f"{first.text}\nsecond look, {window}: {second.text}",
        action=action,
        thought=chosen.thought,
        conclusion=chosen.conclusion,
        seconds=first.seconds + second.seconds,
        usage={**counts, "passes": 2, "passes_unused": int(not taken)},
        timing=total_stages((first.timing, second.timing)),
    )


def _outward(click: Click, window: Window) -> Click:
    if click.box is None:
        return Click(window.outward(click.at))
    first = window.outward(Point(click.box.x1, click.box.y1))
    second = window.outward(Point(click.box.x2, click.box.y2))
    return Click(window.outward(click.at), Box(first.x, first.y, second.x, second.y))
