"""Noise that has the spectrum and the colours of what surrounds the hole."""

from __future__ import annotations

import zlib

import cv2
import numpy as np

from retouch.image.fill.smooth import fill_smoothly
from retouch.image.mask import Mask


def fill_with_noise(pixels: np.ndarray, mask: Mask) -> np.ndarray:
    """The surrounding colours carried inward, with texture on them as the kept part has it.

    The texture is what the kept pixels differ by from that smooth surface, its Fourier phases turned at
    random, by the same angle in all channels so that they stay correlated (Galerne, Gousseau and Morel,
    Random Phase Textures, 2011). The same picture and mask give the same noise, and another picture other
    noise: the stages of an extension do not repeat one another. n log n in the pixels.
    """
    smooth = fill_smoothly(pixels, mask).astype(np.float32)
    kept = ~mask.solid
    if not kept.any():
        return smooth.astype(np.uint8)
    differs = (pixels - _blur(smooth)) * kept[..., None]
    rng = np.random.default_rng(zlib.crc32(pixels[kept].tobytes()))
    texture = _random_phase(differs, rng) / np.sqrt(kept.mean())
    mixed = np.where(kept[..., None], pixels, smooth + texture)
    return np.rint(mixed).clip(0, 255).astype(np.uint8)


def _blur(pixels: np.ndarray) -> np.ndarray:
    """Without what is finer than a sixteenth of the shorter side."""
    sigma = max(min(pixels.shape[:2]) / 32, 1.0)
    return cv2.GaussianBlur(pixels, (0, 0), sigma)


def _random_phase(texture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    angles = np.angle(np.fft.rfft2(rng.standard_normal(texture.shape[:2])))
    turned = np.fft.rfft2(texture, axes=(0, 1)) * np.exp(1j * angles)[..., None]
    return np.fft.irfft2(turned, s=texture.shape[:2], axes=(0, 1))
