"""HostEngine: denoises jobs with the WebUI's own img2img, checkpoint, samplers, LoRAs and VAE."""

from __future__ import annotations

import contextlib
import dataclasses
import traceback
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch

from retouch.engines.base import Job
from retouch.errors import OutOfMemory, PaintFailed, RetouchError
from retouch.image.codec.decoder import from_pil
from retouch.image.geometry import Size
from retouch.image.picture import Picture
from retouch.pipeline.report import Result
from retouch.progress import Progress
from retouch.recipes.prompts import networks
from retouch.recipes.sampling import Sampling
from retouch.webui.engine.batch_img2img import FilteredScripts, crops
from retouch.webui.engine.guest_scripts import states_kept
from retouch.webui.engine.model_patches import any_gone, find_replaced, owners, pause_replacements
from retouch.webui.engine.nan_check import explain
from retouch.webui.engine.nested_job import host_state_restored
from retouch.webui.host.dialects import dialect
from retouch.webui.host.models import allow_clip_skip, loaded_models, native, use_models
from retouch.webui.host.modules import devices, errors, processing, scripts
from retouch.webui.host.sampling import padded_lengths, sampler_name
from retouch.webui.settings import allowed_scripts, batch_limit
from retouch.webui.surrounding_job import Around

_GONE = (
    "Other extensions had changed the loaded model for this job, and a pass's checkpoint of another kind "
    "made the WebUI build it anew: they do not act on the batches that follow. "
    "Leave the checkpoint of the pass blank."
)


@dataclass
class HostEngine:
    """The engine of one fix. `around` is the surrounding job, or None. Use inside `models_as_found`."""

    around: Around | None = None
    free_memory: Callable[[], None] = lambda: None
    """Called when the GPU runs out of memory, before OutOfMemory is raised. It unloads detectors."""
    name: str = "webui"
    remark: str = ""
    cached_c: list[Any] = field(default_factory=lambda: [None, None])
    cached_uc: list[Any] = field(default_factory=lambda: [None, None])
    found: tuple[str, str] = field(init=False)
    """Checkpoint and VAE of the surrounding job. A blank override means these, also after a pass with its own
    checkpoint."""
    spoken: dict[tuple[str, int], str] = field(default_factory=dict)
    """(prompt, seed) of a job -> the prompt after wildcard scripts."""
    remarks: dict[str, None] = field(default_factory=dict)
    """One sentence for each deviation from the settings. The dict is an ordered set: its values are None."""

    _replaced: list[torch.nn.Module] = field(init=False)
    _owners: list[Any] = field(init=False)
    """`_replaced` are the modules that other extensions patched for the surrounding job. `_owners` are the
    objects of the extensions that hold these patches."""

    def __post_init__(self) -> None:
        self._replaced, self._owners = (find_replaced(), owners()) if self.around else ([], [])
        if self.around:
            dialect().use_modules_of(self.around.p, self.around.second)
        checkpoint, vae = loaded_models()
        self.found = ((self.around and self.around.checkpoint) or checkpoint, vae)

    @property
    def batch_limit(self) -> int:
        """Maximum number of jobs in one call of `paint`, from the settings."""
        return batch_limit()

    def native(self, checkpoint: str) -> Size:
        """The native size in pixels. It loads the checkpoint, because the pass needs it next."""
        use_models(checkpoint or self.found[0], "", self.found)
        return native()

    def batch_key(self, job: Job) -> Hashable:
        """See `engines.base.Engine`. Three limits of the host make jobs incompatible.

        The host reads the LoRA tags of a batch's first prompt only. It joins negative prompts of equal length
        only. With its sampler DPM adaptive, the jobs of a batch influence each other.
        """
        sampling = job.settings.sampling
        alone = id(job) if sampling.sampler.lower() == "dpm adaptive" else 0
        strength = job.subseed_strength
        return networks(job.prompt), padded_lengths(job.negative_prompt, sampling.steps), strength, alone

    def paint(self, jobs: Sequence[Job], progress: Progress) -> list[Picture | None]:
        """See `engines.base.Engine`. Raises Missing for an unknown sampler, checkpoint or VAE."""
        if jobs[0].settings.denoising_strength == 0:
            return [job.picture for job in jobs]
        sampling = jobs[0].settings.sampling
        with _translate_errors(self.free_memory), host_state_restored():
            checkpoint, vae = sampling.checkpoint or self.found[0], sampling.vae or self.found[1]
            use_models(checkpoint, vae, self.found)
            allow_clip_skip(sampling.clip_skip)
            pause_replacements()
            return [picture for call in _calls(jobs) for picture in self._finished(call, progress)]

    def _finished(self, jobs: Sequence[Job], progress: Progress) -> list[Picture | None]:
        """The pictures of one sampling call, all of them None if it was interrupted.

        The host returns partly denoised pictures when interrupted.
        """
        pictures = [] if progress.stopped else self._sample(jobs)
        whole = len(pictures) == len(jobs) and not progress.stopped
        return list(pictures) if whole else [None] * len(jobs)

    def with_remarks(self, result: Result) -> Result:
        """The result with the engine's remarks added to its warnings.

        Call it after the checkpoint of the surrounding job is restored.
        """
        p = self.around and self.around.p
        if p and p.iteration + 1 < p.n_iter and any_gone(self._replaced):
            self.remarks[_GONE] = None
        return dataclasses.replace(result, warnings=(*result.warnings, *self.remarks))

    def _runner(self) -> FilteredScripts:
        outer = self.around and self.around.p
        base = getattr(outer, "scripts", None) or scripts.scripts_img2img
        runner = FilteredScripts.of(base, allowed_scripts() if outer else (), self._owners)
        self.remarks.update(dict.fromkeys(runner.remarks))
        return runner

    def _sample(self, jobs: Sequence[Job]) -> list[Picture]:
        settings, runner = jobs[0].settings, self._runner()
        named = [_host_named(job) for job in jobs]
        states = states_kept(runner.alwayson_scripts)
        with states, contextlib.closing(crops(named, self.around, runner)) as p:
            p.cached_c, p.cached_uc = self._prompt_caches()
            processed = processing.process_images(p)
            self.spoken.update(
                {(j.prompt, j.seed): drawn for j, drawn in zip(jobs, p.all_prompts, strict=True)}
            )
        if settings.restore_faces:
            return [from_pil(i) for i in processed.images[processed.index_of_first_image :][: len(jobs)]]
        return runner.decoded

    def _prompt_caches(self) -> tuple[list[Any], list[Any]]:
        """Empty ones for an edit model: it gets its references while the host encodes a prompt."""
        if dialect().paints_from_references():
            return [None, None], [None, None]
        return self.cached_c, self.cached_uc


def _calls(jobs: Sequence[Job]) -> list[Sequence[Job]]:
    """The jobs of each sampling call.

    They are sampled one by one with an edit model. In a batch all would have the picture of the last job as
    their reference, or none.
    """
    return [[job] for job in jobs] if dialect().paints_from_references() else [jobs]


def _host_named(job: Job) -> Job:
    """The job with the sampler name in the host's spelling. Raises Missing for an unknown sampler."""
    sampling: Sampling = job.settings.sampling
    named = dataclasses.replace(sampling, sampler=sampler_name(sampling.sampler))
    return dataclasses.replace(job, settings=dataclasses.replace(job.settings, sampling=named))


@contextlib.contextmanager
def _translate_errors(free_memory: Callable[[], None]) -> Iterator[None]:
    """Context manager: errors of the host are raised as OutOfMemory, NotANumber or PaintFailed.

    The original error is the cause, including assertion errors and errors of extra networks.
    """
    try:
        yield
    except RetouchError:
        raise
    except torch.cuda.OutOfMemoryError as error:
        # The error references its frames, and the frames reference the failed batch. Without this call the
        # batch would occupy memory while a smaller batch is tried.
        traceback.clear_frames(error.__traceback__)
        free_memory()
        devices.torch_gc()
        raise OutOfMemory(
            "the GPU ran out of memory.", hint="Lower the batch limit or the work size."
        ) from error
    except devices.NansException as error:
        raise explain(error) from error
    except Exception as error:
        errors.report("Retouch: a batch could not be painted", exc_info=True)
        raise PaintFailed(f"the WebUI could not paint it ({type(error).__name__}: {error}).") from error
