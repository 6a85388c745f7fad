"""`agentkit phone` and `agentkit run --device` as a person uses them: two processes and a connection between them."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from adb_shell.auth.keygen import keygen

from agentkit.cli import main
from agentkit.trace import load_trace
from agentkit.types import Ending
from envs.android import AndroidDevice
from envs.phone.tasks import TASKS

AGENTKIT = [sys.executable, "-c", "import sys; from agentkit.cli import main; sys.exit(main())"]
TURN_WIFI = next(task for task in TASKS if task.__name__ == "TurnWifi").generate(3)


@dataclass
class Served:
    address: str
    shown: str
    """What the command printed before it began to wait."""
    process: subprocess.Popen[str] = field(repr=False)

    def stop(self, number: int) -> str:
        """What it prints on a signal; it must end cleanly."""
        self.process.send_signal(number)
        out, errors = self.process.communicate(timeout=20)
        assert (self.process.returncode, errors) == (0, "")
        return out


@contextmanager
def served(*options: str) -> Iterator[Served]:
    process = subprocess.Popen(
        [*AGENTKIT, "phone", "--port", "0", "--screen", "small", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        shown = ""
        while "stop" not in shown:
            line = process.stdout.readline()
            assert line, process.stderr.read()
            shown += line
        yield Served(re.search(r"adb connect (\S+)", shown)[1], shown, process)
    finally:
        process.kill()
        process.communicate()


def test_a_task_is_set_up_and_judged():
    wanted = "1" if TURN_WIFI.params["state"] == "on" else "0"
    with served("--task", TURN_WIFI.key.replace("_", ":")) as phone:
        assert f"goal     {TURN_WIFI.goal}" in phone.shown
        assert f"agentkit run --device {phone.address} --goal" in phone.shown
        with AndroidDevice(phone.address) as device:
            assert device.shell(["settings", "get", "global", "wifi_on"]).strip() != wanted
            device.shell(["settings", "put", "global", "wifi_on", wanted])
        assert phone.stop(signal.SIGTERM) == "verdict  1\n"
    with served("--task", TURN_WIFI.key.replace("_", ":")) as phone:
        assert phone.stop(signal.SIGINT) == "verdict  0\n"


def test_a_phone_without_a_task_has_no_verdict():
    with served("--dark") as phone:
        with AndroidDevice(phone.address) as device:
            assert device.size() == (360, 720)
            assert device.shell(["settings", "get", "secure", "ui_night_mode"]) == "2\n"
        assert phone.stop(signal.SIGINT) == ""


def test_a_phone_with_faults_tells_what_it_did():
    with served("--faults", "0.1") as phone:
        with AndroidDevice(phone.address, timeout_s=1, reconnects=20) as device:
            for _ in range(20):
                assert device.size() == (360, 720)
        phone.process.send_signal(signal.SIGTERM)
        told, warnings = phone.process.communicate(timeout=20)
    assert "adb: dropping a connection" in warnings
    assert re.fullmatch(r"faults   \d+ [a-z ]+(, \d+ [a-z ]+)*\n", told)
    assert main(["phone", "--faults", "2"]) == 2


@pytest.mark.parametrize("auth", ["accept", "file"])
def test_an_agent_runs_on_a_phone_that_asks_for_a_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys, auth):
    home = tmp_path / "home"
    (home / ".android").mkdir(parents=True)
    keygen(str(home / ".android/adbkey"))
    keygen(str(tmp_path / "stranger"))
    script = tmp_path / "script.txt"
    script.write_text(
        "<think>a</think><action>Launch(app='Settings')</action>\n<action>Finished(content='')</action>\n"
    )
    run = ["run", "--goal", "Open the settings", "--policy", f"scripted:{script}"]
    with served("--auth", "accept" if auth == "accept" else f"{home}/.android/adbkey.pub") as phone:
        assert "--adb-key" in phone.shown
        monkeypatch.setenv("HOME", str(home))  # the adb client's own key is taken unasked
        assert main([*run, "--device", phone.address, "--out", str(tmp_path / "trace")]) == 0
        trace = load_trace(tmp_path / "trace")
        assert trace.ending is Ending.FINISHED
        assert trace.final.info["foreground"].startswith("com.android.settings/")
        stranger = ["--adb-key", str(tmp_path / "stranger"), "--out", str(tmp_path / "refused")]
        monkeypatch.setattr("envs.android.env.AndroidDevice", _impatient(AndroidDevice))
        assert main([*run, "--device", phone.address, *stranger]) == 1
        assert "DeviceLost" in capsys.readouterr().out


def _impatient(kind):
    return lambda address, **options: kind(address, **{**options, "timeout_s": 0.3, "reconnects": 0})


def test_only_this_machine_reaches_a_phone_unless_permitted(capsys):
    assert main(["phone", "--host", "0.0.0.0", "--port", "0"]) == 2
    assert "--allow-remote permits it" in capsys.readouterr().err
    with subprocess.Popen(
        [*AGENTKIT, "phone", "--host", "0.0.0.0", "--port", "0", "--screen", "small", "--allow-remote"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert "warning: whoever reaches 0.0.0.0 controls this phone" in process.stderr.readline()
        finally:
            process.kill()


def test_bad_settings_are_named(capsys):
    for options, words in (
        (["--task", "Nope:1"], "--task is NAME:SEED"),
        (["--task", "TurnWifi:x"], "--task is NAME:SEED"),
        (["--screen", "huge"], "unknown screen 'huge'"),
        (["--auth", "/no/key.pub"], "no adb public key"),
        (["--port", "99999"], "port must be in"),
    ):
        assert main(["phone", *options]) == 2
        assert words in capsys.readouterr().err
    assert main(["run", "--device", "nowhere", "--goal", "x", "--policy", f"scripted:{os.devnull}"]) == 2
    assert "HOST:PORT" in capsys.readouterr().err
