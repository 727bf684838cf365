import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retouch.errors import BadInput
from retouch.image.geometry import Box, Margins, Size
from retouch.outpaint.canvas_size import extended_size
from retouch.outpaint.stages import SIDES, StageOptions, plan_stages

NATIVE = Size(512, 512)
margin = st.one_of(st.just(0), st.integers(1, 300))


@st.composite
def ways(draw):
    size = Size(draw(st.integers(100, 500)), draw(st.integers(100, 500)))
    margins = Margins(draw(margin), draw(margin), draw(margin), draw(margin))
    order = tuple(draw(st.permutations(SIDES)))[: draw(st.integers(0, 4))]
    side = draw(st.sampled_from([192, 256, 384]))
    return (
        size,
        margins,
        Size(side, side),
        StageOptions(side_order=order, alternate_sides=draw(st.booleans())),
    )


@given(ways())
@settings(max_examples=40, deadline=None)
def test_stages_paint_every_new_pixel_once_from_crops_of_known_pixels(way):
    size, margins, native, pace = way
    found = plan_stages(size, margins, native, pace)
    whole = extended_size(size, margins)
    there = np.zeros((whole.height, whole.width), bool)
    there[size.box.shifted(margins.left, margins.top).slices] = True
    for wave in range(max((s.wave for s in found), default=-1) + 1):
        now = [s for s in found if s.wave == wave]
        for stage in now:
            seen = there.copy()
            assert not seen[stage.hole.slices].any()
            seen[stage.hole.slices] = True
            assert seen[stage.frame.crop.slices].all()
        for stage in now:
            assert not there[stage.hole.slices].any()
            there[stage.hole.slices] = True
    assert there.all()


@given(ways())
@settings(max_examples=40, deadline=None)
def test_stage_work_size_is_within_native_area_and_barely_reduced(way):
    size, margins, native, pace = way
    for stage in plan_stages(size, margins, native, pace):
        assert stage.frame.work.area <= native.area
        assert stage.frame.magnification > 0.95


def test_long_margin_is_split_into_equal_stages_up_to_stage_size():
    found = plan_stages(Size(512, 512), Margins(right=600), NATIVE, StageOptions(stage_size=256))
    assert [s.hole for s in found] == [
        Box(512, 0, 712, 512), Box(712, 0, 912, 512), Box(912, 0, 1112, 512)
    ]  # fmt: skip


def test_a_crop_at_the_models_own_size_is_not_resampled():
    (stage,) = plan_stages(Size(900, 512), Margins(left=256), NATIVE, StageOptions())
    assert stage.frame.crop == Box(0, 0, 512, 512)
    assert stage.frame.magnification == 1


def test_sides_follow_the_given_order_or_alternate():
    margins = Margins(300, 100, 300, 0)
    by_side = [
        s.side
        for s in plan_stages(Size(512, 512), margins, NATIVE, StageOptions(side_order=("top", "right")))
    ]
    assert list(dict.fromkeys(by_side)) == ["top", "right", "left"]
    turns = [s.side for s in plan_stages(Size(512, 512), margins, NATIVE, StageOptions(alternate_sides=True))]
    assert turns[:5] == ["left", "right", "top", "top", "top"]
    assert turns[-2:] != turns[:2]


def test_opposite_sides_with_disjoint_crops_share_a_wave():
    found = plan_stages(Size(1024, 512), Margins(256, 0, 256, 0), NATIVE, StageOptions())
    assert [(s.side, s.wave) for s in found] == [("left", 0), ("right", 0)]


def test_corners_of_a_strip_are_painted_last_and_see_the_middle():
    found = [
        s
        for s in plan_stages(Size(512, 512), Margins(256, 256, 256, 0), NATIVE, StageOptions())
        if s.side == "top"
    ]
    middle, *corners = found
    assert all(corner.wave > middle.wave for corner in corners)
    assert all(not (corner.frame.crop & middle.hole).empty for corner in corners)
    assert {corner.hole.left for corner in corners} | {corner.hole.right for corner in corners} >= {0, 1024}


@pytest.mark.parametrize(
    ("size", "pace", "path"),
    [
        (Size(100, 900), StageOptions(overlap=128), "overlap"),
        (NATIVE, StageOptions(stage_size=512), "stage_size"),
        (NATIVE, StageOptions(overlap=64, feather=65), "feather"),
    ],
)
def test_overlap_stage_size_or_feather_that_does_not_fit_is_refused(size, pace, path):
    with pytest.raises(BadInput) as caught:
        plan_stages(size, Margins(right=100), NATIVE, pace)
    assert caught.value.path == path


def test_extension_of_too_many_stages_is_refused():
    with pytest.raises(BadInput, match="stages are too many"):
        plan_stages(
            Size(256, 256), Margins(4000, 4000, 4000, 4000), Size(256, 256), StageOptions(stage_size=32)
        )


def test_duplicate_side_in_side_order_is_refused():
    with pytest.raises(BadInput, match="twice"):
        StageOptions(side_order=("left", "left"))


@pytest.mark.parametrize(("side", "step", "overlap"), [(256, 128, 64), (512, 256, 80), (1024, 256, 80)])
def test_step_and_overlap_come_from_the_models_size(side, step, overlap):
    assert (StageOptions().step_for(Size(side, side)), StageOptions().overlap_for(Size(side, side))) == (
        step,
        overlap,
    )
