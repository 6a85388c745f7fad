"""Solutions of the tasks in Simple Gallery Pro, also of those that enter elsewhere what a picture says.

A picture is opened in the viewer before anything is typed. What it says is taken from the task's parameters, from which
AndroidWorld drew it: reading pixels is what these tasks ask of a policy, not of a script.
"""

from __future__ import annotations

from envs.androidworld.solutions import expenses, markor, recipes
from envs.androidworld.solutions.reading import go_to
from envs.androidworld.task import AndroidWorldTask
from envs.phone import oracle
from envs.phone.apps.gallery import Gallery
from envs.phone.device import Phone
from envs.phone.oracle import Steps


def open_picture(phone: Phone, folder: str, name: str) -> Steps:
    """Show the names below the pictures of a folder, and open one in the viewer."""
    yield from oracle.launch(Gallery.label)
    yield from oracle.tap_text(phone, folder)
    if not oracle.seen(phone, text=name):
        yield from oracle.choose(phone, "Toggle filename visibility")
    yield from go_to(phone, text=name)
    yield from oracle.tap_text(phone, name)


def _copy(phone: Phone, task: AndroidWorldTask) -> Steps:
    yield from open_picture(phone, "DCIM", task.params["file_name"])
    yield from oracle.choose(phone, "Copy to")
    if not oracle.seen(phone, text="Download"):
        yield from oracle.tap_text(phone, "Other folder")
        yield from oracle.tap_text(phone, "..")
    yield from oracle.tap_text(phone, "Download")
    if oracle.seen(phone, text="OK"):
        yield from oracle.tap_text(phone, "OK")


def _transcribe_receipt(phone: Phone, task: AndroidWorldTask) -> Steps:
    yield from open_picture(phone, "DCIM", "receipt.png")
    yield from markor.create(phone, task)


def _add_expenses(phone: Phone, task: AndroidWorldTask) -> Steps:
    yield from open_picture(phone, "DCIM", "expenses.jpg")
    yield from expenses.add_given(phone, task)


def _add_recipes(phone: Phone, task: AndroidWorldTask) -> Steps:
    yield from open_picture(phone, "DCIM", "recipes.jpg")
    yield from recipes.add_given(phone, task)


SOLUTIONS = {
    "SaveCopyOfReceiptTaskEval": _copy,
    "MarkorTranscribeReceipt": _transcribe_receipt,
    "ExpenseAddMultipleFromGallery": _add_expenses,
    "RecipeAddMultipleRecipesFromImage": _add_recipes,
}
