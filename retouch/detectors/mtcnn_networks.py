"""The three networks of MTCNN: proposal, refinement and output network.

K. Zhang, Z. Zhang, Z. Li and Y. Qiao, Joint face detection and alignment using multitask cascaded
convolutional networks, IEEE Signal Processing Letters 23(10), 2016, doi:10.1109/LSP.2016.2603342. A fully
connected layer is a convolution over its whole input here, so all three networks are stacks of convolutions.
The weights are in models/mtcnn.
"""

from __future__ import annotations

import contextlib
import importlib.util
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from retouch import ASSETS
from retouch.errors import Missing, RetouchError, WeightsRefused, convert_errors, ran_out_of_memory

WEIGHTS = ASSETS / "models" / "mtcnn" / "mtcnn.safetensors"
LIBRARIES = ("torch", "safetensors")
PACKAGES = " and ".join(LIBRARIES)
BATCH = 256
"""Windows of one call of a network: 48 pixels wide, they take 70 MB in the output network."""


@dataclass(frozen=True)
class Convolution:
    """A convolution and PReLU, then max pooling over `pool` x `pool` pixels with stride 2; 0 is no
    pooling."""

    name: str
    pool: int = 0


@dataclass(frozen=True)
class Architecture:
    """A network: its layers in order, then one convolution for each of `heads`. `side` is the side of a
    window in pixels."""

    name: str
    side: int
    layers: tuple[Convolution, ...]
    heads: tuple[str, ...]


PROPOSAL = Architecture(
    "proposal", 12, (Convolution("conv1", 2), Convolution("conv2"), Convolution("conv3")), ("face", "box")
)
REFINEMENT = Architecture(
    "refinement",
    24,
    (Convolution("conv1", 3), Convolution("conv2", 3), Convolution("conv3"), Convolution("dense")),
    ("face", "box"),
)
OUTPUT = Architecture(
    "output",
    48,
    (
        Convolution("conv1", 3),
        Convolution("conv2", 3),
        Convolution("conv3", 2),
        Convolution("conv4"),
        Convolution("dense"),
    ),
    ("face", "box", "points"),
)


def is_installed() -> bool:
    """Whether torch, safetensors and the weights are here. Imports nothing."""
    return _missing() == ""


def _missing() -> str:
    """The reason why MTCNN does not work here, "" when it does."""
    for name in LIBRARIES:
        if not _is_importable(name):
            return f"{name} is not installed"
    return "" if WEIGHTS.is_file() else f"there is no models/mtcnn/{WEIGHTS.name}"


def _is_importable(library: str) -> bool:
    with contextlib.suppress(ImportError, ValueError):
        return importlib.util.find_spec(library) is not None
    return False


def demand(what: str) -> None:
    """Raise Missing, with advice, unless MTCNN works. `what` is the detector that needs it."""
    reason = _missing()
    if reason:
        raise Missing(
            f"{what} needs {PACKAGES}: {reason}.", hint="Install what is missing, or take another detector."
        )


class Networks:
    """The networks on one device, loaded at first use. Thread-safe.

    `device` returns "cpu", "cuda:0" and so on when they are loaded. When a GPU runs out of memory, `tidy`
    frees other models, and the networks run on the CPU until `unload`.
    """

    def __init__(self, device: Callable[[], str], tidy: Callable[[], None]) -> None:
        self._device, self._tidy = device, tidy
        self._lock = threading.RLock()
        self._weights: dict[str, Any] | None = None

    def run(self, network: Architecture, images: np.ndarray) -> dict[str, np.ndarray]:
        """The output of each head for `images`, (n, height, width, 3) uint8 RGB, each side at least
        `network.side`.

        "face" is (n, rows, columns), the probability 0..1 of a face. "box" is (n, 4, rows, columns): how far
        left, top, right and bottom of the face lie from those of the window, in window sides. "points" is
        (n, 10, rows, columns): x of five points, then y, from the window's corner in window sides: eye and
        eye, nose, mouth corner and mouth corner, each from left to right. Rows and columns are those of the
        windows, 2 pixels apart in the proposal network; an image of `network.side` has one. All are float32.

        Raises Missing without torch or the weights, OutOfMemory, WeightsRefused for a damaged file.
        """
        with self._lock:
            try:
                return self._run(network, images)
            except Exception as error:
                if isinstance(error, RetouchError) or not ran_out_of_memory(error):
                    raise
            self._weights = None
            self._tidy()
            self._weights = load_weights("cpu")
            return self._run(network, images)

    def _run(self, network: Architecture, images: np.ndarray) -> dict[str, np.ndarray]:
        weights = self._weights = self._weights or load_weights(self._device())
        batches = [images[start : start + BATCH] for start in range(0, len(images), BATCH)]
        outs = [compute(network, weights, batch) for batch in batches]
        return {head: np.concatenate([out[head] for out in outs]) for head in network.heads}

    def unload(self) -> None:
        """Free the networks unless another thread uses them; the next `run` loads them again."""
        if self._lock.acquire(blocking=False):
            self._weights = None
            self._lock.release()


def load_weights(device: str) -> dict[str, Any]:
    """Every float32 tensor of models/mtcnn on `device` by name, as "output.conv1.weight".

    Raises Missing without torch or the file, WeightsRefused for a damaged file.
    """
    demand("MTCNN")
    from safetensors.torch import load_file

    with convert_errors(_damaged):
        return load_file(WEIGHTS, device="cpu") if device == "cpu" else _moved(load_file(WEIGHTS), device)


def _moved(tensors: dict[str, Any], device: str) -> dict[str, Any]:
    return {name: tensor.to(device) for name, tensor in tensors.items()}


def _damaged(cause: str) -> WeightsRefused:
    return WeightsRefused(f"{WEIGHTS.name} cannot be read ({cause}).", hint="Install Retouch anew.")


def compute(network: Architecture, weights: dict[str, Any], images: np.ndarray) -> dict[str, np.ndarray]:
    """One batch through a network on the device of `weights`; see `Networks.run` for shapes and units."""
    import torch

    device = weights[f"{network.name}.face.bias"].device
    pixels = torch.from_numpy(np.ascontiguousarray(images)).to(device)
    with torch.inference_mode(), torch.autocast(device.type, enabled=False):
        maps = features(network, weights, (pixels.permute(0, 3, 1, 2).float() - 127.5) / 128)
        heads = {head: convolve(weights, f"{network.name}.{head}", maps) for head in network.heads}
        heads["face"] = heads["face"].softmax(1)[:, 1]
        return {head: value.cpu().numpy() for head, value in heads.items()}


def features(network: Architecture, weights: dict[str, Any], maps: Any) -> Any:
    """The last layer's output (n, channels, rows, columns) for `maps`, (n, 3, height, width) float32."""
    from torch.nn import functional

    for layer in network.layers:
        name = f"{network.name}.{layer.name}"
        maps = functional.prelu(convolve(weights, name, maps), weights[f"{name}.slope"])
        if layer.pool:
            maps = functional.max_pool2d(maps, layer.pool, 2, ceil_mode=True)
    return maps


def convolve(weights: dict[str, Any], name: str, maps: Any) -> Any:
    """(n, in, height, width) float32 through the convolution `name`, without padding."""
    from torch.nn import functional

    return functional.conv2d(maps, weights[f"{name}.weight"], weights[f"{name}.bias"])
