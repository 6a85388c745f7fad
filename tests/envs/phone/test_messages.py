"""SMS Messenger and the telephony provider: what lands in mmssms.db, and what of it shows."""

from __future__ import annotations

import datetime as dt

import pytest

from agentkit.errors import EnvError
from envs.phone.apps.contacts import Contacts
from envs.phone.apps.messages import Messages
from envs.phone.device import Phone
from envs.phone.people import People, Person
from envs.phone.telephony import PATH, Box, Telephony, normalise, same_number
from fingers import press, stored, texts


@pytest.fixture
def phone() -> Phone:
    phone = Phone([Contacts, Messages], screen="small")
    Telephony(phone.files).clear()
    People(phone.files).clear()
    phone.invalidate()
    return phone


@pytest.mark.parametrize(
    ("typed", "dialled"),
    [
        ("+1 (317) 555-0142", "+13175550142"),
        ("317.555.0142", "3175550142"),
        ("*100#", "*100#"),
        ("BANK", "BANK"),
        (" 55 ", "55"),
        ("", ""),
    ],
)
def test_numbers_normalise(typed: str, dialled: str) -> None:
    assert normalise(typed) == dialled


def test_same_number_forgives_the_country_code_only() -> None:
    assert same_number("+1 317 555 0142", "(317) 555-0142")
    assert not same_number("+13175550142", "+13175550143")
    assert not same_number("0142", "+13175550142")
    assert not same_number("", "+13175550142")


def test_a_sent_message_lies_where_checkers_look(phone: Phone) -> None:
    phone.launch("SMS Messenger")
    press(phone, label="New conversation")
    phone.type_text("+1 (317) 555-0142")
    phone.key("ENTER")
    press(phone, id="thread_type_message")
    phone.type_text("Hello, is it you?")
    press(phone, text="SMS")
    rows = stored(phone, PATH, "SELECT address, body, type, read, date, thread_id FROM sms")
    address, body, kind, read, date, thread = rows[0]
    assert (len(rows), address, body, kind, read) == (1, "+13175550142", "Hello, is it you?", 2, 1)
    assert abs(date / 1000 - phone.now().replace(tzinfo=dt.UTC).timestamp()) < 60
    assert stored(phone, PATH, "SELECT _id, message_count, snippet FROM threads") == [(thread, 1, "Hello, is it you?")]
    assert "Hello, is it you?" in texts(phone)
    assert phone.foreground()[1] == ".activities.ThreadActivity"


def test_received_messages_show_at_once_under_the_contact_s_name(phone: Phone) -> None:
    People(phone.files).save(Person("Greta", "Novak", (("(317) 555-0142", 2),)))
    phone.launch("SMS Messenger")
    app = phone.app(Messages.package)
    assert isinstance(app, Messages)
    app.receive("+13175550142", "First")
    phone.set_now(phone.now() + dt.timedelta(minutes=1))
    app.receive("+12015550100", "Second")
    phone.invalidate()
    names = [e.text for e in phone.elements() if e.id.startswith("conversation_")]
    assert names == ["+12015550100", "Greta Novak"]
    assert stored(phone, PATH, "SELECT body FROM sms WHERE type = 1 AND read = 0 ORDER BY date DESC") == [
        ("Second",),
        ("First",),
    ]
    press(phone, text="Greta Novak")
    assert "First" in texts(phone) and "Second" not in texts(phone)
    assert stored(phone, PATH, "SELECT read FROM sms WHERE body = 'First'") == [(1,)]


def test_rows_that_others_write_are_shown_and_get_a_thread(phone: Phone) -> None:
    db = phone.files.open_database(PATH)
    assert db is not None
    db.execute("INSERT INTO sms (address, body, date, type) VALUES ('+12015550100', 'From a script', 1697380000000, 1)")
    phone.launch("SMS Messenger")
    press(phone, text="+12015550100")
    assert "From a script" in texts(phone)
    db.execute("DELETE FROM sms")
    db.execute("DELETE FROM threads")
    phone.invalidate()
    assert "From a script" not in texts(phone)
    phone.key("BACK")
    assert "No stored conversations have been found" in texts(phone)


def test_send_to_intent_fills_the_message_box(phone: Phone) -> None:
    phone.start(
        Messages.package, {"action": "android.intent.action.SENDTO", "data": "sms:+12015550100", "sms_body": "Hi"}
    )
    assert phone.foreground() == (Messages.package, ".activities.ThreadActivity")
    press(phone, text="SMS")
    assert stored(phone, PATH, "SELECT address, body, type FROM sms") == [("+12015550100", "Hi", 2)]
    press(phone, text="SMS")
    assert len(stored(phone, PATH, "SELECT 1 FROM sms")) == 1


def test_an_empty_thread_stays_the_thread_of_its_number(phone: Phone) -> None:
    provider = Telephony(phone.files)
    thread = provider.thread_for("+12015550100")
    provider.mark_read(thread)
    assert provider.insert("(201) 555-0100", "Hi", phone.now(), Box.SENT) == thread
    assert provider.thread_for("+12015550101") != thread


def test_copy_and_forward(phone: Phone) -> None:
    provider = Telephony(phone.files)
    provider.insert("+12015550100", "Gate code 4821", phone.now(), Box.INBOX)
    phone.launch("SMS Messenger")
    press(phone, text="+12015550100")
    press(phone, text="Gate code 4821", long=True)
    press(phone, label="Copy to clipboard")
    assert phone.clipboard() == "Gate code 4821"
    press(phone, text="Gate code 4821", long=True)
    press(phone, label="More options")
    press(phone, text="Forward message")
    phone.type_text("+13175550142")
    press(phone, label="OK")
    assert [e.text for e in phone.elements() if e.id == "thread_type_message"] == ["Gate code 4821"]


def test_deleting_asks_first_and_deletes_the_chosen_only(phone: Phone) -> None:
    provider = Telephony(phone.files)
    for number in ("+12015550100", "+12015550101", "+12015550102"):
        provider.insert(number, "Hello", phone.now(), Box.INBOX)
    phone.launch("SMS Messenger")
    press(phone, text="+12015550100", long=True)
    press(phone, text="+12015550102")
    press(phone, label="Delete")
    press(phone, text="No")
    assert len(stored(phone, PATH, "SELECT 1 FROM sms")) == 3
    press(phone, label="Delete")
    press(phone, text="Yes")
    assert stored(phone, PATH, "SELECT address FROM sms") == [("+12015550101",)]
    assert stored(phone, PATH, "SELECT count(*) FROM threads") == [(1,)]


def test_a_name_without_a_number_opens_nothing(phone: Phone) -> None:
    phone.launch("SMS Messenger")
    press(phone, label="New conversation")
    phone.type_text("Nobody")
    press(phone, label="OK")
    assert phone.foreground()[1] == ".activities.NewConversationActivity"
    assert phone.toast_text == "Choose a contact or type a number"


def test_clearing_the_app_keeps_the_provider(phone: Phone) -> None:
    Telephony(phone.files).insert("+12015550100", "Still here", phone.now(), Box.INBOX)
    phone.clear_app(Messages.package)
    assert stored(phone, PATH, "SELECT body FROM sms") == [("Still here",)]


def test_a_fresh_phone_has_past_conversations_only() -> None:
    phone = Phone([Contacts, Messages], screen="small", seed=4)
    messages = Telephony(phone.files).messages()
    assert len(messages) >= 2
    assert all(m.date < phone.now() for m in messages)
    assert messages == Telephony(Phone([Contacts, Messages], screen="small", seed=4).files).messages()


def test_a_message_needs_address_and_body(phone: Phone) -> None:
    with pytest.raises(EnvError, match="address and a body"):
        Telephony(phone.files).insert("+12015550100", "", phone.now(), Box.SENT)
