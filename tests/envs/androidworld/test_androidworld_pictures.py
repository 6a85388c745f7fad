"""Solutions of AndroidWorld's tasks with pictures, photos, recordings and drawings, without AndroidWorld."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from envs.androidworld.solutions import SOLUTIONS
from envs.androidworld.task import AndroidWorldTask
from envs.phone.apps.camera import Camera
from envs.phone.apps.draw import Draw
from envs.phone.apps.gallery import Gallery
from envs.phone.apps.markor import NOTEBOOK, Markor
from envs.phone.apps.recorder import AudioRecorder
from envs.phone.apps.recorder.records import FOLDER
from envs.phone.device import Phone
from envs.phone.env import PhoneEnv
from envs.phone.tasks.base import PhoneTask

SCREENS = ["small", "tall"]


class Shown(PhoneTask):
    """A phone with receipts in DCIM, nothing in Pictures, and `download` in Download."""

    template, app = "", ""

    def setup(self, phone: Phone) -> None:
        file = io.BytesIO()
        Image.new("RGB", (60, 90), (250, 250, 240)).save(file, "JPEG")
        for name in ("receipt.png", "receipt_brave_fox.jpg", *(f"old_{n}.jpg" for n in range(12))):
            phone.files.write(f"/sdcard/DCIM/{name}", file.getvalue())
        for folder in ("Pictures", "Download"):
            for name in phone.files.list(f"/sdcard/{folder}"):
                phone.files.remove(f"/sdcard/{folder}/{name}", recursive=True)
        for name in self.params["download"]:
            phone.files.write(f"/sdcard/Download/{name}", file.getvalue())

    def check(self, phone: Phone, answers: object) -> float:
        return 0.0


def solve(name: str, params: dict, screen: str, download: tuple[str, ...] = ()) -> Phone:
    env = PhoneEnv([Markor, Gallery, Camera, AudioRecorder, Draw], screen=screen, dark=False)
    env.reset(Shown(0, {"download": download}))
    task = AndroidWorldTask(f"{name}_0", name, "", "", 99, (), 0, params)
    for action in SOLUTIONS[name](env.phone, task):
        assert "last_error" not in env.step(action).info
    return env.phone


@pytest.mark.parametrize("download", [(), ("old_1.jpg",)])
@pytest.mark.parametrize("screen", SCREENS)
def test_a_receipt_is_copied_to_a_folder_with_pictures_or_without(screen: str, download: tuple[str, ...]) -> None:
    name = "receipt_brave_fox.jpg"
    phone = solve("SaveCopyOfReceiptTaskEval", {"file_name": name}, screen, download)
    assert phone.files.list("/sdcard/Download") == [*download, name]
    assert phone.files.exists(f"/sdcard/DCIM/{name}")


@pytest.mark.parametrize("screen", SCREENS)
def test_a_receipt_is_looked_at_and_written_down(screen: str) -> None:
    text = "Date, Item, Amount\n2023-10-01, Tea, $3.50"
    phone = solve("MarkorTranscribeReceipt", {"file_name": "receipt.md", "text": text}, screen)
    assert phone.files.read_text(f"{NOTEBOOK}/receipt.md").strip() == text
    viewed = phone.app(Gallery.package)
    assert isinstance(viewed, Gallery) and viewed.viewing == "/sdcard/DCIM/receipt.png"


@pytest.mark.parametrize("screen", SCREENS)
def test_one_photo_and_one_video(screen: str) -> None:
    phone = solve("CameraTakePhoto", {}, screen)
    assert len(phone.files.list("/sdcard/Pictures")) == 1
    phone = solve("CameraTakeVideo", {}, screen)
    assert phone.files.list("/sdcard/Pictures") == []
    assert [name[-4:] for name in phone.files.list("/sdcard/Movies") if name.startswith("VID_")] == [".mp4"]


@pytest.mark.parametrize("screen", SCREENS)
def test_a_recording_gets_the_name_asked_for(screen: str) -> None:
    phone = solve("AudioRecorderRecordAudio", {}, screen)
    assert phone.files.list(FOLDER) == ["Record-1.m4a"]
    phone = solve("AudioRecorderRecordAudioWithFileName", {"file_name": "2023_04_01_talk.m4a"}, screen)
    assert phone.files.list(FOLDER) == ["2023_04_01_talk.m4a.m4a"]


@pytest.mark.parametrize("name", ["ipsum_calm_lake_copy.svg", "dolor_a.jpg", "sit_b.png"])
def test_a_drawing_is_saved_in_pictures(name: str) -> None:
    phone = solve("SimpleDrawProCreateDrawing", {"file_name": name}, "tall")
    data = phone.files.read(f"/sdcard/Pictures/{name}")
    assert data.startswith((b"<svg", b"\xff\xd8", b"\x89PNG")) and phone.files.list("/sdcard/Download") == []
