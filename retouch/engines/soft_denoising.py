"""Soft denoising: the step from which a cell of the denoise mask is repainted.

Differential diffusion (Levin and Fried, Differential Diffusion: Giving Each Pixel Its Strength, 2023). A cell
of mask value m stays at the original, noised to the level of each step, until the schedule reaches its
threshold. So its denoising strength is m times the job's. The engines restore the cells; this module computes
the threshold for all engines.
"""

from __future__ import annotations

from typing import Any

OPAQUE = 255
"""The mask value that is repainted from the first step."""


def first_step(alpha: Any, steps: int) -> Any:
    """The first step, counted from 0, that repaints a cell of mask value `alpha`, 0..255.

    Of n steps that are run, the last ceil(m * n) repaint it, m = alpha / 255: those where the part that
    is done once step i is, (i + 1) / n, is more than 1 - m. All of them at 255, none at 0, where this is
    `steps`. Reckoned in whole numbers, lest a rounding move the threshold: `alpha` is an int, or an array
    or tensor of them that holds 255 * steps.
    """
    return steps - (alpha * steps + OPAQUE - 1) // OPAQUE
