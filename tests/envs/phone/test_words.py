import random

import pytest

from agentkit.errors import ConfigError
from envs.phone import words as lists
from envs.phone.words import part, vocabulary, words

LISTS = {name: value for name, value in vars(lists).items() if name.isupper()}


@pytest.mark.parametrize("name", sorted(LISTS))
def test_halves_part_each_list_evenly(name: str) -> None:
    everything, train, held_out = (part(LISTS[name], split) for split in ("all", "train", "held_out"))
    assert len(set(everything)) == len(everything) >= 80
    assert not set(train) & set(held_out)
    assert sorted((*train, *held_out)) == sorted(everything)
    assert min(len(train), len(held_out)) > 0.35 * len(everything)


def test_everything_drawn_stays_in_its_half() -> None:
    known = {w.lower() for value in LISTS.values() for w in value}
    allowed = {w.lower() for value in LISTS.values() for w in part(value, "train")}
    draw = words(random.Random(3), "train")
    spoken = " ".join([draw.paragraph(300), *(draw.full_name() for _ in range(300))])
    met = {w.strip(".,!?").lower() for w in spoken.split()} & known
    assert len(met) > 200
    assert not met - allowed


def test_the_block_sets_the_half_and_only_inside() -> None:
    with vocabulary("held_out"):
        assert words(random.Random(0)).split == "held_out"
        assert words(random.Random(0), "train").split == "train"
        with vocabulary("train"):
            assert words(random.Random(0)).split == "train"
        assert words(random.Random(0)).split == "held_out"
    assert words(random.Random(0)).split == "all"


def test_faults() -> None:
    with pytest.raises(ConfigError, match="'test'"):
        words(random.Random(0), "test")  # type: ignore[arg-type]
    with pytest.raises(ConfigError), vocabulary("both"):  # type: ignore[arg-type]
        pass
    with pytest.raises(ValueError, match="distinct"):
        words(random.Random(0)).distinct("place", 500)


def test_distinct_leaves_out_what_is_taken() -> None:
    draw = words(random.Random(0), "train")
    places = part(lists.PLACES, "train")
    assert sorted(draw.distinct("place", len(places) - 2, places[:2])) == sorted(places[2:])
