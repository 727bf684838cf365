"""Model files that are damaged, or of another make or version: refused in words, whatever is in them."""

from __future__ import annotations

import contextlib
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ultralytics.nn.modules import block
from ultralytics.nn.tasks import DetectionModel

from retouch.detectors.registry import DetectorRegistry, Role
from retouch.engines.loading import Loader
from retouch.errors import Missing, OutOfMemory, RetouchError, WeightsRefused, collect_remarks
from retouch.image.geometry import Size
from retouch.segmenters import model_file
from retouch.segmenters.sam import networks
from retouch.weights import file_contents, safe_unpickle, versions
from tests.adapters.shapes import SHAPES, labels, scene, untrained

PICTURE = scene(Size(160, 160), [(80, 80, 40)])
SPOILT = settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
FLIPS = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), max_size=5)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """A file of each kind, of a few hundred bytes."""
    from safetensors.torch import save

    held = {"a": torch.ones(2, 3), "mask_decoder.iou_token.weight": torch.zeros(1, 4), "b": {"c": 1}}
    path = tmp_path_factory.mktemp("small") / "x.pt"
    torch.save(held, path)
    plain = {name: value for name, value in held.items() if name != "b"}
    return {".pt": path.read_bytes(), ".safetensors": save(plain)}


@pytest.mark.parametrize("ending", [".pt", ".safetensors"])
@SPOILT
@given(flips=FLIPS, kept=st.floats(0.01, 1))
def test_damaged_model_file_is_read_or_refused_as_a_retouch_error(
    tmp_path_factory, small, ending, flips, kept
) -> None:
    data = bytearray(small[ending])
    for place, value in flips:
        data[int(place * (len(data) - 1))] = value
    path = tmp_path_factory.mktemp("spoilt") / f"x{ending}"
    path.write_bytes(data[: int(len(data) * kept)])
    for read in (model_file.kind, model_file.tensors, safe_unpickle.load, file_contents.saved_by):
        with contextlib.suppress(RetouchError):
            read(path)
    with pytest.raises(RetouchError):
        networks.load(path, "cpu")
    with pytest.raises(RetouchError):
        Loader("cpu", offline=True).pipeline(str(path))


@SPOILT
@given(flips=FLIPS)
def test_detector_with_a_damaged_pickle_runs_or_is_refused(tmp_path_factory, flips) -> None:
    """What the pickle says of a network may be anything: no layer of it need fit the next."""
    path = tmp_path_factory.mktemp("spoilt") / "mine.pt"
    with zipfile.ZipFile(SHAPES) as sound, zipfile.ZipFile(path, "w") as spoilt:
        for info in sound.infolist():
            data = bytearray(sound.read(info))
            if info.filename.endswith("/data.pkl"):
                for place, value in flips:
                    data[int(place * (len(data) - 1))] = value
            spoilt.writestr(info.filename, bytes(data))
    with contextlib.suppress(RetouchError):
        DetectorRegistry([path.parent], offline=True).get("mine.pt").find(PICTURE, 0.5, ())


class NextBlock(torch.nn.Identity):
    """A layer that the installed ultralytics does not have."""


def save(path: Path, model: Any, **held: Any) -> Path:
    torch.save({"model": model, **held}, path)
    return path


@pytest.fixture
def newer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file that a later ultralytics saved, with a layer of its own."""
    model = DetectionModel("yolov8n.yaml", nc=1, verbose=False)
    model.model.insert(1, NextBlock())
    with monkeypatch.context() as patch:
        patch.setattr(NextBlock, "__module__", block.__name__)
        patch.setattr(block, "NextBlock", NextBlock, raising=False)
        return save(tmp_path / "face_next.pt", model, version="99.1.0")


def test_layer_of_a_newer_ultralytics_is_refused_with_upgrade_advice(newer: Path) -> None:
    with pytest.raises(WeightsRefused) as refused:
        DetectorRegistry([newer.parent], offline=True).get(newer.name).find(PICTURE, 0.5, ())
    said = str(refused.value)
    assert "NextBlock" in said
    assert versions.installed_version("ultralytics") in said
    assert "saved by ultralytics 99.1.0" in said
    assert 'pip install --upgrade "ultralytics>=99.1.0"' in refused.value.hint
    assert "author" not in said


def test_role_falls_back_from_a_file_of_a_newer_ultralytics(newer: Path) -> None:
    role = DetectorRegistry([newer.parent], offline=True).get("face")
    with collect_remarks() as remarks:
        role.find(PICTURE, 0.5, ())
    assert isinstance(role, Role)
    assert "face_next.pt cannot be used for 'face'" in remarks[0]


def test_next_step_for_an_older_file_names_its_version() -> None:
    here = versions.installed_version("ultralytics")
    assert versions.next_step("ultralytics", "8.0.9") == (
        f"Install ultralytics 8.0.9, or save the file again with {here}."
    )
    assert versions.number("8.2.79") < versions.number("8.10.0")


@pytest.mark.parametrize("name", ["ultralytics.nn.tasks.NoModel", "torch.nn.modules.next.Layer"])
def test_an_unknown_class_of_a_known_library_asks_for_an_update(name: str, tmp_path: Path) -> None:
    module, _, word = name.rpartition(".")
    with zipfile.ZipFile(tmp_path / "x.pt", "w") as file:
        file.writestr("a/data.pkl", f"\x80\x02c{module}\n{word}\n.".encode("latin1"))
    with pytest.raises(WeightsRefused, match=f"made of {name}") as refused:
        safe_unpickle.load(tmp_path / "x.pt")
    assert refused.value.hint.startswith(f"Update {name.split('.')[0]}")


def test_segmentation_file_older_than_8_2_runs(tmp_path: Path) -> None:
    """Its -seg heads hold `Detect.forward`, which a pickle spells as a call of getattr."""
    checkpoint = torch.load(SHAPES, weights_only=False)
    head = checkpoint["model"].model[-1]
    head.detect = type(head).__mro__[1].forward
    torch.save(checkpoint, tmp_path / "old-seg.pt")
    found = DetectorRegistry([tmp_path], offline=True).get("old-seg.pt").find(PICTURE, 0.5, ())
    assert labels(found) == ["disc"]


def test_head_class_without_a_format_attribute_runs(tmp_path: Path, monkeypatch) -> None:
    from ultralytics.nn.modules import head

    monkeypatch.delattr(head.Detect, "format", raising=False)
    found = DetectorRegistry([SHAPES.parent], offline=True).get(SHAPES.name).find(PICTURE, 0.5, ())
    assert labels(found) == ["disc"]


@pytest.mark.parametrize("size", [(16, 16), (40, 300), (64, 64)], ids=str)
@pytest.mark.parametrize("side", [32, 64, 640])
def test_an_end_to_end_head_takes_a_picture_of_any_size(size, side, tmp_path: Path) -> None:
    model = untrained("yolov10n.yaml", 2)
    model.names = {0: "a", 1: "b"}
    save(tmp_path / "v10.pt", model, train_args={"imgsz": side})
    model.args = {"imgsz": side}
    save(tmp_path / "v10.pt", model)
    picture = scene(Size(*size), [])
    DetectorRegistry([tmp_path], offline=True).get("v10.pt").find(picture, 0.9, ())


BROKEN = [AttributeError("no attribute 'format'"), TypeError("x"), KeyError(3), RecursionError("x")]


@pytest.mark.parametrize("error", BROKEN, ids=lambda error: type(error).__name__)
def test_failing_network_is_refused_with_its_file_and_versions(error, monkeypatch) -> None:
    registry = DetectorRegistry([SHAPES.parent], offline=True)
    detector: Any = registry.get(SHAPES.name)
    detector.find(PICTURE, 0.5, ())

    def fail(*_: Any) -> None:
        raise error

    monkeypatch.setattr(detector._net.module, "forward", fail)
    with pytest.raises(WeightsRefused, match=type(error).__name__) as refused:
        detector.find(PICTURE, 0.5, ())
    assert SHAPES.name in refused.value.what
    assert f"the installed ultralytics {versions.installed_version('ultralytics')}" in refused.value.what


@pytest.mark.parametrize(
    "error", [KeyboardInterrupt(), torch.OutOfMemoryError("CUDA out of memory")], ids=repr
)
def test_interrupt_and_out_of_memory_are_not_converted(error, monkeypatch) -> None:
    detector: Any = DetectorRegistry([SHAPES.parent], offline=True).get(SHAPES.name)
    detector.find(PICTURE, 0.5, ())
    from retouch.detectors.yolo import Net

    def fail(*_: Any) -> None:
        raise error

    monkeypatch.setattr(Net, "look", fail)
    with pytest.raises(OutOfMemory if isinstance(error, RuntimeError) else KeyboardInterrupt):
        detector.find(PICTURE, 0.5, ())


def test_failing_library_import_reports_the_supported_versions(monkeypatch) -> None:
    from retouch.weights import import_guard

    def fail() -> None:
        raise RuntimeError("operator torchvision::nms does not exist")

    monkeypatch.setattr(import_guard, "import_ultralytics", fail)
    with pytest.raises(Missing, match="does not start") as missing:
        DetectorRegistry([SHAPES.parent], offline=True).get(SHAPES.name).find(PICTURE, 0.5, ())
    assert f"{versions.OLDEST} to {versions.NEWEST}" in missing.value.hint


def test_weights_of_nan_give_no_detections(tmp_path: Path) -> None:
    checkpoint = torch.load(SHAPES, weights_only=False)
    for parameter in checkpoint["model"].parameters():
        parameter.data.fill_(np.nan)
    torch.save(checkpoint, tmp_path / "nan.pt")
    assert DetectorRegistry([tmp_path], offline=True).get("nan.pt").find(PICTURE, 0.5, ()) == ()
