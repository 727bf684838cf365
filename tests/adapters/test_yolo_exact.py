"""YOLO's arithmetic, by networks whose answers are known exactly; memory; open vocabularies."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from ultralytics.nn import tasks

from retouch.detectors.letterbox import GREY
from retouch.detectors.registry import DetectorRegistry
from retouch.detectors.vocabulary import Vocabulary
from retouch.detectors.yolo import Net, Yolo
from retouch.errors import Missing, OutOfMemory, WeightsRefused
from retouch.image.geometry import Box, Size
from retouch.image.picture import Picture
from tests.adapters.shapes import SHAPES, labels, scene


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
def test_mask_of_exact_logits_is_within_one_pixel_of_the_truth(size: tuple[int, int]) -> None:
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


def test_end_to_end_head_is_read_without_suppression() -> None:
    net = fixed(torch.tensor([[[10.0, 12, 30, 40, 0.9, 1], [0, 0, 5, 5, 0.1, 0]]]), ("a", "b"), end2end=True)
    (found,) = net.look(BLACK, 0.3, [0, 1])
    assert (found.box, found.label) == (Box(10, 12, 30, 40), "b")


class Pose(SimpleNamespace):
    end2end = False


@pytest.mark.parametrize(
    "output",
    [
        rows((30, 30, 20, 20, 0.9, 0.3)),
        torch.zeros(1, 4, 10),
        torch.zeros(1, 5),
        (rows((30, 30, 20, 20, 0.9)), torch.zeros(1, 0)),
    ],
    ids=["a number more", "no class", "no boxes", "flat prototypes"],
)
def test_unknown_output_shape_of_a_head_is_refused(output: Any) -> None:
    with pytest.raises(WeightsRefused, match=r"new\.pt is a SimpleNamespace model"):
        dataclasses.replace(fixed(output, ("person",)), file="new.pt").look(BLACK, 0.3, [0])


@pytest.mark.parametrize("output", [None, {"boxes": torch.zeros(1, 5, 3)}, []], ids=repr)
def test_head_output_that_is_no_tensor_is_refused(output: Any) -> None:
    yolo = Yolo(Path("new.pt"), lambda p: p, lambda: "cpu", lambda m, w: None, lambda: None)
    yolo._net = fixed(output, ("person",))
    with pytest.raises(WeightsRefused, match=r"new\.pt does not run with the installed ultralytics \d"):
        yolo.find(Picture(BLACK), 0.3)


def test_keypoints_after_the_class_scores_are_ignored() -> None:
    net = fixed(rows((30, 30, 20, 20, 0.9, 99.0, 98.0, 0.7)), ("person",))
    net.module.model = [Pose()]
    (found,) = net.look(BLACK, 0.3, [0])
    assert (found.label, found.box) == ("person", Box(20, 20, 40, 40))


def test_an_object_beyond_the_picture_is_cut_to_it() -> None:
    (found,) = fixed(rows((60, 60, 20, 20, 0.9)), ("a",)).look(BLACK, 0.3, [0])
    assert found.box == Box(50, 50, 64, 64)


class TestMemory:
    def test_out_of_gpu_memory_frees_memory_and_continues_on_the_cpu(
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

    def test_device_is_chosen_again_after_unload(self, monkeypatch: pytest.MonkeyPatch) -> None:
        asked = []
        registry = DetectorRegistry([SHAPES.parent], lambda: asked.append(1) or "cpu", offline=True)
        picture = scene(Size(320, 320), [(150, 150, 50)])
        for _ in range(2):
            registry.get(SHAPES.name).find(picture, 0.5, ())
        assert asked == [1]
        registry.unload()
        registry.get(SHAPES.name).find(picture, 0.5, ())
        assert asked == [1, 1]

    def test_out_of_memory_on_the_cpu_is_reported(self) -> None:
        module = torch.nn.Module()

        def forward(_: torch.Tensor) -> torch.Tensor:
            raise RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory")

        module.forward = forward
        module.model = [SimpleNamespace(end2end=False)]  # type: ignore[assignment]
        with pytest.raises(OutOfMemory, match="does not fit"):
            Net(module, ("a",), 64, "cpu", False).look(BLACK, 0.3, [0])


def newer(name: str) -> Any:
    """A class that the oldest ultralytics claimed, 8.1.0, does not have."""
    return getattr(tasks, name, None) or pytest.skip(f"this ultralytics has no {name}")


class TestOpenVocabulary:
    @pytest.fixture
    def world(self, tmp_path: Path) -> Path:
        torch.manual_seed(0)
        model = newer("WorldModel")("yolov8s-worldv2.yaml", nc=2, verbose=False).half()
        model.names = {0: "person", 1: "bus"}
        torch.save({"model": model}, tmp_path / "tiny-world.pt")
        return tmp_path / "tiny-world.pt"

    def test_open_vocabulary_model_embeds_the_requested_classes_once(self, world: Path) -> None:
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

    def test_classes_of_the_model_need_no_text_encoder(self, world: Path) -> None:
        registry = DetectorRegistry([world.parent], offline=True)
        found = registry.get(world.name).find(scene(Size(96, 96), []), 0.0, ("bus",))
        assert {region.label for region in found} <= {"bus"}

    def test_missing_text_encoder_names_the_required_file(self, world: Path) -> None:
        module = torch.load(world, weights_only=False)["model"]
        with pytest.raises(Missing, match=r"clip package|ViT-B-32\.pt"):
            Vocabulary(lambda name: None).embed(module, ["hat"])

    def test_class_words_are_embedded_by_the_text_encoder(
        self, world: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        class Encoder(torch.nn.Module):
            def __init__(self) -> None:
                super().__init__()
                self.words = torch.nn.Embedding(300, 512)

            @torch.jit.export
            def encode_text(self, tokens: torch.Tensor) -> torch.Tensor:
                return self.words(tokens).mean(1)

        def tokenize(words: list[str], truncate: bool) -> torch.Tensor:
            return torch.tensor([[ord(word[0]), len(word)] for word in words])

        torch.jit.script(Encoder()).save(str(world.parent / "ViT-B-32.pt"))
        monkeypatch.setitem(sys.modules, "clip", SimpleNamespace(tokenize=tokenize))
        registry = DetectorRegistry([world.parent], offline=True)
        assert "ViT-B-32.pt" not in {info.name for info in registry.available()}
        found = registry.get(world.name).find(scene(Size(96, 96), []), 0.0, ("hat", "scarf"))
        assert found
        assert {region.label for region in found} <= {"hat", "scarf"}

    def test_yoloe_takes_class_words_through_its_head(self) -> None:
        torch.manual_seed(0)
        model = newer("YOLOEModel")("yoloe-11s.yaml", nc=2, verbose=False).eval()
        model.model[-1].export = True
        net = Net(model, ("a", "b"), 64, "cpu", True)
        net.speak(("hat", "scarf", "shoe"), lambda module, words: torch.randn(1, len(words), 512))
        found = net.look(BLACK, 0.0, [0, 1, 2])
        assert found
        assert {region.label for region in found} <= {"hat", "scarf", "shoe"}
