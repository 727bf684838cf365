"""Find the stage of an inner job that returned NaN, by a check of the whole output of each stage.

The host checks one number only, after sampling and after decoding. So it reports the UNet if the VAE returned
NaN while encoding. It also misses a single picture of NaN in a batch.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from retouch.errors import NotANumber

_VAE_HINT = "Try another VAE, or start the WebUI with --no-half-vae."
ENCODER = ("the VAE returned NaN when it encoded the crop.", _VAE_HINT)
SAMPLER = (
    "the UNet returned NaN.",
    'Switch on "Upcast cross attention layer to float32" in the settings, or start the WebUI with --no-half.',
)
DECODER = ("the VAE returned NaN when it decoded the crop.", _VAE_HINT)


def refuse_nan(tensors: torch.Tensor | Sequence[torch.Tensor], stage: tuple[str, str]) -> None:
    """Raises NotANumber with the stage if any of `tensors` contains NaN.

    `tensors` are float, of any shape. `stage` is (message, hint).
    """
    if any(bool(torch.isnan(tensor).any()) for tensor in tensors):
        raise blame(stage)


def blame(stage: tuple[str, str]) -> NotANumber:
    """The error for a stage, which is (message, hint)."""
    what, hint = stage
    return NotANumber(what, hint=hint)


def explain(error: Exception) -> NotANumber:
    """The host's NansException as NotANumber. The stage is read from the exception's text."""
    text: Any = str(error).casefold()
    return blame(DECODER if "in vae" in text else SAMPLER)
