"""The nodes. ComfyUI reads `NODE_CLASS_MAPPINGS` when it starts.

The inputs of a node are the keyword arguments of its function. IMAGE and MASK are described in `tensors`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from retouch.comfyui import models
from retouch.comfyui.engine import ComfyEngine
from retouch.comfyui.given_picture import composite_painted
from retouch.comfyui.tensors import image_of, keep_exact, mask_of, masks_of, pictures_of
from retouch.errors import BadInput
from retouch.image.picture import Picture
from retouch.outpaint.options import OutpaintOptions
from retouch.outpaint.outpaint import extend_pictures
from retouch.pipeline.pipeline import PictureInput
from retouch.pipeline.report import Result
from retouch.recipes import library, sharing
from retouch.recipes.recipe import Generation, Pass, Recipe
from retouch.recipes.sampling import Sampling
from retouch.recipes.shape import Shape
from retouch.recipes.target import Target

CATEGORY = "Retouch"
SIDES = ("right", "left", "top", "bottom")


class RetouchDetect:
    """Find regions: a mask for each picture, and a line of text for each region."""

    CATEGORY = CATEGORY
    FUNCTION = "detect"
    RETURN_TYPES = ("MASK", "STRING")
    RETURN_NAMES = ("mask", "regions")
    DESCRIPTION = "Finds faces, hands, people or what else a detector knows, and gives their masks."

    @classmethod
    def INPUT_TYPES(cls) -> dict[str, Any]:  # noqa: N802  (ComfyUI's name)
        confidence = ("FLOAT", {"default": 0.3, "min": 0.0, "max": 1.0, "step": 0.05})
        detector = (models.detector_names(), {"default": "face"})
        return {"required": {"image": ("IMAGE",), "detector": detector, "confidence": confidence}}

    def detect(self, image: torch.Tensor, detector: str, confidence: float) -> tuple[torch.Tensor, str]:
        target, pipeline = Target(models=(detector,), confidence=confidence), models.pipeline_on(None)
        masks, lines = [], []
        for number, picture in enumerate(pictures_of(image), 1):
            found = pipeline.detect(picture, target)
            masks.append(_union(picture, [region.within(picture.size.box).alpha for region in found]))
            lines += [
                f"picture {number}: {region.label} {region.score:.2f} at {list(region.box)}"
                for region in found
            ]
        return mask_of(masks), "\n".join(lines)


def _sampling_inputs() -> dict[str, Any]:
    import comfy.samplers

    text = {"multiline": True, "default": ""}
    return {
        "image": ("IMAGE",),
        "model": ("MODEL",),
        "clip": ("CLIP",),
        "vae": ("VAE",),
        "prompt": ("STRING", text),
        "negative_prompt": ("STRING", text),
        "seed": ("INT", {"default": 0, "min": 0, "max": 2**32 - 1, "control_after_generate": True}),
        "steps": ("INT", {"default": 20, "min": 1, "max": 150}),
        "cfg_scale": ("FLOAT", {"default": 7.0, "min": 1.0, "max": 30.0, "step": 0.5}),
        "sampler": (comfy.samplers.KSampler.SAMPLERS, {"default": "dpmpp_2m"}),
        "scheduler": (comfy.samplers.KSampler.SCHEDULERS, {"default": "karras"}),
    }


class _Painting:
    """A node that paints with the model of its links."""

    CATEGORY = CATEGORY
    FUNCTION = "paint"
    RETURN_TYPES = ("IMAGE", "MASK", "STRING")
    RETURN_NAMES = ("image", "mask", "report")

    def _begin(self, inputs: dict[str, Any]) -> tuple[ComfyEngine, Generation]:
        """The engine and the generation of the inputs that `_sampling_inputs` names, but for the image."""
        engine = ComfyEngine(*(inputs.pop(name) for name in ("model", "clip", "vae")))
        names = [field.name for field in dataclasses.fields(Sampling)]
        sampling = Sampling(**{name: inputs.pop(name) for name in names if name in inputs})
        return engine, Generation(sampling=sampling, **inputs)


class RetouchFix(_Painting):
    """Run a recipe on each picture."""

    DESCRIPTION = (
        "Finds the regions of a recipe, inpaints those of a batch in common sampling calls, puts each back. "
        "Every other pixel keeps its value."
    )

    @classmethod
    def INPUT_TYPES(cls) -> dict[str, Any]:  # noqa: N802
        recipe = ([recipe.name for recipe in library.built_in()], {"default": "Face polish"})
        pasted = (
            "STRING",
            {
                "multiline": True,
                "default": "",
                "tooltip": "A recipe or a share string. It replaces the chosen recipe.",
            },
        )
        return {
            "required": {**_sampling_inputs(), "recipe": recipe},
            "optional": {"mask": ("MASK",), "recipe_text": pasted},
        }

    def paint(
        self, image: torch.Tensor, recipe: str, recipe_text: str = "", mask: Any = None, **inputs: Any
    ) -> tuple[torch.Tensor, torch.Tensor, str]:
        engine, generation = self._begin(inputs)
        pictures = pictures_of(image)
        own = masks_of(mask, len(pictures)) if mask is not None else [None] * len(pictures)
        canvases = [
            PictureInput(*each) for each in zip(pictures, [generation] * len(pictures), own, strict=True)
        ]
        results = models.pipeline_on(engine).fix(canvases, _recipe(recipe, recipe_text), engine.watcher)
        engine.raise_if_interrupted()
        after = [result.picture for result in results]
        return keep_exact(image, pictures, after), _changed(results), _report(results)


class RetouchOutpaintStage(_Painting):
    """Extend each picture on one side."""

    DESCRIPTION = (
        "Extends the pictures on one side. A wide extension is painted in stages, each from its own crop."
    )

    @classmethod
    def INPUT_TYPES(cls) -> dict[str, Any]:  # noqa: N802
        pixels = ("INT", {"default": 256, "min": 8, "max": 4096, "step": 8})
        return {"required": {**_sampling_inputs(), "side": (SIDES,), "pixels": pixels}}

    def paint(
        self, image: torch.Tensor, side: str, pixels: int, **inputs: Any
    ) -> tuple[torch.Tensor, torch.Tensor, str]:
        engine, generation = self._begin(inputs)
        pictures = pictures_of(image)
        canvases = [PictureInput(picture, generation) for picture in pictures]
        margin: dict[str, Any] = {side: pixels}
        options, pipeline = OutpaintOptions(**margin), models.pipeline_on(engine)
        results = extend_pictures(options, canvases, pipeline, engine.watcher)
        engine.raise_if_interrupted()
        return (
            image_of([result.picture for result in results]),
            _new_area(results, side, pixels),
            _report(results),
        )


class RetouchComposite:
    """Put a painted picture back."""

    CATEGORY = CATEGORY
    FUNCTION = "composite"
    RETURN_TYPES = ("IMAGE", "STRING")
    RETURN_NAMES = ("image", "report")
    DESCRIPTION = (
        "Puts what was painted under the mask back onto the picture. The shift of colours is taken out, "
        "the grain of the picture is added, and every pixel outside the mask stays."
    )

    @classmethod
    def INPUT_TYPES(cls) -> dict[str, Any]:  # noqa: N802
        share = {"default": 1.0, "min": 0.0, "max": 1.0, "step": 0.05}
        return {
            "required": {
                "before": ("IMAGE",),
                "painted": ("IMAGE",),
                "mask": ("MASK",),
                "mask_blur": ("INT", {"default": 8, "min": 0, "max": 256}),
                "colour_correction": ("FLOAT", share),
                "grain": ("FLOAT", {**share, "default": 0.0}),
            }
        }

    def composite(
        self, before: torch.Tensor, painted: torch.Tensor, mask: torch.Tensor, mask_blur: int, **knobs: Any
    ) -> tuple[torch.Tensor, str]:
        if before.shape[:3] != painted.shape[:3]:
            raise BadInput(
                f"the painted image is {tuple(painted.shape[:3])}, the one before {tuple(before.shape[:3])}.",
                path="painted",
                hint="Give (pictures, height, width) of the same size: scale the painted image first.",
            )
        how = Pass(shape=Shape(area="whole picture", grow=0, blur=mask_blur), **knobs)
        pictures = pictures_of(before)
        masks = masks_of(mask, len(pictures))
        results = [
            composite_painted(*each, how) for each in zip(pictures, pictures_of(painted), masks, strict=True)
        ]
        return keep_exact(before, pictures, [result.picture for result in results]), _report(results)


def _recipe(name: str, text: str) -> Recipe:
    if text.strip():
        return sharing.read_text(text).recipe
    return library.recipe(name)


def _union(picture: Picture, masks: Sequence[np.ndarray]) -> np.ndarray:
    return np.maximum.reduce([np.zeros(picture.pixels.shape[:2], np.uint8), *masks])


def _changed(results: Sequence[Result]) -> torch.Tensor:
    """The composite masks of what was painted and kept."""
    return mask_of([_kept_mask(result) for result in results])


def _kept_mask(result: Result) -> np.ndarray:
    mask = np.zeros(result.picture.pixels.shape[:2], np.uint8)
    for best in (report.best for report in result.reports if report.kept):
        if best is not None:
            spot = mask[best.box.slices]
            np.maximum(spot, best.mask.alpha, out=spot)
    return mask


def _new_area(results: Sequence[Result], side: str, pixels: int) -> torch.Tensor:
    """255 in what was added."""
    masks = []
    for result in results:
        mask = np.zeros(result.picture.pixels.shape[:2], np.uint8)
        far = slice(None, pixels) if side in ("left", "top") else slice(-pixels, None)
        mask[(slice(None), far) if side in ("left", "right") else (far, slice(None))] = 255
        masks.append(mask)
    return mask_of(masks)


def _report(results: Sequence[Result]) -> str:
    """A line for each region and each warning."""
    lines = []
    for number, result in enumerate(results, 1):
        for report in result.reports:
            why = f": {report.why}" if report.why else ""
            lines.append(
                f"picture {number}: {report.step.label} {list(report.step.box)} {report.outcome}{why}"
            )
        lines += [f"picture {number}: {warning}" for warning in result.warnings]
    return "\n".join(lines)


NODE_CLASS_MAPPINGS = {
    "RetouchDetect": RetouchDetect,
    "RetouchFix": RetouchFix,
    "RetouchOutpaintStage": RetouchOutpaintStage,
    "RetouchComposite": RetouchComposite,
}
NODE_DISPLAY_NAME_MAPPINGS = {
    "RetouchDetect": "Retouch detect",
    "RetouchFix": "Retouch fix",
    "RetouchOutpaintStage": "Retouch outpaint stage",
    "RetouchComposite": "Retouch composite",
}
