""" "Do not run the img2img itself": hand the given picture to the host as if it had been sampled.

No step is taken and nothing is encoded or decoded. `init` and `sample` are set on this one job's
object, and taken off again when it ends.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from retouch.infotext import SKIPPED
from retouch.mask import Mask
from retouch.raster import Picture, from_pil
from retouch.webui.host import images, processing, shared


def skip_img2img(p: Any) -> Mask | None:
    """Arrange it on `p`. Returns the person's mask at the picture's own size, None without one."""
    picture = from_pil(images.flatten(p.init_images[0], shared.opts.img2img_background_color))
    mask = _mask(p, picture)
    p.init = lambda *_: _nothing_to_composite(p)
    p.sample = lambda *_, **__: _decoded(picture, len(p.prompts))
    p.width, p.height = picture.size  # what the generation text says
    p.image_cfg_scale = None  # the host's own `init` would have said so for most checkpoints
    p.restore_faces = False  # it would go over the whole picture
    p.extra_generation_params[SKIPPED] = True
    return mask


def _nothing_to_composite(p: Any) -> None:
    p.overlay_images = p.mask_for_overlay = p.paste_to = p.color_corrections = None


def _decoded(picture: Picture, count: int) -> Any:
    """Floats -1..1 that the host's truncation maps back to the very same bytes."""
    exact = (picture.pixels.astype(np.float32) + 0.5) / 255 * 2 - 1
    tensor = torch.from_numpy(exact).permute(2, 0, 1)
    return processing.DecodedSamples([tensor] * count)


def _mask(p: Any, picture: Picture) -> Mask | None:
    """The inpaint mask as the host would read it; its blur only softens what we may touch."""
    if p.image_mask is None:
        return None
    grey = processing.create_binary_mask(p.image_mask, round=False).convert("L").resize(picture.size)
    mask = Mask(np.array(grey))
    return mask.inverted() if p.inpainting_mask_invert else mask
