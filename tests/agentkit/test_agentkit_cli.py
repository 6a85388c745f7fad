"""The `agentkit` command: instant help, `run` on the simulated phone, `show` on what it recorded."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest
from PIL import Image

from agentkit.actions import Finished, Press
from agentkit.cli import COMMANDS, main
from agentkit.errors import DeviceLost
from agentkit.tasks import FreeGoal
from agentkit.trace import load_trace, save_trace
from agentkit.types import Ending, Observation, Reply, Step, Trajectory

SCRIPT = """\
<think>home first</think><action>PressHome()</action><conclusion>home</conclusion>
<think>nothing \x1b[31mred</think><action>Wait()</action><conclusion></conclusion>
what
<think>done</think><action>Finished(content='')</action><conclusion>done</conclusion>
"""


class Blank:
    """A device that shows a blank screen, or is lost at the first step."""

    def __init__(self, lost: bool = False) -> None:
        self.lost, self.closed = lost, False

    def reset(self, task) -> Observation:
        return Observation(Image.new("RGB", (108, 240)))

    def step(self, action) -> Observation:
        if self.lost:
            raise DeviceLost("cable pulled")
        return Observation(Image.new("RGB", (108, 240)))

    def verdict(self) -> dict:
        return {}

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def script(tmp_path: Path) -> str:
    (tmp_path / "script.txt").write_text(SCRIPT)
    return f"scripted:{tmp_path}/script.txt"


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_is_instant_and_loads_no_model_library(command: str) -> None:
    code = (
        "import sys\nfrom agentkit.cli import main\n"
        "try: main(sys.argv[1:])\nexcept SystemExit as stop: assert stop.code == 0\n"
        "assert not {'torch', 'transformers', 'httpx', 'numpy'} & set(sys.modules), 'heavy'"
    )
    seconds = []
    for _ in range(3):  # the best of three: the machine may be busy
        started = time.perf_counter()
        run = subprocess.run(
            [sys.executable, "-c", code, *filter(None, [command]), "--help"], capture_output=True, text=True
        )
        seconds.append(time.perf_counter() - started)
        assert run.returncode == 0, run.stderr
        assert run.stdout.startswith(f"usage: agentkit {command}".rstrip())
        if seconds[-1] < 0.5:
            break
    assert min(seconds) < 0.5


def test_run_prints_records_and_shows(tmp_path: Path, script: str, monkeypatch, capsys) -> None:
    device = Blank()
    monkeypatch.setattr("agentkit.cli.run._open_device", lambda spec, goal, key: (device, FreeGoal(goal)))
    arguments = ["--device", "127.0.0.1:5555", "--goal", "be home", "--policy", script, "--out", str(tmp_path / "run")]
    assert main(["run", *arguments]) == 0
    out = capsys.readouterr().out
    assert out.splitlines()[:3] == ["  1  PressHome", "     home first", "  2  Wait"]
    assert "\x1b" not in out and "  3  Malformed expected one <action>" in out
    assert out.splitlines()[-3:] == ["finished", f"trace {tmp_path / 'run'}", f"page  {tmp_path / 'run' / 'page.html'}"]
    trajectory = load_trace(tmp_path / "run")
    assert trajectory.goal == "be home" and len(trajectory.steps) == 4 and trajectory.ending is Ending.FINISHED
    assert trajectory.meta["scores"] == {"claimed": 1.0} and trajectory.meta["device"] == "127.0.0.1:5555"
    assert (tmp_path / "run" / "page.html").read_text().startswith("<!doctype html>")
    assert device.closed


def test_run_reports_a_broken_device_and_keeps_the_steps(tmp_path: Path, script: str, monkeypatch, capsys) -> None:
    device = Blank(lost=True)
    monkeypatch.setattr("agentkit.cli.run._open_device", lambda spec, goal, key: (device, FreeGoal(goal)))
    arguments = [
        "--device",
        "a:1",
        "--goal",
        "g",
        "--policy",
        script,
        "--out",
        str(tmp_path / "run"),
        "--max-steps",
        "2",
    ]
    assert main(["run", *arguments]) == 1
    assert "broken: DeviceLost: cable pulled" in capsys.readouterr().out
    assert len(load_trace(tmp_path / "run").steps) == 1 and device.closed


def test_run_on_the_simulated_phone(tmp_path: Path, script: str) -> None:
    out = tmp_path / "run"
    assert main(["run", "--device", "phone:7", "--goal", "be home", "--policy", script, "--out", str(out)]) == 0
    trajectory = load_trace(out)
    assert trajectory.goal == "be home" and [len(trajectory.steps), trajectory.ending] == [4, Ending.FINISHED]
    assert "launcher" in trajectory.steps[1].observation.info["foreground"].lower()
    assert "success" not in trajectory.verdict and trajectory.meta["scores"] == {"claimed": 1.0}
    assert trajectory.steps[0].observation.image.size[1] > 500


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"--device": "somewhere"}, "--device is HOST:PORT, adb:SERIAL (held by an adb server) or phone[:SEED], got"),
        ({"--device": "phone:x"}, "SEED a number, got 'phone:x'"),
        ({"--policy": "magic:x"}, "a policy is qwen:FOLDER_OR_HUB_ID"),
        ({"--policy": "scripted:/none"}, "cannot read the script"),
        ({"--policy": "qwen:./none"}, "no such folder: ./none"),
        ({"--protocol": "venus7"}, "unknown protocol 'venus7', expected one of venus1_ground"),
        ({"--max-steps": "0"}, "--max-steps must be at least 1, got 0"),
    ],
)
def test_run_settings_are_checked(script: str, capsys, changes: dict, message: str) -> None:
    settings = {"--device": "127.0.0.1:1", "--goal": "g", "--policy": script} | changes
    assert main(["run", *(part for pair in settings.items() for part in pair)]) == 2
    assert message in capsys.readouterr().err


def _trace(goal: str) -> Trajectory:
    step = Step(Observation(Image.new("RGB", (20, 40))), Reply("", Press("back")))
    return Trajectory("k", goal, (step, Step(step.observation, Reply("", Finished()))), Ending.FINISHED)


def test_show_one_many_and_none(tmp_path: Path, capsys) -> None:
    (tmp_path / "runs").mkdir()
    save_trace(_trace("first"), tmp_path / "runs" / "a")
    save_trace(_trace("second"), tmp_path / "runs" / "b")
    save_trace(_trace("third"), tmp_path / "runs" / "c")
    (tmp_path / "runs" / "c" / "000.png").unlink()
    assert main(["show", str(tmp_path / "runs" / "a")]) == 0
    assert capsys.readouterr().out.strip() == str(tmp_path / "runs" / "a" / "page.html")
    assert main(["show", str(tmp_path / "runs"), "--out", str(tmp_path / "all.html")]) == 0
    assert "left out: damaged or missing screenshot 000.png" in capsys.readouterr().err
    page = (tmp_path / "all.html").read_text()
    data = json.loads(page.split('id="data">')[1].split("</script>")[0])
    assert [t["label"] for t in data["traces"]] == ["a: first", "b: second"]
    assert main(["show", str(tmp_path / "runs" / "c")]) == 2
    assert "none of the 1 traces" in capsys.readouterr().err
    assert main(["show", str(tmp_path / "none")]) == 2
    assert "no trace folder at" in capsys.readouterr().err
