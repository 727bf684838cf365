"""The wire: what a door is asked, loaded strictly. Pictures stay base64 until the door opens them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from retouch.errors import BadInput
from retouch.geometry import Box
from retouch.intents import INTENTS
from retouch.knobs import Knob, knobs_of, leaves, replace
from retouch.mask_reading import CHANNELS
from retouch.people import Person
from retouch.recipe import NEGATIVE, Generation, Overrides, Pass, Recipe, Sampling, Shape, Target
from retouch.seeds import SEED, fold_seed

MAX_IMAGE = 400_000_000
IMAGE = Knob("Image", "PNG, JPEG or WebP as base64 or data URI.", high=MAX_IMAGE)
IMAGE_ID = Knob("Image id", "As an earlier answer named the same picture.", high=80)
TASK = Knob("Task", "A name of your own for this job, to ask for its progress and to stop it.", high=80)
MASK = Knob(
    "Mask", "PNG as base64: its alpha, or its grey where it is opaque. White is repainted.", high=MAX_IMAGE
)
MASK_CHANNEL = Knob(
    "Mask channel",
    "What of its file is the mask; auto refuses where two are likely.",
    choices=CHANNELS,
)
BOX = Knob(
    "Box", "left, top, right, bottom in pixels; right and bottom are the first outside.", -(2**20), 2**20
)
SEGMENTER = Knob("Segmenter", "By name; blank for the best that is installed.", high=200)
MAX_POINTS = 256
_TASK = re.compile(r"[\w().:\-]*", re.ASCII)


@dataclass(frozen=True)
class TaskRequest:
    """Which job is meant; blank for the one at work."""

    task: str = TASK.field("")

    def __post_init__(self) -> None:
        if not _TASK.fullmatch(self.task):
            hint = "Letters, digits and ( ) . : _ - only."
            raise BadInput(f"{self.task!r} is not a task's name.", path="task", hint=hint)


@dataclass(frozen=True)
class Pictured(TaskRequest):
    """What every request about a picture has."""

    image: str = IMAGE.field("")
    image_id: str = IMAGE_ID.field("")


@dataclass(frozen=True)
class Generated(Overrides):
    """What is painted, whatever picture it is for."""

    prompt: str = Knob("Prompt", "Of the picture.").field("")
    negative_prompt: str = NEGATIVE.field("")
    seed: int = SEED.field(-1)
    subseed: int = SEED.field(0)
    subseed_strength: float = Knob("Variation strength", "Blend towards the subseed.", 0, 1, 0.01).field(0.0)

    def __post_init__(self) -> None:
        for name in ("seed", "subseed"):
            object.__setattr__(self, name, fold_seed(getattr(self, name)))

    def generation(self, base: Sampling, seed: int) -> Generation:
        """Resolved, with `seed` where none was asked for."""
        return Generation(
            self.prompt,
            self.negative_prompt,
            seed if self.seed < 0 else self.seed,
            max(self.subseed, 0),
            self.subseed_strength,
            self.over(base),
        )


@dataclass(frozen=True)
class Painting(Generated, Pictured):
    """What every request that paints has."""

    def __post_init__(self) -> None:
        Generated.__post_init__(self)
        Pictured.__post_init__(self)


@dataclass(frozen=True)
class FixRequest(Painting):
    """Detect and repaint by a recipe."""

    recipe: str | Recipe = Knob("Recipe", "A name, or a recipe written out.").field("Face polish")
    people: tuple[Person, ...] = field(
        default=(), metadata={"knob": Knob("People", "Words bound to one person, beside the recipe's own.")}
    )
    return_masks: bool = Knob("Return masks", "Each report carries its composite mask.").field(False)
    return_history: bool = Knob("Return history", "A name to revert and repaint steps by.").field(False)
    mask: str = MASK.field("")
    mask_channel: str = MASK_CHANNEL.field("auto")
    box: tuple[int, ...] | None = BOX.field(None)

    def __post_init__(self) -> None:
        super().__post_init__()
        _check_box(self.box)


@dataclass(frozen=True)
class BatchFile:
    """One picture of a batch."""

    name: str = Knob("Name", "Of the file, to tell it from the others.", high=300).field("")
    image: str = IMAGE.field("")
    image_id: str = IMAGE_ID.field("")


@dataclass(frozen=True)
class BatchRequest(FixRequest):
    """Many pictures by one recipe; more can be added later."""

    images: tuple[BatchFile, ...] = field(
        default=(), metadata={"knob": Knob("Images", "The pictures, each with a name.")}
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in ("image", "image_id", "mask", "box", "people", "return_masks", "return_history"):
            if getattr(self, name):
                raise BadInput("is of one picture.", path=name, hint="Give `images`, each with a name.")


@dataclass(frozen=True)
class DetectRequest(Pictured):
    """Find regions, paint nothing."""

    targets: tuple[Target, ...] = field(
        default=(Target(models=("face",)),), metadata={"knob": Knob("Targets", "What to look for.")}
    )


@dataclass(frozen=True)
class PictureRequest(Pictured):
    """Keep a picture under a name, and look at it already."""

    segmenter: str = SEGMENTER.field("")


@dataclass(frozen=True)
class Point:
    """A click in pixels of the picture, counted from its upper left corner."""

    x: int = Knob("x", "Pixels to the right.", -(2**20), 2**20).field()
    y: int = Knob("y", "Pixels down.", -(2**20), 2**20).field()
    positive: bool = Knob("Positive", "Off: this is not part of what is meant.").field(True)


@dataclass(frozen=True)
class SegmentRequest(Pictured):
    """Outline what is pointed at; paint nothing."""

    points: tuple[Point, ...] = field(
        default=(), metadata={"knob": Knob("Points", "Clicks on it, and beside it.")}
    )
    box: tuple[int, ...] | None = BOX.field(None)
    text: str = Knob("Text", "What it is, in words.", high=500).field("")
    everything: bool = Knob("Everything", "Every thing in the picture; nothing is pointed at.").field(False)
    segmenter: str = SEGMENTER.field("")
    refine_edges: bool = Knob("Refine edges", "Snap the outlines to natural edges at full resolution.").field(
        False
    )
    memory: str = Knob("Memory", "As the last answer about the same thing named it.", high=80).field("")
    whole_masks: bool = Knob("Whole masks", "Masks of the picture's size, not of their boxes'.").field(False)

    def __post_init__(self) -> None:
        super().__post_init__()
        _check_box(self.box)
        if len(self.points) > MAX_POINTS:
            fault = f"{len(self.points)} are too many."
            raise BadInput(fault, path="points", hint=f"At most {MAX_POINTS}.")
        if self.everything and (self.points or self.box or self.text):
            raise BadInput("nothing else is asked with it.", path="everything", hint="Leave the prompt out.")


@dataclass(frozen=True)
class MaskRequest(Pictured):
    """Snap a mask to natural edges at full resolution."""

    mask: str = MASK.field("")
    mask_channel: str = MASK_CHANNEL.field("auto")
    box: tuple[int, ...] | None = BOX.field(None)
    radius: int = Knob("Radius", "Pixels the outline may move, 0 for none.", 0, 256, 1).field(8)

    def __post_init__(self) -> None:
        super().__post_init__()
        _check_box(self.box)


def _check_box(box: tuple[int, ...] | None) -> None:
    if box is None:
        return
    if len(box) != 4:
        raise BadInput(f"{list(box)} is no box.", path="box", hint="Give left, top, right, bottom.")
    if Box(*box).empty:
        raise BadInput(f"{list(box)} is empty.", path="box", hint="Right is above left, bottom above top.")


_OF_PASS = knobs_of(Pass)


@dataclass(frozen=True)
class InpaintRequest(Painting):
    """Repaint what a mask covers as an intent says; blank knobs are the intent's."""

    mask: str = MASK.field("")
    mask_channel: str = MASK_CHANNEL.field("auto")
    box: tuple[int, ...] | None = BOX.field(None)
    invert: bool = Knob("Inpaint not masked", "Repaint all that the mask leaves out.").field(False)
    sketch: str = Knob("Sketch", "RGBA PNG as base64, painted over the picture first.", high=MAX_IMAGE).field(
        ""
    )
    intent: str = Knob("Intent", "What is to be done.", choices=tuple(INTENTS)).field("fill")
    object: str = Knob("Object", "What the mask covers, in words.", high=500).field("")
    answer: str = Knob(
        "Answer", "Whole pictures, or what changed of them.", choices=("images", "patches")
    ).field("images")
    people: tuple[Person, ...] = field(
        default=(), metadata={"knob": Knob("People", "Words bound to one person, beside the recipe's own.")}
    )
    return_masks: bool = Knob("Return masks", "Each report carries its composite mask.").field(False)
    return_history: bool = Knob("Return history", "A name to revert and repaint it by.").field(False)
    return_steps: bool = Knob(
        "Return steps",
        "Each report carries what paints it again, as .retouch files have it; of several, candidates too.",
    ).field(False)
    variations: int | None = _OF_PASS["variations"].field(None)
    denoising_strength: float | None = _OF_PASS["denoising_strength"].field(None)
    masked_content: str | None = _OF_PASS["masked_content"].field(None)
    colour_correction: float | None = _OF_PASS["colour_correction"].field(None)
    keep_tone: str | None = _OF_PASS["keep_tone"].field(None)
    grain: float | None = _OF_PASS["grain"].field(None)
    compression: float | None = _OF_PASS["compression"].field(None)
    match_edge: float | None = _OF_PASS["match_edge"].field(None)
    restore_faces: bool | None = _OF_PASS["restore_faces"].field(None)
    shape: Shape = field(default=Shape())

    def __post_init__(self) -> None:
        super().__post_init__()
        _check_box(self.box)


def painted(body: Mapping[str, Any], base: Pass) -> Pass:
    """`base` with what the body of an InpaintRequest says of the pass itself.

    A null stands where the knob knows a blank, and is as left out elsewhere.
    """
    shape = {f"shape.{name}": value for name, value in (body.get("shape") or {}).items()}
    asked = {**{name: body[name] for name in _OF_THE_PASS if name in body}, **shape}
    blank = {leaf.path for leaf in leaves(Pass) if leaf.optional}
    return replace(base, {path: v for path, v in asked.items() if v is not None or path in blank})


PASS_DEFAULTS = {
    name: getattr(Pass(), name)
    for name in (f.name for f in fields(InpaintRequest) if f.default is None)
    if getattr(Pass(), name, None) is not None
}
"""Values of knobs that an InpaintRequest leaves blank, where no intent sets them."""
_GENERATIONS = ("prompt", "negative_prompt", "seed")
_OF_THE_PASS = tuple(
    f.name for f in fields(InpaintRequest) if f.name in _OF_PASS and f.name not in _GENERATIONS
)
