"""Questions that text messages answer."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from agentkit.actions import Click, Scroll
from envs.phone import oracle
from envs.phone.oracle import Steps
from envs.phone.tasks.answers import says, says_number
from envs.phone.tasks.messages.store import APP, MessagesTask, history
from envs.phone.telephony import Box
from envs.phone.words import words

if TYPE_CHECKING:
    from envs.phone.device import Phone


class ReadCode(MessagesTask):
    template = "What is the {what} code that {number} texted me?"

    @classmethod
    def draw(cls, rng: random.Random) -> dict[str, Any]:
        draw = words(rng)
        number, other, *rest = draw.distinct("phone_number", 5)
        what, decoy = draw.distinct("place", 2)
        codes = [str(code) for code in rng.sample(range(1000, 10_000), 3)]
        rows = history(draw, [number, other, *rest])
        rows += [
            (number, f"The {what} code is {codes[0]}.", int(Box.INBOX), 25_000),
            (number, f"The {decoy} code is {codes[1]}.", int(Box.INBOX), 25_010),
            (other, f"The {what} code is {codes[2]}.", int(Box.INBOX), 25_020),
        ]
        return {"number": number, "what": what, "code": codes[0], "decoys": codes[1:], "history": rows}

    def check(self, phone: Phone, answers: Sequence[str]) -> float:
        return super().check(phone, answers) * says(answers, self.params["code"], self.params["decoys"])

    def oracle(self, phone: Phone) -> Steps:
        yield from oracle.launch(APP)
        yield from oracle.tap_text(phone, self.params["number"])
        wanted = f"The {self.params['what']} code is "
        for _ in range(oracle.SCROLLS):
            shown = [e.text for e in phone.elements() if e.text.startswith(wanted)]
            if shown:
                yield from oracle.answer(shown[0].removeprefix(wanted).rstrip("."))
                return
            yield Scroll(direction="down")


class CountReceived(MessagesTask):
    template = "How many messages has {number} sent me? Answer with a number."

    @classmethod
    def draw(cls, rng: random.Random) -> dict[str, Any]:
        draw = words(rng)
        numbers = draw.distinct("phone_number", 4)
        rows = history(draw, numbers[1:])
        received, sent = rng.randint(1, 4), rng.randint(1, 3)
        boxes = [int(Box.INBOX)] * received + [int(Box.SENT)] * sent
        rng.shuffle(boxes)
        rows += [(numbers[0], draw.sentence(), box, 21_000 + i) for i, box in enumerate(boxes)]
        return {"number": numbers[0], "count": received, "history": rows}

    def check(self, phone: Phone, answers: Sequence[str]) -> float:
        others = [str(n) for n in range(10)]
        return super().check(phone, answers) * says(answers, str(self.params["count"]), others)

    def oracle(self, phone: Phone) -> Steps:
        """Bubbles of received messages stand at the left edge."""
        yield from oracle.launch(APP)
        yield from oracle.tap_text(phone, self.params["number"])
        sides: dict[str, bool] = {}
        for _ in range(4):
            for e in phone.elements():
                if e.id.startswith("thread_message_"):
                    sides[e.id] = e.bounds[0] < phone.size[0] - e.bounds[2]
            yield Scroll(direction="down")
        yield from oracle.answer(str(sum(sides.values())))


class WhoWrote(MessagesTask):
    template = 'Which phone number sent me the message "{message}"?'

    @classmethod
    def draw(cls, rng: random.Random) -> dict[str, Any]:
        draw = words(rng)
        numbers = draw.distinct("phone_number", 5)
        bodies = draw.distinct("sentence", 12)
        rows = [
            (number, bodies.pop(), int(Box.INBOX), age)
            for number in numbers
            for age in rng.sample(range(60, 20_000), 2)
        ]
        number, message, *_ = rng.choice(rows)
        return {"number": number, "message": message, "history": rows}

    def check(self, phone: Phone, answers: Sequence[str]) -> float:
        return super().check(phone, answers) * says_number(answers, self.params["number"])

    def oracle(self, phone: Phone) -> Steps:
        yield from oracle.launch(APP)
        yield from oracle.tap_label(phone, "Search")
        yield from oracle.type_into(phone, "top_toolbar_search", self.params["message"])
        hit = next(e for e in phone.elements() if e.id.startswith("message_"))
        yield Click(oracle.centre(phone, hit))
        shown = next(e.text for e in phone.elements() if e.text.startswith("+") and e.text[1:].isdigit())
        yield from oracle.answer(shown)
