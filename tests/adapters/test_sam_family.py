"""MobileSAM and SAM 2 through ultralytics, full size with random weights: told, loaded, pointed with."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from ultralytics.models.sam import build

from retouch.image.geometry import Box, Size
from retouch.segmenters import model_file
from retouch.segmenters.base import Click, Prompt
from retouch.segmenters.sam import networks
from retouch.segmenters.sam.decoder import DecoderInput
from retouch.segmenters.sam.segmenter import Sam
from retouch.segmenters.sam.square_input import SquareInput
from tests.helpers import noise

BUILD: dict[str, Callable[[], Any]] = {"mobile-sam": build.build_mobile_sam, "sam2": build.build_sam2_t}


@pytest.fixture(scope="module", params=sorted(BUILD))
def saved(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path, Any]:
    """Kind, file and the model that was saved; SAM 2's published files hold their tensors under "model"."""
    torch.manual_seed(0)
    model = BUILD[request.param]()
    state = model.state_dict()
    path = tmp_path_factory.mktemp("family") / "any name.pt"
    torch.save({"model": state} if request.param == "sam2" else state, path)
    return request.param, path, model


def test_sam_variant_is_recognized_loaded_and_segments(saved: tuple[str, Path, Any]) -> None:
    kind, path, _ = saved
    assert model_file.kind(path) == kind
    sam, picture = Sam(path, lambda file: file, lambda: "cpu", lambda: None), noise(Size(300, 200))
    seen = sam.segment(picture, Prompt((Click(150, 100),)))
    assert seen.memory is not None
    again = sam.segment(
        picture, Prompt((Click(150, 100), Click(9, 9, False)), Box(50, 50, 250, 150)), seen.memory
    )
    assert all(picture.size.box.contains(region.box) for region in again.regions)


def test_logits_of_a_sam_variant_equal_those_of_ultralytics(saved: tuple[str, Path, Any]) -> None:
    kind, path, model = saved
    net, picture = networks.load(path, "cpu"), noise(Size(300, 200))
    fit = SquareInput.of(picture.size.box, net.side, net.stretch)
    image = fit.image(picture.pixels)
    points, labels = np.array([[[400.0, 300.0]]]), np.array([[1.0]])
    ours = net.decode(net.encode(image), DecoderInput(points + 0.5, labels))
    mean, deviation = (torch.tensor(v)[:, None, None] for v in (networks.MEAN, networks.DEVIATION))
    tensor = (torch.from_numpy(image.transpose(2, 0, 1).astype(np.float32)) - mean) / deviation
    height, width = image.shape[:2]
    tensor = torch.nn.functional.pad(tensor, (0, net.side - width, 0, net.side - height))[None]
    with torch.no_grad():
        theirs = _ultralytics(kind, model, tensor, torch.tensor(points).float(), torch.tensor(labels).float())
    assert np.abs(ours.logits[1:] - theirs.numpy()).max() < 1e-3 * float(theirs.abs().max())


def _ultralytics(kind: str, model: Any, tensor: Any, points: Any, labels: Any) -> Any:
    """The three masks of its own predictors, without their preparations."""
    if kind == "mobile-sam":
        sparse, dense = model.prompt_encoder(points=(points, labels), boxes=None, masks=None)
        place = model.prompt_encoder.get_dense_pe()
        return model.mask_decoder(model.image_encoder(tensor), place, sparse, dense, True)[0][0]
    _, levels, _, sizes = model._prepare_backbone_features(model.forward_image(tensor))
    levels[-1] = levels[-1] + model.no_mem_embed
    features = [part.permute(1, 2, 0).reshape(1, -1, *size) for part, size in zip(levels, sizes, strict=True)]
    sparse, dense = model.sam_prompt_encoder(points=(points, labels), boxes=None, masks=None)
    return model.sam_mask_decoder(
        image_embeddings=features[-1],
        image_pe=model.sam_prompt_encoder.get_dense_pe(),
        sparse_prompt_embeddings=sparse,
        dense_prompt_embeddings=dense,
        multimask_output=True,
        repeat_image=False,
        high_res_features=features[:-1],
    )[0][0]
