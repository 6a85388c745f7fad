"""Solutions of the tasks in Pro Expense."""

from __future__ import annotations

from agentkit.actions import Type
from agentkit.errors import EnvError
from envs.androidworld.solutions.markor import read_note
from envs.androidworld.solutions.reading import PAGE, PAGES, Row, delete_each, records, rows
from envs.androidworld.task import AndroidWorldTask
from envs.phone import oracle
from envs.phone.apps.expenses import Expenses, category_name
from envs.phone.device import Phone
from envs.phone.oracle import Steps

ROW = "expense_"
MARK = ". Reimbursable."
"""What AndroidWorld puts behind the notes of the expenses to enter; its checker wants the notes without it."""


def _add(phone: Phone, name: str, dollars: str, category: str, note: str) -> Steps:
    yield from oracle.tap_label(phone, "Add expense")
    yield from oracle.type_into(phone, "edt_name", f"{name}\n")  # Enter goes on to the next field
    yield Type(f"{dollars}\n")
    yield Type(note)
    yield from oracle.tap_text(phone, category)
    yield from oracle.tap_label(phone, "Save")


def add_given(phone: Phone, task: AndroidWorldTask) -> Steps:
    """What the goal spells out."""
    yield from oracle.launch(Expenses.label)
    for row in task.params["row_objects"]:
        yield from _add(phone, row["name"], f"{row['amount'] / 100:.2f}", category_name(row["category"]), row["note"])


def _add_reimbursable(phone: Phone, task: AndroidWorldTask) -> Steps:
    text = yield from read_note(phone, "my_expenses.txt")
    yield from oracle.launch(Expenses.label)
    for record in records(text):
        if record["note"].endswith(MARK):
            dollars, note = record["amount_dollars"].removeprefix("$"), record["note"].removesuffix(MARK)
            yield from _add(phone, record["name"], dollars, record["category_name"], note)


def _open_log(phone: Phone) -> Steps:
    yield from oracle.launch(Expenses.label)
    yield from oracle.tap_text(phone, "More logs")


def _delete_shown(phone: Phone) -> Steps:
    """Delete the expense whose details are open."""
    yield from oracle.tap_id(phone, "img_delete")
    yield from oracle.tap_id(phone, "btn_delete")


def _delete_named(phone: Phone, task: AndroidWorldTask) -> Steps:
    yield from _open_log(phone)
    names = [row["name"] for row in task.params["row_objects"]]
    yield from delete_each(phone, names, lambda: _delete_shown(phone))


def _delete_duplicate(phone: Phone, task: AndroidWorldTask) -> Steps:
    """Go down the log to two rows that say the same, look at the details of both, delete the second."""
    yield from _open_log(phone)
    met: dict[Row, str] = {}
    for _ in range(PAGES):
        for id, row in rows(phone, ROW).items():
            twin = met.setdefault(row, id) if len(row) == 3 else id
            if twin != id:
                yield from oracle.tap_id(phone, twin)
                first = _details(phone)
                yield from oracle.tap_id(phone, "img_close")
                yield from oracle.tap_id(phone, id)
                if _details(phone) != first:
                    raise EnvError(f"two expenses that the log shows as {row} must have equal details, got {first}")
                yield from _delete_shown(phone)
                return
        yield PAGE
    raise EnvError(f"the log must show two equal expenses, found none among {len(met)}")


def _details(phone: Phone) -> list[str]:
    return [e.text for e in phone.elements() if e.text.startswith(("Amount: ", "Category: ", "Date: ", "Note: "))]


SOLUTIONS = {
    "ExpenseAddSingle": add_given,
    "ExpenseAddMultiple": add_given,
    "ExpenseAddMultipleFromMarkor": _add_reimbursable,
    "ExpenseDeleteSingle": _delete_named,
    "ExpenseDeleteMultiple": _delete_named,
    "ExpenseDeleteMultiple2": _delete_named,
    "ExpenseDeleteDuplicates": _delete_duplicate,
    "ExpenseDeleteDuplicates2": _delete_duplicate,
}
