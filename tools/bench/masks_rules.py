"""Three rules that plan a mask: this checkout, the rule of an earlier commit, and the WebUI.

Each gives a `Plan`, so that all three are painted and composited by the same code.
"""

from __future__ import annotations

import base64
import dataclasses
import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np

from retouch.api.service import ApiService
from retouch.app.backend import Standalone
from retouch.detectors.registry import DetectorRegistry
from retouch.engines.base import Engine
from retouch.image.frame import Frame, frame_around
from retouch.image.geometry import Box, Size
from retouch.image.mask import Mask
from retouch.image.picture import Picture
from retouch.image.region import Region
from retouch.pipeline.pipeline import PictureInput, Pipeline, plan_regions
from retouch.pipeline.plan import PassWork, plan_pass
from retouch.pipeline.report import Result
from retouch.pipeline.step import Plan, Step
from retouch.progress import Progress
from retouch.recipes.intents import INTENTS
from retouch.recipes.recipe import Generation, Pass
from retouch.recipes.sampling import Sampling
from tools.bench.rivals import WEBUI_BLUR

NOW, BEFORE, WEBUI = "Retouch", "rule of f540717", "A1111"
WEBUI_PADDING = 32
WEBUI_REACH = int(2.5 * WEBUI_BLUR + 0.5)
"""Pixels that the Gaussian of mask blur 4 reaches on each side."""
CELL = 8
"""Pixels of a latent cell: the WebUI rounds the mask of each to 0 or 1."""
GREY = 20
"""Level of the flat pictures that plans are made for and painted on."""

Rule = Callable[[Mask, str, Engine], Plan]
"""(mark, intent's name, engine that would paint) -> plan. Reads no pixels of a picture."""


@dataclass(frozen=True)
class Recorder(Pipeline):
    """A studio that keeps the plan of what it is asked to paint, and paints nothing."""

    plans: list[Plan] = field(default_factory=list)

    def paint(
        self, canvas: PictureInput, regions: Sequence[Region], how: Pass, progress: Progress | None = None
    ) -> Result:
        self.plans.append(plan_regions(canvas, regions, how, self.engine.native("")))
        return Result(canvas.picture)


@dataclass
class RecordingBackend(Standalone):
    """The standalone backend with a recorder in its studio's place."""

    plans: list[Plan] = field(default_factory=list)

    @property
    def pipeline(self) -> Pipeline:
        return Recorder(self.load_engine(), self.registry.get, plans=self.plans)


def flat(size: Size) -> Picture:
    """A picture of one dark grey. An inverted pixel of it changes by much more than a level."""
    return Picture(np.full((size.height, size.width, 3), GREY, np.uint8))


def plan_of_door(mark: Mask, intent: str, engine: Engine) -> Plan:
    """The plan of the verb `inpaint` for this mask, as for the page, REST and the command line."""
    backend = RecordingBackend(lambda: engine, DetectorRegistry(offline=True), sampling=Sampling())
    service = ApiService(backend)
    encoded = cv2.imencode(".png", mark.alpha, [cv2.IMWRITE_PNG_COMPRESSION, 1])[1]
    body = {
        "image_id": service.pictures.put(_flat_kept(mark.size)),
        "mask": base64.b64encode(encoded.tobytes()).decode("ascii"),
        "intent": intent,
        "prompt": "as before",
        "seed": 1,
        "answer": "patches",
    }
    service.answer("inpaint", body)
    (made,) = backend.plans
    return made


@functools.lru_cache(maxsize=1)
def _flat_kept(size: Size) -> Picture:
    return flat(size)


@dataclass(frozen=True)
class FrozenReach:
    """Pixels that masks and crop reached beyond a region under the two-mask rule of commit f540717."""

    grow: int
    blur: int
    wider: int
    padding: int

    @classmethod
    def of(cls, box: Box, strength: float, grown: float) -> FrozenReach:
        """The reach for a bounding box, by the root of its area.

        `grown` is the intent's share of growth, 0 for the default of 5 %.
        """
        side = box.area**0.5
        grow = max(6, round(side * grown)) if grown else max(2, round(side * 0.05))
        padding = round(side * (0.3 + 0.5 * strength))
        return cls(grow, max(2, round(side * 0.08)), max(2, round(side * 0.04)), padding)

    @property
    def masks(self) -> int:
        return self.grow + self.blur + self.wider


GROWN = {"remove": 0.08}
"""Shares of the side by which intents grew the mask at commit f540717."""


def plan_before(mark: Mask, intent: str, engine: Engine) -> Plan:
    """The rule of commit f540717: one region, growth 5 %, fade 8 %, denoise 4 % more.

    Its crop is the box with a context of 0.3 + 0.5 times the denoising strength of the side.
    """
    box = mark.bounds
    if box is None:
        return Plan()
    how = INTENTS[intent].how
    reach = FrozenReach.of(box, how.denoising_strength, GROWN.get(intent, 0.0))
    needed = box.grown(max(reach.padding, reach.masks)) & mark.size.box
    frame = frame_around(needed, mark.size, engine.native(""))
    window = box.grown(reach.masks + 2) & frame.crop
    composite = feathered(grown(mark.alpha[window.slices] > 127, reach.grow), reach.blur)
    denoise = feathered(composite > 0, reach.wider)
    inside = frame.crop.relative_to(window)
    return Plan((_step(how, box, frame, Mask(denoise).crop(inside), Mask(composite).crop(inside)),))


def grown(solid: np.ndarray, pixels: int) -> np.ndarray:
    """(height, width) bool: every pixel within `pixels` of a True pixel of `solid`."""
    return _distance(solid) < (pixels * pixels + 0.5) ** 0.5


def feathered(solid: np.ndarray, pixels: int) -> np.ndarray:
    """uint8 alpha: 255 where `solid`, then a smoothstep to 0 at a distance of `pixels` + 1."""
    ramp = np.clip(1 - _distance(solid) / (pixels + 1), 0, 1)
    return np.rint(ramp * ramp * (3 - 2 * ramp) * 255).astype(np.uint8)


def _distance(solid: np.ndarray) -> np.ndarray:
    return cv2.distanceTransform((~solid).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)


def plan_webui(mark: Mask, intent: str, engine: Engine) -> Plan:
    """The WebUI's "only masked": mask blur 4, padding 32, one crop in the aspect of the native size."""
    blurred = Mask(cv2.GaussianBlur(mark.alpha, (2 * WEBUI_REACH + 1,) * 2, WEBUI_BLUR))
    box = blurred.bounds
    if box is None:
        return Plan()
    native = engine.native("")
    crop = _at_aspect(box.grown(WEBUI_PADDING) & mark.size.box, native, mark.size)
    frame, composite = Frame(crop, native), blurred.crop(crop)
    return Plan((_step(INTENTS[intent].how, box, frame, _cells(composite, native), composite),))


def _at_aspect(box: Box, native: Size, canvas: Size) -> Box:
    """The box widened to the aspect of `native` and moved into the canvas.

    It is cut if the canvas is smaller.
    """
    width = max(box.width, int(box.height * native.aspect))
    height = max(box.height, int(box.width / native.aspect))
    return Box.around(box.center, Size(width, height)).inside(canvas)


def _cells(composite: Mask, native: Size) -> Mask:
    """The mask at latent size, rounded to 0 or 1, scaled to the crop: the area that the WebUI denoises."""
    cells = Size(native.width // CELL, native.height // CELL)
    shares = cv2.resize(composite.alpha / np.float32(255), cells, interpolation=cv2.INTER_AREA)
    return Mask.where(cv2.resize(np.rint(shares), composite.size, interpolation=cv2.INTER_NEAREST) > 0)


def _step(how: Pass, box: Box, frame: Frame, denoise: Mask, composite: Mask) -> Step:
    """A step of this checkout's type with the frame and the masks of another rule."""
    return dataclasses.replace(_template(how), box=box, frame=frame, denoise=denoise, composite=composite)


@functools.cache
def _template(how: Pass) -> Step:
    size = Size(64, 64)
    made = plan_pass(size, [Region.of_box(Box(16, 16, 48, 48))], PassWork(0, how), Generation(seed=1), size)
    return made.steps[0]


RULES: dict[str, Rule] = {NOW: plan_of_door, BEFORE: plan_before, WEBUI: plan_webui}
