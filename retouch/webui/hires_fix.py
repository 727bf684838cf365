"""Passes on the small picture of a hires fix, between the host's two samplings.

The host has a hook after it enlarged, none before: so `sample_hr_pass`, which it calls in between, is wrapped
on the one job that asks for it.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

import torch

from retouch.image.picture import Picture
from retouch.webui.engine.batch_img2img import cells, seed_torch
from retouch.webui.engine.tensors import floats_of, picture_of
from retouch.webui.host import devices, latents_of, processing, shared, use_hires_checkpoint

Mend = Callable[[Sequence[Picture]], Sequence[Picture]]
"""A batch's small pictures -> the same, mended; their sizes stay."""


def has_hires_fix(txt2img: Any) -> bool:
    """True for a job with a hires fix; an img2img has none."""
    return bool(getattr(txt2img, "enable_hr", False))


def between(txt2img: Any, mend: Mend) -> None:
    """Have `mend` called on each batch of the job after its first sampling, before the host enlarges it."""
    enlarge = txt2img.sample_hr_pass

    @functools.wraps(enlarge)
    def mended_first(samples: Any, decoded_samples: Any, seeds: Any, *rest: Any, **named: Any) -> Any:
        if not shared.state.interrupted:
            samples, decoded_samples = _mend_samples(txt2img, samples, decoded_samples, mend, seeds)
        return enlarge(samples, decoded_samples, seeds, *rest, **named)

    txt2img.sample_hr_pass = mended_first


def release(p: Any) -> None:
    """The job enlarges as the host made it: one is used again, for file after file or cell after cell."""
    p.__dict__.pop("sample_hr_pass", None)


def _mend_samples(
    txt2img: Any, samples: Any, decoded: Any, mend: Mend, seeds: Sequence[int]
) -> tuple[Any, Any]:
    """What `sample_hr_pass` takes: latents, or with an upscaler of pixels the decoded floats, -1..1."""
    floats = decoded
    if floats is None:
        floats = torch.stack(list(processing.decode_latent_batch(shared.sd_model, samples, devices.cpu)))
    before = [((sample.float() + 1) / 2).clamp(0, 1) for sample in floats]
    pictures = [picture_of(tensor) for tensor in before]
    after = mend(pictures)
    use_hires_checkpoint(txt2img)
    new = [floats_of(*triple) for triple in zip(before, pictures, after, strict=True)]
    if decoded is not None and not (shared.state.interrupted and samples is not None):
        unchanged = (
            old if sample is was else sample * 2 - 1
            for old, was, sample in zip(decoded, before, new, strict=True)
        )
        return samples, torch.stack([sample.to(decoded) for sample in unchanged])
    # Interrupted, the host shows the latents as they are: those, too, hold what is finished.
    each = zip(samples, pictures, after, new, seeds, strict=True)
    return torch.stack([_encode(*sample) for sample in each]), decoded


def _encode(latent: Any, before: Picture, after: Picture, new: torch.Tensor, seed: int) -> Any:
    """The latent, with the cells that were painted over taken from the mended picture."""
    changed = (before.pixels != after.pixels).any(2)
    if not changed.any():
        return latent
    with seed_torch(seed):
        encoded = latents_of(new[None])[0].to(latent)
    touched = cells(changed, *latent.shape[-2:])[0].to(latent.device) > 0
    return torch.where(touched, encoded, latent)
