"""The page of a trace: self-contained, and deaf to what hostile text would like it to do."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest
from PIL import Image

from agentkit.actions import Box, Click, Drag, Finished, Malformed, Point, Scroll, Type
from agentkit.describe import describe_action, one_line
from agentkit.errors import DataError
from agentkit.show import show_page, write_page
from agentkit.types import Ending, Observation, Reply, Step, Trajectory

EVIL = (
    "</script><script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">"
    "</script x='</SCRIPT\n><!--<script {{data}}{{script}}\u2028"
)


def trajectory(said: str = "hello") -> Trajectory:
    actions = [
        Click(Point(0.5, 0.25), Box(0.4, 0.2, 0.6, 0.3)), Drag(Point(0.1, 0.2), Point(0.3, 0.4)),
        Scroll(direction="up"), Type(said), Malformed(said), Finished(said),
    ]  # fmt: skip
    steps = tuple(
        Step(Observation(Image.new("RGB", (108, 240), (i, 0, 0)), info={said: said}), Reply(said, action, said, said))
        for i, action in enumerate(actions)
    )
    meta = {"scores": {"success": 1, said: 0.5}, said: said}
    return Trajectory(
        said, said, steps, Ending.FINISHED, Observation(Image.new("RGB", (108, 240))), {said: 1}, said, meta
    )


class Reader(HTMLParser):
    """The page as a browser's tokenizer sees it."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict]] = []
        self.scripts: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag, attrs) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag == "script":
            self.scripts.append("")

    def handle_data(self, data: str) -> None:
        if self.cdata_elem == "script":
            self.scripts[-1] += data


def data_of(page: str) -> dict:
    return json.loads(Reader(page).scripts[0])


def test_hostile_text_adds_no_markup() -> None:
    tame, hostile = (
        Reader(show_page([("l", trajectory("hello"))], "t")),
        Reader(show_page([(EVIL, trajectory(EVIL))], EVIL)),
    )
    assert [tag for tag, _ in tame.tags] == [tag for tag, _ in hostile.tags]
    assert len(hostile.scripts) == 2 and hostile.scripts[1] == tame.scripts[1]
    assert not any(name.startswith("on") for _, attributes in hostile.tags for name in attributes)


def test_hostile_text_arrives_unchanged_as_data() -> None:
    data = data_of(show_page([(EVIL, trajectory(EVIL))], EVIL))
    (trace,) = data["traces"]
    assert trace["goal"] == trace["fault"] == trace["label"] == EVIL
    assert [frame["arguments"] for frame in trace["frames"][3:6]] == [[EVIL]] * 3


def test_only_the_page_s_own_script_may_run() -> None:
    reader = Reader(show_page([("l", trajectory())]))
    (policy,) = [a["content"] for tag, a in reader.tags if a.get("http-equiv") == "Content-Security-Policy"]
    digest = base64.b64encode(hashlib.sha256(reader.scripts[1].encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in policy and "default-src 'none'" in policy
    assert "innerHTML" not in reader.scripts[1] and "eval" not in reader.scripts[1]


def test_nothing_is_loaded_from_anywhere() -> None:
    page = show_page([("l", trajectory())])
    assert not re.findall(r"(?:https?:)?//(?!www\.w3\.org/2000/svg)[a-z]", re.sub(r"base64,[^\"]+", "", page))
    assert not [a for tag, a in Reader(page).tags if tag == "link" or a.get("src")]


def test_what_is_drawn() -> None:
    (trace,) = data_of(show_page([("l", trajectory())]))["traces"]
    marks = [frame["marks"] for frame in trace["frames"]]
    assert marks[0] == [{"kind": "box", "x": 0.4, "y": 0.2, "x2": 0.6, "y2": 0.3}, {"kind": "tap", "x": 0.5, "y": 0.25}]
    assert marks[1] == [{"kind": "line", "x": 0.1, "y": 0.2, "x2": 0.3, "y2": 0.4}]
    assert marks[2] == [{"kind": "line", "x": 0.5, "y": 0.65, "x2": 0.5, "y2": 0.35}]
    assert marks[3:] == [[]] * 4
    assert [frame["name"] for frame in trace["frames"]] == [
        "Click",
        "Drag",
        "Scroll",
        "Type",
        "Malformed",
        "Finished",
        "",
    ]
    assert trace["scores"]["success"] == 1


def test_a_screen_seen_twice_is_stored_once() -> None:
    screen = Observation(Image.new("RGB", (20, 40)))
    steps = (Step(screen, Reply("?", Malformed("x"))),) * 2
    data = data_of(show_page([("l", Trajectory("k", "g", steps, Ending.CUT, screen))]))
    assert len(data["images"]) == 1 and len(data["traces"][0]["frames"]) == 2


def test_a_trace_without_screens_and_no_trace_at_all(tmp_path: Path) -> None:
    page = write_page([("l", Trajectory("k", "g", (), Ending.BROKEN, fault="gone"))], tmp_path / "deep" / "page.html")
    assert data_of(page.read_text())["traces"][0]["frames"] == []
    with pytest.raises(DataError, match="no trace to show"):
        show_page([])


def test_one_line_for_a_terminal() -> None:
    assert describe_action(Click(Point(0.5, 0.25))) == "Click 50.0 %, 25.0 %"
    assert describe_action(Type("a\x1b[31mb\nc")) == "Type a [31mb c"
    assert one_line("x" * 500) == "x" * 99 + "…"


@pytest.mark.skipif(shutil.which("chromium") is None, reason="needs chromium to open the page")
def test_a_browser_runs_the_page_and_not_the_text(tmp_path: Path) -> None:
    page = write_page([("one", trajectory(EVIL)), ("two", trajectory("calm"))], tmp_path / "page.html", title="safe")
    command = [
        "chromium",
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--dump-dom",
        f"--user-data-dir={tmp_path}/profile",
    ]
    dom = subprocess.run([*command, f"{page.as_uri()}#1.4"], capture_output=True, text=True, timeout=60).stdout
    assert "<title>safe</title>" in dom
    assert "<h2" in dom and ">Type</h2>" in dom and "Step 4 of 6" in dom
    second = subprocess.run([*command, f"{page.as_uri()}#2.1"], capture_output=True, text=True, timeout=60).stdout
    assert ">calm</h1>" in second and '<circle class="ring"' in second
