"""The verb `batch` and its routes: many pictures by one recipe.

The routes add files, report progress, cancel, resume and remove the batch, and return its files.
"""

from __future__ import annotations

import dataclasses
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from retouch.api.batches.batch import Batch
from retouch.api.batches.worker import FileWorker
from retouch.api.messages import at_path
from retouch.api.requests.batch import BatchFile, BatchRequest
from retouch.api.requests.fix import FixRequest
from retouch.api.verbs.fix import ready
from retouch.errors import BadInput, Missing, RetouchError, collect_remarks
from retouch.image.codec import encoder
from retouch.knobs import dump, load
from retouch.recipes import library
from retouch.recipes.recipe import Recipe

if TYPE_CHECKING:
    from retouch.api.context import ApiContext


def begin(context: ApiContext, body: Any) -> dict[str, Any]:
    """Start a batch with the sent pictures. Each picture is decoded when it is fixed.

    Raises Missing if the recipe needs a model that is not installed: once, for all pictures. Skipped passes
    are listed in `warnings`.
    """
    with collect_remarks() as told:
        request = load(BatchRequest, body)
        recipe = library.recipe(request.recipe, context.backend.own_recipes)
        _, remarks = ready(context, recipe)
    remarks = (*told, *remarks)
    sent = [(one.name, _image(context, one, f"images[{i}].")) for i, one in enumerate(request.images)]
    job = context.batches.open(_painter(context, request, recipe, remarks))
    try:
        for name, image in sent:
            job.add(name, image)
    except RetouchError:
        context.batches.remove(job.name)
        raise
    return job.summary()


@dataclass(frozen=True)
class File:
    """A file in a response, to be shown or saved by the browser. `kind` is its content type."""

    content: bytes
    kind: str
    name: str = ""


def state(_desk: ApiContext, job: Batch, _given: Any) -> dict[str, Any]:
    """The summary of the batch."""
    return job.summary()


def add(context: ApiContext, job: Batch, body: Any) -> dict[str, Any]:
    """Add one picture, a BatchFile. Returns the summary."""
    one = load(BatchFile, body)
    job.add(one.name, _image(context, one))
    return job.summary()


def cancel(_desk: ApiContext, job: Batch, _given: Any) -> dict[str, Any]:
    """Stop before the next file and interrupt the running file. Returns the summary."""
    job.cancel()
    return job.summary()


def resume(_desk: ApiContext, job: Batch, _given: Any) -> dict[str, Any]:
    """Continue with the waiting and the failed files. Returns the summary."""
    job.resume()
    return job.summary()


def remove(context: ApiContext, job: Batch, _given: Any) -> dict[str, Any]:
    """Stop the batch and delete its files."""
    context.batches.remove(job.name)
    return {"removed": True}


def report(_desk: ApiContext, job: Batch, number: int) -> dict[str, Any]:
    """The entry of one file, with its reports. `number` counts from 1."""
    return {"number": number, **dataclasses.asdict(job.entry(number))}


def page(_desk: ApiContext, job: Batch, _given: Any) -> File:
    """The summary as an HTML page."""
    return File(job.page().encode(), "text/html; charset=utf-8")


def file(_desk: ApiContext, job: Batch, number: int) -> File:
    """The result of one file as a PNG with its generation text. Raises Missing if there is none."""
    stem = re.sub(r"\.\w{1,5}$", "", job.entry(number).name)
    safe = re.sub(r"[^\w.\-]+", "_", stem, flags=re.ASCII).strip("._") or str(number)
    return File(job.files.get(f"{number}.png"), "image/png", f"{safe}.png")


def before(_desk: ApiContext, job: Batch, number: int) -> File:
    """The JPEG preview of the source. Raises Missing if there is none."""
    return File(job.files.get(f"{number}.before.jpg"), "image/jpeg")


def after(_desk: ApiContext, job: Batch, number: int) -> File:
    """The JPEG preview of the result. Raises Missing if there is none."""
    return File(job.files.get(f"{number}.after.jpg"), "image/jpeg")


@dataclass(frozen=True)
class BatchRoute:
    """A route below `batch/{job}`. `say` gets the file number if the path has one, else the body.

    A `quick` route has its own threads, so that it answers while all other threads wait for the queue.
    """

    method: str
    path: str
    say: Callable[[ApiContext, Batch, Any], dict[str, Any] | File]
    quick: bool = False

    def answer(self, context: ApiContext, at: Mapping[str, str], body: Any) -> dict[str, Any] | File:
        """The answer of the route. `at` has the path parameters. Raises Missing for an unknown batch."""
        job = context.batches.get(at["job"])
        return self.say(context, job, _number(at["number"]) if "number" in at else body)


ROUTES = (
    BatchRoute("GET", "", state, quick=True),
    BatchRoute("POST", "/add", add),
    BatchRoute("POST", "/cancel", cancel, quick=True),
    BatchRoute("POST", "/resume", resume, quick=True),
    BatchRoute("POST", "/remove", remove, quick=True),
    BatchRoute("GET", "/page", page),
    BatchRoute("GET", "/report/{number}", report),
    BatchRoute("GET", "/file/{number}", file),
    BatchRoute("GET", "/before/{number}", before),
    BatchRoute("GET", "/after/{number}", after),
)


def _number(word: str) -> int:
    if not (word.isdecimal() and len(word) < 10):
        raise Missing(f"{word!r} is no file's number.", path="number", hint="They count from 1.")
    return int(word)


def _image(context: ApiContext, file: BatchFile, at: str = "") -> str:
    """The picture as base64, not decoded. BadInput if both or neither of `image` and `image_id` are given."""
    if bool(file.image) == bool(file.image_id):
        fault = "and image_id are both given." if file.image else "is required."
        raise BadInput(fault, path=f"{at}image", hint="Give either `image` or `image_id`.")
    if file.image:
        return file.image
    try:
        return encoder.encode_base64(context.pictures.get(file.image_id))
    except Missing as error:
        raise at_path(error, f"{at}image_id") from None


def _painter(
    context: ApiContext, request: BatchRequest, recipe: Recipe, remarks: tuple[str, ...]
) -> FileWorker:
    task = request.task or f"batch-{secrets.token_urlsafe(8)}"
    fields_sent = {knob.name: getattr(request, knob.name) for knob in fields(FixRequest)}
    body = dump(FixRequest(**{**fields_sent, "recipe": recipe, "task": task}))
    return FileWorker(context, body, task, recipe, remarks)
