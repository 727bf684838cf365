"""Generation, Pass, Recipe, Settings. None means "as the surrounding generation"."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from retouch.errors import BadInput
from retouch.image.fill.masked_content import MASKED_CONTENT
from retouch.knobs import Knob
from retouch.recipes.match_knobs import COMPRESSION, GRAIN, KEEP_TONE, MATCH_EDGE
from retouch.recipes.migration import SCHEMA, upgrade
from retouch.recipes.people import MAX_PEOPLE, Person
from retouch.recipes.seeds import SEED, fold_seed
from retouch.recipes.selection import Selection
from retouch.recipes.shape import Shape

MAX_PASSES = 16
HIRES = ("after", "before")

STEPS = Knob("Steps", "Sampling steps.", 1, 150, 1)
CFG = Knob("CFG scale", "How strictly the prompt is followed.", 1, 30, 0.5)
SAMPLER = Knob("Sampling method", "As the WebUI or diffusers names it; blank for the engine's own.")
SCHEDULER = Knob("Schedule type", "Noise schedule of the sampler; blank for the engine's own.")
CHECKPOINT = Knob("Checkpoint", "Model to paint with; blank for the loaded one. Swapped once per pass.")
VAE = Knob("VAE", "Autoencoder; blank for the loaded one. Swapped once per pass.")
CLIP_SKIP = Knob("Clip skip", "Last layers of the text encoder left out, counted from 1.", 1, 12, 1)
NOISE = Knob("Noise multiplier", "Initial noise of img2img; above 1 adds detail, then grain.", 0.5, 1.5, 0.01)
PROMPT = Knob("Prompt", "Blank as the picture's. [PROMPT] [SEP] [SKIP] [FOR left] are understood.")
NEGATIVE = Knob("Negative prompt", "Blank as the picture's. The same tags.")


@dataclass(frozen=True)
class Sampling:
    """How to sample, resolved."""

    steps: int = STEPS.field(20)
    cfg_scale: float = CFG.field(7.0)
    sampler: str = SAMPLER.field("")
    scheduler: str = SCHEDULER.field("")
    checkpoint: str = CHECKPOINT.field("")
    vae: str = VAE.field("")
    clip_skip: int = CLIP_SKIP.field(1)
    noise_multiplier: float = NOISE.field(1.0)


@dataclass(frozen=True)
class Overrides:
    """The same knobs, None where the surrounding generation decides."""

    steps: int | None = STEPS.field(None)
    cfg_scale: float | None = CFG.field(None)
    sampler: str | None = SAMPLER.field(None)
    scheduler: str | None = SCHEDULER.field(None)
    checkpoint: str | None = CHECKPOINT.field(None)
    vae: str | None = VAE.field(None)
    clip_skip: int | None = CLIP_SKIP.field(None)
    noise_multiplier: float | None = NOISE.field(None)

    def over(self, base: Sampling) -> Sampling:
        """The resolved sampling: ours where set, `base`'s elsewhere."""
        names = [f.name for f in dataclasses.fields(Sampling)]
        return Sampling(**{n: v if (v := getattr(self, n)) is not None else getattr(base, n) for n in names})


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


AIMS = (
    "detectors",
    "text",
    "pointed",
    "mask",
    "background",
    "whole picture",
    "tiles",
    "seam",
    "blurred",
    "regions of a pass",
)


@dataclass(frozen=True)
class Target(Selection):
    """What to look for."""

    what: str = Knob(
        "Target",
        "Detectors, words, points, the mask, what is not masked or detected, all, tiles, edges of fixes, "
        "unsharp areas, or what an earlier pass found.",
        choices=AIMS,
    ).field("detectors")
    models: tuple[str, ...] = Knob(
        "Detectors", "One or more; what several find alike is painted once."
    ).field(())
    classes: tuple[str, ...] = Knob(
        "Classes", "Only these labels; free words for open-vocabulary models and for the target text."
    ).field(())
    points: tuple[float, ...] = Knob(
        "Points", "x, y on what is meant, as shares of the picture's sides, 0 to 1.", 0, 1
    ).field(())
    box: tuple[float, ...] = Knob(
        "Box", "Left, top, right, bottom around what is meant, in the same shares.", 0, 1
    ).field(())
    tilted: bool = Knob(
        "Tilted too", "Detectors also look at the picture turned, a dozen times; painted upright."
    ).field(False)
    of_pass: int | None = Knob(
        "Of pass", "Look only in what this earlier pass found; blank for everywhere.", 1, MAX_PASSES, 1
    ).field(None)
    tile: int = Knob("Tile size", "Pixels, overlap included.", 128, 4096, 64).field(512)
    overlap: int = Knob("Tile overlap", "Pixels that neighbouring tiles share.", 0, 1024, 8).field(64)
    seam_from: float = Knob(
        "Seam from", "CIELAB units per pixel beyond which an edge is painted over.", 0, 10, 0.1
    ).field(0.5)
    blurred_below: float = Knob(
        "Unsharp below", "Of the sharpness of the picture's sharp parts.", 0, 1, 0.05
    ).field(0.5)

    def __post_init__(self) -> None:
        super().__post_init__()
        if len(self.points) % 2:
            raise BadInput(f"{len(self.points)} numbers.", path="points", hint="Give pairs: x, y, x, y ...")
        left, top, right, bottom = self.box if len(self.box) == 4 else (0, 0, 0, 0)
        if self.box and not (left < right and top < bottom):
            raise BadInput(f"{list(self.box)} is no box.", path="box", hint="Give left, top, right, bottom.")

    @property
    def looks(self) -> bool:
        """False when nothing is said of what to look for."""
        named = {"detectors": self.models, "text": self.classes, "pointed": self.points or self.box}
        return bool(named.get(self.what, True))


@dataclass(frozen=True)
class Gate:
    """When a region is reverted: it became worse by more than one of these. Unknown numbers never revert."""

    mode: str = Knob("Gate", "Revert a region that became worse.", choices=("off", "on")).field("off")
    confidence_drop: float = Knob(
        "Largest loss of confidence",
        "Of the detectors that found it; not found any more is always worse.",
        0,
        1,
        0.05,
    ).field(0.25)
    seam: float = Knob(
        "Largest new seam", "CIELAB units per pixel, beyond the seam before.", 0, 20, 0.1
    ).field(2.5)
    drift: float = Knob(
        "Largest shift of colours", "CIELAB units, of low frequencies just inside the mask.", 0, 100, 1
    ).field(20.0)
    sharpness: float = Knob("Least sharpness", "Of what it was before.", 0, 1, 0.05).field(0.7)


@dataclass(frozen=True)
class Pass(Overrides):
    """One look and one repaint."""

    enabled: bool = Knob("Enabled", "Off leaves this pass out.").field(True)
    absent: str = Knob(
        "If a model is missing",
        "Refuse the whole recipe before anything is painted, or skip this pass.",
        choices=("refuse", "skip"),
    ).field("refuse")
    target: Target = dataclasses.field(default=Target())
    shape: Shape = dataclasses.field(default=Shape())
    gate: Gate = dataclasses.field(default=Gate())
    prompt: str = PROMPT.field("")
    negative_prompt: str = NEGATIVE.field("")
    denoising_strength: float = Knob(
        "Denoising strength", "0 keeps, 1 replaces; faces 0.3-0.5, hands 0.65-0.8.", 0, 1, 0.01
    ).field(0.4)
    masked_content: str = Knob(
        "Masked content", "What lies under the mask at the start.", choices=MASKED_CONTENT
    ).field("original")
    colour_correction: float = Knob(
        "Colour correction",
        "Undoes the shift of colours that painting leaves, as measured around the mask; 0 is off.",
        0,
        1,
        0.05,
    ).field(1.0)
    keep_tone: str = KEEP_TONE.field("auto")
    grain: float = GRAIN.field(1.0)
    compression: float = COMPRESSION.field(1.0)
    match_edge: float = MATCH_EDGE.field(0.0)
    restore_faces: bool = Knob("Restore faces", "Run the host's face restoration on each crop.").field(False)
    seed: int | None = dataclasses.replace(SEED, help="Blank for the picture's own.", low=0).field(None)
    hires: str = Knob(
        "With hires fix",
        "After it, on the finished picture, or before it, on the small one that is enlarged.",
        choices=HIRES,
    ).field("after")
    variations: int = Knob(
        "Variations", "Candidates painted of each region, their seeds one apart; the best is kept.", 1, 16, 1
    ).field(1)
    seed_step: str = Knob(
        "Seed per region",
        "Region 2 of a picture with seed 7 paints with 8, or with 7.",
        choices=("next", "same"),
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
    *("enabled", "absent", "target", "shape", "hires", "seed", "seed_step", "prompt", "negative_prompt"),
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
