"""Galleries of answers: each picture with target and answer drawn on it, what was asked, and what the model wrote.

With the page's script they can be filtered by outcome and walked through with the keyboard; without it all of them
are there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from agentkit.errors import DataError
from agentkit.report.markup import Markup, join, tag
from agentkit.report.pictures import Shot, open_picture, picture

SIDE = 560
"""Longer side of a picture in pixels."""
BYTES = 12_000_000
"""What the pictures of one gallery may weigh. Screenshots are 20 to 80 kB each, noise is 300."""
WORDS = 4000
"""Characters of a reply that are shown."""
LOOKS = {True: "good", False: "bad", None: None}


def gallery(
    shots: Sequence[Shot], side: int = SIDE, totals: Mapping[str, int] | None = None, may_be_gone: bool = False
) -> Markup:
    """The shots as figures. `totals` says of how many each kind (a shot's first tag) was chosen.

    DataError when a picture cannot be read; with `may_be_gone` it is left out, and the page says how many are. So it
    does of pictures past the budget of bytes.
    """
    figures: list[Markup] = []
    kinds = Counter[str]()
    wide, gone, room = 0, 0, BYTES
    for shot in shots:
        try:
            image = open_picture(shot.image)
        except DataError:
            if not may_be_gone:
                raise
            gone += 1
            continue
        drawn = _figure(shot, picture(image, side, shot.target, shot.answer, shot.good, zoom=True, other=shot.other))
        room -= len(drawn)
        if room < 0 and figures:
            break
        wide += image.width > image.height
        figures.append(drawn)
        kinds[shot.tags[0] if shot.tags else ""] += 1
    lost = f"{gone} of {len(shots)} screenshots are no longer where they were." if gone else "Nothing to show."
    lack = tag("p", lost, class_="muted") if gone or not figures else None
    if not figures:
        return join(lack)
    look = "gallery wide" if 2 * wide > len(figures) else "gallery"
    filters = _filters(kinds, totals or {}, len(shots) - gone)
    return join(lack, filters, _key(shots), tag("div", *figures, class_=look))


def _filters(kinds: Mapping[str, int], totals: Mapping[str, int], offered: int) -> Markup | None:
    """Buttons that the script makes work, each with the count that is shown and the count that there is."""
    shown, all_ = sum(kinds.values()), sum(totals.values()) or offered
    if len(kinds) < 2 and not totals:
        full = f"{shown} of {offered} pictures: the page is full."
        return tag("p", full, class_="muted") if shown < offered else None
    words = [tag("button", "all ", _count(shown, all_), type="button", data_show="", aria_pressed="true")]
    for name, count in kinds.items():
        label = (name, " ", _count(count, totals.get(name, count)))
        words.append(tag("button", *label, type="button", data_show=name, aria_pressed="false"))
    hint = tag("span", "← → move · Enter opens · 0–9 filter · Esc closes", class_="hint")
    return tag("div", *words, hint, class_="filters", role="toolbar", aria_label="Outcomes")


def _count(shown: int, there: int) -> Markup:
    return tag("b", f"{shown:,}" if shown == there else f"{shown:,} of {there:,}")


def _key(shots: Sequence[Shot]) -> Markup:
    pair = any(shot.other is not None for shot in shots)
    return tag(
        "p",
        tag("span", tag("i"), "target", class_="key"),
        tag("span", tag("i", class_="round"), "right answer" if pair else "answer, inside", class_="key"),
        tag("span", tag("i", class_="round bad"), "wrong answer" if pair else "answer, outside", class_="key"),
        class_="muted",
    )


def _figure(shot: Shot, shown: Markup) -> Markup:
    look = LOOKS[shot.good]
    chips = [
        tag("span", name, class_=f"chip {look}" if look and not i else "chip") for i, name in enumerate(shot.tags)
    ]
    caption = tag(
        "figcaption",
        tag("b", shot.title),
        tag("p", shot.note) if shot.note else None,
        tag("div", *chips, class_="chips") if chips else None,
        *(_reply(name, said) for name, said in shot.replies),
    )
    kind = shot.tags[0] if shot.tags else ""
    return tag("figure", tag("div", shown, class_="frame"), caption, class_=look, tabindex=0, data_kind=kind)


def _reply(name: str, said: str) -> Markup:
    rest = len(said) - WORDS
    more = tag("p", f"… and {rest:,} more characters", class_="muted") if rest > 0 else None
    body = tag("pre", said[:WORDS], dir="auto") if said else tag("p", "(an empty reply)", class_="muted")
    return tag("details", tag("summary", name), body, more, class_="reply")
