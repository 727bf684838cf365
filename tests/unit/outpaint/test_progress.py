import dataclasses

import cv2
import numpy as np
import pytest

from retouch.errors import BadInput, PaintFailed
from retouch.image.geometry import Box, Margins, Size
from retouch.image.mask import Mask
from retouch.image.picture import Picture
from retouch.image.quality.seam import join
from retouch.outpaint.checks import CheckOptions
from retouch.outpaint.join_cleanup import merge_candidates
from retouch.outpaint.join_cut import along_the_cut, least_path
from retouch.outpaint.progress import Extension, dependents
from retouch.outpaint.run import extend
from retouch.outpaint.stage_steps import StagePrompts, join_mask, reach_of, steps, unused_prompts
from retouch.outpaint.stages import StageOptions, plan_stages
from retouch.pipeline.candidate import Candidate
from retouch.recipes.recipe import Generation, Pass
from retouch.testing import FakeEngine
from tests.helpers import noise

NATIVE = Size(256, 256)
HOW = Pass(denoising_strength=1.0, masked_content="edge", colour_correction=0.0)
FEATHER = 16
ONCE = CheckOptions(attempts=1, cleanup=0)


def way(
    size=NATIVE, margins=Margins(right=256), words=StagePrompts(), how=HOW, pace=StageOptions(feather=FEATHER)
):
    found = plan_stages(size, margins, NATIVE, pace)
    generation = Generation(prompt="a beach", seed=7)
    made = steps(found, generation, how, words, reach_of(pace, NATIVE))
    return Extension(noise(size), margins, found, made)


def test_new_area_is_painted_and_pixels_beyond_the_feather_are_unchanged():
    engine = FakeEngine(side=256)
    done = extend(way(), engine, ONCE)
    pixels = done.way.finished().pixels
    assert pixels.shape == (256, 512, 3)
    assert np.array_equal(pixels[:, : 256 - FEATHER], noise(NATIVE).pixels[:, : 256 - FEATHER])
    assert [call[0].seed for call in engine.calls] == [7, 8]
    assert (pixels[:, -1] == FakeEngine.colour(engine.calls[1][0]).pixels[0, 0]).all()


def test_hole_has_masked_content_and_overlap_has_a_soft_mask():
    engine = FakeEngine(side=256)
    extend(way(), engine, ONCE)
    job = engine.calls[0][0]
    assert np.array_equal(job.picture.pixels[:, :128], noise(NATIVE).pixels[:, 128:])
    assert (job.picture.pixels[:, 128:] == noise(NATIVE).pixels[:, 255:]).all()
    row = job.mask.alpha[128].astype(int)
    assert (row[128:] == 255).all()
    assert row[64] <= 2 < row[96] < row[120] < 255


def test_stages_of_one_wave_go_through_one_call():
    engine = FakeEngine(side=256)
    extend(way(Size(512, 256), Margins(128, 0, 128, 0)), engine, ONCE)
    assert [len(call) for call in engine.calls] == [2]


def test_prompts_of_sides_stages_and_beyond_reach_their_steps():
    margins = Margins(left=128, right=128)
    said = way(margins=margins, words=StagePrompts(prompt_left="a cliff", off_screen="gulls")).steps
    assert [s.prompt for s in said] == ["a cliff, gulls", "a beach, gulls"]
    said = way(margins=margins, words=StagePrompts(stage_prompts=("", "a pier"))).steps
    assert [s.prompt for s in said] == ["a beach", "a pier"]
    for few_or_blank in (("a cliff",), ("a cliff", "", "")):
        said = way(margins=margins, words=StagePrompts(stage_prompts=few_or_blank)).steps
        assert [s.prompt for s in said] == ["a cliff", "a beach"]
    with pytest.raises(BadInput, match="2 stages") as caught:
        way(margins=margins, words=StagePrompts(stage_prompts=("one", "two", "three")))
    assert caught.value.path == "stage_prompts"


def test_unused_prompt_of_a_side_is_reported():
    words = StagePrompts(prompt_left="a cliff", prompt_right="the sea", off_screen="gulls")
    (told,) = unused_prompts(words, way(margins=Margins(right=128), words=words).steps)
    assert told.startswith('prompt_left: "a cliff" is not used')
    both = StagePrompts(prompt_left="a cliff", stage_prompts=("a pier",))
    (told,) = unused_prompts(both, way(margins=Margins(left=128), words=both).steps)
    assert '"a cliff" is not used' in told
    assert not unused_prompts(words, way(margins=Margins(left=64, right=64), words=words).steps)


def test_seed_step_same_gives_all_stages_one_seed():
    made = way(how=dataclasses.replace(HOW, seed_step="same"))
    assert {step.seed for step in made.steps} == {7}


class Stopping:
    """Interrupts once the second stage is shown."""

    stopped = False

    def show(self, done, total, what):
        self.stopped = done >= 1


def test_interrupt_keeps_finished_stages_and_the_extension_can_continue():
    engine = FakeEngine(side=256)
    half = extend(way(), engine, ONCE, Stopping())
    assert half.stopped
    assert half.way.finished().size == Size(384, 256)
    rest = extend(half.way, engine, ONCE)
    assert rest.way.finished() == extend(way(), FakeEngine(side=256), ONCE).way.finished()
    assert len(engine.calls) == 2


def test_failed_stage_ends_the_extension_with_a_warning():
    def refuse(jobs):
        if jobs[0].seed == 8:
            raise PaintFailed("no such sampler.")

    done = extend(way(), FakeEngine(side=256, before_call=refuse), ONCE)
    assert done.way.finished().size == Size(384, 256)
    assert "Stage 2 (right)" in done.warnings[0]
    assert "no such sampler" in done.warnings[0]


def test_repainting_a_stage_also_repaints_the_stages_on_top():
    engine = FakeEngine(side=256)
    first = extend(way(margins=Margins(left=128, right=256)), engine, ONCE).way
    again = first.again({2: 99})
    assert [step.number for step in again.left] == [2, 3]
    assert again.finished().size == Size(384, 256)
    second = extend(again, engine, ONCE).way.finished()
    assert np.array_equal(second.pixels[:, :200], first.finished().pixels[:, :200])
    assert not np.array_equal(second.pixels[:, 400:450], first.finished().pixels[:, 400:450])


def test_repainting_a_stage_leaves_reverted_stages_reverted():
    whole = extend(way(margins=Margins(left=128, right=256)), FakeEngine(side=256), ONCE).way
    again = whole.without([3]).again({2: 99})
    assert [step.number for step in again.due] == [2]
    assert [step.number for step in again.left] == [2, 3]
    done = extend(again, FakeEngine(side=256), ONCE).way
    assert set(done.done) == {1, 2}
    assert [step.number for step in done.going_on().due] == [3]
    assert [step.number for step in whole.without([1, 3]).again({3: 99}).due] == [3], "named itself"


def test_repainting_a_stage_also_paints_reverted_stages_below_it():
    whole = extend(way(margins=Margins(left=128, right=256)), FakeEngine(side=256), ONCE).way
    assert [step.number for step in whole.without([1, 2]).again({3: 99}).due] == [2, 3]


def test_reverting_a_stage_restores_its_pixels_bit_for_bit():
    done = extend(way(), FakeEngine(side=256), ONCE).way
    assert done.without([1]).finished() == noise(NATIVE)
    assert done.without([2]).finished().size == Size(384, 256)


def test_only_stages_whose_crop_shows_a_stage_depend_on_it():
    found = plan_stages(Size(512, 256), Margins(256, 0, 256, 0), NATIVE, StageOptions())
    assert dependents(found, [1]) == {1, 2}
    assert dependents(found, [3]) == {3, 4}
    corner = plan_stages(NATIVE, Margins(left=128, top=128), NATIVE, StageOptions())
    assert dependents(corner, [1]) == {1, 2, 3, 4}
    assert [s.side for s in corner] == ["left", "top", "top", "top"]


def test_incomplete_strip_is_left_out_of_the_finished_picture():
    made = way(Size(512, 256), Margins(top=128), pace=StageOptions(feather=8))
    assert len(made.steps) == 3
    left, top, right, bottom = made.steps[0].box
    faded = Box(left, top, right, bottom + 8)
    patch = Candidate(
        1, Picture(np.zeros((faded.height, faded.width, 3), np.uint8)), faded, Mask.full(faded.size)
    )
    part = made.with_done({1: patch})
    assert part.finished() == made.picture, "nor is what it faded into the picture left"


def test_join_mask_is_255_in_hole_0_past_the_feather_and_not_straight():
    size, hole = Size(256, 256), Box(128, 0, 256, 256)
    mask = join_mask(Mask.of_box(size, hole), 32, hole).alpha
    assert (mask[:, 128:] == 255).all()
    assert (mask[:, : 128 - 32] == 0).all()
    edge = (mask >= 128).argmax(1)
    assert edge.std() > 1
    assert np.abs(np.diff(edge)).max() <= 4
    assert np.array_equal(mask, join_mask(Mask.of_box(size, hole), 32, hole).alpha)
    assert np.array_equal(
        join_mask(Mask.of_box(size, hole), 0, hole).alpha > 0, Mask.of_box(size, hole).solid
    )


class Harsh(FakeEngine):
    """Paints black at full strength, and what it is shown, blurred, below."""

    def paint(self, jobs, progress):
        self.calls.append(tuple(jobs))
        return [self._one(job) for job in jobs]

    @staticmethod
    def _one(job):
        if job.settings.denoising_strength < 1:
            return Picture(cv2.GaussianBlur(job.picture.pixels, (0, 0), 8))
        return Picture(np.zeros_like(job.picture.pixels))


def test_visible_join_is_repainted_within_the_feather():
    smooth = cv2.GaussianBlur(noise(NATIVE).pixels, (0, 0), 6)
    plain = dataclasses.replace(
        way(margins=Margins(right=128), pace=StageOptions(feather=4)), picture=Picture(smooth)
    )
    engine = Harsh(side=256)
    kept = extend(plain, Harsh(side=256), ONCE)
    done = extend(plain, engine, CheckOptions(attempts=1, cleanup=0.35))
    assert [call[0].settings.denoising_strength for call in engine.calls] == [1.0, 0.35]
    first, second = (join(one.way.finished().pixels, x=256) for one in (kept, done))
    assert second < first / 1.5
    pixels = done.way.finished().pixels
    assert np.array_equal(pixels[:, : 256 - 4], smooth[:, : 256 - 4])
    assert (pixels[:, -64:] == 0).all()
    canvas = done.way.canvas().pixels
    assert np.array_equal(canvas, pixels)


def test_cut_follows_the_least_difference_and_leaves_the_other_pixels():
    size, hole = Size(64, 40), Box(40, 0, 64, 40)
    under = np.full((40, 64, 3), 100, np.uint8)
    over = np.full((40, 64, 3), 200, np.uint8)
    over[:, 30:32] = 100  # the one line on which they agree
    made = Candidate(1, Picture(over), size.box, join_mask(Mask.of_box(size, hole), 20, hole))
    pixels = under.copy()
    along_the_cut(made, under, hole, "right").put(pixels)
    assert (pixels[:, 34:] == 200).all()
    assert (pixels[:, :20] == 100).all()
    assert np.abs(np.diff(pixels[:, :30].astype(int), axis=1)).max() < 40


def test_cut_is_equivalent_for_every_side_of_the_hole():
    rng = np.random.default_rng(4)
    under, over = (rng.integers(0, 255, (48, 48, 3), np.uint8) for _ in range(2))
    mask = Mask.of_box(Size(48, 48), Box(24, 0, 48, 48)).feathered(12)
    box = Box(0, 0, 48, 48)
    right = along_the_cut(Candidate(1, Picture(over), box, mask), under, Box(24, 0, 48, 48), "right")
    turned = Candidate(1, Picture(over[:, ::-1]), box, Mask(mask.alpha[:, ::-1].copy()))
    left = along_the_cut(turned, under[:, ::-1], Box(0, 0, 24, 48), "left")
    assert np.abs(left.mask.alpha[:, ::-1].astype(int) - right.mask.alpha).mean() < 3
    down = Candidate(1, Picture(over.transpose(1, 0, 2)), box, Mask(mask.alpha.T.copy()))
    bottom = along_the_cut(down, under.transpose(1, 0, 2), Box(0, 24, 48, 48), "bottom")
    assert np.abs(bottom.mask.alpha.T.astype(int) - right.mask.alpha).mean() < 3


def test_least_path_avoids_a_pixel_of_high_cost():
    cost = np.ones((5, 5))
    cost[:, 2] = 0
    cost[2, 2] = 50
    path = least_path(cost)
    assert path[0] == path[4] == 2
    assert path[2] in (1, 3)


def test_merged_candidates_composite_like_both_in_turn():
    rng = np.random.default_rng(1)
    under, one, two = (rng.integers(60, 190, (20, 30, 3), np.uint8) for _ in range(3))
    box = Box(0, 0, 30, 20)
    mask = Mask.of_box(Size(30, 20), Box(12, 0, 30, 20)).feathered(10)
    first = Candidate(1, Picture(one), box, mask)
    second = Candidate(2, Picture(two), box, Mask((mask.alpha * 0.5).astype(np.uint8)))
    stepwise, at_once = under.copy(), under.copy()
    first.put(stepwise)
    second.put(stepwise)
    merge_candidates(first, second, under).put(at_once)
    assert np.abs(stepwise.astype(int) - at_once).max() <= 1


def test_eightfold_width_is_painted_from_crops_of_at_most_native_size():
    engine = FakeEngine(side=256)
    done = extend(way(margins=Margins(left=896, right=896)), engine, ONCE)
    assert done.way.finished().size == Size(2048, 256)
    assert {step.frame.crop.size for step in done.way.steps} == {NATIVE}
    assert {job.picture.size for call in engine.calls for job in call} == {NATIVE}
    origin = done.way.origin
    kept = done.way.canvas().pixels[:, origin.left + FEATHER : origin.right - FEATHER]
    assert np.array_equal(kept, noise(NATIVE).pixels[:, FEATHER:-FEATHER])
