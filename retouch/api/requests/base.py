"""Fields that several request bodies share. A picture stays base64 until the verb decodes it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from retouch.errors import BadInput
from retouch.image.geometry import Box
from retouch.image.mask import MASK_CHANNELS
from retouch.knobs import Knob
from retouch.recipes.recipe import NEGATIVE, Generation
from retouch.recipes.sampling import Overrides, Sampling
from retouch.recipes.seeds import SEED, fold_seed

MAX_IMAGE = 400_000_000
IMAGE = Knob("Image", "PNG, JPEG or WebP as base64 or data URI.", high=MAX_IMAGE)
IMAGE_ID = Knob("Image id", "As an earlier answer named the same picture.", high=80)
TASK = Knob("Task", "A name of your own for this job, to ask for its progress and to stop it.", high=80)
KEY = Knob(
    "Idempotency key",
    "Drawn by you for this request. Sent again with the same key, it gets the first one's answer.",
    high=80,
)
MASK = Knob(
    "Mask", "PNG as base64: its alpha, or its grey where it is opaque. White is repainted.", high=MAX_IMAGE
)
MASK_CHANNEL = Knob(
    "Mask channel",
    "What of its file is the mask; auto refuses where two are likely.",
    choices=MASK_CHANNELS,
)
BOX = Knob(
    "Box", "left, top, right, bottom in pixels; right and bottom are the first outside.", -(2**20), 2**20
)
SEGMENTER = Knob("Segmenter", "By name; blank for the best that is installed.", high=200)
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
class RepeatableRequest(TaskRequest):
    """What every request that paints has: it can be sent again without painting twice."""

    key: str = KEY.field("")


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
        """The generation with all fields resolved over `base`.

        `seed` replaces a negative seed of the request.
        """
        return Generation(
            self.prompt,
            self.negative_prompt,
            seed if self.seed < 0 else self.seed,
            max(self.subseed, 0),
            self.subseed_strength,
            self.over(base),
        )


@dataclass(frozen=True)
class Painting(Generated, RepeatableRequest, Pictured):
    """What every request that paints has."""

    def __post_init__(self) -> None:
        Generated.__post_init__(self)
        Pictured.__post_init__(self)


def check_box(box: tuple[int, ...] | None) -> None:
    """Raise BadInput for a box that does not have four numbers or is empty. None is valid."""
    if box is None:
        return
    if len(box) != 4:
        raise BadInput(f"{list(box)} is no box.", path="box", hint="Give left, top, right, bottom.")
    if Box(*box).empty:
        raise BadInput(f"{list(box)} is empty.", path="box", hint="Right is above left, bottom above top.")
