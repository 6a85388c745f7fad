"""Solutions of the tasks in VLC: playlists of files, and a text that a video shows."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from agentkit.actions import Type
from envs.androidworld.solutions.markor import create_note
from envs.androidworld.solutions.reading import go_to
from envs.androidworld.task import AndroidWorldTask
from envs.phone import oracle
from envs.phone.device import Phone
from envs.phone.oracle import Steps

Solution = Callable[[Phone, AndroidWorldTask], Steps]
FOLDER = "VLCVideos"


def _open_folder(phone: Phone) -> Steps:
    yield from oracle.launch("VLC")
    yield from oracle.tap(phone, text="Browse", role="tab")
    yield from oracle.tap_text(phone, "Internal memory")
    yield from oracle.tap_text(phone, FOLDER)


def _fill(phone: Phone, files: Sequence[str], playlist: str) -> Steps:
    """Select the files of the folder in front in this order, and add them to a new playlist."""
    for index, name in enumerate(files):
        yield from go_to(phone, text=name, role="list_item")
        yield from (oracle.tap if index else oracle.long_press)(phone, text=name, role="list_item")
    yield from oracle.tap_label(phone, "Add to playlist")
    yield Type(playlist)
    yield from oracle.tap_text(phone, "Save")


def _create(phone: Phone, task: AndroidWorldTask) -> Steps:
    yield from _open_folder(phone)
    yield from _fill(phone, task.params["files"], task.params["playlist_name"])


def _create_two(phone: Phone, task: AndroidWorldTask) -> Steps:
    yield from _open_folder(phone)
    for number in ("1", "2"):
        yield from _fill(phone, task.params[f"files{number}"], task.params[f"playlist_name{number}"])


def _transcribe(phone: Phone, task: AndroidWorldTask) -> Steps:
    """Look at the middle of every text's time. What it says is in the pixels alone, so that it is taken from the
    parameters here."""
    shown = task.params["messages"]
    yield from oracle.launch("VLC")
    yield from oracle.tap(phone, text="Browse", role="tab")
    yield from oracle.tap_text(phone, "Download")
    yield from go_to(phone, text=task.params["video_name"], role="list_item")
    yield from oracle.tap(phone, text=task.params["video_name"], role="list_item")
    for index in range(len(shown)):
        yield from oracle.slide(phone, "player_overlay_seekbar", (index + 0.5) / len(shown))
    yield from oracle.launch("Markor")
    yield from create_note(phone, task.params["file_name"], ", ".join(shown))


SOLUTIONS: dict[str, Solution] = {
    "MarkorTranscribeVideo": _transcribe,
    "VlcCreatePlaylist": _create,
    "VlcCreateTwoPlaylists": _create_two,
}
