from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from retouch.errors import Missing
from retouch.kept import Kept, name_of
from retouch.raster import Baggage
from tests.stand import photo


def test_what_was_put_comes_back_under_its_name():
    kept = Kept()
    one, two = photo(seed=1), photo(seed=2)
    names = kept.put(one), kept.put(two)
    assert kept.get(names[0]) is one
    assert kept.get(names[1]) is two
    assert kept.put(photo(seed=1)) == names[0]


def test_colours_alpha_and_baggage_all_make_the_name():
    plain = photo()
    veiled = dataclasses.replace(plain, alpha=np.full(plain.pixels.shape[:2], 7, np.uint8))
    tagged = dataclasses.replace(plain, baggage=Baggage(text=(("a", "b"),)))
    assert len({name_of(p) for p in (plain, veiled, tagged, photo(seed=9))}) == 4


def test_the_longest_unused_picture_goes_first():
    kept = Kept(max_pictures=2)
    first, second = kept.put(photo(seed=1)), kept.put(photo(seed=2))
    kept.get(first)
    third = kept.put(photo(seed=3))
    assert kept.get(first)
    assert kept.get(third)
    with pytest.raises(Missing, match="Send it again"):
        kept.get(second)


def test_memory_is_bounded_even_by_one_large_picture():
    picture = photo(100, 100)
    kept = Kept(max_bytes=picture.pixels.nbytes * 2)
    for seed in range(5):
        kept.put(photo(100, 100, seed))
    assert kept.bytes == picture.pixels.nbytes * 2
    huge = kept.put(photo(400, 400))
    assert kept.bytes == 0
    with pytest.raises(Missing):
        kept.get(huge)
