"""The worker of a batch: fixes run in the same queue, with a separate cache of pictures."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from retouch.api.backend import Backend
from retouch.api.memory import PictureCache
from retouch.api.verbs import fix
from retouch.progress import Progress
from retouch.recipes.recipe import Recipe

if TYPE_CHECKING:
    from retouch.api.context import ApiContext

OWN_PICTURES = 2
"""Pictures in the worker's cache: the source and the result."""


@dataclass(frozen=True)
class FileWorker:
    """A `Worker` of a batch. `body` is a FixRequest without its picture.

    `remarks` are those of the recipe. They are removed from the warnings of each picture.
    """

    context: ApiContext
    body: Mapping[str, Any]
    task: str
    recipe: Recipe
    remarks: tuple[str, ...] = ()

    def fix(self, image: str, gone: Callable[[], bool]) -> dict[str, Any]:
        """The answer of `fix` for a base64 picture, without the remarks of the recipe."""
        backend = cast(Backend, _Leaving(self.context.backend, gone))
        aside = dataclasses.replace(self.context, backend=backend, pictures=PictureCache(OWN_PICTURES))
        answer = fix.answer_fix(aside, {**self.body, "image": image})
        return {**answer, "warnings": [text for text in answer["warnings"] if text not in self.remarks]}

    def stop(self) -> None:
        self.context.backend.interrupt(self.task)


@dataclass(frozen=True)
class _Leaving:
    """A backend whose jobs are also stopped if `gone` is true, even before the backend knows the job."""

    backend: Backend
    gone: Callable[[], bool]

    def __getattr__(self, name: str) -> Any:
        return getattr(self.backend, name)

    @contextlib.contextmanager
    def busy(self, what: str, task: str = "", paints: bool = True) -> Iterator[Progress]:
        with self.backend.busy(what, task, paints) as progress:
            yield _Watcher(progress, self.gone)


@dataclass(frozen=True)
class _Watcher:
    progress: Progress
    gone: Callable[[], bool]

    @property
    def stopped(self) -> bool:
        return self.gone() or self.progress.stopped

    def show(self, done: int, total: int, what: str) -> None:
        self.progress.show(done, total, what)
