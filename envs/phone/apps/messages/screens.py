"""The screens of SMS Messenger, each a function of the app's state."""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import TYPE_CHECKING

from envs.phone.apps.listing import date_text
from envs.phone.telephony import Conversation, Message, normalise
from envs.phone.ui import (
    Avatar,
    Bubble,
    Button,
    Dialog,
    Fab,
    Handler,
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

if TYPE_CHECKING:
    from envs.phone.apps.messages.main import Messages


def conversation_list(app: Messages) -> Screen:
    contacts = app.contacts()
    conversations = app.provider.conversations()
    chosen = app.chosen_threads
    rows: list[Widget] = [conversation_row(app, c, contacts) for c in conversations]
    if not rows:
        rows = [
            Text("No stored conversations have been found", align="center", color="on_surface_variant"),
            Button("Start a conversation", kind="text", on_tap=app.start_new, id="no_conversations_placeholder"),
        ]
    if not chosen:
        return Screen(
            "Messages",
            rows,
            name=app.activity,
            actions=[IconButton("magnify", label="Search", on_tap=app.start_search, id="search")],
            fab=Fab("plus", label="New conversation", on_tap=app.start_new, id="conversations_fab"),
            scroll_key="conversations",
        )
    items: list[tuple[str, Handler]] = [
        ("Select all", partial(app.choose_all, conversations)),
        ("Mark as read", app.mark_read),
    ]
    if len(chosen) == 1:
        items.insert(0, ("Copy number to clipboard", app.copy_number))
    count = f"{len(chosen)} conversation" + ("s" if len(chosen) > 1 else "")
    return Screen(
        f"{len(chosen)} / {len(conversations)}",
        rows,
        name=app.activity,
        nav="close",
        on_nav=app.calm,
        actions=[IconButton("delete", label="Delete", on_tap=app.ask_delete, id="cab_delete"), more_button(app)],
        menu=Menu(items, on_dismiss=app.close_menu) if app.menu_open else None,
        dialog=confirm_delete(app, f"Delete {count} with all messages?") if app.asking == "delete" else None,
        scroll_key="conversations",
    )


def conversation_row(app: Messages, item: Conversation, contacts: list[tuple[str, str]]) -> ListItem:
    thread = item.thread_id
    name = app.name(item.address, contacts)
    draft = app.drafts.get(thread, "")
    chosen = app.chosen_threads
    return ListItem(
        name,
        f"Draft: {draft}" if draft else item.last.body.replace("\n", " "),
        leading=Avatar(_letter(name)),
        trailing=Text(
            date_text(item.last.date, app.device.now()),
            style="label",
            color="primary" if item.unread else "on_surface_variant",
        ),
        on_tap=(partial(app.toggle, thread)) if chosen else (partial(app.open, thread, item.address)),
        on_long_press=partial(app.toggle, thread),
        selected=thread in chosen,
        id=f"conversation_{thread}",
    )


def search(app: Messages) -> Screen:
    contacts = app.contacts()
    rows: list[Widget] = [TextField(app.query, app.set_query, hint="Search", autofocus=True, id="top_toolbar_search")]
    if len(app.query) >= 2:
        needle = app.query.casefold()
        people = [
            c
            for c in app.provider.conversations()
            if needle in app.name(c.address, contacts).casefold() or needle in c.address
        ]
        rows += [conversation_row(app, c, contacts) for c in people]
        found = app.provider.search(app.query)
        if found:
            rows.append(Header("Messages"))
        rows += [hit_row(app, m, contacts) for m in found[:30]]
        if not people and not found:
            rows.append(Text("No items found", align="center", color="on_surface_variant"))
    return Screen("Search", rows, name=".activities.SearchActivity", nav="back", scroll_key="search")


def hit_row(app: Messages, message: Message, contacts: list[tuple[str, str]]) -> ListItem:
    name = app.name(message.address, contacts)
    return ListItem(
        name,
        message.body,
        leading=Avatar(_letter(name)),
        trailing=Text(date_text(message.date, app.device.now()), style="label", color="on_surface_variant"),
        on_tap=partial(app.open, message.thread_id, message.address),
        id=f"message_{message.id}",
    )


def new_conversation(app: Messages) -> Screen:
    needle = app.recipient.casefold().strip()
    rows: list[Widget] = [
        TextField(
            app.recipient,
            app.set_recipient,
            hint="Add contact or number…",
            on_submit=app.confirm_recipient,
            autofocus=True,
            id="new_conversation_address",
        )
    ]
    for name, number in sorted(app.contacts()):
        if needle in name.casefold() or (normalise(needle) or "\0") in normalise(number):
            rows.append(
                ListItem(
                    name,
                    number,
                    leading=Avatar(_letter(name)),
                    on_tap=partial(app.begin, number),
                )
            )
    return Screen(
        "New conversation",
        rows,
        name=".activities.NewConversationActivity",
        nav="back",
        actions=[IconButton("check", label="OK", on_tap=app.confirm_recipient, id="new_conversation_confirm")],
        scroll_key="new conversation",
    )


def chat(app: Messages) -> Screen:
    contacts = app.contacts()
    messages = app.provider.messages(app.thread_id)
    name = app.name(app.recipient, contacts)
    rows: list[Widget] = []
    day: dt.date | None = None
    for message in messages:
        if message.date.date() != day:
            day = message.date.date()
            rows.append(Text(day_name(app, day), style="caption", align="center", color="on_surface_variant"))
        rows.append(
            Bubble(
                message.body,
                message.mine,
                f"{message.date:%H:%M}",
                on_long_press=partial(app.choose_message, message),
                id=f"thread_message_{message.id}",
            )
        )
    footer = Line(
        [
            TextField(
                app.drafts.get(app.thread_id, ""),
                app.set_draft,
                hint="Type a message…",
                multiline=True,
                id="thread_type_message",
            ),
            Button("SMS", icon="send", kind="text", on_tap=app.send, id="thread_send_message"),
        ],
        spread=False,
    )
    chosen = next((m for m in messages if m.id == app.chosen_message), None)
    if chosen is None:
        menu = Menu([("Delete conversation", app.ask_delete)], on_dismiss=app.close_menu)
        question = "Delete 1 conversation with all messages?"
        title, subtitle, actions = name, "" if name == app.recipient else app.recipient, [more_button(app)]
    else:
        menu = Menu(
            [
                ("Forward message", partial(app.forward, chosen)),
                ("Properties", partial(app.show, "properties")),
            ],
            on_dismiss=app.close_menu,
        )
        question = "Delete 1 message?"
        title, subtitle = f"1 / {len(messages)}", ""
        actions = [
            IconButton("content-copy", label="Copy to clipboard", on_tap=partial(app.copy, chosen), id="cab_copy"),
            IconButton("delete", label="Delete", on_tap=app.ask_delete, id="cab_delete"),
            more_button(app),
        ]
    dialog = None
    if app.asking == "delete":
        dialog = confirm_delete(app, question)
    elif app.asking == "properties" and chosen is not None:
        dialog = properties(app, chosen, contacts)
    return Screen(
        title,
        rows,
        name=".activities.ThreadActivity",
        nav="back" if chosen is None else "close",
        on_nav=None if chosen is None else app.calm,
        actions=actions,
        subtitle=subtitle,
        menu=menu if app.menu_open else None,
        dialog=dialog,
        footer=[footer],
        scroll_key=f"thread {app.thread_id}",
        start_at_end=True,
    )


def confirm_delete(app: Messages, question: str) -> Dialog:
    return Dialog(
        body=[Text(question)],
        buttons=[
            Button("No", kind="text", on_tap=app.close_dialog, id="dialog_no"),
            Button("Yes", kind="text", on_tap=app.delete, id="dialog_yes"),
        ],
        on_dismiss=app.close_dialog,
    )


def properties(app: Messages, message: Message, contacts: list[tuple[str, str]]) -> Dialog:
    who = app.name(message.address, contacts)
    return Dialog(
        "Properties",
        [
            Text(f"{'Receiver' if message.mine else 'Sender'}: {who}"),
            Text(f"Number: {message.address}"),
            Text(f"{'Sent' if message.mine else 'Received'} at: {message.date:%Y-%m-%d %H:%M}"),
        ],
        [Button("OK", kind="text", on_tap=app.close_dialog, id="dialog_ok")],
        on_dismiss=app.close_dialog,
    )


def more_button(app: Messages) -> IconButton:
    return IconButton("dots-vertical", label="More options", on_tap=app.open_menu, id="more")


def day_name(app: Messages, day: dt.date) -> str:
    gap = (app.device.now().date() - day).days
    return {0: "Today", 1: "Yesterday"}.get(gap, f"{day:%A}, {day:%B} {day.day}")


def _letter(name: str) -> str:
    """The avatar's letter: a name's first, a number's last digit."""
    signs = [c.upper() for c in name if c.isalnum()]
    return (signs[0] if signs[0].isalpha() else signs[-1]) if signs else "#"
