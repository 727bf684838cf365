"""What a torch file holds, told by the words in its pickle; nothing is made of them, no tensor is read."""

from __future__ import annotations

import pickletools
import zipfile
from functools import lru_cache
from pathlib import Path

from retouch.detectors.unpickle import MAX_PICKLE


def words(path: Path) -> frozenset[str]:
    """Every string in it, names of tensors and classes among them; none of what is no such file."""
    state = path.stat()
    return _words(path, state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=512)
def _words(path: Path, changed: int, size: int) -> frozenset[str]:
    try:
        with zipfile.ZipFile(path) as archive:
            pickles = [info for info in archive.infolist() if info.filename.endswith("/data.pkl")]
            if len(pickles) != 1 or pickles[0].file_size > MAX_PICKLE:
                return frozenset()
            found = (argument for _, argument, _ in pickletools.genops(archive.read(pickles[0])))
            strings = {argument for argument in found if isinstance(argument, str)}
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return frozenset()
    return frozenset(strings | {word.split(" ")[-1] for word in strings})  # a class is "module name"


def segments(path: Path) -> bool:
    """Whether it is of SAM's family, which finds nothing by itself."""
    return not words(path).isdisjoint(("mask_decoder.iou_token.weight", "sam_mask_decoder.iou_token.weight"))
