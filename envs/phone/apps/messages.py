"""SMS Messenger (com.simplemobiletools.smsmessenger): conversations, chats, new messages, forwarding, search.

Messages live in the telephony provider (`envs.phone.telephony`), names in the contacts provider. Resource ids are
those of the real app where a client may look for them. Text messages from outside come in by `receive`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import partial
from typing import Literal

from envs.phone.app import App, Device
from envs.phone.people import People
from envs.phone.telephony import PATH, Box, Conversation, Message, Telephony, normalise, same_number
from envs.phone.ui import (
    Avatar,
    Bubble,
    Button,
    Dialog,
    Fab,
    Header,
    IconButton,
    Line,
    ListItem,
    Menu,
    Screen,
    Text,
    TextField,
    Widget,
)
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
            self._seed()

    def _seed(self) -> None:
        """A few past conversations, with known people where there are contacts."""
        rng = self.device.random
        draw = words(rng)
        people = [number for _, number in self._contacts()]
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
            self._open(self.provider.thread_for(normalise(number.partition("?")[0])), normalise(number))
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

    def _contacts(self) -> list[tuple[str, str]]:
        """(name, number) of everyone in the contacts provider who has a number."""
        people = People(self.device.files).all()
        return [(person.name, number) for person in people for number, _ in person.phones]

    def _name(self, address: str, contacts: list[tuple[str, str]]) -> str:
        return next((name for name, number in contacts if same_number(number, address)), address)

    # Screens

    def screen(self) -> Screen:
        match self.view:
            case "list":
                return self._list()
            case "search":
                return self._search()
            case "new":
                return self._new()
            case "thread":
                return self._thread()

    def _list(self) -> Screen:
        contacts = self._contacts()
        conversations = self.provider.conversations()
        chosen = self.chosen_threads
        rows: list[Widget] = [self._conversation(c, contacts) for c in conversations]
        if not rows:
            rows = [
                Text("No stored conversations have been found", align="center", color="on_surface_variant"),
                Button("Start a conversation", kind="text", on_tap=self._start_new, id="no_conversations_placeholder"),
            ]
        if not chosen:
            return Screen(
                "Messages",
                rows,
                name=self.activity,
                actions=[IconButton("magnify", label="Search", on_tap=self._start_search, id="search")],
                fab=Fab("plus", label="New conversation", on_tap=self._start_new, id="conversations_fab"),
                scroll_key="conversations",
            )
        items = [
            ("Select all", partial(self._choose_all, conversations)),
            ("Mark as read", self._mark_read),
        ]
        if len(chosen) == 1:
            items.insert(0, ("Copy number to clipboard", self._copy_number))
        count = f"{len(chosen)} conversation" + ("s" if len(chosen) > 1 else "")
        return Screen(
            f"{len(chosen)} / {len(conversations)}",
            rows,
            name=self.activity,
            nav="close",
            on_nav=self.calm,
            actions=[IconButton("delete", label="Delete", on_tap=self._ask_delete, id="cab_delete"), self._more()],
            menu=Menu(items, on_dismiss=self._close_menu) if self.menu_open else None,
            dialog=self._confirm_delete(f"Delete {count} with all messages?") if self.asking == "delete" else None,
            scroll_key="conversations",
        )

    def _conversation(self, item: Conversation, contacts: list[tuple[str, str]]) -> ListItem:
        thread = item.thread_id
        name = self._name(item.address, contacts)
        draft = self.drafts.get(thread, "")
        chosen = self.chosen_threads
        return ListItem(
            name,
            f"Draft: {draft}" if draft else item.last.body.replace("\n", " "),
            leading=Avatar(_letter(name)),
            trailing=Text(
                self._when(item.last.date), style="label", color="primary" if item.unread else "on_surface_variant"
            ),
            on_tap=(partial(self._toggle, thread)) if chosen else (partial(self._open, thread, item.address)),
            on_long_press=partial(self._toggle, thread),
            selected=thread in chosen,
            id=f"conversation_{thread}",
        )

    def _search(self) -> Screen:
        contacts = self._contacts()
        rows: list[Widget] = [
            TextField(self.query, self._set_query, hint="Search", autofocus=True, id="top_toolbar_search")
        ]
        if len(self.query) >= 2:
            needle = self.query.casefold()
            people = [
                c
                for c in self.provider.conversations()
                if needle in self._name(c.address, contacts).casefold() or needle in c.address
            ]
            rows += [self._conversation(c, contacts) for c in people]
            found = self.provider.search(self.query)
            if found:
                rows.append(Header("Messages"))
            rows += [self._hit(m, contacts) for m in found[:30]]
            if not people and not found:
                rows.append(Text("No items found", align="center", color="on_surface_variant"))
        return Screen("Search", rows, name=".activities.SearchActivity", nav="back", scroll_key="search")

    def _hit(self, message: Message, contacts: list[tuple[str, str]]) -> ListItem:
        name = self._name(message.address, contacts)
        return ListItem(
            name,
            message.body,
            leading=Avatar(_letter(name)),
            trailing=Text(self._when(message.date), style="label", color="on_surface_variant"),
            on_tap=partial(self._open, message.thread_id, message.address),
            id=f"message_{message.id}",
        )

    def _new(self) -> Screen:
        needle = self.recipient.casefold().strip()
        rows: list[Widget] = [
            TextField(
                self.recipient,
                self._set_recipient,
                hint="Add contact or number…",
                on_submit=self._confirm_recipient,
                autofocus=True,
                id="new_conversation_address",
            )
        ]
        for name, number in sorted(self._contacts()):
            if needle in name.casefold() or (normalise(needle) or "\0") in normalise(number):
                rows.append(
                    ListItem(
                        name,
                        number,
                        leading=Avatar(_letter(name)),
                        on_tap=partial(self._begin, number),
                    )
                )
        return Screen(
            "New conversation",
            rows,
            name=".activities.NewConversationActivity",
            nav="back",
            actions=[IconButton("check", label="OK", on_tap=self._confirm_recipient, id="new_conversation_confirm")],
            scroll_key="new conversation",
        )

    def _thread(self) -> Screen:
        contacts = self._contacts()
        messages = self.provider.messages(self.thread_id)
        name = self._name(self.recipient, contacts)
        rows: list[Widget] = []
        day: dt.date | None = None
        for message in messages:
            if message.date.date() != day:
                day = message.date.date()
                rows.append(Text(self._day(day), style="caption", align="center", color="on_surface_variant"))
            rows.append(
                Bubble(
                    message.body,
                    message.mine,
                    f"{message.date:%H:%M}",
                    on_long_press=partial(self._choose_message, message),
                    id=f"thread_message_{message.id}",
                )
            )
        footer = Line(
            [
                TextField(
                    self.drafts.get(self.thread_id, ""),
                    self._set_draft,
                    hint="Type a message…",
                    multiline=True,
                    id="thread_type_message",
                ),
                Button("SMS", icon="send", kind="text", on_tap=self._send, id="thread_send_message"),
            ],
            spread=False,
        )
        chosen = next((m for m in messages if m.id == self.chosen_message), None)
        if chosen is None:
            menu = Menu([("Delete conversation", self._ask_delete)], on_dismiss=self._close_menu)
            question = "Delete 1 conversation with all messages?"
            title, subtitle, actions = name, "" if name == self.recipient else self.recipient, [self._more()]
        else:
            menu = Menu(
                [
                    ("Forward message", partial(self._forward, chosen)),
                    ("Properties", partial(self._show, "properties")),
                ],
                on_dismiss=self._close_menu,
            )
            question = "Delete 1 message?"
            title, subtitle = f"1 / {len(messages)}", ""
            actions = [
                IconButton(
                    "content-copy", label="Copy to clipboard", on_tap=partial(self._copy, chosen), id="cab_copy"
                ),
                IconButton("delete", label="Delete", on_tap=self._ask_delete, id="cab_delete"),
                self._more(),
            ]
        dialog = None
        if self.asking == "delete":
            dialog = self._confirm_delete(question)
        elif self.asking == "properties" and chosen is not None:
            dialog = self._properties(chosen, contacts)
        return Screen(
            title,
            rows,
            name=".activities.ThreadActivity",
            nav="back" if chosen is None else "close",
            on_nav=None if chosen is None else self.calm,
            actions=actions,
            subtitle=subtitle,
            menu=menu if self.menu_open else None,
            dialog=dialog,
            footer=[footer],
            scroll_key=f"thread {self.thread_id}",
            start_at_end=True,
        )

    def _confirm_delete(self, question: str) -> Dialog:
        return Dialog(
            body=[Text(question)],
            buttons=[
                Button("No", kind="text", on_tap=self._close_dialog, id="dialog_no"),
                Button("Yes", kind="text", on_tap=self._delete, id="dialog_yes"),
            ],
            on_dismiss=self._close_dialog,
        )

    def _properties(self, message: Message, contacts: list[tuple[str, str]]) -> Dialog:
        who = self._name(message.address, contacts)
        return Dialog(
            "Properties",
            [
                Text(f"{'Receiver' if message.mine else 'Sender'}: {who}"),
                Text(f"Number: {message.address}"),
                Text(f"{'Sent' if message.mine else 'Received'} at: {message.date:%Y-%m-%d %H:%M}"),
            ],
            [Button("OK", kind="text", on_tap=self._close_dialog, id="dialog_ok")],
            on_dismiss=self._close_dialog,
        )

    def _more(self) -> IconButton:
        return IconButton("dots-vertical", label="More options", on_tap=self._open_menu, id="more")

    # What taps do

    def _start_search(self) -> None:
        self.view, self.query = "search", ""

    def _start_new(self) -> None:
        self.calm()
        self.view, self.recipient = "new", ""

    def _set_query(self, text: str) -> None:
        self.query = text

    def _set_recipient(self, text: str) -> None:
        self.recipient = text

    def _set_draft(self, text: str) -> None:
        self.drafts[self.thread_id] = text

    def _confirm_recipient(self) -> None:
        if any(c.isdigit() for c in self.recipient):
            self._begin(self.recipient)
        else:
            self.device.toast("Choose a contact or type a number")

    def _begin(self, number: str) -> None:
        """Open the chat with `number`, with the forwarded text as its draft."""
        self._open(self.provider.thread_for(number), number)
        if self.forwarded:
            self.drafts[self.thread_id] = self.forwarded
            self.forwarded = ""

    def _open(self, thread_id: int, address: str) -> None:
        self.view, self.thread_id, self.recipient = "thread", thread_id, normalise(address)
        self.provider.mark_read(thread_id)

    def _send(self) -> None:
        body = self.drafts.pop(self.thread_id, "").strip()
        if body:
            self.thread_id = self.provider.insert(self.recipient, body, self.device.now(), Box.SENT)

    def _toggle(self, thread_id: int) -> None:
        self.chosen_threads ^= {thread_id}

    def _choose_all(self, conversations: list[Conversation]) -> None:
        self.chosen_threads = {c.thread_id for c in conversations}
        self.menu_open = False

    def _choose_message(self, message: Message) -> None:
        self.chosen_message = message.id

    def _mark_read(self) -> None:
        for thread in self.chosen_threads:
            self.provider.mark_read(thread)
        self.calm()

    def _copy_number(self) -> None:
        chosen = next((c for c in self.provider.conversations() if c.thread_id in self.chosen_threads), None)
        if chosen is not None:
            self._to_clipboard(chosen.address)

    def _copy(self, message: Message) -> None:
        self._to_clipboard(message.body)

    def _to_clipboard(self, text: str) -> None:
        self.device.set_clipboard(text)
        self.device.toast("Value copied to clipboard")
        self.calm()

    def _forward(self, message: Message) -> None:
        self._start_new()
        self.forwarded = message.body

    def _delete(self) -> None:
        if self.chosen_message is not None:
            self.provider.delete_message(self.chosen_message)
        else:
            for thread in self.chosen_threads or {self.thread_id}:
                self.provider.delete_thread(thread)
                self.drafts.pop(thread, None)
            self.view = "list"
        self.calm()

    def _ask_delete(self) -> None:
        self._show("delete")

    def _show(self, what: Literal["delete", "properties"]) -> None:
        self.asking, self.menu_open = what, False

    def _open_menu(self) -> None:
        self.menu_open = True

    def _close_menu(self) -> None:
        self.menu_open = False

    def _close_dialog(self) -> None:
        self.asking = ""

    # Dates

    def _when(self, date: dt.datetime) -> str:
        today = self.device.now().date()
        if date.date() == today:
            return f"{date:%H:%M}"
        return f"{date:%b} {date.day}" if date.year == today.year else f"{date:%b} {date.day}, {date.year}"

    def _day(self, day: dt.date) -> str:
        gap = (self.device.now().date() - day).days
        return {0: "Today", 1: "Yesterday"}.get(gap, f"{day:%A}, {day:%B} {day.day}")


def _letter(name: str) -> str:
    """The avatar's letter: a name's first, a number's last digit."""
    signs = [c.upper() for c in name if c.isalnum()]
    return (signs[0] if signs[0].isalpha() else signs[-1]) if signs else "#"
