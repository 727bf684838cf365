"""Fill a hole with noise that has the spectrum and the colours of its surroundings."""

from __future__ import annotations

import zlib

import cv2
import numpy as np

from retouch.image.fill.smooth import fill_smoothly
from retouch.image.mask import Mask


def fill_with_noise(pixels: np.ndarray, mask: Mask) -> np.ndarray:
    """Fill the solid part of the mask with the surrounding colours and a random texture like that of the kept
    part.

    The texture is the difference of the kept pixels from the smooth fill, with random Fourier phases. The
    phase shift is the same in all channels, so that they stay correlated (B. Galerne, Y. Gousseau and J.-M.
    Morel, Random Phase Textures: Theory and Synthesis, 2011, doi:10.1109/TIP.2010.2052822). The noise is a
    function of the picture and the mask: equal inputs give equal noise, and the stages of an extension do not
    repeat each other. Time is n log n in the pixels.

    `pixels` and the result are (height, width, 3) uint8 RGB levels of the mask's size; kept pixels are
    unchanged. Without a kept pixel the result is mid grey.

    >>> pixels = np.random.default_rng(0).integers(100, 156, (64, 64, 3), np.uint8)
    >>> alpha = np.zeros((64, 64), np.uint8)
    >>> alpha[16:48, 16:48] = 255
    >>> filled = fill_with_noise(pixels, Mask(alpha))
    >>> np.array_equal(filled[:16], pixels[:16]), bool(10 < filled[16:48, 16:48].std() < 25)
    (True, True)
    """
    smooth = fill_smoothly(pixels, mask).astype(np.float32)
    unmasked = ~mask.solid
    if not unmasked.any():
        return smooth.astype(np.uint8)
    residual = (pixels - _blur(smooth)) * unmasked[..., None]
    rng = np.random.default_rng(zlib.crc32(pixels[unmasked].tobytes()))
    texture = _random_phase(residual, rng) / np.sqrt(unmasked.mean())
    mixed = np.where(unmasked[..., None], pixels, smooth + texture)
    return np.rint(mixed).clip(0, 255).astype(np.uint8)


def _blur(pixels: np.ndarray) -> np.ndarray:
    """The pixels without detail finer than a sixteenth of the shorter side."""
    sigma = max(min(pixels.shape[:2]) / 32, 1.0)
    return cv2.GaussianBlur(pixels, (0, 0), sigma)


def _random_phase(texture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A (height, width, channels) texture with the same amplitudes and random phases, equal in all
    channels."""
    angles = np.angle(np.fft.rfft2(rng.standard_normal(texture.shape[:2])))
    spectrum = np.fft.rfft2(texture, axes=(0, 1)) * np.exp(1j * angles)[..., None]
    return np.fft.irfft2(spectrum, s=texture.shape[:2], axes=(0, 1))
