"""MTCNN without its networks: windows, suppression, the pyramid, the shape of a face."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retouch.detectors import mtcnn_networks
from retouch.detectors.mtcnn import shape_face
from retouch.detectors.mtcnn_candidates import Candidates, ious, suppress
from retouch.detectors.mtcnn_networks import PROPOSAL
from retouch.detectors.mtcnn_stages import cut, find_candidates, scales, squares
from retouch.errors import Missing
from retouch.image.geometry import Size

corners = st.tuples(*(st.integers(-40, 40) for _ in range(4)))
scored = st.lists(st.tuples(corners, st.floats(0, 1, width=32)), max_size=20)


def split(found: list) -> tuple[np.ndarray, np.ndarray]:
    """(n, 4) boxes with an area, and (n,) scores."""
    boxes = [(min(a, c), min(b, d), max(a, c) + 1, max(b, d) + 1) for (a, b, c, d), _ in found]
    return np.array(boxes, float).reshape(-1, 4), np.array([score for _, score in found], np.float32)


@given(scored, st.floats(0, 1))
def test_boxes_that_stay_are_apart_and_all_others_are_near_a_better_one(found, limit):
    boxes, scores = split(found)
    best = suppress(boxes, scores, limit)
    assert list(scores[best]) == sorted(scores[best], reverse=True)
    near = ious(boxes[best], boxes) > limit
    assert not np.triu(near[:, best], 1).any()
    for gone in set(range(len(boxes))) - set(best.tolist()):
        assert scores[best][near[:, gone]].max() >= scores[gone]


@given(scored)
def test_vote_of_a_face_lies_within_the_boxes_of_the_face(found):
    boxes, scores = split(found)
    scores += 0.1
    voted = Candidates(boxes, scores, boxes, np.zeros((len(boxes), 5, 2))).voted(0.5)
    assert len(voted.boxes) == len(suppress(boxes, scores, 0.5))
    for box, best in zip(voted.boxes, suppress(boxes, scores, 0.5), strict=True):
        near = boxes[ious(boxes[best][None], boxes)[0] >= 0.5]
        assert (near.min(0) - 1e-4 <= box).all()
        assert (box <= near.max(0) + 1e-4).all()


@pytest.mark.parametrize("size", [Size(1, 1), Size(19, 500), Size(10_000, 60)], ids=str)
def test_picture_without_room_for_a_window_has_no_level(size):
    assert scales(size) == []


@given(st.integers(20, 400), st.integers(20, 400))
def test_every_level_of_a_small_picture_has_room_for_a_window(width, height):
    levels = scales(Size(width, height))
    assert levels[0] == pytest.approx(PROPOSAL.side / 20)
    assert all(min(width, height) * level >= PROPOSAL.side - 1e-6 for level in levels)
    assert min(width, height) * levels[-1] < PROPOSAL.side * 2**0.5 + 1e-6


def test_largest_level_of_a_large_picture_has_1920_pixels():
    assert scales(Size(8000, 6000))[0] * 8000 == pytest.approx(1920)


@given(corners)
def test_square_of_a_box_has_its_middle_and_its_longer_side(corner):
    boxes, _ = split([(corner, 1.0)])
    left, top, right, bottom = squares(boxes)[0]
    assert right - left == bottom - top == (boxes[0, 2:] - boxes[0, :2]).max()
    assert abs((left + right) / 2 - (boxes[0, 0] + boxes[0, 2]) / 2) <= 0.5
    assert abs((top + bottom) / 2 - (boxes[0, 1] + boxes[0, 3]) / 2) <= 0.5


def test_window_beyond_the_picture_is_black_there():
    pixels = np.full((10, 10, 3), 200, np.uint8)
    assert (cut(pixels, np.array([0, 0, 10, 10]), 10) == 200).all()
    half = cut(pixels, np.array([-5, 0, 5, 10]), 10)
    assert (half[:, :5] == 0).all()
    assert (half[:, 5:] == 200).all()
    assert (cut(pixels, np.array([20, 20, 30, 30]), 24) == 0).all()


class Everywhere:
    """Networks that see a face with the window's own box in every window."""

    def run(self, network, images):
        rows, columns = ((side - network.side) // 2 + 1 for side in images.shape[1:3])
        shape = (len(images), rows, columns)
        outputs = {"face": np.full(shape, 0.9, np.float32)}
        for head, channels in (("box", 4), ("points", 10)):
            outputs[head] = np.full(
                (len(images), channels, rows, columns), 0.5 * (channels == 10), np.float32
            )
        return {head: outputs[head] for head in network.heads}


def test_boxes_and_points_come_back_in_picture_pixels():
    found = find_candidates(Everywhere(), np.zeros((40, 60, 3), np.uint8))
    assert len(found.boxes) > 0
    sides = found.boxes[:, 2:] - found.boxes[:, :2]
    assert (sides >= 19).all()
    assert (found.boxes[:, :2] >= -1).all()
    assert (found.boxes[:, 2:] <= [61, 41]).all()
    middles = (found.boxes[:, :2] + found.boxes[:, 2:]) / 2
    assert np.allclose(found.points, middles[:, None], atol=1)


BOX = np.array([100, 100, 180, 200], float)
POINTS = np.array([(120, 137), (160, 137), (140, 155), (125, 172), (155, 172)], float)


def test_face_is_an_ellipse_from_hairline_to_chin_along_its_points():
    face = shape_face(BOX, POINTS, 0.9)
    assert face.turn == 0
    assert abs(face.box.center[0] - 140) <= 1
    assert face.box.top < 100
    assert face.box.bottom > 200
    assert face.shape.area < 0.85 * face.box.area


def test_face_whose_points_lie_elsewhere_is_an_upright_ellipse_in_its_box():
    face = shape_face(BOX, POINTS + 300, 0.9)
    assert face.turn == 0
    assert abs(face.box.left - 96) <= 1
    assert abs(face.box.bottom - 205) <= 1


def test_missing_library_or_weights_are_named(monkeypatch, tmp_path):
    monkeypatch.setattr(mtcnn_networks, "LIBRARIES", ("no_such_library",))
    with pytest.raises(
        Missing, match="mtcnn face needs torch and safetensors: no_such_library is not installed"
    ):
        mtcnn_networks.demand("mtcnn face")
    monkeypatch.setattr(mtcnn_networks, "LIBRARIES", ())
    mtcnn_networks.demand("mtcnn face")
    monkeypatch.setattr(mtcnn_networks, "WEIGHTS", tmp_path / "mtcnn.safetensors")
    with pytest.raises(Missing, match=r"there is no models/mtcnn/mtcnn\.safetensors"):
        mtcnn_networks.demand("mtcnn face")


def test_model_card_names_size_and_checksum_of_the_weights():
    data = mtcnn_networks.WEIGHTS.read_bytes()
    row = f"| `{mtcnn_networks.WEIGHTS.name}` | {len(data)} | `{hashlib.sha256(data).hexdigest()}` |"
    assert row in (mtcnn_networks.WEIGHTS.parent / "README.md").read_text("utf-8")
