"""The painters of bench `seam`, which know the truth.

A painter returns the given piece as a model that finds exactly the right content would, with the usual
errors: a colour shift that varies over the piece, loss of detail, blur, noise. All are seeded.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image

from retouch.image.geometry import Size
from retouch.image.mask import Mask

SHIFT = 4.0
"""Levels of 255: the spread of a painter's colour shift, in each channel."""
BLUE_AND_RED = [2, 1, 0]


@dataclass(frozen=True, eq=False)
class Painting:
    """(height, width, 3) levels that need not be whole, and a tint of so many only where it repaints."""

    levels: np.ndarray
    tint: np.ndarray | float = 0.0

    def through(self, repainted: Mask) -> np.ndarray:
        """The painted piece, uint8. `repainted` is the denoise mask of the compositing method."""
        return rounded(self.levels + self.tint * (repainted.alpha / 255)[..., None])


Painter = Callable[[np.ndarray, np.random.Generator], Painting]
"""(truth uint8, random numbers) -> what is painted."""


def rounded(levels: np.ndarray) -> np.ndarray:
    return np.rint(levels).clip(0, 255).astype(np.uint8)


def slope(size: Size, random: np.random.Generator) -> np.ndarray:
    """(height, width, 3) levels: a constant plus a gradient, in another direction for each channel."""
    x, y = _unit(size)
    a, b, c = random.normal(0, SHIFT, (3, 3))
    return 0.7 * a + 1.5 * (b * x[..., None] + c * y[..., None])


def waves(size: Size, random: np.random.Generator) -> np.ndarray:
    """`slope` with three waves in each channel, one to two piece lengths long, in random directions."""
    x, y = _unit(size)
    turns, phases = random.uniform(0, 2 * np.pi, (2, 3, 3))
    pace = 2 * np.pi * random.uniform(0.5, 1, (3, 3))
    along = np.cos(turns) * x[..., None, None] + np.sin(turns) * y[..., None, None]
    return slope(size, random) + SHIFT * 0.6 * np.sin(pace * along + phases).sum(-1)


def clouds(size: Size, random: np.random.Generator) -> np.ndarray:
    """Smooth noise with about five clouds a side. It is neither a polynomial nor a wave."""
    deviation = max(size) / 8
    smooth = cv2.GaussianBlur(random.normal(size=(size.height, size.width, 3)), (0, 0), deviation)
    return random.normal(0, 0.7 * SHIFT, 3) + 0.8 * SHIFT * smooth / smooth.std((0, 1))


def vignette(size: Size, random: np.random.Generator) -> np.ndarray:
    """A bowl around a random point, with another depth in each channel."""
    (x, y), (across, down) = _unit(size), random.uniform(-0.3, 0.3, 2)
    depth = random.normal(0, 3 * SHIFT, 3)
    return depth * (((x - across) ** 2 + (y - down) ** 2)[..., None] - 0.1)


def _unit(size: Size) -> tuple[np.ndarray, np.ndarray]:
    """x and y coordinates from -0.5 to 0.5, as two arrays."""
    x, y = np.meshgrid(np.linspace(-0.5, 0.5, size.width), np.linspace(-0.5, 0.5, size.height))
    return x, y


def exact(truth: np.ndarray, random: np.random.Generator) -> Painting:
    return Painting(truth.astype(np.float32))


def sloped(truth: np.ndarray, random: np.random.Generator) -> Painting:
    return Painting(truth + slope(_size(truth), random))


def waved(truth: np.ndarray, random: np.random.Generator) -> Painting:
    return Painting(truth + waves(_size(truth), random))


def lossy(truth: np.ndarray, random: np.random.Generator) -> Painting:
    """No shift: fine detail and half of the colours' detail are lost, and noise is added."""
    return Painting(_lost(truth, random))


def encoded(truth: np.ndarray, random: np.random.Generator) -> Painting:
    """An autoencoder: a shift by waves, and the loss of `lossy`."""
    return Painting(_lost(truth, random) + waves(_size(truth), random))


def tinted(truth: np.ndarray, random: np.random.Generator) -> Painting:
    """A small shift everywhere, and a larger tint in the repainted area: the grey square around a face."""
    return Painting(truth + waves(_size(truth), random) / 4, random.normal(0, 1.5 * SHIFT, 3))


def clouded(truth: np.ndarray, random: np.random.Generator) -> Painting:
    return Painting(truth + clouds(_size(truth), random))


def shaded(truth: np.ndarray, random: np.random.Generator) -> Painting:
    """A vignette, and the loss of JPEG compression."""
    return Painting(_as_jpeg(truth) + vignette(_size(truth), random))


def faded(truth: np.ndarray, random: np.random.Generator) -> Painting:
    """Lower contrast and another white point: a shift that depends on the level, not on the place."""
    grey = 110 + random.normal(0, SHIFT, 3)
    return Painting(grey + 0.95 * (truth - grey) + random.normal(0, SHIFT / 2, 3))


def jpeg(truth: np.ndarray, random: np.random.Generator) -> Painting:
    """No shift: the loss of JPEG compression."""
    return Painting(_as_jpeg(truth))


def _size(truth: np.ndarray) -> Size:
    return Size(truth.shape[1], truth.shape[0])


def _lost(truth: np.ndarray, random: np.random.Generator) -> np.ndarray:
    luma, *chroma = np.moveaxis(cv2.cvtColor(truth.astype(np.float32), cv2.COLOR_RGB2YCrCb), -1, 0)
    soft = [cv2.GaussianBlur(luma, (0, 0), 0.9), *(cv2.GaussianBlur(plane, (0, 0), 2.0) for plane in chroma)]
    blurred = cv2.cvtColor(np.stack(soft, -1).astype(np.float32), cv2.COLOR_YCrCb2RGB)
    return blurred + random.normal(0, 2.5, truth.shape)


def _as_jpeg(truth: np.ndarray) -> np.ndarray:
    """JPEG at quality 60, with the colours at half the resolution."""
    coded = io.BytesIO()
    Image.fromarray(truth).save(coded, "JPEG", quality=60, subsampling="4:2:0")
    return np.asarray(Image.open(coded)).astype(np.float32)


NO_SHIFT, NO_SHIFT_HELD_OUT = "loss, no shift", "JPEG, no shift"
PAINTERS: dict[str, Painter] = {
    "slope": sloped,
    "waves": waved,
    "waves and loss": encoded,
    "tint where repainted": tinted,
    NO_SHIFT: lossy,
}
HELD_OUT: dict[str, Painter] = {
    "clouds": clouded,
    "vignette and JPEG": shaded,
    "faded": faded,
    NO_SHIFT_HELD_OUT: jpeg,
}
"""Shifts and losses that nothing was tuned on."""


def demo_autoencoder() -> Painter | None:
    """The demo checkpoint's autoencoder, a round trip. None if models/demo does not exist."""
    from retouch.engines import demo_model

    if not demo_model.is_here():
        return None
    import torch

    from retouch.engines import latents

    vae = demo_model.demo_engine("cpu").pipe.vae

    def paint(truth: np.ndarray, random: np.random.Generator) -> Painting:
        pixels = torch.from_numpy(truth.copy()).permute(2, 0, 1)[None].float() / 127.5 - 1
        with torch.no_grad():
            (back,) = latents.decode(vae, latents.encode(vae, pixels, []))
        return Painting(back.pixels.astype(np.float32))

    return paint


def dyed(truth: np.ndarray, body: np.ndarray) -> np.ndarray:
    """`truth` with red paint where `body` (height, width) bool is True. Light and shade are kept."""
    light = truth.mean(-1, keepdims=True)
    red = light * np.array([0.55, 0.25, 0.2]) + np.array([90, 15, 12])
    return np.where(body[..., None], rounded(red), truth)


def repainted_blue(truth: np.ndarray, where: np.ndarray) -> np.ndarray:
    """Red and blue exchanged where `where` (height, width) bool is True."""
    return np.where(where[..., None], truth[..., BLUE_AND_RED], truth)
