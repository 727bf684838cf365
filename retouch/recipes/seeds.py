"""Seeds: the seeds of regions, variations and retries, and those of other tools modulo 2^32."""

from __future__ import annotations

import secrets

from retouch.errors import add_remark
from retouch.knobs import Knob

MAX_SEED = 2**32 - 1
"""The largest seed of the sampler, as in AUTOMATIC1111's WebUI."""
MOST_SEED = 2**64
"""The largest accepted seed: ComfyUI's largest is one less, which a browser rounds up."""
SEED = Knob("Seed", "-1 picks one; above 4294967295, as of ComfyUI, modulo 2^32.", -1, MOST_SEED, 1)


RETRY_STRIDE = 0x9E3779B1
"""Difference from one attempt to the next: the golden ratio of 2^32, so that seeds of neighbours do not
collide."""
FAR_HALF = 0x85EBCA6B
"""Difference from the near half of a stage to the far one: the next number is the seed of another stage."""


def for_region(base: int, number: int, seed_step: str) -> int:
    """The seed 0..MAX_SEED of region or stage `number`, from 1: with `seed_step` "next" each has its own."""
    return _wrap(base + (number - 1 if seed_step == "next" else 0))


def for_variation(seed: int, index: int) -> int:
    """The seed 0..MAX_SEED of variation `index`, from 0; number 0 has the region's own seed.

    >>> for_variation(2**32 - 1, 1)
    0
    """
    return _wrap(seed + index)


def for_retry(seed: int, attempt: int) -> int:
    """The seed 0..MAX_SEED of an `attempt`, from 0; number 0 has `seed` itself."""
    return _wrap(seed + attempt * RETRY_STRIDE)


def for_far_half(seed: int) -> int:
    """The seed of the far half of a stage whose near half has `seed`."""
    return _wrap(seed + FAR_HALF)


def pick_seed() -> int:
    """A random seed 0..MAX_SEED."""
    return secrets.randbelow(MAX_SEED + 1)


def _wrap(seed: int) -> int:
    return seed % (MAX_SEED + 1)


def fold_seed(seed: int) -> int:
    """The seed modulo 2^32, with a remark if it differs; -1, which stands for a random seed, stays."""
    if seed <= MAX_SEED:
        return seed
    remainder = _wrap(seed)
    add_remark(f"Seed {seed} is above {MAX_SEED}: its remainder modulo 2^32, {remainder}, is taken.")
    return remainder
