"""A browser that the tests of a file share, and a folder of pages of our own."""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from agentkit.errors import ConfigError
from envs.miniwob.browser import find_chromium
from envs.miniwob.env import MiniWobEnv
from envs.miniwob.site import shipped_html

PAGE = """<!DOCTYPE html><html><head>
<link rel="stylesheet" href="../core/core.css"><script src="../core/core.js"></script>
<script>%s
window.onload = function() { core.startEpisode(); }
</script></head><body><div id="wrap"><div id="query">Click the button.</div>
<div id="area"><button id="go" style="width: 100px; height: 60px">Go</button></div></div></body></html>"""


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a browser. Skips where the machine cannot run one."""
    for package in ("playwright", "miniwob"):
        if importlib.util.find_spec(package) is None:
            pytest.skip(f"needs the package {package}: pip install 'glint-agents[miniwob]'")
    try:
        return find_chromium()
    except ConfigError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="module")
def env(chromium: str) -> Iterator[MiniWobEnv]:
    made = MiniWobEnv(executable=chromium)
    yield made
    made.close()


class Pages:
    """Pages of our own: each a button, and a script that says what it does."""

    def __init__(self, root: Path) -> None:
        self.root = root
        (root / "miniwob").mkdir(parents=True)
        (root / "core").mkdir()
        for name in ("core.js", "core.css"):
            shutil.copy(shipped_html() / "core" / name, root / "core" / name)

    def write(self, name: str, script: str) -> None:
        (self.root / "miniwob" / f"{name}.html").write_text(PAGE % script, "utf-8")


@pytest.fixture
def pages(chromium: str, tmp_path: Path) -> Pages:
    return Pages(tmp_path / "html")
