"""The kind of a file by its bytes, and advice for the kinds that are not read."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass

from PIL import Image

SEND = "Send PNG, JPEG or WebP."
READ = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF")
"""PIL's names of the formats that are always read; none that PIL passes to another program, as it does
EPS."""
_RAW = "Develop it in a raw converter and save a 16-bit TIFF or PNG."
_FLATTEN = "Flatten it and save a PNG or TIFF; both are read with 8 and 16 bits a channel."
_RENDER = "Render it to a PNG at the size you need."
_TONE = "Map its tones to the range of a screen and save a 16-bit PNG or TIFF."
_SAVE = "Save it as PNG, JPEG, WebP or TIFF."
_FRAME = "Save one frame of it as PNG."


@dataclass(frozen=True)
class Kind:
    """A kind of file: its name, and advice if it is not read."""

    name: str
    hint: str = _SAVE
    plugin: str = ""
    """PIL's name of the reader, if this PIL or an extension of it has one."""


_AVIF, _HEIC, _JXL = Kind("AVIF", plugin="AVIF"), Kind("HEIC", plugin="HEIF"), Kind("JPEG XL", plugin="JXL")
_VIDEO = Kind("a video", _FRAME)
_STARTS: tuple[tuple[int, bytes, Kind], ...] = (
    (0, b"8BPS", Kind("a Photoshop document (PSD)", _FLATTEN)),
    (0, b"gimp xcf", Kind("a GIMP document (XCF)", _FLATTEN)),
    (0, b"CSFCHUNK", Kind("a Clip Studio document", _FLATTEN)),
    (0, b"PK\3\4", Kind("a ZIP archive, or a document of Krita or of an office", _FLATTEN)),
    (0, b"v/1\1", Kind("OpenEXR", _TONE)),
    (0, b"#?RADIANCE", Kind("Radiance HDR", _TONE)),
    (0, b"#?RGBE", Kind("Radiance HDR", _TONE)),
    (0, b"PF\n", Kind("a portable float map (PFM)", _TONE)),
    (0, b"Pf\n", Kind("a portable float map (PFM)", _TONE)),
    (0, b"SIMPLE  =", Kind("FITS", _TONE)),
    (128, b"DICM", Kind("DICOM", _SAVE)),
    (0, b"%PDF", Kind("PDF", _RENDER)),
    (0, b"%!PS", Kind("PostScript", _RENDER)),
    (0, b"\xc5\xd0\xd3\xc6", Kind("PostScript", _RENDER)),
    (0, b"\xd7\xcd\xc6\x9a", Kind("a Windows metafile", _RENDER)),
    (0, b"\xff\x0a", _JXL),
    (0, b"\0\0\0\x0cJXL ", _JXL),
    (0, b"\0\0\0\x0cjP  ", Kind("JPEG 2000")),
    (0, b"\xff\x4f\xff\x51", Kind("JPEG 2000")),
    (0, b"II\xbc", Kind("JPEG XR")),
    (0, b"FUJIFILMCCD-RAW", Kind("a raw camera file (Fujifilm RAF)", _RAW)),
    (0, b"IIRO", Kind("a raw camera file (Olympus ORF)", _RAW)),
    (0, b"IIRS", Kind("a raw camera file (Olympus ORF)", _RAW)),
    (0, b"MMOR", Kind("a raw camera file (Olympus ORF)", _RAW)),
    (0, b"IIU\0", Kind("a raw camera file (Panasonic RW2)", _RAW)),
    (0, b"FOVb", Kind("a raw camera file (Sigma X3F)", _RAW)),
    (0, b"\0MRM", Kind("a raw camera file (Minolta MRW)", _RAW)),
    (6, b"HEAPCCDR", Kind("a raw camera file (Canon CRW)", _RAW)),
    (8, b"CR\2", Kind("a raw camera file (Canon CR2)", _RAW)),
    (0, b"\x1a\x45\xdf\xa3", _VIDEO),
    (0, b"FLV\1", _VIDEO),
    (0, b"qoif", Kind("QOI")),
    (0, b"DDS ", Kind("DDS")),
    (0, b"icns", Kind("an Apple icon (ICNS)")),
    (0, b"\0\0\1\0", Kind("a Windows icon (ICO)")),
    *((0, b"P%d" % number, Kind("Netpbm")) for number in range(1, 8)),
)
_BRANDS = {
    b"avif": _AVIF,
    b"avis": _AVIF,
    b"crx ": Kind("a raw camera file (Canon CR3)", _RAW),
    **dict.fromkeys((b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1"), _HEIC),
}
"""Brands of the ISO base media format. Videos have that format, too."""
_MARKUP = (
    (b"<svg", Kind("SVG, a drawing", _RENDER)),
    (b"<!doctype html", Kind("a web page", "Save the picture itself, not the page that shows it.")),
    (b"<html", Kind("a web page", "Save the picture itself, not the page that shows it.")),
)


def kind_of(data: bytes) -> Kind | None:
    """The kind of a file; None for the formats that PIL reads and for unknown ones."""
    if data[4:8] == b"ftyp":
        return _of_brands(data)
    if data[:4] == b"RIFF" and data[8:12] == b"AVI ":
        return _VIDEO
    head = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    for mark, kind in _MARKUP:
        if head.startswith(mark) or (head.startswith(b"<?xml") and mark in head):
            return kind
    return next((kind for place, start, kind in _STARTS if data.startswith(start, place)), None)


def _of_brands(data: bytes) -> Kind:
    """The kind of the main brand, or of the first known other brand: `mif1` alone may be AVIF or HEIC."""
    others = [data[place : place + 4] for place in range(16, min(int.from_bytes(data[:4], "big"), 128), 4)]
    if data[8:12] in (b"mif1", b"msf1") and (b"avif" in others or b"avis" in others):
        return _AVIF
    return next((_BRANDS[brand] for brand in (data[8:12], *others) if brand in _BRANDS), _VIDEO)


def bits_of(data: bytes) -> int:
    """Bits a channel of an AVIF file, from its `av1C` box; 8 for other files."""
    place = data.find(b"av1C", 0, 8192)
    flags = data[place + 6] if 0 <= place < len(data) - 6 and data[4:8] == b"ftyp" else 0
    return (12 if flags & 0x20 else 10) if flags & 0x40 else 8


def opener(kind: Kind) -> str:
    """PIL's name of the reader of a kind, "" without one. Registers extensions of PIL."""
    if kind.plugin and kind.plugin not in Image.OPEN:
        Image.init()
        register = _REGISTER.get(kind.plugin)
        if kind.plugin not in Image.OPEN and register:
            register()
    return kind.plugin if kind.plugin in Image.OPEN else ""


def way_out(kind: Kind) -> str:
    """Advice for a kind that is not read."""
    return f"{_SAVE[:-1]}, or install {_PACKAGES[kind.plugin]}." if kind.plugin else kind.hint


_PACKAGES = {
    "AVIF": "Pillow 11.3 or newer, or pillow-avif-plugin",
    "HEIF": "pillow-heif",
    "JXL": "pillow-jxl-plugin",
}


def _with(module: str, function: str = "") -> Callable[[], None]:
    """A function that imports an extension of PIL, if installed, and calls its registration."""

    def register() -> None:
        try:
            extension = importlib.import_module(module)
        except ImportError:
            return
        if function:
            getattr(extension, function)()

    return register


_REGISTER = {
    "AVIF": _with("pillow_avif"),
    "HEIF": _with("pillow_heif", "register_heif_opener"),
    "JXL": _with("pillow_jxl"),
}
