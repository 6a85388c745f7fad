"""Audio Recorder: what is recorded lasts as long as it took, under the name that was given."""

from __future__ import annotations

import datetime as dt
import io
import random
import wave

import pytest

from envs.phone.apps.recorder import AudioRecorder
from envs.phone.apps.recorder.records import FOLDER, WAV_RATE, clock_text, sound
from envs.phone.apps.recorder.tape import Tape
from envs.phone.device import Phone
from envs.phone.video import read_mp4
from fingers import assert_inside, press, texts, wander


@pytest.fixture
def phone() -> Phone:
    """With the app at its main screen, as after its first start."""
    phone = Phone([AudioRecorder], screen="medium")
    phone.launch("Audio Recorder")
    press(phone, text="Get started")
    press(phone, text="Apply")
    return phone


def wait(phone: Phone, seconds: int) -> None:
    phone.set_now(phone.now() + dt.timedelta(seconds=seconds))


def record(phone: Phone, seconds: int) -> None:
    press(phone, label="Start recording")
    wait(phone, seconds - 1)
    press(phone, label="Stop recording")


def test_the_first_start_welcomes_once(phone: Phone) -> None:
    phone.force_stop(AudioRecorder.package)
    phone.launch("Audio Recorder")
    assert phone.foreground()[1] == ".app.main.MainActivity"
    phone.clear_app(AudioRecorder.package)
    phone.launch("Audio Recorder")
    assert "Get started" in texts(phone)


def test_a_recording_lasts_as_long_as_it_took_without_its_pauses(phone: Phone) -> None:
    press(phone, label="Start recording")
    wait(phone, 9)
    press(phone, label="Pause recording")
    wait(phone, 60)
    assert "00:10" in texts(phone)
    press(phone, label="Resume recording")
    phone.key("HOME")
    wait(phone, 3)
    phone.launch("Audio Recorder")
    press(phone, label="Stop recording")
    assert phone.files.list(FOLDER) == ["Record-1.m4a"]
    assert read_mp4(phone.files.read(f"{FOLDER}/Record-1.m4a")).duration_ms / 1000 == pytest.approx(16, abs=0.03)


def test_the_name_is_asked_for_and_one_that_is_taken_is_asked_for_again(phone: Phone) -> None:
    record(phone, 2)
    phone.key_combination("CTRL_LEFT", "A")
    phone.type_text("memo.m4a")
    press(phone, text="Save")
    assert phone.files.list(FOLDER) == ["memo.m4a.m4a"]
    assert "memo.m4a" in texts(phone)
    record(phone, 2)
    phone.key_combination("CTRL_LEFT", "A")
    phone.type_text("memo.m4a\n")
    assert "Save as" in texts(phone)
    phone.key("BACK")
    phone.key("BACK")
    assert phone.files.list(FOLDER) == ["Record-2.m4a", "memo.m4a.m4a"]


def test_a_discarded_recording_leaves_no_file(phone: Phone) -> None:
    press(phone, label="Start recording")
    press(phone, label="Delete recording")
    press(phone, text="Yes")
    assert phone.files.list(FOLDER) == []
    assert "No records yet" in texts(phone)


def test_wav_is_recorded_and_played_to_its_end(phone: Phone) -> None:
    press(phone, label="Settings")
    press(phone, text="Recording format")
    press(phone, text="WAV")
    press(phone, text="Ask for a name when recording ends")
    phone.key("BACK")
    record(phone, 5)
    with wave.open(io.BytesIO(phone.files.read(f"{FOLDER}/Record-1.wav"))) as track:
        assert track.getnframes() == 5 * WAV_RATE
    press(phone, label="Play")
    wait(phone, 3)
    assert "00:03" in texts(phone)
    assert any(e.label == "Pause" for e in phone.elements())
    wait(phone, 3)
    assert "00:00" in texts(phone)
    assert any(e.label == "Play" for e in phone.elements())


def test_records_are_renamed_and_deleted_in_the_list(phone: Phone) -> None:
    for name in ("one", "two"):
        phone.files.write(f"{FOLDER}/{name}.m4a", sound("m4a", 65))
    phone.files.write(f"{FOLDER}/broken.m4a", b"no sound")
    press(phone, label="Records")
    assert {"one", "two"} <= set(texts(phone))
    assert "broken" not in texts(phone)
    press(phone, label="Options of two")
    press(phone, text="Information")
    assert {"01:05", "44.1 kHz"} <= set(texts(phone))
    press(phone, text="OK")
    press(phone, label="Options of two")
    press(phone, text="Rename")
    phone.type_text("-b")
    press(phone, text="Save")
    press(phone, label="Options of one")
    press(phone, text="Delete")
    press(phone, text="Yes")
    assert phone.files.list(FOLDER) == ["broken.m4a", "two-b.m4a"]


def test_a_tape_does_not_run_backwards() -> None:
    noon = dt.datetime(2023, 10, 15, 12)
    tape = Tape().run(noon)
    assert tape.seconds(noon - dt.timedelta(hours=1)) == 0
    assert tape.halt(noon + dt.timedelta(seconds=4)).run(noon).seconds(noon + dt.timedelta(seconds=2)) == 6


def test_durations_as_text() -> None:
    assert [clock_text(s) for s in (0, 59.9, 75, 3600)] == ["00:00", "00:59", "01:15", "1:00:00"]


@pytest.mark.parametrize(("screen", "dark"), [("classic", True), ("tall", False)])
def test_random_walk(screen: str, dark: bool) -> None:
    rng = random.Random(screen)
    phone = Phone([AudioRecorder], screen=screen, dark=dark)
    seen: set[str] = set()
    for _ in range(12):
        seen |= wander(phone, AudioRecorder.package, rng, 15)
        assert_inside(phone)
        assert phone.screenshot().size == phone.size
    assert ".app.main.MainActivity" in seen
