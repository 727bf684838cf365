"""The metadata of files: read within bounds, and written to other files.

Readers and writers have the same bounds, so that every written file can be read.
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
"""The keyword of a comment of JPEG or GIF."""
_TIFF_TAGS = (270, 271, 272, 305, 306, 315, 33432)
"""The common tags of TIFF and EXIF: description, maker, model, software, date, artist, rights."""
_EXIF_DIRECTORIES = (34665, 34853)
_XMP_TAG, _IPTC_TAG, _PHOTOSHOP_TAG, _ICC_TAG = 700, 33723, 34377, 34675


@dataclass(frozen=True)
class Carried:
    """The metadata of one file before its rotation. `orientation` is EXIF's, 1..8, 1 for upright."""

    bag: Metadata = Metadata()
    orientation: int = 1


def of_png(data: bytes, path: str) -> Carried:
    """The metadata in a PNG's chunks. TooLarge when they decompress to more than `png.MAX_BAGGAGE`."""
    parts, room = list(png.chunks(data)), png.Room(path)
    bodies = {name: body for name, body in parts if name in (b"iCCP", b"eXIf", b"pHYs")}
    texts = [png.text(name, body, room) for name, body in parts if name in (b"tEXt", b"zTXt", b"iTXt")]
    by_keyword = dict(texts)
    tags = bodies.get(b"eXIf") or _from_hex(by_keyword.get(_EXIF_TEXT, ""))
    icc = png.profile(bodies[b"iCCP"], room) if b"iCCP" in bodies else b""
    names = png.left_out(parts)
    texts_to_keep = tuple((key, value) for key, value in texts if key not in (_EXIF_TEXT, png.XMP))
    return _without_orientation(
        Metadata(
            icc=icc or None,
            exif=tags or None,
            text=texts_to_keep,
            xmp=by_keyword[png.XMP].encode() if png.XMP in by_keyword else None,
            dpi=png.density(bodies.get(b"pHYs", b"")),
            chunks=png.chunks_to_copy(parts),
            losses=(_unsafe(names),) if names else (),
        )
    )


def _unsafe(names: tuple[str, ...]) -> str:
    return f"PNG chunks that hold for the pixels as they were are left out: {', '.join(names)}."


def _from_hex(text: str) -> bytes:
    """The bytes in ImageMagick's format: a name, a count, and lines of hexadecimal."""
    try:
        return bytes.fromhex("".join(text.split("\n")[3:]))
    except ValueError:
        return b""


def of_image(image: Image.Image, data: bytes = b"") -> Carried:
    """The metadata that PIL read from a format other than PNG and TIFF, or that an image in memory has.

    `data` are the bytes of its file, if it has one.
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
    """The metadata in the first directory of a TIFF file."""
    blocks = {_IPTC_TAG: "IPTC", _PHOTOSHOP_TAG: "Photoshop"}
    lost = tuple(f"Its {name} block is left out." for tag, name in blocks.items() if tag in header.tags)
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
    """The bytes of a tag that PIL reads as bytes, as a tuple of bytes, or as numbers of one byte each."""
    if isinstance(value, tuple) and value:
        value = value[0] if isinstance(value[0], bytes) else bytes(value)
    return value if isinstance(value, bytes) and value else None


def _tiff_density(header: tiff.Header) -> tuple[float, float] | None:
    """Pixels per inch. The unit of the tags is inches by default, 3 is centimetres, and 1 is none."""
    unit = {1: 0.0, 3: 2.54}.get(header.tags.get(296, 2), 1.0)
    density = _density((header.tags.get(282), header.tags.get(283)))
    return (density[0] * unit, density[1] * unit) if density and unit else None


def _tiff_exif(data: bytes) -> bytes | None:
    """EXIF of the tags in a TIFF file's own directories that describe how it was made."""
    source, copy = Image.Exif(), Image.Exif()
    try:
        source.load_from_fp(io.BytesIO(data))
        for tag in _TIFF_TAGS:
            if tag in source:
                copy[tag] = source[tag]
        for directory in _EXIF_DIRECTORIES:
            if entries := source.get_ifd(directory):
                copy[directory] = dict(entries)
        return copy.tobytes() if len(copy) else None
    except Exception:  # PIL raises exceptions of many types on damaged EXIF; the picture is still readable
        return None


def _density(values: Any) -> tuple[float, float] | None:
    """Pixels per inch, None unless they are positive numbers below a million."""
    try:
        across, down = (float(one) for one in values)
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    return (across, down) if 0 < across < 1e6 and 0 < down < 1e6 else None


_DAMAGED = "Its EXIF is damaged and is left out."


def _without_orientation(bag: Metadata) -> Carried:
    """The metadata with its orientation reset in EXIF and XMP, and that orientation for rotating the
    picture."""
    tags = bag.exif
    if tags and not tags.startswith(exif.MARK):
        tags = exif.MARK + tags
    if tags and exif.layout(tags[len(exif.MARK) :]) is None:
        bag, tags = (
            dataclasses.replace(bag, losses=(*bag.losses, _DAMAGED)),
            None,
        )
    orientation = exif.orientation(tags or b"") or exif.xmp_orientation(bag.xmp or b"") or 1
    tags, stale = exif.without_preview(exif.upright(tags)) if tags else (None, False)
    lost = ("The preview inside its EXIF shows it as it was, and is left out.",) if stale else ()
    xmp = exif.upright_xmp(bag.xmp) if bag.xmp else None
    dpi = bag.dpi[::-1] if bag.dpi and orientation >= 5 else bag.dpi
    return Carried(
        dataclasses.replace(bag, exif=tags, xmp=xmp, dpi=dpi, losses=(*bag.losses, *lost)), orientation
    )


JPEG_SEGMENT = 65_533
_JPEG_PROFILE = 255 * 65_519


def png_chunks(bag: Metadata) -> tuple[list[png.Chunk], list[str]]:
    """(chunks for the metadata, keywords of the texts that are left out)."""
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
    """The uncompressed bytes of the metadata."""
    whole = sum(len(one) for one in (bag.icc, bag.exif, bag.xmp) if one)
    texts = sum(_text_weight(key, value) for key, value in bag.text)
    return whole + texts + sum(len(body) for _, body in bag.chunks)


def _text_weight(key: str, value: str) -> int:
    return len(key) + len(value.encode("utf-8", "replace"))


def check_weight(bag: Metadata, path: str) -> None:
    """Raise TooLarge for more metadata than every writer can hold, so that it is refused before painting."""
    if weigh(bag) > png.MAX_BAGGAGE:
        raise png.too_much(path)


def png_losses(bag: Metadata) -> list[str]:
    """One sentence for each part of the metadata that a PNG cannot hold."""
    lost = [f"PNG cannot hold the text {key!r}, which is left out." for key in png_chunks(bag)[1]]
    if bag.icc and len(bag.icc) > _COMMON:
        lost.append(
            f"Its colour profile has {len(bag.icc)} bytes: Retouch reads it back, but programs over Pillow "
            f"refuse a PNG with more than {_COMMON}."
        )
    return lost


_COMMON = 1024 * 1024
"""Bytes of a compressed chunk that PIL decompresses by default."""


def jpeg_options(bag: Metadata) -> dict[str, Any]:
    """Options of PIL's JPEG writer for the metadata, without the content that `jpeg_losses` names."""
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
    comment = dict(bag.text).get(COMMENT, "").encode("utf-8", "replace")
    return comment if len(comment) <= JPEG_SEGMENT else b""


def jpeg_losses(bag: Metadata) -> list[str]:
    """One sentence for each part of the metadata that a JPEG cannot hold."""
    comment = _comment(bag)
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
    return lost + _unsaid("JPEG", [k for k, _ in bag.text if k != COMMENT or not comment], bag)


def webp_options(bag: Metadata) -> dict[str, Any]:
    """Options of PIL's WebP writer for the metadata."""
    return {k: v for k, v in {"icc_profile": bag.icc, "exif": bag.exif, "xmp": bag.xmp}.items() if v}


def webp_losses(bag: Metadata) -> list[str]:
    """One sentence for each part of the metadata that a WebP cannot hold."""
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
"""By format: one sentence for each part of the metadata that it cannot hold."""
