"""ComfyUI's tensors and Retouch's values.

ComfyUI's IMAGE is a float tensor (b, h, w, 3) 0..1, and its MASK a float tensor (b, h, w) 0..1.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from retouch.image.mask import Mask
from retouch.image.picture import Picture


def pictures_of(image: torch.Tensor) -> list[Picture]:
    """The pictures of an IMAGE. A fourth channel is left out. Levels are rounded."""
    levels = (image[..., :3].detach().cpu().float().clamp(0, 1) * 255).round()
    return [Picture(np.ascontiguousarray(one.numpy().astype(np.uint8))) for one in levels]


def image_of(pictures: Sequence[Picture]) -> torch.Tensor:
    """Pictures of one size as an IMAGE."""
    return torch.stack([torch.from_numpy(picture.pixels.copy()) for picture in pictures]).float() / 255


def masks_of(mask: torch.Tensor, count: int) -> list[Mask]:
    """`count` masks of a MASK. Its last mask stands for those that are missing."""
    levels = (mask.detach().cpu().float().clamp(0, 1) * 255).round()
    planes = levels.reshape(-1, *levels.shape[-2:]).numpy().astype(np.uint8)
    return [Mask(np.ascontiguousarray(planes[min(index, len(planes) - 1)])) for index in range(count)]


def mask_of(masks: Sequence[np.ndarray]) -> torch.Tensor:
    """Masks (h, w) uint8 of one size as a MASK."""
    return torch.stack([torch.from_numpy(mask.copy()) for mask in masks]).float() / 255


def keep_exact(image: torch.Tensor, before: Sequence[Picture], after: Sequence[Picture]) -> torch.Tensor:
    """`after` as an IMAGE. Pixels with the levels of `before` keep the values of `image`, to the bit."""
    given = image[..., :3].detach().cpu().float()
    same = torch.stack(
        [torch.from_numpy((old.pixels == new.pixels).all(2)) for old, new in zip(before, after, strict=True)]
    )
    return torch.where(same[..., None], given, image_of(after))
