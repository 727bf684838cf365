"""Pictures to files, and the losses of each format."""

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
"""Full colour resolution: a repaired photograph has been through JPEG once already."""


def encode(picture: Picture, kind: str = "PNG", text: dict[str, str] | None = None) -> bytes:
    """The bytes of a file of `kind`, one of FORMATS. BadPicture when the format cannot hold so large a
    picture.

    `losses` names the omitted content. The picture of a grey file is written as grey if it is still grey.
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
    """The metadata with `text` instead of texts of the same keys, and without a grey profile for colours."""
    bag, more = picture.baggage, text or {}
    texts = (*((k, v) for k, v in bag.text if k not in more), *more.items())
    icc = None if _has_grey_profile(bag) and not picture.is_grey else bag.icc
    return dataclasses.replace(bag, text=texts, icc=icc)


def jpeg_profile(picture: Picture) -> bytes | None:
    """The colour profile for an RGB JPEG of the picture; None if it has none that fits."""
    bag = picture.baggage
    return None if _has_grey_profile(bag) else metadata.jpeg_options(bag).get("icc_profile")


def _has_grey_profile(bag: Metadata) -> bool:
    return bag.icc is not None and bag.icc[16:20] == b"GRAY"


def _image(picture: Picture, alpha: bool) -> Image.Image:
    """A PIL image: L or LA of a grey picture, else RGB or RGBA."""
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
    """One sentence for each content of the picture's own file that a file of `kind` lacks."""
    bag = _metadata_to_write(picture, text)
    sentences = [*bag.losses]
    if kind == "JPEG" and picture.alpha is not None:
        sentences.append("JPEG has no transparency: the colours beneath it show.")
    if kind != "PNG" and picture.deep is not None:
        sentences.append(f"{kind} has 8 bits a channel: the picture's 16 become 8. Write a PNG to keep them.")
    if picture.baggage.grey and not picture.is_grey:
        sentences.append("It was grey and is written as RGB: what was painted has colours.")
    return tuple(dict.fromkeys([*sentences, *metadata.LOSSES[kind](bag)]))


def encode_base64(picture: Picture, text: dict[str, str] | None = None) -> str:
    """The PNG of a picture as base64, with `text` in its chunks."""
    return base64.b64encode(encode(picture, "PNG", text)).decode("ascii")


def encode_gray(samples: np.ndarray) -> bytes:
    """A PNG of one channel, for masks: `samples` are (height, width) uint8 0..255."""
    out = io.BytesIO()
    Image.fromarray(samples).save(out, "PNG", compress_level=1)
    return out.getvalue()


def write(picture: Picture, path: Path, text: dict[str, str] | None = None) -> None:
    """Write a file atomically, in the format of its ending (png, jpg, jpeg, webp). BadPicture for any
    other."""
    path, kind = Path(path), kind_of(path)
    part = path.with_name(path.name + ".part")
    part.write_bytes(encode(picture, kind, text))
    part.replace(path)


def kind_of(path: Path) -> str:
    """The name in FORMATS of a file's ending. BadPicture for any other."""
    kinds = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG", ".webp": "WEBP"}
    ending = Path(path).suffix.lower()
    if ending not in kinds:
        raise BadPicture(f"{ending!r} cannot be written.", path=str(path), hint=f"Use {', '.join(kinds)}.")
    return kinds[ending]
