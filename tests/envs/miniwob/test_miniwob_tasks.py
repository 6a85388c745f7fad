"""The list of tasks, scores of verdicts, key names, and what the site serves: nothing here starts a browser."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path

import pytest

from agentkit.errors import ConfigError, EnvError
from agentkit.scoring import template_of
from agentkit.tasks import FreeGoal
from agentkit.types import Ending, Task, Trajectory
from envs.miniwob import PAGES, TIMED, MiniWobEnv, MiniWobTask, choose_pages, miniwob_suite
from envs.miniwob.browser import find_chromium
from envs.miniwob.keys import browser_keys
from envs.miniwob.oracle import RULES, Oracle
from envs.miniwob.site import ORIGIN, Site, shipped_html
from envs.miniwob.tasks import GRADED


@pytest.mark.skipif(importlib.util.find_spec("miniwob") is None, reason="needs the pages of the package miniwob")
def test_every_page_of_the_package_is_listed_and_there() -> None:
    root = shipped_html()
    shipped = {path.stem for path in (root / "miniwob").glob("*.html")}
    flights = {f"flight.{path.parent.name}" for path in (root / "flight").glob("*/wrapper.html")}
    assert set(PAGES) == shipped | flights and len(PAGES) == 134
    for page in PAGES.values():
        assert (root / page.path).is_file()
    assert "selenium" not in sys.modules and "miniwob" not in sys.modules


def test_names_are_of_tasks_and_rules_of_untimed_ones() -> None:
    assert set(TIMED) <= set(PAGES) and set(GRADED) <= set(PAGES)
    assert set(RULES) <= set(PAGES) - set(TIMED)


def test_choosing() -> None:
    names = [page.name for page in choose_pages(["click-test*"])]
    assert names == ["click-test", "click-test-2", "click-test-transfer"]
    everything = {page.name for page in choose_pages()}
    assert everything == set(PAGES) - set(TIMED)
    assert {page.need for page in choose_pages(needs=["drag"])} == {"drag"}
    assert [page.name for page in choose_pages(["simon-*"])] == []
    assert [page.name for page in choose_pages(["simon-says"])] == ["simon-says"]
    with pytest.raises(ConfigError, match="'click-nothing' fits no task of MiniWoB"):
        choose_pages(["click-test", "click-nothing"])


def test_a_suite_names_its_seeds() -> None:
    tasks = miniwob_suite(choose_pages(["click-test-2", "flight.AA"]), 2, seed=7, max_steps=4)
    assert [task.key for task in tasks] == ["click-test-2_7", "click-test-2_8", "flight.AA_7", "flight.AA_8"]
    assert {template_of(task) for task in tasks} == {"click-test-2", "flight.AA"}
    assert isinstance(tasks[0], Task) and tasks[0].goal == "" and tasks[0].max_steps == 4
    tasks[0].learn("Click button ONE.")
    assert tasks[0].goal == "Click button ONE."
    with pytest.raises(ConfigError, match="must not be negative"):
        MiniWobTask(PAGES["click-test"], -1)


@pytest.mark.parametrize(
    ("verdict", "success", "exact"),
    [
        ({"done": True, "raw": 1.0}, 1, 1),
        ({"done": True, "raw": 0.5}, 1, 0),
        ({"done": True, "raw": 0.0}, 0, 0),
        ({"done": True, "raw": -1.0}, 0, 0),
        ({"done": False, "raw": 1.0}, 0, 0),
        ({}, 0, 0),
    ],
)
def test_score_is_of_the_verdict_only(verdict: dict, success: float, exact: float) -> None:
    task = MiniWobTask(PAGES["click-test"], 0)
    trajectory = Trajectory(task.key, "", (), Ending.ENDED, verdict=verdict)
    assert task.score(trajectory) == {"success": success, "exact": exact}


def test_key_names() -> None:
    assert browser_keys(["ctrl", "A"]) == browser_keys(["Control", "a"]) == ["Control", "KeyA"]
    assert browser_keys(["A"]) == ["A"] and browser_keys(["shift", "1"]) == ["Shift", "Digit1"]
    assert browser_keys(["Page_Down"]) == ["PageDown"] and browser_keys([" "]) == ["Space"]
    assert browser_keys(["+"]) == ["+"] and browser_keys(["ArrowUp"]) == browser_keys(["up"]) == ["ArrowUp"]
    for unknown in ("hyper", "é", "\n", "Control+a"):
        refused = browser_keys(["ctrl", unknown])
        assert isinstance(refused, str) and repr(unknown) in refused


def test_the_site_serves_its_folder_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "secret.html").write_text("secret")
    root = tmp_path / "html"
    root.mkdir()
    (root / "page.html").write_text("<p>é</p>", "utf-8")
    (root / "link.html").symlink_to(tmp_path / "secret.html")
    site = Site(root)
    assert site.file(f"{ORIGIN}/page.html?x=1#y") == ("text/html; charset=utf-8", "<p>é</p>".encode())
    for url in (
        f"{ORIGIN}/../secret.html",
        f"{ORIGIN}/%2e%2e/secret.html",
        f"{ORIGIN}/..%2fsecret.html",
        f"{ORIGIN}/link.html",
        f"{ORIGIN}/{tmp_path}/secret.html",
        f"{ORIGIN}/",
        f"{ORIGIN}/none.html",
        f"file://{root}/page.html",
        f"{ORIGIN}.example.org/page.html",
        "http://127.0.0.1/page.html",
    ):
        assert site.file(url) is None, url


def test_the_browser_that_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def program(folder: str, name: str) -> str:
        path = tmp_path / folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("#!/bin/sh\n")
        path.chmod(0o755)
        return str(path)

    chrome, chromium, other = program("a", "google-chrome"), program("b", "chromium"), program("c", "my-browser")
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", os.pathsep.join(str(tmp_path / folder) for folder in "ab"))
    assert find_chromium() == chromium
    monkeypatch.setenv("PATH", str(tmp_path / "a"))
    assert find_chromium() == chrome
    monkeypatch.setenv("CHROMIUM", other)
    assert find_chromium() == other and find_chromium(chromium) == chromium
    monkeypatch.setenv("CHROMIUM", str(tmp_path / "none"))
    with pytest.raises(ConfigError, match=r"\$CHROMIUM must name a Chromium to run"):
        find_chromium()
    monkeypatch.delenv("CHROMIUM")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ConfigError, match=r"no Chromium: expected chromium, .* apt-get install chromium"):
        find_chromium()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"scale": 0}, "scale must be within"),
        ({"reload_every": 0}, "reload_every must be at least 1"),
        ({"timeout_s": 0}, "timeout_s positive"),
        ({"settle_s": -1}, "settle_s must not be negative"),
    ],
)
def test_bad_settings(options: dict, message: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=message):
        MiniWobEnv(html=tmp_path, **options)


def test_before_the_first_reset(tmp_path: Path) -> None:
    env = MiniWobEnv(html=tmp_path)
    with pytest.raises(EnvError, match="reset"):
        env.verdict()
    with pytest.raises(EnvError, match="runs MiniWobTask instances, got FreeGoal"):
        env.reset(FreeGoal("Turn on Wi-Fi"))
    env.close()


def test_the_oracle_needs_its_own_env() -> None:
    with pytest.raises(Exception, match="own env"):
        Oracle().reply("goal", (), None)  # type: ignore[arg-type]
