"""A segmenter of SAM's family: a picture is encoded once, and each prompt then costs one decoding."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from retouch.errors import RetouchError, WeightsRefused, convert_errors, ran_out_of_memory
from retouch.image.geometry import Box, Size
from retouch.image.picture import Picture
from retouch.image.region import Region
from retouch.segmenters.base import Prompt, Segmentation
from retouch.segmenters.candidates import order_candidates
from retouch.segmenters.compute_once import ComputeOnce
from retouch.segmenters.prompt_checks import check_prompt
from retouch.segmenters.sam import everything, networks
from retouch.segmenters.sam.correction import correct_mask
from retouch.segmenters.sam.decoder import Features
from retouch.segmenters.sam.everything import Grid
from retouch.segmenters.sam.mask_candidates import MaskCandidate, best_first, decoder_input, guesses
from retouch.segmenters.sam.networks import SamNetwork
from retouch.segmenters.sam.square_input import SquareInput
from retouch.segmenters.sam.zoom import better_of, zoom_crop

T = TypeVar("T")
LOOKS = 12
"""Pictures and crops whose features are kept: 4 MiB each, 16 for SAM 2."""


@dataclass(frozen=True, eq=False)
class GuessMemory:
    """The best mask of the last prompt on the picture of this digest."""

    digest: str
    guess: MaskCandidate


class Sam:
    """A Segmenter for one file, loaded at the first picture and kept until `release`."""

    def __init__(
        self,
        path: Path,
        fetch: Callable[[Path], Path],
        device: Callable[[], str],
        tidy: Callable[[], None],
        grid: Grid | None = None,
    ) -> None:
        """`fetch` downloads the file if needed, `device` returns the device to load it on, and `tidy` frees
        other models."""
        self.name, self._path, self._fetch = path.name, path, fetch
        self._device, self._tidy, self._grid = device, tidy, grid or Grid()
        self._lock = threading.RLock()
        self._net: SamNetwork | None = None
        self._looks: ComputeOnce[Features] = ComputeOnce(LOOKS)

    @property
    def net(self) -> SamNetwork:
        """The model, loaded if it is not."""
        return self._ready(None)

    def prepare(self, picture: Picture) -> None:
        self._with(lambda net: self._look(net, picture, picture.size.box))

    def segment(self, picture: Picture, prompt: Prompt, memory: Any = None) -> Segmentation:
        """Masks for clicks and a box; `TextSegmenter` takes words. Raises Missing, WeightsRefused,
        OutOfMemory."""
        checked = check_prompt(prompt, picture.size)
        before = memory.guess if isinstance(memory, GuessMemory) and memory.digest == picture.digest else None
        candidates = self._with(lambda net: self._guesses(net, picture, checked, before))
        pairs = [(guess.region, guess) for guess in candidates]
        found = order_candidates([region for region, _ in pairs if region], checked.clicks)
        best = next((guess for region, guess in pairs if region is found.best), candidates[0])
        return replace(found, memory=GuessMemory(picture.digest, best))

    def everything(self, picture: Picture) -> tuple[Region, ...]:
        def all_of(net: SamNetwork) -> tuple[Region, ...]:
            look, fit = self._look(net, picture, picture.size.box)
            return everything.find_everything(fit, lambda ask: net.decode(look, ask), self._grid)

        return self._with(all_of)

    def release(self) -> None:
        """Free the model once no prompt uses it; the next prompt loads it again.

        The features of pictures stay on the CPU.
        """
        with self._lock:
            self._net = None

    def _guesses(
        self, net: SamNetwork, picture: Picture, prompt: Prompt, before: MaskCandidate | None
    ) -> list[MaskCandidate]:
        """The candidates, best first: corrected versions of the mask before, new masks, and the mask
        before."""
        crop = _view(picture.size, prompt, before)
        look, fit = self._look(net, picture, crop)
        answer = net.decode(look, decoder_input(fit, prompt, before))
        candidates = guesses(fit, answer, prompt)
        if before is not None:
            corrected = [correct_mask(guess, answer.logits, before, prompt.clicks) for guess in candidates]
            candidates = [*corrected, *candidates, before]
        ordered = best_first(candidates, prompt.clicks)
        if not prompt.fine or crop != picture.size.box:
            return ordered
        return self._closer(net, picture, prompt, ordered)

    def _closer(
        self, net: SamNetwork, picture: Picture, prompt: Prompt, found: list[MaskCandidate]
    ) -> list[MaskCandidate]:
        """A second pass on a thing that is small in a large picture, for a finer outline."""
        box = found[0].box
        crop = box and zoom_crop(box, picture.size, net.side)
        if crop is None or box is None:
            return found
        look, fit = self._look(net, picture, crop)
        ask = decoder_input(fit, replace(prompt, box=box), found[0])
        answer = net.decode(look, replace(ask, levels=(0,)))
        finer = MaskCandidate(fit, answer.logits[0], found[0].score)
        return [better_of(finer, found[0], prompt.clicks), *found[1:]]

    def _look(self, net: SamNetwork, picture: Picture, crop: Box) -> tuple[Features, SquareInput]:
        fit = SquareInput.of(crop, net.side, net.stretch)
        key = picture.digest, crop
        return self._looks.get(key, lambda: net.encode(fit.image(picture.pixels))), fit

    def _with(self, work: Callable[[SamNetwork], T]) -> T:
        """The result of `work` on the model. When a GPU runs out of memory, all models are freed and the CPU
        is used."""
        with convert_errors(self._unfit):
            try:
                return work(self._ready(None))
            except Exception as error:
                if not ran_out_of_memory(error) or self._device() == "cpu":
                    raise
            self.release()
            self._tidy()
            return work(self._ready("cpu"))

    def _unfit(self, cause: str) -> RetouchError:
        fault = f"{self.name} does not run here ({cause})."
        return WeightsRefused(fault, hint="Take another segmenter, or another version of its library.")

    def _ready(self, device: str | None) -> SamNetwork:
        with self._lock:
            if self._net is None:
                self._net = networks.load(self._fetch(self._path), device or self._device())
            return self._net


def _view(canvas: Size, prompt: Prompt, before: MaskCandidate | None) -> Box:
    """The crop to encode: that of the last mask if all clicks and the box lie in it, else the whole
    picture."""
    if before is None:
        return canvas.box
    crop = before.fit.crop
    points = [Box(click.x, click.y, click.x + 1, click.y + 1) for click in prompt.clicks]
    boxes: Sequence[Box] = [*points, *([prompt.box] if prompt.box else [])]
    return crop if all(crop.contains(box) for box in boxes) else canvas.box
