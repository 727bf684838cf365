"""Conversion of the host's float pictures to `Picture` and back. Unchanged pixels keep their exact floats."""

from __future__ import annotations

import numpy as np
import torch

from retouch.image.picture import Picture


def picture_of(tensor: torch.Tensor) -> Picture:
    """The picture, uint8, of a tensor (3, h, w) float 0..1. Values are truncated, as in the host's saving."""
    return Picture((255.0 * np.moveaxis(tensor.detach().float().cpu().numpy(), 0, 2)).astype(np.uint8))


def floats_of(tensor: torch.Tensor, before: Picture, after: Picture) -> torch.Tensor:
    """The floats of `after`, (3, h, w) 0..1. The host truncates them to exactly the pixels of `after`.

    `tensor` are the host's floats of `before`, in the same shape. Pixels equal in both pictures keep them.
    """
    changed = (before.pixels != after.pixels).any(2)
    if not changed.any():
        return tensor
    painted = torch.from_numpy((after.pixels.astype(np.float32) + 0.5) / 255).permute(2, 0, 1)
    return torch.where(torch.from_numpy(changed)[None], painted.to(tensor), tensor)
