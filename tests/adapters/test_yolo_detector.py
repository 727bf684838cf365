"""YOLO end to end, by a really trained, very small model (tools/train_test_yolo.py)."""

from __future__ import annotations

import shutil
import threading
from copy import deepcopy
from pathlib import Path
from pickle import UnpicklingError

import cv2
import numpy as np
import pytest
import skimage.data
import torch
from ultralytics.nn.tasks import ClassificationModel

from retouch.detectors.base import Detector
from retouch.detectors.registry import DetectorRegistry
from retouch.errors import BadInput, WeightsRefused
from retouch.image.geometry import Box, Size, iou
from retouch.image.picture import Picture
from tests.adapters.shapes import SHAPES, around, labels, scene, untrained


@pytest.fixture(scope="module")
def detector() -> Detector:
    return DetectorRegistry([SHAPES.parent], offline=True).get(SHAPES.name)


class TestTrained:
    def test_boxes_labels_scores_and_masks(self, detector: Detector) -> None:
        disc, square = (200, 300, 60), Box(420, 120, 540, 240)
        found = detector.find(scene(Size(640, 480), [disc], [square]), 0.5, ())
        assert labels(found) == ["disc", "square"]
        by_label = {region.label: region for region in found}
        for label, box in (("disc", around(disc)), ("square", square)):
            assert iou(by_label[label].box, box) > 0.85
            assert 0.5 <= by_label[label].score <= 1
        ratio = by_label["disc"].shape.area / by_label["disc"].box.area
        assert ratio == pytest.approx(np.pi / 4, abs=0.06)
        assert by_label["square"].shape.area / by_label["square"].box.area > 0.88

    @pytest.mark.parametrize("size", [(512, 768), (1344, 768), (300, 900), (200, 200)], ids=str)
    def test_a_mask_lies_on_its_disc_at_any_aspect(self, size: tuple[int, int], detector: Detector) -> None:
        canvas = Size(*size)
        disc = (canvas.width // 3, canvas.height * 3 // 4, min(size) // 6)
        (found,) = detector.find(scene(canvas, [disc]), 0.5, ())
        truth = np.zeros((canvas.height, canvas.width), np.uint8)
        cv2.circle(truth, disc[:2], disc[2], 1, -1)
        solid = found.mask(canvas).solid
        assert (solid & (truth > 0)).sum() / (solid | (truth > 0)).sum() > 0.85

    def test_only_requested_classes_are_detected(self, detector: Detector) -> None:
        picture = scene(Size(640, 480), [(200, 300, 60)], [Box(420, 120, 540, 240)])
        assert labels(detector.find(picture, 0.5, ("disc",))) == ["disc"]
        assert labels(detector.find(picture, 0.5, ("SQUARE",))) == ["square"]
        assert labels(detector.find(picture, 0.5, ("square", "disc"))) == ["disc", "square"]

    def test_unknown_class_suggests_the_closest(self, detector: Detector) -> None:
        with pytest.raises(BadInput, match=r"finds no 'disk'. Did you mean 'disc'\?"):
            detector.find(scene(Size(200, 200), []), 0.5, ("disk",))

    def test_a_small_thing_in_a_large_picture_is_found_once(self, detector: Detector) -> None:
        disc = (1511, 903, 15)
        picture = scene(Size(2000, 1500), [disc])
        (found,) = detector.find(picture, 0.5, ("disc",))
        assert iou(found.box, around(disc)) > 0.7

    def test_large_and_small_objects_are_each_detected_once(self, detector: Detector) -> None:
        discs = [(260, 260, 190), (900, 200, 30), (1000, 600, 14), (620, 520, 70)]
        found = detector.find(scene(Size(1200, 800), discs), 0.5, ("disc",))
        assert len(found) == len(discs)
        for disc in discs:
            assert sum(iou(region.box, around(disc)) > 0.7 for region in found) == 1

    def test_unrelated_photograph_gives_no_detections(self, detector: Detector) -> None:
        assert detector.find(Picture(skimage.data.camera()[..., None].repeat(3, 2)), 0.6, ()) == ()

    def test_detections_are_deterministic_and_sorted_by_score(self, detector: Detector) -> None:
        picture = scene(Size(1200, 800), [(300, 300, 90), (900, 200, 30), (620, 520, 70)])
        first, second = (detector.find(picture, 0.3, ()) for _ in range(2))
        assert first == second
        assert [r.score for r in first] == sorted((r.score for r in first), reverse=True)

    def test_concurrent_detections_are_equal(self) -> None:
        registry = DetectorRegistry([SHAPES.parent], offline=True)
        picture, found = scene(Size(320, 320), [(150, 150, 50)]), []
        threads = [
            threading.Thread(target=lambda: found.append(registry.get(SHAPES.name).find(picture, 0.5, ())))
            for _ in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(found) == 4
        assert all(regions == found[0] for regions in found)

    def test_boxes_and_scores_equal_those_of_ultralytics(self, detector: Detector) -> None:
        """Boxes against ultralytics' own predictor, on a square where its masks are right as well."""
        from ultralytics import YOLO

        picture = scene(Size(160, 160), [(50, 60, 22)], [Box(95, 90, 135, 130)])
        try:
            model = YOLO(str(SHAPES))
        except UnpicklingError as error:  # before 8.3 it asks PyTorch 2.6 and newer in vain
            pytest.skip(f"this ultralytics loads nothing with this PyTorch: {str(error)[:60]}")
        theirs = model.predict(picture.pixels[..., ::-1], conf=0.5, imgsz=160, verbose=False)[0]
        ours = detector.find(picture, 0.5, ())
        assert labels(ours) == sorted(theirs.names[int(c)] for c in theirs.boxes.cls)
        for box, score in zip(theirs.boxes.xyxy.tolist(), theirs.boxes.conf.tolist(), strict=True):
            near = max(ours, key=lambda region: iou(region.box, Box.covering(*box)))
            assert near.box == pytest.approx(box, abs=1.5)
            assert near.score == pytest.approx(score, abs=0.01)


class TestFiles:
    def test_replaced_model_file_is_loaded_anew(self, tmp_path: Path) -> None:
        path = tmp_path / "mine.pt"
        shutil.copy(SHAPES, path)
        registry = DetectorRegistry([tmp_path])
        first = registry.get("mine.pt")
        assert registry.get("mine.pt") is first
        checkpoint = torch.load(SHAPES, weights_only=False)
        checkpoint["model"].names = {0: "ball", 1: "box"}
        torch.save(checkpoint, path)
        found = registry.get("mine.pt").find(scene(Size(320, 320), [(150, 150, 50)]), 0.5, ())
        assert labels(found) == ["ball"]

    def test_role_uses_a_model_file_named_after_it(self, tmp_path: Path) -> None:
        shutil.copy(SHAPES, tmp_path / "my_hand_model.pt")
        registry = DetectorRegistry([tmp_path])
        listed = {info.name: info.description for info in registry.available()}
        assert "my_hand_model.pt" in listed["hand"]
        found = registry.get("hand").find(scene(Size(320, 320), [(150, 150, 50)]), 0.5, ())
        assert labels(found) == ["hand"]

    def test_a_role_survives_a_damaged_file(self, tmp_path: Path) -> None:
        (tmp_path / "face_broken.pt").write_bytes(b"not a model")
        (found,) = DetectorRegistry([tmp_path]).get("face").find(Picture(skimage.data.astronaut()), 0.3, ())
        assert found.label == "face"

    def test_model_file_with_a_forbidden_pickle_is_refused(self, tmp_path: Path) -> None:
        torch.save({"model": deepcopy}, tmp_path / "bad.pt")
        with pytest.raises(WeightsRefused, match=r"bad\.pt asks for copy\.deepcopy"):
            DetectorRegistry([tmp_path]).get("bad.pt").find(scene(Size(64, 64), []), 0.3, ())

    def test_state_dict_is_refused_as_no_yolo_model(self, tmp_path: Path) -> None:
        torch.save({"weight": torch.zeros(3)}, tmp_path / "lora.pt")
        with pytest.raises(WeightsRefused, match=r"lora\.pt holds no YOLO model"):
            DetectorRegistry([tmp_path]).get("lora.pt").find(scene(Size(64, 64), []), 0.3, ())

    def test_a_classifier_finds_no_regions(self, tmp_path: Path) -> None:
        model = ClassificationModel("yolov8n-cls.yaml", nc=2, verbose=False)
        torch.save({"model": model}, tmp_path / "classes.pt")
        with pytest.raises(WeightsRefused, match="is a Classify model"):
            DetectorRegistry([tmp_path]).get("classes.pt").find(scene(Size(64, 64), []), 0.3, ())

    @pytest.mark.parametrize("design", ["yolov8n.yaml", "yolo11n-seg.yaml", "yolov10n.yaml", "yolo26n.yaml"])
    def test_untrained_models_of_every_generation_load_and_run(self, design: str, tmp_path: Path) -> None:
        model = untrained(design, 3).half()
        model.names = {0: "a", 1: "b", 2: "c"}
        torch.save({"model": model, "train_args": {"imgsz": 640}}, tmp_path / "fresh.pt")
        found = DetectorRegistry([tmp_path]).get("fresh.pt").find(scene(Size(128, 96), []), 0.0, ("b",))
        assert {region.label for region in found} <= {"b"}
