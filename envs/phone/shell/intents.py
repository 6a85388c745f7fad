"""Intents: reading them off a command line and finding the app that answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from envs.phone import launcher
from envs.phone.shell.call import UsageError

if TYPE_CHECKING:
    from envs.phone.device import Phone

HOME = launcher.PACKAGE
VALUE_FLAGS = {
    **dict.fromkeys(("-e", "--es", "--ei", "--ez", "--el", "--ef", "--eu", "--ecn", "--ed"), 2),
    **dict.fromkeys(("--eia", "--ela", "--efa", "--esa", "--eial", "--elal", "--esal"), 2),
    **dict.fromkeys(("--esn", "--user", "-f", "-t", "-i", "--display", "--windowingMode", "--receiver-permission"), 1),
    **dict.fromkeys(("-P", "--sampling", "-R", "-N", "--activityType", "--task"), 1),
}
"""Options that take values, and how many."""
FLAGS = ("-D", "-N", "--activity-", "--debug", "--exclude-", "--grant-", "--include-", "--receiver-", "--selector")
"""Options without a value (or what they begin with) that change nothing here."""


@dataclass(slots=True)
class Intent:
    action: str = ""
    data: str = ""
    mime: str = ""
    package: str = ""
    component: str = ""
    """"PKG/CLS" as given, a leading dot in CLS kept."""
    categories: list[str] = field(default_factory=list)
    extras: dict[str, str] = field(default_factory=dict)
    flags: int = 0
    wait: bool = False
    stop_first: bool = False

    def describe(self) -> str:
        """As `am` prints it: `act=... dat=... cmp=... (has extras)`."""
        parts = [
            f"act={self.action}" if self.action else "",
            f"cat=[{','.join(self.categories)}]" if self.categories else "",
            f"dat={self.data}" if self.data else "",
            f"typ={self.mime}" if self.mime else "",
            f"flg=0x{self.flags:x}" if self.flags else "",
            f"pkg={self.package}" if self.package else "",
            f"cmp={self.component}" if self.component else "",
            "(has extras)" if self.extras else "",
        ]
        return f"Intent {{ {' '.join(part for part in parts if part)} }}"

    def for_app(self) -> Mapping[str, str]:
        """What `App.start` gets: the extras, and the action and data under those names."""
        own = {"action": self.action, "data": self.data, "type": self.mime}
        return {**self.extras, **{name: value for name, value in own.items() if value}}


def read_intent(words: list[str]) -> Intent:
    """The intent of `am start` and `am broadcast` arguments. Raises UsageError."""
    intent = Intent()
    words = list(words)
    single = {"-a": "action", "-d": "data", "-t": "mime", "-p": "package", "-n": "component"}
    while words:
        word = words.pop(0)
        if word in single or word == "-c":
            if not words:
                raise UsageError(f'Argument expected after "{word}"')
            if word == "-c":
                intent.categories.append(words.pop(0))
            else:
                setattr(intent, single[word], words.pop(0))
        elif word in VALUE_FLAGS:
            count = VALUE_FLAGS[word]
            if len(words) < count:
                raise UsageError(f'Argument expected after "{word}"')
            values = [words.pop(0) for _ in range(count)]
            if count == 2:
                intent.extras[values[0]] = values[1]
            elif word == "-f":
                intent.flags = _flags(values[0])
        elif word == "-W":
            intent.wait = True
        elif word == "-S":
            intent.stop_first = True
        elif not word.startswith("-"):
            _target(intent, word)
        elif not word.startswith(FLAGS):
            raise UsageError(f"Unknown option: {word}")
    if intent.component and "/" not in intent.component:
        raise UsageError(f"Bad component name: {intent.component}")
    return intent


def _flags(text: str) -> int:
    try:
        return int(text, 0)
    except ValueError:
        raise UsageError(f"bad flags {text!r}") from None


def _target(intent: Intent, word: str) -> None:
    """The trailing word: a URI, a component or a package."""
    if ":" in word:
        intent.data = word
        intent.action = intent.action or "android.intent.action.VIEW"
    elif "/" in word:
        intent.component = word
    else:
        intent.package = word


CONTACTS = ("com.google.android.contacts",)
MESSAGES = ("com.simplemobiletools.smsmessenger", "com.google.android.apps.messaging")
BROWSER = ("com.android.chrome",)
CALENDAR = ("com.simplemobiletools.calendar.pro", "com.google.android.calendar")
CLOCK = ("com.google.android.deskclock",)
DIALER = ("com.google.android.dialer",)
EMAIL = ("com.google.android.gm",)
FILES = ("com.google.android.documentsui",)
GALLERY = ("com.simplemobiletools.gallery.pro", "com.google.android.apps.photos")
CAMERA = ("com.android.camera2",)
NOTES = ("net.gsantner.markor",)
MAPS = ("net.osmand",)
MUSIC = ("code.name.monkey.retromusic",)
SETTINGS = ("com.android.settings",)

BY_DATA: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("content://contacts", CONTACTS),
    ("content://com.android.contacts", CONTACTS),
    ("content://com.android.calendar", CALENDAR),
    ("content://media", GALLERY),
    ("content://sms", MESSAGES),
    ("content://mms-sms", MESSAGES),
    ("content://com.android.externalstorage", FILES),
    ("sms:", MESSAGES),
    ("smsto:", MESSAGES),
    ("mailto:", EMAIL),
    ("tel:", DIALER),
    ("geo:", MAPS),
    ("http:", BROWSER),
    ("https:", BROWSER),
    ("package:", SETTINGS),
)
BY_ACTION: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("android.settings.", SETTINGS),
    ("android.intent.action.DIAL", DIALER),
    ("android.intent.action.SET_ALARM", CLOCK),
    ("android.intent.action.SHOW_ALARMS", CLOCK),
    ("android.intent.action.SET_TIMER", CLOCK),
    ("android.intent.action.SHOW_TIMERS", CLOCK),
    ("android.media.action.STILL_IMAGE_CAMERA", CAMERA),
    ("android.media.action.IMAGE_CAPTURE", CAMERA),
    ("android.intent.action.WEB_SEARCH", BROWSER),
)
BY_CATEGORY = {
    "android.intent.category.APP_BROWSER": BROWSER,
    "android.intent.category.APP_CALENDAR": CALENDAR,
    "android.intent.category.APP_CONTACTS": CONTACTS,
    "android.intent.category.APP_EMAIL": EMAIL,
    "android.intent.category.APP_FILES": FILES,
    "android.intent.category.APP_GALLERY": GALLERY,
    "android.intent.category.APP_MESSAGING": MESSAGES,
    "android.intent.category.APP_MUSIC": MUSIC,
    "android.intent.category.HOME": (HOME,),
}
BY_TYPE: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("vnd.android.cursor.dir/contact", CONTACTS),
    ("vnd.android.cursor.dir/raw_contact", CONTACTS),
    ("vnd.android.cursor.item/contact", CONTACTS),
    ("vnd.android.cursor.dir/event", CALENDAR),
    ("vnd.android.cursor.item/event", CALENDAR),
    ("vnd.android-dir/mms-sms", MESSAGES),
    ("image/", GALLERY),
    ("audio/", MUSIC),
    ("text/", NOTES),
    ("resource/folder", FILES),
)


def resolve(phone: Phone, intent: Intent) -> str | None:
    """The installed package that answers, None when there is none. A component or package decides alone."""
    installed = {*phone.packages(), HOME}
    named = intent.component.partition("/")[0] or intent.package
    if named:
        return named if named in installed else None
    candidates: list[str] = []
    for key, table in ((intent.data, BY_DATA), (intent.action, BY_ACTION), (intent.mime, BY_TYPE)):
        for prefix, packages in table:
            if key and key.startswith(prefix):
                candidates += packages
    for category in intent.categories:
        candidates += BY_CATEGORY.get(category, ())
    if intent.data.startswith("file:") and not candidates:
        candidates += NOTES if intent.data.endswith((".txt", ".md")) else FILES
    return next((package for package in candidates if package in installed), None)
