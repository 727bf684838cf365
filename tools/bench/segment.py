"""Figures of issue 5: cost of a click, time and memory of "everything", quality of clicks.

All are ratios or counts within one run. The full-size vit_b has random weights, which cost the same as
trained ones. Quality and "everything" are measured with the tiny model of the test data.
"""

from __future__ import annotations

import argparse
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from retouch.image.geometry import Box, Size
from retouch.image.mask import Mask
from retouch.image.matting import refine_edge
from retouch.image.picture import Picture
from retouch.segmenters.base import Click, Prompt
from retouch.segmenters.sam.everything import Grid
from retouch.segmenters.sam.segmenter import Sam
from tools.bench import clicks
from tools.bench.clicks import overlap
from tools.bench.figures import Figure

TINY = Path("tests/data/tiny_sam.pt")
LOOSE = Grid(side=8, batch=16, quality=0.6, stability=0.7)
"""The tiny model is never as sure of itself as the large ones."""
FEW = Grid(side=4, batch=4, quality=-1.0, stability=0.0)
"""For weights that are random: no mask is any good, all are kept until they are told apart."""
SAME = 0.95
UHD, LARGE = Size(3840, 2160), Size(6720, 4480)


def measure(args: argparse.Namespace) -> list[Figure]:
    figures = [*_edges(args.rounds), *_clicks_cost(args.rounds)]
    if TINY.is_file():
        figures += [*_everything(), *_memory(), *clicks.quality(_segmenter(TINY))]
    return figures


def _photograph(size: Size) -> Picture:
    from skimage import data

    return Picture(cv2.resize(data.coffee(), size, interpolation=cv2.INTER_CUBIC))


def _segmenter(path: Path, grid: Grid | None = None) -> Sam:
    return Sam(path, lambda file: file, lambda: "cpu", lambda: None, grid)


def _timed(work: Callable[[], Any], clock: Callable[[], float] = time.perf_counter) -> float:
    start = clock()
    work()
    return clock() - start


def _edges(rounds: int) -> list[Figure]:
    picture, mask = _photograph(UHD), Mask.of_ellipse(UHD, Box(900, 400, 2700, 1700))
    grown = min(_timed(lambda: mask.grown(100)) for _ in range(rounds))
    snapped = min(_timed(lambda: refine_edge(picture, mask, 12)) for _ in range(rounds))
    return [
        Figure.at_most("grow a 4K mask by 100 px", grown, "s", 0.1),
        Figure.at_most("snap a 4K mask to its edges", snapped, "s", 0.5),
    ]


def _clicks_cost(rounds: int) -> list[Figure]:
    """Bare encoder, first click and further click of vit_b, in turn."""
    picture = _photograph(Size(1024, 683))
    with tempfile.TemporaryDirectory() as folder:
        sam = _segmenter(_random_vit_b(Path(folder)), FEW)
        _ = sam.net
        turns = [_turn(sam, _shifted(picture, turn)) for turn in range(rounds)]
        large = _everything_large(sam, picture)
    bare, first, further = (min(times) for times in zip(*turns, strict=True))
    return [
        Figure.at_most("first click / bare encoder, vit_b", first / bare, "x", 1.05),
        Figure.at_most("further click / bare encoder, vit_b", further / bare, "x", 1 / 50, "<= 1/50"),
        *large,
    ]


def _turn(sam: Sam, picture: Picture) -> tuple[float, float, float]:
    """CPU seconds of the bare encoder, a first click, and the fastest of three further clicks.

    Wall time is not used: half a minute on a busy machine is too noisy.
    """
    click = Prompt((Click(500, 330),))
    again = Prompt((*click.clicks, Click(600, 400, False)))
    bare = _timed(lambda: _bare(sam, picture), time.process_time)
    first = _timed(lambda: sam.segment(picture, click), time.process_time)
    memory = sam.segment(picture, click).memory
    further = [_timed(lambda: sam.segment(picture, again, memory), time.process_time) for _ in range(3)]
    return bare, first, min(further)


def _shifted(picture: Picture, by: int) -> Picture:
    """A shifted picture, which every cache treats as a new one."""
    return Picture(np.roll(picture.pixels, by + 1, axis=1))


def _bare(sam: Sam, picture: Picture) -> None:
    """Compute the embedding with the package's own predictor."""
    import torch
    from segment_anything.utils.transforms import ResizeLongestSide

    module = sam.net.module
    image = ResizeLongestSide(sam.net.side).apply_image(picture.pixels)
    with torch.no_grad():
        tensor = torch.as_tensor(image).permute(2, 0, 1)[None].float()
        module.image_encoder(module.preprocess(tensor))


def _random_vit_b(folder: Path) -> Path:
    import torch
    from segment_anything import sam_model_registry

    path = folder / "vit_b.pth"
    torch.manual_seed(0)
    torch.save(sam_model_registry["vit_b"]().state_dict(), path)
    return path


def _generator(sam: Sam, grid: Grid) -> Any:
    from segment_anything import SamAutomaticMaskGenerator

    return SamAutomaticMaskGenerator(
        sam.net.module,
        points_per_side=grid.side,
        points_per_batch=grid.batch,
        pred_iou_thresh=grid.quality,
        stability_score_thresh=grid.stability,
        stability_score_offset=grid.offset,
        box_nms_thresh=grid.apart,
    )


def _everything() -> list[Figure]:
    """Time at equal settings, and whether the masks are equal. Both times include the encoder.

    One scene runs through both before, untimed, so that one-time work of the process does not count.
    """
    sam, ours, theirs = _segmenter(TINY, LOOSE), 0.0, 0.0
    matched: list[bool] = []
    extra = 0
    for seed in range(-1, 8):
        picture = _scene(seed + 1, Size(1024, 800))
        start = time.process_time()
        found = sam.everything(picture)
        between = time.process_time()
        wanted = [one["segmentation"] for one in _generator(sam, LOOSE).generate(picture.pixels)]
        if seed >= 0:
            ours, theirs = ours + between - start, theirs + time.process_time() - between
            matched += _matched(wanted, [region.mask(picture.size).solid for region in found])
            extra += len(found) - len(wanted)
    return [
        Figure.at_most("everything / SamAutomaticMaskGenerator, tiny", ours / theirs, "x", 0.8),
        Figure.at_least("its masks found again (IoU 0.95)", float(np.mean(matched)), "share", 0.95),
        Figure.at_least("masks compared", len(matched), "masks", 20),
        Figure.exactly("masks more or fewer than it finds", extra, "masks", 0),
    ]


def _matched(wanted: list[np.ndarray], found: list[np.ndarray]) -> list[bool]:
    return [max((overlap(mask, other) for other in found), default=0.0) >= SAME for mask in wanted]


def _everything_large(sam: Sam, picture: Picture) -> list[Figure]:
    """vit_b on a picture that is already encoded, which the package encodes again.

    The time without the package's encoding is measured as well.
    """
    encoding = _timed(lambda: sam.prepare(picture), time.process_time)
    ours = _timed(lambda: sam.everything(picture), time.process_time)
    theirs = _timed(lambda: _generator(sam, FEW).generate(picture.pixels), time.process_time)
    bare = ours / max(theirs - encoding, 1e-9)
    return [
        Figure.at_most("everything on an open picture, vit_b", ours / theirs, "x", 0.8),
        Figure.at_most("the same, no encoding counted", bare, "x", 0.8),
    ]


def _scene(seed: int, size: Size) -> Picture:
    from tools.tiny_sam.figures import UNSEEN
    from tools.tiny_sam.scenes import scene

    return Picture(cv2.resize(scene(seed, UNSEEN).pixels, size, interpolation=cv2.INTER_CUBIC))


def _memory() -> list[Figure]:
    """Peak memory beyond the model on 30 megapixels, at equal settings.

    Few points are used, because the package would need too much memory for many. Each runs in a new process,
    because memory that was used and released before would hide the peak.
    """
    (ours, found), (theirs, wanted) = _alone(False), _alone(True)
    return [
        Figure.at_most("everything on 30 megapixels, beyond the model", ours / 2**30, "GiB", 1.0),
        Figure.at_most("of what SamAutomaticMaskGenerator takes", ours / theirs, "x", 0.1),
        Figure.at_least("masks it finds there, and the package", min(found, wanted), "masks", 3),
    ]


def _alone(package: bool) -> tuple[float, int]:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        return process.submit(_peak, package).result()


def _peak(package: bool) -> tuple[float, int]:
    """(peak growth of the process in bytes while it ran, number of masks found)."""
    sam, picture = _segmenter(TINY, Grid(side=2, batch=4, quality=0.0, stability=0.0)), _scene(2, LARGE)
    generator = _generator(sam, Grid(side=2, batch=4, quality=0.0, stability=0.0))
    done, before, most = threading.Event(), _resident(), [0]

    def watch() -> None:
        while not done.wait(0.005):
            most[0] = max(most[0], _resident())

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        found = generator.generate(picture.pixels) if package else sam.everything(picture)
    finally:
        done.set()
        watcher.join()
    return float(most[0] - before), len(found)


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096
