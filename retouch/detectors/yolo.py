"""YOLO models: boxes and instance masks, from checkpoints that are read without executing code in them.

ultralytics supplies the model classes. Letterboxing, decoding, suppression and masks are done here: its
predictor chooses a device by itself, writes settings, and ignores the padding when it scales masks. The
output of the networks has been the same since version 8.0.
"""

from __future__ import annotations

import contextlib
import math
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from retouch.detectors import yolo_checkpoint
from retouch.detectors.letterbox import Letterbox
from retouch.detectors.tiling import by_score, search, wanted_labels
from retouch.errors import OutOfMemory, RetouchError, convert_errors, ran_out_of_memory
from retouch.image.geometry import Box, Size
from retouch.image.mask import Mask
from retouch.image.picture import Picture
from retouch.image.region import Region

IOU = 0.5
MOST = 300
"""Most regions of one view; a crowd has fewer faces."""
CANDIDATES = 3000

Embed = Callable[[Any, Sequence[str]], Any]
"""(model, class names) -> (1, names, width) embeddings for an open-vocabulary model."""


class Yolo:
    """A Detector for one checkpoint: loaded at the first find, kept until `unload`."""

    def __init__(
        self,
        path: Path,
        fetch: Callable[[Path], Path],
        device: Callable[[], str],
        embed: Embed,
        tidy: Callable[[], None],
    ) -> None:
        """`fetch` downloads the file if needed, and `device` returns the device when the model is loaded.
        `embed` makes embeddings of class names, and `tidy` frees other models."""
        self.name, self._path, self._fetch = path.name, path, fetch
        self._device, self._embed, self._tidy = device, embed, tidy
        self._lock = threading.RLock()
        self._net: Net | None = None

    def find(self, picture: Picture, confidence: float, classes: tuple[str, ...] = ()) -> tuple[Region, ...]:
        """Regions of `classes` with a score of at least `confidence`, 0..1, best first.

        Large pictures are also searched in overlapping tiles. An open-vocabulary model searches for any
        `classes`. When a GPU runs out of memory, all models are freed and the search is repeated once on the
        CPU. Raises Missing; WeightsRefused, which names the versions when file and ultralytics do not match;
        BadInput for a class that the model does not know; OutOfMemory.
        """
        with self._lock:
            path = self._path if self._net else self._fetch(self._path)
            with convert_errors(lambda cause: yolo_checkpoint.unfit(path, cause)):
                try:
                    return self._find(path, picture, confidence, classes)
                except Exception as error:
                    if isinstance(error, RetouchError) or not ran_out_of_memory(error):
                        raise
                self._net = None
                self._tidy()
                self._net = Net.load(path, "cpu")
                return self._find(path, picture, confidence, classes)

    def _find(
        self, path: Path, picture: Picture, confidence: float, classes: tuple[str, ...]
    ) -> tuple[Region, ...]:
        net = self._net = self._net or Net.load(path, self._device())
        net.speak(classes, self._embed)
        labels = wanted_labels(classes, tuple(net.names), self.name)
        numbers = [number for number, label in enumerate(net.names) if label in labels]
        regions = search(picture.pixels, lambda crop: net.look(crop, confidence, numbers), 2 * net.side)
        return by_score(regions)

    @property
    def labels(self) -> tuple[str, ...]:
        """The classes of the loaded model, () before it is loaded."""
        return tuple(self._net.names) if self._net else ()

    def unload(self) -> None:
        """Free the model unless another thread uses it; the next `find` loads it again."""
        if self._lock.acquire(blocking=False):
            self._net = None
            self._lock.release()
        free_cache()


def free_cache() -> None:
    """Return the memory that torch caches to the GPU. Imports nothing."""
    import sys

    torch = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_available() and torch.cuda.is_initialized():
        torch.cuda.empty_cache()


@dataclass
class Net:
    """A network on its device. `names` are its labels by class number, `side` is the input's longest side in
    pixels."""

    module: Any
    names: tuple[str, ...]
    side: int
    device: str
    open_vocabulary: bool
    file: str = ""

    @classmethod
    def load(cls, path: Path, device: str) -> Net:
        """The network of a checkpoint. Raises Missing without ultralytics or the file, WeightsRefused for no
        detector."""
        module = yolo_checkpoint.read_module(path)
        names = module.names
        labels = tuple(
            str(names[n]) for n in (sorted(names) if isinstance(names, dict) else range(len(names)))
        )
        kind = type(module).__name__
        fusing = getattr(module, "fuse", None)
        if fusing and kind not in ("YOLOEModel", "YOLOESegModel"):  # these fuse their prompts in as well
            fusing(verbose=False)
        yolo_checkpoint.prepare_head(module.model[-1])
        with _memory(device):
            module.to(device)
        open_vocabulary = kind in ("WorldModel", "YOLOEModel", "YOLOESegModel")
        return cls(module, labels, yolo_checkpoint.input_side(module), device, open_vocabulary, path.name)

    def speak(self, classes: Sequence[str], embed: Embed) -> None:
        """Make an open-vocabulary network search for `classes`, unless it already does."""
        known = {name.casefold() for name in self.names}
        words = tuple(dict.fromkeys(word.strip() for word in classes if word.strip()))
        if not self.open_vocabulary or all(word.casefold() in known for word in words):
            return
        embeddings = embed(self.module, words).to(self.device)
        if hasattr(self.module, "txt_feats"):
            self.module.txt_feats = embeddings
        else:
            self.module.pe = embeddings
        self.module.model[-1].nc = len(words)
        self.module.names = dict(enumerate(words))
        self.names = words

    def look(self, pixels: np.ndarray, confidence: float, numbers: Sequence[int]) -> list[Region]:
        """Regions of the classes `numbers` with a score of at least `confidence` in (height, width, 3) uint8
        RGB."""
        canvas = Size(pixels.shape[1], pixels.shape[0])
        fitted = Letterbox.fit(canvas, self.side)
        rows, prototypes = self._run(fitted.image(pixels))
        best = self._suppress(rows, confidence, numbers)
        regions = (self._region(row, prototypes, fitted) for row in best)
        return [region for region in regions if region]

    def _run(self, image: np.ndarray) -> tuple[Any, Any]:
        """(rows, prototypes) for a (height, width, 3) uint8 RGB input.

        Rows are (n, 4 + classes + k), or (n, 6 + k) for an end-to-end head. Prototypes are (k, height, width)
        or None.
        """
        import torch

        tensor = torch.from_numpy(image.transpose(2, 0, 1).copy()).to(self.device).float()[None] / 255
        kind = torch.device(self.device).type
        if self._end_to_end and hasattr(self._head, "stride"):
            # The head takes this many of its cells, and fails if it has fewer.
            self._head.max_det = min(MOST, _cells(self._head, tensor.shape[2:]))
        with torch.inference_mode(), torch.autocast(kind, enabled=False), _memory(self.device):
            out = self.module(tensor)
            parts = [
                part for part in (out if isinstance(out, (tuple, list)) else [out]) if torch.is_tensor(part)
            ]
            rows, prototypes = parts[0][0].float(), parts[1][0].float() if len(parts) > 1 else None
        rows = rows if self._end_to_end else rows.T
        self._check(rows, prototypes)
        return rows, prototypes

    def _check(self, rows: Any, prototypes: Any) -> None:
        """Raise WeightsRefused unless the output has the shapes of a head for boxes or outlines."""
        columns = 6 if self._end_to_end else 4 + len(self.names)
        if prototypes is not None:
            columns += len(prototypes)
        kind = type(self._head).__name__
        flat = prototypes is None or prototypes.ndim == 3
        if not (flat and rows.ndim == 2 and (rows.shape[1] == columns or "Pose" in kind)):
            raise yolo_checkpoint.unknown_head(self.file, kind)

    @property
    def _head(self) -> Any:
        return self.module.model[-1]

    @property
    def _end_to_end(self) -> bool:
        return bool(getattr(self._head, "end2end", False))

    def _suppress(self, rows: Any, confidence: float, numbers: Sequence[int]) -> Any:
        """(n, 6 + k): left, top, right, bottom in input pixels, score, class, mask coefficients; best
        first."""
        import torch
        from torchvision.ops import batched_nms

        rows = rows if self._end_to_end else _corners(rows, len(self.names))
        wanted = torch.isin(rows[:, 5].long(), torch.tensor(list(numbers), device=rows.device))
        rows = rows[(rows[:, 4] >= confidence) & wanted]
        rows = rows[rows[:, 4].argsort(descending=True, stable=True)][:CANDIDATES]
        keep = batched_nms(rows[:, :4], rows[:, 4], rows[:, 5].long(), IOU)[:MOST]
        return rows[keep].cpu()

    def _region(self, row: Any, prototypes: Any, fitted: Letterbox) -> Region | None:
        corners = fitted.to_canvas(row[:4].numpy().reshape(2, 2).astype(float))
        box = Box.covering(*np.round(corners, 3).ravel()) & fitted.canvas.box
        if box.empty:
            return None
        label, score = self.names[int(row[5])], float(row[4])
        shape = _box_shape(box, label)
        if prototypes is not None:
            weights = row[6 : 6 + len(prototypes)].to(prototypes.device)
            logits = (weights @ prototypes.flatten(1)).reshape(prototypes.shape[1:])
            shape = fitted.mask(logits.cpu().numpy(), box)
        return None if shape.empty else Region(box, shape, label, score)


def _box_shape(box: Box, label: str) -> Mask:
    """The shape of a thing without a mask: for a face an ellipse slightly larger than inscribed, else its
    box."""
    if "face" in label.casefold():
        return Mask.of_ellipse(box.size, box.size.box.grown(round(0.04 * max(box.size))))
    return Mask.full(box.size)


def _cells(head: Any, shape: Sequence[int]) -> int:
    """The number of cells of a head for an input of (height, width)."""
    return sum(math.ceil(shape[0] / int(s)) * math.ceil(shape[1] / int(s)) for s in head.stride)


def _corners(rows: Any, classes: int) -> Any:
    """Rows of centre, size and a score for each class -> corners, the best score and its class."""
    import torch

    middle, half = rows[:, :2], rows[:, 2:4] / 2
    score, number = rows[:, 4 : 4 + classes].max(1, keepdim=True)
    return torch.cat([middle - half, middle + half, score, number.float(), rows[:, 4 + classes :]], 1)


@contextlib.contextmanager
def _memory(device: str) -> Iterator[None]:
    """Convert a lack of memory on the CPU, which has no fallback, to OutOfMemory."""
    try:
        yield
    except (RuntimeError, MemoryError) as error:
        if device != "cpu" or not (isinstance(error, MemoryError) or "memory" in str(error).lower()):
            raise
        raise OutOfMemory(
            "the detector does not fit into memory.", hint="Free some, or use a nano model."
        ) from error
