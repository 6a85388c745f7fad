"""Buttons, links, dialogs and fields: find the one that the goal names and click it."""

from __future__ import annotations

from envs.miniwob.dom import Dom
from envs.miniwob.oracle.moves import Moves, Rule, click, matched, quoted, submit


def the_only(selector: str) -> Rule:
    """Click the one thing there is."""
    return lambda dom: click(dom, selector)


def quoted_in(selector: str) -> Rule:
    """Click what says the words that the goal quotes."""
    return lambda dom: click(dom, selector, quoted(dom.goal)[0])


def named_button(dom: Dom) -> Moves:
    """As in: Click button ONE."""
    yield from click(dom, "#area button", matched(r"button (\w+)", dom.goal)[1])


def button_sequence(dom: Dom) -> Moves:
    for name in ("ONE", "TWO"):
        yield from click(dom, "#area button", name)


def dialog_button(dom: Dom) -> Moves:
    name = quoted(dom.goal)[0]
    if name == "x":
        yield from click(dom, ".ui-dialog-titlebar button")
    else:
        yield from click(dom, ".ui-dialog-buttonpane button", name)


def widget(dom: Dom) -> Moves:
    yield from click(dom, f'[data-type="{quoted(dom.goal)[0]}"]')


def colored_box(dom: Dom) -> Moves:
    color = matched(r"Click on the (.+) colored box", dom.goal)[1]
    yield from click(dom, f'#area [data-color="{color}"]')


def nth_field(dom: Dom) -> Moves:
    """As in: Focus into the 2nd input textbox."""
    yield from click(dom, "#area input", nth=int(matched(r"(\d)\w\w input", dom.goal)[1]) - 1)


def generated_number(dom: Dom) -> Moves:
    """Ask for numbers until one fits."""
    fits = {
        "less than": lambda number, bound: number < bound,
        "greater than": lambda number, bound: number > bound,
        "odd": lambda number, bound: number % 2 == 1,
        "even": lambda number, bound: number % 2 == 0,
    }
    found = matched(r"(less than|greater than|odd|even) ?(\d*)", dom.goal)
    bound = int(found[2] or 0)
    number = -1
    while number < 0 or not fits[found[1]](number, bound):
        yield from click(dom, "#generate")
        number = int(dom.one("#display-number").text)
    yield from click(dom, "#submit")


def greatest_card(dom: Dom) -> Moves:
    cards = dom.all(".card")
    yield from click(dom, ".card", nth=max(range(len(cards)), key=lambda i: int(cards[i].text)))
    yield from submit(dom)


def odd_or_even(dom: Dom) -> Moves:
    for i, number in enumerate(dom.all(".display-number")):
        yield from click(dom, ".odd" if int(number.text) % 2 else ".even", nth=i)
    yield from submit(dom)


def win_tic_tac_toe(dom: Dom) -> Moves:
    """Win if possible, else prevent the loss, else take the best free field. Chance decides the opponent's moves, so
    not every game can be won."""
    lines = ((0, 1, 2), (3, 4, 5), (6, 7, 8), (0, 3, 6), (1, 4, 7), (2, 5, 8), (0, 4, 8), (2, 4, 6))
    while True:
        marks = [item.classes[0] if item.classes else "" for item in dom.all(".ttt-row span")]
        free = [i for i, mark in enumerate(marks) if not mark]
        if not free:
            return

        def completes(i: int, mark: str, marks: list[str] = marks) -> bool:
            return any(i in line and all(marks[j] == mark for j in line if j != i) for line in lines)

        def promise(i: int, marks: list[str] = marks) -> int:
            """How many lines through `i` are still open, those with a mark of ours counted more."""
            open_lines = [line for line in lines if i in line and not any(marks[j] == "mark-o" for j in line)]
            return sum(1 + 3 * sum(marks[j] == "mark-x" for j in line) for line in open_lines)

        best = max(free, key=lambda i: (completes(i, "mark-x"), completes(i, "mark-o"), promise(i), i == 4))
        yield from click(dom, ".ttt-row span", nth=best)


RULES: dict[str, Rule] = {
    "click-test": the_only("#subbtn"),
    "click-test-2": named_button,
    "click-test-transfer": named_button,
    "click-button": quoted_in("#area button"),
    "unicode-test": quoted_in("#area button"),
    "click-button-sequence": button_sequence,
    "click-link": quoted_in(".alink"),
    "click-dialog": the_only(".ui-dialog-titlebar button"),
    "click-dialog-2": dialog_button,
    "click-widget": widget,
    "click-color": colored_box,
    "focus-text": the_only("#area input"),
    "focus-text-2": nth_field,
    "generate-number": generated_number,
    "find-greatest": greatest_card,
    "odd-or-even": odd_or_even,
    "tic-tac-toe": win_tic_tac_toe,
}
