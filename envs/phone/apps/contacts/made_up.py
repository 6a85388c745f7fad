"""Made-up people for fresh phones and for tasks."""

from __future__ import annotations

from envs.phone.people import Person
from envs.phone.words import Words

COMPANIES = (
    "Acme",
    "Bluefin",
    "Cedar Labs",
    "Delta Foods",
    "Evergreen",
    "Fjord Design",
    "Granite Works",
    "Harbor Bank",
)


def make_person(drawer: Words, name: str) -> Person:
    """A plausible contact of this name: a number always, an address and a company sometimes."""
    rng = drawer.rng
    first, _, last = name.partition(" ")
    emails = (
        ((f"{first}.{last}@example.com".lower().replace(" ", ""), rng.choice((1, 2))),) if rng.random() < 0.5 else ()
    )
    return Person(
        first,
        last,
        ((display_number(drawer.phone_number()), rng.choice((2, 2, 2, 1, 3))),),
        emails,
        rng.choice(COMPANIES) if rng.random() < 0.3 else "",
        rng.random() < 0.15,
    )


def display_number(number: str) -> str:
    """A North American number as Android writes it: "+13175550142" -> "(317) 555-0142". Others pass unchanged."""
    digits = number.removeprefix("+1")
    return f"({digits[:3]}) {digits[3:6]}-{digits[6:]}" if len(digits) == 10 and digits.isdigit() else number
