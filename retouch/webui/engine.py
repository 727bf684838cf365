"""HostEngine: paints through the WebUI's own pipeline, checkpoint, samplers, LoRAs and VAE."""

from __future__ import annotations

import contextlib
import dataclasses
import traceback
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch

from retouch.errors import NotANumber, OutOfMemory, PaintFailed, RetouchError
from retouch.geometry import Size
from retouch.ports import Job, Progress
from retouch.prompts import networks
from retouch.raster import Picture, from_pil
from retouch.recipe import Sampling
from retouch.webui import host
from retouch.webui.aside import aside
from retouch.webui.inner import QuietRunner, crops
from retouch.webui.settings import allowed_scripts, batch_limit


@dataclass
class HostEngine:
    """One per fix: `outer` is the surrounding job or None. Use inside `host.models_as_found`."""

    outer: Any = None
    free_memory: Callable[[], None] = lambda: None
    """Called before a batch is given up for memory: detectors make room."""
    name: str = "webui"
    remark: str = ""
    cached_c: list[Any] = field(default_factory=lambda: [None, None])
    cached_uc: list[Any] = field(default_factory=lambda: [None, None])
    found: tuple[str, str] = field(default_factory=host.loaded_models)
    """The person's checkpoint and VAE: what a blank override means, also after a pass with one."""
    spoken: dict[tuple[str, int], str] = field(default_factory=dict)
    """(prompt, seed) as asked: the prompt after wildcard scripts had their say."""

    @property
    def batch_limit(self) -> int:
        return batch_limit()

    def native(self, checkpoint: str) -> Size:
        """Loads the checkpoint, which the pass is about to need, and asks it."""
        host.use_models(checkpoint or self.found[0], "")
        return host.native()

    def kin(self, job: Job) -> Hashable:
        """The host reads LoRA tags of a batch's first prompt only, joins negatives only of equal
        length, and its DPM adaptive sampler lets batch mates change each other."""
        sampling = job.settings.sampling
        alone = id(job) if sampling.sampler.lower() == "dpm adaptive" else 0
        strength = job.subseed_strength
        return networks(job.prompt), host.chunks(job.negative_prompt, sampling.steps), strength, alone

    def paint(self, jobs: Sequence[Job], progress: Progress) -> list[Picture | None]:
        if jobs[0].settings.denoising_strength == 0:
            return [job.picture for job in jobs]
        sampling = jobs[0].settings.sampling
        with _translated(self.free_memory), aside():
            host.use_models(sampling.checkpoint or self.found[0], sampling.vae or self.found[1])
            pictures = self._sample(jobs)
        if progress.stopped or len(pictures) != len(jobs):
            return [None] * len(jobs)  # the host hands a half-denoised picture back as if it were done
        return list(pictures)

    def _sample(self, jobs: Sequence[Job]) -> list[Picture]:
        base = getattr(self.outer, "scripts", None) or host.scripts.scripts_img2img
        runner = QuietRunner.of(base, allowed_scripts() if self.outer is not None else ())
        script_args = tuple(self.outer.script_args) if self.outer is not None else ()
        settings = jobs[0].settings
        named = [_host_named(job) for job in jobs]
        with contextlib.closing(crops(named, self.outer, runner, script_args)) as p:
            p.cached_c, p.cached_uc = self.cached_c, self.cached_uc
            processed = host.processing.process_images(p)
            self.spoken.update(
                {(j.prompt, j.seed): said for j, said in zip(jobs, p.all_prompts, strict=True)}
            )
        if settings.restore_faces:
            return [from_pil(i) for i in processed.images[processed.index_of_first_image :][: len(jobs)]]
        return runner.decoded


def _host_named(job: Job) -> Job:
    """The job with the sampler spelled as the host spells it."""
    sampling: Sampling = job.settings.sampling
    named = dataclasses.replace(sampling, sampler=host.sampler_name(sampling.sampler))
    return dataclasses.replace(job, settings=dataclasses.replace(job.settings, sampling=named))


@contextlib.contextmanager
def _translated(free_memory: Callable[[], None]) -> Iterator[None]:
    """The host's failures as ours. Its extra-network errors and asserts are kept as the cause."""
    try:
        yield
    except RetouchError:
        raise
    except torch.cuda.OutOfMemoryError as error:
        # The error would keep its frames, and they the failed batch, alive while a smaller one is tried.
        traceback.clear_frames(error.__traceback__)
        free_memory()
        host.devices.torch_gc()
        raise OutOfMemory(
            "the GPU ran out of memory.", hint="Lower the batch limit or the work size."
        ) from error
    except host.devices.NansException as error:
        raise NotANumber("the sampler returned NaN.", hint="Try another VAE, or --no-half-vae.") from error
    except Exception as error:
        host.errors.report("Retouch: a batch could not be painted", exc_info=True)
        raise PaintFailed(f"the WebUI could not paint it ({type(error).__name__}: {error}).") from error
