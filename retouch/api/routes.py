"""The routes under /retouch/v1, for the WebUI's server and for the standalone app.

Bodies are read as raw bytes, limited in size before they are parsed, and loaded by `retouch.knobs`. One
code therefore serves fastapi 0.94 with pydantic 1.10 and every newer pair. All work is done in the thread
pool, so torch never runs in the event loop. Progress, Interrupt and Skip have their own threads: they
answer while every other thread waits for the queue.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Any

from retouch.api.addresses import PREFIX
from retouch.api.backend import Backend
from retouch.api.batches import routes
from retouch.api.requests.base import TaskRequest
from retouch.api.service import VERBS, ApiService
from retouch.errors import BadInput, RetouchError, TooLarge
from retouch.image.codec import decoder
from retouch.knobs import load

if TYPE_CHECKING:
    from fastapi import APIRouter, FastAPI
    from starlette.requests import Request
    from starlette.responses import Response


MAX_BODY = decoder.MAX_BYTES * 4 // 3 + 1024 * 1024
"""Bytes: the largest picture as base64, and one MiB for the other fields."""
PRIVATE = {
    "Cache-Control": "no-cache",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": (
        "default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'"
    ),
}
"""Headers for a batch's page and files. File names come from users, so other scripts are forbidden."""
_log = logging.getLogger(__name__)
_watchers = ThreadPoolExecutor(2, thread_name_prefix="retouch-watch")


def install(app: FastAPI, backend: Backend, guard: Sequence[Any] = ()) -> ApiService:
    """Add the routes to `app`. `guard` are the `fastapi.Depends` of every route."""
    from fastapi import APIRouter

    service = ApiService(backend)
    router = APIRouter(prefix=PREFIX, dependencies=list(guard), tags=["Retouch"])
    _add_get(router, "/health", backend.health)
    _add_get(router, "/schema", service.schemas)
    _add_get(router, "/models", service.models)
    _add_get(router, "/recipes", service.recipes)
    _add_get(router, "/intents", service.intents)
    for verb in VERBS:
        _add_verb(router, verb, service)
    _add_file(router, service)
    for route in routes.ROUTES:
        _add_batch(router, route, service)
    _add_watch(router, "GET", "/progress", backend.progress)
    _add_watch(router, "POST", "/interrupt", backend.interrupt)
    _add_watch(router, "POST", "/skip", backend.skip)
    app.include_router(router)
    return service


def _add_get(router: APIRouter, path: str, answer: Callable[[], dict[str, Any]]) -> None:
    """A GET route that returns `answer()`, called in the thread pool."""

    async def endpoint() -> Response:
        return await _in_thread(answer)

    _add(router, path, "GET", endpoint)


def _add_watch(router: APIRouter, method: str, path: str, answer: Callable[[str], dict[str, Any]]) -> None:
    """A route about the task that the query or a JSON body names, or about the running task if none does."""
    from starlette.requests import Request

    async def endpoint(request: Request) -> Response:
        import asyncio

        try:
            task = await _task(request)
        except RetouchError as error:
            return _failure(error)
        return await asyncio.get_running_loop().run_in_executor(_watchers, _answer, lambda: answer(task))

    endpoint.__annotations__["request"] = Request
    _add(router, path, method, endpoint)


async def _task(request: Request) -> str:
    fields = dict(request.query_params)
    if not fields and request.headers.get("content-type"):
        fields = parse(await _bounded_body(request))
    return load(TaskRequest, fields).task


def _add_file(router: APIRouter, service: ApiService) -> None:
    """A cached picture as a file. Its name is a hash of its content, so the browser may cache it for good."""
    from starlette.requests import Request
    from starlette.responses import Response as Answer

    def say(name: str) -> Response:
        headers = {"Cache-Control": "private, max-age=86400, immutable", "X-Content-Type-Options": "nosniff"}
        return Answer(service.file(name), headers=headers, media_type="image/png")

    async def endpoint(request: Request) -> Response:
        return await _in_thread(lambda: say(request.path_params["image_id"]))

    endpoint.__annotations__["request"] = Request
    _add(router, "/picture/{image_id}", "GET", endpoint)


def _add_batch(router: APIRouter, route: routes.BatchRoute, service: ApiService) -> None:
    """A route of a batch that the verb `batch` started."""
    from starlette.requests import Request

    async def endpoint(request: Request) -> Response:
        import asyncio

        try:
            sent = route.method == "POST" and request.headers.get("content-type")
            body = parse(await _bounded_body(request)) if sent else None
        except RetouchError as error:
            return _failure(error)
        answer = partial(_response, route, service, dict(request.path_params), body)
        if route.quick:
            return await asyncio.get_running_loop().run_in_executor(_watchers, _answer, answer)
        return await _in_thread(answer)

    endpoint.__annotations__["request"] = Request
    _add(router, f"/batch/{{job}}{route.path}", route.method, endpoint)


def _response(
    route: routes.BatchRoute, service: ApiService, at: dict[str, str], body: Any
) -> dict[str, Any] | Response:
    from starlette.responses import Response as Answer

    answer = route.answer(service, at, body)
    if isinstance(answer, dict):
        return answer
    named = {"Content-Disposition": f'inline; filename="{answer.name}"'} if answer.name else {}
    return Answer(answer.content, headers={**PRIVATE, **named}, media_type=answer.kind)


def _add_verb(router: APIRouter, verb: str, service: ApiService) -> None:
    from starlette.requests import Request

    async def endpoint(request: Request) -> Response:
        try:
            data = await _bounded_body(request)
        except RetouchError as error:
            return _failure(error)
        return await _in_thread(lambda: service.answer(verb, parse(data)))

    endpoint.__annotations__["request"] = Request  # fastapi cannot resolve a name of this scope
    _add(router, f"/{verb}", "POST", endpoint)


Endpoint = Callable[..., Awaitable["Response"]]


def _add(router: APIRouter, path: str, method: str, endpoint: Endpoint) -> None:
    endpoint.__annotations__.pop("return", None)  # fastapi would make a model of it
    name = f"retouch_{path.strip('/')}"
    router.add_api_route(path, endpoint, methods=[method], name=name, response_model=None)


async def _bounded_body(request: Request) -> bytes:
    """The bytes of the body. Only JSON is accepted: a page of another site can post only plain text."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise BadInput(f"the body is {kind!r}.", hint="Send Content-Type: application/json.")
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > MAX_BODY:
        raise _too_large(int(declared))
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY:
            raise _too_large(len(body))
    return bytes(body)


def _too_large(size: int) -> TooLarge:
    return TooLarge(f"a body of {size} bytes is too large.", hint=f"At most {MAX_BODY}.")


def parse(data: bytes) -> Any:
    """The parsed JSON. Raises BadInput. NaN and Infinity pass: the loader refuses them with their path."""
    try:
        return json.loads(data)
    except RecursionError:
        raise BadInput("the body is nested too deeply.", hint="A request is a flat object.") from None
    except ValueError as error:
        hint = 'Send an object, as {"image": "..."}.'
        raise BadInput(f"the body is not JSON ({error}).", hint=hint) from None


async def _in_thread(work: Callable[[], dict[str, Any] | Response]) -> Response:
    from starlette.concurrency import run_in_threadpool

    return await run_in_threadpool(_answer, work)


def _answer(work: Callable[[], dict[str, Any] | Response]) -> Response:
    """The response of `work`. A dict is sent as JSON, and an exception as its error in JSON."""
    try:
        answer = work()
        return _json(answer, 200) if isinstance(answer, dict) else answer
    except RetouchError as error:
        if error.status >= 500:
            _log.error("Retouch: %s", error, exc_info=error)
        return _failure(error)
    except Exception as error:
        _log.exception("Retouch: a request failed unexpectedly")
        what = f"the request failed inside Retouch ({type(error).__name__})."
        return _failure(RetouchError(what, hint="The server's log says where."))


def _failure(error: RetouchError) -> Response:
    return _json(error.as_json(), error.status)


def _json(data: dict[str, Any], status: int) -> Response:
    from starlette.responses import Response

    text = json.dumps(data, ensure_ascii=False, allow_nan=False, default=_plain)
    return Response(text.encode("utf-8", "replace"), status, media_type="application/json")


def _plain(value: Any) -> Any:
    """A numpy scalar as a Python number."""
    if hasattr(value, "item"):
        return value.item()
    raise TypeError(f"{type(value).__name__} has no JSON form")
