"""The main jobs on real photographs, end to end: `python -m retouch.app.demo [--out DIR]`.

A pixelated face is detected and fixed, an object is removed, a cropped photograph is extended, and a recipe
of two passes refines a person. Pictures, plans and numbers are written to one HTML report. Nothing is
downloaded: the engine is the demo model, which was trained on these photographs, and the report says so.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from retouch.api.serialize import report_json
from retouch.app.backend import Standalone, add_arguments, backend_of
from retouch.app.demo_page import Shown, draw_plan, render_report
from retouch.app.sample_photos import resize, sample
from retouch.errors import RetouchError
from retouch.image.codec import encoder, mask_layers
from retouch.image.geometry import Box
from retouch.image.mask import Mask
from retouch.image.picture import Picture
from retouch.image.quality.measure import measure_quality
from retouch.image.quality.psnr import measure_psnr
from retouch.image.region import Region
from retouch.pipeline.pipeline import PictureInput
from retouch.pipeline.report import Result
from retouch.pipeline.step import Plan
from retouch.recipes.recipe import Generation, Pass, Recipe
from retouch.recipes.shape import Shape
from retouch.recipes.target import Target

OUT = Path("retouch-demo")
SEED = 7
BLOCKS = 12
"""Width of the pixelated face in blocks. A detector and a person still recognise a face."""
FACE = Target(models=("face",))
PERSON = Target(models=("person",))


@dataclass(frozen=True, eq=False)
class Scene:
    """A photograph (`truth`), the damaged version (`given`), and the passes that repair it.

    Without a `region`, the targets of the passes are detected. With one, it is painted by the first pass.
    `lost` is the box in which `given` differs from `truth`, None for the whole picture.
    """

    name: str
    told: str
    truth: Picture
    given: Picture
    prompt: str
    passes: tuple[Pass, ...]
    region: Region | None = None
    lost: Box | None = None

    def canvas(self, backend: Standalone) -> PictureInput:
        """The picture and the generation parameters as input of the pipeline."""
        return PictureInput(self.given, Generation(self.prompt, seed=SEED, sampling=backend.defaults()))

    def done(self, backend: Standalone) -> Result:
        """The result of the whole job by the pipeline of the backend."""
        studio, canvas = backend.pipeline, self.canvas(backend)
        if self.region:
            return studio.paint(canvas, [self.region], self.passes[0])
        (result,) = studio.fix([canvas], Recipe(self.name, "", self.passes))
        return result


def mended_face() -> Scene:
    """The astronaut with a pixelated face, and the recipe Face polish at denoising strength 0.5."""
    truth = sample("astronaut").picture
    face = Box(178, 58, 274, 177)
    told = f"A face in {BLOCKS} blocks is found and repainted, as auto-fix does while a picture is made."
    passes = (Pass(target=FACE, denoising_strength=0.5),)
    given = pixelate(truth, [face], BLOCKS)
    return Scene("face", told, truth, given, "an astronaut's face", passes, lost=face)


def removed_thing() -> Scene:
    """A photograph with a sticker, and the outline of the sticker as the mask."""
    truth = sample("china").scaled(256)
    mask = np.zeros(truth.pixels.shape[:2], np.uint8)
    cv2.ellipse(mask, (198, 141), (31, 24), 20, 0, 360, (255,), -1, cv2.LINE_AA)
    colour = np.array((228, 44, 120), np.float32)
    share = mask[..., None] / 255
    given = truth.with_pixels(np.rint(truth.pixels * (1 - share) + colour * share).astype(np.uint8))
    told = "A sticker is masked and removed: the hole is filled from its rim and painted from nothing."
    passes = (Pass(denoising_strength=1.0, masked_content="fill", shape=Shape(padding=104)),)
    region = Region.of_mask(Mask(mask), "sticker")
    lost = Mask(mask).bounds
    return Scene("removal", told, truth, given, "a chinese temple", passes, region, lost)


def extended_photograph() -> Scene:
    """A photograph whose right quarter is cut off, on a canvas of the original size. The strip is painted."""
    truth = sample("flower").scaled(256)
    strip = Box(truth.size.width - truth.size.width // 4, 0, *truth.size)
    kept = np.ascontiguousarray(truth.pixels[:, : strip.left])
    grown = cv2.copyMakeBorder(kept, 0, 0, 0, strip.width, cv2.BORDER_REPLICATE)
    told = "The right quarter of a photograph is cut off and painted again on a canvas as wide as before."
    passes = (Pass(denoising_strength=1.0, masked_content="fill", shape=Shape(grow=0, blur=4)),)
    return Scene(
        "extension", told, truth, Picture(grown), "a flower", passes, Region.of_box(strip, "canvas"), strip
    )


def refined_person() -> Scene:
    """A portrait enlarged 8 times from a thumbnail. The first pass paints the person, the second the face."""
    truth = sample("astronaut").picture
    given = resize(resize(truth, 1 / 8), 8)
    told = "A recipe of two passes on a portrait grown from a thumbnail: the person at 0.6, the face at 0.4."
    passes = (
        Pass(target=PERSON, denoising_strength=0.6),
        Pass(target=FACE, denoising_strength=0.4, prompt="an astronaut's face"),
    )
    return Scene("recipe", told, truth, given, "an astronaut", passes)


SCENES: tuple[Callable[[], Scene], ...] = (mended_face, removed_thing, extended_photograph, refined_person)


@dataclass
class Demo:
    """Runs scenes on a backend. All scenes share one output folder and one report."""

    backend: Standalone
    out: Path
    shown: list[Shown] = field(default_factory=list)

    def show(self, scene: Scene) -> None:
        """Run the job, measure the result and write its pictures."""
        with self.backend.busy("fix", scene.name):
            begun = time.perf_counter()
            result = scene.done(self.backend)
            seconds = time.perf_counter() - begun
        mask = _union([report.mask(scene.given) for report in result.reports if report.kept], scene)
        plan = Plan(tuple(report.step for report in result.reports)).summary()
        pictures = {
            "before": scene.given,
            "after": result.picture,
            "truth": scene.truth,
            "plan": draw_plan(scene.given, plan),
        }
        for what, picture in pictures.items():
            encoder.write(picture, self.out / f"{scene.name}-{what}.png")
        (self.out / f"{scene.name}-mask.png").write_bytes(mask_layers.encode_gray(mask.alpha))
        reports = tuple(report_json(report) for report in result.reports)
        figures = {"Seconds": round(seconds, 1), **figures_of(scene, result, mask)}
        self.shown.append(Shown(scene.name, scene.told, figures, reports, result.warnings))

    @property
    def ok(self) -> bool:
        """True if every scene painted a region and no pixel outside the masks changed."""
        return all(
            s.figures["Regions painted"] and not s.figures["Pixels changed outside the mask"]
            for s in self.shown
        )


def figures_of(scene: Scene, result: Result, mask: Mask) -> dict[str, Any]:
    """The damaged area compared with the truth, and the seam, drift and sharpness of the painted area."""
    where = (scene.lost or mask.bounds or scene.truth.size.box).slices
    truth, given, made = (picture.pixels for picture in (scene.truth, scene.given, result.picture))
    numbers = measure_quality(given, made, mask, truth)
    said = {
        "dB PSNR before": measure_psnr(truth[where], given[where]),
        "dB PSNR after": measure_psnr(truth[where], made[where]),
        "Seam": numbers.seam,
        "Colour drift inside, CIELAB": numbers.drift_inside,
        "Sharpness, 1 as around": numbers.sharpness,
    }
    return {
        **{name: round(value, 2) for name, value in said.items() if value is not None},
        "Regions painted": sum(report.kept for report in result.reports),
        "Pixels repainted": int(np.count_nonzero(mask.alpha)),
        "Pixels changed outside the mask": changed_outside(scene.given, result.picture, mask),
    }


def pixelate(photo: Picture, boxes: Sequence[Box], blocks: int) -> Picture:
    """The photograph with each box pixelated to `blocks` blocks across its width."""
    pixels = photo.pixels.copy()
    for box in boxes:
        size = (blocks, max(1, round(blocks * box.height / box.width)))
        small = cv2.resize(pixels[box.slices], size, interpolation=cv2.INTER_AREA)
        pixels[box.slices] = cv2.resize(small, box.size, interpolation=cv2.INTER_NEAREST)
    return photo.with_pixels(pixels)


def changed_outside(before: Picture, after: Picture, mask: Mask) -> int:
    """Number of pixels that differ where the composite mask is 0. It must be 0."""
    differs = (before.pixels != after.pixels).any(2)
    return int(np.count_nonzero(differs & (mask.alpha == 0)))


def _union(masks: Sequence[Mask], scene: Scene) -> Mask:
    union = Mask.blank(scene.given.size)
    for mask in masks:
        union = union | mask
    return union


def main(words: Sequence[str] | None = None) -> int:
    """Run the demo. Returns 0 if every scene was painted and no pixel outside the masks changed."""
    parser = argparse.ArgumentParser(prog="python -m retouch.app.demo", description=__doc__)
    parser.add_argument("--out", type=Path, default=OUT, metavar="DIR")
    add_arguments(parser)
    args = parser.parse_args(words)
    try:
        demo = Demo(backend_of(args), args.out)
        args.out.mkdir(parents=True, exist_ok=True)
        for scene in SCENES:
            demo.show(scene())
            _tell(demo.shown[-1])
    except RetouchError as error:
        print(f"retouch: {error}", file=sys.stderr)
        return 2
    remark = demo.backend.pipeline.engine.remark
    report = args.out / "report.html"
    report.write_text(render_report(demo.shown, args.out, remark), encoding="utf-8")
    print(f"{remark}\nReport: {report}\nThe studio, to click things yourself: python3 dev.py run".strip())
    return 0 if demo.ok else 1


def _tell(shown: Shown) -> None:
    said = ", ".join(f"{what[0].lower()}{what[1:]} {value}" for what, value in shown.figures.items())
    print(f"{shown.name}: {said}", flush=True)
    for warning in shown.warnings:
        print(f"{shown.name}: {warning}")


if __name__ == "__main__":
    sys.exit(main())
