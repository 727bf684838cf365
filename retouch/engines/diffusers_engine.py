"""The standalone engine: it denoises batches of jobs with the inpainting pipelines of diffusers."""

from __future__ import annotations

import contextlib
import inspect
import traceback
from collections.abc import Hashable, Iterator, Sequence
from typing import Any

from retouch.engines import latents, samplers, text_window
from retouch.engines.base import Job
from retouch.engines.diffusers_soft_mask import DiffusersSoftMask
from retouch.engines.loading import Folders, Loader, embedding_names
from retouch.engines.loras import adapters
from retouch.engines.model_cache import Model, ModelCache
from retouch.engines.model_families import LatentBatch
from retouch.errors import OutOfMemory, PaintFailed, RetouchError, ran_out_of_memory
from retouch.image.geometry import Size
from retouch.image.picture import Picture
from retouch.progress import Progress
from retouch.recipes.prompts import networks, without_networks


class DiffusersEngine:
    """Engine for SD 1.x, SD 2.x, SDXL, SD3, FLUX and FLUX Fill, and their inpainting checkpoints.

    The constructor takes a diffusers pipeline of any of these families; `load` makes one. The engine is not
    safe for concurrent use.

    `Settings.restore_faces` has no effect. FLUX reads `cfg_scale` as its distilled guidance and has no
    negative prompt. LoRA tags are removed from the prompts before text encoding. The text encoder reads the
    WebUI's attention brackets as words. `prompt_remarks` reports the brackets, and the words beyond the text
    encoder's length.
    """

    def __init__(
        self,
        pipe: Any,
        name: str = "",
        batch_limit: int = 8,
        folders: Folders | None = None,
        loader: Loader | None = None,
        remark: str = "",
    ) -> None:
        self.folders, self.remark = folders or Folders(), remark
        model = Model(name or type(pipe).__name__, pipe)
        self._shelf = ModelCache(model, loader or Loader(str(pipe.device)), self.folders)
        self.batch_limit = batch_limit

    @classmethod
    def load(
        cls,
        model: str,
        device: str = "",
        dtype: str = "",
        batch_limit: int = 8,
        offline: bool = False,
        folders: Folders | None = None,
    ) -> DiffusersEngine:
        """An engine with the model of a diffusers folder, a .safetensors file or a name on the hub.

        A blank `device` or `dtype` selects the best one. `folders` contains the models that settings and
        prompts may name. Raises Missing, BadInput or WeightsRefused if the model cannot be loaded.
        """
        loader = Loader(device, dtype, offline).resolved()
        return cls(loader.pipeline(model), model, batch_limit, folders, loader)

    @property
    def pipe(self) -> Any:
        """The engine's own pipeline."""
        return self._shelf.own.pipe

    @property
    def name(self) -> str:
        return f"diffusers: {self._shelf.own.name}"

    def native(self, checkpoint: str) -> Size:
        """See `engines.base.Engine`. Raises Missing for an unknown checkpoint."""
        model = self._shelf.take(checkpoint)
        side = model.family.native(model.pipe)
        return Size(side, side)

    def batch_key(self, job: Job) -> Hashable:
        """The LoRA tags. LoRAs change the weights, so all jobs of a batch need the same LoRAs."""
        return networks(job.prompt)

    def prompt_remarks(self, job: Job) -> tuple[str, ...]:
        """See `engines.base.PromptReader`."""
        pipe = self._shelf.take(job.settings.sampling.checkpoint).pipe
        names = embedding_names(self.folders.embeddings)
        return tuple(text_window.prompt_remarks(pipe, job.prompt, job.negative_prompt, job.settings, names))

    def paint(self, jobs: Sequence[Job], progress: Progress) -> list[Picture | None]:
        """See `engines.base.Engine`. `progress` shows each step and can stop the call after each step.

        Raises BadInput for an unknown sampler, schedule or network, Missing for an unknown model or LoRA,
        and ValueError if the jobs differ in size, settings or batch key.
        """
        if not jobs:
            return []
        if len({(job.picture.size, job.settings, self.batch_key(job)) for job in jobs}) > 1:
            raise ValueError("jobs of one call must have one size, one settings and one kin")
        if jobs[0].settings.denoising_strength <= 0:
            return [job.picture for job in jobs]
        with _translate_errors():
            return self._paint(jobs, progress)

    def _paint(self, jobs: Sequence[Job], progress: Progress) -> list[Picture | None]:
        sampling = jobs[0].settings.sampling
        model = self._shelf.take(sampling.checkpoint)
        model.dress(sampling.vae, adapters(networks(jobs[0].prompt)), self.folders, self._shelf.loader)
        model.pipe.scheduler = samplers.build(sampling.sampler, sampling.scheduler, model.scheduler)
        try:
            return [*_sample(model, jobs, progress)]
        except _Stopped:
            return [None] * len(jobs)


class _Stopped(Exception):
    """Ends the pipeline's loop at once. With the pipeline's own interrupt flag, the loop and the decoding
    would still run."""


def _sample(model: Model, jobs: Sequence[Job], progress: Progress) -> list[Picture]:
    import torch

    if progress.stopped:
        raise _Stopped
    with torch.no_grad():
        batch = latents.batch_of(model.pipe, model.family, jobs)
        with _starting(model, batch, jobs[0].settings.sampling.noise_multiplier):
            packed = model.pipe(**_call(model, batch, jobs, progress)).images
        size = jobs[0].picture.size
        painted = model.family.unpack_latents(model.pipe, packed, size.height, size.width)
        # Inpainting checkpoints slightly change the pixels outside the mask. This restores the original.
        latents_out = painted.float().where(batch.alpha > 0, batch.latents)
        return latents.decode(model.pipe.vae, latents_out)


def _call(model: Model, batch: LatentBatch, jobs: Sequence[Job], progress: Progress) -> dict[str, Any]:
    """The arguments of the pipeline call. Its input and its output are latents."""
    settings, size = jobs[0].settings, jobs[0].picture.size
    negative = [without_networks(job.negative_prompt) for job in jobs]
    return {
        "prompt": [without_networks(job.prompt) for job in jobs],
        "mask_image": batch.hole,
        "height": size.height,
        "width": size.width,
        "strength": strength_of(settings.denoising_strength, settings.sampling.steps),
        "num_inference_steps": settings.sampling.steps,
        "guidance_scale": settings.sampling.cfg_scale,
        "generator": batch.generators,
        "callback_on_step_end": _watch(progress, DiffusersSoftMask(model, batch)),
        "output_type": "latent",
        **model.family.inputs(model.pipe, batch, negative, settings),
    }


def strength_of(denoising_strength: float, steps: int) -> float:
    """The denoising strength, 0..1, raised so far that the pipeline runs at least one step.

    A pipeline runs int(steps * strength) steps.
    """
    return min(max(denoising_strength, 1.001 / steps), 1.0)


def _watch(progress: Progress, hold: DiffusersSoftMask) -> Any:
    def after_step(pipe: Any, step: int, timestep: Any, tensors: dict[str, Any]) -> dict[str, Any]:
        progress.show(step + 1, pipe.num_timesteps, f"step {step + 1} of {pipe.num_timesteps}")
        if progress.stopped:
            raise _Stopped
        return {"latents": hold.after_step(step, tensors["latents"])}

    return after_step


@contextlib.contextmanager
def _starting(model: Model, batch: LatentBatch, noise_multiplier: float) -> Iterator[None]:
    """Context manager: the pipeline starts from the latents and the noise of `batch`.

    At every denoising strength, the latents are noised to the first timestep, as in the WebUI.
    `noise_multiplier` scales this initial noise only.
    """
    signature = inspect.signature(model.pipe.prepare_latents)

    def prepare_latents(*args: Any, **kwargs: Any) -> tuple[Any, ...]:
        wanted = signature.bind(*args, **kwargs).arguments
        clean, noise = batch.latents.to(wanted["dtype"]), batch.noise.to(wanted["dtype"])
        first = model.family.add_noise(model.pipe, clean, noise * noise_multiplier, wanted["timestep"])
        return model.family.start(model.pipe, (first, noise, clean), wanted)

    model.pipe.prepare_latents = prepare_latents
    try:
        yield
    finally:
        del model.pipe.prepare_latents


@contextlib.contextmanager
def _translate_errors() -> Iterator[None]:
    """Context manager: errors of torch and diffusers are raised as PaintFailed or OutOfMemory.

    The original error is the cause.
    """
    try:
        yield
    except RetouchError:
        raise
    except Exception as error:
        if not ran_out_of_memory(error):
            raise PaintFailed(f"The engine failed ({type(error).__name__}: {error}).") from error
        # The error references its frames, and the frames reference the tensors. Without this call they
        # would occupy memory while a smaller batch is tried.
        traceback.clear_frames(error.__traceback__)
        _free()
        raise OutOfMemory(
            "The engine ran out of memory.", hint="A smaller work size or batch may fit."
        ) from error


def _free() -> None:
    import gc

    import torch

    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    elif torch.backends.mps.is_available():
        torch.mps.empty_cache()
