"""Which navigation suites there are, where each expects its files, and which module reads it. Loads nothing itself."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """One suite, as a person needs to know it before anything is read."""

    about: str
    layout: tuple[str, ...]
    """The files under `--data`, one line each."""
    splits: str
    """What `--split` takes, in words."""
    split: tuple[str, ...]
    """The default."""
    module: str
    reader: str = "READER"
    """The `Reader` in that module."""


_ANDROIDCONTROL = (
    "android_control-00000-of-00020 ...   gzipped TFRecords",
    "splits.json                          episode ids of train, validation, test",
    "test_subsplits.json                  optional: ids of its subsets of test",
)

CATALOG: dict[str, Entry] = {
    "androidcontrol-high": Entry(
        "AndroidControl with the goal alone",
        _ANDROIDCONTROL,
        "train, validation, test, a subset of test, or all",
        ("test",),
        "envs.navigation.androidcontrol",
        "READER_HIGH",
    ),
    "androidcontrol-low": Entry(
        "AndroidControl with the goal and each step's instruction",
        _ANDROIDCONTROL,
        "train, validation, test, a subset of test, or all",
        ("test",),
        "envs.navigation.androidcontrol",
        "READER_LOW",
    ),
    "gui-odyssey": Entry(
        "GUI-Odyssey: tasks across apps on six devices",
        (
            "annotations/*.json                   one episode each",
            "screenshots/                         also in subfolders",
            "splits/{random,app,task,device}_split.json",
        ),
        "random, app, task, device (the test part of each), or all",
        ("random",),
        "envs.navigation.gui_odyssey",
    ),
    "aitw": Entry(
        "Android in the Wild",
        (
            "{general,google_apps,install,single,web_shopping}/*-of-*   gzipped TFRecords; any subset, or one of them",
            "splits/*.json                        standard, unseen_subject, ...: ids of train, validation, test",
        ),
        "a file in splits/ (its test part), or all",
        ("standard",),
        "envs.navigation.aitw",
    ),
    "aitz": Entry(
        "Android in the Zoo",
        ("{train,test}/SUBSET/EPISODE/EPISODE.json beside its PNG files",),
        "test, train",
        ("test",),
        "envs.navigation.aitz",
    ),
}


def layout(name: str) -> str:
    """What `--data` and `--split` of the suite take, as indented lines."""
    entry = CATALOG[name]
    return "\n".join(["--data must hold:", *(f"  {line}" for line in entry.layout), f"--split takes {entry.splits}"])


def layouts() -> str:
    """All suites with what `--data` must hold, for a help page."""
    return "\n".join(
        "\n".join([f"  {name}", *(f"      {line}" for line in entry.layout)]) for name, entry in CATALOG.items()
    )
