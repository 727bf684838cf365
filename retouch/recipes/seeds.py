"""Seeds: how one follows from another, and the remainder of those that other tools have."""

from __future__ import annotations

import secrets

from retouch.errors import add_remark
from retouch.knobs import Knob

MAX_SEED = 2**32 - 1
"""The largest seed that is painted with, as in AUTOMATIC1111's WebUI."""
MOST_SEED = 2**64
"""The largest seed that is understood: ComfyUI's largest is one less, which a browser rounds up."""
SEED = Knob("Seed", "-1 picks one; above 4294967295, as of ComfyUI, modulo 2^32.", -1, MOST_SEED, 1)


RETRY_STRIDE = 0x9E3779B1
"""From one attempt to the next: the golden ratio of 2^32, so that no attempt meets a neighbour's seed."""
FAR_HALF = 0x85EBCA6B
"""From the near half of a stage to the far one: the next number is another stage's."""


def for_region(base: int, number: int, seed_step: str) -> int:
    """The seed of region or stage `number`, counted from 1: with `seed_step` "next" each has its own."""
    return _wrap(base + (number - 1 if seed_step == "next" else 0))


def for_variation(seed: int, index: int) -> int:
    """The seed of variation `index`, counted from 0, which has the region's own."""
    return _wrap(seed + index)


def for_retry(seed: int, attempt: int) -> int:
    """The seed of an attempt, counted from 0, which has `seed` itself."""
    return _wrap(seed + attempt * RETRY_STRIDE)


def for_far_half(seed: int) -> int:
    """The seed of the far half of a stage whose near half has `seed`."""
    return _wrap(seed + FAR_HALF)


def pick_seed() -> int:
    """A seed by chance."""
    return secrets.randbelow(MAX_SEED + 1)


def _wrap(seed: int) -> int:
    return seed % (MAX_SEED + 1)


def fold_seed(seed: int) -> int:
    """The seed modulo 2^32, with a remark where that is another one; -1, which picks one, stays."""
    if seed <= MAX_SEED:
        return seed
    taken = _wrap(seed)
    add_remark(f"Seed {seed} is above {MAX_SEED}: its remainder modulo 2^32, {taken}, is taken.")
    return taken
