"""What AndroidWorld's tasks cannot show here, give away, and need: reasons by the task's class name."""

import shutil

MISSING: dict[str, str] = {}
"""Tasks that cannot work on the simulated phone, and why."""

_VERIFY = "its start state is what the goal wants: the task is to leave it so"
GIVEN_AWAY: dict[str, str] = {
    "RecipeDeleteMultipleRecipesWithConstraint": (
        "a third of its instances have nothing to delete: 41 of the 120 ingredients that AndroidWorld draws from are "
        "in none of its recipes' directions, also because some are spelt with capitals and sought in small letters"
    ),
    "SystemBluetoothTurnOffVerify": _VERIFY,
    "SystemBluetoothTurnOnVerify": _VERIFY,
    "SystemBrightnessMaxVerify": _VERIFY,
    "SystemBrightnessMinVerify": _VERIFY,
    "SystemWifiTurnOffVerify": _VERIFY,
    "SystemWifiTurnOnVerify": _VERIFY,
}
"""Tasks with instances that are solved before anything is done, and why: their score says little of a policy."""

_SONGS = "ffmpeg makes its songs before it begins"
NEEDS_FFMPEG: dict[str, str] = {
    "MarkorTranscribeVideo": "the phone's player shows the video's frames by ffmpeg",
    "RetroCreatePlaylist": _SONGS,
    "RetroPlayingQueue": _SONGS,
    "RetroPlaylistDuration": _SONGS,
    "RetroSavePlaylist": _SONGS,
}
"""Tasks that need the ffmpeg program on the machine that runs them (apt-get install ffmpeg), and what for."""


def remark(name: str) -> str:
    """What a table says beside this task's scores; "" where there is nothing to say."""
    if name in MISSING:
        return f"cannot work here: {MISSING[name]}"
    if name in NEEDS_FFMPEG and shutil.which("ffmpeg") is None:
        return f"this machine lacks ffmpeg (apt-get install ffmpeg): {NEEDS_FFMPEG[name]}"
    return f"given away: {GIVEN_AWAY[name]}" if name in GIVEN_AWAY else ""
