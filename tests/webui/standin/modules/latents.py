"""Between pictures and latents: an eighth of the size, three channels of colour and one unused."""

import numpy as np
import torch
from PIL import Image

from modules import devices, trace

FACTOR = 8
POSTERIOR = 0.05


class DecodedSamples(list):
    already_decoded = True


def encoded(images):
    """[B, 3, H, W] 0..1 -> [B, 4, h, w]. As the real VAE's posterior, it is sampled from torch's global
    generator and not from an image's seed.
    """
    trace.add("encoded", batch=images.shape[0])
    small = torch.nn.functional.avg_pool2d(images * 2 - 1, FACTOR)
    clean = torch.nn.functional.pad(small, (0, 0, 0, 0, 0, 1))
    latents = clean + POSTERIOR * torch.randn(clean.shape)
    note_encoded(latents)
    return latents


def note_encoded(latents):
    """A dialect replaces it: an edit model keeps what its VAE encodes."""


def decoded(latents):
    """[B, 4, h, w] -> B x [3, H, W], -1..1."""
    devices.test_for_nans(latents, "unet")
    trace.add("decoded", batch=latents.shape[0])
    return DecodedSamples(torch.nn.functional.interpolate(latents[:, :3], scale_factor=FACTOR).clamp(-1, 1))


def tensor_of(image):
    return torch.from_numpy(np.asarray(image.convert("RGB"), np.float32) / 255).permute(2, 0, 1)


def pixels_of(tensor):
    """uint8 as the WebUI makes them: cut off, not rounded."""
    return (255.0 * np.moveaxis(tensor.cpu().numpy(), 0, 2)).astype(np.uint8, order="C")


def latent_mask(mask, size, channels, rounded):
    """[C, h, w], 1 where painted."""
    small = np.asarray(mask.convert("L").resize(size, Image.BICUBIC), np.float32) / 255
    return torch.from_numpy(np.tile(np.around(small) if rounded else small, (channels, 1, 1)))
