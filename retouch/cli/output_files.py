"""The files that the command line writes for an answer. Each file is written completely or not at all."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from retouch.api.batches.entry import why_unpainted
from retouch.cli.input_files import InputFile
from retouch.errors import PaintFailed
from retouch.image.codec import decoder, encoder, mask_layers
from retouch.image.geometry import Box
from retouch.image.mask import Mask
from retouch.image.overlay import draw_regions
from retouch.image.region import Region, overlap
from retouch.pipeline.history_file import ENDING
from retouch.pipeline.report import CHANGED, UNCHANGED

ENDINGS = {
    "run": "",
    "fix": "",
    "inpaint": "",
    "outpaint": "",
    "plan": ".plan.json",
    "detect": ".regions.png",
    "segment": ".regions.png",
}
"""Ending of a photograph's target, by verb."""
UNCHANGED_STATUS = 3
"""The exit status if a photograph was to be painted and no change is visible."""
SAME_OBJECT_SHARE = 0.6
"""Share of the smaller of two masks that overlaps. From this share on, they are the same object."""
_LEFT_OUT = (
    "image",
    "image_id",
    "source_id",
    "images",
    "image_ids",
    "memory",
    "mask",
    "state",
    "history",
    "history_file",
)
"""Keys left out of a JSON line: pixels, and names that are valid only while the process runs."""


def check(answer: dict[str, Any]) -> None:
    """Raise PaintFailed if the job was interrupted, or if every region was skipped."""
    if answer.get("stopped"):
        raise PaintFailed("it was interrupted.", hint="The same command goes on from here.")
    why = why_unpainted(answer)
    if why:
        raise PaintFailed(why)


def outcome(answer: dict[str, Any]) -> str:
    """`Result.outcome` of an answer that paints. CHANGED for any other answer."""
    return answer.get("outcome") or CHANGED


def status_of(answer: dict[str, Any]) -> int:
    """The exit status for one answer."""
    return UNCHANGED_STATUS if outcome(answer) == UNCHANGED else 0


def line(photo: InputFile, answer: dict[str, Any]) -> dict[str, Any]:
    """An answer without its pixels, for `--json`."""
    fields = {key: _bare(value) for key, value in answer.items() if key not in _LEFT_OUT}
    return {"photo": str(photo.source), "output": str(photo.target), **fields}


def _bare(value: Any) -> Any:
    if not isinstance(value, list):
        return value
    return [
        {k: v for k, v in item.items() if k not in _LEFT_OUT} if isinstance(item, dict) else item
        for item in value
    ]


def with_losses(photo: InputFile, answer: dict[str, Any]) -> dict[str, Any]:
    """The answer with a warning for each property of its picture that the target's format loses.

    For a PNG the answer has these warnings already.
    """
    image = next(iter(answer.get("images") or [answer.get("image")]))
    if not image or photo.target.suffix.lower() not in (".jpg", ".jpeg", ".webp") or is_copied(photo, answer):
        return answer
    lost = encoder.losses(decoder.decode_base64(image), encoder.kind_of(photo.target))
    return {**answer, "warnings": [*answer.get("warnings", ()), *lost]}


def is_copied(photo: InputFile, answer: dict[str, Any]) -> bool:
    """True if no region changed and the format stays: then the file is copied to the bit."""
    reports = answer.get("reports") or []
    changed = any(report["outcome"] == "kept" for report in reports)
    return not changed and photo.source.suffix == photo.target.suffix


def _copy(photo: InputFile) -> None:
    put(photo.target, photo.source.read_bytes())


def keep_fix(photo: InputFile, answer: dict[str, Any]) -> None:
    """Write the fixed photograph in its own format. If nothing changed, copy the file."""
    if is_copied(photo, answer):
        _copy(photo)
        return
    _keep_history(photo, answer)
    encoder.write(decoder.decode_base64(answer["image"]), photo.target)


def _keep_history(photo: InputFile, answer: dict[str, Any]) -> None:
    if answer.get("history_file"):
        put(beside(photo.target), base64.b64decode(answer["history_file"]))


def beside(picture: Path) -> Path:
    """The path of the history of a picture's file."""
    return picture.with_name(picture.name + ENDING)


def keep_inpaint(photo: InputFile, answer: dict[str, Any]) -> None:
    """Write the other variations, then the best one. The last file marks the set as complete."""
    if is_copied(photo, answer):
        _copy(photo)
        return
    best, *others = (decoder.decode_base64(image) for image in answer["images"])
    for number, picture in enumerate(others, 2):
        encoder.write(picture, photo.target.with_name(f"{photo.source.name}.variation-{number:02d}.png"))
    _keep_history(photo, answer)
    encoder.write(best, photo.target)


def keep_outpaint(photo: InputFile, answer: dict[str, Any]) -> None:
    """Write the extended photograph in its own format."""
    encoder.write(decoder.decode_base64(answer["image"]), photo.target)


def keep_plan(photo: InputFile, answer: dict[str, Any]) -> None:
    """Write the plan as JSON."""
    fields = {key: value for key, value in answer.items() if key != "image_id"}
    put(photo.target, json.dumps(fields, indent=1, ensure_ascii=False).encode() + b"\n")


def keep_detect(photo: InputFile, answer: dict[str, Any]) -> None:
    """Write one mask a region, then the overlay. The last file marks the set as complete."""
    _keep_regions(photo, answer["regions"], lambda regions: regions)


def keep_segment(photo: InputFile, answer: dict[str, Any]) -> None:
    """As `keep_detect`. Of several masks of one object, the overlay shows the default one."""
    _keep_regions(photo, answer["masks"], lambda regions: _apart(regions, answer.get("default") or 0))


def _apart(regions: list[Region], default: int) -> list[Region]:
    distinct: list[Region] = []
    for region in [*regions[default : default + 1], *regions]:
        if all(overlap(region, other) <= SAME_OBJECT_SHARE for other in distinct):
            distinct.append(region)
    return distinct


def _keep_regions(
    photo: InputFile, regions: Sequence[dict[str, Any]], choose: Callable[[list[Region]], list[Region]]
) -> None:
    masks = [Mask(decoder.decode_base64(fields["mask"]).pixels[..., 0].copy()) for fields in regions]
    for number, mask in enumerate(masks, 1):
        path = photo.target.with_name(f"{photo.source.name}.mask-{number:02d}.png")
        put(path, mask_layers.encode_gray(mask.alpha))
    parsed = [_region(fields, mask) for fields, mask in zip(regions, masks, strict=True)]
    encoder.write(draw_regions(decoder.read(photo.source), choose(parsed)), photo.target)


def _region(fields: dict[str, Any], mask: Mask) -> Region:
    box = Box(*fields["box"])
    return Region(box, mask.crop(box), fields["label"], fields["score"])


def put(path: Path, data: bytes) -> None:
    """Write a file completely or not at all."""
    part = path.with_name(path.name + ".part")
    part.write_bytes(data)
    part.replace(path)
