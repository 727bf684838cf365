"""What a file carries besides its samples: read from it within bounds, and put into another.

Everything that a writer here can put into a file, a reader here accepts: both know the same bounds.
"""

from __future__ import annotations

import dataclasses
import io
from dataclasses import dataclass
from typing import Any

from PIL import Image

from retouch.image.codec import exif, jpeg, png, tiff
from retouch.image.picture import Metadata

_EXIF_TEXT = "Raw profile type exif"
_NOT_TEXT = ("compression", "comment", _EXIF_TEXT)
COMMENT = "Comment"
"""The keyword under which a comment of JPEG or GIF travels."""
_TIFF_TAGS = (270, 271, 272, 305, 306, 315, 33432)
"""What TIFF and EXIF say by the same tags: description, maker, model, software, date, artist, rights."""
_EXIF_DIRECTORIES = (34665, 34853)
_XMP_TAG, _IPTC_TAG, _PHOTOSHOP_TAG, _ICC_TAG = 700, 33723, 34377, 34675


@dataclass(frozen=True)
class Carried:
    """Of one file, before it is turned upright. `orientation` is as EXIF counts, 1 for upright."""

    bag: Metadata = Metadata()
    orientation: int = 1


def of_png(data: bytes, path: str) -> Carried:
    """From a PNG's chunks. TooLarge when they unpack to more than can be carried."""
    parts, room = list(png.chunks(data)), png.Room(path)
    found = {name: body for name, body in parts if name in (b"iCCP", b"eXIf", b"pHYs")}
    texts = [png.text(name, body, room) for name, body in parts if name in (b"tEXt", b"zTXt", b"iTXt")]
    said = dict(texts)
    tags = found.get(b"eXIf") or _from_hex(said.get(_EXIF_TEXT, ""))
    icc = png.profile(found[b"iCCP"], room) if b"iCCP" in found else b""
    names = png.left_out(parts)
    kept = tuple((key, value) for key, value in texts if key not in (_EXIF_TEXT, png.XMP))
    return _without_orientation(
        Metadata(
            icc=icc or None,
            exif=tags or None,
            text=kept,
            xmp=said[png.XMP].encode() if png.XMP in said else None,
            dpi=png.density(found.get(b"pHYs", b"")),
            chunks=png.chunks_to_copy(parts),
            losses=(_unsafe(names),) if names else (),
        )
    )


def _unsafe(names: tuple[str, ...]) -> str:
    return f"PNG chunks that hold for the pixels as they were are left out: {', '.join(names)}."


def _from_hex(text: str) -> bytes:
    """What ImageMagick writes: a name, a count, and lines of hexadecimal."""
    try:
        return bytes.fromhex("".join(text.split("\n")[3:]))
    except ValueError:
        return b""


def of_image(image: Image.Image, data: bytes = b"") -> Carried:
    """From what PIL read of any other format than PNG and TIFF, and of an image in memory.

    `data` are the bytes of its file, where there is one.
    """
    info = image.info
    xmp, comment = jpeg.xmp(data) or info.get("xmp"), info.get("comment")
    texts = {k: v for k, v in info.items() if isinstance(v, str) and k not in _NOT_TEXT}
    xmp = texts.pop(png.XMP, None) or xmp
    if comment:
        texts[COMMENT] = comment.decode("utf-8", "replace") if isinstance(comment, bytes) else str(comment)
    lost = tuple(f"Its {name} block is left out." for name in jpeg.left_out(data))
    carried = _without_orientation(
        Metadata(
            icc=info.get("icc_profile") or None,
            exif=info.get("exif") or _from_hex(str(info.get(_EXIF_TEXT, ""))) or None,
            text=tuple(sorted(texts.items())),
            xmp=xmp.encode() if isinstance(xmp, str) else xmp or None,
            dpi=_density(info.get("dpi")),
            losses=lost,
        )
    )
    return dataclasses.replace(carried, orientation=1) if image.format == "TIFF" else carried


def of_tiff(data: bytes, header: tiff.Header) -> Carried:
    """From the first directory of a TIFF file."""
    held = {_IPTC_TAG: "IPTC", _PHOTOSHOP_TAG: "Photoshop"}
    lost = tuple(f"Its {name} block is left out." for tag, name in held.items() if tag in header.tags)
    frames = f"It has {header.pages} pages: only the first is used."
    carried = _without_orientation(
        Metadata(
            icc=_bytes(header.tags.get(_ICC_TAG)),
            exif=_tiff_exif(data),
            xmp=_bytes(header.tags.get(_XMP_TAG)),
            dpi=_tiff_density(header),
            notes=(frames,) if header.pages > 1 else (),
            losses=lost,
        )
    )
    return dataclasses.replace(carried, orientation=exif.orientation(data) or 1)


def _bytes(value: Any) -> bytes | None:
    """Of a tag that PIL reads as bytes, as a tuple of them, or as numbers of a byte each."""
    if isinstance(value, tuple) and value:
        value = value[0] if isinstance(value[0], bytes) else bytes(value)
    return value if isinstance(value, bytes) and value else None


def _tiff_density(header: tiff.Header) -> tuple[float, float] | None:
    """The unit is inches unless it is said to be centimetres; 1 says that it is none."""
    unit = {1: 0.0, 3: 2.54}.get(header.tags.get(296, 2), 1.0)
    said = _density((header.tags.get(282), header.tags.get(283)))
    return (said[0] * unit, said[1] * unit) if said and unit else None


def _tiff_exif(data: bytes) -> bytes | None:
    """EXIF of what a TIFF file's own directories say of how it was made."""
    found, made = Image.Exif(), Image.Exif()
    try:
        found.load_from_fp(io.BytesIO(data))
        for tag in _TIFF_TAGS:
            if tag in found:
                made[tag] = found[tag]
        for directory in _EXIF_DIRECTORIES:
            if inside := found.get_ifd(directory):
                made[directory] = dict(inside)
        return made.tobytes() if len(made) else None
    except Exception:  # PIL raises whatever it likes on damaged EXIF, which must not cost the picture
        return None


def _density(said: Any) -> tuple[float, float] | None:
    """Pixels per inch, None where they are no such numbers."""
    try:
        across, down = (float(one) for one in said)
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    return (across, down) if 0 < across < 1e6 and 0 < down < 1e6 else None


_DAMAGED = "Its EXIF is damaged and is left out."


def _without_orientation(bag: Metadata) -> Carried:
    """With its orientation taken out of EXIF and XMP, where the picture is turned by it instead."""
    tags = bag.exif
    if tags and not tags.startswith(exif.MARK):
        tags = exif.MARK + tags
    if tags and exif.layout(tags[len(exif.MARK) :]) is None:
        bag, tags = (
            dataclasses.replace(bag, losses=(*bag.losses, _DAMAGED)),
            None,
        )
    said = exif.orientation(tags or b"") or exif.xmp_orientation(bag.xmp or b"") or 1
    tags, stale = exif.without_preview(exif.upright(tags)) if tags else (None, False)
    lost = ("The preview inside its EXIF shows it as it was, and is left out.",) if stale else ()
    xmp = exif.upright_xmp(bag.xmp) if bag.xmp else None
    dpi = bag.dpi[::-1] if bag.dpi and said >= 5 else bag.dpi
    return Carried(dataclasses.replace(bag, exif=tags, xmp=xmp, dpi=dpi, losses=(*bag.losses, *lost)), said)


JPEG_SEGMENT = 65_533
_JPEG_PROFILE = 255 * 65_519


def png_chunks(bag: Metadata) -> tuple[list[png.Chunk], list[str]]:
    """(chunks that carry all of it, keywords of text that are left out)."""
    wanted = [*bag.text, *([(png.XMP, bag.xmp.decode("utf-8", "replace"))] if bag.xmp else [])]
    parts = [png.profile_chunk(bag.icc)] if bag.icc else []
    parts += [*bag.chunks, *([png.density_chunk(bag.dpi)] if bag.dpi else [])]
    parts += [(b"eXIf", bag.exif.removeprefix(exif.MARK))] if bag.exif else []
    weight, lost = weigh(dataclasses.replace(bag, text=())), []
    for key, value in wanted:
        chunk = png.text_chunk(key, value)
        weight += _text_weight(key, value) if chunk and key != png.XMP else 0
        if chunk and weight <= png.MAX_BAGGAGE:
            parts.append(chunk)
        else:
            lost.append(key)
    return parts, lost


def weigh(bag: Metadata) -> int:
    """Bytes, unpacked, of all that a file carries besides its samples."""
    whole = sum(len(one) for one in (bag.icc, bag.exif, bag.xmp) if one)
    texts = sum(_text_weight(key, value) for key, value in bag.text)
    return whole + texts + sum(len(body) for _, body in bag.chunks)


def _text_weight(key: str, value: str) -> int:
    return len(key) + len(value.encode("utf-8", "replace"))


def check_weight(bag: Metadata, path: str) -> None:
    """TooLarge for more than every writer has room for: so it is refused before anything is painted."""
    if weigh(bag) > png.MAX_BAGGAGE:
        raise png.too_much(path)


def png_losses(bag: Metadata) -> list[str]:
    lost = [f"PNG cannot hold the text {key!r}, which is left out." for key in png_chunks(bag)[1]]
    if bag.icc and len(bag.icc) > _COMMON:
        lost.append(
            f"Its colour profile has {len(bag.icc)} bytes: Retouch reads it back, but programs over Pillow "
            f"refuse a PNG with more than {_COMMON}."
        )
    return lost


_COMMON = 1024 * 1024
"""Bytes of a packed chunk that PIL unpacks, unless it is told otherwise."""


def jpeg_options(bag: Metadata) -> dict[str, Any]:
    """What PIL's JPEG writer takes of it: all that `jpeg_losses` does not name."""
    options: dict[str, Any] = {}
    if bag.icc and len(bag.icc) <= _JPEG_PROFILE:
        options["icc_profile"] = bag.icc
    if bag.exif and len(bag.exif) <= JPEG_SEGMENT:
        options["exif"] = bag.exif
    if bag.dpi:
        options["dpi"] = tuple(min(max(round(one), 1), 65_535) for one in bag.dpi)
    if comment := _comment(bag):
        options["comment"] = comment
    if bag.xmp and len(bag.xmp) + len(jpeg.XMP_MARK) <= JPEG_SEGMENT:
        body = jpeg.XMP_MARK + bag.xmp
        options["extra"] = b"\xff\xe1" + (len(body) + 2).to_bytes(2, "big") + body
    return options


def _comment(bag: Metadata) -> bytes:
    said = dict(bag.text).get(COMMENT, "").encode("utf-8", "replace")
    return said if len(said) <= JPEG_SEGMENT else b""


def jpeg_losses(bag: Metadata) -> list[str]:
    held = _comment(bag)
    long = [
        name
        for name, data, room in (
            ("colour profile", bag.icc, _JPEG_PROFILE),
            ("EXIF", bag.exif, JPEG_SEGMENT),
            ("XMP", bag.xmp, JPEG_SEGMENT - len(jpeg.XMP_MARK)),
        )
        if data and len(data) > room
    ]
    lost = [f"JPEG has no room for its {name}, which is left out." for name in long]
    return lost + _unsaid("JPEG", [k for k, _ in bag.text if k != COMMENT or not held], bag)


def webp_options(bag: Metadata) -> dict[str, Any]:
    return {k: v for k, v in {"icc_profile": bag.icc, "exif": bag.exif, "xmp": bag.xmp}.items() if v}


def webp_losses(bag: Metadata) -> list[str]:
    lost = _unsaid("WebP", [key for key, _ in bag.text], bag)
    return [*lost, *(["WebP has no place for its pixels per inch."] if bag.dpi else [])]


def _unsaid(kind: str, keys: list[str], bag: Metadata) -> list[str]:
    lost = (
        [f"{kind} has no place for text ({', '.join(dict.fromkeys(keys))}): write a PNG to keep it."]
        if keys
        else []
    )
    if bag.chunks:
        names = ", ".join(name.decode("latin-1") for name, _ in bag.chunks)
        lost.append(f"{kind} has no place for how a PNG says its colours ({names}).")
    return lost


LOSSES = {"PNG": png_losses, "JPEG": jpeg_losses, "WEBP": webp_losses}
"""By format: what of the baggage it has no place for, a sentence each."""
