"""X/Y/Z plot: the main knobs of the first target and of the extension, whether or not they are open."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from retouch.knobs import KnobPath, knob_paths
from retouch.recipes.recipe import Pass
from retouch.webui import host
from retouch.webui.fix_job import OVERRIDES
from retouch.webui.panel.outpaint_section import CHANGES
from retouch.webui.panel.outpaint_section import LEAVES as OUTPAINT_LEAVES
from retouch.webui.panel.widgets import read
from retouch.webui.service import detector_names

_CHOICES: dict[str, Callable[[], list[str]]] = {
    "target.models": detector_names,
    "sampler": host.sampler_names,
    "scheduler": host.scheduler_names,
    "checkpoint": host.checkpoint_names,
    "vae": host.vae_names,
}
_COSTS = {"checkpoint": 1.0, "vae": 0.7}


def on_before_ui() -> None:
    """Add our axes once, however often the page is rebuilt."""
    xyz = next(
        (s.module for s in host.scripts.scripts_data if s.script_class.__module__ == "xyz_grid.py"), None
    )
    if xyz is None:
        return
    known = {option.label for option in xyz.axis_options}
    ours = [_axis(xyz, leaf) for leaf in knob_paths(Pass) if leaf.knob.axis]
    ours += [_axis(xyz, leaf, CHANGES) for leaf in OUTPAINT_LEAVES if leaf.knob.axis]
    xyz.axis_options.extend(axis for axis in ours if axis.label not in known)


def _axis(xyz: Any, leaf: KnobPath, kept: str = OVERRIDES) -> Any:
    """`kept` is the attribute of `p` on which it leaves what it changes."""
    kind = leaf.plain_type if leaf.plain_type in (int, float) else str
    choices = _CHOICES.get(leaf.path) or ((lambda: list(leaf.knob.choices)) if leaf.knob.choices else None)
    label = f"[Retouch] {leaf.knob.label}" + (" (outpaint)" if kept == CHANGES else "")
    return xyz.AxisOption(label, kind, _apply(leaf, kept), cost=_COSTS.get(leaf.path, 0.0), choices=choices)


def _apply(leaf: KnobPath, kept: str) -> Callable[[Any, Any, Any], None]:
    """Cells are shallow copies of `p`: the dict is made anew, never changed in place."""

    def apply(p: Any, value: Any, _values: Any) -> None:
        given = str(value) if isinstance(value, int | float) and leaf.optional else value
        setattr(p, kept, {**getattr(p, kept, {}), leaf.path: read(leaf, given)})

    return apply
