import numpy as np
import pytest

from retouch.detectors.face_shapes import from_box, from_landmarks, from_mesh, from_points
from retouch.image.geometry import Box

POINTS = np.array([(-30, -25), (30, -25), (0, 10), (0, 35), (-60, -15), (60, -15)], float)
"""Right eye, left eye, nose, mouth, right ear, left ear, about the middle of an upright face."""


def leaning(points: np.ndarray, degrees: float) -> np.ndarray:
    """Turned clockwise, as one sees it, about (200, 200)."""
    angle = np.radians(degrees)
    return points @ np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]]) + 200


@pytest.mark.parametrize("degrees", [0, 40, 120, -75, 180])
def test_tilt_of_a_face_is_measured_from_its_landmarks(degrees):
    region = from_points(leaning(POINTS, degrees), 0.9)
    assert (region.turn - degrees + 180) % 360 - 180 == pytest.approx(0, abs=0.1)


@pytest.mark.parametrize("degrees", [0, 40, 120, -75, 180])
def test_tilt_of_a_face_is_measured_from_its_five_points(degrees):
    points = leaning(np.vstack([POINTS[:3], POINTS[3] - [20, 0], POINTS[3] + [20, 0]]), degrees)
    region = from_landmarks(points, np.array([140, 140, 260, 260], float), 0.9)
    assert (region.turn - degrees + 180) % 360 - 180 == pytest.approx(0, abs=0.1)
    assert region.box.contains(Box.covering(*points.min(0), *points.max(0)))


def test_tilt_of_a_face_is_measured_from_its_mesh():
    mesh = np.tile(POINTS[2], (468, 1)) + np.random.default_rng(0).uniform(-60, 60, (468, 2))
    mesh[[33, 133]], mesh[[263, 362]], mesh[[13, 14]] = POINTS[0], POINTS[1], POINTS[3]
    assert from_mesh(leaning(mesh, 25), 0.9).turn == pytest.approx(25, abs=0.1)


def test_face_given_by_a_box_has_no_tilt():
    assert from_box(10, 20, 60, 80, 0.9).turn == 0
