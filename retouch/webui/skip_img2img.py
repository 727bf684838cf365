""" "Do not run the img2img itself": hand the given picture to the host as if it had been sampled.

No step is taken and nothing is encoded or decoded. `init` and `sample` are set on this one job's
object, and taken off again when it ends.
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
from retouch.webui.host import images, processing, shared

_REPLACED = ("init", "sample", "width", "height", "image_cfg_scale", "restore_faces", "batch_size")


@dataclass(frozen=True)
class Skipped:
    """What a skipped img2img was given: a picture per slot of the batch, and the person's mask."""

    pictures: tuple[Picture, ...]
    mask: Mask | None
    before: dict[str, Any]

    def decode_floats(self, count: int) -> Any:
        """Floats -1..1 that the host's truncation maps back to the very same bytes."""
        return processing.DecodedSamples(_exact(self.pictures[i % len(self.pictures)]) for i in range(count))

    def undo(self, p: Any) -> None:
        """Put back on `p` what was replaced, the hooks of other extensions included."""
        for name in _REPLACED:
            if name in self.before:
                setattr(p, name, self.before[name])
            else:
                p.__dict__.pop(name, None)


def skip_host_img2img(p: Any) -> Skipped:
    """Arrange it on `p`. BadInput when its pictures differ in size: a batch has one."""
    background = shared.opts.img2img_background_color
    pictures = tuple(from_pil(images.flatten(image, background)) for image in p.init_images)
    if len({picture.size for picture in pictures}) > 1:
        raise BadInput("pictures of several sizes.", path="init_images", hint="Send one request for each.")
    skipped = Skipped(
        pictures, _mask(p, pictures[0]), {n: p.__dict__[n] for n in _REPLACED if n in p.__dict__}
    )
    p.init = lambda *_: _nothing_to_composite(p)
    # Asked of `p` only then: ControlNet keeps the first file's `sample` for a whole Batch tab.
    p.sample = lambda *_, **__: p.retouch.skipped.decode_floats(len(p.prompts))
    if 1 < len(pictures) <= p.batch_size:
        p.batch_size = len(pictures)  # as the host's own `init` has it
    p.width, p.height = pictures[0].size  # what the generation text says
    p.image_cfg_scale = None  # the host's own `init` would have said so for most checkpoints
    p.restore_faces = False  # it would go over the whole picture
    p.extra_generation_params[SKIPPED] = True
    return skipped


def _nothing_to_composite(p: Any) -> None:
    p.overlay_images = p.mask_for_overlay = p.paste_to = p.color_corrections = None


def _exact(picture: Picture) -> torch.Tensor:
    exact = (picture.pixels.astype(np.float32) + 0.5) / 255 * 2 - 1
    return torch.from_numpy(exact).permute(2, 0, 1)


def _mask(p: Any, picture: Picture) -> Mask | None:
    """The inpaint mask of the layer that the host would take; its blur only softens what we may touch."""
    if p.image_mask is None:
        return None
    mask = host_mask(p.image_mask).resized(picture.size)
    return mask.inverted() if p.inpainting_mask_invert else mask
