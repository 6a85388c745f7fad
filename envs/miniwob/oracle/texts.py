"""Fields to fill: what to write stands in the goal, elsewhere on the page, or has to be worked out."""

from __future__ import annotations

import re

from PIL import ImageColor

from agentkit.actions import Click, Hotkey, Press, Scroll, Type
from agentkit.errors import PolicyError
from envs.miniwob.dom import Dom
from envs.miniwob.oracle.moves import Moves, Rule, click, matched, quoted, submit, wait_until, write


def quoted_text(dom: Dom) -> Moves:
    yield from write(dom, "#tt", quoted(dom.goal)[0])
    yield from submit(dom)


def cased_text(dom: Dom) -> Moves:
    text = quoted(dom.goal)[0]
    yield from write(dom, "#tt", text.upper() if "upper case" in dom.goal else text.lower())
    yield from submit(dom)


def password_twice(dom: Dom) -> Moves:
    for i in (0, 1):
        yield from write(dom, "#area input", quoted(dom.goal)[0], nth=i)
    yield from submit(dom)


def login(dom: Dom) -> Moves:
    """A window may get in the way when a field is clicked: it is cancelled and the field clicked again."""
    for field, text in zip(("#username", "#password"), quoted(dom.goal), strict=True):
        yield from click(dom, field)
        if dom.all("#popup"):
            yield from click(dom, "#popup-cancel")
            yield from click(dom, field)
        yield Type(text)
    yield from submit(dom)


def nth_word(dom: Dom) -> Moves:
    number = int(matched(r"the (\d+)\w\w word", dom.goal)[1])
    yield from write(dom, "#answer-input", re.sub(r"[^a-zA-Z]", "", dom.one("#area p").text.split()[number - 1]))
    yield from submit(dom)


def last_word(dom: Dom) -> Moves:
    yield from write(dom, "#answer-input", re.sub(r"\W", "", dom.one("#text-area").value.split()[-1]))
    yield from submit(dom)


def scroll_to_end(dom: Dom) -> Moves:
    """The wheel over the text until it no longer moves."""
    down = "bottom" in dom.goal
    yield from scroll_area(dom, "#text-area", down)
    yield from submit(dom)


def scroll_area(dom: Dom, selector: str, down: bool) -> Moves:
    x, y = dom.one(selector).middle
    script = "selector => document.querySelector(selector).scrollTop"
    before = None
    while (now := dom.read(script, selector)) != before:
        before = now
        yield Scroll(dom.point((x, y)), dom.point((x, 1 if down else 209)))


def agreement(dom: Dom) -> Moves:
    """Read to the end, which unlocks the fields; then sign or not."""
    button = "#agree" if '"Agree"' in dom.goal else "#cancel"
    if "enter the name" in dom.goal:
        yield from scroll_area(dom, "#text-area", down=True)
        yield from write(dom, "#name", quoted(dom.goal)[0])
    yield from click(dom, button)


def copied(dom: Dom) -> Moves:
    """By the clipboard: select all, copy, paste."""
    number = int(found[1]) - 1 if (found := re.search(r"(\d)\w\w text area", dom.goal)) else 0
    yield from click(dom, "#area textarea", nth=number)
    yield Hotkey(("ctrl", "a"))
    yield Hotkey(("ctrl", "c"))
    yield from click(dom, "#answer-input")
    yield Hotkey(("ctrl", "v"))
    yield from submit(dom)


def table_value(dom: Dom) -> Moves:
    rows = _table(dom)
    yield from write(dom, "#tt", rows[matched(r"the value of (.+) into", dom.goal)[1]])
    yield from submit(dom)


def table_values(dom: Dom) -> Moves:
    rows = _table(dom)
    for i, label in enumerate(dom.all("#form label")):
        yield from write(dom, "#form input", rows[label.text.removesuffix(":")], nth=i)
    yield from submit(dom)


def _table(dom: Dom) -> dict[str, str]:
    cells = [cell.text for cell in dom.all("#tab td")]
    return dict(zip(cells[::2], cells[1::2], strict=True))


def arithmetic(dom: Dom) -> Moves:
    first, sign, second = matched(r"(\d+) ([-+x×]) (\d+) =", dom.one("#math-problem").text).groups()
    one, two = int(first), int(second)
    yield from write(dom, "#math-answer", str({"+": one + two, "-": one - two}.get(sign, one * two)))
    yield from submit(dom)


def algebra(dom: Dom) -> Moves:
    text = dom.one("#math-problem").text
    if found := re.search(r"x ([-+]) (\d+) = (\d+)", text):
        number, result = int(found[2]), int(found[3])
        answer = result - number if found[1] == "+" else result + number
    else:
        found = matched(r"(\d+) ([-+]) x = (\d+)", text)
        number, result = int(found[1]), int(found[3])
        answer = result - number if found[2] == "+" else number - result
    yield from write(dom, "#math-answer", str(answer))
    yield from submit(dom)


def count_blocks(dom: Dom) -> Moves:
    yield from write(dom, "#math-answer", str(len(dom.all(".addition-block"))))
    yield from submit(dom)


def distorted(dom: Dom) -> Moves:
    yield from write(dom, "#tt", dom.one("#captcha").text)
    yield from submit(dom)


def date_field(dom: Dom) -> Moves:
    """The browser's own field takes the digits of month, day and year one after the other."""
    yield from _native(dom, "".join(matched(r"(\d\d)/(\d\d)/(\d{4})", dom.goal).groups()))


def time_field(dom: Dom) -> Moves:
    """As in: Enter 9:37 PM as the time."""
    hour, minute, half = matched(r"(\d+):(\d\d) ([AP])M", dom.goal).groups()
    yield from _native(dom, f"{int(hour):02}{minute}{half}")


def _native(dom: Dom, keys: str) -> Moves:
    """Type into a field of several parts, from the first one on, wherever the click went."""
    yield from click(dom, "#tt")
    for _ in range(2):
        yield Hotkey(("left",))
    yield Type(keys)
    yield from submit(dom)


def color_field(dom: Dom) -> Moves:
    """The field of a colour picker also takes the colour's digits; it is named, or shown in the goal."""
    shown = dom.all("#query [style]")
    name = shown[0].color if shown else matched(r"Select (\w+) with", dom.goal)[1]
    red, green, blue = ImageColor.getrgb(name)[:3]
    yield from click(dom, "#col")
    yield Hotkey(("ctrl", "a"))
    yield Type(f"{red:02X}{green:02X}{blue:02X}")
    yield Click(dom.point((80, 205)))  # beside the picker, which closes it
    yield from submit(dom)


def guess(dom: Dom) -> Moves:
    """Halve what is left."""
    low, high = 0, 9
    while low <= high:
        number = (low + high) // 2
        field = dom.one("#tt")
        # In the middle of a narrow number field are the arrows that change it.
        yield Click(dom.point((field.box[0] + 6, field.middle[1])))
        yield Hotkey(("ctrl", "a"))
        yield Type(str(number))
        yield from submit(dom)
        if dom.one("#higher").shown:
            low = number + 1
        elif dom.one("#lower").shown:
            high = number - 1
        else:
            return


def autocomplete(dom: Dom) -> Moves:
    """Type the beginning and choose what ends as wanted."""
    start, *end = quoted(dom.goal)
    yield from write(dom, "#tags", start)
    items = ".ui-autocomplete .ui-menu-item-wrapper"
    yield from wait_until(lambda: bool(dom.all(items)))
    names = [item.text for item in dom.all(items)]
    name = next((n for n in names if n.startswith(start) and n.endswith(end[0] if end else "")), None)
    if name is None:
        raise PolicyError(f"nothing offered starts with {start!r} and ends with {end}: {names}")
    yield from click(dom, items, name)
    yield from submit(dom)


def search(dom: Dom) -> Moves:
    yield from write(dom, "#search-text", quoted(dom.goal)[0])
    yield from click(dom, "#search")
    number = int(matched(r"the (\d)\w\w search result", dom.goal)[1]) - 1
    if page := number // 3:
        yield from click(dom, "#pagination a", str(page + 1))
    yield from click(dom, "#page-content a", nth=number % 3)


def radio_and_number(dom: Dom) -> Moves:
    radio, number, field = matched(r'the (\d)\w\w radio .* number "(.+)" into the (\d)', dom.goal).groups()
    yield from click(dom, "#area input[type=radio]", nth=int(radio) - 1)
    yield from write(dom, "#area input[type=text]", number, nth=int(field) - 1)
    yield from submit(dom)


def film(dom: Dom) -> Moves:
    """Which field is which, its label says, before or after it, or its placeholder."""
    genre, director, year = matched(r"for (.+) movies directed by (.+) from year (\d+)", dom.goal).groups()
    labels: list[str] = dom.read(
        """() => {
          const fields = [...document.querySelectorAll('#area input[type=text]')];
          const words = /genre|director|year|date/i;
          return fields.map(field => {
            if (words.test(field.placeholder)) return field.placeholder;
            for (let scope = field.parentElement; scope; scope = scope.parentElement) {
              const inside = scope.querySelectorAll('input[type=text]').length;
              if (words.test(scope.textContent) && inside === 1) return scope.textContent;
            }
            return '';
          });
        }"""
    )
    for i, label in enumerate(labels):
        text = genre if "genre" in label.lower() else director if "director" in label.lower() else year
        yield from write(dom, "#area input[type=text]", text, nth=i)
    buttons = "#area button, #area .final, #area .ui-submit"
    yield from click(dom, buttons)


def terminal(dom: Dom) -> Moves:
    """List the files and remove one that ends as wanted."""
    wanted = found[1] if (found := re.search(r"extension (\.\S+)", dom.goal)) else ""
    yield from click(dom, "#terminal-contents")
    yield Type("ls")
    yield Press("enter")
    files = dom.all(".terminal-output .output")[-1].text.split()
    name = next((n for n in files if (n.endswith(wanted) if wanted else "." not in n)), None)
    if name is None:
        raise PolicyError(f"no file ends with {wanted!r}: {files}")
    yield Type(f"rm {name}")
    yield Press("enter")


RULES: dict[str, Rule] = {
    "enter-text": quoted_text,
    "enter-text-dynamic": quoted_text,
    "enter-text-2": cased_text,
    "enter-password": password_twice,
    "login-user": login,
    "login-user-popup": login,
    "find-word": nth_word,
    "scroll-text": last_word,
    "scroll-text-2": scroll_to_end,
    "sign-agreement": agreement,
    "copy-paste": copied,
    "copy-paste-2": copied,
    "read-table": table_value,
    "read-table-2": table_values,
    "simple-arithmetic": arithmetic,
    "simple-algebra": algebra,
    "visual-addition": count_blocks,
    "text-transform": distorted,
    "enter-date": date_field,
    "enter-time": time_field,
    "use-colorwheel": color_field,
    "use-colorwheel-2": color_field,
    "guess-number": guess,
    "use-autocomplete": autocomplete,
    "use-autocomplete-nodelay": autocomplete,
    "search-engine": search,
    "form-sequence-2": radio_and_number,
    "multi-layouts": film,
    "multi-orderings": film,
    "terminal": terminal,
}
