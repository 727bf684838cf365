"""The wire: what a door is asked, loaded strictly. `image` stays base64 until the door opens it."""

from __future__ import annotations

from dataclasses import dataclass, field

from retouch.errors import BadInput
from retouch.knobs import Knob
from retouch.recipe import NEGATIVE, SEED, Generation, Overrides, Recipe, Sampling, Target

IMAGE = Knob("Image", "PNG, JPEG or WebP as base64 or data URI.", high=400_000_000)
IMAGE_ID = Knob("Image id", "As an earlier answer named the same picture.", high=80)


@dataclass(frozen=True)
class FixRequest(Overrides):
    """Detect and repaint by a recipe."""

    image: str = IMAGE.field("")
    image_id: str = IMAGE_ID.field("")
    recipe: str | Recipe = Knob("Recipe", "A name, or a recipe written out.").field("Face polish")
    prompt: str = Knob("Prompt", "Of the picture.").field("")
    negative_prompt: str = NEGATIVE.field("")
    seed: int = SEED.field(-1)
    subseed: int = SEED.field(0)
    subseed_strength: float = Knob("Variation strength", "Blend towards the subseed.", 0, 1, 0.01).field(0.0)
    return_masks: bool = Knob("Return masks", "Each report carries its composite mask.").field(False)

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
class DetectRequest:
    """Find regions, paint nothing."""

    image: str = IMAGE.field("")
    image_id: str = IMAGE_ID.field("")
    targets: tuple[Target, ...] = field(
        default=(Target(models=("face",)),), metadata={"knob": Knob("Targets", "What to look for.")}
    )


@dataclass(frozen=True)
class AutofixRequest(FixRequest):
    """What `alwayson_scripts.Retouch` carries: the surrounding generation gives picture and defaults."""

    enabled: bool = Knob("Enable", "Repaint what the targets find in each finished picture.").field(True)
    skip_img2img: bool = Knob("Do not run the img2img itself", "Fix the given picture as it is.").field(False)

    def __post_init__(self) -> None:
        for name in ("image", "image_id"):
            if getattr(self, name):
                raise BadInput(
                    "cannot be given here.", path=name, hint="The surrounding job has the picture."
                )
