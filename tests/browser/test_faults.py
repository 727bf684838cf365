"""Faults during a job of each kind: a reload, a closed tab, a lost answer, a restarted server."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import Route, expect

from retouch.api.answers import AnswerCache
from tests.browser.conftest import DISC
from tests.browser.editor import WAIT_MS, Editor


def name(editor: Editor):
    return editor.page.locator(".rt-document-name")


@dataclass
class Gate:
    """Holds the engine inside its next call."""

    inside: threading.Event
    opened: threading.Event

    def wait(self) -> None:
        assert self.inside.wait(60)


@pytest.fixture
def gate(server):
    gate = Gate(threading.Event(), threading.Event())
    yield gate
    gate.opened.set()


def hold(server, gate: Gate) -> None:
    server.engine.before_call = lambda jobs: (gate.inside.set(), gate.opened.wait(60))


# ---- one job of each kind


def prepare_remove(editor: Editor) -> None:
    editor.point(*DISC)


def start_remove(editor: Editor) -> None:
    editor.press("remove")


def expect_two_variations(editor: Editor) -> None:
    editor.offered(2)


def prepare_more(editor: Editor) -> None:
    editor.point(*DISC)
    editor.press("remove")
    editor.offered(2)


def start_more(editor: Editor) -> None:
    editor["more"].click()


def expect_four_variations(editor: Editor) -> None:
    editor.offered(4)


def start_recipe(editor: Editor) -> None:
    editor["recipes"].click()
    editor.page.get_by_role("menuitem", name="Face of the tests").click()


def expect_one_variation(editor: Editor) -> None:
    editor.offered(1)


def prepare_extend(editor: Editor) -> None:
    editor["tool-extend"].click()
    editor["margin-right"].fill("64")
    editor["margin-right"].press("Tab")
    expect(editor["extend-plan"]).to_contain_text("stage", timeout=WAIT_MS)


def start_extend(editor: Editor) -> None:
    editor["extend-now"].click()


def expect_extension(editor: Editor) -> None:
    expect(editor["size"]).to_have_text("364 × 200", timeout=WAIT_MS)


def prepare_repaint(editor: Editor) -> None:
    prepare_more(editor)
    editor["keep"].click()
    expect(editor["step"]).to_have_count(1)
    expect(editor["progress"]).to_be_hidden(timeout=WAIT_MS)


def start_repaint(editor: Editor) -> None:
    editor["step-again"].click()


def expect_repaint(editor: Editor) -> None:
    expect(editor["undo"]).to_have_attribute("data-tip", re.compile("Repaint|again"), timeout=WAIT_MS)


@dataclass(frozen=True)
class Kind:
    prepare: Callable[[Editor], None]
    start: Callable[[Editor], None]
    check: Callable[[Editor], None]
    verb: str = "inpaint"


KINDS = {
    "remove": Kind(prepare_remove, start_remove, expect_two_variations),
    "more": Kind(prepare_more, start_more, expect_four_variations),
    "recipe": Kind(lambda editor: None, start_recipe, expect_one_variation, "fix"),
    "extend": Kind(prepare_extend, start_extend, expect_extension, "outpaint"),
    "repaint": Kind(prepare_repaint, start_repaint, expect_repaint, "history"),
}


def assert_nothing_was_painted_twice(server) -> None:
    painted = [(job.seed, job.picture.digest) for jobs in server.engine.calls for job in jobs]
    assert len(painted) == len(set(painted))


@pytest.mark.parametrize("kind", KINDS)
def test_job_is_found_again_after_a_reload(editor, server, gate, kind):
    job = KINDS[kind]
    job.prepare(editor)
    hold(server, gate)
    job.start(editor)
    gate.wait()
    editor.page.reload()
    expect(editor["progress"]).to_be_visible(timeout=WAIT_MS)
    expect(editor["interrupt"]).to_be_enabled()
    gate.opened.set()
    job.check(editor)
    expect(editor["progress"]).to_be_hidden(timeout=WAIT_MS)
    assert_nothing_was_painted_twice(server)


def lose_first_request(editor: Editor, verb: str, fault: Callable[[Route], object]) -> list[str]:
    """The URLs of lost requests: `fault` handles the first one of the verb, and its answer is lost."""
    lost: list[str] = []

    def handle(route: Route) -> None:
        if route.request.method == "POST" and not lost:
            lost.append(route.request.url)
            fault(route)
            route.abort()
        else:
            route.continue_()

    editor.page.route(f"**/{verb}", handle)
    return lost


@pytest.mark.parametrize("kind", KINDS)
def test_lost_answer_is_asked_for_again_without_painting_twice(editor, server, kind):
    job = KINDS[kind]
    job.prepare(editor)
    lost = lose_first_request(editor, job.verb, lambda route: route.fetch())
    job.start(editor)
    job.check(editor)
    assert lost
    assert_nothing_was_painted_twice(server)


@pytest.mark.parametrize("kind", KINDS)
def test_job_runs_again_on_a_server_that_was_started_again(editor, server, kind):
    def forget(_: Route) -> None:
        server.service.answers = AnswerCache()
        server.forget_pictures()

    job = KINDS[kind]
    job.prepare(editor)
    lost = lose_first_request(editor, job.verb, forget)
    job.start(editor)
    job.check(editor)
    assert lost


def test_job_of_a_closed_tab_is_found_by_the_next(editor, server, gate, picture):
    prepare_remove(editor)
    hold(server, gate)
    start_remove(editor)
    gate.wait()
    context = editor.page.context
    editor.page.close()
    later = Editor(context.new_page(), editor.url).start()
    later["recent"].click()
    expect(name(later)).to_have_text(picture.name)
    gate.opened.set()
    later.offered(2)
    assert len(server.engine.calls) == 1
    assert not later.faults


def test_queued_job_is_found_again_after_a_reload(editor, server, gate):
    prepare_remove(editor)
    hold(server, gate)
    start_remove(editor)
    gate.wait()
    editor.press("fill")
    editor.page.reload()
    expect(editor["progress"]).to_be_visible(timeout=WAIT_MS)
    gate.opened.set()
    editor.offered(4)
    assert len(server.engine.calls) == 2


def test_interrupt_ends_a_job_that_was_found_again(editor, server, gate):
    prepare_remove(editor)
    hold(server, gate)
    start_remove(editor)
    gate.wait()
    editor.page.reload()
    expect(editor["progress"]).to_be_visible(timeout=WAIT_MS)
    with editor.page.expect_response("**/interrupt"):
        editor["interrupt"].click()
    gate.opened.set()
    expect(editor["progress"]).to_be_hidden(timeout=WAIT_MS)
    editor.page.reload()
    expect(editor["intent-remove"]).to_be_visible(timeout=WAIT_MS)
    expect(editor["progress"]).to_be_hidden()


def test_undo_steps_survive_a_reload(editor):
    prepare_more(editor)
    editor["keep"].click()
    expect(editor["step"]).to_have_count(1)
    editor.page.wait_for_timeout(1500)
    editor.page.reload()
    expect(editor["step"]).to_have_count(1, timeout=WAIT_MS)
    editor["undo"].click()
    editor.offered(2)
    editor["redo"].click()
    expect(editor["step"]).to_have_count(1)


def test_waiting_jobs_are_listed_reordered_and_cancelled(editor, server, gate):
    prepare_remove(editor)
    hold(server, gate)
    start_remove(editor)
    gate.wait()
    for intent in ("fill", "replace", "refine"):
        editor.press(intent)
    queued = editor["queued-job"]
    expect(queued).to_have_text(["Next: Fill", "Next: Replace", "Next: Refine"])
    queued.nth(2).get_by_role("button", name="Run Refine next").click()
    expect(queued).to_have_text(["Next: Refine", "Next: Fill", "Next: Replace"])
    queued.nth(1).get_by_role("button", name="Cancel Fill").click()
    expect(queued).to_have_text(["Next: Refine", "Next: Replace"])
    gate.opened.set()
    expect(editor["progress"]).to_be_hidden(timeout=WAIT_MS)
    assert [body["intent"] for body in editor.bodies("inpaint")] == ["remove", "refine", "replace"]
