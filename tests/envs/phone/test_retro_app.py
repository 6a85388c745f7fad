"""Retro Music: songs come from the pushed files; playlists and queue are where AndroidWorld's checkers read them."""

from __future__ import annotations

import datetime as dt
import random

import pytest

from envs.phone.apps.retro import Retro
from envs.phone.apps.retro.store import PLAYBACK, PLAYLISTS
from envs.phone.device import Phone
from fingers import assert_inside, press, stored, texts, wander
from media_files import mp3

SONGS = {"Amber": 100, "Birch": 200, "Cedar": 300, "Dogwood": 400}
"""Title -> seconds."""
LISTED = (
    "SELECT playlist_name, title FROM PlaylistEntity JOIN SongEntity ON playlist_id = playlist_creator_id "
    "ORDER BY playlist_name, song_key"
)
QUEUED = "SELECT title FROM playing_queue"


@pytest.fixture
def phone() -> Phone:
    phone = Phone([Retro], screen="medium")
    for title, seconds in SONGS.items():
        phone.files.write(f"/sdcard/Music/{title}.mp3", mp3(title, f"{title} Trio", seconds))
    phone.launch("Retro Music")
    return phone


def new_playlist(phone: Phone, name: str) -> None:
    press(phone, label="Add to playlist")
    press(phone, text="New playlist…")
    phone.type_text(name)
    press(phone, text="OK")


def queue(phone: Phone) -> list[str]:
    return [row[0] for row in stored(phone, PLAYBACK, QUEUED)]


def later(phone: Phone, seconds: float) -> None:
    phone.set_now(phone.now() + dt.timedelta(seconds=seconds))


def test_songs_are_added_to_a_new_playlist_in_the_order_of_their_selection(phone: Phone) -> None:
    press(phone, text="Cedar", long=True)
    press(phone, text="Amber")
    press(phone, text="Birch")
    press(phone, text="Amber")
    press(phone, text="Amber")
    new_playlist(phone, "Rock & Roll")
    assert stored(phone, PLAYLISTS, LISTED) == [("Rock & Roll", title) for title in ("Cedar", "Birch", "Amber")]
    durations = [row[0] for row in stored(phone, PLAYLISTS, "SELECT duration FROM SongEntity ORDER BY song_key")]
    assert [round(ms / 1000) for ms in durations] == [300, 200, 100]
    press(phone, text="Playlists")
    assert "3 songs • 09:59" in texts(phone)


def test_a_song_is_in_a_playlist_once_and_leaves_it(phone: Phone) -> None:
    for _ in range(2):
        press(phone, label="More options for Birch")
        press(phone, text="Add to playlist")
        if "Trees (1)" in texts(phone):
            press(phone, text="Trees (1)")
        else:
            press(phone, text="New playlist…")
            phone.type_text("Trees")
            press(phone, text="OK")
    assert stored(phone, PLAYLISTS, LISTED) == [("Trees", "Birch")]
    press(phone, text="Playlists")
    press(phone, text="Trees")
    press(phone, text="Birch", long=True)
    press(phone, label="More options")
    press(phone, text="Remove from playlist")
    assert stored(phone, PLAYLISTS, LISTED) == []


def test_playlists_are_made_once_renamed_and_deleted(phone: Phone) -> None:
    press(phone, text="Playlists")
    for _ in range(2):
        press(phone, label="New playlist")
        phone.type_text("Trees")
        press(phone, text="OK")
    names = "SELECT playlist_name FROM PlaylistEntity"
    assert stored(phone, PLAYLISTS, names) == [("Trees",)]
    press(phone, label="More options for Trees")
    press(phone, text="Rename")
    phone.type_text(" tall")
    press(phone, text="OK")
    assert stored(phone, PLAYLISTS, names) == [("Trees tall",)]
    press(phone, label="More options for Trees tall")
    press(phone, text="Delete")
    press(phone, text="Delete")
    assert stored(phone, PLAYLISTS, names) == []


def test_a_playlist_is_saved_as_a_file_that_never_replaces_another(phone: Phone) -> None:
    press(phone, text="Birch", long=True)
    new_playlist(phone, "Trees")
    press(phone, text="Playlists")
    for _ in range(2):
        press(phone, label="More options for Trees")
        press(phone, text="Save as file")
        press(phone, text="Save")
    assert phone.files.list("/sdcard/Download") == ["Trees (1).m3u", "Trees.m3u"]
    song = "#EXTINF:199,Birch Trio - Birch\n/storage/emulated/0/Music/Birch.mp3"
    assert phone.files.read_text("/sdcard/Download/Trees.m3u") == f"#EXTM3U\n{song}\n"


def test_a_document_goes_into_the_folder_that_was_opened(phone: Phone) -> None:
    press(phone, text="Birch", long=True)
    new_playlist(phone, "Trees")
    press(phone, text="Playlists")
    press(phone, label="More options for Trees")
    press(phone, text="Save as file")
    phone.key("BACK")
    assert "Playlists" in texts(phone)
    press(phone, label="More options for Trees")
    press(phone, text="Save as file")
    press(phone, label="Open menu")
    press(phone, text="Music")
    press(phone, label="New folder")
    phone.type_text("Playlists")
    press(phone, text="OK")
    press(phone, id="document_title")
    phone.key("DEL")
    press(phone, text="Save")
    assert phone.files.list("/sdcard/Music/Playlists") == ["Trees.m3.m3u"]


def test_songs_wait_in_the_queue(phone: Phone) -> None:
    press(phone, text="Cedar", long=True)
    press(phone, text="Amber")
    press(phone, label="Add to playing queue")
    assert queue(phone) == ["Cedar", "Amber"]
    press(phone, label="More options for Birch")
    press(phone, text="Play next")
    assert queue(phone) == ["Cedar", "Birch", "Amber"]
    assert not phone.app(Retro.package).player.playing  # type: ignore[attr-defined]
    press(phone, id="miniPlayerTitle")
    press(phone, label="Playing queue")
    press(phone, label="More options for Cedar")
    press(phone, text="Remove from playing queue")
    press(phone, label="Save playing queue")
    phone.type_text("Kept")
    press(phone, text="OK")
    press(phone, label="Clear playing queue")
    assert queue(phone) == []
    assert stored(phone, PLAYLISTS, LISTED) == [("Kept", "Birch"), ("Kept", "Amber")]


def test_playing_goes_on_with_the_clock(phone: Phone) -> None:
    player = phone.app(Retro.package).player  # type: ignore[attr-defined]
    press(phone, text="Birch")
    assert queue(phone) == list(SONGS)

    def place() -> tuple[int, int]:
        index, ms = player.place(player.store.queue())
        return index, round(ms / 1000)

    later(phone, 50)
    assert place() == (1, 50)
    later(phone, 160)
    assert place() == (2, 10)
    press(phone, id="miniPlayerTitle")
    press(phone, label="Pause")
    later(phone, 1000)
    paused = place()
    assert paused[0] == 2 and 10 <= paused[1] <= 13
    press(phone, label="Play")
    press(phone, label="Repeat: none")
    assert "Repeat: all" in [e.label for e in phone.elements()]
    later(phone, 300 + 400 + 50)
    assert place()[0] == 0
    press(phone, label="Next")
    assert place() == (1, 0)
    press(phone, label="Shuffle")
    assert sorted(queue(phone)) == list(SONGS) and queue(phone)[0] == "Birch"
    press(phone, label="Shuffle")
    assert queue(phone) == list(SONGS) and place()[0] == 1
    phone.force_stop(Retro.package)
    later(phone, 60)
    assert place()[0] == 1 and place()[1] < 10


def test_a_favorite_song_is_in_a_playlist_of_that_name(phone: Phone) -> None:
    press(phone, text="Birch")
    press(phone, id="miniPlayerTitle")
    press(phone, label="Add to favorites")
    assert stored(phone, PLAYLISTS, LISTED) == [("Favorites", "Birch")]
    press(phone, label="Remove from favorites")
    assert stored(phone, PLAYLISTS, LISTED) == []


def test_a_file_counts_as_it_is_now(phone: Phone) -> None:
    phone.files.write("/sdcard/Music/Amber.mp3", mp3("Aspen", "", 10))
    phone.files.write("/sdcard/Music/text.mp3", b"no music")
    phone.files.write("/sdcard/Android/data/x.y/files/own.mp3", mp3("Hidden"))
    phone.files.remove("/sdcard/Music/Dogwood.mp3")
    phone.invalidate()
    titles = [e.text for e in phone.elements() if e.id.startswith("song_")]
    assert titles == ["Aspen", "Birch", "Cedar"]
    assert "<unknown> • 00:09" in texts(phone)


def test_a_removed_database_is_made_again_when_music_is_scanned(phone: Phone) -> None:
    """AndroidWorld empties the folder of the databases to push one of them, and reads the other without a look at the
    app."""
    press(phone, text="Birch")
    phone.files.remove(PLAYBACK.rpartition("/")[0], recursive=True)
    phone.app(Retro.package).on_broadcast("android.intent.action.MEDIA_SCANNER_SCAN_FILE", {})
    assert queue(phone) == stored(phone, PLAYLISTS, LISTED) == []


def test_search_finds_songs_artists_and_playlists(phone: Phone) -> None:
    press(phone, text="Birch", long=True)
    new_playlist(phone, "Birches")
    press(phone, label="Search")
    phone.type_text("birch")
    phone.key("BACK")
    assert {"Songs", "Artists", "Playlists", "Birch", "Birch Trio", "Birches"} <= set(texts(phone))
    assert "Cedar" not in texts(phone)


def test_a_deleted_song_is_gone_from_the_storage(phone: Phone) -> None:
    press(phone, label="More options for Cedar")
    press(phone, text="Delete from device")
    press(phone, text="Delete")
    assert not phone.files.exists("/sdcard/Music/Cedar.mp3")
    assert "Cedar" not in texts(phone)


@pytest.mark.parametrize(("screen", "dark"), [("small", True), ("tall", False), ("tablet_small", True)])
def test_random_walk(screen: str, dark: bool) -> None:
    rng = random.Random(f"retro/{screen}")
    phone = Phone([Retro], screen=screen, seed=rng.randrange(99), dark=dark)
    for title, seconds in SONGS.items():
        phone.files.write(f"/sdcard/Music/{title}.mp3", mp3(title, "", seconds))
    for _ in range(15):
        wander(phone, Retro.package, rng, 15)
        assert_inside(phone)
        assert phone.screenshot().size == phone.size
    unmixed = stored(phone, PLAYBACK, "SELECT title FROM original_playing_queue")
    assert sorted(queue(phone)) == sorted(row[0] for row in unmixed)
