"""JSON of regions, reports and candidates, for several answers."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

from retouch.image.codec import encoder, mask_layers
from retouch.image.geometry import Size
from retouch.image.mask import Mask
from retouch.image.picture import Picture
from retouch.image.region import Region
from retouch.pipeline.candidate import Candidate
from retouch.pipeline.report import Report

if TYPE_CHECKING:
    pass


def mask_base64(mask: Mask) -> str:
    """The mask as a one-channel PNG in base64."""
    return base64.b64encode(mask_layers.encode_gray(mask.alpha)).decode("ascii")


def region_json(region: Region, canvas: Size | None = None) -> dict[str, Any]:
    """A region with its mask. The mask has the size of `canvas`, or of the box without one."""
    return {
        "box": list(region.box),
        "label": region.label,
        "score": round(float(region.score), 4),
        "mask": mask_base64(region.shape if canvas is None else region.mask(canvas)),
    }


def report_json(report: Report, masked: Picture | None = None) -> dict[str, Any]:
    """A report. With the picture `masked`, its composite mask is included."""
    step = report.step
    fields = {
        "pass": step.pass_index + 1,
        "number": step.number,
        "label": step.label,
        "score": round(float(step.score), 4),
        "box": list(step.box),
        "crop": list(step.frame.crop),
        "work": list(step.frame.work),
        "seed": report.seed,
        "prompt": step.prompt,
        "negative_prompt": step.negative_prompt,
        "outcome": report.outcome,
        "why": report.why,
        "changed": report.changed,
        "seconds": round(report.seconds, 4),
        "quality": report.quality.as_dict(),
    }
    return fields if masked is None else {**fields, "mask": mask_base64(report.mask(masked))}


def candidate_json(candidate: Candidate, patches: bool) -> dict[str, Any]:
    """A candidate. With `patches`, its pixels and composite mask are included, at the size of its box."""
    fields = {"seed": candidate.seed, "box": list(candidate.box), "scores": candidate.scores.as_dict()}
    if not patches:
        return fields
    patch = base64.b64encode(encoder.encode(candidate.over)).decode("ascii")
    return {**fields, "patch": patch, "mask": mask_base64(candidate.mask)}
