"""What the tasks in SMS Messenger share: the store they start from and compare. All of it is part of the goal."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, ClassVar

from envs.phone.apps.messages import Messages
from envs.phone.people import People, Person
from envs.phone.tasks.base import PhoneTask
from envs.phone.telephony import Box, Telephony, normalise
from envs.phone.words import Words

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

    def after_sending(self, number: str, body: str) -> Counter[Sms]:
        """The store with one more message, sent to `number`."""
        return self.before() + Counter([(number, body, int(Box.SENT))])

    def check(self, phone: Phone, answers: Sequence[str]) -> float:
        stored = Counter(
            (normalise(m.address), " ".join(m.body.split()), int(m.box)) for m in Telephony(phone.files).messages()
        )
        return float(stored == self.expected())

    def newest(self, number: str, *boxes: Box) -> Row:
        """The most recent message with `number` in one of `boxes` (any box by default)."""
        rows = [r for r in self.params["history"] if r[0] == number and (not boxes or r[2] in boxes)]
        return min(rows, key=lambda row: row[3])


def add_people(phone: Phone, book: Iterable[tuple[str, str]]) -> None:
    """Make the (name, number) pairs the only contacts of the phone."""
    people = People(phone.files)
    people.clear()
    for name, number in book:
        first, _, last = name.partition(" ")
        people.save(Person(first, last, ((number, 2),)))
