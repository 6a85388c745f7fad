"""SMS Messenger (com.simplemobiletools.smsmessenger): conversations, chats, new messages, forwarding, search.

Messages live in the telephony provider (`envs.phone.telephony`), names in the contacts provider. Resource ids are
those of the real app where a client may look for them. Text messages from outside come in by `receive`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Literal

from envs.phone.app import App, Device
from envs.phone.apps.messages import screens
from envs.phone.people import People
from envs.phone.telephony import PATH, Box, Conversation, Message, Telephony, normalise, same_number
from envs.phone.ui import Screen
from envs.phone.words import words


class Messages(App):
    package = "com.simplemobiletools.smsmessenger"
    label = "SMS Messenger"
    icon = "message-text"
    color = (76, 140, 74)
    activity = ".activities.MainActivity"

    def __init__(self, device: Device) -> None:
        super().__init__(device)
        self.provider = Telephony(device.files)
        self.stop()

    # State

    def stop(self) -> None:
        self.view: Literal["list", "search", "new", "thread"] = "list"
        self.thread_id = 0
        self.query = ""
        self.recipient = ""
        self.forwarded = ""
        """The text that the next conversation opened from `new` starts with."""
        self.drafts: dict[int, str] = {}
        self.calm()

    def calm(self) -> None:
        """Close whatever lies over the screen: selections, menus, dialogs."""
        self.chosen_threads: set[int] = set()
        self.chosen_message: int | None = None
        self.asking: Literal["", "delete", "properties"] = ""
        self.menu_open = False

    def install(self) -> None:
        fresh = not self.device.files.exists(PATH)
        self.stop()
        if fresh:
            self.seed()

    def seed(self) -> None:
        """A few past conversations, with known people where there are contacts."""
        rng = self.device.random
        draw = words(rng)
        people = [number for _, number in self.contacts()]
        rng.shuffle(people)
        numbers = people[:3] + [draw.phone_number() for _ in range(rng.randint(2, 4))]
        for number in numbers:
            when = self.device.now() - dt.timedelta(days=rng.randint(1, 40), minutes=rng.randint(0, 1400))
            for _ in range(rng.randint(1, 6)):
                box = rng.choice((Box.INBOX, Box.SENT))
                self.provider.insert(number, draw.sentence(), when, box)
                when += dt.timedelta(minutes=rng.randint(1, 50))

    def receive(self, address: str, body: str) -> None:
        """A text message comes in from `address` now."""
        showing = self.view == "thread" and any(
            same_number(m.address, address) for m in self.provider.messages(self.thread_id)
        )
        self.provider.insert(address, body, self.device.now(), Box.INBOX, read=showing)

    def start(self, extras: Mapping[str, str]) -> None:
        """An intent with data `sms:NUMBER` or `smsto:NUMBER` opens that chat, with its extra `sms_body` as a draft."""
        scheme, _, number = extras.get("data", "").partition(":")
        if scheme in ("sms", "smsto") and number:
            self.calm()
            self.open(self.provider.thread_for(normalise(number.partition("?")[0])), normalise(number))
            if "sms_body" in extras:
                self.drafts[self.thread_id] = extras["sms_body"]

    def back(self) -> bool:
        if self.asking or self.menu_open:
            self.asking, self.menu_open = "", False
        elif self.chosen_threads or self.chosen_message is not None:
            self.calm()
        elif self.view != "list":
            self.view = "list"
            self.query = self.recipient = self.forwarded = ""
        else:
            return False
        return True

    # Names

    def contacts(self) -> list[tuple[str, str]]:
        """(name, number) of everyone in the contacts provider who has a number."""
        people = People(self.device.files).all()
        return [(person.name, number) for person in people for number, _ in person.phones]

    def name(self, address: str, contacts: list[tuple[str, str]]) -> str:
        return next((name for name, number in contacts if same_number(number, address)), address)

    # The screen

    def screen(self) -> Screen:
        match self.view:
            case "list":
                return screens.conversation_list(self)
            case "search":
                return screens.search(self)
            case "new":
                return screens.new_conversation(self)
            case "thread":
                return screens.chat(self)

    # What taps do

    def start_search(self) -> None:
        self.view, self.query = "search", ""

    def start_new(self) -> None:
        self.calm()
        self.view, self.recipient = "new", ""

    def set_query(self, text: str) -> None:
        self.query = text

    def set_recipient(self, text: str) -> None:
        self.recipient = text

    def set_draft(self, text: str) -> None:
        self.drafts[self.thread_id] = text

    def confirm_recipient(self) -> None:
        if any(c.isdigit() for c in self.recipient):
            self.begin(self.recipient)
        else:
            self.device.toast("Choose a contact or type a number")

    def begin(self, number: str) -> None:
        """Open the chat with `number`, with the forwarded text as its draft."""
        self.open(self.provider.thread_for(number), number)
        if self.forwarded:
            self.drafts[self.thread_id] = self.forwarded
            self.forwarded = ""

    def open(self, thread_id: int, address: str) -> None:
        self.view, self.thread_id, self.recipient = "thread", thread_id, normalise(address)
        self.provider.mark_read(thread_id)

    def send(self) -> None:
        body = self.drafts.pop(self.thread_id, "").strip()
        if body:
            self.thread_id = self.provider.insert(self.recipient, body, self.device.now(), Box.SENT)

    def toggle(self, thread_id: int) -> None:
        self.chosen_threads ^= {thread_id}

    def choose_all(self, conversations: list[Conversation]) -> None:
        self.chosen_threads = {c.thread_id for c in conversations}
        self.menu_open = False

    def choose_message(self, message: Message) -> None:
        self.chosen_message = message.id

    def mark_read(self) -> None:
        for thread in self.chosen_threads:
            self.provider.mark_read(thread)
        self.calm()

    def copy_number(self) -> None:
        chosen = next((c for c in self.provider.conversations() if c.thread_id in self.chosen_threads), None)
        if chosen is not None:
            self.to_clipboard(chosen.address)

    def copy(self, message: Message) -> None:
        self.to_clipboard(message.body)

    def to_clipboard(self, text: str) -> None:
        self.device.set_clipboard(text)
        self.device.toast("Value copied to clipboard")
        self.calm()

    def forward(self, message: Message) -> None:
        self.start_new()
        self.forwarded = message.body

    def delete(self) -> None:
        if self.chosen_message is not None:
            self.provider.delete_message(self.chosen_message)
        else:
            for thread in self.chosen_threads or {self.thread_id}:
                self.provider.delete_thread(thread)
                self.drafts.pop(thread, None)
            self.view = "list"
        self.calm()

    def ask_delete(self) -> None:
        self.show("delete")

    def show(self, what: Literal["delete", "properties"]) -> None:
        self.asking, self.menu_open = what, False

    def open_menu(self) -> None:
        self.menu_open = True

    def close_menu(self) -> None:
        self.menu_open = False

    def close_dialog(self) -> None:
        self.asking = ""
