"""What a door stands on."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol

from retouch.image.geometry import Size
from retouch.pipeline.finders import Finders
from retouch.pipeline.pipeline import Pipeline
from retouch.progress import Progress
from retouch.recipes.sampling import Sampling
from retouch.segmenters.base import Segmenter


class Backend(Protocol):
    """A WebUI, or the standalone app. Safe to use from many threads."""

    @property
    def studio(self) -> Pipeline:
        """Asked for only inside `busy`."""
        ...

    @property
    def eyes(self) -> Finders:
        """To find out which models are here, without waiting for anything; nothing is loaded."""
        ...

    @property
    def own_recipes(self) -> Path | None:
        """The person's own folder of recipes, None without one."""
        ...

    def health(self) -> dict[str, Any]:
        """Host, engine, versions."""
        ...

    def defaults(self) -> Sampling:
        """What a request's blank sampling fields mean. Of a job, asked for inside `busy`."""
        ...

    def native(self, checkpoint: str) -> Size | None:
        """The size the checkpoint was trained at; None where it would have to be loaded, or waited for."""
        ...

    def models(self) -> list[dict[str, Any]]:
        """Detectors by name, kind, whether installed, and size."""
        ...

    def segmenters(self) -> list[dict[str, Any]]:
        """Segmenters likewise, the best installed one first."""
        ...

    def segmenter(self, name: str) -> Segmenter:
        """By name, "" for the best here; loads nothing. Missing for an unknown one."""
        ...

    def device(self) -> str:
        """Where detectors and segmenters run, as torch names it."""
        ...

    def busy(self, what: str, task: str = "", paints: bool = True) -> AbstractContextManager[Progress]:
        """Waits for the host's queue, holds it, yields the watcher. `task` is the caller's name for it.

        `paints` is false where nothing is painted or planned, which needs no engine. Missing where one is
        needed and there is none.
        """
        ...

    def progress(self, task: str) -> dict[str, Any]:
        """`Turns.summary`, with a preview where the job at work is `task`."""
        ...

    def interrupt(self, task: str) -> dict[str, Any]:
        """Stop that job, or the one at work where none is named: what is finished of it is kept."""
        ...

    def skip(self, task: str) -> dict[str, Any]:
        """Leave what is being painted as it was. A job has one picture: it ends, as by `interrupt`."""
        ...
