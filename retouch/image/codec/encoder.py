"""Pictures to files, and what a file cannot hold of a picture."""

from __future__ import annotations

import base64
import dataclasses
import io
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from retouch.errors import BadPicture
from retouch.image.codec import high_depth, metadata, png
from retouch.image.picture import Metadata, Picture

FORMATS = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp"}
_LONGEST = {"JPEG": 65_535, "WEBP": 16_383}
_JPEG: dict[str, Any] = {"quality": 98, "subsampling": 0}
"""Full colour resolution: a mended photograph has been through JPEG once already."""


def encode(picture: Picture, kind: str = "PNG", text: dict[str, str] | None = None) -> bytes:
    """File bytes of `kind`, one of FORMATS, or BadPicture when it cannot hold so large a picture.

    What is left out then is what `losses` says of the same. A grey file is written grey while it is.
    """
    longest = _LONGEST.get(kind, max(picture.size))
    if max(picture.size) > longest:
        raise BadPicture(f"{picture.size} is too long for {kind}, at most {longest} a side.", hint="Use PNG.")
    bag = _metadata_to_write(picture, text)
    if kind == "PNG":
        parts, _ = metadata.png_chunks(bag)
        return png.insert_chunks(_bare_png(picture), parts)
    out = io.BytesIO()
    if kind == "JPEG":
        _image(picture, alpha=False).save(out, kind, **_JPEG, **metadata.jpeg_options(bag))
    else:  # without `exact` WebP blackens the colours under full transparency
        picture.pil().save(out, kind, lossless=True, exact=True, **metadata.webp_options(bag))
    return out.getvalue()


def _metadata_to_write(picture: Picture, text: dict[str, str] | None) -> Metadata:
    """The baggage with `text` in the place of texts of the same keys, and without a profile for grey only."""
    bag, more = picture.baggage, text or {}
    texts = (*((k, v) for k, v in bag.text if k not in more), *more.items())
    icc = None if _has_grey_profile(bag) and not picture.is_grey else bag.icc
    return dataclasses.replace(bag, text=texts, icc=icc)


def jpeg_profile(picture: Picture) -> bytes | None:
    """The colour profile for an RGB JPEG of the picture; None without one that fits it."""
    bag = picture.baggage
    return None if _has_grey_profile(bag) else metadata.jpeg_options(bag).get("icc_profile")


def _has_grey_profile(bag: Metadata) -> bool:
    return bag.icc is not None and bag.icc[16:20] == b"GRAY"


def _image(picture: Picture, alpha: bool) -> Image.Image:
    """L or LA of what is grey, else RGB or RGBA."""
    colours = picture.pixels[..., 0] if picture.is_grey else picture.pixels
    if not alpha or picture.alpha is None:
        return Image.fromarray(colours)
    return Image.fromarray(np.dstack([colours, picture.alpha]))


def _bare_png(picture: Picture) -> bytes:
    if picture.deep is not None:
        one_channel = picture.is_grey and picture.alpha is None  # OpenCV writes no grey with alpha
        return high_depth.png(picture.deep[..., 0] if one_channel else picture.deep)
    out = io.BytesIO()
    _image(picture, alpha=True).save(out, "PNG", compress_level=4)
    return out.getvalue()


def losses(picture: Picture, kind: str = "PNG", text: dict[str, str] | None = None) -> tuple[str, ...]:
    """What a file of `kind` has not of what the picture's own file had, a sentence each."""
    bag = _metadata_to_write(picture, text)
    found = [*bag.losses]
    if kind == "JPEG" and picture.alpha is not None:
        found.append("JPEG has no transparency: the colours beneath it show.")
    if kind != "PNG" and picture.deep is not None:
        found.append(f"{kind} has 8 bits a channel: the picture's 16 become 8. Write a PNG to keep them.")
    if picture.baggage.grey and not picture.is_grey:
        found.append("It was grey and is written as RGB: what was painted has colours.")
    return tuple(dict.fromkeys([*found, *metadata.LOSSES[kind](bag)]))


def encode_base64(picture: Picture, text: dict[str, str] | None = None) -> str:
    return base64.b64encode(encode(picture, "PNG", text)).decode("ascii")


def encode_gray(samples: np.ndarray) -> bytes:
    """A one-channel PNG of (height, width) uint8: how a mask travels."""
    out = io.BytesIO()
    Image.fromarray(samples).save(out, "PNG", compress_level=1)
    return out.getvalue()


def write(picture: Picture, path: Path, text: dict[str, str] | None = None) -> None:
    """Write by the file's ending (png, jpg, jpeg, webp), all at once or not at all."""
    path, kind = Path(path), kind_of(path)
    part = path.with_name(path.name + ".part")
    part.write_bytes(encode(picture, kind, text))
    part.replace(path)


def kind_of(path: Path) -> str:
    """Which of FORMATS a file's ending means; BadPicture for any other."""
    kinds = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG", ".webp": "WEBP"}
    ending = Path(path).suffix.lower()
    if ending not in kinds:
        raise BadPicture(f"{ending!r} cannot be written.", path=str(path), hint=f"Use {', '.join(kinds)}.")
    return kinds[ending]
