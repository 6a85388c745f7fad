"""Deleting text messages and conversations."""

from __future__ import annotations

import random
from collections import Counter
from typing import TYPE_CHECKING, Any

from envs.phone import oracle
from envs.phone.oracle import Steps
from envs.phone.tasks.messages.store import APP, MessagesTask, Sms, history
from envs.phone.telephony import normalise
from envs.phone.words import words

if TYPE_CHECKING:
    from envs.phone.device import Phone


class DeleteConversation(MessagesTask):
    template = "Delete the conversation with {number} in SMS Messenger"

    @classmethod
    def draw(cls, rng: random.Random) -> dict[str, Any]:
        draw = words(rng)
        numbers = draw.distinct("phone_number", 5)
        return {"number": rng.choice(numbers), "history": history(draw, numbers)}

    def expected(self) -> Counter[Sms]:
        return Counter({sms: n for sms, n in self.before().items() if sms[0] != self.params["number"]})

    def oracle(self, phone: Phone) -> Steps:
        yield from oracle.launch(APP)
        yield from oracle.delete(phone, self.params["number"], "Yes")


class DeleteMessage(MessagesTask):
    template = 'In the conversation with {number}, delete the message "{message}"'

    @classmethod
    def draw(cls, rng: random.Random) -> dict[str, Any]:
        draw = words(rng)
        numbers = draw.distinct("phone_number", 3)
        rows = history(draw, numbers, (2, 5))
        number, message, *_ = rng.choice(rows)
        return {"number": number, "message": message, "history": rows}

    def expected(self) -> Counter[Sms]:
        gone = next(
            r for r in self.params["history"] if r[0] == self.params["number"] and r[1] == self.params["message"]
        )
        return self.before() - Counter([(normalise(gone[0]), gone[1], gone[2])])

    def oracle(self, phone: Phone) -> Steps:
        yield from oracle.launch(APP)
        yield from oracle.tap_text(phone, self.params["number"])
        yield from oracle.delete(phone, self.params["message"], "Yes")


class DeleteAllConversations(MessagesTask):
    template = "Delete all conversations in SMS Messenger"

    @classmethod
    def draw(cls, rng: random.Random) -> dict[str, Any]:
        draw = words(rng)
        return {"history": history(draw, draw.distinct("phone_number", rng.randint(3, 6)))}

    def expected(self) -> Counter[Sms]:
        return Counter()

    def oracle(self, phone: Phone) -> Steps:
        yield from oracle.launch(APP)
        yield from oracle.delete_all(phone, self.params["history"][0][0], "Yes")
