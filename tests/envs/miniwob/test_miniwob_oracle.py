"""The oracle solves a sample of every family of tasks by pixels; the full table is docs/results/miniwob_oracle.json."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from agentkit.actions import Click, Point
from agentkit.episode import Limits, run_episode
from agentkit.types import Ending
from envs.miniwob import PAGES, MiniWobEnv, MiniWobTask
from envs.miniwob.dom import Dom
from envs.miniwob.oracle import RULES, Oracle

SAMPLE = (
    "ascending-numbers", "choose-list", "click-checkboxes", "click-collapsible-2-nodelay", "click-menu-2",
    "click-pie-nodelay", "click-scroll-list", "click-shape", "click-test-2", "copy-paste", "drag-items-grid",
    "email-inbox", "enter-date", "number-checkboxes", "social-media-some", "use-slider",
)  # fmt: skip


@pytest.fixture(scope="module")
def oracle(chromium: str) -> Oracle:
    return Oracle(executable=chromium, scale=1)


@pytest.fixture(scope="module")
def seen(oracle: Oracle) -> Iterator[MiniWobEnv]:
    made = oracle.env()
    yield made
    made.close()


@pytest.mark.parametrize("name", SAMPLE)
def test_the_oracle_solves(oracle: Oracle, seen: MiniWobEnv, name: str) -> None:
    task = MiniWobTask(PAGES[name], 1)
    trajectory = run_episode(oracle, seen, task, limits=Limits(repeats=None))
    assert (trajectory.ending, trajectory.fault) == (Ending.ENDED, "")
    assert task.score(trajectory) == {"success": 1.0, "exact": 1.0}


def test_a_covered_centre_is_not_clicked(oracle: Oracle, seen: MiniWobEnv) -> None:
    """In seed 34 button TWO lies over the middle of button ONE: a click there is wrong, the oracle's is right."""
    task = MiniWobTask(PAGES["click-test-2"], 34)
    seen.reset(task)
    button = Dom(seen).one("#subbtn")
    assert button.at is not None and button.at != button.middle
    x, y = button.middle
    assert seen.step(Click(Point(x / 160, y / 210))).ended and seen.verdict()["raw"] == -1.0
    assert run_episode(oracle, seen, task).verdict["raw"] == 1.0


def test_rules_do_not_read_rewards(seen: MiniWobEnv, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the page's reward variables taken away, the oracle still sees everything it needs."""
    seen.reset(MiniWobTask(PAGES["click-checkboxes"], 3))
    dom = Dom(seen)
    scripts: list[str] = []
    read = dom._env.read
    monkeypatch.setattr(dom._env, "read", lambda script, arg=None: scripts.append(script) or read(script, arg))
    for action in RULES["click-checkboxes"](dom):
        seen.step(action)
    assert scripts and not any("WOB" in script or "core." in script for script in scripts)


def test_a_task_without_a_rule_is_told(oracle: Oracle, seen: MiniWobEnv) -> None:
    trajectory = run_episode(oracle, seen, MiniWobTask(PAGES["drag-cube"], 0))
    assert trajectory.ending is Ending.BROKEN and "has no rule for drag-cube" in trajectory.fault
