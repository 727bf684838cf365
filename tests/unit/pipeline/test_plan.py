import dataclasses
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retouch.image.geometry import Box, Size
from retouch.image.mask import Mask
from retouch.image.region import Region, overlap
from retouch.pipeline.plan import MAX_STEPS, PassWork, mask_limit, plan_pass, shape_regions
from retouch.pipeline.step import Plan
from retouch.pipeline.step_masks import MaskMargins, build_masks, context_padding, greatest_reach
from retouch.recipes.recipe import Pass
from retouch.recipes.seeds import MAX_SEED
from retouch.recipes.shape import Shape
from retouch.recipes.target import Target
from tests.helpers import GENERATION, face_pass, found, masks, sizes, square

CANVAS = Size(1000, 800)
NATIVE = Size(512, 512)


def steps(regions, recipe_pass: Pass | None = None, canvas=CANVAS, native=NATIVE, **more):
    return plan_pass(
        canvas, regions, PassWork(0, recipe_pass or face_pass()), GENERATION, native, **more
    ).steps


def composite_on_canvas(step, canvas=CANVAS) -> np.ndarray:
    """The composite mask of a step on the whole canvas."""
    alpha = np.zeros((canvas.height, canvas.width), np.uint8)
    alpha[step.frame.crop.slices] = step.composite.alpha
    return alpha


@st.composite
def scenes(draw):
    """A canvas with one region anywhere on it, and a shape for it."""
    canvas = draw(sizes(1, 300))
    mask = draw(masks(Size(draw(st.integers(1, 300)), draw(st.integers(1, 300)))))
    region = Region(mask.size.box, mask, "face").moved(
        draw(st.integers(-50, 280)), draw(st.integers(-50, 280))
    )
    blank = st.none()
    shape = Shape(
        grow=draw(blank | st.integers(-9, 40)),
        blur=draw(blank | st.integers(0, 60)),
        padding=draw(blank | st.integers(0, 90)),
        area=draw(st.sampled_from(["only masked", "whole picture"])),
    )
    return canvas, region, shape


@given(scenes(), st.sampled_from([256, 512, 1024]))
def test_every_step_fits_its_canvas_and_its_model(scene, side):
    canvas, region, shape = scene
    for step in steps([region], face_pass(shape), canvas, Size(side, side)):
        assert canvas.box.contains(step.frame.crop)
        assert step.denoise.size == step.composite.size == step.frame.crop.size
        assert step.frame.work.area <= side * side
        assert step.frame.work.width % 64 == step.frame.work.height % 64 == 0
        assert canvas.box.contains(step.box)


@given(scenes())
def test_denoise_mask_is_opaque_wherever_the_composite_mask_is_not_0(scene):
    canvas, region, shape = scene
    for step in steps([region], face_pass(shape), canvas):
        assert (step.denoise.alpha[step.composite.alpha > 0] == 255).all()


@given(scenes())
def test_the_composite_masks_have_at_least_the_regions_own_shades(scene):
    canvas, region, shape = scene
    made = steps([region], face_pass(dataclasses.replace(shape, grow=0)), canvas)
    union = np.max([composite_on_canvas(step, canvas) for step in made], 0) if made else 0
    assert (union >= region.mask(canvas).alpha).all()


@given(scenes())
def test_masks_of_a_window_equal_those_of_the_whole_canvas(scene):
    canvas, region, shape = scene
    shape = dataclasses.replace(shape, grow=3, blur=5)
    on_canvas = region.clipped(canvas)
    if on_canvas is None:
        return
    crop = on_canvas.box.grown(20) & canvas.box
    composite = on_canvas.mask(canvas).grown(3).feathered(5)
    wider = greatest_reach(on_canvas, shape, canvas).wider
    denoise = Mask.where(composite.alpha > 0).feathered(wider)
    assert build_masks(on_canvas, shape, crop, canvas) == (denoise.crop(crop), composite.crop(crop))


@given(scenes(), st.data())
def test_users_mask_bounds_the_changed_pixels(scene, data):
    canvas, region, shape = scene
    painted = data.draw(masks(canvas))
    for step in steps([region], face_pass(shape), canvas, user_mask=painted):
        assert (composite_on_canvas(step, canvas) <= painted.alpha).all()


def test_blank_user_mask_plans_no_step_and_a_full_one_every_step():
    regions = found(square(100, 100), square(600, 400))
    assert steps(regions, user_mask=Mask.blank(CANVAS)) == ()
    free, bound = steps(regions), steps(regions, user_mask=Mask.full(CANVAS))
    assert [s.composite for s in free] == [s.composite for s in bound]


@pytest.mark.parametrize(
    ("choice", "left", "right"),
    [("touching", 255, 0), ("inside", 255, 0), ("outside", 0, 255), ("ignore", 255, 255)],
)
def test_user_mask_outside_paints_outside_the_mask(choice, left, right):
    painted = Mask.of_box(CANVAS, Box(0, 0, 500, 800))
    limit = mask_limit(painted, Target(user_mask=choice)) or Mask.full(CANVAS)
    assert (limit.alpha[0, 0], limit.alpha[0, -1]) == (left, right)
    recipe_pass = face_pass(target={"user_mask": choice})
    made = steps(found(square(100, 100), square(700, 100)), recipe_pass, user_mask=painted)
    assert [s.number for s in made] == [n for n, a in ((1, left), (2, right)) if a]


def test_mask_limit_without_a_user_mask_is_none():
    assert mask_limit(None, Target(user_mask="outside")) is None


@pytest.mark.parametrize(
    "box",
    [
        Box(0, 0, 60, 60),
        Box(940, 740, 1000, 800),
        Box(0, 0, 1000, 800),
        Box(0, 300, 1000, 350),
        Box(999, 0, 1000, 1),
    ],
)
def test_region_at_the_border_or_of_picture_size_is_fully_composited(box):
    (step,) = steps(found(box))
    assert (composite_on_canvas(step)[box.slices] == 255).all()


def test_a_region_larger_than_the_picture_is_cut_to_it():
    (step,) = steps(found(Box(-500, -500, 3000, 3000)))
    assert step.frame.crop == CANVAS.box
    assert (step.composite.alpha == 255).all()


@pytest.mark.parametrize("canvas", [Size(1, 1), Size(1, 700), Size(2000, 100)])
def test_tiny_and_thin_pictures_are_planned(canvas):
    (step,) = steps(found(canvas.box), canvas=canvas)
    assert step.frame.crop == canvas.box


def test_feather_wider_than_the_crop_is_clipped_by_the_crop():
    (step,) = steps(found(square(20, 20, 20)), face_pass(Shape(blur=256)), canvas=Size(90, 80))
    assert step.frame.crop == Box(0, 0, 90, 80)
    assert step.composite.alpha.min() > 0


def test_a_region_shrunk_to_nothing_makes_no_step():
    assert steps(found(square(100, 100, 20)), face_pass(Shape(grow=-30))) == ()


def test_given_growth_and_fade_are_in_pixels():
    (step,) = steps(found(square(400, 300)), face_pass(Shape(grow=10, blur=0)))
    expected = Mask.of_box(CANVAS, square(400, 300)).grown(10)
    assert np.array_equal(composite_on_canvas(step), expected.alpha)
    (faded,) = steps(found(square(400, 300)), face_pass(Shape(grow=0, blur=10)))
    assert np.array_equal(
        composite_on_canvas(faded), Mask.of_box(CANVAS, square(400, 300)).feathered(10).alpha
    )


def test_blank_sizes_scale_with_the_region_and_context_with_the_strength():
    assert MaskMargins.of(400, Shape()) == MaskMargins(grow=20, blur=32, wider=16)
    assert MaskMargins.of(100, Shape()) == MaskMargins(grow=5, blur=8, wider=4)
    small = Region.of_box(square(0, 0, 100))
    assert context_padding(small, Shape(), 0.4) == 50
    assert context_padding(small, Shape(), 0.8) == 70
    assert context_padding(small, Shape(padding=7), 0.8) == 7


def test_background_mask_stops_at_the_kept_region():
    subject = Mask.of_box(CANVAS, Box(400, 300, 500, 400))
    (step,) = steps([Region(CANVAS.box, subject.inverted(), "background", background=True)])
    alpha = composite_on_canvas(step)
    assert (alpha[subject.solid] == 0).all()
    assert (alpha[subject.grown(3).inverted().solid] == 255).all()


def test_only_masked_padding_is_the_context_in_pixels():
    (step,) = steps(found(square(400, 300)), face_pass(Shape(padding=200, grow=0, blur=0)))
    assert step.frame.crop == square(400, 300).grown(200)


def test_the_whole_picture_can_be_the_context():
    (step,) = steps(found(square(400, 300)), face_pass(Shape(area="whole picture")))
    assert step.frame.crop == CANVAS.box
    assert Mask(composite_on_canvas(step)).bounds.width < 150


def test_work_size_is_native_or_the_given_one():
    (native,) = steps(found(square(400, 300)), native=Size(1024, 1024))
    assert native.frame.work == Size(1024, 1024)
    (asked,) = steps(found(square(400, 300)), face_pass(Shape(work_side=256)), native=Size(1024, 1024))
    assert asked.frame.work == Size(256, 256)


def test_under_resolved_region_is_reported():
    planned = plan_pass(
        Size(3000, 3000), found(Box(100, 100, 2500, 2500)), PassWork(0, face_pass()), GENERATION, NATIVE
    )
    assert "softer than before" in planned.warnings[0]
    assert plan_pass(CANVAS, found(square(0, 0)), PassWork(0, face_pass()), GENERATION, NATIVE).warnings == ()


def test_offsets_move_masks_and_clip_them_to_the_canvas():
    shape = Shape(x_offset=100, y_offset=-50)
    moved = shape_regions(found(square(10, 100), square(950, 100), square(500, 10, 20)), shape, CANVAS)
    assert [r.box for r in moved] == [square(110, 50)]


def test_merge_joins_all_regions_into_one_step():
    (one,) = shape_regions(found(square(0, 0), square(200, 100)), Shape(merge="merge"), CANVAS)
    assert one.box == Box(0, 0, 300, 200)
    assert one.shape.area == 20_000
    assert len(steps(found(square(0, 0), square(200, 100)), face_pass(Shape(merge="merge")))) == 1


def test_merge_and_invert_paints_the_complement_of_all_regions():
    faces = found(square(0, 0), square(200, 100))
    (rest,) = shape_regions(faces, Shape(merge="merge and invert"), CANVAS)
    expected = (faces[0].mask(CANVAS) | faces[1].mask(CANVAS)).inverted()
    assert rest.mask(CANVAS) == expected
    assert rest.label == "background"


@pytest.mark.parametrize("merge", ["merge", "merge and invert"])
def test_merge_of_no_regions_is_empty(merge):
    assert shape_regions((), Shape(merge=merge), CANVAS) == ()


def test_merge_and_invert_of_a_full_region_is_empty():
    assert shape_regions(found(CANVAS.box), Shape(merge="merge and invert"), CANVAS) == ()


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, [100, 101, 102]),
        ({"seed_step": "same"}, [100, 100, 100]),
        ({"seed": 7}, [7, 8, 9]),
        ({"seed": 7, "seed_step": "same"}, [7, 7, 7]),
        ({"seed": 0}, [0, 1, 2]),
        ({"seed": MAX_SEED}, [MAX_SEED, 0, 1]),
    ],
)
def test_seeds_follow_the_number_of_the_region(changes, expected):
    regions = found(square(0, 0), square(300, 0), square(600, 0))
    assert [s.seed for s in steps(regions, face_pass(**changes))] == expected


def test_skipped_region_keeps_its_number_and_the_seeds_of_the_others():
    regions = found(square(0, 0), square(300, 0), square(600, 0))
    made = steps(regions, face_pass(prompt="a [SEP] [SKIP] [SEP] c"))
    assert [(s.number, s.prompt, s.seed) for s in made] == [(1, "a", 100), (3, "c", 102)]


def test_overlapping_regions_are_painted_in_waves_others_together():
    regions = found(square(100, 100, 200), square(200, 100, 200), square(300, 100, 200), square(700, 500))
    made = steps(regions)
    assert [(s.number, s.wave) for s in made] == [(1, 0), (4, 0), (2, 1), (3, 2)]


@given(st.lists(st.tuples(st.integers(0, 800), st.integers(0, 600)), min_size=1, max_size=12))
def test_no_two_steps_of_one_wave_overlap(places):
    made = steps(found(*(square(x, y) for x, y in places)))
    prints = [(s.wave, Region(s.frame.crop, s.composite)) for s in made]
    for i, (wave, mine) in enumerate(prints):
        for other_wave, other in prints[:i]:
            assert wave != other_wave or overlap(mine, other) <= 0.1


def test_plan_keeps_the_largest_regions_in_order_and_warns_over_the_limit():
    places = [(x, y) for y in range(0, 500, 20) for x in range(0, 800, 20)]
    boxes = [Box(x, y, x + side, y + side) for n, (x, y) in enumerate(places) for side in [8 + n // 800]]
    planned = plan_pass(
        CANVAS, found(*boxes), PassWork(0, face_pass(Shape(work_side=64))), GENERATION, NATIVE
    )
    numbers = [step.number for step in planned.steps]
    assert len(boxes) == 1000
    assert len(numbers) == MAX_STEPS
    assert set(range(801, 1001)) < set(numbers)
    assert numbers == sorted(numbers)
    assert planned.warnings[-1] == "1000 regions: only the 256 largest are painted. Raise the confidence."


def test_added_plans_concatenate_steps_and_warnings():
    one, other = (
        plan_pass(CANVAS, found(square(0, 0)), PassWork(i, face_pass()), GENERATION, NATIVE) for i in (0, 1)
    )
    both = Plan(warnings=("w",)) + one + other
    assert [s.pass_index for s in both.steps] == [0, 1]
    assert both.warnings == ("w",)


def test_the_summary_is_plain_json_of_everything_but_the_masks():
    planned = plan_pass(CANVAS, found(square(400, 300)), PassWork(2, face_pass(steps=9)), GENERATION, NATIVE)
    said = json.loads(json.dumps(planned.summary()))["steps"][0]
    (step,) = planned.steps
    assert said["box"] == [400, 300, 500, 400]
    assert said["crop"] == list(step.frame.crop)
    assert said["work"] == [512, 512]
    assert (said["pass_index"], said["seed"], said["prompt"]) == (2, 100, "a photo")
    assert said["sampling"]["steps"] == 9
    assert said["mask_area"] == step.composite.area
    assert "denoise" not in said


def test_planning_is_deterministic():
    regions = found(square(100, 100), square(600, 400))
    once, twice = (plan_pass(CANVAS, regions, PassWork(0, face_pass()), GENERATION, NATIVE) for _ in range(2))
    assert once.summary() == twice.summary()
    assert [s.denoise for s in once.steps] == [s.denoise for s in twice.steps]
