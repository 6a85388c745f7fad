"""Everyday words for the phone's made-up contents: names, places, notes, messages.

Every list is cut once into a `train` and a `held_out` half that share no entry, so that a model trained on screens of
one half meets only new words on screens of the other. The cut is by hash of the word: it stays when a list grows.
`with vocabulary("held_out"):` around making phones and tasks moves everything they draw to that half.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Literal, TypeAlias

from agentkit.errors import ConfigError

Split: TypeAlias = Literal["train", "held_out", "all"]
_current: ContextVar[Split] = ContextVar("vocabulary", default="all")


def _list(text: str) -> tuple[str, ...]:
    return tuple(text.split())


FIRST_NAMES = _list("""
Abigail Adam Aisha Alan Alice Amara Amy Andre Angela Anna Anton Arthur Astrid Bella Ben Bianca Boris Brian Bruno Camila
Carl Carmen Cecilia Chen Chloe Clara Connor Dana Daniel Daria David Diego Dina Dmitri Edith Edward Elena Eli Ella Emil
Emily Emma Enzo Erik Esther Ethan Eva Fatima Felix Fiona Frank Freya George Grace Greta Hana Hannah Harry Hassan Helen
Henry Hugo Ian Ibrahim Ines Irene Isaac Isla Ivan Jack Jade James Jamal Jana Jason Jenny Jonas Jose Julia Karim Karen
Kate Kenji Kevin Klara Lara Laura Leila Leo Liam Lina Louis Lucas Lucy Luis Maria Marco Martin Maya Mei Mia Miguel Mila
Mohamed Nadia Naomi Nathan Nina Noah Nora Olga Oliver Omar Oscar Pablo Paula Pedro Peter Petra Priya Quinn Rachel Rahul
Rosa Ruth Ryan Sami Samuel Sara Sean Simon Sofia Stella Sven Tara Theo Thomas Tina Tom Uma Vera Victor Vivian Walter
Wendy Xavier Yara Yuki Zara Zoe
""")

LAST_NAMES = _list("""
Adams Ahmed Allen Alvarez Andersen Bailey Baker Barnes Becker Bell Bennett Berg Brooks Brown Bianchi Campbell Carter
Castro Chang Clark Cohen Collins Cooper Costa Cruz Davies Diaz Dubois Edwards Evans Ferrari Fischer Flores Foster Fox
Garcia Gibson Gomez Gray Green Gupta Haas Hall Hansen Harris Hayes Hill Hoffman Hughes Hunt Ito Ivanov Jackson Jensen
Johnson Jones Kaur Keller Kelly Khan Kim King Klein Kumar Lambert Larsen Lee Lewis Lopez Lund Marsh Martinez Mason
Meyer Miller Moore Morgan Morris Mueller Murphy Nakamura Nelson Nguyen Novak Olsen Ortiz Owens Park Patel Perez Petrov
Phillips Popov Porter Price Quinn Ramos Reed Reyes Rivera Roberts Rossi Russo Sanders Santos Sato Schmidt Scott Shah
Silva Singh Smith Stewart Stone Suzuki Tanaka Taylor Thompson Torres Tran Turner Vargas Vega Wagner Walker Wang Ward
Watson Weber White Wilson Wong Wood Wright Yamada Young Zhang Zimmer
""")

PLACES = _list("""
airport apartment arena attic backyard bakery balcony bank barn beach bookshop bridge cabin cafe campsite castle cellar
chapel cinema clinic college courtyard dentist diner dock farm ferry forest fountain gallery garage garden greenhouse
gym harbor hospital hostel hotel island kitchen lake library lighthouse lobby market meadow museum office orchard park
pharmacy pier plaza pool pub quarry ranch restaurant river rooftop school shore square stable stadium station studio
supermarket temple terrace theater tower tunnel university valley village warehouse waterfall workshop zoo
""")

THINGS = _list("""
album almond anchor apple apron armchair backpack bagel ball banana basil basket battery bean bench bicycle blanket
blender boat book bottle bowl bracelet bread brick broccoli broom brush bucket button cable cake calendar camera candle
canoe canvas carpet carrot ceiling cereal chair charger cheese cherry chess clock coat coffee coin compass cookie cotton
couch crayon cucumber cup curtain cushion desk diamond dish doll door drum earring egg engine envelope fan feather
fence fiddle flag flour flute fork frame garlic ginger glass glove grape guitar hammer harp hat helmet honey hose jacket
jar jigsaw juice kettle key keyboard kite knife ladder lamp lantern laptop lemon lentil letter locker lotion magnet
mango map marble mask melon microphone milk mirror mitten monitor mop mug mushroom napkin needle net noodle notebook oar
olive onion orange oven paddle paint pan paper parcel passport peach peanut pear pen pencil pepper piano pillow pin
pizza plate plum poster pot potato printer pump pumpkin purse puzzle quilt radio radish raft rake receipt ribbon rice
ring robe rope rug ruler saddle salad salt sandal sandwich saw scarf scissors screw shampoo shelf shirt shoe shovel sink
skate sled soap sock sofa soup spade spinach spoon stamp stool stove suitcase sugar sweater table tablet tape tea
telescope tent thread ticket tie tile toaster tomato toolbox toothbrush torch towel toy tray trumpet tripod turnip
umbrella vase vest violin wallet walnut watch wheel whistle window wool wrench yogurt zipper
""")

ADJECTIVES = _list("""
amber ancient autumn bitter black blue bold brave bright brisk broad bronze busy calm cheap clean clear clever cold cool
copper cosy crimson crisp curly daily dark deep dry dusty eager early easy eastern empty extra faint fair fancy fast
final fine first flat fluffy fresh frosty full fuzzy gentle giant glad golden grand green grey happy hasty heavy hidden
hollow honest hot huge icy ivory jolly keen kind large late lazy light little local long loud lucky main mellow merry
mild misty modern narrow neat new nimble noisy northern odd old olive open orange pale patient plain polite proud purple
quick quiet rapid rare red rough round royal rustic salty scarlet shady sharp shiny short silent silver simple sleepy
slow small smart smooth soft solar sour southern spare spicy steady steep stormy striped strong sunny sweet swift tall
tender thick thin tidy tiny tough urgent violet warm weekly western white wide wild winter wise wooden yellow young
""")

VERBS = _list("""
arrange assemble bake bring build buy call cancel carry check choose clean collect compare cook copy count deliver
discuss donate draft draw drop exchange explain feed fetch fill find finish fix fold gather hang hide improve inspect
invite iron label lend list lock mail measure mend mix move order organize pack paint plan plant polish prepare print
read record rent repair replace reserve return review rinse schedule sell send share sharpen sketch sort stack stir
store study sweep test tidy translate trim unpack update visit wash water weigh wrap write
""")

TOPICS = _list("""
agenda anniversary appointment article audition backup barbecue bill birthday booking breakfast budget ceremony
championship checklist concert conference contract course deadline delivery dinner discount election exam exhibition
expense festival feedback forecast goal guest hike holiday homework idea insurance interview inventory invoice itinerary
journal journey lecture lesson license lunch manual marathon meeting membership memo menu mission mortgage newsletter
outline party payment permit picnic playlist podcast practice presentation project proposal quote race recipe reminder
rent report research reservation resume review route salary schedule script seminar shift shopping sketch speech story
subscription summary survey syllabus task tax test timetable tour training transfer trip tutorial vacation visa vote
warranty wedding wishlist yoga
""")


def _held_out(word: str) -> bool:
    return hashlib.sha256(word.lower().encode()).digest()[0] % 2 == 1


@cache
def part(words: tuple[str, ...], split: Split) -> tuple[str, ...]:
    """The words of a list that belong to `split`, in order. "all" gives every word."""
    if split not in ("train", "held_out", "all"):
        raise ConfigError(f"split must be 'train', 'held_out' or 'all', got {split!r}")
    return tuple(w for w in words if split == "all" or _held_out(w) == (split == "held_out"))


class Words:
    """Draws from one split with one generator: `Words(rng, "train").full_name()` -> "Greta Novak"."""

    def __init__(self, rng: random.Random, split: Split = "all") -> None:
        self.rng = rng
        self.split = split

    def _pick(self, source: tuple[str, ...]) -> str:
        return self.rng.choice(part(source, self.split))

    def first_name(self) -> str:
        return self._pick(FIRST_NAMES)

    def last_name(self) -> str:
        return self._pick(LAST_NAMES)

    def full_name(self) -> str:
        return f"{self.first_name()} {self.last_name()}"

    def place(self) -> str:
        return self._pick(PLACES)

    def thing(self) -> str:
        return self._pick(THINGS)

    def adjective(self) -> str:
        return self._pick(ADJECTIVES)

    def verb(self) -> str:
        return self._pick(VERBS)

    def topic(self) -> str:
        return self._pick(TOPICS)

    def phone_number(self) -> str:
        """A North American number in E.164 form, from the exchange 555: "+13175550142"."""
        return f"+1{self.rng.choice('2345679')}{self.rng.randint(1, 99):02d}555{self.rng.randint(0, 9999):04d}"

    def distinct(self, draw: str, count: int, taken: tuple[str, ...] = ()) -> list[str]:
        """`count` different values of the method named `draw` ("first_name"), none of them in `taken`.

        Case does not count. Raises ValueError when the list is too short for so many.
        """
        seen = {t.lower() for t in taken}
        found: list[str] = []
        for _ in range(200 * count):
            if len(found) == count:
                break
            value = getattr(self, draw)()
            if value.lower() not in seen:
                seen.add(value.lower())
                found.append(value)
        if len(found) < count:
            raise ValueError(f"expected {count} distinct values of {draw} in split {self.split!r}, found {len(found)}")
        return found

    def sentence(self) -> str:
        """One plausible sentence of a message or note, ending with a mark."""
        w = self
        day = w.rng.choice(("today", "tomorrow", "on Monday", "on Friday", "this weekend", "tonight", "next week"))
        hour = f"{w.rng.randint(1, 12)}{w.rng.choice((':00', ':15', ':30', ':45'))} {w.rng.choice(('am', 'pm'))}"
        a, b = w.thing(), w.thing()
        return w.rng.choice(
            (
                f"Please {w.verb()} the {w.adjective()} {a} {day}.",
                f"See you at the {w.place()} {day} at {hour}.",
                f"Did you {w.verb()} the {a} from the {w.place()}?",
                f"The {w.topic()} is {day} at {hour}.",
                f"I left the {a} at the {w.place()}.",
                f"Can we {w.verb()} the {w.topic()} {day}?",
                f"Don't forget the {a} and the {b}.",
                f"{w.first_name()} wants to {w.verb()} the {w.topic()} {day}.",
                f"The {w.adjective()} {a} costs {w.rng.randint(2, 99)} dollars.",
                f"Meet me near the {w.adjective()} {w.place()} at {hour}.",
                f"{w.first_name()} is bringing a {w.adjective()} {a} to the {w.topic()}.",
                f"Running late, start the {w.topic()} without me.",
                f"Thanks for the {w.adjective()} {a}!",
                f"The {w.place()} closes at {hour} {day}.",
            )
        )

    def paragraph(self, sentences: int = 3) -> str:
        return " ".join(self.sentence() for _ in range(sentences))


@contextmanager
def vocabulary(split: Split) -> Iterator[None]:
    """Inside the block, `words(rng)` without a split draws from `split`."""
    part((), split)
    token = _current.set(split)
    try:
        yield
    finally:
        _current.reset(token)


def words(rng: random.Random, split: Split | None = None) -> Words:
    """A drawer of words from `split`, or from that of the enclosing `vocabulary` ("all" outside of any)."""
    chosen = _current.get() if split is None else split
    part((), chosen)
    return Words(rng, chosen)
