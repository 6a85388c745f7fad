"""Episodes written in AndroidControl's layout are read back by the suite, trees included."""

from __future__ import annotations

from pathlib import Path

from agentkit.actions import Box, Click, Finished, Point, Scroll
from agentkit.recorded.elements import Element
from envs.navigation.suite import load_navigation
from recorded_files import png
from scripts.androidcontrol_folder import FolderWriter, Node, Recording, Screen


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    nodes = (
        Node((4, 16, 24, 32), text="Wi-Fi", clickable=True),
        Node((0, 0, 40, 80)),
        Node((0, 8, 8, 16), description="Löschen", editable=True),
    )
    screens = [Screen(png(i), (40, 80), nodes) for i in range(3)]
    actions = [{"action_type": "click", "x": 10, "y": 20}, {"action_type": "scroll", "direction": "up"}]
    with FolderWriter(tmp_path / "ac") as out:
        for number in (300, 7):
            out.write(Recording(number, "Turn it on", screens, actions, ["tap Wi-Fi", "look up"]))
    suite = load_navigation("androidcontrol-low", tmp_path / "ac")
    first, second = suite.episodes()
    assert [first.trace.id, second.trace.id] == ["androidcontrol-300", "androidcontrol-7"] and suite.count == 2
    assert [step.action for step in first.steps] == [Click(Point(0.25, 0.25)), Scroll(direction="down"), Finished()]
    assert first.steps[0].box == Box(0.1, 0.2, 0.6, 0.4) and first.steps[1].goal.endswith("Current step: look up")
    assert first.steps[0].elements == (
        Element(0.0, 0.0, 1.0, 1.0),  # the window
        Element(0.1, 0.2, 0.5, 0.2, touchable=True, label="Wi-Fi"),
        Element(0.0, 0.0, 1.0, 1.0),
        Element(0.0, 0.1, 0.2, 0.1, touchable=True, label="Löschen"),
    )
