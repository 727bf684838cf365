"""The engine over ComfyUI's sampler: model, text encoder and VAE come from the nodes of a graph."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch

from retouch.comfyui.tensors import image_of, pictures_of
from retouch.engines.base import Job
from retouch.engines.soft_denoising import OPAQUE, first_step
from retouch.errors import Missing, NotANumber, OutOfMemory, did_you_mean
from retouch.image.geometry import Size
from retouch.image.picture import Picture
from retouch.progress import Progress

SAMPLERS = {
    "Euler": "euler",
    "Euler a": "euler_ancestral",
    "Heun": "heun",
    "LMS": "lms",
    "DPM2": "dpm_2",
    "DPM2 a": "dpm_2_ancestral",
    "DPM++ 2M": "dpmpp_2m",
    "DPM++ 2M SDE": "dpmpp_2m_sde",
    "DPM++ 3M SDE": "dpmpp_3m_sde",
    "DPM++ 2S a": "dpmpp_2s_ancestral",
    "DPM++ SDE": "dpmpp_sde",
    "DDIM": "ddim",
    "UniPC": "uni_pc",
    "LCM": "lcm",
}
"""A sampler's name in the WebUI, as recipes have it -> its name in ComfyUI."""
SCHEDULERS = {
    "Automatic": "normal",
    "Uniform": "normal",
    "Karras": "karras",
    "Exponential": "exponential",
    "SGM Uniform": "sgm_uniform",
    "Simple": "simple",
    "Normal": "normal",
    "DDIM": "ddim_uniform",
    "Beta": "beta",
    "KL Optimal": "kl_optimal",
}
"""A schedule type's name in the WebUI -> its name in ComfyUI."""
WITHOUT_OWN_NOISE = {
    "euler",
    "euler_cfg_pp",
    "heun",
    "heunpp2",
    "dpm_2",
    "lms",
    "dpmpp_2m",
    "dpmpp_2m_cfg_pp",
}
WITHOUT_OWN_NOISE |= {"ddim", "uni_pc", "uni_pc_bh2", "ipndm", "ipndm_v", "deis", "res_multistep"}
"""Samplers of ComfyUI that draw no noise at their steps. The others draw it for a batch, from one seed."""
SMALL_MODELS = ("SD15", "SD20", "SD1")
"""The start of the names of ComfyUI's model classes that were trained at 512 pixels. Others: 1024."""


class NodeProgress:
    """The progress of one run of a node. `stopped` is True after ComfyUI's interrupt."""

    stopped = False

    def show(self, done: int, total: int, what: str) -> None:
        """ComfyUI shows the steps of each sampling call itself."""


@dataclass(frozen=True, eq=False)
class ComfyEngine:
    """See `engines.base.Engine`. `model`, `clip` and `vae` are values of ComfyUI's links of those types."""

    model: Any
    clip: Any
    vae: Any
    watcher: NodeProgress = dataclasses.field(default_factory=NodeProgress)
    name, remark, batch_limit = "ComfyUI", "", 8

    def native(self, checkpoint: str) -> Size:
        """Raises Missing for a named checkpoint: a graph loads its models itself."""
        if checkpoint:
            hint = "Leave the checkpoint of the pass blank, or give the fix node that model."
            raise Missing(f"no checkpoint {checkpoint!r}: a node has the models of its links.", hint=hint)
        kind = type(getattr(self.model.model, "model_config", None)).__name__
        side = 512 if kind.startswith(SMALL_MODELS) else 1024
        return Size(side, side)

    def batch_key(self, job: Job) -> Hashable:
        """A sampler with noise of its own samples each job alone, because a batch would share that noise."""
        sampler = SAMPLERS.get(job.settings.sampling.sampler, job.settings.sampling.sampler)
        return (job.prompt, job.negative_prompt) if sampler in WITHOUT_OWN_NOISE else object()

    def paint(self, jobs: Sequence[Job], progress: Progress) -> list[Picture | None]:
        if progress.stopped or self.watcher.stopped:
            return [None] * len(jobs)
        try:
            with _translated_errors():
                return list(self._sample(jobs))
        except _interrupt():
            self.watcher.stopped = True
            return [None] * len(jobs)

    def raise_if_interrupted(self) -> None:
        """Raise ComfyUI's interrupt again, so that it ends the graph."""
        if self.watcher.stopped:
            raise _interrupt()

    @torch.inference_mode()
    def _sample(self, jobs: Sequence[Job]) -> list[Picture]:
        import comfy.sample
        import latent_preview

        settings, (sampler, scheduler) = jobs[0].settings, _sampler_of(jobs[0])
        sampling = settings.sampling
        encoded = self.vae.encode(image_of([job.picture for job in jobs]))
        noise = torch.cat([comfy.sample.prepare_noise(encoded[:1], job.seed) for job in jobs])
        masks = _latent_masks(jobs, encoded.shape[-2:])
        samples = comfy.sample.sample(
            _gated(self.model, masks),
            noise * sampling.noise_multiplier,
            sampling.steps,
            sampling.cfg_scale,
            sampler,
            scheduler,
            self._conditioning(jobs[0].prompt, sampling.clip_skip),
            self._conditioning(jobs[0].negative_prompt, sampling.clip_skip),
            _with_content(encoded, noise, masks, settings.masked_content),
            denoise=settings.denoising_strength,
            noise_mask=masks.float() / OPAQUE,
            callback=latent_preview.prepare_callback(self.model, sampling.steps),
            disable_pbar=True,
            seed=jobs[0].seed,
        )
        decoded = self.vae.decode(samples)
        if torch.isnan(decoded).any():
            raise NotANumber("the model returned NaN.", hint="Start ComfyUI with --force-fp32.")
        return pictures_of(decoded)

    def _conditioning(self, prompt: str, clip_skip: int) -> Any:
        clip = self.clip
        if clip_skip > 1:
            clip = clip.clone()
            clip.clip_layer(-clip_skip)
        return clip.encode_from_tokens_scheduled(clip.tokenize(prompt))


def _sampler_of(job: Job) -> tuple[str, str]:
    """(sampler, scheduler) of a job as ComfyUI names them. Raises Missing for an unknown name."""
    import comfy.samplers

    sampling, known = job.settings.sampling, comfy.samplers.KSampler
    sampler = SAMPLERS.get(sampling.sampler, sampling.sampler) or "euler"
    scheduler = SCHEDULERS.get(sampling.scheduler, sampling.scheduler) or "normal"
    for what, name, names in (
        ("sampler", sampler, known.SAMPLERS),
        ("scheduler", scheduler, known.SCHEDULERS),
    ):
        if name not in names:
            raise Missing(f"no {what} {name!r} in ComfyUI.", hint=did_you_mean(name, names))
    return sampler, scheduler


def _latent_masks(jobs: Sequence[Job], size: Sequence[int]) -> torch.Tensor:
    """(b, 1, h, w) int64 0..255: each latent cell has the largest mask value of its pixels."""
    masks = torch.stack([torch.from_numpy(job.mask.alpha.copy())[None] for job in jobs]).float()
    return torch.nn.functional.adaptive_max_pool2d(masks, tuple(size)).long()


def _gated(model: Any, masks: torch.Tensor) -> Any:
    """The model with the soft mask: a cell is denoised from its `first_step` on, and held before."""
    if bool(((masks == 0) | (masks == OPAQUE)).all()):
        return model

    def gate(sigma: Any, denoise_mask: Any, extra_options: dict[str, Any]) -> Any:
        sigmas = extra_options["sigmas"]
        step = int((sigmas > sigma.flatten()[0]).sum())
        alpha = (denoise_mask * OPAQUE).round().long()
        return (first_step(alpha, len(sigmas) - 1) <= step).to(denoise_mask.dtype)

    gated = model.clone()
    gated.set_model_denoise_mask_function(gate)
    return gated


def _with_content(encoded: Any, noise: Any, masks: torch.Tensor, content: str) -> Any:
    """The latents with the masked content "latent noise" or "latent nothing" in cells that are opaque."""
    if content not in ("latent noise", "latent nothing"):
        return encoded
    fill = noise.to(encoded) if content == "latent noise" else torch.zeros_like(encoded)
    return torch.where((masks == OPAQUE).to(encoded.device), fill, encoded)


@contextlib.contextmanager
def _translated_errors() -> Iterator[None]:
    """Context manager: ComfyUI's out of memory becomes OutOfMemory, so that a smaller batch is tried."""
    import comfy.model_management as memory

    try:
        yield
    except memory.OOM_EXCEPTION as error:
        memory.soft_empty_cache()
        raise OutOfMemory(str(error), hint="Use a smaller work size.") from error


def _interrupt() -> type[Exception]:
    """The exception of ComfyUI's interrupt."""
    import comfy.model_management

    return comfy.model_management.InterruptProcessingException
