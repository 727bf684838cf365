"""The stages of MTCNN: the proposal network accepts windows of a pyramid, two networks examine these.

Zhang and others 2016, see `mtcnn_networks`. The thresholds and overlaps are those of the authors' published
code. Windows and boxes are left, top, right, bottom in pixels of the picture and may reach beyond it.
"""

from __future__ import annotations

import math

import cv2
import numpy as np

from retouch.detectors.mtcnn_candidates import Candidates
from retouch.detectors.mtcnn_networks import OUTPUT, PROPOSAL, REFINEMENT, Architecture, Networks
from retouch.image.geometry import Box, Size

THRESHOLDS = {"proposal": 0.6, "refinement": 0.7, "output": 0.7}
"""The least probability 0..1 of a face in each network."""
SAME_IN_LEVEL, SAME = 0.5, 0.7
"""Intersection over union from which two windows are one: in a level of the pyramid, and between levels."""
SAME_FACE = 0.5
"""Intersection over union from which two boxes of the output network are of one face."""
SMALLEST = 20
"""The least side of a face in pixels, and ..."""
SMALLEST_SHARE = 1 / 160
"""... as a share of the picture's longer side, so that no level of the pyramid is longer than 1920 pixels."""
STEP = math.sqrt(0.5)
"""The scale of a level of the pyramid in units of the scale before it: half the area."""
STRIDE = 2
"""The distance between two windows of the proposal network, in pixels of its level."""
MOST = 3000
"""Most windows that are examined; the best stay."""


def find_candidates(networks: Networks, pixels: np.ndarray) -> Candidates:
    """The faces in `pixels`, (height, width, 3) uint8 RGB, that all three networks accept, each once, best
    first.

    Raises the errors of `Networks.run`.
    """
    proposed = propose(networks, pixels)
    refined = examine(networks, REFINEMENT, pixels, proposed.boxes).distinct(SAME)
    return examine(networks, OUTPUT, pixels, refined.boxes).voted(SAME_FACE)


def scales(size: Size) -> list[float]:
    """The scale of each level of the pyramid, falling, in level pixels per picture pixel.

    Empty when no level has room for a window.

    >>> [round(scale, 3) for scale in scales(Size(40, 30))]
    [0.6, 0.424]
    """
    largest = PROPOSAL.side / max(SMALLEST, max(size) * SMALLEST_SHARE)
    room = min(size) * largest / PROPOSAL.side
    levels = 0 if room < 1 else 1 + math.floor(math.log(1 / room, STEP) + 1e-9)
    return [largest * STEP**level for level in range(levels)]


def propose(networks: Networks, pixels: np.ndarray) -> Candidates:
    """The windows that the proposal network accepts at any scale, at most MOST, best first."""
    size = Size(pixels.shape[1], pixels.shape[0])
    levels = [_propose_at(networks, pixels, scale).distinct(SAME_IN_LEVEL) for scale in scales(size)]
    return Candidates.joined([Candidates.none(), *levels]).distinct(SAME).chosen(slice(MOST))


def _propose_at(networks: Networks, pixels: np.ndarray, scale: float) -> Candidates:
    height, width = (math.ceil(side * scale) for side in pixels.shape[:2])
    outputs = networks.run(PROPOSAL, _resized(pixels, Size(width, height))[None])
    rows, columns = np.nonzero(outputs["face"][0] >= THRESHOLDS["proposal"])
    corners = np.stack([columns, rows], axis=1) * STRIDE
    to_picture = np.array([pixels.shape[1] / width, pixels.shape[0] / height] * 2)
    windows = np.hstack([corners, corners + PROPOSAL.side]) * to_picture
    return Candidates.of(windows, {head: values[0][..., rows, columns].T for head, values in outputs.items()})


def examine(networks: Networks, network: Architecture, pixels: np.ndarray, boxes: np.ndarray) -> Candidates:
    """The windows around (n, 4) `boxes` in (height, width, 3) uint8 RGB `pixels` that `network` accepts."""
    if not len(boxes):
        return Candidates.none()
    windows = squares(boxes)
    outputs = networks.run(network, np.stack([cut(pixels, w, network.side) for w in windows]))
    found = Candidates.of(
        windows.astype(float), {head: values[..., 0, 0] for head, values in outputs.items()}
    )
    return found.chosen(np.flatnonzero(found.scores >= THRESHOLDS[network.name]))


def squares(boxes: np.ndarray) -> np.ndarray:
    """(n, 4) int: the square of the longer side around the middle of each of (n, 4) `boxes`, at least one
    pixel wide."""
    middle = (boxes[:, :2] + boxes[:, 2:]) / 2
    side = np.maximum(1, np.rint((boxes[:, 2:] - boxes[:, :2]).max(1, keepdims=True)))
    corner = np.rint(middle - side / 2)
    return np.hstack([corner, corner + side]).astype(int)


def cut(pixels: np.ndarray, window: np.ndarray, side: int) -> np.ndarray:
    """(side, side, 3) uint8 RGB: the part of `pixels` in a square window of int; black outside the
    picture."""
    frame = Box(*map(int, window))
    inside = frame & Size(pixels.shape[1], pixels.shape[0]).box
    if inside == frame:
        return _resized(pixels[frame.slices], Size(side, side))
    patch = np.zeros((frame.height, frame.width, 3), np.uint8)
    if not inside.empty:
        patch[inside.relative_to(frame).slices] = pixels[inside.slices]
    return _resized(patch, Size(side, side))


def _resized(pixels: np.ndarray, size: Size) -> np.ndarray:
    """The pixels at this size: an average when they shrink, else linear."""
    how = cv2.INTER_AREA if size.width < pixels.shape[1] else cv2.INTER_LINEAR
    return cv2.resize(pixels, size, interpolation=how)
