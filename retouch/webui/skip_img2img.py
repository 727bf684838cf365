"""The option "Do not run the img2img itself": the host gets the input picture as the sampling result.

No step is run, and nothing is encoded or decoded. `init` and `sample` are replaced on the job's object, and
restored when the job ends.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from retouch.errors import BadInput
from retouch.image.codec.decoder import from_pil
from retouch.image.mask import Mask
from retouch.image.mask_reading import host_mask
from retouch.image.picture import Picture
from retouch.recipes.infotext import SKIPPED
from retouch.webui.host.modules import images, processing, shared

_REPLACED = (
    "init",
    "init_latent",
    "sample",
    "width",
    "height",
    "image_cfg_scale",
    "restore_faces",
    "batch_size",
)


@dataclass(frozen=True)
class Skipped:
    """The inputs of a skipped img2img: a picture for each item of the batch, and the user's mask.

    `before` has the original attributes of the job that were replaced.
    """

    pictures: tuple[Picture, ...]
    mask: Mask | None
    before: dict[str, Any]

    def decode_floats(self, count: int) -> Any:
        """`count` tensors (3, h, w) float32 -1..1. The host truncates them to exactly the input pixels."""
        return processing.DecodedSamples(_exact(self.pictures[i % len(self.pictures)]) for i in range(count))

    def undo(self, p: Any) -> None:
        """Restore the replaced attributes of `p`, including the hooks of other extensions."""
        for name in _REPLACED:
            if name in self.before:
                setattr(p, name, self.before[name])
            else:
                p.__dict__.pop(name, None)


def skip_host_img2img(p: Any) -> Skipped:
    """Replace the sampling of `p` by its input pictures, and return them.

    Raises BadInput if the pictures differ in size, because a batch has one size.
    """
    background = shared.opts.img2img_background_color
    pictures = tuple(from_pil(images.flatten(image, background)) for image in p.init_images)
    if len({picture.size for picture in pictures}) > 1:
        raise BadInput("pictures of several sizes.", path="init_images", hint="Send one request for each.")
    skipped = Skipped(
        pictures, _mask(p, pictures[0]), {n: p.__dict__[n] for n in _REPLACED if n in p.__dict__}
    )
    p.init = lambda *_: _nothing_to_composite(p)
    # The pictures are read from `p` at the call: ControlNet keeps the first file's `sample` for a whole Batch
    # tab.
    p.sample = lambda *_, **__: p.retouch.skipped.decode_floats(len(p.prompts))
    if 1 < len(pictures) <= p.batch_size:
        p.batch_size = len(pictures)  # same as the host's own `init`
    p.width, p.height = pictures[0].size  # the infotext contains this size
    p.image_cfg_scale = None  # same as the host's own `init` for most checkpoints
    p.restore_faces = False  # it would change the whole picture
    p.extra_generation_params[SKIPPED] = True
    return skipped


def _nothing_to_composite(p: Any) -> None:
    p.overlay_images = p.mask_for_overlay = p.paste_to = p.color_corrections = None
    p.init_latent = torch.zeros(1)  # Forge Neo compares it with that of the job before


def _exact(picture: Picture) -> torch.Tensor:
    exact = (picture.pixels.astype(np.float32) + 0.5) / 255 * 2 - 1
    return torch.from_numpy(exact).permute(2, 0, 1)


def _mask(p: Any, picture: Picture) -> Mask | None:
    """The inpaint mask at the picture's size, inverted if the job says so. None without a mask.

    It is read from the same layer as in the host. It is not blurred, because the host's mask blur would only
    soften the area that may be changed.
    """
    if p.image_mask is None:
        return None
    mask = host_mask(p.image_mask).resized(picture.size)
    return mask.inverted() if p.inpainting_mask_invert else mask
