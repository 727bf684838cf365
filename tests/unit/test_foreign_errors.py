"""The boundary round what is not ours: what passes, what is converted, what reaches the person."""

from __future__ import annotations

import contextlib
import json
import os
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from retouch.api.service import ApiService
from retouch.cli.command import main
from retouch.detectors.registry import DetectorRegistry, Role
from retouch.errors import (
    BadInput,
    Missing,
    OutOfMemory,
    RetouchError,
    WeightsRefused,
    collect_remarks,
    convert_errors,
    describe,
)
from retouch.image.codec import encoder
from retouch.image.geometry import Box
from retouch.image.mask import Mask
from retouch.image.picture import Picture
from retouch.image.region import Region
from retouch.pipeline import history_file as pipeline_history_file
from retouch.pipeline.candidate import Candidate
from retouch.pipeline.history import History, HistoryEntry
from retouch.recipes.library import files as recipe_files
from retouch.segmenters.registry import SegmenterRegistry
from retouch.segmenters.text_detector import TextDetector
from retouch.testing import FakeDetector, FakeEngine
from retouch.weights import file_contents, model_folders
from tests.stand import Stand, photo


class PanicException(BaseException):
    """As a library in Rust raises it."""


FOREIGN = [
    ValueError("x"), KeyError("x"), TypeError(), RecursionError("deep"), struct.error("x"), AssertionError(),
    UnicodeDecodeError("utf-8", b"\xff", 0, 1, "bad"), NotImplementedError(), OSError(13, "denied"),
    StopIteration(), PanicException("range end index"), ZeroDivisionError(), EOFError(), OverflowError("big"),
]  # fmt: skip


@pytest.mark.parametrize("error", FOREIGN, ids=lambda error: type(error).__name__)
def test_foreign_error_is_converted_with_its_cause(error):
    with pytest.raises(WeightsRefused, match=type(error).__name__) as raised, convert_errors(WeightsRefused):
        raise error
    assert raised.value.__cause__ is error


@pytest.mark.parametrize(
    "error", [KeyboardInterrupt(), SystemExit(), GeneratorExit(), BadInput("x"), OutOfMemory("x")], ids=repr
)
def test_interrupts_and_retouch_errors_pass_unchanged(error):
    with pytest.raises(type(error)) as raised, convert_errors(WeightsRefused):
        raise error
    assert raised.value is error


class OutOfMemoryError(RuntimeError):
    """As torch names it."""


@pytest.mark.parametrize(
    "error", [MemoryError(), OutOfMemoryError("x"), RuntimeError("CUDA out of memory. Tried")], ids=repr
)
def test_out_of_memory_is_not_converted(error):
    with pytest.raises(OutOfMemory), convert_errors(WeightsRefused):
        raise error


@given(st.text(max_size=2000))
def test_a_cause_is_one_printable_line_of_bounded_length(text):
    said = describe(ValueError(text))
    assert len(said) <= 200
    assert said.isprintable()


def test_a_cause_names_no_path_of_this_machine(tmp_path):
    with pytest.raises(OSError) as raised:
        (tmp_path / "gone").read_bytes()
    assert str(tmp_path) not in describe(raised.value)


# Roles and words: the next one is asked, and the person is told.


class Broken(FakeDetector):
    def find(self, picture: Picture, confidence: float, classes: tuple[str, ...]) -> tuple[Region, ...]:
        raise WeightsRefused("bad.pt is damaged.")


@pytest.mark.parametrize("verb", ["detect", "fix", "plan"])
def test_fallback_of_a_role_is_warned_of(verb):
    here = Stand(engine=FakeEngine(side=64))
    here._detector = lambda name: Role("face", [Broken(name="bad.pt"), FakeDetector((Box(40, 30, 100, 90),))])
    about = {"verb": "fix"} if verb == "plan" else {}
    said = ApiService(here).answer(verb, {"image": encoder.encode_base64(photo()), **about})
    assert any("bad.pt cannot be used for 'face'" in text for text in said["warnings"])
    assert said["steps" if verb == "plan" else "regions" if verb == "detect" else "reports"]


class Many:
    """As a Registry: each detector by name, all of them YOLO files."""

    def __init__(self, **detectors: FakeDetector) -> None:
        self.detectors = detectors

    def get(self, name: str) -> FakeDetector:
        return self.detectors[name]

    def available(self) -> list:
        from retouch.detectors.registry import ModelInfo

        roles = [ModelInfo("person", "role", True, labels=("person",))] if "person" in self.detectors else []
        return roles + [ModelInfo(name, "yolo", True) for name in self.detectors if name != "person"]


def test_text_is_detected_despite_a_broken_model_file():
    words = TextDetector(Many(a_world=Broken(), good=FakeDetector((Box(1, 1, 9, 9),), label="dog")))
    assert [region.label for region in words.find(photo(), "dog")] == ["dog"]


def test_broken_role_gives_no_parts_and_a_remark():
    with collect_remarks() as remarks:
        assert TextDetector(Many(person=Broken())).part(photo(), "person") == ()
    assert "bad.pt is damaged" in remarks[0]


def test_exception_inside_a_verb_becomes_a_retouch_error():
    here = Stand()
    here._detector = lambda name: {}["boom"]
    with pytest.raises(RetouchError, match="'detect' failed inside Retouch") as raised:
        ApiService(here).answer("detect", {"image": encoder.encode_base64(photo())})
    assert raised.value.status == 500


class Fragile:
    """A door behind which every second photograph breaks as nothing of ours does."""

    def __init__(self) -> None:
        self.asked = 0

    def answer(self, verb: str, body: dict) -> dict:
        self.asked += 1
        if self.asked % 2:
            raise KeyError("boom")
        return {"regions": [], "warnings": []}

    def recipes(self) -> dict:
        return {}


def test_batch_continues_after_a_failing_photograph(tmp_path, capsys):
    (tmp_path / "in").mkdir()
    for name in "abcd":
        encoder.write(photo(32, 32), tmp_path / "in" / f"{name}.png")
    door = Fragile()
    assert main(["detect", str(tmp_path / "in"), "-o", str(tmp_path / "out")], door) == 1
    assert door.asked == 4
    assert "Traceback" not in capsys.readouterr().err


def test_answer_without_expected_keys_is_one_sentence(tmp_path, capsys):
    (tmp_path / "x.retouch").write_bytes(b"")

    class Other(Fragile):
        def answer(self, verb: str, body: dict) -> dict:
            return {}

    assert main(["history", str(tmp_path / "x.retouch")], Other()) == 2
    assert "it failed (KeyError" in capsys.readouterr().err


def test_ctrl_c_passes_through_a_verb():
    here = Stand(engine=FakeEngine(side=64))

    def interrupt(name: str):
        raise KeyboardInterrupt

    here._detector = interrupt
    with pytest.raises(KeyboardInterrupt):
        ApiService(here).answer("detect", {"image": encoder.encode_base64(photo())})


# Files in the models folders.


def tensors(header: bytes, body: bytes = b"") -> bytes:
    return struct.pack("<Q", len(header)) + header + body


def zipped(data: bytes, kind: int = zipfile.ZIP_STORED) -> bytes:
    import io

    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", kind) as file:
        file.writestr("a/data.pkl", data)
    return out.getvalue()


SOUND = {
    "mine.pt": zipped(b"\x80\x02}q\x00X\x05\x00\x00\x00modelq\x01K\x01s."),
    "packed.pt": zipped(b"\x80\x02}q\x00." * 30, zipfile.ZIP_DEFLATED),
    "mine.pth": zipped(b"\x80\x02}q\x00X\x1b\x00\x00\x00mask_decoder.iou_token.weightq\x01K\x01s."),
    "mine.safetensors": tensors(
        json.dumps({"w": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}).encode(), b"\0\0\0\0"
    ),
}
damaged = st.tuples(
    st.sampled_from(sorted(SOUND)),
    st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), max_size=6),
    st.integers(0, 10_000),
    st.booleans(),
)


def spoil(data: bytes, flips: list[tuple[int, int]], length: int, cut: bool) -> bytes:
    spoilt = bytearray(data)
    for place, value in flips:
        spoilt[place % len(spoilt)] = value
    return bytes(spoilt[: length % len(spoilt)] if cut else spoilt)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(damaged)
def test_damaged_model_file_does_not_affect_others_of_its_folder(tmp_path_factory, how):
    name, *rest = how
    folder = tmp_path_factory.mktemp("models")
    (folder / "face_other.pt").write_bytes(b"x")
    (folder / name).write_bytes(spoil(SOUND[name], *rest))
    registry = DetectorRegistry([folder], offline=True)
    outliners = SegmenterRegistry([folder], lambda: "cpu", True, registry)
    assert "face_other.pt" in {info.name for info in registry.available()}
    assert registry.get("opencv face")
    assert "classical" in {known.name for known in outliners.available()}
    assert outliners.get("classical").name == "classical"
    file_contents.saved_by(folder / name)


HEADERS = [b"5", b"null", b"[{}]", b'"x"', b"[" * 100_000, b"{", b'{"\\ud800": 1}', b"\xff\xfe", b"1e999"]


@pytest.mark.parametrize("header", HEADERS, ids=lambda header: repr(header[:8]))
def test_safetensors_file_with_arbitrary_json_header_is_not_listed(header, tmp_path):
    (tmp_path / "x.safetensors").write_bytes(tensors(header))
    listed = SegmenterRegistry(
        [tmp_path], lambda: "cpu", True, DetectorRegistry([tmp_path], offline=True)
    ).available()
    assert "x.safetensors" not in {known.name for known in listed}


class TestFolders:
    def listed(self, *folders: Path) -> set[str]:
        return {info.name for info in DetectorRegistry(folders, offline=True).available()}

    def test_linked_folders_are_searched_despite_circular_links(self, tmp_path):
        store, models = tmp_path / "store", tmp_path / "models"
        (store / "deep").mkdir(parents=True)
        models.mkdir()
        (store / "deep" / "face_mine.pt").write_bytes(b"x")
        (models / "linked").symlink_to(store, target_is_directory=True)
        (store / "back").symlink_to(models, target_is_directory=True)
        (store / "self").symlink_to(store, target_is_directory=True)
        assert "face_mine.pt" in self.listed(models)
        assert [p.name for p in model_folders.model_files(models, (".pt",))] == ["face_mine.pt"]

    def test_models_folder_that_is_a_symbolic_link_is_searched(self, tmp_path):
        (tmp_path / "store").mkdir()
        (tmp_path / "store" / "MINE.PT").write_bytes(b"x")
        (tmp_path / "models").symlink_to(tmp_path / "store", target_is_directory=True)
        assert "MINE.PT" in self.listed(tmp_path / "models")

    @pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes on this system")
    def test_files_that_are_not_regular_are_skipped(self, tmp_path):
        os.mkfifo(tmp_path / "pipe.pt")
        (tmp_path / "folder.pt").mkdir()
        (tmp_path / "broken.pt").symlink_to(tmp_path / "gone.pt")
        (tmp_path / "circle.pt").symlink_to(tmp_path / "circle.pt")
        (tmp_path / "device.pt").symlink_to("/dev/zero")
        (tmp_path / "good.pt").write_bytes(b"")
        with contextlib.suppress(OSError):  # some file systems refuse such a name
            Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.pt")).write_bytes(b"x")
        assert [p.name for p in model_folders.model_files(tmp_path, (".pt",))] == ["good.pt"]
        assert "good.pt" in self.listed(tmp_path)

    def test_model_file_deleted_after_listing_is_not_installed(self, tmp_path, monkeypatch):
        path = tmp_path / "mine.pt"
        path.write_bytes(b"x")
        registry = DetectorRegistry([tmp_path], offline=True)
        found = registry._files()
        path.unlink()
        monkeypatch.setattr(registry, "_files", lambda: found)
        assert not next(info for info in registry.available() if info.name == "mine.pt").installed
        assert registry.get("mine.pt").name == "mine.pt"

    def test_missing_models_folder_has_no_files(self, tmp_path):
        assert model_folders.model_files(tmp_path / "gone", (".pt",)) == []


# Histories and recipes.


def history_file() -> bytes:
    over = Picture(np.full((8, 8, 3), 90, np.uint8))
    made = Candidate(5, over, Box(4, 4, 12, 12), Mask.full(over.size))
    return pipeline_history_file.write_history(
        History(photo(24, 24), (HistoryEntry(None, (made,)),)), {"infotext": "a"}
    )


HISTORY = history_file()


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 100_000), st.integers(0, 255)), max_size=5),
    st.integers(0, 100_000),
    st.booleans(),
)
def test_damaged_history_is_read_or_refused_as_bad_input(flips, length, cut):
    with contextlib.suppress(BadInput):
        pipeline_history_file.read(spoil(HISTORY, flips, length, cut))


NAMES = ("schema", "about", "entries", "step", "paintings", "box", "passes", "name")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None)
@given(JSON)
def test_history_of_arbitrary_json_is_read_or_refused_as_bad_input(data):
    import io

    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(HISTORY)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            new.writestr(name, json.dumps(data) if name == "history.json" else old.read(name))
    with contextlib.suppress(BadInput):
        pipeline_history_file.read(out.getvalue())


def encrypted(data: bytes) -> bytes:
    """Every entry is said to be."""
    for sign, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        parts = data.split(sign)
        marked = [part[: place - 4] + bytes([part[place - 4] | 1]) + part[place - 3 :] for part in parts[1:]]
        data = sign.join([parts[0], *marked])
    return data


@pytest.mark.parametrize(
    "spoilt",
    [
        pytest.param(lambda data: encrypted(data), id="encrypted"),
        pytest.param(lambda data: data[:-40], id="cut short"),
        pytest.param(lambda data: b"", id="empty"),
        pytest.param(lambda data: b"PK\x05\x06" + bytes(18), id="no entries"),
    ],
)  # fmt: skip
def test_invalid_history_is_refused(spoilt: Callable[[bytes], bytes]):
    with pytest.raises(BadInput, match="not a history") as raised:
        pipeline_history_file.read(spoilt(HISTORY))
    assert raised.value.path == "file"


@settings(max_examples=100, deadline=None)
@given(JSON)
def test_recipe_file_of_arbitrary_json_does_not_affect_others(tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("recipes")
    (folder / "a.json").write_text(json.dumps(data))
    (folder / "b.json").write_text('{"name": "Good", "passes": []}')
    read = dict(recipe_files(folder))
    assert getattr(read[folder / "b.json"], "name", "") == "Good"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes on this system")
def test_recipe_path_that_is_no_regular_file_is_an_error(tmp_path):
    os.mkfifo(tmp_path / "a.json")
    (tmp_path / "b.json").mkdir()
    (tmp_path / "c.json").symlink_to(tmp_path / "gone.json")
    assert all(isinstance(said, RetouchError) for _, said in recipe_files(tmp_path))


def test_missing_error_is_not_converted():
    with pytest.raises(Missing), convert_errors(WeightsRefused):
        raise Missing("x")
