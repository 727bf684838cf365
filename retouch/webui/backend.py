"""The REST API inside the WebUI: it uses the host's queue, progress bar and credentials."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fastapi import Depends, FastAPI

import retouch
from retouch.api import addresses, routes, static_files
from retouch.api.queue import JobQueue, JobTicket
from retouch.image.geometry import Size
from retouch.pipeline.finders import Finders
from retouch.pipeline.pipeline import Pipeline
from retouch.progress import Progress
from retouch.recipes.sampling import Sampling
from retouch.segmenters.base import Segmenter
from retouch.webui import service
from retouch.webui.auth import guard_of
from retouch.webui.host.models import loaded_checkpoint, loaded_models, native_if_loaded
from retouch.webui.host.modules import call_queue, device, progress, shared
from retouch.webui.host.sampling import default_sampling
from retouch.webui.progress import HostProgress, preview


@dataclass
class HostBackend:
    """The WebUI as the backend of the API."""

    job_queue: JobQueue = field(default_factory=JobQueue)

    @property
    def pipeline(self) -> Pipeline:
        return service.pipeline_on(service.engine_for())

    @property
    def finders(self) -> Finders:
        return service.finders()

    @property
    def own_recipes(self) -> Path | None:
        return service.own_recipes()

    def health(self) -> dict[str, Any]:
        return {
            "host": "webui",
            "engine": "webui",
            "version": retouch.__version__,
            "checkpoint": loaded_checkpoint(),
            "device": device(),
        }

    def defaults(self) -> Sampling:
        return default_sampling()

    def models(self) -> list[dict[str, Any]]:
        return service.detector_entries()

    def removal_engine(self) -> None:
        """None: the WebUI's checkpoint removes."""

    def segmenters(self) -> list[dict[str, Any]]:
        return [dataclasses.asdict(model) for model in service.segmenters().available()]

    def segmenter(self, name: str) -> Segmenter:
        return service.segmenters().get(name)

    def device(self) -> str:
        return device()

    def native(self, checkpoint: str) -> Size | None:
        named = checkpoint and checkpoint != loaded_models()[0]
        return None if named else native_if_loaded()

    @contextlib.contextmanager
    def busy(self, what: str, task: str = "", paints: bool = True) -> Iterator[Progress]:
        """Hold the queue, then the state, then the task, in the host's order. Each is released in any case.

        `paints` has no effect: the host has its checkpoint loaded, or loads it at the first sampling. The
        host's progress bar uses `task` as the name of the job. The host's lock is not re-entrant, so never
        call this inside a hook of a job.
        """
        ticket = JobTicket(what, task or progress.create_task_id(f"retouch_{what}"))
        progress.add_task_to_queue(ticket.task)
        with self.job_queue.hold(ticket, call_queue.queue_lock):
            shared.state.begin(job=ticket.task)
            progress.start_task(ticket.task)
            try:
                with service.working():
                    yield HostProgress(ticket)
            finally:
                progress.finish_task(ticket.task)
                shared.state.end()
                shared.total_tqdm.clear()

    def progress(self, task: str) -> dict[str, Any]:
        """The summary of the queue. `waiting` and `busy` include the host's own jobs."""
        state, now = shared.state, self.job_queue.now
        if now.verb:
            now.step(state.sampling_step, state.sampling_steps)
        image = preview() if self.job_queue.at_work(task) else None
        summary = self.job_queue.summary(task)
        waiting = len(progress.pending_tasks)
        mine = summary["task"] != ""  # checked again: another job may have started during the preview
        return {**summary, "busy": bool(state.job), "waiting": waiting, "preview": image if mine else None}

    def interrupt(self, task: str) -> dict[str, Any]:
        """Stop a job of Retouch. The host's own jobs have the host's button."""
        return {"interrupted": self.job_queue.stop(task, shared.state.interrupt)}

    def skip(self, task: str) -> dict[str, Any]:
        return {"skipped": self.job_queue.stop(task, shared.state.skip)}


def on_app_started(_demo: Any, app: FastAPI) -> None:
    api_service = routes.install(app, HostBackend(), guard=[Depends(guard_of(app))])
    api_service.speeds = service.speed_history()
    static_files.add_files(app, addresses.FILES)
