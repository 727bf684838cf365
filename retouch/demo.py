"""The main job on real photographs, end to end: `python -m retouch.demo [--out DIR]`.

A face is pixelated, found, repainted and put back; pictures, plan and numbers go into one HTML
report. Nothing is downloaded. The painter is a tiny model of random weights: it paints noise, and
the report says so.
"""

from __future__ import annotations

import argparse
import base64
import io
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from retouch import raster
from retouch.answers import Desk
from retouch.errors import RetouchError
from retouch.fakes import Counted
from retouch.geometry import Box, Size
from retouch.mask import Mask
from retouch.pages import Shown, draw_plan, page
from retouch.ports import Engine
from retouch.raster import Picture
from retouch.standalone import add_arguments, backend_of

OUT = Path("retouch-demo")
SEED = 7
BLOCKS = 20
"""A damaged face is this many blocks wide: still a face to a detector, and to a person."""


@dataclass(frozen=True)
class Painter:
    """Who paints, and what is honest to say about it."""

    options: tuple[str, ...]
    remark: str


NOISE = Painter(
    ("--demo-noise",),
    "The painter of this demo is a tiny model of random weights: what it paints is noise. "
    "What the demo shows is everything else: what is found, planned, painted and left untouched.",
)


@dataclass
class Demo:
    """Photographs through a desk, one folder and one report for all."""

    desk: Desk
    counted: list[Counted]
    out: Path
    shown: list[Shown] = field(default_factory=list)

    def show(self, name: str, photo: Picture) -> None:
        """Damage, detect, plan, fix, measure and write one photograph."""
        damaged = pixelated(photo, self._faces(photo))
        image = raster.encode_base64(damaged)
        body = {"image": image, "prompt": "a portrait photograph", "seed": SEED}
        plan = self.desk.answer("plan", {"verb": "fix", **body})
        engine = self.counted[-1]
        calls, begun = len(engine.calls), time.perf_counter()
        answer = self.desk.answer("fix", {**body, "return_masks": True})
        seconds = time.perf_counter() - begun
        mended = raster.decode_base64(answer["image"])
        mask = _union([r["mask"] for r in answer["reports"]], photo.size)
        self._write(name, {"before": damaged, "after": mended, "plan": draw_plan(damaged, plan)})
        (self.out / f"{name}-mask.png").write_bytes(raster.encode_gray(mask.alpha))
        figures = {
            "Faces found": len(plan["steps"]),
            "Faces repainted": sum(r["outcome"] == "kept" for r in answer["reports"]),
            "Sampling calls": len(engine.calls) - calls,
            "Seconds": round(seconds, 2),
            "Pixels repainted": int(np.count_nonzero(mask.alpha)),
            "Pixels changed outside the mask": changed_outside(damaged, mended, mask),
        }
        self.shown.append(Shown(name, figures, tuple(answer["reports"]), tuple(answer["warnings"])))

    def _faces(self, photo: Picture) -> list[Box]:
        answer = self.desk.answer("detect", {"image": raster.encode_base64(photo)})
        return [Box(*region["box"]) for region in answer["regions"]]

    def _write(self, name: str, pictures: dict[str, Picture]) -> None:
        for what, picture in pictures.items():
            raster.write(picture, self.out / f"{name}-{what}.png")

    @property
    def ok(self) -> bool:
        """Something was found and painted in every photograph, and nothing else moved."""
        return all(
            s.figures["Faces repainted"] and not s.figures["Pixels changed outside the mask"]
            for s in self.shown
        )


def pixelated(photo: Picture, boxes: Sequence[Box]) -> Picture:
    """The photograph with every box in coarse blocks."""
    pixels = photo.pixels.copy()
    for box in boxes:
        size = (BLOCKS, max(1, round(BLOCKS * box.height / box.width)))
        small = cv2.resize(pixels[box.slices], size, interpolation=cv2.INTER_AREA)
        pixels[box.slices] = cv2.resize(small, box.size, interpolation=cv2.INTER_NEAREST)
    return photo.with_pixels(pixels)


def changed_outside(before: Picture, after: Picture, mask: Mask) -> int:
    """How many pixels differ where the composite mask is 0: none may."""
    differs = (before.pixels != after.pixels).any(2)
    return int(np.count_nonzero(differs & (mask.alpha == 0)))


def _union(masks: Sequence[str], size: Size) -> Mask:
    union = Mask.blank(size)
    for text in masks:
        alpha = np.asarray(Image.open(io.BytesIO(base64.b64decode(text))))
        union = union | Mask(alpha.copy())
    return union


def photographs() -> dict[str, Callable[[], Picture]]:
    """Two portraits in the public domain that come with scikit-image and matplotlib."""
    return {"astronaut": _astronaut, "admiral": _admiral}


def _astronaut() -> Picture:
    """Eileen Collins, by NASA."""
    from skimage import data

    return Picture(np.asarray(data.astronaut()))


def _admiral() -> Picture:
    """Grace Hopper, by the United States Navy."""
    from matplotlib import cbook

    return raster.read(Path(str(cbook.get_sample_data("grace_hopper.jpg", asfileobj=False))))


def start(words: Sequence[str], out: Path, painter: Painter) -> Demo:
    """A demo ready to be shown photographs, its engine loaded when first needed."""
    options = argparse.ArgumentParser()
    add_arguments(options)
    backend = backend_of(options.parse_args([*words, *painter.options]))
    load, counted = backend.load_engine, []

    def counting() -> Engine:
        counted.append(Counted(load()))
        return counted[-1]

    backend.load_engine = counting
    out.mkdir(parents=True, exist_ok=True)
    return Demo(Desk(backend), counted, out)


def main(words: Sequence[str] | None = None, painter: Painter = NOISE) -> int:
    """Run the demo. 0 when every face was repainted and no pixel outside the masks has changed."""
    parser = argparse.ArgumentParser(prog="python -m retouch.demo", description=__doc__)
    parser.add_argument("--out", type=Path, default=OUT, metavar="DIR")
    args, rest = parser.parse_known_args(words)
    print(painter.remark)
    try:
        demo = start(rest, args.out, painter)
        for name, photo in photographs().items():
            demo.show(name, photo())
            _tell(demo.shown[-1])
    except RetouchError as error:
        print(f"retouch: {error}", file=sys.stderr)
        return 2
    report = args.out / "report.html"
    report.write_text(page(demo.shown, args.out, painter.remark), encoding="utf-8")
    print(f"Report: {report}")
    return 0 if demo.ok else 1


def _tell(shown: Shown) -> None:
    said = ", ".join(f"{what.lower()} {value}" for what, value in shown.figures.items())
    print(f"{shown.name}: {said}")
    for warning in shown.warnings:
        print(f"{shown.name}: {warning}")


if __name__ == "__main__":
    sys.exit(main())
