import numpy as np

from retouch.image.geometry import Box, Size
from retouch.image.mask import Mask
from retouch.image.overlay import COLOURS, draw_regions
from retouch.image.picture import Picture
from retouch.image.region import Region

GREY = Picture(np.full((200, 300, 3), 128, np.uint8))


def test_a_region_is_tinted_through_its_mask_and_boxed_in_its_colour():
    box = Box(100, 60, 200, 160)
    drawn = draw_regions(GREY, [Region(box, Mask.of_ellipse(box.size, Size(100, 100).box), "face", 0.9)])
    centre, corner, edge = drawn.pixels[110, 150], drawn.pixels[63, 196], drawn.pixels[159, 150]
    assert (centre[0], centre[1] < 128) == (round(128 + (COLOURS[0][0] - 128) * 0.4), True)
    assert corner.tolist() == [128, 128, 128]
    assert edge.tolist() == list(COLOURS[0])


def test_the_rest_of_the_picture_and_the_original_are_untouched():
    before = GREY.pixels.copy()
    drawn = draw_regions(GREY, [Region.of_box(Box(100, 60, 200, 160), "face", 0.9)])
    assert np.array_equal(drawn.pixels[165:], GREY.pixels[165:])
    assert np.array_equal(GREY.pixels, before)


def test_a_region_partly_off_the_picture_is_drawn_as_far_as_it_reaches():
    drawn = draw_regions(GREY, [Region.of_box(Box(250, 150, 350, 250))])
    assert drawn.size == GREY.size
    assert drawn.pixels[180, 280].tolist() != [128, 128, 128]
