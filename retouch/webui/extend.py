"""Extend each finished picture: a fold of the accordion, and what it does to a job."""

from __future__ import annotations

import dataclasses
import json
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import gradio as gr

from retouch.errors import BadInput, RetouchError
from retouch.execute import Result
from retouch.extending import extend
from retouch.infotext import OUTPAINT, OUTPAINT_WARNINGS
from retouch.knobs import Leaf, dump, knobs_of, leaves, load, nested, replace
from retouch.outpaint.extension import Extension
from retouch.outpaint.guard import Guard
from retouch.outpaint.stages import Pace
from retouch.outpaint.steps import Words
from retouch.outpainting import refined, way_of
from retouch.raster import Picture, from_pil
from retouch.recipe import Generation, Recipe
from retouch.scripted import ScriptOutpaint
from retouch.webui import host
from retouch.webui.service import engine_for, studio_on, working
from retouch.webui.watch import Watch
from retouch.webui.widgets import AUTO, read_all, shown, widget

CHANGES = "retouch_outpaint_changes"
"""Where an X/Y/Z axis leaves its changes to the extension, on `p`: {knob: value}."""
_OF_THE_PICTURE = ("seed", "subseed", "subseed_strength", "stage_prompts")
"""No widget: each picture has its own seeds, and words by stage have commas in them."""
LEAVES = tuple(leaf for leaf in leaves(ScriptOutpaint) if leaf.path not in _OF_THE_PICTURE)
WIDGETS = 1 + len(LEAVES)
"""How many of a script's args are ours: the last."""
_FRONT = ("aspect", *Extension().margins._fields)
_FOLDS = {"Placement": Extension, "Stages": Pace, "Prompts": Words, "Guards": Guard}
BLANK = ScriptOutpaint()


@dataclass
class Section:
    """One build of the fold. Its values, in order, are the last of the script's args."""

    elem_id: Callable[[str], str]
    components: list[Any] = field(default_factory=list)
    paste_fields: list[tuple[Any, Any]] = field(default_factory=list)

    def build(self) -> list[Any]:
        """Widgets are laid out front first, but handed over in the order of LEAVES."""
        made: dict[str, Any] = {}
        with gr.Accordion("Outpaint", open=False, elem_id=self.elem_id("outpaint")):
            label = "Extend each finished picture"
            enable = gr.Checkbox(False, label=label, elem_id=self.elem_id("outpaint_enabled"))
            for title, group in _groups():
                with gr.Group() if not title else gr.Accordion(title, open=False):
                    for row in (group[i : i + 4] for i in range(0, len(group), 4)):
                        with gr.Row():
                            made |= {leaf.path: self._widget(leaf) for leaf in row}
        self.components = [enable, *(made[leaf.path] for leaf in LEAVES)]
        pasters = [lambda params: OUTPAINT in params, *map(_paster, LEAVES)]
        self.paste_fields = list(zip(self.components, pasters, strict=True))
        return self.components

    def _widget(self, leaf: Leaf) -> Any:
        """The host keeps a person's defaults by label: a pass has knobs of the same."""
        knob = dataclasses.replace(leaf.knob, label=f"{leaf.knob.label} (outpaint)")
        if leaf.plain_type is tuple:
            knob = dataclasses.replace(knob, choices=())
        elem_id = self.elem_id(f"outpaint_{leaf.path}")
        made: Any = widget(dataclasses.replace(leaf, knob=knob), getattr(BLANK, leaf.path), elem_id, 1)
        if leaf.optional and leaf.path in knobs_of(Pace):
            made.placeholder = AUTO
        return made


def _groups() -> Iterator[tuple[str, list[Leaf]]]:
    """(title, knobs); what most people touch has no title, and is above the folds."""
    yield "", [leaf for name in _FRONT for leaf in LEAVES if leaf.path == name]
    for title, part in _FOLDS.items():
        yield title, [leaf for leaf in LEAVES if leaf.path in knobs_of(part) and leaf.path not in _FRONT]
    placed = {name for part in _FOLDS.values() for name in knobs_of(part)}
    yield "Inpainting", [leaf for leaf in LEAVES if leaf.path not in placed]


def _paster(leaf: Leaf) -> Callable[[dict[str, Any]], Any]:
    def paste(params: dict[str, Any]) -> Any:
        try:
            asked = outpaint_in(params)
        except RetouchError:
            return None
        return None if asked is None else shown(leaf, getattr(asked, leaf.path))

    return paste


def outpaint_in(params: dict[str, Any]) -> ScriptOutpaint | None:
    """What an infotext carries, None without. BadInput when it is damaged."""
    text = params.get(OUTPAINT)
    if not text:
        return None
    try:
        return load(ScriptOutpaint, json.loads(text), OUTPAINT)
    except (ValueError, RecursionError) as error:
        raise BadInput(f"{error}.", path=OUTPAINT, hint="Copy the whole generation text.") from None


def typed(values: Sequence[Any], always: bool = False) -> ScriptOutpaint | None:
    """The fold's values; None where it is switched off, unless `always`."""
    enabled, *rest = values
    if not (enabled or always):
        return None
    return load(ScriptOutpaint, nested(read_all(dict(zip(LEAVES, rest, strict=True)))), "outpaint")


@dataclass
class Extending:
    """One job's extensions. Lives on `p.retouch_outpaint` from `process` to `postprocess`."""

    request: ScriptOutpaint
    warnings: list[str] = field(default_factory=list)

    @classmethod
    def begin(cls, p: Any, asked: ScriptOutpaint | None) -> Extending | None:
        """None when nothing is to be extended. A bad request is said, and the pictures are left alone."""
        if getattr(p, "retouch_outpaint", None) is None:
            for key in (OUTPAINT, OUTPAINT_WARNINGS):  # of an earlier cell of a plot, or file of a batch
                p.extra_generation_params.pop(key, None)
        if asked is None:
            return None
        job = cls(asked)
        try:
            job.request = replace(asked, getattr(p, CHANGES, {}), "axis")
        except RetouchError as error:
            job.say(p, str(error))
            return None
        said = json.dumps(dump(job.request), ensure_ascii=False, separators=(",", ":"))
        p.extra_generation_params[OUTPAINT] = said
        return job

    def extend_finished(self, p: Any, pp: Any) -> None:
        """One full-size picture, mended and composited: the last hook before it is saved and shown."""
        p.extra_generation_params.pop(OUTPAINT_WARNINGS, None)  # of the picture before
        fault = _unfit(p)
        before = from_pil(pp.image)
        done = Result(before, warnings=(fault,)) if fault else self._extended(p, before)
        if done.warnings:
            self.say(p, "; ".join(done.warnings))
        if done.picture.size != before.size:
            pp.image = done.picture.pil()

    def _extended(self, p: Any, before: Picture) -> Result:
        """Whatever happens, a picture comes back: extended as far as it went, or as it was with a reason."""
        asked = self.request
        try:
            with working(p):
                studio, watch = studio_on(engine_for(p)), Watch()
                made = generation(asked, host.generation_of(p, p.batch_index))
                way, remarks = way_of(asked, before, made, studio)
                done = extend(way, studio.engine, asked, watch)
                said = (*filter(None, remarks), *done.warnings)
                if not asked.refine or done.way.left or watch.stopped:
                    return Result(done.way.finished(), warnings=said)
                return Result(before, warnings=said).then(
                    refined(done.way, Recipe(passes=asked.passes), made, studio, watch)
                )
        except Exception as error:  # the host would only log it, and the person would never know
            ours = isinstance(error, RetouchError)
            if not ours:
                host.errors.report("Retouch: the picture is not extended", exc_info=True)
            reason = str(error) if ours else traceback.format_exception_only(error)[-1].strip()
            return Result(before, warnings=(reason,))

    def say(self, p: Any, warning: str) -> None:
        """In the picture's generation text, and under the pictures."""
        p.extra_generation_params[OUTPAINT_WARNINGS] = warning
        p.comment(f"Retouch: not extended as asked: {warning}")
        self.warnings.append(warning)

    def end(self, p: Any, processed: Any) -> None:
        """All that went wrong for the API, and `p` as it was."""
        said = "; ".join(dict.fromkeys(self.warnings))
        warned = {OUTPAINT_WARNINGS: said} if said else {}
        processed.extra_generation_params = {**processed.extra_generation_params, **warned}
        for key in (OUTPAINT, OUTPAINT_WARNINGS):
            p.extra_generation_params.pop(key, None)


def generation(asked: ScriptOutpaint, made: Generation) -> Generation:
    """As the picture was made, with whatever is asked for; or, not to match it, only what is asked for."""
    if not asked.match:
        return asked.generation(host.sampling(), made.seed)
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
    """The host lays its mask over the picture after this, and ends the job where their sizes differ."""
    masked = getattr(p, "mask_for_overlay", None) is not None
    if masked and any(host.option(f"{what}_mask_composite", False) for what in ("return", "save")):
        return "the WebUI's mask composite needs the picture as it is: switch it off in the settings."
    return ""
