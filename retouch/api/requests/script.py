"""The arguments of `alwayson_scripts.Retouch`: how each generated picture is fixed and then extended."""

from __future__ import annotations

from dataclasses import dataclass, field

from retouch.api.requests.base import Generated
from retouch.api.requests.fix import FixRequest
from retouch.errors import BadInput
from retouch.knobs import Knob
from retouch.outpaint.options import OutpaintOptions


@dataclass(frozen=True)
class ScriptOutpaint(Generated, OutpaintOptions):
    """Extend each finished picture; what is not said is as the picture's own."""

    def __post_init__(self) -> None:
        Generated.__post_init__(self)
        OutpaintOptions.__post_init__(self)


@dataclass(frozen=True)
class AutofixRequest(FixRequest):
    """What `alwayson_scripts.Retouch` carries: the surrounding generation gives picture and defaults."""

    enabled: bool = Knob("Enable", "Repaint what the targets find in each finished picture.").field(True)
    skip_img2img: bool = Knob("Do not run the img2img itself", "Fix the given picture as it is.").field(False)
    outpaint: ScriptOutpaint | None = field(
        default=None, metadata={"knob": Knob("Outpaint", "Extend each mended picture so; blank for not.")}
    )

    def __post_init__(self) -> None:
        Generated.__post_init__(self)
        for name in ("image", "image_id", "task", "key", "mask", "box"):
            if getattr(self, name):
                raise BadInput(
                    "cannot be given here.", path=name, hint="The surrounding job has the picture."
                )
