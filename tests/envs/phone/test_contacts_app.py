"""Contacts and the contacts provider: what lands in contacts2.db, and what of it shows."""

from __future__ import annotations

from dataclasses import replace

import pytest

from envs.phone import oracle
from envs.phone.apps.contacts import Contacts
from envs.phone.device import Phone
from envs.phone.people import EMAIL, NAME, ORGANIZATION, PATH, PHONE, People, Person
from fingers import press, stored, texts


@pytest.fixture
def phone() -> Phone:
    return Phone([Contacts], screen="small")


def test_a_contact_is_stored_in_the_providers_rows(phone: Phone) -> None:
    people = People(phone.files)
    people.clear()
    person = Person("Ada", "Byron", (("+1 555 0100", 3),), (("ada@example.com", 2),), "Engines", True)
    contact = people.save(person)
    assert set(stored(phone, PATH, "SELECT mimetype, data1, data2 FROM view_data")) == {
        (NAME, "Ada Byron", "Ada"),
        (PHONE, "+1 555 0100", "3"),
        (EMAIL, "ada@example.com", "2"),
        (ORGANIZATION, "Engines", "1"),
    }
    assert stored(phone, PATH, "SELECT starred, has_phone_number FROM contacts") == [(1, 1)]
    assert people.all() == [replace(person, id=contact)]
    people.delete(contact)
    assert people.all() == [] and people.db.execute("SELECT count(*) FROM data").fetchone() == (0,)


def test_a_contact_made_by_sql_is_on_the_screen(phone: Phone) -> None:
    db = People(phone.files).db
    db.execute("INSERT INTO raw_contacts (_id, contact_id, display_name) VALUES (900, 900, 'Aaron Aardvark')")
    db.execute(
        "INSERT INTO data (mimetype_id, raw_contact_id, data1) SELECT _id, 900, 'Aaron Aardvark' FROM mimetypes "
        "WHERE mimetype = ?",
        (NAME,),
    )
    phone.invalidate()
    phone.launch("Contacts")
    assert "Aaron Aardvark" in texts(phone)


def test_an_insert_intent_opens_the_form_filled_in(phone: Phone) -> None:
    action = {"action": "android.intent.action.INSERT", "name": "Mia Long Name", "phone": "5550100"}
    phone.start(Contacts.package, action)
    assert [oracle.read(phone, id) for id in ("first_name", "last_name", "phone")] == ["Mia", "Long Name", "5550100"]
    assert any(e.label == "Mobile Phone" and e.text == "Mobile" for e in phone.elements())
    press(phone, label="Save")
    [mia] = People(phone.files).named("mia long name")
    assert mia.phones == (("5550100", 2),)


def test_leaving_a_changed_form_asks_first(phone: Phone) -> None:
    before = People(phone.files).all()
    phone.launch("Contacts")
    press(phone, label="Create contact")
    phone.type_text("Nobody")
    phone.key("BACK")
    if "Your changes have not been saved" not in texts(phone):
        phone.key("BACK")
    assert "Your changes have not been saved" in texts(phone)
    press(phone, text="Discard")
    assert People(phone.files).all() == before
    assert any(e.label == "Create contact" for e in phone.elements())
