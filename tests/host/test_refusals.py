"""What the doors refuse: each with a status, the JSON path of the fault, and a way on."""

from __future__ import annotations

import base64
import io
import os
import pickle
import struct
import zipfile
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.host.client import FACES, base64_of, encoded, pixels, two_people, with_pass


def png_header(width: int, height: int) -> bytes:
    """A PNG that claims a size and holds no pixels."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = [(b"IHDR", head), (b"IDAT", zlib.compress(b"")), (b"IEND", b"")]
    chunks = [
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


SMALL = base64_of(two_people().resize((256, 128)))
PICTURES = {
    "0x0": (png_header(0, 0), 422),
    "1x1": (encoded(Image.new("RGB", (1, 1))), 422),
    "sliver": (encoded(Image.new("RGB", (4000, 8))), 422),
    "bomb": (png_header(20_000, 20_000), 413),
    "truncated": (encoded(two_people())[:20_000], 422),
    "not a picture": (b"Dear sir or madam", 422),
    "svg": (b'<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64"/>', 422),
    "executable": (b"\x7fELF" + bytes(4096), 422),
}


def fault(answer) -> dict:
    said = answer.json()
    assert set(said) == {"error", "path", "what", "hint"}
    assert said["what"]
    return said


@pytest.mark.parametrize("kind", PICTURES)
@pytest.mark.parametrize("verb", ["fix", "detect"])
def test_pictures(client, verb, kind):
    data, status = PICTURES[kind]
    answer = client.ask(verb, {"image": base64_of(data)})
    assert answer.status_code == status
    said = fault(answer)
    assert said["path"] == "image"
    assert said["hint"]


@pytest.mark.parametrize("image", ["/etc/hostname", "file:///etc/hostname", "http://127.0.0.1/a.png"])
def test_paths_and_addresses_are_not_pictures(client, image):
    answer = client.ask("fix", {"image": image})
    assert answer.status_code == 422
    assert fault(answer)["path"] == "image"


def recipe(**changes: object) -> dict:
    return {"image": SMALL, "recipe": with_pass(FACES, **changes)}


@pytest.mark.parametrize(
    ("body", "status", "path", "hint"),
    [
        ({"image": SMALL, "stpes": 3}, 422, "stpes", "Did you mean 'steps'?"),
        ({"image": SMALL, "steps": "20"}, 422, "steps", "Allowed: 1 to 150."),
        ({"image": SMALL, "steps": 2.5}, 422, "steps", "Allowed: 1 to 150."),
        ({"image": SMALL, "steps": True}, 422, "steps", "Allowed: 1 to 150."),
        ({"image": SMALL, "cfg_scale": 99}, 422, "cfg_scale", "Allowed: 1 to 30."),
        ({"image": SMALL, "cfg_scale": float("nan")}, 422, "cfg_scale", "Allowed: 1 to 30."),
        ({"image": SMALL, "cfg_scale": float("inf")}, 422, "cfg_scale", "Allowed: 1 to 30."),
        ({"image": SMALL, "seed": -2}, 422, "seed", "Allowed: -1 to"),
        ({"image": SMALL, "prompt": 7}, 422, "prompt", ""),
        ({"image": SMALL, "return_masks": 1}, 422, "return_masks", ""),
        (recipe(denoising_strength=1.5), 422, "recipe.passes[0].denoising_strength", "0 to 1."),
        (recipe(target={"models": "face"}), 422, "recipe.passes[0].target.models", ""),
        (recipe(target={"modles": []}), 422, "recipe.passes[0].target.modles", "'models'"),
        (recipe(masked_content="nosie"), 422, "recipe.passes[0].masked_content", ""),
        (recipe(shape={"grow": 10**6}), 422, "recipe.passes[0].shape.grow", "-512 to 512"),
        ({"image": SMALL, "recipe": {"passes": [{}] * 99}}, 422, "recipe.passes", "At most 16."),
        ({"image": SMALL, "recipe": "Face polisch"}, 404, "recipe", "Did you mean 'Face polish'?"),
        (
            recipe(target={"models": ["face", "no-such.pt"]}),
            404,
            "recipe.passes[0].target.models[1]",
            "",
        ),
        ({"image_id": "0" * 32}, 404, "image_id", "Send it again"),
        ({}, 422, "image", "image_id"),
        ([], 422, "", ""),
        (b"", 422, "", ""),
        (b'{"image": ', 422, "", ""),
        (b"[" * 50_000, 422, "", ""),
    ],
)
def test_requests(client, body, status, path, hint):
    answer = client.ask("fix", body)
    assert answer.status_code == status
    said = fault(answer)
    assert said["path"] == path
    assert hint in said["hint"]


@pytest.mark.parametrize(
    ("verb", "body", "path"),
    [
        ("plan", {"image": SMALL}, "verb"),
        ("plan", {"verb": "paint", "image": SMALL}, "verb"),
        ("detect", {"image": SMALL, "targets": []}, "targets"),
        ("detect", {"image": SMALL, "targets": [{"confidence": 2}]}, "targets[0].confidence"),
    ],
)
def test_other_verbs(client, verb, body, path):
    answer = client.ask(verb, body)
    assert answer.status_code == 422
    assert fault(answer)["path"] == path


class Poison:
    """Unpickled, it makes a file."""

    def __init__(self, canary: Path) -> None:
        self.canary = canary

    def __reduce__(self):
        return os.mkdir, (str(self.canary),)


def weights(payload: object) -> bytes:
    """The file torch.save would write."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("archive/data.pkl", pickle.dumps(payload, protocol=2))
        archive.writestr("archive/version", "3\n")
        archive.writestr("archive/byteorder", "little")
    return out.getvalue()


@pytest.mark.parametrize("form", ["zip", "pickle"])
def test_weights_that_ask_to_run_code_are_refused_and_nothing_runs(client, models_dir, tmp_path, form):
    canary = tmp_path / "canary"
    payload = {"model": Poison(canary)}
    file = models_dir / f"face_poison_{form}.pt"
    file.write_bytes(weights(payload) if form == "zip" else pickle.dumps(payload, protocol=2))
    try:
        target = {"models": [file.name]}
        answer = client.ask("detect", {"image": SMALL, "targets": [target]})
        assert answer.status_code == 422, answer.text[:500]
        said = fault(answer)
        assert (said["error"], said["path"]) == ("WeightsRefused", "targets[0].models")
        assert file.name in said["what"]
        done = client.do("fix", recipe(target=target))
        assert done["reports"] == []
        assert file.name in done["warnings"][0]
        assert np.array_equal(pixels(done["image"]), pixels(SMALL))
    finally:
        file.unlink()
    assert not canary.exists()


def test_the_poison_would_have_worked(tmp_path):
    pickle.loads(pickle.dumps(Poison(tmp_path / "canary")))
    assert (tmp_path / "canary").exists()


def test_a_data_uri_is_a_picture(client):
    data = base64.b64encode(encoded(two_people().resize((256, 128)))).decode()
    answer = client.ask("detect", {"image": f"data:image/png;base64,{data}"})
    assert answer.status_code == 200
