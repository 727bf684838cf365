"""Many crops in one sampling call: the host's own img2img with a batch of different pictures.

The host's `init` prepares one picture and one mask for the whole batch. Here it runs once for each crop,
unchanged. Its tensors are then joined along the batch axis. The samplers broadcast over that axis.
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
from retouch.webui.host.dialects import dialect
from retouch.webui.host.modules import gpus, processing, scripts, shared
from retouch.webui.host.sampling import noise_levels
from retouch.webui.surrounding_job import Around

LATENT = {"latent noise": 2, "latent nothing": 3}
"""Masked content -> the host's `inpainting_fill`, for content in latent space. Other masked content is
already in the pixels of the crop."""
_PREPARED = ("init_latent", "mask", "nmask", "image_conditioning", "retouch_alpha")


class BatchImg2Img(processing.StableDiffusionProcessingImg2Img):
    """An img2img over `retouch_jobs`: the pictures, masks, prompts and seeds of one batch.

    It adds no dataclass fields, because the host builds its API model from the parent's constructor.
    """

    retouch_jobs: Sequence[Job]
    retouch_alpha: torch.Tensor
    """The denoise masks on the latent grid: int64 0..255, in the shape of `nmask`."""

    def init(self, all_prompts: list[str], all_seeds: list[int], all_subseeds: list[int]) -> None:
        """Run the parent's `init` on each crop, and join its tensors to the shape (batch, ...).

        Raises NotANumber if the VAE encodes a crop to NaN.
        """
        prepared = [self._one(k, all_prompts, all_seeds, all_subseeds) for k in range(len(self.retouch_jobs))]
        for name in _PREPARED:
            setattr(self, name, _join([item[name] for item in prepared], self.init_latent.ndim))
        self.batch_size = len(self.retouch_jobs)
        self._no_overlay()

    def _one(self, k: int, prompts: list[str], seeds: list[int], subseeds: list[int]) -> dict[str, Any]:
        """The tensors by name that the parent prepares for crop `k`.

        An inpainting checkpoint gets `image_mask`, rounded by the host, as its hole. It fits the hole's
        content to the picture around it. A pixel that is denoised in less than half of the steps counts as
        picture, because the result is closer to the original than to new content.
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
        """Let the sampler denoise cells with a mask value above 0. `HostSoftMask` sets their first step."""
        rounded = torch.as_tensor(self.nmask)
        rows, columns = rounded.shape[-2:]
        self.retouch_alpha = cells(alpha, rows, columns).to(rounded.device).expand_as(rounded)
        self.nmask = (self.retouch_alpha > 0).to(rounded)
        self.mask = 1 - self.nmask

    def _no_overlay(self) -> None:
        """Disable the host's composite. Retouch itself composites on the original's unchanged pixels."""
        self.overlay_images = self.mask_for_overlay = self.paste_to = self.color_corrections = None


def cells(alpha: np.ndarray, rows: int, columns: int) -> torch.Tensor:
    """(1, rows, columns) int64: the largest value of `alpha` in each latent cell.

    `alpha` is (height, width), uint8 0..255 or bool. With the maximum, a region is opaque up to its border.
    """
    pixels = torch.from_numpy(alpha.astype(np.float32))[None]
    return torch.nn.functional.adaptive_max_pool2d(pixels, (rows, columns)).long()


def _opaque(alpha: np.ndarray) -> Image.Image:
    """A mask of the opaque latent cells: 255 inside, 0 outside. Only they may start as noise or nothing.

    A soft cell is denoised from a noise level that is too low to turn noise into a picture.
    """
    cell = processing.opt_f  # the side of a latent cell in pixels; forks set it for the loaded model
    rows, columns = (side // cell for side in alpha.shape)
    opaque = (cells(alpha, rows, columns)[0].numpy() == OPAQUE) * np.uint8(OPAQUE)
    return Image.fromarray(opaque.repeat(cell, 0).repeat(cell, 1))


def _join(tensors: Sequence[Any], ndim: int) -> Any:
    """Join tensors along a new batch axis, or along the existing one (Neo's masks have one)."""
    if tensors[0] is None:
        return None
    return torch.cat(list(tensors)) if tensors[0].ndim == ndim else torch.stack(list(tensors))


@contextlib.contextmanager
def seed_torch(seed: int) -> Iterator[None]:
    """Context manager: seeds torch's global generator, and restores its state afterwards.

    The VAE samples its posterior from this generator.
    """
    with torch.random.fork_rng(devices=gpus()):
        torch.manual_seed(seed)
        yield


class FilteredScripts(scripts.ScriptRunner):
    """A script runner with the wanted always-on scripts only. It stores the decoded pictures.

    The host truncates the decoded floats to 8 bits after `postprocess_batch_list`, so its pictures are half
    a level too dark. This runner rounds them.
    """

    decoded: list[Picture]
    hold: HostSoftMask | None
    remarks: list[str]
    """One sentence for each wanted script that may not act."""

    @classmethod
    def of(cls, runner: Any, wanted: Sequence[str], owners: Sequence[Any] = ()) -> FilteredScripts:
        """A copy of `runner` that shares no state with it. `wanted` are script file names without .py.

        `owners` are objects that patch the model for the surrounding job. A script that references one of
        them is left out.
        """
        quiet = copy.copy(runner)
        quiet.__class__ = cls
        quiet.callback_map = {}
        quiet.alwayson_scripts, quiet.remarks = admit_scripts(runner.alwayson_scripts, wanted, owners)
        quiet.decoded = []
        quiet.hold = None
        return quiet

    def on_mask_blend(self, p: Any, mba: Any) -> None:
        """Hold the soft cells at the original. The host calls this at every call of the denoiser."""
        super().on_mask_blend(p, mba)
        self.hold = self.hold or HostSoftMask(p.retouch_alpha, noise_levels(p).to(p.retouch_alpha.device))
        self.hold(mba)

    def process_before_every_sampling(self, p: Any, **kwargs: Any) -> None:
        """Give the kept area the noise of its own job."""
        super().process_before_every_sampling(p, **kwargs)
        dialect().hold_kept_area(p, kwargs["noise"])

    def post_sample(self, p: Any, ps: Any, *args: Any) -> None:
        """Raises NotANumber if the UNet returned NaN."""
        super().post_sample(p, ps, *args)
        refuse_nan(ps.samples, SAMPLER)

    def postprocess_batch_list(self, p: Any, pp: Any, *args: Any, **kwargs: Any) -> None:
        """Store the decoded pictures, rounded. Raises NotANumber if the VAE returned NaN."""
        super().postprocess_batch_list(p, pp, *args, **kwargs)
        refuse_nan(pp.images, DECODER)
        self.decoded = [picture_of(tensor) for tensor in pp.images]


def picture_of(tensor: torch.Tensor) -> Picture:
    """A picture, uint8, from a tensor (3, h, w) float 0..1. Values are rounded."""
    array = tensor.detach().float().cpu().numpy()
    return Picture(np.rint(np.moveaxis(array, 0, 2) * 255).clip(0, 255).astype(np.uint8))


def crops(jobs: Sequence[Job], around: Around | None, runner: FilteredScripts) -> BatchImg2Img:
    """The inner job for one batch of equal picture size and settings.

    `around` is the surrounding job, or None.
    """
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
    p.is_api = True  # else the Seed and Sampler scripts would overwrite our values with the page's
    p.scripts, p.script_args = runner, tuple(outer.script_args if outer else ())
    return p


def _has_scheduler() -> bool:
    return "scheduler" in processing.StableDiffusionProcessingImg2Img.__dataclass_fields__


def _overrides(clip_skip: int) -> dict[str, Any]:
    """Overrides for host options that would change or save the crops. The host undoes them after the job.

    It is empty if the settings are frozen.
    """
    if shared.cmd_opts.freeze_settings:
        return {}
    return {
        "CLIP_stop_at_last_layers": clip_skip,
        "img2img_color_correction": False,
        "img2img_fix_steps": False,
        "save_init_img": False,
        "multiple_tqdm": False,
    }
