"""NaN in an inner job: which stage made it, found by looking at all of what each of them gives.

The host looks at one number only, after sampling and after decoding. So it blames the UNet for what the VAE
spoils while it encodes, and does not notice one spoilt picture of a batch.
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
    """NotANumber that names the stage when any of `tensors`, which it made, holds NaN."""
    if any(bool(torch.isnan(tensor).any()) for tensor in tensors):
        raise blame(stage)


def blame(stage: tuple[str, str]) -> NotANumber:
    what, hint = stage
    return NotANumber(what, hint=hint)


def explain(error: Exception) -> NotANumber:
    """The host's own NansException as ours; its text is all that names the stage."""
    text: Any = str(error).casefold()
    return blame(DECODER if "in vae" in text else SAMPLER)
