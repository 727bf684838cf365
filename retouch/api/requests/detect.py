"""Body of `detect`."""

from __future__ import annotations

from dataclasses import dataclass, field

from retouch.api.requests.base import Pictured
from retouch.knobs import Knob
from retouch.recipes.target import Target


@dataclass(frozen=True)
class DetectRequest(Pictured):
    """Find regions, paint nothing."""

    targets: tuple[Target, ...] = field(
        default=(Target(models=("face",)),), metadata={"knob": Knob("Targets", "What to look for.")}
    )
