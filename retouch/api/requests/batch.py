"""Body of `batch`."""

from __future__ import annotations

from dataclasses import dataclass, field

from retouch.api.requests.base import IMAGE, IMAGE_ID
from retouch.api.requests.fix import FixRequest
from retouch.errors import BadInput
from retouch.knobs import Knob


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
