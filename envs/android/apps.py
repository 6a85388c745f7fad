"""Names that people give to apps, and the packages behind them."""

from __future__ import annotations

from collections.abc import Collection

PACKAGES: dict[str, tuple[str, ...]] = {
    "audio recorder": ("com.dimowner.audiorecorder",),
    "broccoli": ("com.flauschcode.broccoli",),
    "browser": ("com.android.chrome", "org.mozilla.firefox", "com.android.browser"),
    "calculator": ("com.google.android.calculator", "com.android.calculator2"),
    "calendar": ("com.google.android.calendar", "com.simplemobiletools.calendar.pro", "com.android.calendar"),
    "camera": ("com.google.android.GoogleCamera", "com.android.camera2", "com.android.camera"),
    "chrome": ("com.android.chrome",),
    "clock": ("com.google.android.deskclock", "com.android.deskclock"),
    "contacts": ("com.google.android.contacts", "com.android.contacts"),
    "drive": ("com.google.android.apps.docs",),
    "files": ("com.google.android.documentsui", "com.google.android.apps.nbu.files", "com.android.documentsui"),
    "firefox": ("org.mozilla.firefox",),
    "gallery": ("com.simplemobiletools.gallery.pro", "com.google.android.apps.photos", "com.android.gallery3d"),
    "gmail": ("com.google.android.gm",),
    "joplin": ("net.cozic.joplin",),
    "keep": ("com.google.android.keep",),
    "maps": ("com.google.android.apps.maps",),
    "markor": ("net.gsantner.markor",),
    "messages": ("com.google.android.apps.messaging", "com.simplemobiletools.smsmessenger", "com.android.mms"),
    "opentracks": ("de.dennisguse.opentracks",),
    "osmand": ("net.osmand",),
    "phone": ("com.google.android.dialer", "com.android.dialer"),
    "photos": ("com.google.android.apps.photos",),
    "play store": ("com.android.vending",),
    "pro expense": ("com.arduia.expense",),
    "retro music": ("code.name.monkey.retromusic",),
    "settings": ("com.android.settings",),
    "simple calendar pro": ("com.simplemobiletools.calendar.pro",),
    "simple draw pro": ("com.simplemobiletools.draw.pro",),
    "simple gallery pro": ("com.simplemobiletools.gallery.pro",),
    "simple sms messenger": ("com.simplemobiletools.smsmessenger",),
    "sms messenger": ("com.simplemobiletools.smsmessenger",),
    "spotify": ("com.spotify.music",),
    "tasks": ("org.tasks", "com.google.android.apps.tasks"),
    "telegram": ("org.telegram.messenger",),
    "vlc": ("org.videolan.vlc",),
    "whatsapp": ("com.whatsapp",),
    "youtube": ("com.google.android.youtube",),
}
"""Name in lower case -> packages in order of preference."""
ALIASES = {"google chrome": "chrome", "google maps": "maps", "dialer": "phone", "system settings": "settings"}


def find_package(name: str, installed: Collection[str]) -> str | None:
    """The installed package that `name` means: a package itself, a known name, or the only one that ends in it.

    None when there is none or when it could be several.
    """
    wanted = " ".join(name.casefold().split())
    if name.strip() in installed:
        return name.strip()
    wanted = ALIASES.get(wanted, wanted)
    for words in (wanted, wanted.removesuffix(" app"), wanted.removeprefix("google ")):
        for package in PACKAGES.get(words, ()):
            if package in installed:
                return package
    plain = wanted.replace(" ", "")
    endings = [package for package in installed if package.rpartition(".")[2].casefold() == plain]
    return endings[0] if len(endings) == 1 else None
