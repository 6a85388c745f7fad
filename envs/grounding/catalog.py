"""Which grounding suites there are, where each expects its files, and which module reads it. Loads nothing itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """One suite, as a person needs to know it before anything is read."""

    about: str
    layout: tuple[str, ...]
    """The files under `--data`, one line each; `{a,b}` and `*` as in a shell."""
    module: str
    reader: str = "READER"
    """The `Reader` in that module."""


CATALOG: dict[str, Entry] = {
    "screenspot": Entry(
        "SeeClick's ScreenSpot: mobile, desktop, web",
        ("screenspot_{mobile,desktop,web}.json   boxes x, y, width, height", "screenspot_imgs/"),
        "envs.grounding.screenspot",
    ),
    "screenspot-v2": Entry(
        "ScreenSpot with its mistakes corrected, both copies of it",
        (
            "screenspot_{mobile,desktop,web}_v2.json   boxes x, y, width, height (OS-Copilot)",
            "screenspotv2_image/",
            "or annotations/*.json   boxes x1, y1, x2, y2 (the variants copy)",
            "   images/",
        ),
        "envs.grounding.screenspot",
        "READER_V2",
    ),
    "screenspot-pro": Entry(
        "professional software on large screens",
        ("annotations/*.json   26 files, boxes x1, y1, x2, y2", "images/"),
        "envs.grounding.screenspot_pro",
    ),
    "osworld-g": Entry(
        "desktop screens with boxes, polygons and refusals, original instructions",
        (
            "OSWorld-G.json   the repository, or its benchmark/ folder",
            "classification_result.json   optional: the five classes",
            "images/",
        ),
        "envs.grounding.osworld_g",
    ),
    "osworld-g-refined": Entry(
        "the same targets with rewritten instructions",
        ("OSWorld-G_refined.json   else as osworld-g",),
        "envs.grounding.osworld_g",
        "READER_REFINED",
    ),
    "ui-vision": Entry(
        "desktop applications: basic, functional, spatial; the published score is the mean of the three",
        (
            "annotations/element_grounding/element_grounding_{basic,functional,spatial}.json   boxes x1, y1, x2, y2",
            "images/",
        ),
        "envs.grounding.ui_vision",
    ),
    "mmbench-gui-l2": Entry(
        "six platforms, basic and advanced instructions",
        ("L2_annotations.json   boxes x1, y1, x2, y2 as fractions", "offline_images/os_*/"),
        "envs.grounding.mmbench_gui",
    ),
    "ca-gui": Entry(
        "Chinese Android apps: function to point (cap), text to point (ocr)",
        ("code/{cap,ocr}.jsonl   positions as '<x1, y1, x2, y2>'", "images/"),
        "envs.grounding.ca_gui",
    ),
    "venusbench-gd": Entry(
        "97 applications on three platforms, five kinds of questions and refusals",
        (
            "instruction/{element,spatial,visual,reasoning,functional}_grounding.json   boxes x1, y1, x2, y2",
            "instruction/refusal_spatial.json",
            "images/{web,mobile,desktop}/",
        ),
        "envs.grounding.venusbench_gd",
    ),
}


def layouts(names: Iterable[str]) -> str:
    """The files of these suites as text for a `--help`."""
    lines = [(f"  {name}", *(f"      {line}" for line in CATALOG[name].layout)) for name in names]
    return "\n".join(line for group in lines for line in group)
