"""Pictures full of made-up words: what a model learns its letters from before it sees a phone.

Every word is drawn once at a random place, size, weight and colour, and its box is known to the pixel. Words are
random syllables, numbers, times or strings of letters, so a model cannot learn them by heart and has to spell.
"""

from __future__ import annotations

import random
import string
from functools import lru_cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

ASSETS = Path(__file__).parent / "assets"
FACES = ("Roboto-Regular.ttf", "Roboto-Medium.ttf", "Roboto-Bold.ttf")
ONSETS = (
    "b", "c", "d", "f", "g", "h", "j", "k", "l", "m", "n", "p", "r", "s", "t", "v",
    "w", "y", "z", "br", "cl", "cr", "dr", "fl", "gr", "pl", "pr", "sh", "sk", "sl", "sp", "st",
    "th", "tr",
)
NUCLEI = (
    "a", "e", "i", "o", "u", "ai", "ea", "ee", "io", "oo", "ou", "y",
)
CODAS = (
    "", "", "", "b", "d", "g", "k", "l", "m", "n", "p", "r", "s", "t", "x", "ck",
    "ll", "nd", "ng", "nt", "rd", "rk", "rn", "rt", "ss", "st", "th",
)


@lru_cache(maxsize=256)
def _font(face: str, size: float) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(ASSETS / face), size, layout_engine=ImageFont.Layout.BASIC)


def made_up_word(rng: random.Random) -> str:
    """A pronounceable word, a number, a clock time or a few random letters."""
    kind = rng.random()
    if kind < 0.70:
        word = "".join(rng.choice(ONSETS) + rng.choice(NUCLEI) + rng.choice(CODAS) for _ in range(rng.randint(1, 3)))
        shape = rng.random()
        return word.capitalize() if shape < 0.5 else word.upper() if shape < 0.56 else word
    if kind < 0.80:
        return str(rng.randint(0, 10 ** rng.randint(1, 5)))
    if kind < 0.88:
        return f"{rng.randint(0, 23)}:{rng.randint(0, 59):02d}"
    return "".join(rng.choices(string.ascii_letters + string.digits + "-.@_", k=rng.randint(2, 8)))


def made_up_text(rng: random.Random) -> str:
    return " ".join(made_up_word(rng) for _ in range(rng.choices((1, 2, 3), (0.6, 0.3, 0.1))[0]))


class WordPool:
    """Drawn texts, each used about `uses` times before a new one takes its place: drawing letters is the slow part."""

    def __init__(
        self, rng: random.Random, *, smallest: float = 8.0, largest: float = 18.0, size: int = 1500, uses: int = 10
    ) -> None:
        self.rng, self.smallest, self.largest, self.uses = rng, smallest, largest, uses
        self._drawn = [self._draw() for _ in range(size)]

    def _draw(self) -> tuple[str, Image.Image]:
        font = _font(self.rng.choice(FACES), round(self.rng.uniform(self.smallest, self.largest) * 2) / 2)
        text = made_up_text(self.rng)
        core, _ = font.getmask2(text, mode="L")
        mask = Image.new("L", core.size)
        mask.im.paste(core, (0, 0, *core.size))
        return text, mask

    def take(self) -> tuple[str, Image.Image]:
        """A text and its coverage mask (mode L, cropped to the ink)."""
        i = self.rng.randrange(len(self._drawn))
        taken = self._drawn[i]
        if self.rng.random() * self.uses < 1:
            self._drawn[i] = self._draw()
        return taken


def text_screen(
    pool: WordPool, width: int, height: int, *, words: int = 12
) -> tuple[Image.Image, list[tuple[str, tuple[int, int, int, int]]]]:
    """(RGB image, [(text, (x1, y1, x2, y2) pixels)]) in reading order, at most `words` texts, none overlapping."""
    rng = pool.rng
    dark = rng.random() < 0.4
    level = rng.randint(0, 50) if dark else rng.randint(215, 255)
    paper = _near(rng, level, 10)
    image = Image.new("RGB", (width, height), paper)
    placed: list[tuple[str, tuple[int, int, int, int]]] = []
    for _ in range(words * 2):
        if len(placed) == words:
            break
        text, mask = pool.take()
        wide, tall = mask.size
        if wide > width - 8 or tall > height - 8:
            continue
        x, y = rng.randint(4, width - 4 - wide), rng.randint(3, height - 3 - tall)
        box = (x, y, x + wide, y + tall)
        if any(x < b[2] + 8 and b[0] < box[2] + 8 and y < b[3] + 5 and b[1] < box[3] + 5 for _, b in placed):
            continue
        ink = _near(rng, rng.randint(170, 255) if dark else rng.randint(0, 90), 40)
        if rng.random() < 0.15:
            pad = rng.randint(2, 4)
            ImageDraw.Draw(image).rounded_rectangle(
                (x - pad, y - pad, box[2] + pad, box[3] + pad), rng.randint(0, 8), fill=ink
            )
            ink = paper
        image.paste(ink, box, mask)
        placed.append((text, box))
    placed.sort(key=lambda item: (item[1][1], item[1][0]))
    return image, placed


def _near(rng: random.Random, level: int, spread: int) -> tuple[int, int, int]:
    red, green, blue = (max(0, min(255, level + rng.randint(-spread, spread))) for _ in range(3))
    return red, green, blue
