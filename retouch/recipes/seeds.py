"""Seeds: which are painted with, and what becomes of the larger ones of other tools."""

from __future__ import annotations

from retouch.errors import add_remark
from retouch.knobs import Knob

MAX_SEED = 2**32 - 1
"""The largest seed that is painted with, as in AUTOMATIC1111's WebUI."""
MOST_SEED = 2**64
"""The largest seed that is understood: ComfyUI's largest is one less, which a browser rounds up."""
SEED = Knob("Seed", "-1 picks one; above 4294967295, as of ComfyUI, modulo 2^32.", -1, MOST_SEED, 1)


def fold_seed(seed: int) -> int:
    """The seed modulo 2^32, with a remark where that is another one; -1, which picks one, stays."""
    if seed <= MAX_SEED:
        return seed
    taken = seed % (MAX_SEED + 1)
    add_remark(f"Seed {seed} is above {MAX_SEED}: its remainder modulo 2^32, {taken}, is taken.")
    return taken
