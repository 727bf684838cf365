"""Write a history to a file beside its picture, and read it. The file is a ZIP of PNGs and a `history.json`.

The file contains no code. `knobs` reads the numbers and `image.codec` the pictures, both within limits.
"""

from __future__ import annotations

import base64
import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np

from retouch.errors import BadInput, TooLarge, convert_errors
from retouch.image.codec import decoder, encoder, mask_layers
from retouch.image.frame import Frame
from retouch.image.geometry import Box, Size
from retouch.image.mask import Mask
from retouch.image.picture import Picture
from retouch.image.quality.confidence import Confidence
from retouch.image.quality.measure import Quality
from retouch.knobs import dump, load
from retouch.pipeline.candidate import Candidate
from retouch.pipeline.history import History, HistoryEntry
from retouch.pipeline.history_form import LABEL, EntryForm, PaintingForm, StepForm
from retouch.pipeline.step import Step
from retouch.recipes.recipe import Generation, Pass

ENDING = ".retouch"
SCHEMA = 1
LIMIT = 256 * 1024 * 1024
"""Bytes of candidates in a file. Above it, candidates that were not chosen are left out, the oldest first."""
MAX_BYTES, MAX_ENTRIES = 2 * LIMIT, 4096
_TEXT, _BEFORE = "history.json", "before.png"


def write_history(history: History, about: Mapping[str, Any]) -> bytes:
    """The bytes of the file. `about` is plain JSON data stored with it.

    Raises TooLarge above MAX_BYTES.
    """
    bounded = _drop_candidates(history)
    entries = [dump(_entry_form(entry)) for entry in bounded.entries]
    text = json.dumps({"schema": SCHEMA, "about": dict(about), "entries": entries}, ensure_ascii=False)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as file:
        file.writestr(_TEXT, text, zipfile.ZIP_DEFLATED)
        file.writestr(_BEFORE, encoder.encode(history.picture))
        for index, entry in enumerate(bounded.entries):
            for name, data in _files(entry):
                file.writestr(f"{index}-{name}.png", data)
    if out.tell() > MAX_BYTES:
        raise TooLarge(f"{out.tell()} bytes are too many.", path="file", hint=f"At most {MAX_BYTES}.")
    return out.getvalue()


def how(step: Step) -> dict[str, Any]:
    """The step as JSON, and its masks as base64 PNGs by name, for a writer of the file elsewhere."""
    masks = {name: base64.b64encode(png).decode("ascii") for name, png in _masks(step)}
    return {"step": dump(_step_form(step)), "masks": masks}


def save(path: Path, data: bytes, total: int) -> None:
    """Write the file completely or not at all. Then delete the oldest histories of the folder above `total`
    bytes.
    """
    part = path.with_name(path.name + ".part")
    part.write_bytes(data)
    part.replace(path)
    others = sorted(
        (p for p in path.parent.glob(f"*{ENDING}") if p != path), key=lambda p: -p.stat().st_mtime
    )
    weight = len(data)
    for other in others:
        weight += other.stat().st_size
        if weight > total:
            other.unlink(missing_ok=True)


def read(data: bytes) -> tuple[History, dict[str, Any]]:
    """(the history, the data stored with it). Raises BadInput for a file that is damaged or no history, and
    TooLarge.
    """
    if len(data) > MAX_BYTES:
        raise TooLarge(f"{len(data)} bytes are too many.", path="file", hint=f"At most {MAX_BYTES}.")
    with convert_errors(_no_history), zipfile.ZipFile(io.BytesIO(data)) as file:
        return _read(file)


def _no_history(cause: str) -> BadInput:
    hint = f"Give a {ENDING} file that Retouch wrote."
    return BadInput(f"the file is not a history, or is damaged ({cause}).", path="file", hint=hint)


def _drop_candidates(history: History) -> History:
    """The history without unchosen candidates of the oldest entries, so that the rest is below LIMIT."""
    weight = sum(_weight(c) for entry in history.entries for c in entry.candidates)
    weight += max(history.picture.nbytes - MAX_BYTES // 2, 0)
    entries = []
    for entry in history.entries:
        over = weight > LIMIT and len(entry.candidates) > 1
        if over:
            weight -= sum(_weight(c) for c in entry.candidates) - _weight(entry.best)
        entries.append(replace(entry, candidates=(entry.best,), chosen=0) if over else entry)
    return History(history.picture, tuple(entries))


def _weight(candidate: Candidate) -> int:
    """Maximum bytes of a candidate. PNG compresses them."""
    return candidate.over.pixels.nbytes + candidate.mask.alpha.nbytes


def _entry_form(entry: HistoryEntry) -> EntryForm:
    return EntryForm(
        paintings=tuple(
            PaintingForm(c.seed, tuple(c.box), _scores(c.scores), c.score) for c in entry.candidates
        ),
        step=_step_form(entry.step) if entry.step else None,
        chosen=entry.chosen,
        on=entry.on,
        name=entry.name[:LABEL],
    )


def _step_form(step: Step) -> StepForm:
    return StepForm(
        number=step.number,
        pass_index=step.pass_index,
        label=step.label[:LABEL],
        score=step.score,
        box=tuple(step.box),
        crop=tuple(step.frame.crop),
        work=tuple(step.frame.work),
        subseed=step.subseed,
        subseed_strength=step.subseed_strength,
        turn=step.turn,
        hole=step.hole is not None,
        how=_how(step),
    )


def _how(step: Step) -> Pass:
    settings = step.settings
    return replace(
        step.how,
        **asdict(settings.sampling),
        prompt=step.prompt,
        negative_prompt=step.negative_prompt,
        denoising_strength=settings.denoising_strength,
        masked_content=settings.masked_content,
        restore_faces=settings.restore_faces,
        seed=step.seed,
    )


def _scores(quality: Quality) -> dict[str, Any]:
    return {name: value for name, value in quality.as_dict().items() if value is not None}


def _files(entry: HistoryEntry) -> Iterator[tuple[str, bytes]]:
    yield from _masks(entry.step) if entry.step else ()
    for index, candidate in enumerate(entry.candidates):
        yield f"{index}", encoder.encode(candidate.over)
        yield f"{index}-mask", mask_layers.encode_gray(candidate.mask.alpha)


def _masks(step: Step) -> Iterator[tuple[str, bytes]]:
    masks = {"denoise": step.denoise, "composite": step.composite, "hole": step.hole}
    yield from (
        (name, mask_layers.encode_gray(mask.alpha)) for name, mask in masks.items() if mask is not None
    )


def _read(file: zipfile.ZipFile) -> tuple[History, dict[str, Any]]:
    data = json.loads(_bytes(file, _TEXT))
    if not isinstance(data, dict) or data.get("schema") != SCHEMA:
        raise ValueError("its schema is not 1")
    entries, about = data.get("entries"), data.get("about")
    if not isinstance(entries, list) or not isinstance(about, dict) or len(entries) > MAX_ENTRIES:
        raise ValueError(f"{_TEXT} has no list of at most {MAX_ENTRIES} entries")
    picture = decoder.decode(_bytes(file, _BEFORE), "file")
    read = [
        _entry(file, k, load(EntryForm, entry, f"entries[{k}]"), picture.size)
        for k, entry in enumerate(entries)
    ]
    return History(picture, tuple(read)), about


def _bytes(file: zipfile.ZipFile, name: str) -> bytes:
    if file.getinfo(name).file_size > decoder.MAX_BYTES:
        raise TooLarge(f"{name} is too large.", path="file", hint=f"At most {decoder.MAX_BYTES} bytes.")
    return file.read(name)


def _entry(file: zipfile.ZipFile, index: int, form: EntryForm, canvas: Size) -> HistoryEntry:
    step = _step(file, index, form.step, canvas) if form.step else None
    candidates = tuple(
        _candidate(file, f"{index}-{k}", painting, canvas) for k, painting in enumerate(form.paintings)
    )
    if form.chosen >= len(candidates):
        raise ValueError(f"entry {index} chose painting {form.chosen} of {len(candidates)}")
    return HistoryEntry(step, candidates, form.chosen, form.on, form.name)


def _step(file: zipfile.ZipFile, index: int, form: StepForm, canvas: Size) -> Step:
    crop = _box(form.crop, canvas)
    denoise, composite = (_mask(file, f"{index}-{name}", crop.size) for name in ("denoise", "composite"))
    hole = _mask(file, f"{index}-hole", crop.size) if form.hole else None
    how, settings = form.how, form.how.settings(Generation())
    return Step(
        number=form.number,
        pass_index=form.pass_index,
        label=form.label,
        score=form.score,
        box=Box(*form.box),
        frame=Frame(crop, Size(*form.work)),
        prompt=how.prompt,
        negative_prompt=how.negative_prompt,
        seed=how.seed or 0,
        subseed=form.subseed,
        subseed_strength=form.subseed_strength,
        settings=settings,
        how=how.for_step(),
        turn=form.turn,
        hole=hole,
        denoise=denoise,
        composite=composite,
    )


def _candidate(file: zipfile.ZipFile, name: str, form: PaintingForm, canvas: Size) -> Candidate:
    box = _box(form.box, canvas)
    over = decoder.decode(_bytes(file, f"{name}.png"), "file")
    if over.size != box.size:
        raise ValueError(f"{name}.png is {over.size}, its box {box.size}")
    return Candidate(form.seed, over, box, _mask(file, f"{name}-mask", box.size), _quality(form), form.score)


def _box(sides: tuple[int, ...], canvas: Size) -> Box:
    box = Box(*sides) if len(sides) == 4 else Box(0, 0, 0, 0)
    if box.empty or box & canvas.box != box:
        raise ValueError(f"{list(sides)} is no box in a picture of {canvas}")
    return box


def _mask(file: zipfile.ZipFile, name: str, size: Size) -> Mask:
    gray: Picture = decoder.decode(_bytes(file, f"{name}.png"), "file")
    if gray.size != size:
        raise ValueError(f"{name}.png is {gray.size}, not {size}")
    return Mask(np.ascontiguousarray(gray.pixels[..., 0]))


def _quality(form: PaintingForm) -> Quality:
    """The measures of a candidate. Unknown names, written by another version, are ignored."""
    values = {k: float(v) for k, v in form.scores.items() if isinstance(v, int | float)}
    confidence = Confidence(values.get("confidence_before"), values.get("confidence_after"))
    names = set(Quality.__dataclass_fields__) - {"confidence"}
    return Quality(**{name: values[name] for name in names & values.keys()}, confidence=confidence)
