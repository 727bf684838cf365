"""Identify a torch file by the strings in its pickle. No object is made and no tensor is read."""

from __future__ import annotations

import pickletools
import re
import zipfile
from functools import lru_cache
from pathlib import Path

from retouch.weights import model_folders

MAX_PICKLE = 64 * 1024**2
"""The pickle of a torch file is not read if it is larger than this, in bytes."""
_VERSION = re.compile(r"\d{1,4}(\.\d{1,4}){1,3}")


def words(path: Path) -> frozenset[str]:
    """All strings in the pickle of a torch file, such as names of tensors and classes.

    The set is empty if the file is not a torch file or cannot be read.
    """
    state = model_folders.state_of(path)
    return _words(path, *state) if state else frozenset()


@lru_cache(maxsize=512)
def _words(path: Path, changed: int, size: int) -> frozenset[str]:
    strings = set(_strings(path))
    return frozenset(strings | {word.split(" ")[-1] for word in strings})  # a class is "module name"


def _strings(path: Path) -> list[str]:
    """All strings in the file's one pickle, in order. The list is empty if the file cannot be read."""
    try:
        with zipfile.ZipFile(path) as archive:
            pickles = [info for info in archive.infolist() if info.filename.endswith("/data.pkl")]
            if len(pickles) != 1 or pickles[0].file_size > MAX_PICKLE:
                return []
            found = (argument for _, argument, _ in pickletools.genops(archive.read(pickles[0])))
            return [argument for argument in found if isinstance(argument, str)]
    except Exception:  # zipfile, zlib and pickletools raise many types on damaged files
        return []


def saved_by(path: Path) -> str:
    """The version of ultralytics that saved a checkpoint, "" if the file does not contain it."""
    strings = _strings(path)
    after = (strings[i + 1] for i, word in enumerate(strings[:-1]) if word == "version")
    return next((word for word in after if _VERSION.fullmatch(word)), "")


def segments(path: Path) -> bool:
    """True for a model of the SAM family. Such a model is a segmenter, not a detector."""
    return not words(path).isdisjoint(("mask_decoder.iou_token.weight", "sam_mask_decoder.iou_token.weight"))
