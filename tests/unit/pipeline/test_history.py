import dataclasses

import numpy as np
import pytest

from retouch.errors import BadInput
from retouch.image.geometry import Size
from retouch.pipeline.history import TOGETHER, History, HistoryEntry, repaint_entries
from retouch.pipeline.plan import PassWork, plan_pass
from retouch.pipeline.run import run_plans
from retouch.testing import FakeEngine, FakeProgress
from tests.helpers import GENERATION, face_pass, found, noise, square

CANVAS = Size(600, 500)
NATIVE = Size(128, 128)
FAR_LEFT, FAR_RIGHT = square(20, 20, 60), square(480, 400, 60)
ON_THE_LEFT_ONE = square(40, 30, 60)


def made(*regions, engine=None, **changes) -> History:
    """Of passes over one region each, one after another."""
    picture = start = noise(CANVAS)
    entries = ()
    for index, region in enumerate(regions or (FAR_LEFT, FAR_RIGHT, ON_THE_LEFT_ONE)):
        planned = plan_pass(CANVAS, found(region), PassWork(index, face_pass(**changes)), GENERATION, NATIVE)
        (result,) = run_plans([picture], [planned], engine or FakeEngine())
        picture, entries = result.picture, entries + History.of(picture, result.reports).entries
    return History(start, entries)


def test_history_with_all_steps_composites_to_the_result():
    picture = noise(CANVAS)
    planned = plan_pass(CANVAS, found(FAR_LEFT, FAR_RIGHT), PassWork(0, face_pass()), GENERATION, NATIVE)
    (result,) = run_plans([picture], [planned], FakeEngine())
    history = History.of(picture, result.reports)
    assert len(history.entries) == 2
    assert history.now() == result.picture
    assert history.now(0) == picture


def test_steps_revert_and_reapply_in_any_order_bit_for_bit():
    history = made()
    whole = history.now()
    first = history.switched([1], False)
    none = first.switched([3, 2], False)
    assert none.now() == history.picture
    assert none.switched([2, 1, 3], True).now() == whole
    left = history.entries[0].best.box
    right = history.entries[1].best.box
    assert np.array_equal(first.now().pixels[right.slices], whole.pixels[right.slices])
    assert not np.array_equal(first.now().pixels[left.slices], whole.pixels[left.slices])


def test_dependent_steps_are_found_transitively():
    history = made(FAR_LEFT, FAR_RIGHT, ON_THE_LEFT_ONE, square(90, 60, 60))
    assert history.upon([1]) == (3, 4)
    assert history.upon([2]) == ()
    assert history.upon([4]) == ()
    assert history.switched([3], False).upon([1]) == (4,)


def test_another_variation_replaces_the_chosen_one():
    history = made(FAR_LEFT, variations=3)
    (entry,) = history.entries
    other = (entry.chosen + 1) % 3
    changed = history.switched([1], False).choosing({1: other + 1})
    assert changed.now() == entry.candidates[other].on(history.picture)
    with pytest.raises(BadInput, match="1 to 3"):
        history.choosing({1: 4})


def test_repainted_step_uses_the_current_pixels_below_it():
    history = made()
    again = repaint_entries(history.switched([1], False), {3: 99}, FakeEngine()).history
    alone = made(ON_THE_LEFT_ONE).entries[0]
    fresh = repaint_entries(History(history.picture, (alone,)), {1: 99}, FakeEngine()).history
    assert again.entries[2].best.seed == 99
    assert again.entries[2].best.over == fresh.entries[0].best.over
    assert again.entries[1] is history.entries[1]


def test_repainting_with_equal_seeds_gives_the_same_picture():
    history = made()
    seeds = {n: e.step.seed for n, e in enumerate(history.entries, 1) if e.step}
    assert len(seeds) == len(history.entries)
    assert repaint_entries(history, seeds, FakeEngine()).history.now() == history.now()


def test_independent_steps_are_repainted_in_one_batch_others_later():
    engine = FakeEngine()
    repaint_entries(made(), {1: 5, 2: 6, 3: 7}, engine)
    assert [len(call) for call in engine.calls] == [2, 1]


def test_history_keeps_only_a_few_pictures_in_memory():
    spots = [square(10 + 140 * x, 10 + 160 * y, 20) for y in range(3) for x in range(4)]
    engine = FakeEngine(batch_limit=64)
    history = made(*spots)
    repaint_entries(history, {n: n for n in range(1, 13)}, engine)
    assert max(len(call) for call in engine.calls) <= TOGETHER


def test_interrupt_leaves_unpainted_steps_unchanged():
    history = made()
    done = repaint_entries(history, {1: 5, 3: 7}, FakeEngine(), FakeProgress(stop_after=0))
    assert done.stopped
    assert done.history.now() == history.now()


def test_gate_applies_to_repainted_steps():
    history = made(FAR_LEFT)
    (entry,) = history.entries
    assert entry.step
    gate = dataclasses.replace(entry.step.how.gate, mode="on", sharpness=1.0, drift=0.0, seam=0.0)
    strict = dataclasses.replace(entry.step, how=dataclasses.replace(entry.step.how, gate=gate))
    guarded = HistoryEntry(strict, entry.candidates)
    done = repaint_entries(History(history.picture, (guarded,)), {1: 5}, FakeEngine())
    assert not done.history.entries[0].on
    assert done.history.now() == history.picture
    assert done.warnings


@pytest.mark.parametrize("numbers", [[0], [4], [1, 9]])
def test_unknown_step_number_is_refused_with_the_allowed_range(numbers):
    with pytest.raises(BadInput, match="1 to 3"):
        made().switched(numbers, False)
