"""Embeddings of class names for open-vocabulary models: YOLO-World and YOLOE.

Each needs the text encoder of its training, as a file next to the models: CLIP's `ViT-B-32.pt` for
YOLO-World, `mobileclip_blt.ts` for YOLOE. Both are TorchScript, a closed language that cannot import. The
`clip` package, which the WebUI has, tokenises the words.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from retouch.errors import Missing, WeightsRefused, convert_errors

ENCODERS = {
    "WorldModel": "ViT-B-32.pt",
    "YOLOEModel": "mobileclip_blt.ts",
    "YOLOESegModel": "mobileclip_blt.ts",
}
_SOURCES = {
    "ViT-B-32.pt": "OpenAI's CLIP ViT-B/32",
    "mobileclip_blt.ts": "ultralytics' assets",
}


class Vocabulary:
    """Text encoders, each loaded once and kept. `find` maps a file name to its path or None."""

    def __init__(self, find: Callable[[str], Path | None]) -> None:
        self._find, self._lock = find, threading.Lock()
        self._encoders: dict[str, Any] = {}

    def embed(self, module: Any, words: Sequence[str]) -> Any:
        """(1, words, width) float32 unit vectors for `module`, an ultralytics model.

        Raises Missing without the encoder's file or the clip package, or when the model takes no class names,
        and WeightsRefused for a damaged encoder.
        """
        import torch

        head = module.model[-1]
        if hasattr(head, "lrpc"):
            raise Missing("this YOLOE model is prompt-free.", hint="Leave its classes empty.", path="classes")
        kind = type(module).__name__
        if kind not in ENCODERS:
            raise Missing(
                f"no text encoder is known for a {kind}.", hint="Leave its classes empty.", path="classes"
            )
        with torch.inference_mode(), convert_errors(lambda cause: _refusal(ENCODERS[kind], cause)):
            vectors = self._encoder(ENCODERS[kind])(_tokens(words)).float()
            vectors = (vectors / vectors.norm(dim=-1, keepdim=True))[None]
            return head.get_tpe(vectors).clone() if hasattr(head, "get_tpe") else vectors.clone()

    def _encoder(self, file: str) -> Callable[[Any], Any]:
        with self._lock:
            if file not in self._encoders:
                self._encoders[file] = self._load(file)
            return self._encoders[file]

    def _load(self, file: str) -> Callable[[Any], Any]:
        import torch

        path = self._find(file)
        if path is None:
            raise Missing(
                f"class names need the text encoder {file}.",
                hint=f"Put it into the WebUI's models/retouch; it is {_SOURCES[file]}.",
                path="classes",
            )
        with convert_errors(lambda cause: _refusal(file, cause)):
            module = torch.jit.load(str(path), map_location="cpu").float().eval()
        return module.encode_text if hasattr(module, "encode_text") else module

    def unload(self) -> None:
        """Free the loaded encoders."""
        with self._lock:
            self._encoders.clear()


def _refusal(file: str, cause: str) -> WeightsRefused:
    return WeightsRefused(
        f"{file} is damaged, no TorchScript, or not this model's text encoder ({cause}).",
        hint="Download it again.",
    )


def _tokens(words: Sequence[str]) -> Any:
    try:
        from clip import tokenize  # type: ignore[import-not-found]
    except ImportError as error:
        raise Missing(
            "class names need OpenAI's clip package, which the WebUI has.",
            hint="pip install git+https://github.com/openai/CLIP.git, or use a model with fixed classes.",
            path="classes",
        ) from error
    return tokenize(list(words), truncate=True)
