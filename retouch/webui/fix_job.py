"""The fixes of one surrounding job: the choice of pictures, the hooks, and the entries in the infotext."""

from __future__ import annotations

import dataclasses
import functools
import traceback
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from PIL import Image

from retouch.api.requests.script import AutofixRequest
from retouch.errors import RetouchError
from retouch.image.codec.decoder import from_pil
from retouch.image.mask import Mask
from retouch.image.picture import Picture
from retouch.pipeline.history import History
from retouch.pipeline.missing_models import drop_unavailable_passes
from retouch.pipeline.pipeline import PictureInput
from retouch.pipeline.report import Report, Result
from retouch.pipeline.report_infotext import params
from retouch.recipes.checks import contradictions
from retouch.recipes.infotext import RECIPE, REGIONS, SKIPPED, WARNINGS
from retouch.recipes.prompts import PromptPair
from retouch.recipes.recipe import Generation, Recipe
from retouch.webui import hires_fix, history_files
from retouch.webui.engine.host_engine import HostEngine
from retouch.webui.engine.tensors import floats_of, picture_of
from retouch.webui.host.modules import errors
from retouch.webui.job_request import find_request
from retouch.webui.progress import HostProgress
from retouch.webui.service import engine_for, finders, pipeline_on, record_timing, working
from retouch.webui.skip_img2img import Skipped, skip_host_img2img
from retouch.webui.surrounding_job import Around


@dataclass
class AutofixJob:
    """The state of one job. It is `p.retouch` from `process` to `postprocess`."""

    request: AutofixRequest
    recipe: Recipe
    runs: Recipe
    """The recipe without the passes that are skipped because a model is missing."""
    left_out: tuple[str, ...] = ()
    """One sentence for each pass left out of `runs`, after the remarks on the request."""
    finish: Recipe = field(init=False)
    """The passes on the finished picture."""
    skipped: Skipped | None = None
    """The inputs of an img2img that is not run."""
    early: dict[int, Result] = field(default_factory=dict)
    """The result of each picture of the current batch before hires fix enlarged it."""
    region_texts: list[str] = field(default_factory=list)
    """The regions of each picture of the current batch, in the form of the infotext."""
    warning_texts: list[str] = field(default_factory=list)
    all_region_texts: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    masks: list[Image.Image] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.finish = self.runs

    @classmethod
    def begin(cls, p: Any, args: Sequence[Any]) -> AutofixJob | None:
        """The job, None if there is nothing to do. A bad request is reported, and the picture is unchanged.

        The host shares the generation parameters between the cells of a plot and the files of a batch. So
        the parameters of an earlier job are removed. ADetailer calls this again inside a job. Then they stay.
        """
        if getattr(p, "retouch", None) is None:
            _forget(p)
        try:
            job = cls._from_args(p, args)
            if job and job.request.skip_img2img and getattr(p, "init_images", None):
                job.skipped = skip_host_img2img(p)
        except RetouchError as error:
            p.comment(f"Retouch: {error}")
            p.extra_generation_params[WARNINGS] = str(error)
            return None
        if job:
            for remark in (*job.left_out, *contradictions(job.runs)):
                p.comment(f"Retouch: {remark}")
            job._before_hires(p)
        return job

    @classmethod
    def _from_args(cls, p: Any, args: Sequence[Any]) -> AutofixJob | None:
        asked = find_request(p, args)
        if asked is None:
            return None
        p.extra_generation_params.update(params(asked.recipe))  # also for a refused recipe, for a later paste
        with asked.errors_in_request():
            runs, left_out = drop_unavailable_passes(finders(), asked.recipe)
        return cls(asked.request, asked.recipe, runs, (*asked.remarks, *left_out))

    def _before_hires(self, p: Any) -> None:
        """With hires fix, arrange the "before" passes before it. Without it, all passes run at the end."""
        hires_fix.release(p)
        if hires_fix.has_hires_fix(p) and self.runs.only("before").active:
            early, self.finish = self.runs.only("before"), self.runs.only("after")
            hires_fix.between(p, functools.partial(self._fix_small, p, early))

    def _fix_small(self, p: Any, early: Recipe, pictures: Sequence[Picture]) -> list[Picture]:
        """Fix the small pictures before hires fix. Their reports are added to those of the finished ones."""
        around = Around(p, small=True)
        results = self._paint(around, early, self._canvases(around, pictures, range(len(pictures))))
        self.early = dict(enumerate(results))
        return [result.picture for result in results]

    def fix_batch(self, p: Any, pp: Any) -> None:
        """Fix the pictures of a batch in shared sampling calls, unless the host composites them later."""
        self.region_texts, self.warning_texts = [""] * len(pp.images), [""] * len(pp.images)
        p.__dict__.pop("save_samples", None)
        saves = p.save_samples()
        for key in (REGIONS, WARNINGS):  # left by the previous batch
            p.extra_generation_params.pop(key, None)
        if _composites_later(p):
            return
        before = [picture_of(tensor) for tensor in pp.images]
        results = self._fix(p, before, range(len(before)))
        for index, (tensor, result) in enumerate(zip(list(pp.images), results, strict=True)):
            pp.images[index] = floats_of(tensor, before[index], result.picture)
        if any(result.stopped for result in results):
            # The host calls this after the hook. After an interrupt it would not save finished pictures.
            p.save_samples = lambda **_: saves  # Neo calls it with `is_video`

    def fix_finished(self, p: Any, pp: Any) -> None:
        """Fix one full-size picture of a job whose overlay or colours the host applies later."""
        if not _composites_later(p):
            return
        before = from_pil(pp.image)
        result = self._fix(p, [before], [p.batch_index])[0]
        if result.picture != before:
            pp.image = result.picture.pil()

    def _fix(self, p: Any, pictures: Sequence[Picture], indices: Sequence[int]) -> list[Result]:
        canvases = self._canvases(Around(p), pictures, indices)
        results = self._paint(Around(p), self.finish, canvases)
        for index, canvas, result in zip(indices, canvases, results, strict=True):
            self._record(p, index, canvas, result)
        return results

    def _canvases(
        self, around: Around, pictures: Sequence[Picture], indices: Sequence[int]
    ) -> list[PictureInput]:
        mask = self.skipped.mask if self.skipped else _user_mask(around.p)
        return [
            PictureInput(picture, self._generation(around, i), mask and mask.resized(picture.size))
            for i, picture in zip(indices, pictures, strict=True)
        ]

    @staticmethod
    def _paint(around: Around, recipe: Recipe, canvases: Sequence[PictureInput]) -> list[Result]:
        """One result for each picture. After an exception the picture is unchanged and has a warning."""
        try:
            with working(around.p):
                engine = engine_for(around)
                fixed = pipeline_on(engine).fix(canvases, recipe, HostProgress())
            return [
                engine.with_remarks(_with_drawn_prompts(result, engine)) for result in record_timing(fixed)
            ]
        except Exception as error:  # the host would only log it, and the user would not see it
            errors.report("Retouch: the picture is kept as it was", exc_info=True)
            ours = isinstance(error, RetouchError)
            reason = str(error) if ours else traceback.format_exception_only(error)[-1].strip()
            return [Result(canvas.picture, warnings=(reason,)) for canvas in canvases]

    def _generation(self, around: Around, index: int) -> Generation:
        """The generation of the surrounding picture, with the values that the request sets."""
        generation = around.generation(index)
        request = self.request
        return dataclasses.replace(
            generation,
            prompt=request.prompt or generation.prompt,
            negative_prompt=request.negative_prompt or generation.negative_prompt,
            seed=request.seed if request.seed >= 0 else generation.seed,
            subseed=request.subseed
            if request.subseed_strength and request.subseed >= 0
            else generation.subseed,
            subseed_strength=request.subseed_strength or generation.subseed_strength,
        )

    def _record(self, p: Any, index: int, canvas: PictureInput, result: Result) -> None:
        """Add the fixes of one picture to the infotext, warnings, masks and files.

        It reports the passes before and after hires fix. Boxes of passes before it are in pixels of the
        small picture.
        """
        whole = self.early.pop(index, Result(canvas.picture)).then(result)
        report = Around(p).generation(index)
        around = PromptPair(report.prompt, report.negative_prompt)
        for texts in (self.region_texts, self.warning_texts):  # another script may have added pictures
            texts.extend([""] * (index + 1 - len(texts)))
        self.region_texts[index] = params(self.recipe, whole.reports, around).get(REGIONS, "")
        self.warning_texts[index] = "; ".join((*self.left_out, *whole.warnings))
        self.all_region_texts.append(self.region_texts[index])
        for key, texts in ((REGIONS, self.region_texts), (WARNINGS, self.warning_texts)):
            if any(texts):
                p.extra_generation_params[key] = [text or None for text in texts]
        for warning in whole.warnings:
            p.comment(f"Retouch: {warning}")
        self.warnings += whole.warnings
        if self.request.return_masks:
            self.masks += [Image.fromarray(r.mask(canvas.picture).alpha) for r in result.reports if r.kept]
        try:
            history_files.save_extras(p, index, canvas.picture, result)
            about = params(self.recipe, result.reports, around)
            history_files.remember(p, index, History.of(canvas.picture, result.reports), about)
        except Exception:  # a full disk must not lose the finished fixes
            errors.report("Retouch: the picture before, or what was found, was not saved", exc_info=True)

    def end(self, p: Any, processed: Any) -> None:
        """Add the regions and masks to the result and restore `p`.

        The result gets a copy of the generation parameters of this job, because the Batch tab reuses `p`.
        """
        everything: dict[str, Any] = {REGIONS: list(self.all_region_texts)}
        if self.warnings:
            everything[WARNINGS] = "; ".join(dict.fromkeys(self.warnings))
        processed.extra_generation_params = {**p.extra_generation_params, **everything}
        _forget(p)
        processed.images += self.masks
        processed.infotexts += [processed.infotexts[0]] * len(self.masks)
        p.__dict__.pop("save_samples", None)
        if self.skipped:
            self.skipped.undo(p)


def _forget(p: Any) -> None:
    for key in (RECIPE, REGIONS, WARNINGS, SKIPPED):
        p.extra_generation_params.pop(key, None)


def _with_drawn_prompts(result: Result, engine: HostEngine) -> Result:
    """The result with the prompts after wildcards. The wildcards are drawn during sampling."""

    def spoken(report: Report) -> Report:
        step = report.step
        prompt = engine.spoken.get((step.prompt, report.seed), step.prompt)
        return dataclasses.replace(report, step=dataclasses.replace(step, prompt=prompt))

    return dataclasses.replace(result, reports=tuple(spoken(report) for report in result.reports))


def _composites_later(p: Any) -> bool:
    """True if the host applies an overlay, colour correction or face restoration later."""
    overlaid = getattr(p, "mask_for_overlay", None) is not None
    return overlaid or p.color_corrections is not None or bool(p.restore_faces)


def _user_mask(p: Any) -> Mask | None:
    """The mask of the host's overlay, at full size, after mask blur and inversion. None without one."""
    overlay_mask = getattr(p, "mask_for_overlay", None)
    return None if overlay_mask is None else Mask(np.array(overlay_mask.convert("L")))
