from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from retouch.detectors import mediapipe_graphs, mtcnn_networks, registry
from retouch.detectors.base import Detector
from retouch.detectors.registry import ROLES, DetectorRegistry, Role
from retouch.errors import BadInput, Missing, WeightsRefused
from retouch.image.geometry import Box
from retouch.image.picture import Picture
from retouch.image.region import Region
from retouch.testing import FakeDetector


@pytest.fixture
def without_mediapipe(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mediapipe_graphs, "_missing", lambda: "mediapipe is not installed")


@pytest.fixture
def with_mtcnn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mtcnn_networks, "_missing", lambda: "")


@pytest.fixture
def without_mtcnn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mtcnn_networks, "_missing", lambda: "torch is not installed")


def best_for(role: str) -> str:
    return next(info.description for info in DetectorRegistry().available() if info.name == role)


def test_unknown_detector_name_suggests_the_closest() -> None:
    with pytest.raises(Missing, match=r"no detector 'fcae'. Did you mean 'face'\?"):
        DetectorRegistry().get("fcae")


def test_detector_is_created_once() -> None:
    registry = DetectorRegistry()
    assert registry.get("opencv face") is registry.get("opencv face")
    assert isinstance(registry.get("opencv face"), Detector)


@pytest.mark.usefixtures("without_mediapipe")
class TestWithoutMediapipe:
    @pytest.mark.parametrize("role", ["hand", "person", "lips"])
    def test_role_without_a_detector_says_which_package_to_install(self, role: str) -> None:
        with pytest.raises(Missing, match="mediapipe is not installed") as missing:
            DetectorRegistry().get(role)
        assert mediapipe_graphs.SERVES in str(missing.value)
        assert "models/retouch" in missing.value.hint

    @pytest.mark.parametrize("role", ["face", "eyes"])
    @pytest.mark.usefixtures("without_mtcnn")
    def test_role_falls_back_to_the_opencv_cascade(self, role: str) -> None:
        assert DetectorRegistry().get(role).name == role
        assert f"opencv {role}" in best_for(role)

    @pytest.mark.usefixtures("with_mtcnn")
    def test_face_role_takes_mtcnn_before_the_opencv_cascade(self) -> None:
        assert best_for("face") == "The best here: mtcnn face."

    @pytest.mark.usefixtures("without_mtcnn")
    def test_mtcnn_without_torch_is_listed_as_not_installed(self) -> None:
        listed = {info.name: info for info in DetectorRegistry().available()}
        assert not listed["mtcnn face"].installed
        assert listed["mtcnn face"].kind == "mtcnn"
        assert listed["mtcnn face"].description == "Needs torch and safetensors."
        with pytest.raises(Missing, match="mtcnn face needs torch and safetensors: torch is not installed"):
            DetectorRegistry().get("mtcnn face")

    def test_missing_models_are_listed_as_not_installed(self) -> None:
        listed = {info.name: info.installed for info in DetectorRegistry().available()}
        assert not listed["mediapipe face full"]
        assert not listed["hand"]
        assert listed["face"]
        assert listed["opencv face"]

    def test_adetailer_name_maps_to_the_equivalent_detector(self) -> None:
        with pytest.raises(Missing, match="mediapipe face full"):
            DetectorRegistry().get("mediapipe_face_full")


@pytest.mark.usefixtures("with_mtcnn")
def test_face_role_takes_a_face_file_then_mediapipe_then_mtcnn_then_opencv(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mediapipe_graphs, "_missing", lambda: "")
    monkeypatch.setattr(registry, "_has_ultralytics", lambda: True)
    (tmp_path / "my_face.pt").write_bytes(b"x")
    role = DetectorRegistry([tmp_path]).get("face")
    assert isinstance(role, Role)
    names = [player.name for player in role._players]
    assert names == ["my_face.pt", "mediapipe face", "mtcnn face", "opencv face"]


def test_files_are_listed_first_folder_first(tmp_path: Path) -> None:
    for folder, size in (("retouch", 10), ("adetailer/deep", 20)):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "mine.pt").write_bytes(b"x" * size)
    (tmp_path / "adetailer" / "other.pt").write_bytes(b"xyz")
    listed = {i.name: i for i in DetectorRegistry([tmp_path / "retouch", tmp_path / "adetailer"]).available()}
    assert listed["mine.pt"].size == 10
    assert listed["mine.pt"].installed
    assert listed["other.pt"].kind == "yolo"
    assert not listed["face_yolov8n.pt"].installed
    assert set(ROLES) <= set(listed)


def test_offline_a_catalogue_file_is_missing_with_its_address(tmp_path: Path) -> None:
    with pytest.raises(Missing, match="offline") as missing:
        DetectorRegistry([tmp_path / "retouch"], offline=True).get("face_yolov8n.pt")
    assert "huggingface.co/Bingsu/adetailer" in missing.value.hint


class Refusing(FakeDetector):
    def find(self, picture: Picture, confidence: float, classes: tuple[str, ...]) -> tuple[Region, ...]:
        raise WeightsRefused("bad.pt is damaged.")


def test_a_role_falls_back_when_a_file_is_refused(photo: Picture, caplog: pytest.LogCaptureFixture) -> None:
    role = Role("face", [Refusing(name="bad.pt"), FakeDetector((Box(1, 1, 9, 9),), label="head")])
    assert [r.label for r in role.find(photo, 0.3)] == ["face"]
    assert "bad.pt" in caplog.text


def test_role_raises_the_error_of_its_last_detector(photo: Picture) -> None:
    with pytest.raises(WeightsRefused, match="damaged"):
        Role("face", [Refusing(name="bad.pt")]).find(photo, 0.3)


def test_role_refuses_any_class_but_its_own(photo: Picture) -> None:
    role = Role("face", [FakeDetector((Box(1, 1, 9, 9),))])
    assert len(role.find(photo, 0.3, ("face",))) == 1
    with pytest.raises(BadInput, match="finds no 'dog'"):
        role.find(photo, 0.3, ("dog",))


@pytest.fixture
def photo() -> Picture:
    import numpy as np

    return Picture(np.zeros((32, 32, 3), np.uint8))


def test_importing_and_listing_loads_nothing_heavy() -> None:
    code = (
        "import sys; from retouch.detectors.registry import DetectorRegistry; DetectorRegistry().available();"
        "print(sorted({'torch', 'ultralytics', 'mediapipe', 'gradio'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_docs_name_the_supported_mediapipe_versions() -> None:
    for name in ("docs/fix-faces.md", "models/README.md"):
        text = (Path(__file__).parents[3] / name).read_text("utf-8")
        assert f"({mediapipe_graphs.SERVES}" in text, name
