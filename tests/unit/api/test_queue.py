from __future__ import annotations

import threading

from retouch.api.queue import JobQueue, JobTicket


def start_holding(
    turns: JobQueue, queue: threading.Lock, ticket: JobTicket, inside=lambda: None
) -> threading.Thread:
    """A thread that takes its turn and calls `inside` there."""

    def run():
        with turns.hold(ticket, queue):
            inside()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def until(condition) -> None:
    for _ in range(3000):
        if condition():
            return
        threading.Event().wait(0.01)
    raise AssertionError("it never came to that")


def test_queue_reports_running_and_waiting_jobs_until_they_end():
    turns, queue = JobQueue(), threading.Lock()
    with turns.hold(JobTicket("fix", "mine"), queue):
        waiting = start_holding(turns, queue, JobTicket("inpaint", "yours"))
        until(lambda: turns.waiting == 1)
        mine, yours = turns.summary("mine"), turns.summary("yours")
        assert (mine["busy"], mine["verb"], mine["task"], mine["queued"]) == (True, "fix", "mine", False)
        assert (yours["task"], yours["queued"], yours["waiting"]) == ("", True, 1)
    waiting.join(30)
    assert turns.summary("mine")["busy"] is False
    assert turns.waiting == 0


def test_failed_job_releases_the_queue():
    turns, queue = JobQueue(), threading.Lock()
    try:
        with turns.hold(JobTicket("fix"), queue):
            raise ZeroDivisionError
    except ZeroDivisionError:
        pass
    assert not turns.summary()["busy"]
    assert not queue.locked()


def test_running_task_id_is_not_disclosed_to_other_tasks():
    turns = JobQueue()
    with turns.hold(JobTicket("fix", "secret"), threading.Lock()):
        for asked in ("", "other"):
            assert "secret" not in str(turns.summary(asked))
            assert not turns.at_work(asked)


def test_stop_with_a_task_id_stops_only_that_task():
    turns, pressed = JobQueue(), []
    ticket = JobTicket("fix", "mine")
    with turns.hold(ticket, threading.Lock()):
        assert turns.stop("other", lambda: pressed.append(1)) is False
        assert (ticket.stopped, pressed) == (False, [])
        assert turns.stop("mine", lambda: pressed.append(1)) is True
        assert (ticket.stopped, pressed) == (True, [1])
    assert turns.stop("mine") is False


def test_stop_without_a_task_id_stops_the_running_job_only():
    turns, queue = JobQueue(), threading.Lock()
    first, second = JobTicket("fix", "a"), JobTicket("fix", "b")
    with turns.hold(first, queue):
        thread = start_holding(turns, queue, second)
        until(lambda: turns.waiting == 1)
        assert turns.stop("")
    thread.join(30)
    assert (first.stopped, second.stopped) == (True, False)
    assert turns.stop("") is False


def test_waiting_job_is_stopped_without_interrupting_the_running_one():
    turns, queue, seen, pressed = JobQueue(), threading.Lock(), [], []
    waits = JobTicket("inpaint", "later")
    with turns.hold(JobTicket("fix", "now"), queue):
        thread = start_holding(turns, queue, waits, lambda: seen.append(waits.stopped))
        until(lambda: turns.waiting == 1)
        assert turns.stop("later", lambda: pressed.append(1))
    thread.join(30)
    assert (seen, pressed) == ([True], [])


def test_sampling_steps_advance_the_fraction_but_not_the_done_count():
    ticket = JobTicket("inpaint")
    ticket.show(0, 4, "2 of 4 variations")
    ticket.show(5, 10, "step 5 of 10")
    assert (ticket.done, ticket.total, ticket.furthest) == (0, 4, 0.25)
    ticket.show(10, 10, "step 10 of 10")
    ticket.show(2, 4, "2 of 4 variations")
    assert (ticket.done, ticket.furthest) == (2, 0.5)
    ticket.show(4, 4, "done")
    assert ticket.furthest == 1.0


def test_progress_fraction_never_decreases():
    ticket = JobTicket("fix")
    ticket.show(0, 8, "8 of 8 regions")
    ticket.show(9, 10, "step 9 of 10")
    ticket.show(0, 8, "4 of 8 regions")  # memory ran out: half the batch is tried again
    assert ticket.furthest == 0.9
