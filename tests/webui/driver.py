"""A stand-in WebUI with Retouch and other extensions loaded, driven as by its page and its API."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np
import torch
from modules import (
    call_queue,
    loaded,
    paths_internal,
    processing,
    progress,
    script_callbacks,
    scripts,
    sd_vae,
    shared,
    trace,
)
from PIL import Image

from retouch.detectors.registry import ModelInfo
from retouch.errors import Missing
from retouch.image.codec.decoder import from_pil
from retouch.image.geometry import Box
from retouch.image.picture import Picture
from retouch.recipes.infotext import WARNINGS
from retouch.segmenters.registry import SegmenterInfo
from retouch.testing import FakeDetector
from tests.stand import Pointer
from tests.webui.dialect import FORGE

ROOT = Path(__file__).parents[2]
NEIGHBOURS = Path(__file__).parent / "neighbours"
LEFT, RIGHT = Box(64, 64, 128, 128), Box(320, 64, 384, 128)
"""Two regions far apart in a picture of 512 x 512 pixels."""
FACES = {"enabled": True, "recipe": "Face polish"}


def recipe(*passes: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """An API request with a recipe of these passes. A pass detects faces unless it has another target."""
    written = [{"target": {"models": ["face"], "order": "left to right"}, **p} for p in passes]
    return {"enabled": True, "recipe": {"name": "Test", "passes": written}, **fields}


@dataclass
class Detectors:
    """Replaces the registry: `face` and `hand` are fake detectors."""

    faces: FakeDetector = field(default_factory=lambda: FakeDetector((LEFT, RIGHT)))
    hands: FakeDetector = field(default_factory=lambda: FakeDetector((), label="hand"))
    unloaded: int = 0

    def get(self, name: str) -> FakeDetector:
        known = {"face": self.faces, "hand": self.hands}
        if name not in known:
            raise Missing(f"no detector is called {name!r}.", hint="Known: face, hand.")
        return known[name]

    def available(self) -> tuple[ModelInfo, ...]:
        return tuple(ModelInfo(name, "boxes", True) for name in ("face", "hand"))

    def unload(self) -> None:
        self.unloaded += 1


@dataclass
class Segmenters:
    """Replaces the registry. Its only segmenter records its prompts."""

    pointer: Pointer = field(default_factory=Pointer)
    released: int = 0

    def get(self, name: str) -> Pointer:
        return self.pointer

    def available(self) -> tuple[SegmenterInfo, ...]:
        return (SegmenterInfo("pointer", "square", True),)

    def release(self) -> None:
        self.released += 1


@dataclass
class Run:
    """One finished job."""

    p: Any
    processed: Any

    @property
    def pictures(self) -> list[Picture]:
        return [from_pil(image) for image in self.processed.images]

    @property
    def infotexts(self) -> list[str]:
        return self.processed.infotexts

    @property
    def warnings(self) -> str:
        return str(self.processed.extra_generation_params.get(WARNINGS) or "")


@dataclass(repr=False)
class WebUI:
    """The stand-in WebUI. `detectors` are new for every test; the page is built once."""

    detectors: Detectors = field(default_factory=Detectors)
    segmenters: Segmenters = field(default_factory=Segmenters)
    page: Any = None
    enabled: set[str] = field(default_factory=set)
    """Titles of the other extensions whose checkbox is on."""
    sent: dict[str, list[Any]] = field(default_factory=dict)
    """Arguments of other scripts by title, as `alwayson_scripts` has them: the first ones, or all."""

    def start(self) -> None:
        """Load scripts and build the page, as a start and as "Reload UI" do."""
        scripts.load_scripts(NEIGHBOURS, ROOT)
        script_callbacks.ui_settings_callback()
        script_callbacks.before_ui_callback()
        self.build()

    def build(self) -> None:
        """Build the page of the loaded scripts."""
        with gr.Blocks() as self.page:
            for is_img2img in (False, True):
                runner = self.runner(is_img2img)
                runner.initialize_scripts(is_img2img)
                runner.setup_ui()

    def reset(self) -> None:
        """Reset everything but the page to the state after start-up."""
        shared.reset()
        loaded.start()
        script_callbacks.ui_settings_callback()
        progress.pending_tasks.clear()
        progress.finished_tasks.clear()
        Path(paths_internal.data_path, "params.txt").unlink(missing_ok=True)
        processing.StableDiffusionProcessing.cached_c[:] = [None, None]
        self.detectors = Detectors()
        self.segmenters = Segmenters()
        self.enabled, self.sent = set(), {}
        trace.clear()

    @staticmethod
    def runner(is_img2img: bool) -> Any:
        return scripts.scripts_img2img if is_img2img else scripts.scripts_txt2img

    def script(self, is_img2img: bool = False) -> Any:
        found = self.runner(is_img2img).scripts
        return next(s for s in found if type(s).__name__ == "RetouchScript")

    def values(self, is_img2img: bool = False, **changes: Any) -> list[Any]:
        """The values of the page's widgets. `changes` are keyed by the end of an elem_id.

        `enable=True` opens the accordion.
        """
        script = self.script(is_img2img)
        prefix = script.elem_id("")
        names = [c.elem_id.removeprefix(prefix).removesuffix("-checkbox") for c in script.controls]
        unknown = set(changes) - set(names)
        assert not unknown, f"no widget is called {unknown}: {names}"
        return [changes.get(n, c.value) for n, c in zip(names, script.controls, strict=True)]

    def args(self, is_img2img: bool, retouch: Any) -> tuple[Any, ...]:
        """The arguments of every script.

        `retouch`: widget values, an API request, or None for the page's values.
        """
        runner, script = self.runner(is_img2img), self.script(is_img2img)
        args = [getattr(c, "value", None) for c in runner.inputs]
        given = [retouch] if isinstance(retouch, dict) else list(retouch or [])
        args[script.args_from : script.args_from + len(given)] = given
        for other in runner.scripts:
            if other.title() in self.enabled:
                args[other.args_from] = True
            sent = self.sent.get(other.title(), [])[: other.args_to - other.args_from]
            args[other.args_from : other.args_from + len(sent)] = sent
        return tuple(args)

    def txt2img(self, retouch: Any = None, **fields: Any) -> Run:
        return self.run(processing.StableDiffusionProcessingTxt2Img(**{**_COMMON, **fields}), retouch)

    def img2img(self, retouch: Any = None, image: Image.Image | None = None, **fields: Any) -> Run:
        torch.manual_seed(0)  # the WebUI's VAE would encode the same picture slightly differently each time
        said = {**_COMMON, "init_images": [image or photo()], "denoising_strength": 0.5, **fields}
        return self.run(processing.StableDiffusionProcessingImg2Img(**said), retouch)

    def run(self, p: Any, retouch: Any = None) -> Run:
        """Run a job as the Generate button does: queue, state, job."""
        with self.generating(), contextlib.closing(p):
            self.prepare(p, retouch)
            return Run(p, processing.process_images(p))

    def prepare(self, p: Any, retouch: Any) -> None:
        is_img2img = isinstance(p, processing.StableDiffusionProcessingImg2Img)
        p.scripts, p.script_args = self.runner(is_img2img), self.args(is_img2img, retouch)

    @contextlib.contextmanager
    def generating(self) -> Iterator[None]:
        with call_queue.queue_lock:
            shared.state.begin(job="task(test)")
            try:
                yield
            finally:
                shared.state.end()


def vae_override(name: str) -> dict[str, Any]:
    """The override setting of a job that loads this VAE."""
    return {"forge_additional_modules": [sd_vae.vae_dict[name]]} if FORGE else {"sd_vae": name}


_COMMON = {
    "prompt": "a portrait",
    "negative_prompt": "blurry",
    "seed": 100,
    "subseed": 7,
    "sampler_name": "Euler a",
    "outpath_samples": "out",
}


def photo(width: int = 512, height: int = 512, seed: int = 0) -> Image.Image:
    """Noise (height, width, 3) uint8: any pixel that moves is visible."""
    random = np.random.default_rng(seed)
    return Image.fromarray(random.integers(0, 256, (height, width, 3), np.uint8))


def mask_of(*boxes: Box, size: tuple[int, int] = (512, 512)) -> Image.Image:
    alpha = np.zeros(size[::-1], np.uint8)
    for box in boxes:
        alpha[box.slices] = 255
    return Image.fromarray(alpha)


def inner() -> list[dict[str, Any]]:
    """The sampling calls of Retouch."""
    return [said for said in trace.of("sampling") if said["inner"]]


def outer() -> list[dict[str, Any]]:
    return [said for said in trace.of("sampling") if not said["inner"]]


def expected_errors() -> list[dict[str, Any]]:
    """Remove and return the logged errors, so that the check at the end of the test does not fail on them."""
    found = trace.of("error")
    trace.events[:] = [event for event in trace.events if event[0] != "error"]
    return found


def changed(before: Picture | Image.Image, after: Picture | Image.Image) -> np.ndarray:
    """(height, width) bool: True where any channel differs."""
    one, two = (np.asarray(x if isinstance(x, Image.Image) else x.pixels, int) for x in (before, after))
    return (one != two).any(2)


def only_in(mask: np.ndarray, boxes: Sequence[Box], reach: int) -> bool:
    """True if nothing changed outside the boxes grown by `reach` pixels, and a pixel changed in each box."""
    rest = mask.copy()
    for box in boxes:
        grown = box.grown(reach) & Box(0, 0, mask.shape[1], mask.shape[0])
        if not mask[box.slices].any():
            return False
        rest[grown.slices] = False
    return not rest.any()
