"""Tabs, foldable sections, menus and trees: open what hides the target, then click it."""

from __future__ import annotations

from functools import partial
from itertools import pairwise

from envs.miniwob.dom import Dom
from envs.miniwob.oracle.moves import Moves, Rule, click, hover_open, matched, quoted, submit, wait_until


def numbered_tab(dom: Dom) -> Moves:
    yield from click(dom, "#area ul a", matched(r"Tab #\d", dom.goal)[0])


def link_in_tabs(dom: Dom) -> Moves:
    """The tab whose panel holds the link, then the link."""
    name = quoted(dom.goal)[0]
    for number in range(1, 1 + len(dom.all("#area > ul a"))):
        panel = f"#tabs-{number}"
        if any(link.text == name for link in dom.all(f"{panel} .alink")):
            if not dom.one(panel).shown:
                yield from click(dom, f'#area > ul a[href="{panel}"]')
            yield from click(dom, f"{panel} .alink", name)
            return
    # The medium page leaves its second panel empty: the tab itself counts then.
    yield from click(dom, "#area > ul a", nth=1)


def section(dom: Dom) -> Moves:
    yield from click(dom, "#area h3")
    yield from submit(dom)


def link_in_sections(dom: Dom) -> Moves:
    name = quoted(dom.goal)[0]
    for number in range(1, 1 + len(dom.all("#area > h3"))):
        panel = f"#area > h3:nth-of-type({number}) + div"
        if any(link.text == name for link in dom.all(f"{panel} .alink")):
            yield from click(dom, f"#area > h3:nth-of-type({number})")
            yield from click(dom, f"{panel} .alink", name)
            return


def menu_path(dom: Dom) -> Moves:
    """As in: Select Alvera>Terza>Ludovika. Submenus unfold under a resting pointer; a click would choose."""
    *parents, leaf = matched(r"Select (.*)", dom.goal)[1].split(">")
    items = "#menu .ui-menu-item-wrapper"
    for parent, child in pairwise([*parents, leaf]):
        yield from hover_open(dom, items, parent, partial(_in_reach, dom, items, child))
    yield from click(dom, items, leaf)


def icon_menu(dom: Dom) -> Moves:
    """The item is named, or shown by its icon."""
    items = "#menu .ui-menu-item-wrapper"
    icons = dom.all("#query .ui-icon")
    if icons:
        name = next(c for c in icons[0].classes if c != "ui-icon")
        item = f"{items}:has(.{name})"
        text = dom.one(item).text
    else:
        text = quoted(dom.goal)[1]
    yield from click(dom, "#open-menu")
    if text in ("Prev", "Stop", "Play", "Next"):
        yield from hover_open(dom, items, "Playback", partial(_in_reach, dom, items, text))
    yield from click(dom, items, text)


def pie(dom: Dom) -> Moves:
    items, name = "#divWheel svg text", quoted(dom.goal)[0]
    yield from click(dom, items, "+")
    yield from wait_until(partial(_in_reach, dom, items, name))
    yield from click(dom, items, name)


def _in_reach(dom: Dom, selector: str, text: str) -> bool:
    return dom.one(selector, text).at is not None


def tree(dom: Dom) -> Moves:
    """Unfold the folders above the target, outermost first."""
    name = quoted(dom.goal)[0]
    spans = "#tree span.folder, #tree span.file"
    number = next(i for i, span in enumerate(dom.all(spans)) if span.text == name)
    above: list[int] = dom.read(
        """({spans, number}) => {
          const all = [...document.querySelectorAll(spans)], found = [];
          for (let item = all[number].closest('li').parentElement.closest('#tree li'); item;
               item = item.parentElement.closest('#tree li'))
            found.unshift(all.indexOf(item.querySelector(':scope > span')));
          return found;
        }""",
        {"spans": spans, "number": number},
    )
    for folder, inside in pairwise([*above, number]):
        if not dom.all(spans)[inside].shown:
            yield from click(dom, spans, nth=folder)
    yield from click(dom, spans, nth=number)


RULES: dict[str, Rule] = {
    "click-tab": numbered_tab,
    "click-tab-2": link_in_tabs,
    "click-tab-2-easy": link_in_tabs,
    "click-tab-2-medium": link_in_tabs,
    "click-tab-2-hard": link_in_tabs,
    "click-collapsible": section,
    "click-collapsible-nodelay": section,
    "click-collapsible-2": link_in_sections,
    "click-collapsible-2-nodelay": link_in_sections,
    "click-menu": menu_path,
    "click-menu-2": icon_menu,
    "click-pie": pie,
    "click-pie-nodelay": pie,
    "navigate-tree": tree,
}
