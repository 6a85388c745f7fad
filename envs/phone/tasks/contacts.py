"""Tasks in Contacts. The whole address book is part of the goal: nobody else may have changed."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from envs.phone import oracle
from envs.phone.apps.contacts import Contacts
from envs.phone.apps.contacts.made_up import display_number, make_person
from envs.phone.oracle import Steps
from envs.phone.people import PHONE_TYPES, People, Person
from envs.phone.tasks.answers import says, says_number
from envs.phone.tasks.base import InfeasibleTask, PhoneTask
from envs.phone.words import words

if TYPE_CHECKING:
    from envs.phone.device import Phone

APP = Contacts.label


class ContactsTask(PhoneTask):
    """Starts from the person of the goal and decoys, one of whom shares the first name.

    `start` is the book at the beginning with the goal's person first, `expected` the book that fulfils the goal.
    """

    app: ClassVar[str] = APP

    @classmethod
    def draw(cls, rng: random.Random) -> dict[str, Any]:
        draw = words(rng)
        return {"name": draw.full_name(), "number": display_number(draw.phone_number())}

    @property
    def person(self) -> Person:
        """The person of the goal as the book holds it at the beginning."""
        first, _, last = self.params["name"].partition(" ")
        return Person(first, last, ((self.params["number"], 2),))

    def others(self) -> list[Person]:
        rng = self.rng("others")
        draw = words(rng, self.split)
        first, _, last = self.params["name"].partition(" ")
        names = draw.distinct("full_name", rng.randint(8, 14), taken=(self.params["name"],))
        people = [make_person(draw, name) for name in names]
        twin = next(person.last for person in people if person.last != last)
        return [*people, make_person(draw, f"{first} {twin}")]

    def start(self) -> list[Person]:
        return [self.person, *self.others()]

    def expected(self) -> list[Person]:
        return self.start()

    def setup(self, phone: Phone) -> None:
        people = People(phone.files)
        people.clear()
        order = self.start()
        self.rng("order").shuffle(order)
        for person in order:
            people.save(person)

    def check(self, phone: Phone, answers: Sequence[str]) -> float:
        return float(_alike(People(phone.files).all()) == _alike(self.expected()))

    def open(self, phone: Phone) -> Steps:
        """Find the person by search and open the page."""
        yield from oracle.launch(APP)
        yield from oracle.tap(phone, label="Search contacts")
        yield from oracle.type_into(phone, "open_search_view_edit_text", self.params["name"])
        yield from oracle.tap(phone, text=self.params["name"], role="list_item")


def _alike(people: Iterable[Person]) -> list[tuple[Any, ...]]:
    """What has to match: everything but row ids and the punctuation of numbers."""
    return sorted(
        (p.first, p.last, [(re.sub(r"[^+\d]", "", n), k) for n, k in p.phones], p.emails, p.company, p.starred)
        for p in people
    )


class AddContact(ContactsTask):
    template = "Create a new contact for {name}. Their number is {number}."

    def start(self) -> list[Person]:
        return self.others()

    def check(self, phone: Phone, answers: Sequence[str]) -> float:
        """The type of the number is the policy's choice."""
        return float(
            any(
                _alike(People(phone.files).all())
                == _alike([*self.others(), replace(self.person, phones=((self.params["number"], kind),))])
                for kind in PHONE_TYPES
            )
        )

    def oracle(self, phone: Phone) -> Steps:
        yield from oracle.launch(APP)
        yield from oracle.tap(phone, label="Create contact")
        yield from fill(phone, self.params["name"], self.params["number"])
        yield from oracle.tap(phone, label="Save")


class AddColleague(AddContact):
    template = 'Add {name} to the contacts with the company "{company}" and the number {number}.'
    max_steps = 20

    @classmethod
    def draw(cls, rng: random.Random) -> dict[str, Any]:
        draw = words(rng)
        company = f"{draw.adjective().capitalize()} {draw.thing().capitalize()}"
        return {**super().draw(rng), "company": company}

    @property
    def person(self) -> Person:
        return replace(super().person, company=self.params["company"])

    def oracle(self, phone: Phone) -> Steps:
        yield from oracle.launch(APP)
        yield from oracle.tap(phone, label="Create contact")
        yield from fill(phone, self.params["name"], self.params["number"])
        yield from oracle.type_into(phone, "company", self.params["company"])
        yield from oracle.tap(phone, label="Save")


class ContactDraft(ContactsTask):
    """AndroidWorld's ContactsNewContactDraft: the form is filled in and not saved."""

    template = (
        "Go to the new contact screen and enter the following details: First Name: {first}, Last Name: {last}, "
        "Phone: {number}, Phone Label: {label}. Do NOT hit save."
    )
    max_steps = 20

    @classmethod
    def draw(cls, rng: random.Random) -> dict[str, Any]:
        drawn = super().draw(rng)
        first, _, last = drawn["name"].partition(" ")
        return {**drawn, "first": first, "last": last, "label": rng.choice(("Home", "Work"))}

    def start(self) -> list[Person]:
        return self.others()

    def check(self, phone: Phone, answers: Sequence[str]) -> float:
        if not super().check(phone, answers) or phone.foreground()[0] != Contacts.package:
            return 0.0
        app = phone.app(Contacts.package)
        assert isinstance(app, Contacts)
        if app.editor is None or app.editor.draft.id:
            return 0.0
        draft = app.editor.draft.person()
        kind = next(k for k, name in PHONE_TYPES.items() if name == self.params["label"])
        wanted = Person(self.params["first"], self.params["last"], ((self.params["number"], kind),))
        return float(_alike([draft]) == _alike([wanted]))

    def oracle(self, phone: Phone) -> Steps:
        yield from oracle.launch(APP)
        yield from oracle.tap(phone, label="Create contact")
        yield from fill(phone, self.params["name"], self.params["number"])
        yield from oracle.tap(phone, id="phone_label")
        yield from oracle.tap(phone, text=self.params["label"])


class DeleteContact(ContactsTask):
    template = "Delete the contact {name}."

    def expected(self) -> list[Person]:
        return self.others()

    def oracle(self, phone: Phone) -> Steps:
        yield from self.open(phone)
        yield from oracle.choose(phone, "Delete")
        yield from oracle.tap(phone, text="Delete", role="button")


class ChangeNumber(ContactsTask):
    template = "{name} has a new phone number. Replace the old one by {new}."
    max_steps = 20

    @classmethod
    def draw(cls, rng: random.Random) -> dict[str, Any]:
        return {**super().draw(rng), "new": display_number(words(rng).phone_number())}

    def expected(self) -> list[Person]:
        return [replace(self.person, phones=((self.params["new"], 2),)), *self.others()]

    def oracle(self, phone: Phone) -> Steps:
        yield from self.open(phone)
        yield from oracle.tap(phone, label="Edit contact")
        yield from oracle.tap(phone, id="phone_delete")
        yield from oracle.tap(phone, text="Add phone")
        yield from oracle.type_into(phone, "phone", self.params["new"])
        yield from oracle.tap(phone, label="Save")


class StarContact(ContactsTask):
    template = "Add {name} to the favorites."

    def expected(self) -> list[Person]:
        return [replace(self.person, starred=True), *self.others()]

    def oracle(self, phone: Phone) -> Steps:
        yield from self.open(phone)
        yield from oracle.tap(phone, label="Add to favorites")


class NumberQuestion(ContactsTask):
    template = "What is {name}'s phone number?"

    def check(self, phone: Phone, answers: Sequence[str]) -> float:
        return float(says_number(answers, self.params["number"]))

    def oracle(self, phone: Phone) -> Steps:
        yield from self.open(phone)
        row = next(e for e in phone.elements() if e.role == "list_item" and e.icon == "phone-outline")
        yield from oracle.answer(row.text)


class EmailQuestion(ContactsTask):
    template = "What is the email address of {name}?"

    @property
    def person(self) -> Person:
        first, last = (part.lower() for part in (super().person.first, super().person.last))
        host = self.rng("host").choice(("example.com", "example.org", "example.net"))
        return replace(super().person, emails=((f"{first[0]}.{last}@{host}", 2),))

    def check(self, phone: Phone, answers: Sequence[str]) -> float:
        found = re.findall(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", answers[-1].lower()) if answers else []
        return float(found == [self.person.emails[0][0]])

    def oracle(self, phone: Phone) -> Steps:
        yield from self.open(phone)
        row = next(e for e in phone.elements() if e.role == "list_item" and e.icon == "email-outline")
        yield from oracle.answer(row.text)


class CallerQuestion(ContactsTask):
    template = "Somebody called from {number}. Who among the contacts is it?"

    def check(self, phone: Phone, answers: Sequence[str]) -> float:
        return float(says(answers, self.params["name"], among=[p.name for p in self.others()]))

    def oracle(self, phone: Phone) -> Steps:
        yield from oracle.launch(APP)
        yield from oracle.tap(phone, label="Search contacts")
        yield from oracle.type_into(phone, "open_search_view_edit_text", re.sub(r"\D", "", self.params["number"]))
        row = next(e for e in phone.elements() if e.role == "list_item")
        yield from oracle.answer(row.text)


class AbsentContact(InfeasibleTask, ContactsTask):
    """Nobody has that name; somebody shares the first name."""

    template = "Change the phone number of {name} to {number}."

    def start(self) -> list[Person]:
        return self.others()

    def oracle(self, phone: Phone) -> Steps:
        yield from oracle.launch(APP)
        yield from oracle.tap(phone, label="Search contacts")
        yield from oracle.type_into(phone, "open_search_view_edit_text", self.params["name"])
        assert oracle.seen(phone, text="No matching contacts")


def fill(phone: Phone, name: str, number: str) -> Steps:
    """Type a name and a number into the open form."""
    first, _, last = name.partition(" ")
    yield from oracle.type_into(phone, "first_name", first)
    yield from oracle.type_into(phone, "last_name", last)
    yield from oracle.type_into(phone, "phone", number)


CONTACTS_TASKS: tuple[type[PhoneTask], ...] = (
    AddContact, AddColleague, ContactDraft, DeleteContact, ChangeNumber, StarContact, NumberQuestion, EmailQuestion,
    CallerQuestion, AbsentContact,
)  # fmt: skip
