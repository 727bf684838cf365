"""Passes on the small picture of a hires fix, between the host's two samplings.

The host has a hook after it enlarges the picture, but none before. It calls `sample_hr_pass` between the
samplings. So this module wraps that method on the jobs that have such passes.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

import torch

from retouch.image.picture import Picture
from retouch.webui.engine.batch_img2img import cells, seed_torch
from retouch.webui.engine.tensors import floats_of, picture_of
from retouch.webui.host.dialects import dialect
from retouch.webui.host.modules import devices, processing, shared
from retouch.webui.host.sampling import latents_of

Mend = Callable[[Sequence[Picture]], Sequence[Picture]]
"""Maps the small pictures of a batch to the fixed pictures, of the same sizes."""


def has_hires_fix(txt2img: Any) -> bool:
    """True for a txt2img job with hires fix. An img2img job has none."""
    return bool(getattr(txt2img, "enable_hr", False))


def between(txt2img: Any, mend: Mend) -> None:
    """Arrange a call of `mend` on each batch of the job, between the first sampling and the enlarging."""
    enlarge = txt2img.sample_hr_pass

    @functools.wraps(enlarge)
    def mended_first(samples: Any, decoded_samples: Any, seeds: Any, *rest: Any, **named: Any) -> Any:
        if not shared.state.interrupted:
            samples, decoded_samples = _mend_samples(txt2img, samples, decoded_samples, mend, seeds)
        return enlarge(samples, decoded_samples, seeds, *rest, **named)

    txt2img.sample_hr_pass = mended_first


def release(p: Any) -> None:
    """Remove the wrapper from the job. The host reuses a job for files of a batch and cells of a plot."""
    p.__dict__.pop("sample_hr_pass", None)


def _mend_samples(
    txt2img: Any, samples: Any, decoded: Any, mend: Mend, seeds: Sequence[int]
) -> tuple[Any, Any]:
    """(samples, decoded) for `sample_hr_pass`, with the fixes of `mend`.

    `samples` are latents (b, c, h, w). `decoded` are floats (b, 3, H, W) -1..1 if the upscaler works on
    pixels, else None.
    """
    floats = decoded
    if floats is None:
        floats = torch.stack(list(processing.decode_latent_batch(shared.sd_model, samples, devices.cpu)))
    before = [((sample.float() + 1) / 2).clamp(0, 1) for sample in floats]
    pictures = [picture_of(tensor) for tensor in before]
    after = mend(pictures)
    dialect().use_hires_checkpoint(txt2img)
    new = [floats_of(*triple) for triple in zip(before, pictures, after, strict=True)]
    if decoded is not None and not (shared.state.interrupted and samples is not None):
        unchanged = (
            old if sample is was else sample * 2 - 1
            for old, was, sample in zip(decoded, before, new, strict=True)
        )
        return samples, torch.stack([sample.to(decoded) for sample in unchanged])
    # After an interrupt, the host decodes and shows the latents. So they get the finished fixes too.
    each = zip(samples, pictures, after, new, seeds, strict=True)
    return torch.stack([_encode(*sample) for sample in each]), decoded


def _encode(latent: Any, before: Picture, after: Picture, new: torch.Tensor, seed: int) -> Any:
    """The latent (c, h, w), with the changed cells encoded from `new`, the fixed picture (3, H, W) 0..1."""
    changed = (before.pixels != after.pixels).any(2)
    if not changed.any():
        return latent
    with seed_torch(seed):
        encoded = latents_of(new[None])[0].to(latent)
    touched = cells(changed, *latent.shape[-2:])[0].to(latent.device) > 0
    return torch.where(touched, encoded, latent)
