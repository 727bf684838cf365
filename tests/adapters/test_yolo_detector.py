"""YOLO end to end: a really trained, very small model (tools/train_test_yolo.py), and perfect ones."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator, Sequence
from copy import deepcopy
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import cv2
import numpy as np
import pytest
import skimage.data
import torch
from sklearn.datasets import load_sample_image
from ultralytics.nn.tasks import ClassificationModel, DetectionModel, WorldModel

from retouch.detectors import Registry
from retouch.detectors.letterbox import GREY
from retouch.detectors.vocabulary import Vocabulary
from retouch.detectors.yolo import Net, Yolo
from retouch.errors import BadInput, Missing, OutOfMemory, WeightsRefused
from retouch.geometry import Box, Size, iou
from retouch.ports import Detector
from retouch.raster import Picture
from retouch.region import Region

SHAPES = Path(__file__).parents[1] / "data" / "shapes-seg.pt"
DISC, SQUARE = (240, 20, 30), (10, 230, 40)


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    """On a busy machine the threads of so small a network only wait for each other."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="module")
def detector() -> Detector:
    return Registry([SHAPES.parent], offline=True).get(SHAPES.name)


def scene(size: Size, discs: Sequence[tuple[int, int, int]], squares: Sequence[Box] = ()) -> Picture:
    """Bright shapes on a grey photograph."""
    grey = cv2.cvtColor(load_sample_image("china.jpg"), cv2.COLOR_RGB2GRAY)
    pixels = cv2.cvtColor(cv2.resize(grey, size), cv2.COLOR_GRAY2RGB)
    for x, y, radius in discs:
        cv2.circle(pixels, (x, y), radius, DISC, -1)
    for box in squares:
        pixels[box.slices] = SQUARE
    return Picture(pixels)


def around(disc: tuple[int, int, int]) -> Box:
    x, y, radius = disc
    return Box(x - radius, y - radius, x + radius + 1, y + radius + 1)


def labels(regions: Sequence[Region]) -> list[str]:
    return sorted(region.label for region in regions)


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

    def test_only_the_classes_asked_for(self, detector: Detector) -> None:
        picture = scene(Size(640, 480), [(200, 300, 60)], [Box(420, 120, 540, 240)])
        assert labels(detector.find(picture, 0.5, ("disc",))) == ["disc"]
        assert labels(detector.find(picture, 0.5, ("SQUARE",))) == ["square"]
        assert labels(detector.find(picture, 0.5, ("square", "disc"))) == ["disc", "square"]

    def test_an_unknown_class_gets_the_closest(self, detector: Detector) -> None:
        with pytest.raises(BadInput, match=r"finds no 'disk'. Did you mean 'disc'\?"):
            detector.find(scene(Size(200, 200), []), 0.5, ("disk",))

    def test_a_small_thing_in_a_large_picture_is_found_once(self, detector: Detector) -> None:
        disc = (1511, 903, 15)
        picture = scene(Size(2000, 1500), [disc])
        (found,) = detector.find(picture, 0.5, ("disc",))
        assert iou(found.box, around(disc)) > 0.7

    def test_large_and_small_together_are_each_found_once(self, detector: Detector) -> None:
        discs = [(260, 260, 190), (900, 200, 30), (1000, 600, 14), (620, 520, 70)]
        found = detector.find(scene(Size(1200, 800), discs), 0.5, ("disc",))
        assert len(found) == len(discs)
        for disc in discs:
            assert sum(iou(region.box, around(disc)) > 0.7 for region in found) == 1

    def test_nothing_is_found_in_a_photograph_of_something_else(self, detector: Detector) -> None:
        assert detector.find(Picture(skimage.data.camera()[..., None].repeat(3, 2)), 0.6, ()) == ()

    def test_best_first_and_the_same_every_time(self, detector: Detector) -> None:
        picture = scene(Size(1200, 800), [(300, 300, 90), (900, 200, 30), (620, 520, 70)])
        first, second = (detector.find(picture, 0.3, ()) for _ in range(2))
        assert first == second
        assert [r.score for r in first] == sorted((r.score for r in first), reverse=True)

    def test_from_many_threads_at_once(self) -> None:
        registry = Registry([SHAPES.parent], offline=True)
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

    def test_it_gives_what_ultralytics_gives(self, detector: Detector) -> None:
        """Boxes against ultralytics' own predictor, on a square where its masks are right as well."""
        from ultralytics import YOLO

        picture = scene(Size(160, 160), [(50, 60, 22)], [Box(95, 90, 135, 130)])
        theirs = YOLO(str(SHAPES)).predict(picture.pixels[..., ::-1], conf=0.5, imgsz=160, verbose=False)[0]
        ours = detector.find(picture, 0.5, ())
        assert labels(ours) == sorted(theirs.names[int(c)] for c in theirs.boxes.cls)
        for box, score in zip(theirs.boxes.xyxy.tolist(), theirs.boxes.conf.tolist(), strict=True):
            near = max(ours, key=lambda region: iou(region.box, Box.covering(*box)))
            assert near.box == pytest.approx(box, abs=1.5)
            assert near.score == pytest.approx(score, abs=0.01)


class Perfect(torch.nn.Module):
    """A -seg network with perfect sight of one bright rectangle, in ultralytics' output form.

    It sees only what it is given, the fitted picture: its answer is right there, and whatever is wrong in
    the end went wrong in fitting or in coming back.
    """

    def __init__(self) -> None:
        super().__init__()
        self.model = [SimpleNamespace(end2end=False)]

    def forward(self, image: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        light = (image[0, 0] * 255 - GREY).clamp(min=0) / (255 - GREY)
        light = torch.where(light < 0.02, 0, light)
        (left, right), (top, bottom) = (self.edges(light.amax(axis)) for axis in (0, 1))
        rows, columns = (torch.arange(0, length, 4) + 2.0 for length in light.shape)
        across = torch.minimum(columns - left, right - columns)
        down = torch.minimum(rows - top, bottom - rows)
        prototype = torch.minimum(across[None], down[:, None])
        middle = [(left + right) / 2, (top + bottom) / 2, right - left, bottom - top]
        row = torch.tensor([*middle, 0.9, 1.0])
        return row[None, :, None].repeat(1, 1, 3), prototype[None, None]

    @staticmethod
    def edges(profile: torch.Tensor) -> tuple[float, float]:
        lit = torch.nonzero(profile)
        if not len(lit):
            return 0.0, 0.0
        start = int(lit[0]) + 1 - float(profile[lit[0]])
        return start, start + float(profile.sum())


SIZES = [(512, 768), (832, 1216), (1344, 768), (1920, 1080), (4000, 3000)]


@pytest.mark.parametrize("size", SIZES, ids=lambda s: f"{s[0]}x{s[1]}")
def test_a_perfect_models_mask_is_within_one_pixel(size: tuple[int, int]) -> None:
    width, height = size
    truth = Box(width // 7 + 3, height // 5 + 1, width * 3 // 5, height * 2 // 3 + 2)
    pixels = np.full((height, width, 3), GREY, np.uint8)
    pixels[truth.slices] = 255
    net = Net(Perfect(), ("thing",), 640, "cpu", False)
    (found,) = net.look(pixels, 0.3, [0])
    solid = found.mask(Size(*size)).solid
    inner, outer = truth.grown(-1), truth.grown(1)
    corners = np.zeros_like(solid)
    for x in (truth.left, truth.right):
        for y in (truth.top, truth.bottom):
            corners[max(y - 26, 0) : y + 26, max(x - 26, 0) : x + 26] = True
    missing = np.zeros_like(solid)
    missing[inner.slices] = ~solid[inner.slices]
    assert not (missing & ~corners).any()
    solid_outside = solid.copy()
    solid_outside[outer.slices] = False
    assert not solid_outside.any()
    bounds = found.mask(Size(*size)).bounds
    assert bounds is not None
    assert max(abs(a - b) for a, b in zip(bounds, truth, strict=True)) <= 1


def rows(*things: tuple[float, ...]) -> torch.Tensor:
    return torch.tensor(things).T[None]


def fixed(output: Any, names: tuple[str, ...], end2end: bool = False) -> Net:
    """A network that says the same of every picture."""
    module = torch.nn.Module()
    module.model = [SimpleNamespace(end2end=end2end)]  # type: ignore[assignment]
    module.forward = lambda _: output
    return Net(module, names, 64, "cpu", False)


BLACK = np.zeros((64, 64, 3), np.uint8)


def test_one_face_in_two_boxes_is_one_region() -> None:
    net = fixed(rows((30, 30, 20, 20, 0.9), (32, 31, 20, 20, 0.8), (30, 30, 8, 8, 0.5)), ("face",))
    yolo = Yolo(Path("x.pt"), lambda p: p, lambda: "cpu", lambda m, w: None, lambda: None)
    yolo._net = net
    (found,) = yolo.find(Picture(BLACK), 0.3)
    assert found.score == pytest.approx(0.9)


def test_a_box_only_face_is_an_ellipse_and_anything_else_its_box() -> None:
    net = fixed(rows((30, 30, 20, 24, 0.9, 0.1), (10, 50, 8, 8, 0.1, 0.8)), ("face", "hand"))
    face, hand = net.look(BLACK, 0.3, [0, 1])
    assert (face.label, hand.label) == ("face", "hand")
    assert 0.75 < face.shape.area / face.box.area < 0.95
    assert hand.shape.area == hand.box.area


def test_an_end_to_end_head_is_read_as_it_is() -> None:
    net = fixed(torch.tensor([[[10.0, 12, 30, 40, 0.9, 1], [0, 0, 5, 5, 0.1, 0]]]), ("a", "b"), end2end=True)
    (found,) = net.look(BLACK, 0.3, [0, 1])
    assert (found.box, found.label) == (Box(10, 12, 30, 40), "b")


def test_keypoints_after_the_classes_do_not_disturb() -> None:
    net = fixed(rows((30, 30, 20, 20, 0.9, 99.0, 98.0, 0.7)), ("person",))
    (found,) = net.look(BLACK, 0.3, [0])
    assert (found.label, found.box) == ("person", Box(20, 20, 40, 40))


def test_an_object_beyond_the_picture_is_cut_to_it() -> None:
    (found,) = fixed(rows((60, 60, 20, 20, 0.9)), ("a",)).look(BLACK, 0.3, [0])
    assert found.box == Box(50, 50, 64, 64)


class TestMemory:
    def test_out_of_memory_frees_everything_and_goes_on_with_the_cpu(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        loaded, tidied = [], []
        real = Net.load

        def load(path: Path, device: str) -> Net:
            loaded.append(device)
            if device != "cpu":
                raise torch.cuda.OutOfMemoryError("CUDA out of memory.")
            return real(path, device)

        monkeypatch.setattr(Net, "load", load)
        yolo = Yolo(SHAPES, lambda p: p, lambda: "cuda:0", lambda m, w: None, lambda: tidied.append(1))
        picture = scene(Size(320, 320), [(150, 150, 50)])
        assert labels(yolo.find(picture, 0.5)) == ["disc"]
        assert labels(yolo.find(picture, 0.5)) == ["disc"]
        assert (loaded, tidied) == (["cuda:0", "cpu"], [1])

    def test_the_device_is_asked_again_after_unload(self, monkeypatch: pytest.MonkeyPatch) -> None:
        asked = []
        registry = Registry([SHAPES.parent], lambda: asked.append(1) or "cpu", offline=True)
        picture = scene(Size(320, 320), [(150, 150, 50)])
        for _ in range(2):
            registry.get(SHAPES.name).find(picture, 0.5, ())
        assert asked == [1]
        registry.unload()
        registry.get(SHAPES.name).find(picture, 0.5, ())
        assert asked == [1, 1]

    def test_a_cpu_without_memory_says_so(self) -> None:
        module = torch.nn.Module()

        def forward(_: torch.Tensor) -> torch.Tensor:
            raise RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory")

        module.forward = forward
        with pytest.raises(OutOfMemory, match="does not fit"):
            Net(module, ("a",), 64, "cpu", False).look(BLACK, 0.3, [0])


class TestFiles:
    def test_a_replaced_file_is_another_model(self, tmp_path: Path) -> None:
        path = tmp_path / "mine.pt"
        shutil.copy(SHAPES, path)
        registry = Registry([tmp_path])
        first = registry.get("mine.pt")
        assert registry.get("mine.pt") is first
        checkpoint = torch.load(SHAPES, weights_only=False)
        checkpoint["model"].names = {0: "ball", 1: "box"}
        torch.save(checkpoint, path)
        found = registry.get("mine.pt").find(scene(Size(320, 320), [(150, 150, 50)]), 0.5, ())
        assert labels(found) == ["ball"]

    def test_a_role_takes_a_file_named_for_it(self, tmp_path: Path) -> None:
        shutil.copy(SHAPES, tmp_path / "my_hand_model.pt")
        registry = Registry([tmp_path])
        listed = {info.name: info.description for info in registry.available()}
        assert "my_hand_model.pt" in listed["hand"]
        found = registry.get("hand").find(scene(Size(320, 320), [(150, 150, 50)]), 0.5, ())
        assert labels(found) == ["hand"]

    def test_a_role_survives_a_damaged_file(self, tmp_path: Path) -> None:
        (tmp_path / "face_broken.pt").write_bytes(b"not a model")
        (found,) = Registry([tmp_path]).get("face").find(Picture(skimage.data.astronaut()), 0.3, ())
        assert found.label == "face"

    def test_a_poisoned_file_is_refused_by_name(self, tmp_path: Path) -> None:
        torch.save({"model": deepcopy}, tmp_path / "bad.pt")
        with pytest.raises(WeightsRefused, match=r"bad\.pt asks for copy\.deepcopy"):
            Registry([tmp_path]).get("bad.pt").find(scene(Size(64, 64), []), 0.3, ())

    def test_a_state_dict_is_no_model(self, tmp_path: Path) -> None:
        torch.save({"weight": torch.zeros(3)}, tmp_path / "lora.pt")
        with pytest.raises(WeightsRefused, match=r"lora\.pt holds no YOLO model"):
            Registry([tmp_path]).get("lora.pt").find(scene(Size(64, 64), []), 0.3, ())

    def test_a_classifier_finds_no_regions(self, tmp_path: Path) -> None:
        model = ClassificationModel("yolov8n-cls.yaml", nc=2, verbose=False)
        torch.save({"model": model}, tmp_path / "classes.pt")
        with pytest.raises(WeightsRefused, match="is a Classify model"):
            Registry([tmp_path]).get("classes.pt").find(scene(Size(64, 64), []), 0.3, ())

    @pytest.mark.parametrize("design", ["yolov8n.yaml", "yolo11n-seg.yaml", "yolov10n.yaml", "yolo26n.yaml"])
    def test_untrained_models_of_every_generation_load_and_run(self, design: str, tmp_path: Path) -> None:
        from ultralytics.nn.tasks import SegmentationModel

        kind = SegmentationModel if "-seg" in design else DetectionModel
        model = kind(design, nc=3, verbose=False).half()
        model.names = {0: "a", 1: "b", 2: "c"}
        torch.save({"model": model, "train_args": {"imgsz": 640}}, tmp_path / "fresh.pt")
        found = Registry([tmp_path]).get("fresh.pt").find(scene(Size(128, 96), []), 0.0, ("b",))
        assert {region.label for region in found} <= {"b"}


class TestOpenVocabulary:
    @pytest.fixture
    def world(self, tmp_path: Path) -> Path:
        torch.manual_seed(0)
        model = WorldModel("yolov8s-worldv2.yaml", nc=2, verbose=False).half()
        model.names = {0: "person", 1: "bus"}
        torch.save({"model": model}, tmp_path / "tiny-world.pt")
        return tmp_path / "tiny-world.pt"

    def test_it_looks_for_the_words_given(self, world: Path) -> None:
        told: list[tuple[str, ...]] = []

        def embed(module: Any, words: Sequence[str]) -> torch.Tensor:
            told.append(tuple(words))
            vectors = torch.randn(1, len(words), 512, generator=torch.Generator().manual_seed(1))
            return vectors / vectors.norm(dim=-1, keepdim=True)

        yolo = Yolo(world, lambda p: p, lambda: "cpu", embed, lambda: None)
        picture = scene(Size(96, 96), [])
        found = yolo.find(picture, 0.0, ("hat", "red scarf", "hat", "shoe"))
        assert told == [("hat", "red scarf", "shoe")]
        assert {region.label for region in found} <= {"hat", "red scarf", "shoe"}
        assert found
        yolo.find(picture, 0.0, ("shoe",))
        assert len(told) == 1, "what it already looks for is not embedded again"

    def test_its_own_classes_need_no_encoder(self, world: Path) -> None:
        registry = Registry([world.parent], offline=True)
        found = registry.get(world.name).find(scene(Size(96, 96), []), 0.0, ("bus",))
        assert {region.label for region in found} <= {"bus"}

    def test_without_the_encoder_it_says_which_file_to_get(self, world: Path) -> None:
        module = torch.load(world, weights_only=False)["model"]
        with pytest.raises(Missing, match=r"clip package|ViT-B-32\.pt"):
            Vocabulary(lambda name: None).embed(module, ["hat"])
