"""Many crops in one sampling call: the host's own img2img, given a batch of different pictures.

The host's `init` prepares one picture and one mask for the whole batch. Here it runs once per crop,
unchanged, and what it prepared is joined along the batch axis, which the samplers broadcast over.
"""

from __future__ import annotations

import contextlib
import copy
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import torch
from PIL import Image

from retouch.engines.base import Job
from retouch.engines.soft_denoising import OPAQUE
from retouch.image.picture import Picture
from retouch.webui.engine.guest_scripts import admit_scripts
from retouch.webui.engine.nan_check import DECODER, ENCODER, SAMPLER, refuse_nan
from retouch.webui.engine.soft_mask import HostSoftMask
from retouch.webui.host import gpus, noise_levels, processing, scripts, shared
from retouch.webui.surrounding_job import Around

LATENT = {"latent noise": 2, "latent nothing": 3}
"""The host's `inpainting_fill` where it acts on the latent; all else is in the crop when it gets here."""
LATENT_CELL = 8
"""Pixels of a latent cell, a constant everywhere in the host. Work sizes are multiples of it."""
_PREPARED = ("init_latent", "mask", "nmask", "image_conditioning", "retouch_alpha")


class BatchImg2Img(processing.StableDiffusionProcessingImg2Img):
    """An img2img over `retouch_jobs`: the pictures, masks, prompts and seeds of one batch.

    No dataclass fields of its own: the host's API model is built from the parent's constructor.
    """

    retouch_jobs: Sequence[Job]
    retouch_alpha: torch.Tensor
    """The denoise masks on the latent grid, whole numbers 0..255, of the shape of `nmask`."""

    def init(self, all_prompts: list[str], all_seeds: list[int], all_subseeds: list[int]) -> None:
        """Tensors of shape [batch, ...] from the parent's `init` on each crop alone."""
        prepared = [self._one(k, all_prompts, all_seeds, all_subseeds) for k in range(len(self.retouch_jobs))]
        for name in _PREPARED:
            setattr(self, name, _join([item[name] for item in prepared], self.init_latent.ndim))
        self.batch_size = len(self.retouch_jobs)
        self._no_overlay()

    def _one(self, k: int, prompts: list[str], seeds: list[int], subseeds: list[int]) -> dict[str, Any]:
        """What the parent prepares for crop `k` alone.

        An inpainting checkpoint is shown `image_mask`, rounded by the host, as its hole, and fits what it
        paints there to the picture around. A pixel that is repainted for less than half of the steps ends
        up closer to the picture than to anything new, and so counts as picture.
        """
        job = self.retouch_jobs[k]
        self.batch_size = 1
        self.init_images = [Image.fromarray(job.picture.pixels)]
        self.image_mask = Image.fromarray(job.mask.alpha)
        self.latent_mask = _opaque(job.mask.alpha)
        self.mask = self.nmask = None
        self._no_overlay()
        with seed_torch(seeds[k]):
            super().init(prompts[k : k + 1], seeds[k : k + 1], subseeds[k : k + 1])
        refuse_nan(self.init_latent, ENCODER)
        self._touch(job.mask.alpha)
        return {name: getattr(self, name) for name in _PREPARED}

    def _touch(self, alpha: np.ndarray) -> None:
        """Every cell with any mask in it is open to the sampler; `Hold` says from when on."""
        rounded = torch.as_tensor(self.nmask)
        rows, columns = rounded.shape[-2:]
        self.retouch_alpha = cells(alpha, rows, columns).to(rounded.device).expand_as(rounded)
        self.nmask = (self.retouch_alpha > 0).to(rounded)
        self.mask = 1 - self.nmask

    def _no_overlay(self) -> None:
        """Putting back is ours, on the untouched pixels of the original."""
        self.overlay_images = self.mask_for_overlay = self.paste_to = self.color_corrections = None


def cells(alpha: np.ndarray, rows: int, columns: int) -> torch.Tensor:
    """(1, rows, columns) the largest mask value of each latent cell: a region is opaque up to its border."""
    pixels = torch.from_numpy(alpha.astype(np.float32))[None]
    return torch.nn.functional.adaptive_max_pool2d(pixels, (rows, columns)).long()


def _opaque(alpha: np.ndarray) -> Image.Image:
    """The opaque latent cells, in pixels: all that may start from noise or from nothing.

    A soft one is never denoised from high enough to become a picture again.
    """
    rows, columns = (side // LATENT_CELL for side in alpha.shape)
    opaque = (cells(alpha, rows, columns)[0].numpy() == OPAQUE) * np.uint8(OPAQUE)
    return Image.fromarray(opaque.repeat(LATENT_CELL, 0).repeat(LATENT_CELL, 1))


def _join(tensors: Sequence[Any], ndim: int) -> Any:
    """Along a new batch axis, or the one they already have (Neo's masks have it)."""
    if tensors[0] is None:
        return None
    return torch.cat(list(tensors)) if tensors[0].ndim == ndim else torch.stack(list(tensors))


@contextlib.contextmanager
def seed_torch(seed: int) -> Iterator[None]:
    """The VAE samples its posterior from torch's global generator: seed it, then give it back."""
    with torch.random.fork_rng(devices=gpus()):
        torch.manual_seed(seed)
        yield


class FilteredScripts(scripts.ScriptRunner):
    """A script runner with only the wanted always-on scripts, that keeps the decoded floats.

    The host truncates to 8 bits right after this hook, half a level too dark; rounding is done here.
    """

    decoded: list[Picture]
    hold: HostSoftMask | None
    remarks: list[str]
    """On wanted scripts that may not act."""

    @classmethod
    def of(cls, runner: Any, wanted: Sequence[str], owners: Sequence[Any] = ()) -> FilteredScripts:
        """A copy of `runner`; `wanted` are script file names without .py. Shares no state with it.

        No script acts that keeps one of `owners`, which are on the model for the job around.
        """
        quiet = copy.copy(runner)
        quiet.__class__ = cls
        quiet.callback_map = {}
        quiet.alwayson_scripts, quiet.remarks = admit_scripts(runner.alwayson_scripts, wanted, owners)
        quiet.decoded = []
        quiet.hold = None
        return quiet

    def on_mask_blend(self, p: Any, mba: Any) -> None:
        super().on_mask_blend(p, mba)
        self.hold = self.hold or HostSoftMask(p.retouch_alpha, noise_levels(p).to(p.retouch_alpha.device))
        self.hold(mba)

    def post_sample(self, p: Any, ps: Any, *args: Any) -> None:
        super().post_sample(p, ps, *args)
        refuse_nan(ps.samples, SAMPLER)

    def postprocess_batch_list(self, p: Any, pp: Any, *args: Any, **kwargs: Any) -> None:
        super().postprocess_batch_list(p, pp, *args, **kwargs)
        refuse_nan(pp.images, DECODER)
        self.decoded = [picture_of(tensor) for tensor in pp.images]


def picture_of(tensor: torch.Tensor) -> Picture:
    """(3, h, w) float 0..1 rounded to a picture."""
    array = tensor.detach().float().cpu().numpy()
    return Picture(np.rint(np.moveaxis(array, 0, 2) * 255).clip(0, 255).astype(np.uint8))


def crops(jobs: Sequence[Job], around: Around | None, runner: FilteredScripts) -> BatchImg2Img:
    """The inner job for one batch of equal size and settings; `around` is the surrounding job or None."""
    first, settings = jobs[0], jobs[0].settings
    sampling = settings.sampling
    p = BatchImg2Img(
        prompt=[job.prompt for job in jobs],
        negative_prompt=[job.negative_prompt for job in jobs],
        seed=[job.seed for job in jobs],
        subseed=[job.subseed for job in jobs],
        subseed_strength=first.subseed_strength,
        styles=[],
        sampler_name=sampling.sampler,
        batch_size=len(jobs),
        n_iter=1,
        steps=sampling.steps,
        cfg_scale=sampling.cfg_scale,
        width=first.picture.size.width,
        height=first.picture.size.height,
        restore_faces=settings.restore_faces,
        tiling=False,
        do_not_save_samples=True,
        do_not_save_grid=True,
        denoising_strength=settings.denoising_strength,
        override_settings=_overrides(sampling.clip_skip),
        init_images=[Image.fromarray(first.picture.pixels)],
        resize_mode=0,
        mask=Image.fromarray(first.mask.alpha),
        inpainting_fill=LATENT.get(settings.masked_content, 1),
        inpaint_full_res=False,
        initial_noise_multiplier=sampling.noise_multiplier,
        **({"scheduler": sampling.scheduler or None} if _has_scheduler() else {}),
        **(around.img2img(sampling.checkpoint) if around else {}),
    )
    p.mask_blur = 0
    outer = around and around.p
    p.outpath_samples = getattr(outer, "outpath_samples", None) or shared.opts.outdir_img2img_samples
    p.retouch_jobs = jobs
    p.is_api = True  # else the Seed and Sampler scripts would write the page's values over ours
    p.scripts, p.script_args = runner, tuple(outer.script_args if outer else ())
    return p


def _has_scheduler() -> bool:
    return "scheduler" in processing.StableDiffusionProcessingImg2Img.__dataclass_fields__


def _overrides(clip_skip: int) -> dict[str, Any]:
    """Host options that would change or save our crops, held off for the inner job by the host itself."""
    if shared.cmd_opts.freeze_settings:
        return {}
    return {
        "CLIP_stop_at_last_layers": clip_skip,
        "img2img_color_correction": False,
        "img2img_fix_steps": False,
        "save_init_img": False,
        "multiple_tqdm": False,
    }
