"""Methods that extend a picture to the right on one engine: ours in stages, at once, the WebUI's scripts.

The scripts `outpainting_mk_2` and `poor_mans_outpainting` are written from their description, with their
defaults. Both have the whole picture as their region, where the WebUI doubles the blurred mask of the
composite. Their painting is therefore opaque over the first pixels of the picture.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import cv2
import numpy as np

from retouch.engines.base import Engine, Job
from retouch.image.fill.content_aware import fill_with_content
from retouch.image.fill.masked_content import FILLS
from retouch.image.fill.noise import fill_with_noise
from retouch.image.frame import Frame, frame_around
from retouch.image.geometry import Box, Margins, Size
from retouch.image.mask import Mask
from retouch.image.picture import Picture
from retouch.outpaint.checks import CheckOptions
from retouch.outpaint.options import DEFAULT_PASS
from retouch.outpaint.progress import Extension
from retouch.outpaint.run import ExtensionResult, extend
from retouch.outpaint.stage_steps import StagePrompts, reach_of, steps
from retouch.outpaint.stages import StageOptions, plan_stages
from retouch.progress import Progress, Silent
from retouch.recipes.recipe import Generation, Settings

STAGE = 128
Extending = Callable[[Picture, int, Generation, Engine], np.ndarray]
"""The picture, pixels to add on the right, how, by whom: (height, width, 3) uint8."""


def planned(picture: Picture, margins: Margins, generation: Generation, engine: Engine) -> Extension:
    """The extension as the verb `outpaint` plans it."""
    native, pace = engine.native(""), StageOptions()
    found = plan_stages(picture.size, margins, native, pace)
    return Extension(
        picture,
        margins,
        found,
        steps(found, generation, DEFAULT_PASS, StagePrompts(), reach_of(pace, native)),
    )


def walked(
    picture: Picture,
    margins: Margins,
    generation: Generation,
    engine: Engine,
    guard: CheckOptions | None = None,
    progress: Progress | None = None,
) -> ExtensionResult:
    return extend(planned(picture, margins, generation, engine), engine, guard, progress)


def ours(picture: Picture, more: int, generation: Generation, engine: Engine) -> np.ndarray:
    return walked(picture, Margins(right=more), generation, engine).way.finished().pixels


def single(picture: Picture, more: int, generation: Generation, engine: Engine) -> np.ndarray:
    """The whole margin at once, with the whole picture as the crop. Only the strip is masked.

    Fill and denoising strength are the same as ours.
    """
    canvas, hole = _canvas(picture, more)
    settings = Settings(generation.sampling, DEFAULT_PASS.denoising_strength, DEFAULT_PASS.masked_content)
    under = FILLS[DEFAULT_PASS.masked_content](canvas, hole)
    return _painted(canvas, under, (hole, hole.feathered(4)), settings, (generation, engine))


def mk2(picture: Picture, more: int, generation: Generation, engine: Engine) -> np.ndarray:
    """128 pixels at a time: noise with the picture's spectrum, denoising strength 0.8, mask blur 8, made 32.

    The mask begins 8 px inside the picture, the binary latent mask 16 px.
    """

    def stage(canvas: np.ndarray, hole: Mask) -> np.ndarray:
        settings = Settings(generation.sampling, 0.8, "original")
        masks = (hole.grown(16), _overlay(hole, 8, 32))
        return _painted(canvas, fill_with_noise(canvas, hole), masks, settings, (generation, engine))

    return _in_stages(picture, more, stage)


def poor_man(picture: Picture, more: int, generation: Generation, engine: Engine) -> np.ndarray:
    """128 pixels at a time: masked content "fill", denoising strength 0.75, mask blur 4, made 8.

    The mask begins 8 px inside the picture, the binary latent mask 2 px.
    """

    def stage(canvas: np.ndarray, hole: Mask) -> np.ndarray:
        under = FILLS["fill"](canvas, hole)
        settings = Settings(generation.sampling, 0.75, "fill")
        masks = (hole.grown(2), _overlay(hole, 8, 8))
        return _painted(canvas, under, masks, settings, (generation, engine))

    return _in_stages(picture, more, stage)


def _overlay(hole: Mask, within: int, blur: int) -> Mask:
    """The composite mask of the WebUI: the mask, blurred with this standard deviation, times two."""
    soft = cv2.GaussianBlur(hole.grown(within).alpha, (0, 0), blur, borderType=cv2.BORDER_REPLICATE)
    return Mask(cv2.add(soft, soft))


WAYS: dict[str, Extending] = {
    "stages": ours,
    "single pass": single,
    "outpainting mk2": mk2,
    "poor man's": poor_man,
}


def tiled(picture: Picture, margins: Margins) -> np.ndarray:
    """The picture repeated as tiles: (height, width, 3) uint8."""
    ends = ((0, 0), (margins.left, margins.right), (0, 0))
    return np.pad(picture.pixels, ends, mode="wrap")


def synthesised(picture: Picture, margins: Margins) -> np.ndarray:
    """Content-aware fill of the whole margin."""
    ends = ((0, 0), (margins.left, margins.right), (0, 0))
    canvas = np.pad(picture.pixels, ends)
    kept = Box(margins.left, 0, margins.left + picture.size.width, picture.size.height)
    size = Size(canvas.shape[1], canvas.shape[0])
    return fill_with_content(canvas, Mask.of_box(size, kept).inverted())


def plain(picture: Picture, margins: Margins) -> np.ndarray:
    """The margin in the mean colour of the picture. It contains nothing that could repeat."""
    mean = picture.pixels.mean((0, 1)).round().astype(np.uint8)
    sides = (np.broadcast_to(mean, (picture.size.height, more, 3)) for more in (margins.left, margins.right))
    return np.concatenate([next(sides), picture.pixels, next(sides)], axis=1)


UNPAINTED: dict[str, Callable[[Picture, Margins], np.ndarray]] = {
    "content-aware fill": synthesised,
    "tiling": tiled,
    "one plain colour": plain,
}
"""Ways to both sides that need no model."""


def _canvas(picture: Picture, more: int) -> tuple[np.ndarray, Mask]:
    canvas = np.pad(picture.pixels, ((0, 0), (0, more), (0, 0)))
    size = Size(canvas.shape[1], canvas.shape[0])
    return canvas, Mask.of_box(size, Box(picture.size.width, 0, size.width, size.height))


def _in_stages(picture: Picture, more: int, stage: Callable[[np.ndarray, Mask], np.ndarray]) -> np.ndarray:
    now = picture
    while more > 0:
        canvas, hole = _canvas(now, min(STAGE, more))
        more -= STAGE
        now = Picture(stage(canvas, hole))
    return now.pixels


def _painted(
    canvas: np.ndarray,
    under: np.ndarray,
    masks: tuple[Mask, Mask],
    settings: Settings,
    by: tuple[Generation, Engine],
) -> np.ndarray:
    """`canvas` with the engine's painting of `under` composited onto it. `masks` are (denoise, composite)."""
    generation, engine = by
    denoise, composite = masks
    size = denoise.size
    found = frame_around(size.box, size, engine.native(""))
    frame: Frame = dataclasses.replace(found, crop=size.box)
    job = Job(
        picture=frame.cut(under),
        mask=frame.take_mask(denoise),
        prompt=generation.prompt,
        negative_prompt=generation.negative_prompt,
        seed=generation.seed,
        settings=settings,
    )
    (patch,) = engine.paint([job], Silent())
    assert patch is not None
    over = cv2.resize(patch.pixels, tuple(size), interpolation=cv2.INTER_LANCZOS4)
    alpha = composite.alpha[..., None].astype(np.float32) / 255
    return np.rint(canvas + (over.astype(np.float32) - canvas) * alpha).clip(0, 255).astype(np.uint8)
