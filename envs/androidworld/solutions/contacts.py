"""Solutions of the tasks in Contacts."""

from __future__ import annotations

from agentkit.actions import Type
from envs.androidworld.task import AndroidWorldTask
from envs.phone import oracle
from envs.phone.apps.contacts import Contacts
from envs.phone.device import Phone
from envs.phone.oracle import Steps


def _fill_in(phone: Phone, first: str, last: str, number: str) -> Steps:
    """Open the form for a new contact; it has the caret in its first field."""
    yield from oracle.launch(Contacts.label)
    yield from oracle.tap_label(phone, "Create contact")
    yield Type(first)
    if last:
        yield from oracle.type_into(phone, "last_name", last)
    yield from oracle.type_into(phone, "phone", number)


def _add(phone: Phone, task: AndroidWorldTask) -> Steps:
    first, _, last = task.params["name"].partition(" ")
    yield from _fill_in(phone, first, last, task.params["number"])
    yield from oracle.tap_label(phone, "Save")


def _draft(phone: Phone, task: AndroidWorldTask) -> Steps:
    params = task.params
    yield from _fill_in(phone, params["first"], params["last"], params["phone"])
    yield from oracle.tap_id(phone, "phone_label")
    yield from oracle.tap(phone, text=params["phone_label"], role="list_item")


SOLUTIONS = {"ContactsAddContact": _add, "ContactsNewContactDraft": _draft}
