from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from retouch.api.memory import PictureCache, StateCache, name_of
from retouch.errors import Missing
from retouch.image.picture import Metadata
from tests.stand import photo


def test_cache_returns_each_picture_by_its_name():
    kept = PictureCache()
    one, two = photo(seed=1), photo(seed=2)
    names = kept.put(one), kept.put(two)
    assert kept.get(names[0]) is one
    assert kept.get(names[1]) is two
    assert kept.put(photo(seed=1)) == names[0]


def test_picture_name_depends_on_pixels_alpha_and_metadata():
    plain = photo()
    veiled = dataclasses.replace(plain, alpha=np.full(plain.pixels.shape[:2], 7, np.uint8))
    tagged = dataclasses.replace(plain, baggage=Metadata(text=(("a", "b"),)))
    assert len({name_of(p, b"k") for p in (plain, veiled, tagged, photo(seed=9))}) == 4


def test_picture_name_depends_on_the_key_of_the_process():
    assert PictureCache().put(photo()) != PictureCache().put(photo())
    assert name_of(photo(), b"one") == name_of(photo(), b"one")


def test_least_recently_used_picture_is_evicted_first():
    kept = PictureCache(max_pictures=2)
    first, second = kept.put(photo(seed=1)), kept.put(photo(seed=2))
    kept.get(first)
    third = kept.put(photo(seed=3))
    assert kept.get(first)
    assert kept.get(third)
    with pytest.raises(Missing, match="Send it again"):
        kept.get(second)


def test_byte_limit_holds_and_a_larger_picture_is_not_cached():
    picture = photo(100, 100)
    kept = PictureCache(max_bytes=picture.pixels.nbytes * 2)
    for seed in range(5):
        kept.put(photo(100, 100, seed))
    assert kept.bytes == picture.pixels.nbytes * 2
    huge = kept.put(photo(400, 400))
    assert kept.bytes == 0
    with pytest.raises(Missing):
        kept.get(huge)


def test_segmenter_state_is_found_only_for_its_picture_and_segmenter():
    memories, of = StateCache(), ("picture", "sam")
    name = memories.put(of, [1, 2])
    assert memories.get(of, name) == [1, 2]
    assert memories.get(("other", "sam"), name) is None
    assert memories.get(("picture", "other"), name) is None
    assert memories.get(of, "made up") is None
    assert memories.put(of, [1, 2]) != name, "a name tells nothing of what it names"


def test_state_cache_drops_the_oldest_and_names_none_with_a_blank():
    memories, of = StateCache(limit=2), ("picture", "sam")
    names = [memories.put(of, number) for number in (1, 2, 3)]
    assert [memories.get(of, name) for name in names] == [None, 2, 3]
    assert memories.put(of, None) == ""
