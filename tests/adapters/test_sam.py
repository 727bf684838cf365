"""The SAM adapter against the segment-anything package itself, on a small model with random weights."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from segment_anything import SamAutomaticMaskGenerator, SamPredictor

from retouch.detectors.registry import DetectorRegistry
from retouch.errors import BadInput, Missing, WeightsRefused
from retouch.image.geometry import Box, Size
from retouch.image.picture import Picture
from retouch.segmenters import model_file
from retouch.segmenters.base import Click, Prompt
from retouch.segmenters.registry import SegmenterRegistry
from retouch.segmenters.sam import networks
from retouch.segmenters.sam.architecture import Encoder, Head
from retouch.segmenters.sam.decoder import DecoderInput
from retouch.segmenters.sam.everything import Grid
from retouch.segmenters.sam.mask_candidates import MaskCandidate, mask_iou
from retouch.segmenters.sam.segmenter import Sam
from retouch.segmenters.sam.square_input import SquareInput
from tests.helpers import noise

SIDE, WIDTH, DEPTH, PROMPTS = 128, 48, 3, 32
TINY = Path(__file__).parents[1] / "data" / "tiny_sam.pt"


def small_sam(seed: int = 0) -> Any:
    """Not of any published size: width 48 with 3 heads, windows of 3, the last block sees all."""
    from segment_anything import modeling

    torch.manual_seed(seed)
    encoder = modeling.ImageEncoderViT(
        img_size=SIDE,
        patch_size=8,
        embed_dim=WIDTH,
        depth=DEPTH,
        num_heads=3,
        use_rel_pos=True,
        window_size=3,
        global_attn_indexes=(2,),
        out_chans=PROMPTS,
        norm_layer=lambda n: torch.nn.LayerNorm(n, eps=1e-6),
    )
    torch.nn.init.normal_(encoder.pos_embed, std=0.5)
    prompts = modeling.PromptEncoder(PROMPTS, (16, 16), (SIDE, SIDE), 8)
    layers = modeling.TwoWayTransformer(depth=2, embedding_dim=PROMPTS, mlp_dim=48, num_heads=8)
    masks = modeling.MaskDecoder(transformer_dim=PROMPTS, transformer=layers, iou_head_hidden_dim=24)
    for embedding in [*prompts.point_embeddings, masks.mask_tokens]:
        embedding.weight.data *= 3  # random prompts should matter
    return modeling.Sam(encoder, prompts, masks).eval()


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sam") / "some name.pth"
    torch.save(small_sam().state_dict(), path)
    return path


def segmenter(path: Path, grid: Grid | None = None) -> Sam:
    return Sam(path, lambda file: file, lambda: "cpu", lambda: None, grid)


class Counting:
    """Counts calls of a module's forward."""

    def __init__(self, module: torch.nn.Module) -> None:
        self.calls = 0
        module.register_forward_hook(self)

    def __call__(self, *_: Any) -> None:
        self.calls += 1


def test_sam_architecture_is_read_from_the_tensor_shapes(file: Path) -> None:
    shapes = {name: tuple(value.shape) for name, value in model_file.tensors(file).items()}
    assert Encoder.of(shapes) == Encoder(SIDE, 8, WIDTH, DEPTH, 3, 192, 3, (2,), True, PROMPTS)
    assert Head.of(shapes) == Head(PROMPTS, 8, 2, 48, 3, 24, 3)


@pytest.mark.parametrize(
    ("width", "heads", "depth", "whole"),
    [(768, 12, 12, (2, 5, 8, 11)), (1024, 16, 24, (5, 11, 17, 23)), (1280, 16, 32, (7, 15, 23, 31))],
)
def test_published_sam_sizes_are_recognized(
    width: int, heads: int, depth: int, whole: tuple[int, ...]
) -> None:
    from segment_anything import sam_model_registry

    name = {768: "vit_b", 1024: "vit_l", 1280: "vit_h"}[width]
    with torch.device("meta"):
        shapes = {n: tuple(v.shape) for n, v in sam_model_registry[name]().state_dict().items()}
    assert Encoder.of(shapes) == Encoder(1024, 16, width, depth, heads, 4 * width, 14, whole, True, 256)
    assert Head.of(shapes) == Head(256, 16, 2, 2048, 3, 256, 3)


@pytest.mark.parametrize("size", [Size(200, 140), Size(90, 260)], ids=str)
class TestAsThePackage:
    """Same embedding, same logits, same scores."""

    @pytest.fixture
    def both(self, file: Path, size: Size) -> tuple[networks.SamNetwork, SamPredictor, Picture]:
        net, picture = networks.load(file, "cpu"), noise(size)
        predictor = SamPredictor(net.module)
        predictor.set_image(picture.pixels)
        return net, predictor, picture

    def test_embedding_equals_that_of_segment_anything(
        self, both: tuple[networks.SamNetwork, SamPredictor, Picture], size: Size
    ) -> None:
        net, predictor, picture = both
        features = net.encode(SquareInput.of(size.box, net.side).image(picture.pixels))
        assert torch.equal(features.coarse, predictor.features)

    @pytest.mark.parametrize("what", ["clicks", "box", "both", "again"])
    def test_logits_equal_those_of_segment_anything(
        self, both: tuple[networks.SamNetwork, SamPredictor, Picture], size: Size, what: str
    ) -> None:
        net, predictor, picture = both
        fit = SquareInput.of(size.box, net.side)
        points, box = np.array([[30.0, 40.0], [60.0, 100.0]]), np.array([10.0, 12.0, 80.0, 110.0])
        theirs: dict[str, Any] = {"multimask_output": False}
        ours: dict[str, Any] = {}
        if what != "box":
            theirs |= {"point_coords": points, "point_labels": np.array([1, 0])}
            ours |= {"points": fit.points(points)[None] + 0.5, "labels": np.array([[1, 0]])}
        if what in ("box", "both"):
            theirs |= {"box": box}
            ours |= {"boxes": fit.points(box.reshape(2, 2)).reshape(1, 4) + 0.5}
        if what == "again":
            theirs |= {"mask_input": np.random.default_rng(1).normal(size=(1, 64, 64)).astype(np.float32)}
            ours |= {"masks": theirs["mask_input"]}
        features = net.encode(fit.image(picture.pixels))
        for levels, several in (((0,), False), ((1, 2, 3), True)):
            masks, scores, logits = predictor.predict(**theirs | {"multimask_output": several})
            answer = net.decode(features, DecoderInput(**ours, levels=levels))
            assert np.abs(answer.logits - logits).max() < 1e-4
            assert np.abs(answer.scores - scores).max() < 1e-4
            mine = MaskCandidate(fit, answer.logits[0], 1.0).region
            solid = mine.mask(size).solid if mine else np.zeros_like(masks[0])
            assert np.mean(solid != masks[0]) < 0.06  # noise has edges everywhere


def test_batched_prompts_decode_as_alone_and_low_scores_are_dropped(file: Path) -> None:
    net = networks.load(file, "cpu")
    features = net.encode(noise(Size(SIDE, SIDE)).pixels)
    points = np.random.default_rng(3).uniform(0, SIDE, (11, 1, 2))
    every = net.decode(features, DecoderInput(points, np.ones((11, 1))))
    assert every.logits.shape == (44, 64, 64)
    for row in (0, 10):
        alone = net.decode(features, DecoderInput(points[row : row + 1], np.ones((1, 1))))
        assert np.abs(alone.logits - every.logits[every.prompts == row]).max() < 1e-4
    limit = float(np.median(every.scores))
    good = net.decode(features, DecoderInput(points, np.ones((11, 1)), least=limit, levels=(1, 3)))
    wanted = (every.scores > limit) & np.isin(every.levels, (1, 3))
    assert np.array_equal(good.scores, every.scores[wanted])
    assert np.abs(good.logits - every.logits[wanted]).max() < 1e-4


class TestClicks:
    def test_picture_is_encoded_once_for_concurrent_clicks(self, file: Path) -> None:
        sam, picture = segmenter(file), noise(Size(200, 140))
        encoder = Counting(sam.net.module.image_encoder)
        work: list[Callable[[], Any]] = [
            lambda: sam.prepare(picture),
            lambda: sam.segment(picture, Prompt((Click(9, 9),))),
        ]
        threads = [threading.Thread(target=work[i % 2]) for i in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        sam.segment(Picture(picture.pixels.copy()), Prompt(box=Box(5, 5, 90, 90)))  # the same content
        sam.everything(picture)
        assert encoder.calls == 1
        sam.prepare(noise(Size(200, 140), seed=1))
        assert encoder.calls == 2

    def test_each_click_decodes_once(self, file: Path) -> None:
        sam, picture = segmenter(file), noise(Size(100, 100))
        seen = sam.segment(picture, Prompt((Click(50, 50),)))
        decoder = Counting(sam.net.module.mask_decoder.transformer)
        clicks = (Click(50, 50), Click(70, 70, False), Click(20, 30))
        for count in (2, 3):
            seen = sam.segment(picture, Prompt(clicks[:count]), seen.memory)
        assert decoder.calls == 2

    def test_masks_that_contain_the_click_come_first(self, file: Path) -> None:
        sam, picture = segmenter(file), noise(Size(200, 140))
        for click in (Click(3, 3), Click(120, 70), Click(199, 139)):
            inside = []
            for region in sam.segment(picture, Prompt((click,))).regions:
                inside.append(bool(region.mask(picture.size).solid[click.y, click.x]))
            assert inside == sorted(inside, reverse=True)

    def test_click_inside_the_mask_keeps_it_or_gives_a_better_score(self, file: Path) -> None:
        """A click on what is already so: the answer is the old mask or one the model likes better."""
        sam, picture = segmenter(file), noise(Size(128, 128))
        first = sam.segment(picture, Prompt((Click(60, 60),)))
        old = first.memory.guess
        y, x = np.argwhere(first.best.mask(picture.size).solid)[0]
        second = sam.segment(picture, Prompt((Click(60, 60), Click(int(x), int(y)))), first.memory)
        new = second.memory.guess
        assert new.score >= old.score or mask_iou(new.logits, old.logits) == 1

    def test_memory_of_another_picture_is_ignored(self, file: Path) -> None:
        sam, prompt = segmenter(file), Prompt((Click(50, 50), Click(60, 60)))
        one, other = noise(Size(100, 100)), noise(Size(100, 100), seed=1)
        memory = sam.segment(one, prompt).memory
        assert sam.segment(other, prompt, memory).regions == sam.segment(other, prompt).regions
        assert sam.segment(other, prompt, 5).regions == sam.segment(other, prompt).regions

    def test_bad_prompts_are_refused_before_the_model_is_loaded(self, tmp_path: Path) -> None:
        with pytest.raises(BadInput, match="outside"):
            segmenter(tmp_path / "none.pth").segment(noise(Size(9, 9)), Prompt((Click(10, 1),)))


def test_released_model_is_reloaded_and_keeps_encoded_pictures(file: Path) -> None:
    sam, picture, prompt = segmenter(file), noise(Size(100, 100)), Prompt(box=Box(10, 10, 80, 80))
    before, module = sam.segment(picture, prompt), sam.net.module
    sam.release()
    assert sam.segment(picture, prompt).regions == before.regions
    assert sam.net.module is not module


def test_small_object_of_a_large_picture_is_segmented_in_a_crop(file: Path, monkeypatch: Any) -> None:
    """The finer mask replaces the coarser when it is of the same thing: here it is made so."""
    sam, picture = segmenter(file), noise(Size(900, 600))
    fits: list[SquareInput] = []
    monkeypatch.setattr("retouch.segmenters.sam.segmenter.zoom_crop", lambda *_: Box(300, 200, 500, 400))
    monkeypatch.setattr(
        "retouch.segmenters.sam.segmenter.better_of", lambda finer, *_: fits.append(finer.fit) or finer
    )
    seen = sam.segment(picture, Prompt((Click(400, 300),)))
    assert fits[0].crop == Box(300, 200, 500, 400)
    assert fits[0].crop.contains(seen.best.box)
    encoder = Counting(sam.net.module.image_encoder)
    sam.segment(picture, Prompt((Click(400, 300), Click(310, 210, False))), seen.memory)
    assert encoder.calls == 0  # both views are known, and the click lies in the crop
    assert len(fits) == 1
    sam.segment(picture, Prompt((Click(400, 300),), fine=False))
    assert len(fits) == 1


def test_everything_equals_the_generator_of_segment_anything() -> None:
    """By the tests' trained model, on a picture of its own kind of things."""
    grid = Grid(side=6, batch=7, quality=0.6, stability=0.7)
    sam, picture = segmenter(TINY, grid), discs()
    regions = sam.everything(picture)
    ours = [region.mask(picture.size).solid for region in regions]
    theirs = SamAutomaticMaskGenerator(
        sam.net.module,
        points_per_side=grid.side,
        points_per_batch=grid.batch,
        pred_iou_thresh=grid.quality,
        stability_score_thresh=grid.stability,
    ).generate(picture.pixels)
    assert len(theirs) >= 2
    assert len(ours) == len(theirs)
    for one in theirs:
        mask = one["segmentation"]
        assert max((mask & other).sum() / (mask | other).sum() for other in ours) > 0.95
    assert [region.score for region in regions] == sorted((r.score for r in regions), reverse=True)


def discs() -> Picture:
    """Three of different colours, not square."""
    pixels = np.full((300, 400, 3), (60, 90, 120), np.uint8)
    for center, radius, colour in (
        ((90, 90), 50, (230, 60, 40)),
        ((280, 120), 70, (240, 220, 60)),
        ((150, 230), 40, (240, 240, 240)),
    ):
        cv2.circle(pixels, center, radius, colour, -1)
    return Picture(pixels)


class TestFiles:
    def test_sam_file_is_recognized_under_any_name_and_extension(self, file: Path, tmp_path: Path) -> None:
        state = small_sam().state_dict()
        torch.save({"model": state}, tmp_path / "nested.pt")
        save_file(state, tmp_path / "safe.safetensors")
        torch.save({"weight": torch.ones(3)}, tmp_path / "other.pt")
        (tmp_path / "damaged.pth").write_bytes(b"PK nothing")
        listed = {k.name: k.kind for k in SegmenterRegistry([tmp_path]).available() if k.installed}
        assert listed == {"nested.pt": "sam", "safe.safetensors": "sam", "classical": "classical"}
        expected = networks.load(file, "cpu").module.state_dict()
        for name in ("nested.pt", "safe.safetensors"):
            found = networks.load(tmp_path / name, "cpu").module.state_dict()
            assert all(torch.equal(found[key], value) for key, value in expected.items())

    def test_half_precision_file_runs_in_float32(self, tmp_path: Path) -> None:
        path = tmp_path / "half.pth"
        torch.save({name: value.half() for name, value in small_sam().state_dict().items()}, path)
        sam = segmenter(path)
        assert {p.dtype for p in sam.net.module.parameters()} == {torch.float32}
        assert sam.segment(noise(Size(50, 50)), Prompt(box=Box(5, 5, 40, 40))).memory is not None

    def test_default_segmenter_is_the_best_installed(self, file: Path) -> None:
        segmenters = SegmenterRegistry([file.parent])
        assert segmenters.get().name == file.name
        assert segmenters.get("classical").name == "classical"
        assert segmenters.get(file.name) is segmenters.get(file.name)
        assert SegmenterRegistry().get().name == "classical"

    def test_unknown_segmenter_name_suggests_the_closest(self) -> None:
        with pytest.raises(Missing, match="Did you mean 'classical'"):
            SegmenterRegistry().get("clasical")

    def test_sam_offline_is_missing_with_its_download_url(self, tmp_path: Path) -> None:
        sam = SegmenterRegistry([tmp_path], offline=True).get("sam_vit_b_01ec64.pth")
        with pytest.raises(Missing, match="offline") as error:
            sam.prepare(noise(Size(20, 20)))
        assert "dl.fbaipublicfiles.com/segment_anything/sam_vit_b_01ec64.pth" in error.value.hint

    def test_code_in_a_file_is_refused_and_not_run(self, tmp_path: Path) -> None:
        class Attack:
            def __reduce__(self) -> tuple[Any, ...]:
                return (exec, (f"open({str(tmp_path / 'ran')!r}, 'w')",))

        path = tmp_path / "evil.pth"
        torch.save({**small_sam().state_dict(), "attack": Attack()}, path)
        assert model_file.kind(path) == "sam"
        with pytest.raises(WeightsRefused, match=r"evil\.pth asks for \w+\.exec, which no model needs"):
            networks.load(path, "cpu")
        assert not (tmp_path / "ran").exists()

    def test_tensors_of_another_shape_are_refused_by_name(self, tmp_path: Path) -> None:
        state = small_sam().state_dict()
        state["mask_decoder.iou_token.weight"] = torch.ones(1, PROMPTS + 1)
        torch.save(state, tmp_path / "odd.pth")
        with pytest.raises(WeightsRefused, match="is not built like any sam"):
            networks.load(tmp_path / "odd.pth", "cpu")

    def test_sam_file_is_listed_as_segmenter_and_not_as_detector(self, tmp_path: Path) -> None:
        torch.save(small_sam().state_dict(), tmp_path / "small.pt")
        assert "small.pt" not in [info.name for info in DetectorRegistry([tmp_path]).available()]
        assert "small.pt" in [info.name for info in SegmenterRegistry([tmp_path]).available()]


def test_a_file_of_sam_hq_is_never_offered_and_refused_by_name(tmp_path: Path) -> None:
    state = torch.load(TINY, weights_only=True)
    torch.save({**state, "mask_decoder.hf_token.weight": torch.zeros(1, 4)}, tmp_path / "hq.pth")
    segmenters = SegmenterRegistry((tmp_path,), lambda: "cpu", True)
    assert "hq.pth" not in [known.name for known in segmenters.available()]
    assert segmenters.get("").name == "classical"
    with pytest.raises(WeightsRefused, match="sam-hq"):
        segmenters.get("hq.pth").segment(noise(Size(64, 64)), Prompt((Click(3, 3),)))
