"""The photographs of a command line and the paths of their results."""

from __future__ import annotations

import glob
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from retouch.errors import BadInput, Missing
from retouch.weights.model_folders import files_below

READ = (
    *(".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif", ".tif", ".tiff"),
    *(".avif", ".heic", ".heif", ".jxl"),
)
"""Endings of photographs in a folder. The last four need plugins of Pillow."""
KEPT_ENDINGS = (".png", ".jpg", ".jpeg", ".webp")
"""Endings that a result keeps. Any other becomes a PNG."""
_RESULT_NAMES = re.compile(
    rf"({'|'.join(map(re.escape, READ))})\.((regions|mask-\d+|variation-\d+)\.png|(before|after)\.jpg)$",
    re.IGNORECASE,
)
"""Names of further results: the whole name of the photograph and an ending."""


@dataclass(frozen=True)
class InputFile:
    """A photograph and the path of its result."""

    source: Path
    target: Path

    @property
    def done(self) -> bool:
        """True if the target exists and is no older than the source."""
        return self.target.exists() and self.target.stat().st_mtime_ns >= self.source.stat().st_mtime_ns


def photos(words: Sequence[str], out: Path, ending: str = "") -> tuple[InputFile, ...]:
    """All photographs that the files, folders and globs match: each once, in order.

    A target keeps the photograph's relative path below `out`. It has the given `ending`, or the photograph's
    own if that is blank. Raises Missing for a word that matches nothing, and BadInput if a target is the path
    of a photograph or of another target.
    """
    files: dict[Path, InputFile] = {}
    for word in words:
        for source, place in _files_named(word, out):
            files.setdefault(source.resolve(), InputFile(source, _target(out / place, ending)))
    _check_apart(tuple(files.values()))
    return tuple(files.values())


def _files_named(word: str, out: Path) -> list[tuple[Path, Path]]:
    """(file, its path relative to the folder that was searched) of one word, sorted.

    In a folder, files below `out` and results of an earlier `detect` are skipped.
    """
    path = Path(word)
    if path.is_dir():
        out_folder = out.resolve() if out.resolve() != path.resolve() else None
        inside = sorted(p for p in files_below(path) if _readable(p) and not _RESULT_NAMES.search(p.name))
        return _some(
            [(p, p.relative_to(path)) for p in inside if out_folder not in p.resolve().parents], word
        )
    if path.is_file():
        return [(path, Path(path.name))]
    matches = sorted(Path(m) for m in glob.glob(word, recursive=True))  # noqa: PTH207 (absolute globs)
    return _some([(p, Path(p.name)) for p in matches if _readable(p)], word)


def _some(files: list[tuple[Path, Path]], word: str) -> list[tuple[Path, Path]]:
    if not files:
        raise Missing(f"{word!r} names no photograph.", hint=f"Looked for {', '.join(READ)}.")
    return files


def _readable(path: Path) -> bool:
    return path.suffix.lower() in READ and path.is_file()


def _target(path: Path, ending: str) -> Path:
    if ending:
        return path.with_name(path.name + ending)
    return path if path.suffix.lower() in KEPT_ENDINGS else path.with_name(path.name + ".png")


def _check_apart(named: Sequence[InputFile]) -> None:
    taken = {photo.source.resolve(): photo for photo in named}
    for photo in named:
        place = photo.target.resolve()
        other = taken.get(place)
        if other is not None:
            fault = f"{photo.source} and {other.source} would both be {photo.target}."
            if other.source.resolve() == place:
                fault = f"{photo.target} would be written over the photograph."
            raise BadInput(fault, hint="Choose another -o, or give the folder above them.")
        taken[place] = photo
