"""The AndroidWorld side of a run: tasks, their set-up and their checkers, in an interpreter of their own.

AndroidWorld pins numpy 1.26 and an old matplotlib, so it cannot share an environment with a current transformers. This
file needs only the standard library and `android_world`; `envs.androidworld.process` starts it with whichever Python
has that package and talks to it in JSON lines: one request on standard input, one answer on standard output.

Tasks, parameters and checkers are google-research/android_world's own, unchanged. What is ours is the device below
them: `adb` alone, without gRPC and the accessibility forwarder, so whatever answers adb will do.
"""

from __future__ import annotations

import argparse
import base64
import json
import os
import random
import sys
import time
import traceback
import xml.etree.ElementTree as ET
from collections.abc import Callable
from typing import Any

import numpy as np
from android_env import env_interface
from android_env.components import adb_call_parser, adb_controller, config_classes
from android_env.proto.a11y import android_accessibility_forest_pb2
from android_world import registry, suite_utils
from android_world.env import adb_utils, android_world_controller, interface, representation_utils
from dm_env import StepType, TimeStep, specs

# --------------------------------------------------------------------------------------------------------- the device


class Recorded(adb_controller.AdbController):
    """AndroidEnv's way to adb, which keeps a record of what it was asked and what the device said."""

    def __init__(self, config: config_classes.AdbControllerConfig) -> None:
        super().__init__(config)
        self.calls: list[dict[str, Any]] = []

    def execute_command(self, args: list[str], timeout: float | None = None, device_specific: bool = True) -> bytes:
        words, here = list(args), {"push": 1, "pull": 2}.get(args[0])
        call: dict[str, Any] = {"words": words, "out": "", "failed": True}
        if here is not None:
            path, words[here] = words[here], "@file"
            if args[0] == "push":
                call["file"] = _base64(_read(path))
        if device_specific and "screencap" not in words:
            self.calls.append(call)
        out = super().execute_command(args, timeout, device_specific)
        call |= {"out": _base64(out), "failed": False}
        if args[0] == "pull":
            call["file"] = _base64(_read(path))
        return out


class AdbOnly(env_interface.AndroidEnvInterface):
    """A device behind the stock adb client as AndroidEnv's interface: screenshots by `screencap`, no touch actions."""

    def __init__(self, adb: str, serial: str, port: int) -> None:
        config = config_classes.AdbControllerConfig(adb_path=adb, adb_server_port=port, device_name=serial)
        self._controller = Recorded(config)
        self._parser = adb_call_parser.AdbCallParser(self._controller)

    def action_spec(self) -> dict[str, Any]:
        return {}

    def observation_spec(self) -> dict[str, Any]:
        return {"pixels": specs.Array(self.pixels().shape, np.uint8, "pixels")}

    def reset(self) -> TimeStep:
        return TimeStep(StepType.FIRST, 0.0, 0.0, {"pixels": self.pixels()})

    def step(self, action: Any) -> TimeStep:
        del action  # AndroidWorld acts through adb; all it sends here is "do nothing"
        return TimeStep(StepType.MID, 0.0, 0.0, {"pixels": self.pixels()})

    def execute_adb_call(self, call: Any) -> Any:
        return self._parser.parse(call)

    def close(self) -> None:
        pass

    def calls(self) -> list[dict[str, Any]]:
        """The adb commands since the last time."""
        calls, self._controller.calls = self._controller.calls, []
        return calls

    def pixels(self) -> np.ndarray:
        """The screen, [height, width, 3] uint8."""
        raw = self._controller.execute_command(["exec-out", "screencap"])
        width, height = (int.from_bytes(raw[i : i + 4], "little") for i in (0, 4))
        size = width * height * 4
        if not size or len(raw) - size not in (12, 16):
            raise RuntimeError(f"`screencap` sent {len(raw)} bytes for {width}x{height} pixels of RGBA")
        return np.frombuffer(raw, np.uint8, size, len(raw) - size).reshape(height, width, 4)[..., :3]


class Controller(android_world_controller.AndroidWorldController):
    """AndroidWorld's controller with the accessibility forest that it has no source of without its forwarder app: some
    checkers read it, not the elements."""

    def __init__(self, device: AdbOnly) -> None:
        super().__init__(device, android_world_controller.A11yMethod.UIAUTOMATOR)

    def get_a11y_forest(self) -> android_accessibility_forest_pb2.AndroidAccessibilityForest:
        return forest(adb_utils.uiautomator_dump(self._env))

    def _process_timestep(self, timestep: TimeStep) -> TimeStep:
        dump = adb_utils.uiautomator_dump(self._env)
        timestep.observation[android_world_controller.OBSERVATION_KEY_FOREST] = forest(dump)
        elements = representation_utils.xml_dump_to_ui_elements(dump)
        timestep.observation[android_world_controller.OBSERVATION_KEY_UI_ELEMENTS] = elements
        return timestep


FLAGS = {
    "checkable": "is_checkable",
    "checked": "is_checked",
    "clickable": "is_clickable",
    "enabled": "is_enabled",
    "focusable": "is_focusable",
    "focused": "is_focused",
    "long-clickable": "is_long_clickable",
    "password": "is_password",
    "scrollable": "is_scrollable",
    "selected": "is_selected",
}
TEXTS = {
    "class": "class_name",
    "content-desc": "content_description",
    "hint": "hint_text",
    "package": "package_name",
    "resource-id": "view_id_resource_name",
    "text": "text",
}
EDITABLE = "android.widget.EditText"


def forest(dump: str) -> android_accessibility_forest_pb2.AndroidAccessibilityForest:
    """What `uiautomator dump` wrote as the one window of a forest; a node's ids are its places in reading order."""
    made = android_accessibility_forest_pb2.AndroidAccessibilityForest()
    tree = made.windows.add().tree

    def add(element: ET.Element, depth: int) -> int:
        node = tree.nodes.add(unique_id=len(tree.nodes), depth=depth, is_visible_to_user=True)
        for name, field in FLAGS.items():
            setattr(node, field, element.get(name) == "true")
        for name, field in TEXTS.items():
            setattr(node, field, element.get(name, ""))
        node.is_editable = node.class_name == EDITABLE
        corners = element.get("bounds", "[0,0][0,0]").replace("][", ",").strip("[]").split(",")
        box = node.bounds_in_screen
        box.left, box.top, box.right, box.bottom = map(int, corners)
        node.child_ids.extend([add(child, depth + 1) for child in element])
        return node.unique_id

    for root in ET.fromstring(dump):  # noqa: S314
        add(root, 0)
    return made


def connect(device: AdbOnly) -> interface.AsyncAndroidEnv:
    """AndroidWorld's environment on a device that nothing but adb reaches."""
    return interface.AsyncAndroidEnv(Controller(device))


def skip_waits(sleep: Callable[[float], None] = time.sleep) -> None:
    """From now on AndroidWorld's own code does not sleep: for a device that has done all it will when it answers.
    AndroidEnv's waits for adb stay."""

    def sleep_unless_settled(seconds: float) -> None:
        if not sys._getframe(1).f_globals.get("__name__", "").startswith("android_world."):
            sleep(seconds)

    time.sleep = sleep_unless_settled  # type: ignore[assignment]


def _read(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


# ---------------------------------------------------------------------------------------------------------- the tasks


class Worker:
    """Answers requests about one suite on one device. At most one task is in progress."""

    def __init__(self, device: AdbOnly) -> None:
        self.device = device
        self.env = connect(device)
        self.tasks: dict[str, Any] = {}
        self.current: Any = None

    def suite(self, family: str, seed: int, instances: int, names: list[str] | None) -> list[dict[str, Any]]:
        """Make the suite as AndroidWorld's own runner does from the same seed; what can be said of each task."""
        known = registry.TaskRegistry().get_registry(family)
        suite = suite_utils.create_suite(known, instances, seed, names, env=self.env)
        self.tasks = {f"{name}_{i}": task for name, group in suite.items() for i, task in enumerate(group)}
        return [describe(key, task) for key, task in self.tasks.items()]

    def initialize(self, key: str, params: dict[str, Any]) -> dict[str, Any]:
        """Put the device into the task's start state, with `params` in place of those of the same name and type. A task
        can be begun again: its parameters stay as they are."""
        self.finish()
        task = self.tasks[key]
        task.params.update({n: value for n, value in params.items() if type(task.params.get(n)) is type(value)})
        task.initialized = False
        self.env.reset(go_home=True)
        task.initialize_task(self.env)
        self.current = task
        return {"goal": task.goal}

    def answer(self, text: str) -> None:
        """What AndroidWorld's `answer` action does: information tasks are checked on it."""
        self.env.interaction_cache = text

    def score(self) -> float:
        if self.current is None:
            raise RuntimeError("no task is in progress: `initialize` comes first")
        return float(self.current.is_successful(self.env))

    def calls(self) -> list[dict[str, Any]]:
        """The adb commands since the last time: {"words", "out", "failed", "file"}, contents in base64."""
        return self.device.calls()

    def finish(self) -> None:
        """Let the task clean up behind itself."""
        task, self.current = self.current, None
        if task is not None:
            task.tear_down(self.env)


def describe(key: str, task: Any) -> dict[str, Any]:
    return {
        "key": key,
        "name": type(task).__name__,
        "goal": task.goal,
        "template": task.template,
        "max_steps": int(10 * task.complexity),
        "apps": list(task.app_names),
        "seed": task.params.get("seed"),
        "params": _plain(task.params),
    }


def _plain(value: Any) -> Any:
    """Parameters as JSON: AndroidWorld's row objects become dictionaries, what remains becomes text."""
    if isinstance(value, dict):
        return {str(name): _plain(item) for name, item in value.items()}
    if isinstance(value, (list, tuple, set)):
        return [_plain(item) for item in value]
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if hasattr(value, "__dict__"):
        return {name: _plain(item) for name, item in vars(value).items()}
    return str(value)


# ------------------------------------------------------------------------------------------------------- the protocol


def serve(worker: Worker, requests: Any, answers: Any) -> None:
    """{"do": name, **arguments} in; {"ok": value} or {"error": text, "kind": exception, "trace": text} out."""
    for line in requests:
        request = json.loads(line)
        do = request.pop("do")
        if do == "stop":
            return
        started = time.monotonic()
        try:
            if do not in ("suite", "initialize", "answer", "score", "calls", "finish"):
                raise ValueError(f"unknown request {do!r}")
            reply = {"ok": getattr(worker, do)(**request)}
        except Exception as error:  # whatever a task raises is that task's result, not the end of the run
            trace = "".join(traceback.format_exception(error))[-4000:]
            reply = {"error": str(error)[:1000], "kind": type(error).__name__, "trace": trace}
        reply["seconds"] = round(time.monotonic() - started, 4)
        answers.write(json.dumps(reply) + "\n")
        answers.flush()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--adb", default="adb")
    parser.add_argument("--serial", required=True)
    parser.add_argument("--server-port", type=int, default=5037)
    parser.add_argument("--settled", action="store_true", help="the device needs no waiting")
    args = parser.parse_args()
    if args.settled:
        skip_waits()
    # Tasks print: their text must not end up between our answers.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    random.seed(0)
    worker = Worker(AdbOnly(args.adb, args.serial, args.server_port))
    adb_utils.set_root_if_needed(worker.env.controller)
    answers.write(json.dumps({"ok": "ready"}) + "\n")
    answers.flush()
    serve(worker, sys.stdin, answers)


if __name__ == "__main__":
    main()
