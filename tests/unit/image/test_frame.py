import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from retouch.image.frame import SMALLEST, STRIDE, Frame, frame_around, resize, work_size
from retouch.image.geometry import Box, Size
from retouch.image.mask import Mask
from tests.helpers import boxes_in, noise, pictures, ramp, sizes

NATIVES = [Size(256, 256), Size(512, 512), Size(768, 768), Size(1024, 1024)]


@given(st.data())
def test_patch_taken_and_put_at_equal_size_is_bit_identical(data):
    size = data.draw(sizes())
    picture, crop = data.draw(pictures(size)), data.draw(boxes_in(size))
    frame = Frame(crop, crop.size)
    assert np.array_equal(frame.put(frame.take(picture)), picture.pixels[crop.slices])


@pytest.mark.parametrize("work", [Size(128, 64), Size(192, 256), Size(64, 64)])
def test_smooth_patch_resized_and_back_differs_by_at_most_3_levels(work):
    picture = ramp(Size(200, 150))
    frame = Frame(Box(30, 20, 160, 121), work)
    back = frame.put(frame.take(picture)).astype(int)
    assert back.shape == (101, 130, 3)
    assert np.abs(back - picture.pixels[frame.crop.slices]).max() <= 3


@pytest.mark.parametrize("work", [Size(128, 64), Size(192, 256), Size(64, 64)])
def test_a_part_of_a_patch_is_that_part_of_the_whole_in_levels(work):
    frame, patch = Frame(Box(30, 20, 160, 121), work), noise(work)
    whole = frame.put(patch)
    assert whole.dtype == np.float32
    assert (whole != np.rint(whole)).any()
    for spot in (Box(40, 30, 90, 70), Box(0, 0, 5, 101), Box(129, 100, 130, 101)):
        assert np.allclose(frame.put(patch, spot), whole[spot.slices], atol=0.01)


@given(st.data(), st.sampled_from(NATIVES))
def test_crop_is_inside_the_canvas_covers_the_box_and_has_64_pixels(data, native):
    canvas = data.draw(sizes(1, 900))
    needed = data.draw(boxes_in(canvas))
    frame = frame_around(needed, canvas, native)
    assert canvas.box.contains(frame.crop)
    assert frame.crop.contains(needed)
    assert frame.crop.width >= min(SMALLEST, canvas.width)
    assert frame.crop.height >= min(SMALLEST, canvas.height)


@given(st.floats(0.02, 50), st.sampled_from(NATIVES))
def test_work_size_is_a_multiple_of_the_stride_within_the_native_area(aspect, native):
    work = work_size(aspect, native)
    assert work.width % STRIDE == 0
    assert work.height % STRIDE == 0
    assert STRIDE * STRIDE <= work.area <= native.area
    assert max(work) <= 2 * max(native)


@given(st.floats(1 / 4, 4), st.sampled_from(NATIVES[1:]))
def test_work_size_uses_74_percent_of_native_area_up_to_aspect_4(aspect, native):
    assert work_size(aspect, native).area >= 0.74 * native.area


@pytest.mark.parametrize("native", NATIVES)
def test_a_square_is_painted_at_the_native_size(native):
    assert work_size(1.0, native) == native


@given(st.data(), st.sampled_from(NATIVES))
def test_crop_is_stretched_by_under_a_pixel_unless_canvas_is_too_narrow(data, native):
    canvas = data.draw(sizes(64, 1500))
    needed = data.draw(boxes_in(canvas))
    frame = frame_around(needed, canvas, native)
    assume(frame.crop.width < canvas.width and frame.crop.height < canvas.height)
    aspect = frame.work.aspect
    off_width = abs(frame.crop.width - frame.crop.height * aspect)
    off_height = abs(frame.crop.height - frame.crop.width / aspect)
    assert min(off_width, off_height) < 1


@pytest.mark.parametrize(
    "canvas", [Size(2000, 100), Size(100, 2000), Size(1, 1), Size(5000, 1), Size(63, 900)]
)
def test_frame_of_a_tiny_or_thin_canvas_is_the_whole_canvas(canvas):
    frame = frame_around(canvas.box, canvas, Size(512, 512))
    assert frame.crop == canvas.box
    assert frame.take(noise(canvas)).size == frame.work
    assert frame.put(noise(frame.work)).shape == (canvas.height, canvas.width, 3)


def test_magnification_is_work_pixels_per_canvas_pixel():
    assert Frame(Box(0, 0, 128, 128), Size(512, 512)).magnification == 4
    assert Frame(Box(0, 0, 1024, 1024), Size(512, 512)).magnification == 0.5


@pytest.mark.parametrize("work", [Size(64, 64), Size(256, 128)])
def test_a_mask_taken_keeps_its_inside_opaque_and_its_outside_blank(work):
    crop = Size(120, 100)
    taken = Frame(crop.box, work).take_mask(Mask.of_box(crop, Box(30, 25, 90, 75))).alpha
    height, width = taken.shape
    assert (width, height) == work
    assert (taken[height * 2 // 5 : height * 3 // 5, width * 2 // 5 : width * 3 // 5] == 255).all()
    assert (taken[: height // 5] == 0).all()


def test_mask_already_of_the_work_size_is_returned_itself():
    mask = Mask.of_ellipse(Size(64, 64), Box(3, 3, 60, 50))
    assert Frame(Box(0, 0, 64, 64), Size(64, 64)).take_mask(mask) is mask


def test_frame_cut_of_pixels_equals_take_of_the_picture():
    picture, frame = noise(Size(90, 70)), Frame(Box(5, 6, 71, 60), Size(128, 64))
    assert frame.cut(picture.pixels) == frame.take(picture)


def test_resize_to_the_same_size_returns_the_input():
    pixels = noise(Size(9, 7)).pixels
    assert resize(pixels, Size(9, 7)) is pixels
