"""HTTP and pixels for the end-to-end tests. Knows the wire, nothing of the code behind it."""

from __future__ import annotations

import base64
import io
import json
from functools import cache
from typing import Any

import httpx
import numpy as np
from PIL import Image, ImageOps

PREFIX = "/retouch/v1"


SAME_MODULES = {"hr_additional_modules": ["Use same choices"]}
"""What a request with hires fix must say to Forge and Neo. Others ignore it."""


class Client:
    """Talks to one server; credentials may be in its address."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._http = httpx.Client(base_url=url, timeout=900, trust_env=False)

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def get(self, path: str) -> dict[str, Any]:
        answer = self._http.get(path)
        assert answer.status_code == 200, answer.text[:500]
        return answer.json()

    def file(self, path: str) -> bytes:
        answer = self._http.get(path)
        assert answer.status_code == 200, answer.text[:500]
        return answer.content

    def ask(self, verb: str, body: object) -> httpx.Response:
        """A verb's raw answer. NaN in `body` travels as NaN."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        json_body = {"Content-Type": "application/json"}
        return self._http.post(f"{PREFIX}/{verb}", content=content, headers=json_body)

    def do(self, verb: str, body: dict[str, Any]) -> dict[str, Any]:
        """A verb's answer, which must be a success."""
        answer = self.ask(verb, body)
        assert answer.status_code == 200, answer.text[:1000]
        return answer.json()

    def upscalers(self) -> list[str]:
        """Upscalers for hires fix, one of each kind that the host has: of latents, and of pixels."""
        modes = [mode["name"] for mode in self.get("/sdapi/v1/latent-upscale-modes")]
        names = [upscaler["name"] for upscaler in self.get("/sdapi/v1/upscalers")]
        return [*modes[:1], "Lanczos" if "Lanczos" in names else "None"]

    def sdapi(self, job: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = self._http.post(f"/sdapi/v1/{job}", json=body)
        assert answer.status_code == 200, answer.text[:1000]
        return answer.json()


def encoded(image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def base64_of(data: bytes | Image.Image) -> str:
    return base64.b64encode(data if isinstance(data, bytes) else encoded(data)).decode("ascii")


def opened(text: str) -> Image.Image:
    return Image.open(io.BytesIO(base64.b64decode(text)))


def pixels(image: Image.Image | str) -> np.ndarray:
    """(height, width, 3) uint8 of an upright picture; of 16 bits the high bytes."""
    image = opened(image) if isinstance(image, str) else image
    if image.mode.startswith("I"):
        image = Image.fromarray((np.asarray(image).astype(np.int64) >> 8).astype(np.uint8))
    return np.asarray(ImageOps.exif_transpose(image).convert("RGB"))


def union(masks: list[str], like: np.ndarray) -> np.ndarray:
    """Where any of the composite masks is not 0."""
    out = np.zeros(like.shape[:2], bool)
    for text in masks:
        out |= np.asarray(opened(text).convert("L")) > 0
    return out


@cache
def two_people() -> Image.Image:
    """Two portraits in the public domain side by side, 512x256."""
    from matplotlib import cbook
    from skimage import data

    hopper = Image.open(str(cbook.get_sample_data("grace_hopper.jpg", asfileobj=False)))
    both = Image.new("RGB", (1024, 512))
    both.paste(Image.fromarray(data.astronaut()), (0, 0))
    both.paste(hopper.convert("RGB").crop((0, 0, 512, 512)), (512, 0))
    return both.resize((512, 256), Image.Resampling.LANCZOS)


FACES = {
    "name": "Test faces",
    "passes": [
        {
            "target": {"models": ["face"], "order": "left to right"},
            "shape": {"work_side": 192},
            "steps": 2,
            "denoising_strength": 0.6,
        }
    ],
}
"""Small and short, so that a processor is enough."""


def with_pass(recipe: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """The recipe, its first pass changed."""
    first, *rest = recipe["passes"]
    return {**recipe, "passes": [{**first, **changes}, *rest]}
