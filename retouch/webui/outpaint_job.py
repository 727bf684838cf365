"""The outpainting of one surrounding job. The finished pictures of a batch share sampling calls."""

from __future__ import annotations

import contextlib
import json
import traceback
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from retouch.api.requests.script import ScriptOutpaint
from retouch.errors import RetouchError
from retouch.image.codec.decoder import from_pil
from retouch.image.picture import Picture
from retouch.knobs import dump, replace
from retouch.outpaint.outpaint import extend_pictures
from retouch.pipeline.pipeline import PictureInput
from retouch.pipeline.report import Result
from retouch.recipes.infotext import OUTPAINT, OUTPAINT_WARNINGS
from retouch.recipes.recipe import Generation
from retouch.webui.engine.tensors import picture_of
from retouch.webui.host.modules import errors, option
from retouch.webui.host.sampling import default_sampling
from retouch.webui.panel.outpaint_section import CHANGES
from retouch.webui.progress import HostProgress
from retouch.webui.service import engine_for, pipeline_on, record_timing, working
from retouch.webui.surrounding_job import Around


@dataclass
class OutpaintJob:
    """The state of one job. It is `p.retouch_outpaint` from `process` to `postprocess`."""

    request: ScriptOutpaint
    warnings: list[str] = field(default_factory=list)
    batch: Any = None
    """The host's pictures of the current batch, until the first of them is finished."""
    ahead: dict[int, tuple[Picture, Result]] = field(default_factory=dict)
    """Index in the batch -> (the expected finished picture, its extended result)."""

    @classmethod
    def begin(cls, p: Any, asked: ScriptOutpaint | None) -> OutpaintJob | None:
        """The job, None if nothing is to be extended. A bad request is reported; the pictures stay."""
        if getattr(p, "retouch_outpaint", None) is None:
            for key in (OUTPAINT, OUTPAINT_WARNINGS):  # left by an earlier cell of a plot or file of a batch
                p.extra_generation_params.pop(key, None)
        if asked is None:
            return None
        job = cls(asked)
        try:
            job.request = replace(asked, getattr(p, CHANGES, {}), "axis")
        except RetouchError as error:
            job.say(p, str(error))
            return None
        text = json.dumps(dump(job.request), ensure_ascii=False, separators=(",", ":"))
        p.extra_generation_params[OUTPAINT] = text
        return job

    def begin_batch(self, pp: Any) -> None:
        """Store the host's pictures of the batch, `pp`. Other scripts may still change them."""
        self.batch, self.ahead = pp, {}

    def extend_finished(self, p: Any, pp: Any) -> None:
        """Extend one fixed and composited picture. It is the last hook before the picture is saved."""
        p.extra_generation_params.pop(OUTPAINT_WARNINGS, None)  # left by the previous picture
        fault = _unfit(p)
        before = from_pil(pp.image)
        result = Result(before, warnings=(fault,)) if fault else self._extend(p, before)
        if result.warnings:
            self.say(p, "; ".join(result.warnings))
        if result.picture.size != before.size:
            pp.image = result.picture.pil()

    def _extend(self, p: Any, before: Picture) -> Result:
        batch, self.batch = self.batch, None
        if batch is not None:
            self.ahead = self._foreseen(p, before, [picture_of(tensor) for tensor in batch.images])
        expected, result = self.ahead.pop(p.batch_index, (None, None))
        return result if result and _same(before, expected) else self._alone(p, before)

    def _foreseen(
        self, p: Any, before: Picture, batch: Sequence[Picture]
    ) -> dict[int, tuple[Picture, Result]]:
        """Extend the whole batch in shared sampling calls, when its first picture is finished.

        If no overlay and no other script has changed the first picture since the batch was sampled, the
        others will probably not change either. A picture that is changed later is extended again, alone. The
        result is {} if the first picture has changed, if the batch has one picture, or after an exception.
        """
        if len(batch) < 2 or p.batch_index or not _same(before, batch[0]):
            return {}
        with contextlib.suppress(Exception):  # each is then extended alone, which reports the error
            results = self._side_by_side(p, list(enumerate(batch)))
            return dict(enumerate(zip(batch, results, strict=True)))
        return {}

    def _alone(self, p: Any, before: Picture) -> Result:
        """The extended picture. After an exception it is unchanged, and the reason is a warning."""
        try:
            return self._side_by_side(p, [(p.batch_index, before)])[0]
        except Exception as error:  # the host would only log it, and the user would not see it
            ours = isinstance(error, RetouchError)
            if not ours:
                errors.report("Retouch: the picture is not extended", exc_info=True)
            reason = str(error) if ours else traceback.format_exception_only(error)[-1].strip()
            return Result(before, warnings=(reason,))

    def _side_by_side(self, p: Any, pictures: Sequence[tuple[int, Picture]]) -> Sequence[Result]:
        """The results of pictures of the current batch, each as (index, picture)."""
        request = self.request
        around = Around(p)
        canvases = [
            PictureInput(picture, generation(request, around.generation(index)))
            for index, picture in pictures
        ]
        with working(p):
            engine = engine_for(around)
            results = extend_pictures(request, canvases, pipeline_on(engine), HostProgress())
        return [engine.with_remarks(result) for result in record_timing(results)]

    def say(self, p: Any, warning: str) -> None:
        """Report a warning in the generation text and below the pictures."""
        p.extra_generation_params[OUTPAINT_WARNINGS] = warning
        p.comment(f"Retouch: not extended as asked: {warning}")
        self.warnings.append(warning)

    def end(self, p: Any, processed: Any) -> None:
        """Add all warnings to the result and restore `p`."""
        text = "; ".join(dict.fromkeys(self.warnings))
        warned = {OUTPAINT_WARNINGS: text} if text else {}
        processed.extra_generation_params = {**processed.extra_generation_params, **warned}
        for key in (OUTPAINT, OUTPAINT_WARNINGS):
            p.extra_generation_params.pop(key, None)


def _same(finished: Picture, expected: Picture | None) -> bool:
    return finished.alpha is None and finished == expected


def generation(asked: ScriptOutpaint, made: Generation) -> Generation:
    """The generation of the picture with the values that the request sets.

    Without `match_original`, only the request's values are used, and the seed of the picture if the request
    has none.
    """
    if not asked.match_original:
        return asked.generation(default_sampling(), made.seed)
    varied = asked.subseed_strength > 0
    return Generation(
        asked.prompt or made.prompt,
        asked.negative_prompt or made.negative_prompt,
        made.seed if asked.seed < 0 else asked.seed,
        max(asked.subseed, 0) if varied else made.subseed,
        asked.subseed_strength or made.subseed_strength,
        asked.over(made.sampling),
    )


def _unfit(p: Any) -> str:
    """The reason why the picture cannot be extended, else "". The host's later mask composite is one."""
    masked = getattr(p, "mask_for_overlay", None) is not None
    if masked and any(option(f"{what}_mask_composite", False) for what in ("return", "save")):
        return "the WebUI's mask composite needs the picture as it is: switch it off in the settings."
    return ""
