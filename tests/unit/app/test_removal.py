"""The intent Remove of the standalone app where there is no checkpoint: content-aware, without a model."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from retouch.api.service import ApiService
from retouch.app.backend import Standalone, add_arguments, backend_of, no_model
from retouch.cli import command
from retouch.engines.content_aware import REMOVAL_REMARK, PatchEngine
from retouch.errors import RetouchError
from retouch.image.codec import decoder, encoder, mask_layers
from retouch.image.picture import Picture
from retouch.testing import FakeDetector, FakeEngine

MARK = np.zeros((160, 200), np.uint8)
MARK[60:90, 80:120] = 255


class Registry:
    def get(self, name: str) -> FakeDetector:
        return FakeDetector()

    def available(self) -> tuple[Any, ...]:
        return ()


def stripes() -> Picture:
    """Vertical stripes with a red block under the mark."""
    columns = np.where(np.arange(200) // 5 % 2, 60, 180).astype(np.uint8)
    pixels = np.repeat(np.broadcast_to(columns, (160, 200))[..., None], 3, 2).copy()
    pixels[64:86, 84:116] = (220, 20, 20)
    return Picture(pixels)


def backend(engine: FakeEngine | None = None, has_checkpoint: bool = False) -> Standalone:
    """A backend whose engine is `engine`; without one, loading raises Missing."""

    def load() -> FakeEngine:
        if engine is None:
            raise no_model()
        return engine

    return Standalone(load, Registry(), has_checkpoint=has_checkpoint)


def body(**changes: Any) -> dict[str, Any]:
    mask = encoder.encode_base64(Picture(np.repeat(MARK[..., None], 3, 2)))
    return {"image": encoder.encode_base64(stripes()), "mask": mask, "intent": "remove", "seed": 1, **changes}


def options(*words: str) -> Standalone:
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    return backend_of(parser.parse_args(words))


def test_remove_without_any_model_fills_the_mask_with_the_picture():
    answer = ApiService(backend()).answer("inpaint", body(variations=3))
    made, given = decoder.decode_base64(answer["images"][0]).pixels, stripes().pixels
    truth = given[10:11, :, :]
    hole = MARK > 0
    assert np.abs(made.astype(int) - truth)[hole].mean() < 10
    (report,) = answer["reports"]
    left, top, right, bottom = report["crop"]
    outside = np.ones(MARK.shape, bool)
    outside[top:bottom, left:right] = False
    assert np.array_equal(made[outside], given[outside])
    assert answer["warnings"].count(REMOVAL_REMARK) == 1
    assert len(answer["images"]) == 1


def test_remove_does_not_load_the_demo_model():
    engine = FakeEngine()
    held = backend(engine)
    ApiService(held).answer("inpaint", body())
    assert (engine.calls, held.health()["engine"]) == ([], "not loaded")


@pytest.mark.parametrize("changes", [{"intent": "fill"}, {"checkpoint": "mine.safetensors"}])
def test_other_intents_and_a_named_checkpoint_use_the_engine(changes: dict[str, str]):
    engine = FakeEngine()
    answer = ApiService(backend(engine)).answer("inpaint", body(**changes))
    assert len(engine.calls) == 1
    assert REMOVAL_REMARK not in answer["warnings"]


def test_remove_with_a_checkpoint_uses_the_checkpoint():
    engine = FakeEngine()
    answer = ApiService(backend(engine, has_checkpoint=True)).answer("inpaint", body(variations=2))
    assert (len(engine.calls[0]), len(answer["images"])) == (2, 2)
    assert REMOVAL_REMARK not in answer["warnings"]


def test_plan_of_remove_equals_what_is_painted():
    service = ApiService(backend())
    (step,) = service.answer("plan", {"verb": "inpaint", **body()})["steps"]
    (report,) = service.answer("inpaint", body())["reports"]
    assert (step["crop"], step["work"]) == (report["crop"], report["work"])


@pytest.mark.parametrize(
    ("words", "replaced"), [((), True), (("--demo-noise",), True), (("--model", "content"), False)]
)
def test_options_without_a_checkpoint_select_the_removal_engine(words: tuple[str, ...], replaced: bool):
    found = options(*words).removal_engine()
    assert (found == PatchEngine(remark=REMOVAL_REMARK)) == replaced
    assert (found is None) != replaced


def test_model_folder_of_the_user_is_never_replaced(tmp_path: Path):
    (tmp_path / "model_index.json").write_text(json.dumps({"_class_name": "StableDiffusionPipeline"}))
    assert options("--model", str(tmp_path)).removal_engine() is None


def test_command_line_removes_without_a_model_and_tells_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    encoder.write(stripes(), tmp_path / "a.png")
    (tmp_path / "mask.png").write_bytes(mask_layers.encode_gray(MARK))
    words = ["inpaint", str(tmp_path / "a.png"), "--mask", str(tmp_path / "mask.png"), "--intent", "remove"]
    assert command.main([*words, "-o", str(tmp_path / "out")], ApiService(backend())) == 0
    made = decoder.read(tmp_path / "out" / "a.png").pixels
    assert made[75, 100].max() - made[75, 100].min() < 20
    said = capsys.readouterr()
    assert REMOVAL_REMARK in said.out + said.err


@pytest.mark.parametrize(("intent", "is_repaintable"), [("remove", False), ("fill", True)])
def test_history_repaints_no_removal_that_the_engine_did_not_paint(intent, is_repaintable):
    service = ApiService(backend(FakeEngine()))
    answer = service.answer("inpaint", body(intent=intent, return_steps=True, return_history=True))
    assert (answer["reports"][0]["how"] is not None) == is_repaintable
    request = {"history": answer["history"], "repaint": [1]}
    if is_repaintable:
        service.answer("history", request)
    else:
        with pytest.raises(RetouchError):
            service.answer("history", request)
