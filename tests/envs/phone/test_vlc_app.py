"""VLC: files of the shared storage, playlists where AndroidWorld's checkers read them, a player that shows the film."""

from __future__ import annotations

import datetime as dt
import random
from pathlib import Path

import pytest

from envs.phone.apps.vlc import Vlc
from envs.phone.apps.vlc.player import Player
from envs.phone.apps.vlc.store import PATH
from envs.phone.device import Phone
from envs.phone.video import can_decode
from fingers import assert_inside, press, stored, texts, wander
from media_files import film, mp3, mp4

FILES = {"b_scene.mp4": 20, "a_clip.mp4": 30, "c_HD.mp4": 40}
"""Name -> seconds."""
LISTED = (
    "SELECT name, filename, position FROM PlaylistMediaRelation JOIN Playlist ON id_playlist = playlist_id "
    "JOIN Media ON id_media = media_id ORDER BY name, position"
)


@pytest.fixture
def phone() -> Phone:
    phone = Phone([Vlc], screen="tall")
    for name, seconds in FILES.items():
        phone.files.write(f"/sdcard/VLCVideos/{name}", mp4(seconds))
    phone.files.write("/sdcard/Music/Oats.mp3", mp3("Oats", "", 100))
    phone.launch("VLC")
    return phone


def open_folder(phone: Phone) -> None:
    press(phone, text="Browse")
    press(phone, text="Internal memory")
    press(phone, text="VLCVideos")


def add_selected(phone: Phone, name: str) -> None:
    press(phone, label="Add to playlist")
    phone.type_text(name)
    press(phone, text="Save")


def later(phone: Phone, seconds: float) -> None:
    phone.set_now(phone.now() + dt.timedelta(seconds=seconds))


def test_files_are_added_to_playlists_in_the_order_of_their_selection(phone: Phone) -> None:
    open_folder(phone)
    press(phone, text="c_HD.mp4", long=True)
    press(phone, text="a_clip.mp4")
    add_selected(phone, "Trips")
    press(phone, label="More options for b_scene.mp4")
    press(phone, text="Add to playlist")
    press(phone, text="Trips")
    assert stored(phone, PATH, LISTED) == [
        ("Trips", "c_HD.mp4", 0), ("Trips", "a_clip.mp4", 1), ("Trips", "b_scene.mp4", 2)
    ]  # fmt: skip
    press(phone, text="Playlists")
    assert "3 tracks • 01:30" in texts(phone)
    press(phone, text="Trips")
    press(phone, text="c_HD", long=True)
    press(phone, label="More options")
    press(phone, text="Remove from playlist")
    assert stored(phone, PATH, LISTED) == [("Trips", "a_clip.mp4", 0), ("Trips", "b_scene.mp4", 1)]
    assert stored(phone, PATH, "SELECT nb_video, nb_audio, duration FROM Playlist") == [(2, 0, 50_000)]


def test_the_name_of_a_playlist_that_is_there_adds_to_it(phone: Phone) -> None:
    for name in ("Trips", "trips"):
        press(phone, text="a_clip", long=True)
        add_selected(phone, name)
    assert stored(phone, PATH, LISTED) == [("Trips", "a_clip.mp4", 0), ("Trips", "a_clip.mp4", 1)]


def test_playlists_are_renamed_and_deleted(phone: Phone) -> None:
    press(phone, text="a_clip", long=True)
    add_selected(phone, "Trips")
    press(phone, text="Playlists")
    press(phone, label="More options for Trips")
    press(phone, text="Rename")
    phone.type_text(" 2")
    press(phone, text="OK")
    assert stored(phone, PATH, LISTED) == [("Trips 2", "a_clip.mp4", 0)]
    press(phone, label="More options for Trips 2")
    press(phone, text="Delete")
    press(phone, text="Delete")
    assert stored(phone, PATH, "SELECT 1 FROM Playlist UNION SELECT 1 FROM PlaylistMediaRelation") == []


def test_the_library_is_scanned_when_the_app_comes_to_the_front(phone: Phone) -> None:
    press(phone, text="a_clip", long=True)
    press(phone, text="b_scene")
    add_selected(phone, "Trips")
    phone.key("HOME")
    phone.files.remove("/sdcard/VLCVideos/a_clip.mp4")
    phone.files.write("/sdcard/VLCVideos/b_scene.mp4", mp4(50))
    phone.files.write("/sdcard/Movies/new.mp4", mp4(70))
    phone.files.write("/sdcard/Android/data/x.y/files/own.mp4", mp4(70))
    phone.launch("VLC")
    assert stored(phone, PATH, LISTED) == [("Trips", "b_scene.mp4", 0)]
    titles = "SELECT filename, duration FROM Media WHERE type = 1 ORDER BY filename"
    assert stored(phone, PATH, titles) == [("b_scene.mp4", 50_000), ("c_HD.mp4", 40_000), ("new.mp4", 70_000)]


def test_media_that_a_client_deletes_from_the_database_come_back(phone: Phone) -> None:
    """As AndroidWorld does before each of its tasks."""
    phone.files.open_database(PATH).executescript(  # type: ignore[union-attr]
        "DELETE FROM Playlist; DELETE FROM Media; DELETE FROM PlaylistMediaRelation;"
    )
    phone.force_stop(Vlc.package)
    phone.launch("VLC")
    press(phone, text="c_HD", long=True)
    add_selected(phone, "Trips")
    assert stored(phone, PATH, LISTED) == [("Trips", "c_HD.mp4", 0)]
    assert len(stored(phone, PATH, "SELECT 1 FROM File")) == 4


def test_the_first_questions_are_asked_after_the_data_was_cleared(phone: Phone) -> None:
    phone.clear_app(Vlc.package)
    phone.launch("VLC")
    for text in ("Skip", "GRANT PERMISSION", "OK", "Allow access to manage all files"):
        press(phone, text=text)
    assert {"a_clip", "b_scene", "c_HD"} <= set(texts(phone))
    phone.force_stop(Vlc.package)
    phone.launch("VLC")
    assert "a_clip" in texts(phone)


def test_a_video_goes_on_with_the_clock_and_stops_when_it_is_left(phone: Phone) -> None:
    app = phone.app(Vlc.package)
    assert isinstance(app, Vlc)
    press(phone, text="b_scene")
    player = app.player
    assert isinstance(player, Player)
    later(phone, 5)
    assert player.place() == (1, 5000)
    assert phone.foreground()[1] == ".gui.video.VideoPlayerActivity"
    later(phone, 20)
    assert player.place() == (2, 5000)
    press(phone, label="Previous")
    assert player.place() == (1, 0)
    press(phone, label="Pause")
    later(phone, 90)
    assert player.place() == (1, 1000)
    press(phone, label="Forward 10 seconds")
    assert player.place() == (1, 11_000)
    press(phone, label="Rewind 10 seconds")
    press(phone, label="Rewind 10 seconds")
    assert player.place() == (1, 0)
    press(phone, label="Next")
    phone.key("BACK")
    assert app.player is None and "a_clip" in texts(phone)
    press(phone, text="More")
    press(phone, text="History")
    assert [e.text for e in phone.elements() if e.id.startswith("media_")][:2] == ["c_HD", "b_scene"]


def test_music_plays_on_behind_the_lists_and_other_apps(phone: Phone) -> None:
    press(phone, text="Audio")
    press(phone, text="Oats")
    phone.key("BACK")
    later(phone, 30)
    press(phone, label="Pause")
    later(phone, 30)
    press(phone, label="Play")
    phone.key("HOME")
    app = phone.app(Vlc.package)
    assert isinstance(app, Vlc) and app.player is not None
    assert app.player.playing and 30_000 <= app.player.place()[1] <= 36_000
    later(phone, 100)
    assert not app.player.playing


@pytest.mark.skipif(not can_decode(), reason="needs the ffmpeg program")
def test_the_player_shows_the_frames_of_the_file(phone: Phone, tmp_path: Path) -> None:
    phone.files.write("/sdcard/Download/film.mp4", film(tmp_path / "film.mp4", ["red", "blue"], 8))
    phone.key("HOME")
    phone.launch("VLC")
    press(phone, text="film")
    seen = []
    for seconds in (2, 8):
        later(phone, seconds)
        surface = next(e for e in phone.elements() if e.id == "player_surface")
        x1, y1, x2, y2 = surface.bounds
        seen.append(phone.screenshot().getpixel(((x1 + x2) // 2, (y1 + y2) // 2)))
    assert seen[0][0] > 200 > 60 > seen[0][2] and seen[1][2] > 200 > 60 > seen[1][0]


def test_a_broken_file_says_so(phone: Phone) -> None:
    phone.files.write("/sdcard/Movies/broken.mp4", b"no film")
    phone.key("HOME")
    phone.launch("VLC")
    press(phone, text="broken")
    assert any("VLC cannot play this file." in text or "No decoder" in text for text in texts(phone))


@pytest.mark.parametrize(("screen", "dark"), [("small", True), ("tall", False), ("tablet_small", True)])
def test_random_walk(screen: str, dark: bool) -> None:
    rng = random.Random(f"vlc/{screen}")
    phone = Phone([Vlc], screen=screen, seed=rng.randrange(99), dark=dark)
    for name, seconds in FILES.items():
        phone.files.write(f"/sdcard/VLCVideos/{name}", mp4(seconds, 0))
    phone.files.write("/sdcard/Music/Oats.mp3", mp3("Oats", "", 100))
    for _ in range(15):
        wander(phone, Vlc.package, rng, 15)
        assert_inside(phone)
        assert phone.screenshot().size == phone.size
    places = "SELECT max(position) - count(*) + 1 FROM PlaylistMediaRelation GROUP BY playlist_id"
    assert {row[0] for row in stored(phone, PATH, places)} <= {0}
