"""Solutions of AndroidWorld's tasks with music and videos, on phones laid out like theirs, without AndroidWorld."""

from __future__ import annotations

import random
import shutil

import pytest

from envs.androidworld.missing import NEEDS_FFMPEG, remark
from envs.androidworld.solutions import SOLUTIONS
from envs.androidworld.solutions.retro import FROM, TO
from envs.androidworld.task import AndroidWorldTask
from envs.phone.apps.markor import NOTEBOOK, Markor
from envs.phone.apps.retro import Retro
from envs.phone.apps.retro import store as retro
from envs.phone.apps.vlc import Vlc
from envs.phone.apps.vlc import store as vlc
from envs.phone.device import Phone
from envs.phone.env import PhoneEnv
from envs.phone.tasks.base import PhoneTask
from fingers import stored
from media_files import mp3, mp4

SCREENS = ["small", "tall"]


class Media(PhoneTask):
    """A phone with these files, by path."""

    template, app = "", ""

    def setup(self, phone: Phone) -> None:
        for path, data in self.params["files"].items():
            phone.files.write(path, data)

    def check(self, phone: Phone, answers: object) -> float:
        return 0.0


def solve(name: str, params: dict, files: dict[str, bytes], screen: str) -> Phone:
    env = PhoneEnv([Markor, Retro, Vlc], screen=screen, dark=False)
    env.reset(Media(0, {"files": files}))
    task = AndroidWorldTask(f"{name}_0", name, "", "", 99, (), 0, params)
    for action in SOLUTIONS[name](env.phone, task):
        assert "last_error" not in env.step(action).info
    return env.phone


def songs(lengths: list[float]) -> dict[str, bytes]:
    return {f"/sdcard/Music/Song {n:02}.mp3": mp3(f"Song {n:02}", "Trio", s) for n, s in enumerate(lengths)}


def listed(phone: Phone) -> list[tuple]:
    query = "SELECT playlist_name, title, duration FROM PlaylistEntity JOIN SongEntity ON playlist_id = "
    return stored(phone, retro.PLAYLISTS, f"{query} playlist_creator_id ORDER BY song_key")


@pytest.mark.parametrize("screen", SCREENS)
def test_songs_of_a_long_list_in_order(screen: str) -> None:
    wanted = ["Song 14", "Song 00", "Song 07"]
    params = {"playlist_name": "R&B Grooves 7", "files": [f"{title}.mp3" for title in wanted]}
    phone = solve("RetroSavePlaylist", params, songs([200.0] * 15), screen)
    assert [row[:2] for row in listed(phone)] == [("R&B Grooves 7", title) for title in wanted]
    assert phone.files.list("/sdcard/Download") == ["R&B Grooves 7.m3u"]
    phone = solve("RetroPlayingQueue", params, songs([200.0] * 15), screen)
    assert [row[0] for row in stored(phone, retro.PLAYBACK, "SELECT title FROM playing_queue")] == wanted


@pytest.mark.parametrize("seed", range(3))
def test_a_playlist_of_a_certain_length(seed: int) -> None:
    rng = random.Random(seed)
    cuts = sorted(rng.uniform(0, 47.5 * 60) for _ in range(8))
    lengths = [b - a for a, b in zip([0, *cuts], [*cuts, 47.5 * 60], strict=True)]
    phone = solve("RetroPlaylistDuration", {"playlist_name": "Long", "files": []}, songs(lengths + [200.0] * 6), "tall")
    assert FROM <= sum(row[2] for row in listed(phone)) / 1000 <= TO


@pytest.mark.parametrize("screen", SCREENS)
def test_two_playlists_of_videos(screen: str) -> None:
    names = [f"clip_{n}_HD.mp4" for n in range(12)]
    params = {
        "playlist_name1": "Road Trips", "files1": [names[9], names[0]],
        "playlist_name2": "How To", "files2": [names[3], names[11], names[9]],
    }  # fmt: skip
    phone = solve("VlcCreateTwoPlaylists", params, {f"/sdcard/VLCVideos/{name}": mp4(30) for name in names}, screen)
    query = (
        "SELECT name, filename FROM PlaylistMediaRelation JOIN Playlist ON id_playlist = playlist_id "
        "JOIN Media ON id_media = media_id ORDER BY id_playlist, position"
    )
    wanted = [(params[f"playlist_name{n}"], name) for n in "12" for name in params[f"files{n}"]]
    assert stored(phone, vlc.PATH, query) == wanted


def test_a_transcription_is_written_down() -> None:
    params = {"video_name": "scene_7_.mp4", "file_name": "scene_7__transcription.txt", "messages": ["Emma", "Noah"]}
    files = {f"/sdcard/Download/{name}": mp4(16) for name in ("a.mp4", "scene_7_.mp4")}
    phone = solve("MarkorTranscribeVideo", params, files, "tall")
    assert phone.files.read_text(f"{NOTEBOOK}/scene_7__transcription.txt").strip() == "Emma, Noah"


def test_a_remark_names_the_program_that_a_task_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    assert set(NEEDS_FFMPEG) <= set(SOLUTIONS)
    monkeypatch.setattr(shutil, "which", lambda program: None)
    assert "lacks ffmpeg" in remark("RetroSavePlaylist") and remark("VlcCreatePlaylist") == ""
    monkeypatch.setattr(shutil, "which", lambda program: f"/usr/bin/{program}")
    assert remark("RetroSavePlaylist") == ""
