"""Where Files can start: the places of its drawer."""

from envs.phone.apps.listing import STORAGE

DOWNLOADS = f"{STORAGE}/Download"
COLLECTIONS = {
    "Recent": "history",
    "Images": "image",
    "Videos": "video",
    "Audio": "music-note",
    "Documents": "file-document",
}
