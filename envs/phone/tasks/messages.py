"""Tasks in SMS Messenger. The whole text-message store is part of the goal: nothing else may have changed."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from agentkit.actions import Click, Scroll
from envs.phone import oracle
from envs.phone.apps.messages import Messages
from envs.phone.oracle import Steps
from envs.phone.people import People, Person
from envs.phone.tasks.answers import says, says_number
from envs.phone.tasks.base import InfeasibleTask, PhoneTask
from envs.phone.telephony import Box, Telephony, normalise
from envs.phone.words import Words, words

if TYPE_CHECKING:
    from envs.phone.device import Phone

APP = Messages.label
Row = tuple[str, str, int, int]
"""(number, body, `Box`, minutes before now): one message of a history, as JSON would keep it."""
Sms = tuple[str, str, int]
"""(number, body, `Box`): what a check compares."""


def history(draw: Words, numbers: Iterable[str], length: tuple[int, int] = (1, 4)) -> list[Row]:
    """Random chats with each number, all at different minutes, the newest at least an hour old."""
    rows: list[Row] = []
    for number in numbers:
        rows += [
            (number, draw.sentence(), int(draw.rng.choice((Box.INBOX, Box.SENT))), 0)
            for _ in range(draw.rng.randint(*length))
        ]
    ages = draw.rng.sample(range(60, 20_000), len(rows))
    return [(number, body, box, age) for (number, body, box, _), age in zip(rows, ages, strict=True)]


class MessagesTask(PhoneTask):
    """Starts from the `history` parameter; `expected` names the store that fulfils the goal."""

    app: ClassVar[str] = APP

    def setup(self, phone: Phone) -> None:
        provider = Telephony(phone.files)
        provider.clear()
        for number, body, box, age in sorted(self.params["history"], key=lambda row: -row[3]):
            provider.insert(number, body, phone.now() - dt.timedelta(minutes=age), Box(box))
        phone.invalidate()

    def before(self) -> Counter[Sms]:
        return Counter((normalise(number), body, box) for number, body, box, _ in self.params["history"])

    def expected(self) -> Counter[Sms]:
        """The messages of the store when the goal is reached; the same as before unless a template says otherwise."""
        return self.before()

    def check(self, phone: Phone, answers: Sequence[str]) -> float:
        stored = Counter(
            (normalise(m.address), " ".join(m.body.split()), int(m.box)) for m in Telephony(phone.files).messages()
        )
        return float(stored == self.expected())

    def _newest(self, number: str, *boxes: Box) -> Row:
        """The most recent message with `number` in one of `boxes` (any box by default)."""
        rows = [r for r in self.params["history"] if r[0] == number and (not boxes or r[2] in boxes)]
        return min(rows, key=lambda row: row[3])


class SendMessage(MessagesTask):
    template = "Send a text message to {number} that says: {message}"

    @classmethod
    def draw(cls, rng: random.Random) -> dict[str, Any]:
        draw = words(rng)
        number, *others = draw.distinct("phone_number", 4)
        return {"number": number, "message": draw.sentence(), "history": history(draw, others)}

    def expected(self) -> Counter[Sms]:
        return self.before() + Counter([(self.params["number"], self.params["message"], int(Box.SENT))])

    def oracle(self, phone: Phone) -> Steps:
        yield from oracle.launch(APP)
        yield from _write_to(phone, self.params["number"], self.params["message"])


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
        yield from oracle.tap_label(phone, "New conversation")
        yield from oracle.type_into(phone, "new_conversation_address", self.params["name"])
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
        return self.before() + Counter([(self.params["number"], self.params["message"], int(Box.SENT))])

    def oracle(self, phone: Phone) -> Steps:
        yield from oracle.launch(APP)
        yield from oracle.tap_text(phone, self._newest(self.params["number"])[1])
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
        body = self._newest(self.params["number"], Box.SENT)[1]
        return self.before() + Counter([(self.params["number"], body, int(Box.SENT))])

    def oracle(self, phone: Phone) -> Steps:
        yield from oracle.launch(APP)
        yield from oracle.tap_text(phone, self.params["number"])
        yield from _send(phone, self._newest(self.params["number"], Box.SENT)[1])


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
        body = self._newest(self.params["source"])[1]
        return self.before() + Counter([(self.params["target"], body, int(Box.SENT))])

    def oracle(self, phone: Phone) -> Steps:
        yield from oracle.launch(APP)
        yield from oracle.tap_text(phone, self.params["source"])
        yield from oracle.long_press(phone, text=self._newest(self.params["source"])[1])
        yield from oracle.tap_label(phone, "More options")
        yield from oracle.tap_text(phone, "Forward message")
        yield from oracle.type_into(phone, "new_conversation_address", self.params["target"])
        yield from oracle.tap_id(phone, "new_conversation_confirm")
        yield from oracle.tap_id(phone, "thread_send_message")


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
        yield from oracle.long_press(phone, text=self.params["number"])
        yield from oracle.tap_label(phone, "Delete")
        yield from oracle.tap_text(phone, "Yes")


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
        yield from oracle.long_press(phone, text=self.params["message"])
        yield from oracle.tap_label(phone, "Delete")
        yield from oracle.tap_text(phone, "Yes")


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
        yield from oracle.long_press(phone, text=self.params["history"][0][0])
        yield from oracle.tap_label(phone, "More options")
        yield from oracle.tap_text(phone, "Select all")
        yield from oracle.tap_label(phone, "Delete")
        yield from oracle.tap_text(phone, "Yes")


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
        yield from oracle.tap_label(phone, "New conversation")
        yield from oracle.type_into(phone, "new_conversation_address", self.params["name"])


def add_people(phone: Phone, book: Iterable[tuple[str, str]]) -> None:
    """Make the (name, number) pairs the only contacts of the phone."""
    people = People(phone.files)
    people.clear()
    for name, number in book:
        first, _, last = name.partition(" ")
        people.save(Person(first, last, ((number, 2),)))


def _write_to(phone: Phone, number: str, message: str) -> Steps:
    yield from oracle.tap_label(phone, "New conversation")
    yield from oracle.type_into(phone, "new_conversation_address", number)
    yield from oracle.tap_id(phone, "new_conversation_confirm")
    yield from _send(phone, message)


def _send(phone: Phone, message: str) -> Steps:
    yield from oracle.type_into(phone, "thread_type_message", message)
    yield from oracle.tap_id(phone, "thread_send_message")


MESSAGES_TASKS: tuple[type[PhoneTask], ...] = (
    SendMessage,
    SendMessageToContact,
    ReplyToNewest,
    ResendMessage,
    ForwardMessage,
    DeleteConversation,
    DeleteMessage,
    DeleteAllConversations,
    ReadCode,
    CountReceived,
    WhoWrote,
    TextMissingContact,
)
