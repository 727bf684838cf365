"""Axes of the X/Y/Z plot: the knobs of the first target and of the outpainting that declare an axis."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from retouch.knobs import KnobPath, knob_paths
from retouch.recipes.recipe import Pass
from retouch.webui.host.models import checkpoint_names, vae_names
from retouch.webui.host.modules import scripts
from retouch.webui.host.sampling import sampler_names, scheduler_names
from retouch.webui.job_request import OVERRIDES
from retouch.webui.panel.messages import message
from retouch.webui.panel.outpaint_section import CHANGES
from retouch.webui.panel.outpaint_section import KNOB_PATHS as OUTPAINT_KNOB_PATHS
from retouch.webui.panel.widgets import read
from retouch.webui.service import detector_names

_CHOICES: dict[str, Callable[[], list[str]]] = {
    "target.models": detector_names,
    "sampler": sampler_names,
    "scheduler": scheduler_names,
    "checkpoint": checkpoint_names,
    "vae": vae_names,
}
_COSTS = {"checkpoint": 1.0, "vae": 0.7}


def on_before_ui() -> None:
    """Add the axes. A rebuilt page calls this again, so existing labels are left out."""
    xyz = next((s.module for s in scripts.scripts_data if s.script_class.__module__ == "xyz_grid.py"), None)
    if xyz is None:
        return
    known = {option.label for option in xyz.axis_options}
    ours = [_axis(xyz, knob_path) for knob_path in knob_paths(Pass) if knob_path.knob.axis]
    ours += [_axis(xyz, knob_path, CHANGES) for knob_path in OUTPAINT_KNOB_PATHS if knob_path.knob.axis]
    xyz.axis_options.extend(axis for axis in ours if axis.label not in known)


def _axis(xyz: Any, knob_path: KnobPath, attribute: str = OVERRIDES) -> Any:
    """The axis of one knob. It leaves its change in the attribute `attribute` of `p`."""
    kind = knob_path.plain_type if knob_path.plain_type in (int, float) else str
    choices = _CHOICES.get(knob_path.path) or (
        (lambda: list(knob_path.knob.choices)) if knob_path.knob.choices else None
    )
    label = knob_path.knob.label
    label = message("axis", label=message("outpaint_knob", label=label) if attribute == CHANGES else label)
    return xyz.AxisOption(
        label, kind, _apply(knob_path, attribute), cost=_COSTS.get(knob_path.path, 0.0), choices=choices
    )


def _apply(knob_path: KnobPath, attribute: str) -> Callable[[Any, Any, Any], None]:
    """Cells are shallow copies of `p`, so the dict is copied and never changed in place."""

    def apply(p: Any, value: Any, _values: Any) -> None:
        text = str(value) if isinstance(value, int | float) and knob_path.optional else value
        setattr(p, attribute, {**getattr(p, attribute, {}), knob_path.path: read(knob_path, text)})

    return apply
