"""Generation, Pass, Recipe, Settings. None means "as the surrounding generation"."""

from __future__ import annotations

import dataclasses
import functools
from dataclasses import dataclass

from retouch.errors import BadInput
from retouch.knobs import Knob
from retouch.recipes.inpaint_knobs import InpaintKnobs
from retouch.recipes.migration import SCHEMA, upgrade
from retouch.recipes.people import MAX_PEOPLE, Person
from retouch.recipes.sampling import Overrides, Sampling
from retouch.recipes.seeds import SEED, fold_seed
from retouch.recipes.shape import Shape
from retouch.recipes.target import MAX_PASSES, Target

HIRES = ("after", "before")

PROMPT = Knob(
    "Prompt",
    "Blank as the picture's. [PROMPT] [SEP] [SKIP] [FOR left] are understood.",
    group="Inpainting",
    order=3,
    axis=True,
)
NEGATIVE = Knob(
    "Negative prompt", "Blank as the picture's. The same tags.", group="Inpainting", order=4, axis=True
)


@dataclass(frozen=True)
class Generation:
    """How the surrounding picture was, or would be, made."""

    prompt: str = ""
    negative_prompt: str = ""
    seed: int = 0
    subseed: int = 0
    subseed_strength: float = 0.0
    sampling: Sampling = Sampling()
    people: tuple[Person, ...] = ()


_GateKnob = functools.partial(Knob, group="Gate")


@dataclass(frozen=True)
class Gate:
    """When a region is reverted: it became worse by more than one of these. Unknown numbers never revert."""

    mode: str = _GateKnob("Gate", "Revert a region that became worse.", choices=("off", "on"), order=9).field(
        "off"
    )
    confidence_drop: float = _GateKnob(
        "Largest loss of confidence",
        "Of the detectors that found it; not found any more is always worse.",
        0,
        1,
        0.05,
    ).field(0.25)
    seam: float = _GateKnob(
        "Largest new seam", "Colour step (Delta E) that the edge may gain. 1 is just visible.", 0, 20, 0.1
    ).field(2.5)
    drift: float = _GateKnob(
        "Largest shift of colours",
        "Delta E just inside the edge. 2 is just visible.",
        0,
        100,
        1,
    ).field(20.0)
    sharpness: float = _GateKnob("Least sharpness", "Of what it was before.", 0, 1, 0.05).field(0.7)


@dataclass(frozen=True)
class Pass(Overrides, InpaintKnobs):
    """One look and one repaint."""

    enabled: bool = Knob("Enabled", "Off leaves this pass out.", group="Run", order=1).field(True)
    if_missing: str = Knob(
        "If a model is missing",
        "Refuse the whole recipe before anything is painted, or skip this pass.",
        choices=("refuse", "skip"),
        group="Run",
    ).field("refuse")
    target: Target = dataclasses.field(default=Target())
    shape: Shape = dataclasses.field(default=Shape())
    gate: Gate = dataclasses.field(default=Gate())
    prompt: str = PROMPT.field("")
    negative_prompt: str = NEGATIVE.field("")
    seed: int | None = dataclasses.replace(
        SEED, help="Blank for the picture's own.", low=0, group="Inpainting", axis=True
    ).field(None)
    hires: str = Knob(
        "With hires fix",
        "After it, on the finished picture, or before it, on the small one that is enlarged.",
        choices=HIRES,
        group="Run",
    ).field("after")
    seed_step: str = Knob(
        "Seed per region",
        "Region 2 of a picture with seed 7 paints with 8, or with 7.",
        choices=("next", "same"),
        group="Inpainting",
    ).field("next")

    def __post_init__(self) -> None:
        if self.seed is not None:
            object.__setattr__(self, "seed", fold_seed(self.seed))

    def for_step(self) -> Pass:
        """What of the pass acts on a planned region: all but what finding and planning have used up."""
        return dataclasses.replace(self, **{name: getattr(Pass(), name) for name in USED_UP})

    def settings(self, generation: Generation) -> Settings:
        sampling = self.over(generation.sampling)
        return Settings(sampling, self.denoising_strength, self.masked_content, self.restore_faces)


USED_UP = (
    *("enabled", "if_missing", "target", "shape", "hires", "seed", "seed_step", "prompt", "negative_prompt"),
    *(field.name for field in dataclasses.fields(Overrides)),
    *("denoising_strength", "masked_content", "restore_faces"),
)
"""Fields of a pass that a step has in another form: its box, masks, words, seed and `Settings`."""


@dataclass(frozen=True)
class Settings:
    """All an engine needs besides pixels and words. Jobs of equal settings may share a batch."""

    sampling: Sampling = Sampling()
    denoising_strength: float = 0.4
    masked_content: str = "original"
    restore_faces: bool = False


@dataclass(frozen=True)
class Recipe:
    """Passes run one after another, each seeing what the one before it made."""

    name: str = Knob("Name", "Shown in the dropdown.", high=80).field("Custom")
    description: str = Knob("Description", "When to use it.").field("")
    passes: tuple[Pass, ...] = Knob("Passes", "At least one.").field(())
    people: tuple[Person, ...] = dataclasses.field(
        default=(), metadata={"knob": Knob("People", "Words bound to one person through all passes.")}
    )
    schema: int = Knob("Schema", "Version of this file's form.", 1, SCHEMA, 1).field(1)
    """A file that does not say is of the first form; a recipe is of today's, and what is written says so."""

    upgrade = staticmethod(upgrade)

    def __post_init__(self) -> None:
        if len(self.passes) > MAX_PASSES:
            raise BadInput(f"{len(self.passes)} are too many.", path="passes", hint=f"At most {MAX_PASSES}.")
        for place, one in enumerate(self.passes):
            self._check_of_pass(place, one)
        if len(self.people) > MAX_PEOPLE:
            raise BadInput(f"{len(self.people)} are too many.", path="people", hint=f"At most {MAX_PEOPLE}.")
        object.__setattr__(self, "schema", SCHEMA)

    def _check_of_pass(self, place: int, one: Pass) -> None:
        named, path = one.target.of_pass or 0, f"passes[{place}].target.of_pass"
        if named > place:
            fault = f"{named} does not come before."
            raise BadInput(fault, path=path, hint=f"Pass {place + 1} can look in those before it.")
        if named and self.passes[named - 1].hires != one.hires:
            fault = f"pass {named} does not run {one.hires} hires fix, as pass {place + 1} does."
            raise BadInput(fault, path=path, hint="Both look at pictures of one size: let both run alike.")

    def knowing(self, people: tuple[Person, ...]) -> Recipe:
        """The same with these people besides its own."""
        return dataclasses.replace(self, people=self.people + people) if people else self

    def only(self, hires: str) -> Recipe:
        """The same with the passes of the other side of hires fix disabled: each keeps its place."""
        passes = (p if p.hires == hires else dataclasses.replace(p, enabled=False) for p in self.passes)
        return dataclasses.replace(self, passes=tuple(passes))

    @property
    def active(self) -> tuple[tuple[int, Pass], ...]:
        """The passes that will look for something, with their place from 0."""
        return tuple((i, p) for i, p in enumerate(self.passes) if p.enabled and p.target.looks)
