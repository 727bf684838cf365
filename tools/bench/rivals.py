"""Compositing of other tools: their masks and colour matching, written from their descriptions.

Each function takes the crop before painting, (height, width, 3) uint8; a function that paints it for a given
mask; and the region as detected or drawn, a binary mask. Each makes its own soft masks from the region with
the defaults of its tool.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import cv2
import numpy as np

from retouch.image.colour_space import lab
from retouch.image.mask import Mask
from tools.bench.seam_cases import Paint


class Put(NamedTuple):
    """What was put back, (height, width, 3) uint8, and through which mask: there its edge is."""

    pixels: np.ndarray
    mask: Mask


Putting = Callable[[np.ndarray, Paint, Mask], Put]

WEBUI_BLUR = 4
_BLUR_KERNEL = 2 * int(2.5 * WEBUI_BLUR + 0.5) + 1
KRITA_STRENGTH = 0.5


def plain(original: np.ndarray, paint: Paint, region: Mask) -> Put:
    """The WebUI's "only masked" inpainting: a Gaussian of mask blur 4 over the drawn mask."""
    alpha = _webui_blur(_alpha(region))
    return _mixed(original, paint(_latent(alpha)), alpha)


def plain_grown(original: np.ndarray, paint: Paint, region: Mask) -> Put:
    """As `plain`, with the mask grown by the reach of the blur: the whole region shows the painting."""
    alpha = _webui_blur(_dilated(_alpha(region), _BLUR_KERNEL))
    return _mixed(original, paint(_latent(alpha)), alpha)


def adetailer(original: np.ndarray, paint: Paint, region: Mask) -> Put:
    """ADetailer: dilation with a square kernel of 4 pixels, then the WebUI's blur."""
    alpha = _webui_blur(_dilated(_alpha(region), 4))
    return _mixed(original, paint(_latent(alpha)), alpha)


def krita(original: np.ndarray, paint: Paint, region: Mask) -> Put:
    """Krita AI Diffusion: CIELAB mean and spread of the pixels outside the mask; blends over 25 px.

    The statistics count masked pixels as zeros, as its colour match does.
    """
    width, height = _sides(region)
    diagonal = math.hypot(width, height)
    feather = max(int(0.1 * KRITA_STRENGTH * diagonal), round(32 * KRITA_STRENGTH))
    grow = 4 + feather // 2
    blend = min(25, grow + feather // 2)
    repainted = _dilated(_alpha(region), 2 * (grow + feather // 2) + 1)
    painted = paint(_mask(repainted))
    alpha = cv2.erode(repainted, np.ones((blend // 2 * 2 + 1,) * 2, np.uint8))
    alpha = _gaussian(alpha, blend, 0.3 * (blend - 1) + 0.8)
    return _mixed(original, _statistics_matched(original, painted, 1 - repainted), alpha)


def impact(original: np.ndarray, paint: Paint, region: Mask) -> Put:
    """Impact Pack's detailer: dilation by a kernel of 10, feather 5 (a kernel of 11 with sigma 10).

    It repaints through a wider mask: feather 20.
    """
    box = _dilated(_alpha(region), 10)
    return _mixed(original, paint(_mask(_gaussian(box, 41, 10))), _gaussian(box, 11, 10))


def crop_and_stitch(original: np.ndarray, paint: Paint, region: Mask) -> Put:
    """Inpaint-CropAndStitch: blend 32, which grows by 6 px; sigma 4, threshold 0.1, and sigma 4 again."""
    sigma = 32 * 0.5 / 4
    grown = _dilated(_alpha(region), math.ceil(32 / 4 * 1.5 + 1))
    once = cv2.GaussianBlur(grown, (0, 0), sigma)
    cut = np.where(once < 0.1, np.float32(0), once)
    return _mixed(original, paint(_mask(cut)), cv2.GaussianBlur(cut, (0, 0), sigma))


def poisson(original: np.ndarray, paint: Paint, region: Mask) -> Put:
    """OpenCV's seamlessClone (Perez et al., Poisson image editing, 2003), grown as ADetailer grows.

    A frame is added around the crop, because the method needs unmasked pixels on every side.
    """
    alpha = _dilated(_alpha(region), 5)
    painted, alpha = paint(_latent(alpha)), (alpha * 255).astype(np.uint8)
    under, over = (cv2.copyMakeBorder(a, 3, 3, 3, 3, cv2.BORDER_REPLICATE) for a in (original, painted))
    mask = cv2.copyMakeBorder(alpha, 3, 3, 3, 3, cv2.BORDER_CONSTANT)
    left, top, width, height = cv2.boundingRect(mask)
    center = (left + width // 2, top + height // 2)
    cloned = cv2.seamlessClone(over, under, mask, center, cv2.NORMAL_CLONE)[3:-3, 3:-3]
    return Put(np.where(alpha[..., None] > 0, cloned, original), Mask(alpha))


def multiband(original: np.ndarray, paint: Paint, region: Mask) -> Put:
    """Burt and Adelson, A multiresolution spline (1983), of four octaves.

    It changes pixels outside the mask.
    """
    alpha = np.repeat(_alpha(region)[..., None], 3, 2)
    under, over = original.astype(np.float32), paint(region).astype(np.float32)
    return Put(_rounded(_splined(under, over, alpha, 4)), region)


RIVALS: dict[str, Putting] = {
    "plain alpha": plain,
    "plain alpha, grown": plain_grown,
    "ADetailer": adetailer,
    "Krita": krita,
    "Impact": impact,
    "CropAndStitch": crop_and_stitch,
    "seamlessClone": poisson,
    "multiband": multiband,
}


def _alpha(region: Mask) -> np.ndarray:
    return region.solid.astype(np.float32)


def _mask(alpha: np.ndarray) -> Mask:
    return Mask(_rounded(alpha * 255))


def _latent(alpha: np.ndarray) -> Mask:
    """The latent mask of the WebUI: cells of 8 x 8 pixels of which half or more is masked."""
    height, width = alpha.shape
    cells = cv2.resize(alpha, (width // 8, height // 8), interpolation=cv2.INTER_AREA)
    return _mask(cv2.resize(np.rint(cells), (width, height), interpolation=cv2.INTER_NEAREST))


def _sides(region: Mask) -> tuple[int, int]:
    bounds = region.bounds
    return (bounds.width, bounds.height) if bounds else (0, 0)


def _dilated(alpha: np.ndarray, kernel: int) -> np.ndarray:
    return cv2.dilate(alpha, np.ones((kernel, kernel), np.uint8))


def _webui_blur(alpha: np.ndarray) -> np.ndarray:
    return _gaussian(alpha, _BLUR_KERNEL, WEBUI_BLUR)


def _gaussian(alpha: np.ndarray, kernel: int, sigma: float) -> np.ndarray:
    return cv2.GaussianBlur(alpha, (kernel // 2 * 2 + 1,) * 2, sigma)


def _mixed(under: np.ndarray, over: np.ndarray, alpha: np.ndarray) -> Put:
    pixels = _rounded(under + (over.astype(np.float32) - under) * alpha[..., None])
    return Put(pixels, _mask(alpha))


def _rounded(levels: np.ndarray) -> np.ndarray:
    return np.rint(levels).clip(0, 255).astype(np.uint8)


def _statistics_matched(original: np.ndarray, painted: np.ndarray, outside: np.ndarray) -> np.ndarray:
    """`painted` with the CIELAB mean and spread of `original`, both computed with the inside set to 0."""
    wanted, found = lab(original), lab(painted)
    (mean, spread), (mean_found, spread_found) = (
        _statistics(a * outside[..., None]) for a in (wanted, found)
    )
    matched = (found - mean_found) / np.maximum(spread_found, 1e-5) * spread + mean
    return cv2.cvtColor(matched.astype(np.float32), cv2.COLOR_LAB2RGB) * 255


def _statistics(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return values.mean((0, 1)), values.std((0, 1))


def _splined(under: np.ndarray, over: np.ndarray, alpha: np.ndarray, octaves: int) -> np.ndarray:
    if octaves == 0:
        return under + (over - under) * alpha
    size = (under.shape[1], under.shape[0])
    small = [cv2.pyrDown(layer) for layer in (under, over, alpha)]
    bands = [layer - cv2.pyrUp(low, dstsize=size) for layer, low in zip((under, over), small, strict=False)]
    band = bands[0] + (bands[1] - bands[0]) * alpha
    return band + cv2.pyrUp(_splined(small[0], small[1], small[2], octaves - 1), dstsize=size)
