"""Every task of MiniWoB++: what its page asks of the hand, whether a clock runs, and how an episode of it is scored.

The pages are those of the `miniwob` package 1.1 (Liu et al. 2018, arXiv 1802.08802; "World of Bits", Shi et al. 2017):
130 in the folder `miniwob` and four flight bookings.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from types import MappingProxyType
from typing import Any, Literal

from agentkit.errors import ConfigError
from agentkit.types import Trajectory

Need = Literal["click", "type", "drag", "hover"]
Mode = Literal["train", "test"]

_CLICK = """
    ascending-numbers bisect-angle buy-ticket choose-date choose-date-easy choose-date-medium choose-date-nodelay
    choose-list circle-center click-button click-button-sequence click-checkboxes click-checkboxes-large
    click-checkboxes-soft click-checkboxes-transfer click-collapsible click-collapsible-2 click-collapsible-2-nodelay
    click-collapsible-nodelay click-color click-dialog click-dialog-2 click-link click-menu click-menu-2 click-option
    click-pie click-pie-nodelay click-scroll-list click-shades click-shape click-tab click-tab-2 click-tab-2-easy
    click-tab-2-hard click-tab-2-medium click-test click-test-2 click-test-transfer click-widget count-shape count-sides
    email-inbox-delete email-inbox-important find-greatest find-midpoint focus-text focus-text-2 form-sequence-3
    generate-number grid-coordinate hot-cold identify-shape navigate-tree number-checkboxes odd-or-even order-food
    phone-book right-angle scroll-text-2 social-media social-media-all social-media-some stock-market tic-tac-toe
    unicode-test use-spinner button-delay moving-items simon-says
"""
_TYPE = """
    book-flight book-flight-nodelay copy-paste copy-paste-2 email-inbox email-inbox-forward email-inbox-forward-nl
    email-inbox-forward-nl-turk email-inbox-nl-turk email-inbox-noscroll email-inbox-reply email-inbox-star-reply
    enter-date enter-password enter-text enter-text-2 enter-text-dynamic enter-time find-word form-sequence-2
    guess-number login-user login-user-popup multi-layouts multi-orderings read-table read-table-2 scroll-text
    search-engine sign-agreement simple-algebra simple-arithmetic terminal text-transform use-autocomplete
    use-autocomplete-nodelay use-colorwheel use-colorwheel-2 visual-addition
    flight.AA flight.Alaska flight.Alaska-auto flight.Alaska-auto-medium
"""
_DRAG = """
    daily-calendar drag-box drag-circle drag-cube drag-items drag-items-grid drag-shapes drag-shapes-2
    drag-single-shape drag-sort-numbers draw-circle draw-line form-sequence highlight-text highlight-text-2
    resize-textarea text-editor use-slider use-slider-2
"""
_HOVER = "chase-circle hover-shape"

TIMED = MappingProxyType(
    {
        "button-delay": "the second click must come a given number of seconds after the first",
        "chase-circle": "the circle moves, and ends the episode after ten seconds",
        "hover-shape": "the target changes every two seconds; the page never ends an episode",
        "moving-items": "the circles cross the screen in ten seconds",
        "simon-says": "the sequence is shown once, within four seconds",
        "stock-market": "the price changes every tenth of a second for ten seconds",
    }
)
"""Tasks that measure how fast the policy is, however generous the limit, and why. Left out unless they are named."""
GRADED = frozenset(
    ("bisect-angle", "circle-center", "draw-circle", "draw-line", "find-midpoint", "right-angle", "use-colorwheel")
)
"""Tasks that pay by distance from a perfect answer, which whole pixels rarely allow: a reward of 1 is luck."""


@dataclass(frozen=True, slots=True)
class Page:
    """A task's page, before a seed makes a problem of it."""

    name: str
    """As in the package, `click-test-2` or `flight.AA`."""
    need: Need
    """The most that it asks of the hand: a keyboard counts for more than clicks, dragging for more than a keyboard."""

    @property
    def path(self) -> str:
        """Where the page is, below the folder `html`."""
        folder, dot, name = self.name.partition(".")
        return f"{folder}/{name}/wrapper.html" if dot else f"miniwob/{self.name}.html"

    @property
    def window(self) -> tuple[int, int]:
        """The browser's window in CSS pixels. Its width is the package's, since pages centre dialogs in it; its height
        is that of the picture, so that what unfolds downwards stays in sight."""
        return (600, 667) if self.is_flight else (500, 210)

    @property
    def picture(self) -> tuple[int, int]:
        """What is seen of the window, in CSS pixels: the rest shows rewards and clocks."""
        return (375, 667) if self.is_flight else (160, 210)

    @property
    def is_flight(self) -> bool:
        return self.name.startswith("flight.")

    @property
    def timed(self) -> str:
        """Why its score depends on the policy's speed; empty when it does not."""
        return TIMED.get(self.name, "")


_GROUPS: tuple[tuple[Need, str], ...] = (("click", _CLICK), ("type", _TYPE), ("drag", _DRAG), ("hover", _HOVER))
_pages = [Page(name, need) for need, names in _GROUPS for name in names.split()]
PAGES = MappingProxyType({page.name: page for page in sorted(_pages, key=lambda page: page.name)})


class MiniWobTask:
    """One problem of a page: `agentkit.types.Task`. The page words its goal, so `goal` is empty until `reset` has read
    it there; page and seed decide what it says."""

    def __init__(self, page: Page, seed: int, *, mode: Mode = "train", max_steps: int = 30) -> None:
        """`seed` is given to the page's `Math.seedrandom`; `mode` chooses the page's words where it has two sets."""
        if seed < 0:
            raise ConfigError(f"a seed must not be negative, got {seed}")
        self.page, self.seed, self.mode = page, seed, mode
        self._max_steps = max_steps
        self._goal = ""

    @property
    def key(self) -> str:
        return f"{self.page.name}_{self.seed}"

    @property
    def goal(self) -> str:
        return self._goal

    def learn(self, goal: str) -> None:
        """What the page says; called by the environment."""
        self._goal = goal

    @property
    def max_steps(self) -> int:
        return self._max_steps

    def score(self, trajectory: Trajectory) -> dict[str, float]:
        """`success`: the page ended the episode with a reward above 0, as AndroidWorld counts its MiniWoB tasks and
        most papers do. `exact`: with a reward of 1, the stricter reading (many pages pay for half an answer)."""
        return self.score_verdict(trajectory.verdict)

    def score_verdict(self, verdict: Mapping[str, Any]) -> dict[str, float]:
        """The score of a trajectory with this verdict: nothing else counts."""
        raw = verdict.get("raw", 0.0) if verdict.get("done") else 0.0
        return {"success": float(raw > 0), "exact": float(raw == 1)}


def choose_pages(patterns: Sequence[str] | None = None, needs: Iterable[Need] | None = None) -> list[Page]:
    """The pages whose names fit one of `patterns` (`*` matches anything), of these `needs`, by name.

    Timed pages only where a pattern without a `*` names them. ConfigError for a pattern that fits none.
    """
    for pattern in patterns or ():
        if not any(fnmatchcase(name, pattern) for name in PAGES):
            raise ConfigError(f"{pattern!r} fits no task of MiniWoB++; there are {', '.join(PAGES)}")
    wanted = set(needs) if needs is not None else None
    return [
        page
        for page in PAGES.values()
        if (patterns is None or any(fnmatchcase(page.name, pattern) for pattern in patterns))
        and (wanted is None or page.need in wanted)
        and (not page.timed or page.name in (patterns or ()))
    ]


def miniwob_suite(
    pages: Iterable[Page], episodes: int, seed: int = 0, *, mode: Mode = "train", max_steps: int = 30
) -> list[MiniWobTask]:
    """`episodes` problems of each page, made by the seeds `seed`, `seed + 1`, ..."""
    return [
        MiniWobTask(page, seed + i, mode=mode, max_steps=max_steps) for page in pages for i in range(episodes)
    ]
