from __future__ import annotations

import os
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from retouch.api.batches.batch import Batch
from retouch.api.batches.registry import BatchRegistry
from retouch.errors import Missing, TooLarge
from retouch.image.codec import decoder, encoder
from retouch.recipes.recipe import Recipe
from tests.stand import photo

WAIT = 20
BAD = "AAAA"


def image(seed: int = 0) -> str:
    return encoder.encode_base64(photo(64, 48, seed))


class Painter:
    """Paints by handing back what it got; `before` is called first, with how many it has done."""

    task = "mine"
    recipe = Recipe("Mine")
    remarks = ("Pass 2 is skipped.",)

    def __init__(self, before: Callable[[int], object] = lambda done: None) -> None:
        self.before, self.done, self.stops = before, 0, 0
        self.stopped = threading.Event()
        self.outcome = "kept"

    def fix(self, image: str, gone: Callable[[], bool]) -> dict[str, Any]:
        self.before(self.done)
        decoder.decode_base64(image)
        if gone() or self.stopped.is_set():
            return {"stopped": True, "image": image, "reports": []}
        self.done += 1
        report = {"outcome": self.outcome, "why": "no paint", "number": 1, "label": "face", "score": 0.5}
        more = {"box": [0, 0, 9, 9], "work": [64, 64], "crop": [0, 0, 9, 9], "seed": 4, "pass": 1}
        return {"stopped": False, "image": image, "seed": 4, "reports": [{**report, **more}]}

    def stop(self) -> None:
        self.stops += 1


def wait_for_batch(job: Batch) -> Batch:
    until = time.monotonic() + WAIT
    while job.busy:
        assert time.monotonic() < until, job.summary()
        time.sleep(0.005)
    return job


def states(job: Batch) -> list[str]:
    return [file["state"] for file in job.summary()["files"]]


def start_batch(painter: Painter, *images: str, jobs: BatchRegistry | None = None) -> Batch:
    job = (jobs or BatchRegistry()).open(painter)
    for number, one in enumerate(images):
        job.add(f"{number}.png", one)
    return job


class Gate:
    """Holds the painter at its `at`th file until it is opened."""

    def __init__(self, at: int = 1) -> None:
        self.at, self.reached, self.open = at, threading.Event(), threading.Event()

    def __call__(self, done: int) -> None:
        if done == self.at and not self.open.is_set():
            self.reached.set()
            assert self.open.wait(WAIT)


def test_one_bad_file_never_stops_the_rest():
    job = wait_for_batch(start_batch(Painter(), image(1), BAD, image(2)))
    said = job.summary()
    assert [said[key] for key in ("state", "done", "failed", "total")] == ["done", 3, 1, 3]
    assert said["warnings"] == ["Pass 2 is skipped."]
    assert job.page().count("Pass 2 is skipped.") == 1
    assert states(job) == ["done", "failed", "done"]
    assert "not a readable picture" in said["files"][1]["error"]
    assert decoder.decode(job.files.get("3.png")) == photo(64, 48, 2)
    with pytest.raises(Missing):
        job.files.get("2.png")


def test_unexpected_exception_fails_one_file_and_is_logged(caplog):
    def break_one(done):
        if done == 1 and not seen:
            seen.append(done)
            raise ZeroDivisionError("secret")

    seen = []
    job = wait_for_batch(start_batch(Painter(break_one), image(1), image(2), image(3)))
    assert states(job) == ["done", "failed", "done"]
    assert "ZeroDivisionError" in job.entry(2).error
    assert "secret" not in job.entry(2).error
    assert "secret" in caplog.text


def test_batch_reports_failed_regions_and_leaves_reverted_ones_unchanged():
    painter = Painter()
    painter.outcome = "skipped"
    job = wait_for_batch(start_batch(painter, image()))
    assert states(job) == ["failed"]
    assert "no paint" in job.entry(1).error
    painter.outcome = "reverted"
    job.resume()
    assert states(wait_for_batch(job)) == ["kept"]
    assert job.summary()["files"][0]["regions"] == {"kept": 0, "unseen": 0, "reverted": 1, "skipped": 0}


def test_cancel_interrupts_the_running_file_and_keeps_finished_files():
    gate = Gate()
    painter = Painter(gate)
    job = start_batch(painter, image(1), image(2), image(3))
    assert gate.reached.wait(WAIT)
    job.cancel()
    assert (job.state, painter.stops) == ("stopping", 1)
    gate.open.set()
    wait_for_batch(job)
    assert (job.state, painter.done, states(job)) == ("cancelled", 1, ["done", "waiting", "waiting"])
    assert "Cancelled" in job.page()


def test_resume_runs_only_waiting_and_failed_files():
    gate = Gate(2)
    painter = Painter(gate)
    job = start_batch(painter, image(1), BAD, image(2), image(3))
    assert gate.reached.wait(WAIT)
    job.cancel()
    gate.open.set()
    wait_for_batch(job)
    assert states(job) == ["done", "failed", "done", "waiting"]
    job.resume()
    wait_for_batch(job)
    assert (states(job), painter.done) == (["done", "failed", "done", "done"], 3)
    assert job.state == "done"


def test_resume_before_cancellation_has_taken_effect_continues_the_batch():
    gate = Gate()
    job = start_batch(Painter(gate), image(1), image(2), image(3))
    assert gate.reached.wait(WAIT)
    job.cancel()
    job.resume()
    assert job.state == "running"
    gate.open.set()
    assert states(wait_for_batch(job)) == ["done"] * 3


def test_interrupt_of_the_host_cancels_the_whole_batch():
    painter = Painter()
    painter.stopped.set()
    job = wait_for_batch(start_batch(painter, image(1), image(2)))
    assert (job.state, states(job)) == ("cancelled", ["waiting", "waiting"])
    painter.stopped.clear()
    job.resume()
    assert states(wait_for_batch(job)) == ["done", "done"]


def test_a_file_can_be_added_at_any_time():
    job = wait_for_batch(start_batch(Painter(), image(1)))
    job.add("late.png", image(2))
    assert states(wait_for_batch(job)) == ["done", "done"]
    job.cancel()
    job.add("later.png", image(3))
    assert (states(wait_for_batch(job)), job.state) == (["done", "done", "waiting"], "cancelled")


def test_sources_of_finished_files_are_deleted_and_of_failed_files_kept():
    job = wait_for_batch(start_batch(Painter(), image(1), BAD))
    names = sorted(path.name for path in job.files.folder.iterdir())
    assert names == ["1.after.jpg", "1.before.jpg", "1.png", "2.source"]
    assert job.files.bytes == sum(path.stat().st_size for path in job.files.folder.iterdir())


def test_file_over_the_batch_limit_is_refused():
    job = start_batch(Painter(), image(1), image(2), jobs=BatchRegistry(max_files=2))
    with pytest.raises(TooLarge) as refused:
        job.add("third", image(3))
    assert (refused.value.path, refused.value.status) == ("images", 413)
    assert job.summary()["total"] == 2


def test_oldest_finished_batch_is_evicted_but_running_batches_never():
    jobs, gate = BatchRegistry(max_jobs=2), Gate(0)
    over = wait_for_batch(start_batch(Painter(), image(), jobs=jobs))
    busy = start_batch(Painter(gate), image(), jobs=jobs)
    third = start_batch(Painter(gate), image(), jobs=jobs)
    assert not over.files.folder.exists()
    with pytest.raises(Missing):
        jobs.get(over.name)
    with pytest.raises(TooLarge, match="2 batches are at work"):
        jobs.open(Painter())
    gate.open.set()
    assert states(wait_for_batch(busy)) == states(wait_for_batch(third)) == ["done"]


def test_disk_limit_counts_the_bytes_of_all_batches():
    weight = len(image())
    jobs, gate = BatchRegistry(max_bytes=5 * weight // 2), Gate(0)
    over = wait_for_batch(start_batch(Painter(), BAD, jobs=jobs))
    job = start_batch(Painter(gate), image(1), image(2), jobs=jobs)
    with pytest.raises(TooLarge, match="bytes on disk are full"):
        job.add("third", image(3))
    assert jobs.bytes <= jobs.max_bytes
    assert not over.files.folder.exists()
    assert job.summary()["total"] == 2
    gate.open.set()
    wait_for_batch(job)
    jobs.max_bytes = 100 * weight
    job.resume()
    assert states(wait_for_batch(job)) == ["done", "done"]


def test_full_disk_fails_one_file_without_leaving_partial_files(monkeypatch):
    def full(path: Path, data: bytes) -> int:
        if path.name == "1.after.jpg" and not healed:
            path.touch()
            raise OSError(28, "No space left on device")
        return write(path, data)

    healed, write = [], Path.write_bytes
    monkeypatch.setattr(Path, "write_bytes", full)
    job = wait_for_batch(start_batch(Painter(), image(1), image(2)))
    assert states(job) == ["failed", "done"]
    assert "No space left on device" in job.entry(1).error
    assert not (job.files.folder / "1.after.jpg").exists()
    healed.append(True)
    job.resume()
    assert states(wait_for_batch(job)) == ["done", "done"]
    assert job.files.bytes == sum(path.stat().st_size for path in job.files.folder.iterdir())


def test_removing_a_running_batch_stops_it_and_deletes_its_files():
    jobs, gate = BatchRegistry(), Gate()
    painter = Painter(gate)
    job = start_batch(painter, image(1), image(2), image(3), jobs=jobs)
    assert gate.reached.wait(WAIT)
    jobs.remove(job.name)
    gate.open.set()
    wait_for_batch(job)
    assert (painter.done, job.files.folder.exists(), jobs.bytes) == (1, False, 0)
    with pytest.raises(Missing) as gone:
        jobs.get(job.name)
    assert (gone.value.path, gone.value.status) == ("job", 404)


def test_batch_ids_are_unique_and_too_long_to_guess():
    jobs = BatchRegistry()
    names = {jobs.open(Painter()).name for _ in range(8)}
    assert len(names) == 8
    assert min(map(len, names)) >= 20


def test_batch_page_shows_each_outcome_and_escapes_file_names():
    job = BatchRegistry().open(Painter())
    job.add("<script>alert(1)</script>", image())
    job.add("broken.png", BAD)
    page = wait_for_batch(job).page()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page
    assert 'src="before/1"' in page
    assert 'href="file/1"' in page
    assert "before/2" not in page
    assert "broken.png</b> image: not a readable picture" in page


def test_a_file_without_a_name_has_its_number():
    job = BatchRegistry().open(Painter())
    job.add("", image())
    assert wait_for_batch(job).summary()["files"][0]["name"] == "1"


def test_closing_the_registry_deletes_all_batch_files():
    jobs, gate = BatchRegistry(), Gate()
    job = start_batch(Painter(gate), image(1), image(2), jobs=jobs)
    home = job.files.folder.parent
    assert gate.reached.wait(WAIT)
    jobs.close()
    gate.open.set()
    wait_for_batch(job)
    assert not home.exists()
    assert wait_for_batch(start_batch(Painter(), image(), jobs=jobs)).state == "done"


def test_folders_of_a_killed_process_are_deleted_after_days(monkeypatch, tmp_path):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    old, young, other = (tmp_path / name for name in ("retouch-batch-old", "retouch-batch-young", "mine"))
    for folder in (old, young, other):
        folder.mkdir()
        (folder / "file").touch()
    for folder in (old, other):
        os.utime(folder, (0, 0))
    BatchRegistry().open(Painter())
    assert [folder.exists() for folder in (old, young, other)] == [False, True, True]
