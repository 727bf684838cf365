import dataclasses

import cv2
import numpy as np
import pytest

from retouch.detectors.tilted import find_tilted
from retouch.image.frame import Frame
from retouch.image.geometry import Box, Size
from retouch.image.mask import Mask
from retouch.image.picture import Picture
from retouch.image.region import Region, overlap
from retouch.image.rotation import RotatedFrame
from retouch.pipeline.plan import PassWork, plan_pass
from retouch.pipeline.run import run_plans
from retouch.testing import FakeEngine
from tests.helpers import GENERATION, face_pass, flat, found, noise, ramp, square

SIZE = Size(240, 180)


def about_the_middle(size: Size, degrees: float, work: Size | None = None) -> RotatedFrame:
    return RotatedFrame(Frame(size.box, work or size), size.box.center, degrees)


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_rotation_by_right_angles_and_back_is_bit_identical(degrees):
    pixels, whole = noise(SIZE).pixels, about_the_middle(SIZE, degrees)
    there = whole.take(pixels, pixels)
    assert there.shape[:2] == ((SIZE.height, SIZE.width) if degrees == 180 else (SIZE.width, SIZE.height))
    assert np.array_equal(whole.back(there, np.zeros_like(pixels)), pixels)


def test_turning_is_counter_clockwise():
    size = Size(100, 100)
    pixels = np.zeros((100, 100), np.uint8)
    pixels[45:55, 80:95] = 255  # on the right
    for degrees in (90, 60):
        rows, columns = np.nonzero(about_the_middle(size, degrees).take(pixels, pixels) > 128)
        assert rows.mean() < 40, "at the top"
        assert columns.mean() == pytest.approx(50 + 38 * np.cos(np.radians(degrees)), abs=2)


@pytest.mark.parametrize("work", [Size(128, 128), Size(192, 192), Size(96, 96)])
def test_rotated_crop_round_trips_except_its_corners(work):
    size = Size(128, 128)
    whole = about_the_middle(size, 30, work)
    pixels, seen = ramp(size).pixels, whole.frame.take(ramp(size)).pixels
    back = whole.back(whole.take(pixels, seen), np.full_like(seen, 7))
    middle = Mask.of_ellipse(work, Box(6, 6, work.width - 6, work.height - 6)).solid
    assert np.abs(back[middle].astype(int) - seen[middle]).max() <= 3
    assert (back[0, 0] == 7).all()


def test_rotated_crop_takes_its_corners_from_the_canvas_not_a_mirror():
    """The crop lies against a border, the thing in its corner: it is seen whole, in the middle."""
    pixels = ramp(Size(300, 300)).pixels.copy()
    cv2.circle(pixels, (20, 20), 8, (0, 0, 255), -1)
    crop = RotatedFrame(Frame(Box(0, 0, 100, 100), Size(100, 100)), (20.5, 20.5), 45)
    there = crop.take(pixels, pixels[:100, :100])
    assert np.abs(there[46:54, 46:54].mean((0, 1)) - (0, 0, 255)).max() < 5
    mask = Mask.of_ellipse(Size(100, 100), Box(12, 12, 29, 29))
    spot = crop.take_mask(mask, mask)
    assert Mask.where(spot.solid).bounds.center == pytest.approx((50, 50), abs=1)


class UpToDown:
    """Sees a red thing only where it lies above a blue one."""

    def __call__(self, picture: Picture) -> list[Region]:
        red, blue = (_middle(picture.pixels, channel) for channel in (0, 2))
        if red is None or blue is None:
            return []
        down = blue - red
        cosine = down[1] / np.linalg.norm(down)
        x, y = (red + blue) / 2
        box = Box.around((x, y), Size(40, 60)) & picture.size.box
        return found(box, score=float(cosine)) if cosine > 0.8 else []


def _middle(pixels: np.ndarray, channel: int) -> np.ndarray | None:
    rows, columns = np.nonzero((pixels[..., channel] > 200) & (np.delete(pixels, channel, 2).max(2) < 60))
    return np.array([columns.mean(), rows.mean()]) if len(rows) else None


def tilted(degrees: float, where: tuple[float, float] = (120, 90)) -> Picture:
    """A red disc above a blue one, the pair turned clockwise."""
    pixels = np.zeros((SIZE.height, SIZE.width, 3), np.uint8)
    angle = np.radians(degrees)
    up = np.array([np.sin(angle), -np.cos(angle)]) * 15
    for spot, colour in ((where + up, (255, 0, 0)), (where - up, (0, 0, 255))):
        cv2.circle(pixels, (round(spot[0]), round(spot[1])), 8, colour, -1)
    return Picture(pixels)


@pytest.mark.parametrize("degrees", [0, 30, 60, 90, 180, 270, 300])
def test_tilted_object_is_detected_with_its_position_and_tilt(degrees):
    seen = sorted(find_tilted(tilted(degrees, (130, 80)), UpToDown()), key=lambda r: -r.score)
    assert seen[0].turn == pytest.approx(degrees, abs=2 if degrees % 90 else 0)
    assert len(seen) == 1
    assert seen[0].box.center == pytest.approx((130, 80), abs=2)
    window = seen[0].within(square(70, 20, 120)).alpha
    straight = about_the_middle(Size(120, 120), degrees).take(window, window)
    upright = Mask.of_box(Size(120, 120), Box(40, 30, 80, 90))
    assert overlap(Region(square(0, 0, 120), Mask(straight)), Region(square(0, 0, 120), upright)) > 0.9


def test_upright_thing_is_not_rotated():
    assert {region.turn for region in find_tilted(tilted(10), UpToDown())} == {0.0}


def test_tilt_reported_by_the_detector_is_used():
    """Of one that knows how far a thing leans, the steps at which it was looked at do not matter."""

    def look(picture: Picture) -> list[Region]:
        red, blue = (_middle(picture.pixels, channel) for channel in (0, 2))
        lean = np.degrees(np.arctan2(*(red - blue) * (1, -1)))
        return [dataclasses.replace(region, turn=float(lean)) for region in UpToDown()(picture)]

    (region,) = find_tilted(tilted(38), look)
    assert region.turn == pytest.approx(38, abs=1)


def test_thing_detected_also_upside_down_is_one_upright_region():
    """Upside down fewer looks see it, though one of them is surer, and a little beside where it is."""

    def look(picture: Picture) -> list[Region]:
        inverted = Picture(np.ascontiguousarray(np.rot90(picture.pixels, 2)))
        below = [region.box for region in UpToDown()(inverted) if region.score > 0.99]
        size = picture.size
        back = [
            Box(
                size.width - b.right,
                size.height - b.bottom + 15,
                size.width - b.left,
                size.height - b.top + 15,
            )
            for b in below
        ]
        return UpToDown()(picture) + found(*back, score=1.0)

    (region,) = find_tilted(tilted(60), look)
    assert region.turn == pytest.approx(60, abs=3)


def test_detection_at_one_rotation_without_confirmation_is_dropped():
    looks = []

    def look(picture: Picture) -> list[Region]:
        looks.append(picture)
        return (
            [dataclasses.replace(r, turn=20.0) for r in found(square(90, 60, 40))] if len(looks) == 3 else []
        )

    assert find_tilted(noise(SIZE), look) == []
    assert len(looks) == 13


@pytest.mark.parametrize("turn", [90.0, 30.0])
def test_a_tilted_region_is_painted_upright_and_put_back_within_its_mask(turn):
    class Keeps(FakeEngine):
        """Marks the upper half of what it is given."""

        def paint(self, jobs, progress):
            self.calls.append(tuple(jobs))
            pixels = [job.picture.pixels.copy() for job in jobs]
            for one in pixels:
                one[: len(one) // 2] = (255, 0, 0)
            return [Picture(one) for one in pixels]

    canvas, engine = flat(Size(300, 300), (90, 90, 90)), Keeps()
    box = square(110, 110, 80)
    region = Region(box, Mask.of_ellipse(box.size, box.size.box), "face", 0.9, turn)
    made = plan_pass(
        canvas.size, [region], PassWork(0, face_pass(colour_correction=0.0)), GENERATION, Size(128, 128)
    )
    (result,) = run_plans([canvas], [made], engine)
    red = (result.picture.pixels == (255, 0, 0)).all(2) & Mask.of_box(canvas.size, box).solid
    rows, columns = np.nonzero(red)
    away = np.array([columns.mean() - 149.5, rows.mean() - 149.5])
    angle = np.degrees(np.arctan2(away[0], -away[1]))  # clockwise from up
    assert angle == pytest.approx(turn, abs=3)
    outside = result.reports[0].mask(canvas).alpha == 0
    assert np.array_equal(result.picture.pixels[outside], canvas.pixels[outside])
