"""A checkpoint that asks for code is refused by name, and nothing in it runs: real attacks, real files."""

from __future__ import annotations

import builtins
import contextlib
import importlib
import io
import os
import pickle
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from ultralytics.nn.modules import Conv
from ultralytics.nn.tasks import DetectionModel

from retouch.detectors.yolo_checkpoint import prepare_head
from retouch.errors import Missing, WeightsRefused
from retouch.weights import safe_unpickle

SHAPES = Path(__file__).parents[1] / "data" / "shapes-seg.pt"


def archive(path: Path, data: bytes, **extra: bytes) -> Path:
    with zipfile.ZipFile(path, "w") as file:
        for name, content in {"data.pkl": data, "version": b"3\n", **extra}.items():
            file.writestr(f"model/{name}", content)
    return path


class Call:
    """Pickles as a call of `function` with `args`; `then` becomes the state given to what it returns."""

    def __init__(self, function: Callable[..., Any], *args: Any, then: Any = None) -> None:
        self.function, self.args, self.then = function, args, then

    def __reduce__(self) -> tuple[Any, ...]:
        return (self.function, self.args) if self.then is None else (self.function, self.args, self.then)


def touch(sentinel: Path) -> str:
    return f"open({str(sentinel)!r}, 'w').write('ran')"


def text_pickle(sentinel: Path) -> bytes:
    """Protocol 0: INST calls os.system without a REDUCE."""
    return b"(S'touch " + str(sentinel).encode() + b"'\nios\nsystem\n."


def object_pickle(sentinel: Path) -> bytes:
    """OBJ makes a DetectionModel with its constructor, which evaluates the activation of its cfg."""
    cfg = {"activation": f"exec({touch(sentinel)!r})", "nc": 1, "backbone": [], "head": []}
    body = pickle.dumps(cfg, protocol=2)[2:-1]
    return b"\x80\x02(cultralytics.nn.tasks\nDetectionModel\n" + body + b"o."


def model_call(sentinel: Path) -> Any:
    layer = [-1, 1, "Conv", [8, 3, 2]]
    cfg = {"activation": f"exec({touch(sentinel)!r})", "nc": 1, "backbone": [layer], "head": []}
    return Call(DetectionModel, cfg)


def nested(sentinel: Path) -> Any:
    return Call(pickle.loads, pickle.dumps(Call(os.system, f"touch {sentinel}")))


def torch_again(sentinel: Path) -> Any:
    inner = sentinel.with_suffix(".inner")
    inner.write_bytes(pickle.dumps(Call(os.system, f"touch {sentinel}")))
    return Call(torch.load, str(inner))


def object_array(sentinel: Path) -> Any:
    array = np.empty(1, object)
    array[0] = Call(os.system, f"touch {sentinel}")
    return array


ATTACKS: dict[str, tuple[Callable[[Path], Any], str]] = {
    "os.system": (lambda s: Call(os.system, f"touch {s}"), "posix.system|nt.system"),
    "eval": (lambda s: Call(builtins.eval, touch(s)), "builtin(s|__).eval"),
    "exec": (lambda s: Call(builtins.exec, touch(s)), "builtin(s|__).exec"),
    "getattr": (lambda s: Call(getattr, Call(importlib.import_module, "os"), "system"), "importlib"),
    "getattr of a class": (lambda s: Call(getattr, Conv, "forward_fuse"), "getattr of 'forward_fuse'"),
    "getattr of a function": (lambda s: Call(getattr, getattr, "__call__"), "getattr of '__call__'"),
    "a call of a forward": (
        lambda s: b"\x80\x02c__builtin__\ngetattr\ncultralytics.nn.modules.conv\nConv\nU\x07forward\x86R)R.",
        "a call of function",
    ),
    "dotted of a class": (
        lambda s: b"\x80\x04\x8c\x1bultralytics.nn.modules.conv\x8c\x11Conv.forward_fuse\x93.",
        "forward_fuse",
    ),
    "importlib": (lambda s: Call(importlib.import_module, "antigravity"), "importlib.import_module"),
    "nested pickle": (nested, "pickle.loads"),
    "torch.load": (torch_again, "torch.serialization.load"),
    "numpy object array": (object_array, "numpy.*_reconstruct"),
    "model constructor": (model_call, "DetectionModel"),
    "module constructor": (lambda s: Call(Conv, 1, 1), "Conv"),
    "hub": (lambda s: Call(torch.hub.load, "a/b", "c"), "torch.hub.load"),
    "jit": (lambda s: Call(torch.jit.load, str(s)), "torch.jit"),
    "what a module imports": (lambda s: b"\x80\x02cultralytics.nn.tasks\ntorch\n.", "nn.tasks.torch"),
    "a function of a module": (lambda s: b"\x80\x02cultralytics.nn.tasks\nparse_model\n.", "parse_model"),
    "dotted": (lambda s: b"\x80\x04\x8c\x14ultralytics.nn.tasks\x8c\x0cnn.Module.to\x93.", "nn.Module.to"),
    "INST": (text_pickle, "an instruction|os.system"),
    "OBJ": (object_pickle, "an instruction"),
}  # fmt: skip


@pytest.mark.parametrize("name", ATTACKS)
def test_malicious_pickle_is_refused_by_name_and_never_runs(name: str, tmp_path: Path) -> None:
    sentinel = tmp_path / "ran"
    make, forbidden = ATTACKS[name]
    payload = make(sentinel)
    data = payload if isinstance(payload, bytes) else pickle.dumps({"model": payload}, protocol=2)
    path = archive(tmp_path / "poisoned.pt", data)
    with pytest.raises(WeightsRefused, match=forbidden) as refused:
        safe_unpickle.load(path)
    assert "poisoned.pt" in str(refused.value)
    assert not sentinel.exists()


@pytest.mark.parametrize("name", ["os.system", "eval", "nested pickle", "model constructor"])
def test_malicious_pickles_run_in_the_python_unpickler(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Python's own unpickler runs them: what is refused above is no straw man."""
    sentinel = tmp_path / "ran"
    monkeypatch.setattr(Conv, "default_act", Conv.default_act)  # one of them sets it
    data = pickle.dumps(ATTACKS[name][0](sentinel), protocol=2)
    with contextlib.suppress(Exception):  # an attack may well break what it runs in
        pickle.loads(data)
    assert sentinel.exists()


class Hostile(torch.nn.SiLU):
    """An allowed class by ancestry, but not from an allowed place."""

    def __setstate__(self, state: dict[str, Any]) -> None:
        raise AssertionError("ran")


def test_unknown_class_is_refused_even_if_it_is_a_torch_module(tmp_path: Path) -> None:
    torch.save({"model": Hostile()}, tmp_path / "own.pt")
    with pytest.raises(WeightsRefused, match="Hostile"):
        safe_unpickle.load(tmp_path / "own.pt")


def test_a_state_cannot_replace_a_class_or_a_storage(tmp_path: Path) -> None:
    data = b"\x80\x02cultralytics.nn.modules.conv\nConv\n}U\x04nameU\x01xsb."
    with pytest.raises(WeightsRefused, match="attributes on"):
        safe_unpickle.load(archive(tmp_path / "class.pt", data))


def test_whole_model_loads_as_torch_load_does(tmp_path: Path) -> None:
    ours = safe_unpickle.load(SHAPES)["model"].float()
    theirs = torch.load(SHAPES, map_location="cpu", weights_only=False)["model"].float()
    assert ours.names == theirs.names
    assert ours.args == theirs.args
    assert ours.state_dict().keys() == theirs.state_dict().keys()
    for key, value in theirs.state_dict().items():
        assert torch.equal(ours.state_dict()[key], value), key
    picture = torch.rand(1, 3, 96, 160)
    for model in (ours, theirs):
        prepare_head(model.model[-1])
    with torch.inference_mode():
        assert torch.equal(ours.eval()(picture)[0][0], theirs.eval()(picture)[0][0])


@pytest.mark.parametrize(
    "held",
    [
        {"a": torch.arange(12).reshape(3, 4).T, "b": torch.rand(2, 3).half(), "c": torch.tensor(True)},
        {"empty": torch.empty(0, 4), "bf16": torch.ones(3, dtype=torch.bfloat16), "size": torch.Size([2, 3])},
        {"metrics": {"fitness": np.float64(0.5), "n": np.int64(3)}, "set": {1, 2}, "cut": slice(1, 2)},
        {"path": Path("runs") / "train", "dtype": torch.float16, "bytes": b"\x00\xff", "none": None},
    ],
)
@pytest.mark.parametrize("protocol", [2, 4])
def test_plain_values_and_tensors_round_trip(held: dict[str, Any], protocol: int, tmp_path: Path) -> None:
    torch.save(held, tmp_path / "plain.pt", pickle_protocol=protocol)
    found = safe_unpickle.load(tmp_path / "plain.pt")
    assert found.keys() == held.keys()
    for key, value in held.items():
        if torch.is_tensor(value):
            assert found[key].dtype == value.dtype
            assert torch.equal(found[key], value)
        else:
            assert found[key] == (str(value) if isinstance(value, Path) else value)


def test_tensors_that_share_a_storage_still_share_it(tmp_path: Path) -> None:
    whole = torch.zeros(6)
    torch.save({"whole": whole, "part": whole[2:4]}, tmp_path / "shared.pt")
    found = safe_unpickle.load(tmp_path / "shared.pt")
    found["whole"][2] = 7
    assert found["part"][0] == 7


def test_training_classes_become_empty_placeholders(tmp_path: Path) -> None:
    data = b"\x80\x02cultralytics.utils.loss\nv8DetectionLoss\n)\x81}U\x04gainK\x07sb."
    assert vars(safe_unpickle.load(archive(tmp_path / "loss.pt", data))) == {"gain": 7}


DAMAGED: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "damaged"),
    "noise": (bytes(range(256)) * 9, "damaged"),
    "page": (b"<!DOCTYPE html><html>", "damaged"),
    "pointer": (b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n", "git-lfs pointer"),
    "old": (b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.", "old format"),
    "cut short": (SHAPES.read_bytes()[:400_000], "damaged"),
}


@pytest.mark.parametrize("kind", DAMAGED)
def test_damaged_file_is_refused_with_a_message(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "damaged.pt"
    path.write_bytes(DAMAGED[kind][0])
    with pytest.raises(WeightsRefused, match=DAMAGED[kind][1]):
        safe_unpickle.load(path)


def test_a_flipped_bit_is_refused(tmp_path: Path) -> None:
    data = bytearray(SHAPES.read_bytes())
    data[len(data) // 2] ^= 1
    (tmp_path / "flipped.pt").write_bytes(data)
    with pytest.raises(WeightsRefused, match=r"flipped\.pt"):
        safe_unpickle.load(tmp_path / "flipped.pt")


def test_missing_model_file_is_reported(tmp_path: Path) -> None:
    with pytest.raises(Missing, match=r"no gone\.pt"):
        safe_unpickle.load(tmp_path / "gone.pt")


def test_compressed_archive_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "bomb.pt", "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("model/data.pkl", bytes(10_000_000))
    with pytest.raises(WeightsRefused, match="compressed"):
        safe_unpickle.load(tmp_path / "bomb.pt")


def test_a_tensor_larger_than_its_storage_is_refused(tmp_path: Path) -> None:
    torch.save({"x": torch.zeros(1).expand(1 << 20, 1 << 20)}, tmp_path / "huge.pt")
    with pytest.raises(WeightsRefused, match="over 1 elements"):
        safe_unpickle.load(tmp_path / "huge.pt")


def test_tensor_over_an_empty_storage_must_be_empty(tmp_path: Path) -> None:
    """Else a file of a few hundred bytes could ask for all the memory there is."""
    torch.save({"x": torch.zeros(0, 3)}, tmp_path / "none.pt")
    assert safe_unpickle.load(tmp_path / "none.pt")["x"].shape == (0, 3)
    claims = torch.zeros(0).set_(torch.zeros(0).untyped_storage(), 0, (0, 3), (3, 1))
    torch.save({"x": claims}, tmp_path / "good.pt")
    with zipfile.ZipFile(tmp_path / "good.pt") as good:
        data = {info.filename.partition("/")[2]: good.read(info) for info in good.infolist()}
    pickled = data.pop("data.pkl")
    assert pickled.count(b"K\x00K\x03\x86") == 1
    large = archive(tmp_path / "large.pt", pickled.replace(b"K\x00K\x03\x86", b"K\x80K\x80\x86"), **data)
    with pytest.raises(WeightsRefused, match="over 0 elements"):
        safe_unpickle.load(large)


def test_storage_shorter_than_declared_is_refused(tmp_path: Path) -> None:
    torch.save({"x": torch.zeros(64)}, tmp_path / "good.pt")
    with zipfile.ZipFile(tmp_path / "good.pt") as good, zipfile.ZipFile(tmp_path / "lies.pt", "w") as lies:
        for info in good.infolist():
            data = good.read(info)
            lies.writestr(info.filename, data[:16] if info.filename.endswith("data/0") else data)
    with pytest.raises(WeightsRefused, match="storage 0 has 16 bytes"):
        safe_unpickle.load(tmp_path / "lies.pt")


def test_torch_load_is_never_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """A WebUI replaces torch.load; neither its version nor torch's is asked."""
    monkeypatch.setattr(torch, "load", lambda *_, **__: pytest.fail("torch.load was called"))
    assert "model" in safe_unpickle.load(SHAPES)


def test_pickle_without_a_stop_opcode_is_refused(tmp_path: Path) -> None:
    buffer = io.BytesIO(b"\x80\x02" + b"(" * 100)
    with pytest.raises(WeightsRefused):
        safe_unpickle.load(archive(tmp_path / "open.pt", buffer.getvalue()))
