"""MTCNN with its weights: the same numbers as its source, and faces in real photographs."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
import skimage.data
from hypothesis import given, settings
from hypothesis import strategies as st

from retouch.detectors import mtcnn_networks
from retouch.detectors.base import Detector
from retouch.detectors.mtcnn_networks import OUTPUT, PROPOSAL, REFINEMENT, Networks, load_weights
from retouch.detectors.registry import DetectorRegistry
from retouch.detectors.tilted import find_tilted
from retouch.errors import OutOfMemory, WeightsRefused
from retouch.image.geometry import Box, Size, iou
from retouch.image.picture import Picture

FACE = Box(178, 58, 274, 178)
"""The astronaut's face, from the hairline to the chin and from ear to ear, read off the photograph."""

FROM_PROPOSAL = (0.9699865, 0.0990819, 0.0340338, -0.1347876, 0.0265378)
FROM_REFINEMENT = (0.9987859, 0.1107321, -0.0146461, -0.132115, -0.0324965)
FROM_OUTPUT = (
    *(0.992053, 0.1594622, 0.0595506, -0.2089392, -0.1172407),
    *(0.3498277, 0.6558712, 0.5033749, 0.3251937, 0.6401758),
    *(0.3602891, 0.375496, 0.5534891, 0.6469749, 0.6531042),
)
"""Probability, box and points that facenet-pytorch 2.6.0 gives for windows of the astronaut."""


@pytest.fixture(scope="module")
def mtcnn() -> Detector:
    return DetectorRegistry().get("mtcnn face")


def small(side: int) -> Picture:
    """The astronaut with a face `side` pixels wide."""
    scale = side / FACE.width
    return Picture(
        cv2.resize(skimage.data.astronaut(), None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    )


def on_small(side: int) -> Box:
    return Box(*(round(place * side / FACE.width) for place in FACE))


@pytest.mark.parametrize(
    ("network", "window", "numbers"),
    [
        (PROPOSAL, np.s_[58:178:10, 166:286:10], FROM_PROPOSAL),
        (REFINEMENT, np.s_[58:178:5, 166:286:5], FROM_REFINEMENT),
        (OUTPUT, np.s_[50:194:3, 154:298:3], FROM_OUTPUT),
    ],
    ids=["proposal", "refinement", "output"],
)
def test_network_gives_the_numbers_of_facenet_pytorch(network, window, numbers):
    found = Networks(lambda: "cpu", lambda: None).run(network, skimage.data.astronaut()[window][None])
    values = np.concatenate([found[head].ravel() for head in network.heads])
    assert values == pytest.approx(np.array(numbers), abs=1e-5)


@pytest.mark.parametrize("side", [300, 96, 40, 24])
def test_face_is_detected_once_at_any_size(side: int, mtcnn: Detector) -> None:
    (face,) = mtcnn.find(small(side), 0.3, ())
    assert face.label == "face"
    assert 0.7 <= face.score <= 1
    assert iou(face.box, on_small(side)) > 0.5


def test_face_in_a_grey_photograph_is_detected(mtcnn: Detector) -> None:
    grey = cv2.cvtColor(skimage.data.astronaut(), cv2.COLOR_RGB2GRAY)
    (face,) = mtcnn.find(Picture(np.stack([grey] * 3, axis=2)), 0.3, ())
    assert iou(face.box, FACE) > 0.6


def test_face_of_a_4000_px_photograph_is_detected(mtcnn: Detector) -> None:
    pixels = np.full((3000, 4000, 3), 90, np.uint8)
    head = small(40).pixels
    pixels[1700 : 1700 + head.shape[0], 2900 : 2900 + head.shape[1]] = head
    (face,) = mtcnn.find(Picture(pixels), 0.3, ())
    assert iou(face.box, on_small(40).shifted(2900, 1700)) > 0.5


@pytest.mark.parametrize("degrees", [15, -15, 30, -30])
def test_tilted_head_gets_the_tilt_of_its_face(degrees: int, mtcnn: Detector) -> None:
    turn = cv2.getRotationMatrix2D((226, 118), -degrees, 1)
    pixels = cv2.warpAffine(skimage.data.astronaut(), turn, (512, 512), borderMode=cv2.BORDER_REPLICATE)
    face = mtcnn.find(Picture(pixels), 0.3, ())[0]
    assert face.turn == pytest.approx(degrees, abs=10)
    assert iou(face.box, FACE) > 0.5


@pytest.mark.parametrize("quarter", [1, 2, 3])
def test_tilt_search_finds_a_face_lying_or_upside_down(quarter: int, mtcnn: Detector) -> None:
    head = skimage.data.astronaut()[10:200, 130:320]
    found = find_tilted(
        Picture(np.ascontiguousarray(np.rot90(head, quarter))), lambda p: mtcnn.find(p, 0.3, ())
    )
    best = max(found, key=lambda region: region.score)
    assert best.turn == -90 * quarter % 360


contents = st.sampled_from(["astronaut", "noise", "black"])


def drawn(content: str, width: int, height: int) -> np.ndarray:
    """(height, width, 3) uint8 of one content, stretched to this size."""
    if content == "noise":
        return np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8)
    pixels = skimage.data.astronaut() if content == "astronaut" else np.zeros((1, 1, 3), np.uint8)
    return cv2.resize(pixels, (width, height), interpolation=cv2.INTER_AREA)


@settings(max_examples=25)
@given(contents, st.integers(1, 300), st.integers(1, 300), st.floats(0, 1))
def test_regions_lie_in_the_picture_best_first_and_are_the_same_twice(
    mtcnn: Detector, content: str, width: int, height: int, confidence: float
) -> None:
    picture = Picture(drawn(content, width, height))
    found = mtcnn.find(picture, confidence, ())
    assert all(Size(width, height).box.contains(face.box) and not face.box.empty for face in found)
    assert all(confidence <= face.score <= 1 for face in found)
    assert [face.score for face in found] == sorted((face.score for face in found), reverse=True)
    assert mtcnn.find(picture, confidence, ()) == found


def test_gpu_out_of_memory_is_repeated_on_the_cpu(monkeypatch: pytest.MonkeyPatch) -> None:
    freed, devices = [], []

    def load(device: str) -> dict:
        devices.append(device)
        if device != "cpu":
            raise RuntimeError("CUDA out of memory.")
        return load_weights(device)

    monkeypatch.setattr(mtcnn_networks, "load_weights", load)
    networks = Networks(lambda: "cuda:0", lambda: freed.append(True))
    assert networks.run(OUTPUT, np.zeros((1, 48, 48, 3), np.uint8))["face"].shape == (1, 1, 1)
    assert (devices, freed) == (["cuda:0", "cpu"], [True])


def test_computer_out_of_memory_raises_the_error_of_retouch(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(mtcnn_networks, "compute", full)
    with pytest.raises(OutOfMemory):
        DetectorRegistry().get("mtcnn face").find(small(96), 0.3, ())


def test_damaged_weights_are_refused(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    damaged = tmp_path / "mtcnn.safetensors"
    damaged.write_bytes(mtcnn_networks.WEIGHTS.read_bytes()[:1000])
    monkeypatch.setattr(mtcnn_networks, "WEIGHTS", damaged)
    with pytest.raises(WeightsRefused, match=r"mtcnn\.safetensors cannot be read"):
        DetectorRegistry().get("mtcnn face").find(small(96), 0.3, ())
