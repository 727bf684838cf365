"""Soft denoising: the step from which a cell of the denoise mask is denoised.

Differential diffusion (Levin and Fried, Differential Diffusion: Giving Each Pixel Its Strength, 2023). A cell
of mask value m, 0..1, stays at the original, noised to the level of each step, until the schedule reaches its
threshold. So its denoising strength is m times the denoising strength of the job. The engines restore the
cells. This module computes the threshold for all engines.
"""

from __future__ import annotations

from typing import Any

OPAQUE = 255
"""The mask value of cells that are denoised from the first step."""


def first_step(alpha: Any, steps: int) -> Any:
    """The first step, counted from 0, that denoises a cell of mask value `alpha`, 0..255.

    Let m = alpha / 255 and n = `steps`, the number of steps that run. The last ceil(m * n) steps denoise the
    cell. These are the steps i with (i + 1) / n > 1 - m. At 255 all steps denoise it. At 0 none does, and
    the result is `steps`. The arithmetic is in integers, so that rounding cannot move the threshold.
    `alpha` is an int, or an integer array or tensor of any shape with a dtype that can hold 255 * steps. The
    result has its shape.
    """
    return steps - (alpha * steps + OPAQUE - 1) // OPAQUE
