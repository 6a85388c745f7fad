"""The map that is on the phone: Liechtenstein's places, roads and rivers, roughly; and the search over it.

Places are where people find them to a few hundred metres; what lies between is as coarse as a sketch.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, NamedTuple

EARTH_M = 6_371_000.0
_NUMBERS = re.compile(r"-?\d+(?:\.\d+)?")


class At(NamedTuple):
    """Degrees north and east."""

    lat: float
    lon: float

    def __str__(self) -> str:
        return f"{self.lat:.5f}, {self.lon:.5f}"


Kind = Literal["capital", "town", "village", "hamlet", "peak", "point"]


@dataclass(frozen=True, slots=True)
class Place:
    name: str
    at: At
    kind: Kind
    country: str = "Liechtenstein"

    @property
    def details(self) -> str:
        """What stands under the name."""
        return f"{self.kind.capitalize()}, {self.country}" if self.country else str(self.at)


def _place(name: str, lat: float, lon: float, kind: Kind, country: str = "Liechtenstein") -> Place:
    return Place(name, At(lat, lon), kind, country)


SWISS, AUSTRIAN = "Switzerland", "Austria"
PLACES: tuple[Place, ...] = (
    _place("Vaduz", 47.1392862, 9.5227962, "capital"),
    _place("Schaan", 47.1663432, 9.5103085, "town"),
    _place("Balzers", 47.0688832, 9.5061564, "village"),
    _place("Bendern", 47.2122151, 9.5062101, "village"),
    _place("Eschen", 47.2107300, 9.5223100, "village"),
    _place("Gamprin", 47.2204300, 9.5093900, "village"),
    _place("Malbun", 47.1026191, 9.6083057, "village"),
    _place("Mauren", 47.2181300, 9.5441500, "village"),
    _place("Nendeln", 47.1973857, 9.5430636, "village"),
    _place("Oberplanken", 47.1784977, 9.5450163, "hamlet"),
    _place("Planken", 47.1858882, 9.5452201, "village"),
    _place("Rotenboden", 47.1275785, 9.5387131, "hamlet"),
    _place("Ruggell", 47.2397600, 9.5262837, "village"),
    _place("Schaanwald", 47.2165476, 9.5699984, "village"),
    _place("Schellenberg", 47.2308000, 9.5467000, "village"),
    _place("Schönberg", 47.1303814, 9.5930117, "peak"),
    _place("Steg", 47.1128000, 9.5769000, "hamlet"),
    _place("Triesen", 47.1069970, 9.5274854, "village"),
    _place("Triesenberg", 47.1181000, 9.5444000, "village"),
    _place("Gaflei", 47.1420000, 9.5462000, "hamlet"),
    _place("Grauspitz", 47.0529000, 9.5814000, "peak"),
    _place("Buchs", 47.1674000, 9.4785000, "town", SWISS),
    _place("Sevelen", 47.1213000, 9.4854000, "village", SWISS),
    _place("Trübbach", 47.0728000, 9.4794000, "village", SWISS),
    _place("Haag", 47.2098000, 9.4894000, "village", SWISS),
    _place("Salez", 47.2369000, 9.5001000, "village", SWISS),
    _place("Feldkirch", 47.2372000, 9.5982000, "town", AUSTRIAN),
    _place("Nofels", 47.2544000, 9.5694000, "village", AUSTRIAN),
)
BY_NAME = {place.name: place for place in PLACES}

MAIN_ROADS: tuple[tuple[str, ...], ...] = (
    ("Ruggell", "Gamprin", "Bendern", "Schaan", "Vaduz", "Triesen", "Balzers", "Trübbach"),
    ("Schaan", "Nendeln", "Schaanwald", "Feldkirch"),
    ("Schaan", "Buchs"),
    ("Vaduz", "Sevelen"),
    ("Salez", "Haag", "Buchs", "Sevelen", "Trübbach"),
    ("Bendern", "Haag"),
    ("Ruggell", "Nofels", "Feldkirch"),
)
SIDE_ROADS: tuple[tuple[str, ...], ...] = (
    ("Bendern", "Eschen", "Nendeln"),
    ("Eschen", "Mauren", "Schaanwald"),
    ("Mauren", "Schellenberg", "Ruggell"),
    ("Schaan", "Oberplanken", "Planken", "Nendeln"),
    ("Vaduz", "Rotenboden", "Triesenberg", "Steg", "Malbun"),
    ("Triesen", "Triesenberg"),
    ("Rotenboden", "Gaflei"),
    ("Steg", "Schönberg"),
)
RHINE: tuple[At, ...] = tuple(
    At(lat, lon)
    for lat, lon in (
        (47.040, 9.478), (47.062, 9.488), (47.085, 9.492), (47.106, 9.506), (47.122, 9.506), (47.142, 9.509),
        (47.160, 9.494), (47.180, 9.489), (47.200, 9.494), (47.215, 9.500), (47.235, 9.512), (47.255, 9.527),
        (47.285, 9.548),
    )
)  # fmt: skip
BORDER: tuple[At, ...] = (
    *RHINE[1:12],
    *(
        At(lat, lon)
        for lat, lon in (
            (47.270, 9.530), (47.255, 9.552), (47.244, 9.558), (47.230, 9.575), (47.218, 9.585), (47.205, 9.570),
            (47.186, 9.585), (47.170, 9.575), (47.155, 9.594), (47.140, 9.614), (47.128, 9.622), (47.108, 9.630),
            (47.085, 9.630), (47.070, 9.612), (47.055, 9.600), (47.050, 9.580), (47.058, 9.555), (47.064, 9.530),
            (47.056, 9.512),
        )
    ),
)  # fmt: skip
FORESTS: tuple[tuple[At, ...], ...] = tuple(
    tuple(At(lat, lon) for lat, lon in ring)
    for ring in (
        ((47.195, 9.552), (47.172, 9.532), (47.150, 9.536), (47.146, 9.556), (47.166, 9.572), (47.186, 9.576)),
        ((47.100, 9.536), (47.080, 9.524), (47.072, 9.540), (47.078, 9.566), (47.094, 9.572), (47.106, 9.556)),
        ((47.140, 9.566), (47.122, 9.560), (47.120, 9.574), (47.130, 9.584), (47.142, 9.580)),
        ((47.094, 9.590), (47.076, 9.584), (47.070, 9.600), (47.084, 9.616), (47.096, 9.608)),
        ((47.232, 9.530), (47.226, 9.528), (47.222, 9.548), (47.228, 9.560), (47.234, 9.552)),
    )
)
LINKS: dict[str, set[str]] = {place.name: set() for place in PLACES}
for _road in (*MAIN_ROADS, *SIDE_ROADS):
    for _one, _other in pairwise(_road):
        LINKS[_one].add(_other)
        LINKS[_other].add(_one)


def metres(a: At, b: At) -> float:
    """Along the sphere."""
    south, north = math.radians(a.lat), math.radians(b.lat)
    east = math.radians(b.lon - a.lon)
    h = math.sin((north - south) / 2) ** 2 + math.cos(south) * math.cos(north) * math.sin(east / 2) ** 2
    return 2 * EARTH_M * math.asin(min(1.0, math.sqrt(h)))


def length_of(way: Sequence[At]) -> float:
    """Metres from corner to corner."""
    return sum(metres(a, b) for a, b in pairwise(way))


def distance_text(length: float) -> str:
    """ "420 m", "3.4 km", "120 km"."""
    if length < 1000:
        return f"{length:.0f} m"
    return f"{length / 1000:.{1 if length < 99_950 else 0}f} km"


def nearest(at: At, within: float) -> Place | None:
    """The place closest to a point, if it is not farther than `within` metres."""
    found = min(PLACES, key=lambda place: metres(place.at, at))
    return found if metres(found.at, at) <= within else None


def coordinates(text: str) -> At | None:
    """ "47.14, 9.52" as a point; None for other texts."""
    numbers = [float(number) for number in _NUMBERS.findall(text)]
    if len(numbers) != 2 or re.search(r"[A-Za-z]", text):
        return None
    lat, lon = numbers
    return At(lat, lon) if abs(lat) <= 85 and abs(lon) <= 180 else None


def search(text: str) -> list[Place]:
    """A point for a pair of numbers, otherwise places one of whose words begins as each of the words asked for."""
    point = coordinates(text)
    if point is not None:
        return [Place(str(point), point, "point", "")]
    wanted = re.findall(r"\w+", text.casefold())
    return [
        place for place in PLACES if wanted and all(any(word.startswith(w) for word in _words(place)) for w in wanted)
    ]


def _words(place: Place) -> list[str]:
    return re.findall(r"\w+", f"{place.name} {place.country}".casefold())


def along_roads(start: At, end: At) -> list[At]:
    """The shortest way by road between two points at known places, both ends included; a straight line elsewhere."""
    one, other = nearest(start, 300), nearest(end, 300)
    if one is None or other is None or one == other:
        return [start, end]
    best: dict[str, tuple[float, list[str]]] = {one.name: (0.0, [one.name])}
    open_, done = {one.name}, set[str]()
    while open_:
        here = min(open_, key=lambda name: (best[name][0], name))
        length, path = best[here]
        if here == other.name:
            return [start, *(BY_NAME[name].at for name in path[1:-1]), end]
        open_.discard(here)
        done.add(here)
        for there in LINKS[here] - done:
            total = length + metres(BY_NAME[here].at, BY_NAME[there].at)
            if there not in best or total < best[there][0]:
                best[there] = (total, [*path, there])
                open_.add(there)
    return [start, end]
