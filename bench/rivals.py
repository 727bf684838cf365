"""How others put a painted crop back: their masks and colour matching, written from their descriptions.

Each takes the crop before and after painting, (height, width, 3) uint8, and the region as it was detected
or drawn, a hard mask; each makes its own soft mask of that, at its own defaults, and returns uint8.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import cv2
import numpy as np

from retouch.mask import Mask

Putting = Callable[[np.ndarray, np.ndarray, Mask], np.ndarray]

WEBUI_BLUR = 4
KRITA_STRENGTH = 0.5


def plain(original: np.ndarray, painted: np.ndarray, region: Mask) -> np.ndarray:
    """The WebUI's "only masked" inpainting: a Gaussian of mask blur 4 over the drawn mask."""
    return _mixed(original, painted, _webui_blur(_alpha(region)))


def adetailer(original: np.ndarray, painted: np.ndarray, region: Mask) -> np.ndarray:
    """ADetailer: a square dilation whose kernel is 4 pixels, then the WebUI's blur."""
    return _mixed(original, painted, _webui_blur(_dilated(_alpha(region), 4)))


def krita(original: np.ndarray, painted: np.ndarray, region: Mask) -> np.ndarray:
    """Krita AI Diffusion: CIELAB mean and spread of what is outside the mask; blends over 25 px.

    The statistics count masked pixels as zeros, as its colour match does.
    """
    width, height = _sides(region)
    diagonal = math.hypot(width, height)
    feather = max(int(0.1 * KRITA_STRENGTH * diagonal), round(32 * KRITA_STRENGTH))
    grow = 4 + feather // 2
    blend = min(25, grow + feather // 2)
    repainted = _dilated(_alpha(region), 2 * (grow + feather // 2) + 1)
    outside = 1 - repainted
    alpha = cv2.erode(repainted, np.ones((blend // 2 * 2 + 1,) * 2, np.uint8))
    alpha = _gaussian(alpha, blend, 0.3 * (blend - 1) + 0.8)
    return _mixed(original, _statistics_matched(original, painted, outside), alpha)


def impact(original: np.ndarray, painted: np.ndarray, region: Mask) -> np.ndarray:
    """Impact Pack's detailer: dilated by a kernel of 10, feather 5: a kernel of 11 with sigma 10."""
    return _mixed(original, painted, _gaussian(_dilated(_alpha(region), 10), 11, 10))


def crop_and_stitch(original: np.ndarray, painted: np.ndarray, region: Mask) -> np.ndarray:
    """Inpaint-CropAndStitch: blend 32, which grows by 6 px; sigma 4, a cut at 0.1, and sigma 4 again."""
    sigma = 32 * 0.5 / 4
    grown = _dilated(_alpha(region), math.ceil(32 / 4 * 1.5 + 1))
    once = cv2.GaussianBlur(grown, (0, 0), sigma)
    cut = np.where(once < 0.1, np.float32(0), once)
    return _mixed(original, painted, cv2.GaussianBlur(cut, (0, 0), sigma))


def poisson(original: np.ndarray, painted: np.ndarray, region: Mask) -> np.ndarray:
    """OpenCV's seamlessClone (Perez et al., Poisson image editing, 2003), grown as ADetailer grows.

    A frame is put around the crop, for it wants kept pixels on every side.
    """
    alpha = (_dilated(_alpha(region), 5) * 255).astype(np.uint8)
    under, over = (cv2.copyMakeBorder(a, 3, 3, 3, 3, cv2.BORDER_REPLICATE) for a in (original, painted))
    mask = cv2.copyMakeBorder(alpha, 3, 3, 3, 3, cv2.BORDER_CONSTANT)
    left, top, width, height = cv2.boundingRect(mask)
    center = (left + width // 2, top + height // 2)
    cloned = cv2.seamlessClone(over, under, mask, center, cv2.NORMAL_CLONE)[3:-3, 3:-3]
    return np.where(alpha[..., None] > 0, cloned, original)


def multiband(original: np.ndarray, painted: np.ndarray, region: Mask) -> np.ndarray:
    """Burt and Adelson, A multiresolution spline (1983), of four octaves; it changes what is outside."""
    alpha = np.repeat(_alpha(region)[..., None], 3, 2)
    under, over = original.astype(np.float32), painted.astype(np.float32)
    return _rounded(_splined(under, over, alpha, 4))


RIVALS: dict[str, Putting] = {
    "plain alpha": plain,
    "ADetailer": adetailer,
    "Krita": krita,
    "Impact": impact,
    "CropAndStitch": crop_and_stitch,
    "seamlessClone": poisson,
    "multiband": multiband,
}


def lab(levels: np.ndarray) -> np.ndarray:
    """CIELAB, float32, of levels 0..255: L of 0..100."""
    return cv2.cvtColor(levels.clip(0, 255).astype(np.float32) / 255, cv2.COLOR_RGB2LAB)


def _alpha(region: Mask) -> np.ndarray:
    return region.solid.astype(np.float32)


def _sides(region: Mask) -> tuple[int, int]:
    bounds = region.bounds
    return (bounds.width, bounds.height) if bounds else (0, 0)


def _dilated(alpha: np.ndarray, kernel: int) -> np.ndarray:
    return cv2.dilate(alpha, np.ones((kernel, kernel), np.uint8))


def _webui_blur(alpha: np.ndarray) -> np.ndarray:
    return _gaussian(alpha, 2 * int(2.5 * WEBUI_BLUR + 0.5) + 1, WEBUI_BLUR)


def _gaussian(alpha: np.ndarray, kernel: int, sigma: float) -> np.ndarray:
    return cv2.GaussianBlur(alpha, (kernel // 2 * 2 + 1,) * 2, sigma)


def _mixed(under: np.ndarray, over: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    return _rounded(under + (over.astype(np.float32) - under) * alpha[..., None])


def _rounded(levels: np.ndarray) -> np.ndarray:
    return np.rint(levels).clip(0, 255).astype(np.uint8)


def _statistics_matched(original: np.ndarray, painted: np.ndarray, outside: np.ndarray) -> np.ndarray:
    """`painted` with the CIELAB mean and spread of `original`, both taken with the inside set to 0."""
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
