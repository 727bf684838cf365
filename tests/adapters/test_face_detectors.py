"""Faces, features, hands and people in real photographs."""

from __future__ import annotations

import itertools
from pathlib import Path

import cv2
import matplotlib
import numpy as np
import pytest
import skimage.data
from sklearn.datasets import load_sample_image

from retouch.detectors.base import Detector
from retouch.detectors.registry import DetectorRegistry
from retouch.image.codec import decoder
from retouch.image.geometry import Box, Size, iou
from retouch.image.picture import Picture
from retouch.image.region import Region

FACE = Box(178, 58, 274, 178)
"""The astronaut's face, from the hairline to the chin and from ear to ear, read off the photograph."""
HEAD = Box(130, 10, 320, 200)
FINDERS = [
    *("face", "mediapipe face full", "mediapipe face short", "mediapipe face mesh"),
    *("mtcnn face", "opencv face"),
]


@pytest.fixture(scope="module")
def registry() -> DetectorRegistry:
    return DetectorRegistry()


@pytest.fixture(scope="module")
def astronaut() -> Picture:
    return Picture(skimage.data.astronaut())


def scenery(size: Size) -> np.ndarray:
    return cv2.resize(load_sample_image("china.jpg"), size)


def group(size: Size, face_side: int, corners: list[tuple[int, int]]) -> tuple[Picture, list[Box]]:
    """The astronaut's head pasted with a face `face_side` px wide; where each face then is."""
    scale = face_side / FACE.width
    head = skimage.data.astronaut()[HEAD.slices]
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    head = cv2.resize(head, None, fx=scale, fy=scale, interpolation=how)
    pixels, boxes = scenery(size), []
    inside = [round(side * scale) for side in FACE.relative_to(HEAD)]
    for x, y in corners:
        pixels[y : y + head.shape[0], x : x + head.shape[1]] = head
        boxes.append(Box(*inside).shifted(x, y))
    return Picture(pixels), boxes


def matched(regions: tuple[Region, ...], boxes: list[Box]) -> list[int]:
    """Which box each region is on, -1 for none."""
    return [next((i for i, box in enumerate(boxes) if iou(region.box, box) > 0.5), -1) for region in regions]


@pytest.mark.parametrize("name", FINDERS)
def test_single_face_of_a_photograph_is_detected_once(
    name: str, registry: DetectorRegistry, astronaut: Picture
) -> None:
    detector = registry.get(name)
    assert isinstance(detector, Detector)
    (face,) = detector.find(astronaut, 0.3, ())
    assert face.label == "face"
    assert 0.5 < face.score <= 1
    assert iou(face.box, FACE) > 0.6
    assert face.shape.bounds == face.shape.size.box


@pytest.mark.parametrize("name", ["face", "mediapipe face full", "mediapipe face short", "mtcnn face"])
def test_the_mask_is_the_face_with_its_forehead(
    name: str, registry: DetectorRegistry, astronaut: Picture
) -> None:
    (face,) = registry.get(name).find(astronaut, 0.3, ())
    solid = face.mask(astronaut.size).solid
    inside = {"forehead": (226, 72), "chin": (222, 168), "right cheek": (192, 135), "left cheek": (258, 135)}
    outside = {"hair": (226, 30), "collar": (222, 200), "right of it": (150, 120), "jaw corner": (184, 172)}
    assert {place for place, (x, y) in inside.items() if not solid[y, x]} == set()
    assert {place for place, (x, y) in outside.items() if solid[y, x]} == set()


@pytest.mark.parametrize("name", FINDERS)
def test_four_faces_of_200_px_are_four_regions(name: str, registry: DetectorRegistry) -> None:
    corners = [(10, 10), (425, 60), (30, 620), (420, 800)]
    picture, boxes = group(Size(832, 1216), 200, corners)
    found = registry.get(name).find(picture, 0.3, ())
    assert sorted(matched(found, boxes)) == [0, 1, 2, 3]


@pytest.mark.parametrize("size", [Size(1216, 832), Size(512, 1536), Size(1920, 1080)], ids=str)
def test_two_faces_are_two_regions_at_any_aspect(size: Size, registry: DetectorRegistry) -> None:
    corners = [(8, 8), (size.width - 300, size.height - 300)]
    picture, boxes = group(size, 120, corners)
    assert sorted(matched(registry.get("face").find(picture, 0.3, ()), boxes)) == [0, 1]


def test_a_40_px_face_in_a_4000_px_photograph_is_found(registry: DetectorRegistry) -> None:
    picture, boxes = group(Size(4000, 3000), 40, [(2900, 1700)])
    assert matched(registry.get("face").find(picture, 0.3, ()), boxes) == [0]


def test_every_face_of_a_crowd_is_detected_once(registry: DetectorRegistry) -> None:
    corners = list(itertools.product(range(40, 1800, 350), range(30, 1000, 300)))
    picture, boxes = group(Size(2048, 1280), 70, corners)
    found = registry.get("face").find(picture, 0.3, ())
    assert sorted(matched(found, boxes)) == list(range(len(corners)))


@pytest.mark.parametrize("degrees", [-25, 25])
def test_a_tilted_head_gets_a_tilted_face(
    degrees: int, registry: DetectorRegistry, astronaut: Picture
) -> None:
    turn = cv2.getRotationMatrix2D((226, 118), degrees, 1)
    turned = Picture(cv2.warpAffine(astronaut.pixels, turn, (512, 512), borderMode=cv2.BORDER_REPLICATE))
    (face,) = registry.get("face").find(turned, 0.3, ())
    forehead, chin = (turn @ [*point, 1] for point in ((226, 72), (222, 168)))
    solid = face.mask(turned.size).solid
    assert solid[round(forehead[1]), round(forehead[0])]
    assert solid[round(chin[1]), round(chin[0])]


@pytest.mark.parametrize("name", ["face", "mtcnn face", "opencv face", "hand", "eyes", "lips"])
@pytest.mark.parametrize("photo", ["china.jpg", "flower.jpg", "chelsea", "coffee", "rocket"])
def test_photographs_without_people_give_no_detections(
    name: str, photo: str, registry: DetectorRegistry
) -> None:
    pixels = load_sample_image(photo) if photo.endswith("jpg") else getattr(skimage.data, photo)()
    assert registry.get(name).find(Picture(pixels), 0.3, ()) == ()


def test_face_with_glasses_in_an_old_photograph_is_detected(registry: DetectorRegistry) -> None:
    path = Path(matplotlib.get_data_path()) / "sample_data" / "grace_hopper.jpg"
    picture = decoder.read(path)
    for name in ("face", "mtcnn face", "opencv face"):
        (face,) = registry.get(name).find(picture, 0.3, ())
        assert iou(face.box, Box(172, 110, 360, 335)) > 0.5


@pytest.mark.parametrize("name", ["eyes", "opencv eyes"])
def test_both_eyes_are_one_region(name: str, registry: DetectorRegistry, astronaut: Picture) -> None:
    (eyes,) = registry.get(name).find(astronaut, 0.3, ())
    assert eyes.label == "eyes"
    solid = eyes.mask(astronaut.size).solid
    assert solid[104, 203]
    assert solid[104, 246]
    assert not solid[145, 222]
    assert eyes.box.height < 40


def test_lips_are_detected_with_their_mask(registry: DetectorRegistry, astronaut: Picture) -> None:
    (lips,) = registry.get("lips").find(astronaut, 0.3, ())
    assert lips.label == "lips"
    assert Box(190, 128, 256, 168).contains(lips.box)
    assert lips.mask(astronaut.size).solid[148, 222]


def ultralytics_photo(name: str) -> Picture:
    from retouch.weights import import_guard

    return decoder.read(Path(import_guard.import_ultralytics().__file__).parent / "assets" / name)


def test_pointing_hand_is_detected_with_its_wrist(registry: DetectorRegistry) -> None:
    (hand,) = registry.get("hand").find(ultralytics_photo("zidane.jpg"), 0.3, ())
    assert hand.label == "hand"
    assert iou(hand.box, Box(970, 405, 1165, 495)) > 0.6
    assert hand.shape.area < 0.9 * hand.box.area


def test_frontal_and_half_turned_face_are_both_detected(registry: DetectorRegistry) -> None:
    found = registry.get("face").find(ultralytics_photo("zidane.jpg"), 0.3, ())
    assert sorted(matched(found, [Box(915, 95, 1050, 280), Box(520, 245, 660, 460)])) == [0, 1]


def test_two_separate_people_are_two_regions(registry: DetectorRegistry) -> None:
    pixels = np.full((512, 1100, 3), 90, np.uint8)
    pixels[:, :512] = skimage.data.astronaut()
    pixels[:, 588:] = skimage.data.astronaut()[:, ::-1]
    pixels[:, 470:630] = 90
    found = registry.get("person").find(Picture(pixels), 0.3, ())
    assert [region.label for region in found] == ["person", "person"]
    assert sorted(region.box.center[0] < 550 for region in found) == [False, True]
    assert all(0.5 < region.score <= 1 for region in found)


def test_finding_twice_gives_the_same_in_the_same_order(registry: DetectorRegistry) -> None:
    picture, _ = group(Size(832, 1216), 150, [(10, 10), (425, 60), (30, 620)])
    first, second = (registry.get("face").find(picture, 0.3, ()) for _ in range(2))
    assert first == second
    assert [r.score for r in first] == sorted((r.score for r in first), reverse=True)


def test_detector_works_again_after_unload(astronaut: Picture) -> None:
    registry = DetectorRegistry()
    before = registry.get("face").find(astronaut, 0.3, ())
    registry.unload()
    assert registry.get("face").find(astronaut, 0.3, ()) == before


def test_mediapipe_writes_nothing_to_stderr(capfd: pytest.CaptureFixture[str], astronaut: Picture) -> None:
    assert DetectorRegistry().get("face").find(astronaut, 0.3, ())
    assert capfd.readouterr().err == ""
