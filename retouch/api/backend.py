"""The protocol of a backend: the host on which requests are answered."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol

from retouch.engines.base import Engine
from retouch.image.geometry import Size
from retouch.pipeline.finders import Finders
from retouch.pipeline.pipeline import Pipeline
from retouch.progress import Progress
from retouch.recipes.sampling import Sampling
from retouch.segmenters.base import Segmenter


class Backend(Protocol):
    """A WebUI, or the standalone app. Safe to use from many threads."""

    @property
    def pipeline(self) -> Pipeline:
        """The pipeline with the current engine. Read it only inside `busy`."""
        ...

    @property
    def finders(self) -> Finders:
        """Looks up which models are installed. It loads nothing and does not wait for the queue."""
        ...

    @property
    def own_recipes(self) -> Path | None:
        """The folder of the person's own recipes, None without one."""
        ...

    def health(self) -> dict[str, Any]:
        """Host, engine, versions."""
        ...

    def defaults(self) -> Sampling:
        """The values of sampling fields that a request leaves blank. A job reads them inside `busy`."""
        ...

    def native(self, checkpoint: str) -> Size | None:
        """The training size of the checkpoint. None if loading or waiting would be necessary."""
        ...

    def removal_engine(self) -> Engine | None:
        """The engine for the intent Remove in place of the current one; None to use the current one.

        There is one where no checkpoint is known that can paint pictures of any kind. It loads nothing.
        """
        ...

    def models(self) -> list[dict[str, Any]]:
        """One entry for each detector: name, kind, whether it is installed, and size."""
        ...

    def segmenters(self) -> list[dict[str, Any]]:
        """One entry for each segmenter, as `models` has them. The best installed one is first."""
        ...

    def segmenter(self, name: str) -> Segmenter:
        """The segmenter of that name, "" for the best one; loads nothing. Missing for an unknown name."""
        ...

    def device(self) -> str:
        """The torch name of the device that runs detectors and segmenters."""
        ...

    def busy(self, what: str, task: str = "", paints: bool = True) -> AbstractContextManager[Progress]:
        """Wait for the host's queue, hold it, and yield the progress. `task` is the caller's name of the job.

        `paints` is false for a job that neither paints nor plans; such a job needs no engine. Raises Missing
        if the job needs an engine and there is none.
        """
        ...

    def progress(self, task: str) -> dict[str, Any]:
        """`JobQueue.summary`, with a preview if the running job is `task`."""
        ...

    def interrupt(self, task: str) -> dict[str, Any]:
        """Stop the job `task`, or the running job if `task` is blank. Finished regions stay."""
        ...

    def skip(self, task: str) -> dict[str, Any]:
        """Leave the current picture unchanged. A job has one picture, so it ends as by `interrupt`."""
        ...
