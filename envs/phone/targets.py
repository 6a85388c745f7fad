"""Questions about a screen with exactly one right place: `targets(phone, rng)`.

An element is asked for only if a tap on the middle of its box reaches it, and only in words that fit nothing else on
the screen. Its box leaves out what floats above it or does something else (a switch inside of a row that opens a
page), so that every point of a box is a right answer.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Literal, TypeAlias

from agentkit.actions import Box
from envs.phone import launcher, phrases, system_bars
from envs.phone.scene import NOWHERE, Bounds, Node, intersect

if TYPE_CHECKING:
    from envs.phone.device import Phone

LAUNCHER = launcher.PACKAGE
SYSTEM = system_bars.PACKAGE
Kind: TypeAlias = Literal["text", "icon", "function", "position"]
LONGEST = 48
"""Longest name that is put into an instruction; nobody asks for an element by its paragraph."""
SMALLEST = 14
"""Least side of a target in dp."""
KEEP = 0.55
"""Least share of its rectangle that an element must keep when what lies above it is cut off."""
SYSTEM_SHARE = 0.2
"""How often each of the always present navigation keys is asked for."""
KEYS = 2
"""Most keyboard keys asked for per screen."""


@dataclass(frozen=True, slots=True)
class Target:
    """One question and its answer."""

    instruction: str
    box: Box
    """Fractions of the screenshot."""
    ui_type: Literal["text", "icon"]
    """Whether the element shows words, as ScreenSpot tells its elements apart."""
    kind: Kind
    """What the instruction goes by."""


@dataclass(slots=True, eq=False)
class _Candidate:
    node: Node
    area: Bounds
    """Its rectangle without what lies above."""
    name: str
    """Text, else label; empty when it cannot be named."""
    asks: list[tuple[Kind, str]] = field(default_factory=list)


def targets(phone: Phone, rng: random.Random, per_element: int = 1) -> list[Target]:
    """Unambiguous questions about the current screen, at most `per_element` for each element, in drawing order."""
    candidates = _candidates(phone)
    names = _NameIndex(node for node in phone.scene.nodes if node.listed)
    for candidate in candidates:
        _ask_by_name(candidate, names)
        _ask_by_icon(candidate, names)
        _ask_by_function(candidate, names)
    _ask_by_place(candidates, names, phone)
    owners: dict[str, set[int]] = defaultdict(set)
    for number, candidate in enumerate(candidates):
        for _, phrase in candidate.asks:
            owners[phrase.casefold()].add(number)
    width, height = phone.size
    found: list[Target] = []
    for candidate in _thinned(candidates, rng):
        by_kind: dict[Kind, list[str]] = defaultdict(list)
        said: set[str] = set()
        for kind, phrase in candidate.asks:
            if len(owners[phrase.casefold()]) == 1 and phrase.casefold() not in said:
                said.add(phrase.casefold())
                by_kind[kind].append(phrase)
        kinds = list(by_kind)
        rng.shuffle(kinds)
        x1, y1, x2, y2 = candidate.area
        box = Box(x1 / width, y1 / height, x2 / width, y2 / height)
        for kind in kinds[:per_element]:
            phrase = _worded(rng.choice(by_kind[kind]), rng)
            found.append(Target(phrase, box, "text" if _shows_words(candidate.node) else "icon", kind))
    return found


def _candidates(phone: Phone) -> list[_Candidate]:
    """Elements that a tap reaches, each with the part of its rectangle that is its own."""
    scene, least = phone.scene, phone.layout.dp(SMALLEST)
    clickable = [node for node in scene.nodes if node.clickable and node.enabled]
    toasts = [node.bounds for node in scene.nodes if node.role == "toast"]
    found = []
    for n, node in enumerate(clickable):
        if not node.listed or node.role in ("dialog", "scroll", "window"):
            continue
        area = _own_area(node, clickable[n + 1 :])
        hidden = any(intersect(area, toast) != NOWHERE for toast in toasts)
        if hidden or min(area[2] - area[0], area[3] - area[1]) < least:
            continue
        reached = scene.target_at((area[0] + area[2]) // 2, (area[1] + area[3]) // 2)
        if reached is node or (reached is not None and _same_job(node, reached)):
            name = node.label or node.text if node.role == "input" else node.text or node.label
            found.append(_Candidate(node, area, _clean(name)))
    return found


def _own_area(node: Node, later: Sequence[Node]) -> Bounds:
    """The node's rectangle, cut back from everything tappable that is drawn over it; empty when too little is left."""
    area = node.bounds
    for other in later:
        x1, y1, x2, y2 = area
        a1, b1, a2, b2 = other.bounds
        if a1 >= x2 or a2 <= x1 or b1 >= y2 or b2 <= y1 or _same_job(node, other):
            continue
        beside = (x1, y1, max(a1, x1), y2), (min(a2, x2), y1, x2, y2)
        area = max(*beside, (x1, y1, x2, max(b1, y1)), (x1, min(b2, y2), x2, y2), key=_size)
    return area if _size(area) >= KEEP * _size(node.bounds) else (0, 0, 0, 0)


def _same_job(row: Node, part: Node) -> bool:
    """Whether `part` is the toggle of a row that toggles as a whole."""
    return row.checkable and part.checkable and _within(part, row)


def _within(node: Node | None, ancestor: Node) -> bool:
    while node is not None:
        if node.parent is ancestor:
            return True
        node = node.parent
    return False


class _NameIndex:
    """What else on the screen goes by a name, an icon or both."""

    def __init__(self, nodes: Iterable[Node]) -> None:
        self.by_name: dict[str, list[Node]] = defaultdict(list)
        self.by_icon: dict[str, list[Node]] = defaultdict(list)
        self.by_action: dict[str, list[Node]] = defaultdict(list)
        for node in nodes:
            if node.package == SYSTEM and not node.clickable:
                continue  # the status bar's clock and signs: nobody means them
            for name in {node.text, node.label}:
                if name:
                    self.by_name[_clean(name).casefold()].append(node)
            if node.icon:
                for phrase in phrases.icon_phrases(node.icon):
                    self.by_icon[phrase].append(node)
            for phrase in phrases.action_phrases(_clean(node.label or node.text) or "-"):
                self.by_action[phrase.casefold()].append(node)

    def only(self, name: str, node: Node, role: str | None = None) -> bool:
        """Whether `name` (of that role) means `node` alone; what lies inside of it is part of it."""
        twins = self.by_name[name.casefold()]
        return all(
            twin is node or (role is not None and twin.role != role) or (not twin.clickable and _inside(twin, node))
            for twin in twins
        )


def _inside(node: Node, outer: Node) -> bool:
    return intersect(node.bounds, outer.bounds) == node.bounds


def _ask_by_name(c: _Candidate, names: _NameIndex) -> None:
    node, name = c.node, c.name
    if not name:
        return
    if node.role == "key":
        if name.isalnum():
            said = phrases.KEY if node.text else phrases.KEY[:1]
            c.asks += [("function", phrase.format(n=name)) for phrase in said]
        return
    kind: Kind = "text" if _shows_words(node) else "icon"
    if names.only(name, node) and (kind == "text" or node.icon):
        c.asks += [(kind, phrase.format(n=name)) for phrase in (phrases.TEXT if kind == "text" else phrases.ICON_LABEL)]
    elif names.only(name, node, node.role):
        c.asks += [(kind, phrase.format(n=name)) for phrase in _with_role(node.role)]


def _shows_words(node: Node) -> bool:
    """An empty field shows its hint, which is its label."""
    return bool(node.text) or node.role == "input"


def _with_role(role: str) -> tuple[str, ...]:
    """Phrases that say what kind of element is meant."""
    if role in phrases.CONTROL:
        return (phrases.CONTROL[role],)
    said = {"tab": "the {n} tab", "button": "the {n} button", "input": "the {n} field", "chip": "the {n} chip"}
    return (said[role],) if role in said else ()


def _ask_by_icon(c: _Candidate, names: _NameIndex) -> None:
    if not c.node.icon or c.node.role == "list_item":
        return
    for phrase in phrases.icon_phrases(c.node.icon):
        if len(names.by_icon[phrase]) == 1:
            c.asks.append(("icon", phrase))


def _ask_by_function(c: _Candidate, names: _NameIndex) -> None:
    node, name = c.node, c.name
    if not name or node.role == "key":
        return
    for phrase in phrases.action_phrases(name):
        if len(names.by_action[phrase.casefold()]) == 1:
            c.asks.append(("function", phrase))
    if node.checkable and not (node.parent is not None and node.parent.checkable):
        plain = phrases.CHECK_OFF if not node.checked else phrases.CHECK_ON
        switching = phrases.SWITCH_ON if node.checked else phrases.SWITCH_OFF
        if node.role == "chip":
            chosen = phrases.BY_ROLE["chip"]
        elif node.role == "radio" or _holds(names, node, "radio"):
            chosen = phrases.BY_ROLE["radio"] if not node.checked else ()
        elif node.role == "checkbox" or _holds(names, node, "checkbox"):
            chosen = plain
        else:
            chosen = switching
        c.asks += [("function", phrase.format(n=name)) for phrase in chosen]
    elif not node.checkable and names.only(name, node):
        role = "app" if node.role == "tile" and node.package == LAUNCHER else node.role
        c.asks += [("function", phrase.format(n=name)) for phrase in phrases.BY_ROLE.get(role, ())]


def _holds(names: _NameIndex, row: Node, role: str) -> bool:
    return any(twin.role == role and _within(twin, row) for twin in names.by_name[_clean(row.text).casefold()])


def _ask_by_place(candidates: Sequence[_Candidate], names: _NameIndex, phone: Phone) -> None:
    dp, (width, height) = phone.layout.dp, phone.size
    groups: dict[tuple[int, str], list[_Candidate]] = defaultdict(list)
    for c in candidates:
        groups[id(c.node.parent), c.node.role].append(c)
    lists = [group for (_, role), group in groups.items() if role == "list_item" and len(group) > 2]
    if len(lists) == 1:
        _ask_rows(lists[0], [node for node in phone.scene.nodes if node.role == "list_item"], names)
    tabs = [group for (_, role), group in groups.items() if role == "tab" and len(group) > 1]
    if len(tabs) == 1:
        _ask_tabs(tabs[0])
    for (_, role), group in groups.items():
        if role == "tile":
            _ask_neighbours(group, names)
    by_node = {id(c.node): c for c in candidates}
    for c in candidates:
        parent = c.node.parent
        if parent is not None and parent.role == "list_item" and c.node.role in phrases.BESIDE:
            siblings = [o for o in groups[id(parent), c.node.role] if o is not c]
            title = _clean(parent.text)
            row = by_node.get(id(parent))
            if not siblings and title and not parent.checkable and row and _rows_named(names, title) == 1:
                c.asks += [("position", phrase.format(n=title)) for phrase in phrases.BESIDE[c.node.role]]
    for c in candidates:
        if c.node.parent is not None and c.node.parent.id == "toolbar" and c.node.role == "button":
            if c.area[0] < dp(16):
                c.asks += [("position", phrase) for phrase in phrases.TOP_LEFT]
            elif c.area[2] > width - dp(16):
                c.asks += [("position", phrase) for phrase in phrases.TOP_RIGHT]
        elif _floats(c, width, height, dp(54)):
            c.asks += [("position", phrase) for phrase in phrases.FLOATING]


def _floats(c: _Candidate, width: int, height: int, side: int) -> bool:
    """Whether it is a floating action button: a large icon without words in the lower right."""
    x1, y1, x2, y2 = c.area
    plain = c.node.role == "button" and bool(c.node.icon) and not c.node.text and c.node.package != SYSTEM
    return plain and x1 > width // 2 and y1 > height // 2 and min(x2 - x1, y2 - y1) >= side


def _ask_rows(rows: list[_Candidate], visible: Sequence[Node], names: _NameIndex) -> None:
    """`visible` are all rows of the screen; counting is fair only when they are the list and none is a mere sliver."""
    rows = sorted(rows, key=lambda c: c.node.bounds[1])
    heights = sorted(node.bounds[3] - node.bounds[1] for node in visible)
    if len(visible) == len(rows) and 2 * heights[0] >= heights[len(heights) // 2]:
        for c, ordinal in zip(rows, phrases.ORDINALS, strict=False):
            c.asks += [("position", phrase.format(o=ordinal)) for phrase in phrases.ROW]
        rows[-1].asks += [("position", phrase) for phrase in phrases.LAST_ROW]
    for above, below in pairwise(rows):
        if above.node.bounds[3] != below.node.bounds[1]:
            continue  # a header or a card lies between
        if above.name and names.only(above.name, above.node):
            below.asks += [("position", phrase.format(n=above.name)) for phrase in phrases.BELOW]
        if below.name and names.only(below.name, below.node):
            above.asks += [("position", phrase.format(n=below.name)) for phrase in phrases.ABOVE]


def _ask_tabs(tabs: list[_Candidate]) -> None:
    tabs = sorted(tabs, key=lambda c: c.node.bounds[0])
    for c, ordinal in zip(tabs, phrases.ORDINALS, strict=False):
        c.asks += [("position", phrase.format(o=ordinal)) for phrase in phrases.TAB_PLACE]
    tabs[-1].asks += [("position", phrase) for phrase in phrases.LAST_TAB]


def _ask_neighbours(tiles: list[_Candidate], names: _NameIndex) -> None:
    """Tiles that touch, or nearly, on one line."""
    for left in tiles:
        for right in tiles:
            x1, y1, x2, y2 = left.node.bounds
            gap = right.node.bounds[0] - x2
            if right.node.bounds[1] == y1 and right.node.bounds[3] == y2 and 0 <= gap < (x2 - x1) // 4:
                if left.name and names.only(left.name, left.node):
                    right.asks += [("position", phrase.format(n=left.name)) for phrase in phrases.RIGHT_OF]
                if right.name and names.only(right.name, right.node):
                    left.asks += [("position", phrase.format(n=right.name)) for phrase in phrases.LEFT_OF]


def _rows_named(names: _NameIndex, title: str) -> int:
    return sum(node.role == "list_item" for node in names.by_name[title.casefold()])


def _thinned(candidates: Sequence[_Candidate], rng: random.Random) -> Iterator[_Candidate]:
    """All candidates, but only some of those that every screen has."""
    keys = [c for c in candidates if c.node.role == "key"]
    chosen = {id(c) for c in rng.sample(keys, min(KEYS, len(keys)))}
    for c in candidates:
        if c.node.role == "key":
            if id(c) in chosen:
                yield c
        elif c.node.parent is None or c.node.parent.id != "navigation_bar" or rng.random() < SYSTEM_SHARE:
            yield c


def _clean(name: str) -> str:
    """The name on one line; empty when it is too long to be said or cannot be printed."""
    name = " ".join(name.split())
    return name if len(name) <= LONGEST and name.isprintable() else ""


def _worded(phrase: str, rng: random.Random) -> str:
    """People write lower case, or begin with a capital letter, or end with a full stop."""
    draw = rng.random()
    if draw < 0.15:
        return phrase.lower()
    if draw < 0.45:
        phrase = phrase[0].upper() + phrase[1:]
    return phrase + "." if rng.random() < 0.08 else phrase


def _size(bounds: Bounds) -> int:
    return max(0, bounds[2] - bounds[0]) * max(0, bounds[3] - bounds[1])
