"""Picture: RGB uint8, read-only, with the metadata of its file.

A picture is an upright (height, width, 3) array. The samples of a file of 16 bits a channel are kept in
`deep`, whose high bytes are always the 8-bit samples: models get 8 bits, and unchanged pixels keep 16.
"""

from __future__ import annotations

import dataclasses
import hashlib
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from PIL import Image

from retouch.image.geometry import Box, Size

MAX_PIXELS = 120_000_000
"""The most pixels of a picture that is read or made."""


@dataclass(frozen=True)
class Metadata:
    """The content of a file besides its samples.

    `notes` are sentences for the person on how the file was read, and `losses` on content that files written
    from it lack. `grey` is True for a file of one channel of colour. `dpi` are pixels per inch, across and
    down. `xmp` is an XMP packet. `chunks` are PNG chunks that are copied unchanged: (name, data).
    """

    icc: bytes | None = None
    exif: bytes | None = None
    text: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()
    losses: tuple[str, ...] = ()
    grey: bool = False
    dpi: tuple[float, float] | None = None
    xmp: bytes | None = None
    chunks: tuple[tuple[bytes, bytes], ...] = ()


@dataclass(frozen=True, eq=False)
class Picture:
    """`pixels` are (height, width, 3) uint8 RGB; `alpha` is (height, width) uint8, or None when opaque.

    `deep` is None for a file of 8 bits, else the same samples as uint16: (height, width, 3), or 4 with alpha.
    A sample whose high byte differs from the 8-bit sample was changed since; it takes the new value.
    ValueError for arrays of other shapes or types.
    """

    pixels: np.ndarray
    alpha: np.ndarray | None = None
    baggage: Metadata = field(default_factory=Metadata)
    deep: np.ndarray | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "pixels", _frozen(self.pixels, 3))
        if self.alpha is not None:
            object.__setattr__(self, "alpha", _frozen(self.alpha, 2))
            if self.alpha.shape != self.pixels.shape[:2]:
                raise ValueError(f"alpha {self.alpha.shape} does not fit pixels {self.pixels.shape}")
        if self.deep is not None:
            object.__setattr__(self, "deep", _follow(self.deep, self.pixels, self.alpha))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Picture) and np.array_equal(self.pixels, other.pixels)

    def __hash__(self) -> int:
        return hash(self.digest)

    @property
    def size(self) -> Size:
        return Size(self.pixels.shape[1], self.pixels.shape[0])

    @property
    def nbytes(self) -> int:
        """Bytes of the samples in memory."""
        return sum(one.nbytes for one in (self.pixels, self.alpha, self.deep) if one is not None)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of size and colours: the key of cached detections and embeddings."""
        return hashlib.sha256(repr(self.pixels.shape).encode() + self.pixels.tobytes()).hexdigest()

    @property
    def is_grey(self) -> bool:
        """True when the file had one channel of colour and every pixel is still grey."""
        samples = self.pixels if self.deep is None else self.deep
        red, green, blue = samples[..., 0], samples[..., 1], samples[..., 2]
        return self.baggage.grey and np.array_equal(red, green) and np.array_equal(red, blue)

    def crop(self, box: Box) -> Picture:
        """The colours inside `box`. ValueError when `box` does not lie within the picture."""
        if not self.size.box.contains(box):
            raise ValueError(f"{box} does not lie within {self.size}")
        return Picture(self.pixels[box.slices])

    def part(self, box: Box) -> Picture:
        """The picture cut to `box`, with alpha, depth and baggage. ValueError when `box` is not within it."""
        if not self.size.box.contains(box):
            raise ValueError(f"{box} does not lie within {self.size}")
        alpha, deep = (None if a is None else a[box.slices] for a in (self.alpha, self.deep))
        return dataclasses.replace(self, pixels=self.pixels[box.slices], alpha=alpha, deep=deep)

    def with_pixels(self, pixels: np.ndarray, deep: np.ndarray | None = None) -> Picture:
        """The picture with other colours, (height, width, 3) uint8 RGB; alpha and baggage stay if the size
        does.

        `deep` are these colours as uint16 0..65535, of the same shape. Without it, unchanged samples keep the
        picture's own 16 bits.
        """
        same = pixels.shape == self.pixels.shape
        samples = self.deep if deep is None and same else deep
        return dataclasses.replace(self, pixels=pixels, alpha=self.alpha if same else None, deep=samples)

    def pil(self) -> Image.Image:
        """A PIL image, RGBA when the picture has alpha."""
        if self.alpha is None:
            return Image.fromarray(self.pixels)
        return Image.fromarray(np.dstack([self.pixels, self.alpha]))


def _frozen(array: np.ndarray, ndim: int) -> np.ndarray:
    if (
        array.ndim != ndim
        or array.dtype != np.uint8
        or 0 in array.shape
        or (ndim == 3 and array.shape[2] != 3)
    ):
        raise ValueError(f"a picture needs non-empty uint8 of {ndim} axes, not {array.dtype} {array.shape}")
    if not array.flags.c_contiguous:  # detectors take whole rows only
        return _lock(np.array(array, order="C"))
    return _lock(array.copy()) if array.flags.writeable else array


def _lock(array: np.ndarray) -> np.ndarray:
    array.flags.writeable = False
    return array


def _follow(deep: np.ndarray, pixels: np.ndarray, alpha: np.ndarray | None) -> np.ndarray:
    """`deep`, updated where its high byte differs from the 8-bit sample, read-only.

    Changed colours take the new high byte and keep the low byte. Changed alpha takes the new value.
    ValueError when the shapes or types do not fit.
    """
    eight = pixels if alpha is None else np.dstack([pixels, alpha])
    if deep.dtype != np.uint16 or deep.ndim != 3 or deep.shape[:2] != pixels.shape[:2]:
        raise ValueError(f"deep {deep.dtype} {deep.shape} does not fit pixels {pixels.shape}")
    if deep.shape[2] < eight.shape[2]:
        deep = np.dstack([deep, np.full(deep.shape[:2], 65535, np.uint16)])
    deep = deep[..., : eight.shape[2]]
    same = deep >> 8 == eight
    if same.all():
        return deep if not deep.flags.writeable else _lock(np.array(deep, order="C"))
    changed = eight.astype(np.uint16) << 8 | deep & 255
    changed[..., 3:] = eight[..., 3:] * np.uint16(257)
    return _lock(np.where(same, deep, changed))
