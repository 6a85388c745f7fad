"""What to say so that one element of a screen is meant and no other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from envs.phone import launcher, phrases, system_bars
from envs.phone.candidates import Candidate, Kind, clean, within
from envs.phone.scene import Node, intersect

if TYPE_CHECKING:
    from envs.phone.device import Phone

LAUNCHER = launcher.PACKAGE
SYSTEM = system_bars.PACKAGE


def ask(candidates: Sequence[Candidate], phone: Phone) -> None:
    """Fill `asks` of every candidate. A phrase may still stand for two of them: that is for the caller to see."""
    names = _NameIndex(node for node in phone.scene.nodes if node.listed)
    for candidate in candidates:
        _ask_by_name(candidate, names)
        _ask_by_icon(candidate, names)
        _ask_by_function(candidate, names)
    _ask_by_place(candidates, names, phone)


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
                    self.by_name[clean(name).casefold()].append(node)
            if node.icon:
                for phrase in phrases.icon_phrases(node.icon):
                    self.by_icon[phrase].append(node)
            for phrase in phrases.action_phrases(clean(node.label or node.text) or "-"):
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


def _ask_by_name(c: Candidate, names: _NameIndex) -> None:
    node, name = c.node, c.name
    if not name:
        return
    if node.role == "key":
        if name.isalnum():
            said = phrases.KEY if node.text else phrases.KEY[:1]
            c.asks += [("function", phrase.format(n=name)) for phrase in said]
        return
    kind: Kind = "text" if c.worded else "icon"
    if names.only(name, node) and (kind == "text" or node.icon):
        c.asks += [(kind, phrase.format(n=name)) for phrase in (phrases.TEXT if kind == "text" else phrases.ICON_LABEL)]
    elif names.only(name, node, node.role):
        c.asks += [(kind, phrase.format(n=name)) for phrase in _with_role(node.role)]


def _with_role(role: str) -> tuple[str, ...]:
    """Phrases that say what kind of element is meant."""
    if role in phrases.CONTROL:
        return (phrases.CONTROL[role],)
    said = {"tab": "the {n} tab", "button": "the {n} button", "input": "the {n} field", "chip": "the {n} chip"}
    return (said[role],) if role in said else ()


def _ask_by_icon(c: Candidate, names: _NameIndex) -> None:
    if not c.node.icon or c.node.role == "list_item":
        return
    for phrase in phrases.icon_phrases(c.node.icon):
        if len(names.by_icon[phrase]) == 1:
            c.asks.append(("icon", phrase))


def _ask_by_function(c: Candidate, names: _NameIndex) -> None:
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
    return any(twin.role == role and within(twin, row) for twin in names.by_name[clean(row.text).casefold()])


def _ask_by_place(candidates: Sequence[Candidate], names: _NameIndex, phone: Phone) -> None:
    dp, (width, height) = phone.layout.dp, phone.size
    groups: dict[tuple[int, str], list[Candidate]] = defaultdict(list)
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
            title = clean(parent.text)
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


def _floats(c: Candidate, width: int, height: int, side: int) -> bool:
    """Whether it is a floating action button: a large icon without words in the lower right."""
    x1, y1, x2, y2 = c.area
    plain = c.node.role == "button" and bool(c.node.icon) and not c.node.text and c.node.package != SYSTEM
    return plain and x1 > width // 2 and y1 > height // 2 and min(x2 - x1, y2 - y1) >= side


def _ask_rows(rows: list[Candidate], visible: Sequence[Node], names: _NameIndex) -> None:
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


def _ask_tabs(tabs: list[Candidate]) -> None:
    tabs = sorted(tabs, key=lambda c: c.node.bounds[0])
    for c, ordinal in zip(tabs, phrases.ORDINALS, strict=False):
        c.asks += [("position", phrase.format(o=ordinal)) for phrase in phrases.TAB_PLACE]
    tabs[-1].asks += [("position", phrase) for phrase in phrases.LAST_TAB]


def _ask_neighbours(tiles: list[Candidate], names: _NameIndex) -> None:
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
