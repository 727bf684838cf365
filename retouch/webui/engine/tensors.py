"""The host's float pictures as ours and back, with not a bit changed where nothing was painted."""

from __future__ import annotations

import numpy as np
import torch

from retouch.image.picture import Picture


def picture_of(tensor: torch.Tensor) -> Picture:
    """(3, h, w) float 0..1 as the host will save it: truncated, not rounded."""
    return Picture((255.0 * np.moveaxis(tensor.detach().float().cpu().numpy(), 0, 2)).astype(np.uint8))


def floats_of(tensor: torch.Tensor, before: Picture, after: Picture) -> torch.Tensor:
    """The host's own floats where nothing changed; elsewhere values its truncation maps to ours."""
    changed = (before.pixels != after.pixels).any(2)
    if not changed.any():
        return tensor
    painted = torch.from_numpy((after.pixels.astype(np.float32) + 0.5) / 255).permute(2, 0, 1)
    return torch.where(torch.from_numpy(changed)[None], painted.to(tensor), tensor)
