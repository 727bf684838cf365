"""Warnings about settings of a recipe that contradict each other: allowed, but probably not intended.

`retouch.recipes.recipe` refuses invalid settings; this module only names knobs without an effect, with the
reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from retouch.knobs import knobs_of
from retouch.recipes.recipe import Gate, Pass, Recipe
from retouch.recipes.target import Target, kinds_by_knob

LEAST_OVER_NOISE = 0.5
"""Denoising strength below which noise or emptiness under the mask is still visible in the result."""
_PLAIN = Target()


def contradictions(recipe: Recipe) -> tuple[str, ...]:
    """One sentence for each contradiction in a recipe; () without any."""
    if not recipe.active:
        return (f"Recipe {recipe.name!r} has no enabled pass that looks for something: nothing is painted.",)
    remarks = [
        f"Pass {place + 1}: {remark}"
        for place, one in recipe.active
        for remark in (*_of_order(recipe, place, one), *(r for check in CHECKS for r in check(one)))
    ]
    return tuple(remarks)


def _of_order(recipe: Recipe, place: int, one: Pass) -> Iterator[str]:
    """A remark if the pass searches within the regions of a pass that does not run."""
    running = [number for number, _ in recipe.active if number < place]
    named = one.target.of_pass
    if named is not None and "of_pass" in one.target.kind.knobs and named - 1 not in running:
        yield f"it looks in what pass {named} finds, which does not run: nothing is found."
    if one.target.what == "regions of a pass" and named is None and not running:
        yield "it paints again what an earlier pass painted, and there is none: nothing is found."


def _of_target(one: Pass) -> Iterator[str]:
    target = one.target
    for name in kinds_by_knob():
        if getattr(target, name) != getattr(_PLAIN, name) and name not in target.kind.knobs:
            label = knobs_of(type(target))[name].label
            yield f"{label!r} is not used: the target is {target.what!r}."
    if target.tilted and target.what == "background" and not target.models:
        yield "'Tilted too' is not used: there is no detector."
    if target.what == "tiles" and target.overlap > target.tile // 2:
        yield f"tiles overlap by {target.tile // 2} pixels, half their size, not by {target.overlap}."
    if target.top_k and target.index and min(target.index) > target.top_k:
        yield f"only number {min(target.index)} on is painted, of the first {target.top_k}: nothing is found."


def _of_strength(one: Pass) -> Iterator[str]:
    strength, under = one.denoising_strength, one.masked_content
    if strength == 0 and under == "original":
        yield "a denoising strength of 0 keeps what is there: nothing is changed."
    if under in ("latent noise", "latent nothing", "noise") and strength < LEAST_OVER_NOISE:
        yield (
            f"with masked content {under!r} a denoising strength of {strength:g} leaves it in the picture: "
            f"take {LEAST_OVER_NOISE:g} or more, or another masked content."
        )
    if one.variations > 1 and strength == 0:
        yield f"{one.variations} variations at a denoising strength of 0 are all alike."


def _of_shape(one: Pass) -> Iterator[str]:
    if one.shape.area == "whole picture" and one.shape.padding is not None:
        yield "'Only masked padding' is not used: the model sees the whole picture."


def _of_gate(one: Pass) -> Iterator[str]:
    gate = one.gate
    if gate.mode == "off":
        return
    limits = {name: knobs_of(Gate)[name] for name in ("confidence_drop", "seam", "drift")}
    if all(getattr(gate, name) == knob.high for name, knob in limits.items()) and gate.sharpness == 0:
        yield "no threshold of the gate can be crossed: only what is not found any more is reverted."
    if gate.drift == 0 and one.denoising_strength > 0:
        yield f"{limits['drift'].label!r} of 0 reverts nearly everything that is painted."


CHECKS: tuple[Callable[[Pass], Iterator[str]], ...] = (_of_target, _of_strength, _of_shape, _of_gate)
