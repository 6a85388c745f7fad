"""Solutions of the tasks in SMS Messenger."""

from __future__ import annotations

from agentkit.actions import Click, Hotkey, Type
from agentkit.errors import EnvError
from envs.androidworld.task import AndroidWorldTask
from envs.phone import oracle
from envs.phone.apps.messages import Messages
from envs.phone.device import Phone
from envs.phone.elements import Element
from envs.phone.oracle import Steps

BOX = "thread_type_message"


def send(phone: Phone, text: str) -> Steps:
    """Send a text in the conversation in front."""
    yield from oracle.type_into(phone, BOX, text)
    yield from oracle.tap_id(phone, "thread_send_message")


def begin(phone: Phone, recipient: str) -> Steps:
    """Open the conversation with a number, or with the first of the people who have this name."""
    yield from oracle.launch(Messages.label)
    yield from oracle.tap_label(phone, "New conversation")
    yield Type(recipient)
    if recipient.lstrip("+").isdigit():
        yield from oracle.tap_id(phone, "new_conversation_confirm")
    else:
        yield Click(oracle.centre(phone, _row(phone, recipient)))


def _row(phone: Phone, name: str) -> Element:
    """A person in the list below the field that holds the same name."""
    for element in phone.elements():
        if element.role == "list_item" and element.text == name:
            return element
    raise EnvError(f"the list must show {name!r}, got {[e.text for e in phone.elements() if e.text]}")


def _open(phone: Phone, who: str) -> Steps:
    """A conversation in the list, by the name or number of the other."""
    yield from oracle.launch(Messages.label)
    yield from oracle.tap_text(phone, who)


def _bubbles(phone: Phone) -> list[Element]:
    return [e for e in phone.elements() if e.id.startswith("thread_message_")]


def _send(phone: Phone, task: AndroidWorldTask) -> Steps:
    yield from begin(phone, task.params["number"])
    yield from send(phone, task.params["message"])


def _reply(phone: Phone, task: AndroidWorldTask) -> Steps:
    yield from _open(phone, task.params["number"])
    yield from send(phone, task.params["message"])


def _reply_to_latest(phone: Phone, task: AndroidWorldTask) -> Steps:
    """The list has the latest on top."""
    yield from oracle.launch(Messages.label)
    latest = next((e for e in phone.elements() if e.id.startswith("conversation_")), None)
    if latest is None:
        raise EnvError("the list must show a conversation, got none")
    yield Click(oracle.centre(phone, latest))
    yield from send(phone, task.params["message"])


def _resend(phone: Phone, task: AndroidWorldTask) -> Steps:
    """Copy the message before the last, which asks for it again, and send it once more."""
    yield from _open(phone, task.params["name"])
    yield from oracle.long_press(phone, id=_bubbles(phone)[-2].id)
    yield from oracle.tap_label(phone, "Copy to clipboard")
    yield from oracle.tap_id(phone, BOX)
    yield Hotkey(("ctrl", "v"))
    yield from oracle.tap_id(phone, "thread_send_message")


def _send_received(phone: Phone, task: AndroidWorldTask) -> Steps:
    """Read the message of the one and type it for the other."""
    yield from _open(phone, task.params["name2"])
    address = _bubbles(phone)[-1].text
    yield from oracle.back()
    yield from begin(phone, task.params["name1"])
    yield from send(phone, address)


def _send_clipboard(phone: Phone, task: AndroidWorldTask) -> Steps:
    yield from begin(phone, task.params["number"])
    yield from oracle.tap_id(phone, BOX)
    yield Hotkey(("ctrl", "v"))
    yield from oracle.tap_id(phone, "thread_send_message")


def _copy(phone: Phone, task: AndroidWorldTask) -> Steps:
    """Type the text into a field that nothing comes of, and copy it from there."""
    yield from oracle.launch(Messages.label)
    yield from oracle.tap_label(phone, "Search")
    yield Type(task.params["clipboard_content"])
    yield Hotkey(("ctrl", "a"))
    yield Hotkey(("ctrl", "c"))


SOLUTIONS = {
    "SimpleSmsReply": _reply,
    "SimpleSmsReplyMostRecent": _reply_to_latest,
    "SimpleSmsResend": _resend,
    "SimpleSmsSend": _send,
    "SimpleSmsSendClipboardContent": _send_clipboard,
    "SimpleSmsSendReceivedAddress": _send_received,
    "SystemCopyToClipboard": _copy,
}
