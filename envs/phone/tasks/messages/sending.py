"""Writing, answering and forwarding text messages."""

from __future__ import annotations

import random
from collections import Counter
from typing import TYPE_CHECKING, Any

from envs.phone import oracle
from envs.phone.oracle import Steps
from envs.phone.tasks.base import InfeasibleTask
from envs.phone.tasks.messages.store import APP, MessagesTask, Sms, add_people, history
from envs.phone.telephony import Box
from envs.phone.words import words

if TYPE_CHECKING:
    from envs.phone.device import Phone


class SendMessage(MessagesTask):
    template = "Send a text message to {number} that says: {message}"

    @classmethod
    def draw(cls, rng: random.Random) -> dict[str, Any]:
        draw = words(rng)
        number, *others = draw.distinct("phone_number", 4)
        return {"number": number, "message": draw.sentence(), "history": history(draw, others)}

    def expected(self) -> Counter[Sms]:
        return self.after_sending(self.params["number"], self.params["message"])

    def oracle(self, phone: Phone) -> Steps:
        yield from oracle.launch(APP)
        yield from _write_to(phone, self.params["number"])
        yield from oracle.tap_id(phone, "new_conversation_confirm")
        yield from _send(phone, self.params["message"])


class SendMessageToContact(SendMessage):
    template = "Text {name}: {message}"

    @classmethod
    def draw(cls, rng: random.Random) -> dict[str, Any]:
        draw = words(rng)
        names = draw.distinct("full_name", 4)
        numbers = draw.distinct("phone_number", 6)
        book = list(zip(names, numbers[:4], strict=True))
        return {
            "name": names[0],
            "number": numbers[0],
            "message": draw.sentence(),
            "book": book,
            "history": history(draw, numbers[2:]),
        }

    def setup(self, phone: Phone) -> None:
        super().setup(phone)
        add_people(phone, self.params["book"])

    def oracle(self, phone: Phone) -> Steps:
        yield from oracle.launch(APP)
        yield from _write_to(phone, self.params["name"])
        yield from oracle.tap(phone, text=self.params["number"])
        yield from _send(phone, self.params["message"])


class ReplyToNewest(MessagesTask):
    template = "Reply to the most recent text message with: {message}"

    @classmethod
    def draw(cls, rng: random.Random) -> dict[str, Any]:
        draw = words(rng)
        numbers = draw.distinct("phone_number", 4)
        rows = history(draw, numbers)
        newest = (rng.choice(numbers), draw.sentence(), int(Box.INBOX), rng.randint(1, 50))
        return {"number": newest[0], "message": draw.sentence(), "history": [*rows, newest]}

    def expected(self) -> Counter[Sms]:
        return self.after_sending(self.params["number"], self.params["message"])

    def oracle(self, phone: Phone) -> Steps:
        yield from oracle.launch(APP)
        yield from oracle.tap_text(phone, self.newest(self.params["number"])[1])
        yield from _send(phone, self.params["message"])


class ResendMessage(MessagesTask):
    template = "Send the last message that I sent to {number} to them once more"
    max_steps = 12

    @classmethod
    def draw(cls, rng: random.Random) -> dict[str, Any]:
        draw = words(rng)
        number, *others = draw.distinct("phone_number", 4)
        rows = history(draw, others)
        rows += [
            (number, draw.sentence(), int(Box.SENT), 300),
            (number, draw.sentence(), int(Box.SENT), 200),
            (number, "Sorry, what was your last message? It did not come through.", int(Box.INBOX), 40),
        ]
        return {"number": number, "history": rows}

    def expected(self) -> Counter[Sms]:
        body = self.newest(self.params["number"], Box.SENT)[1]
        return self.after_sending(self.params["number"], body)

    def oracle(self, phone: Phone) -> Steps:
        yield from oracle.launch(APP)
        yield from oracle.tap_text(phone, self.params["number"])
        yield from _send(phone, self.newest(self.params["number"], Box.SENT)[1])


class ForwardMessage(MessagesTask):
    template = "Forward the last message from {source} to {target}"
    max_steps = 15

    @classmethod
    def draw(cls, rng: random.Random) -> dict[str, Any]:
        draw = words(rng)
        source, target, *others = draw.distinct("phone_number", 5)
        rows = history(draw, [target, *others])
        rows += [(source, draw.sentence(), int(Box.INBOX), age) for age in (900, 500, 90)]
        return {"source": source, "target": target, "history": rows}

    def expected(self) -> Counter[Sms]:
        body = self.newest(self.params["source"])[1]
        return self.after_sending(self.params["target"], body)

    def oracle(self, phone: Phone) -> Steps:
        yield from oracle.launch(APP)
        yield from oracle.tap_text(phone, self.params["source"])
        yield from oracle.long_press(phone, text=self.newest(self.params["source"])[1])
        yield from oracle.choose(phone, "Forward message")
        yield from oracle.type_into(phone, "new_conversation_address", self.params["target"])
        yield from oracle.tap_id(phone, "new_conversation_confirm")
        yield from oracle.tap_id(phone, "thread_send_message")


class TextMissingContact(InfeasibleTask):
    """The phone book has no one of that name; people with the same first name are decoys."""

    app = APP
    template = "Text {name}: {message}"

    @classmethod
    def draw(cls, rng: random.Random) -> dict[str, Any]:
        draw = words(rng)
        names = draw.distinct("full_name", 4)
        missing = f"{names[0].split()[0]} {draw.distinct('last_name', 1, tuple(n.split()[1] for n in names))[0]}"
        book = list(zip(names, draw.distinct("phone_number", 4), strict=True))
        return {"name": missing, "message": draw.sentence(), "book": book}

    def setup(self, phone: Phone) -> None:
        add_people(phone, self.params["book"])

    def oracle(self, phone: Phone) -> Steps:
        yield from oracle.launch(APP)
        yield from _write_to(phone, self.params["name"])


def _write_to(phone: Phone, receiver: str) -> Steps:
    yield from oracle.tap_label(phone, "New conversation")
    yield from oracle.type_into(phone, "new_conversation_address", receiver)


def _send(phone: Phone, message: str) -> Steps:
    yield from oracle.type_into(phone, "thread_type_message", message)
    yield from oracle.tap_id(phone, "thread_send_message")
