from __future__ import annotations

import os
import queue
import sys
import threading

import pytest

from retouch.api.background import NICE, BackgroundWorker


def test_newest_background_job_runs_first_and_excess_old_ones_are_dropped():
    ahead, done = BackgroundWorker(limit=2), []
    begun, go, over = threading.Event(), threading.Event(), threading.Event()

    def first():
        begun.set()
        assert go.wait(30)

    ahead.submit(first)
    assert begun.wait(30)
    for number in (1, 2, 3):
        ahead.submit(lambda n=number: (done.append(n), over.set() if n == 2 else None))
    go.set()
    assert over.wait(30)
    assert done == [3, 2]


def test_failed_background_job_does_not_stop_the_next():
    ahead, done = BackgroundWorker(), threading.Event()
    ahead.submit(lambda: 1 / 0)
    ahead.submit(done.set)
    assert done.wait(30)


def test_worker_thread_ends_when_idle_and_restarts_on_submit():
    ahead = BackgroundWorker()
    threads: queue.Queue[threading.Thread] = queue.Queue()
    for _ in range(2):
        ahead.submit(lambda: threads.put(threading.current_thread()))
        thread = threads.get(timeout=30)
        thread.join(30)
        assert not thread.is_alive()
        assert thread.daemon


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a priority is the whole process'")
def test_low_priority_applies_to_the_worker_thread_only():
    said, done = [], threading.Event()
    before = os.getpriority(os.PRIO_PROCESS, 0)
    BackgroundWorker().submit(
        lambda: (said.append(os.getpriority(os.PRIO_PROCESS, threading.get_native_id())), done.set())
    )
    assert done.wait(30)
    assert said == [max(NICE, before)]
    assert os.getpriority(os.PRIO_PROCESS, 0) == before
