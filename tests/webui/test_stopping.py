"""Interrupt, Skip, and "interrupt after current"."""

from __future__ import annotations

from modules import shared, trace

from retouch.webui.progress import HostProgress
from tests.webui.driver import FACES, LEFT, RIGHT, changed, inner, only_in, outer, recipe


def press(button: str, *, inner_call: int):
    """Pressed at the second step of that sampling call of ours, counted from 1."""

    def on_step(p, step):
        if type(p).__name__ == "BatchImg2Img" and len(inner()) == inner_call and step == 1:
            setattr(shared.state, button, True)

    trace.on_step = on_step


def one_by_one() -> None:
    shared.opts.data["retouch_batch_limit"] = 1


def test_interrupt_keeps_finished_regions_and_drops_the_half_painted_one(webui):
    plain = webui.txt2img()
    whole = webui.txt2img(recipe({}))
    one_by_one()
    trace.clear()
    press("interrupted", inner_call=2)
    run = webui.txt2img(recipe({}))
    assert len(inner()) == 2
    assert only_in(changed(plain.pictures[0], run.pictures[0]), (LEFT,), 40)
    assert not changed(whole.pictures[0], run.pictures[0])[LEFT.slices].any()
    assert run.infotexts[0].count("interrupted") == 1


def test_a_picture_that_was_finished_before_the_interrupt_is_saved(webui):
    """The host asks whether to save after our hook, and would call it incomplete."""
    shared.opts.data["samples_save"] = True
    press("interrupted", inner_call=1)
    run = webui.txt2img(FACES, n_iter=2)
    assert [said["image"].size for said in trace.of("saved")] == [run.pictures[0].size]
    assert "save_samples" not in run.p.__dict__


def test_interrupt_in_the_first_pass_skips_the_second(webui):
    press("interrupted", inner_call=1)
    plain = webui.txt2img()
    trace.events.clear()
    run = webui.txt2img(recipe({}, {}))
    assert len(inner()) == 1
    assert run.pictures == plain.pictures


def test_interrupt_ends_the_outer_job(webui):
    press("interrupted", inner_call=1)
    run = webui.txt2img(FACES, n_iter=3)
    assert len(outer()) == len(run.pictures) == 1


def test_interrupt_of_the_picture_itself_starts_no_fix(webui):
    trace.on_step = lambda p, step: setattr(shared.state, "interrupted", step == 2)
    run = webui.txt2img(FACES)
    assert inner() == []
    assert len(run.pictures) == 1


def test_skip_leaves_the_current_picture_unfixed_and_fixes_the_next(webui):
    press("skipped", inner_call=1)
    plain = webui.txt2img(n_iter=2)
    trace.events.clear()
    run = webui.txt2img(FACES, n_iter=2)
    assert len(inner()) == len(outer()) == 2
    assert run.pictures[0] == plain.pictures[0]
    assert only_in(changed(plain.pictures[1], run.pictures[1]), (LEFT, RIGHT), 40)


def test_skip_leaves_all_regions_of_the_picture_unfixed(webui):
    one_by_one()
    press("skipped", inner_call=1)
    plain = webui.txt2img()
    trace.events.clear()
    run = webui.txt2img(FACES)
    assert len(inner()) == 1
    assert run.pictures == plain.pictures


def test_pressed_skip_is_remembered_after_its_flag_is_cleared(webui):
    """Whoever samples next clears the WebUI's flag."""
    watch = HostProgress()
    assert not watch.stopped
    shared.state.skipped = True
    assert watch.stopped
    shared.state.skipped = False
    assert watch.stopped
    assert not HostProgress().stopped


def test_interrupt_after_current_lets_the_current_picture_be_fixed(webui):
    plain = webui.txt2img(n_iter=3)
    trace.clear()
    trace.on_step = lambda p, step: setattr(shared.state, "stopping_generation", True)
    run = webui.txt2img(FACES, n_iter=3)
    assert len(run.pictures) == len(outer()) == len(inner()) == 1
    assert only_in(changed(plain.pictures[0], run.pictures[0]), (LEFT, RIGHT), 40)


def test_interrupt_after_current_pressed_during_the_fix_counts_too(webui):
    one_by_one()
    press("stopping_generation", inner_call=1)
    run = webui.txt2img(FACES, n_iter=3)
    assert len(run.pictures) == len(outer()) == 1
    assert len(inner()) == 2
