import cv2
import numpy as np
import pytest

from retouch.execute import run
from retouch.fakes import FakeEngine
from retouch.geometry import Box, Size
from retouch.mask import Mask
from retouch.plan import plan
from retouch.raster import Picture
from retouch.region import Region, overlap
from retouch.turn import found_turned, returned, turned
from tests.helpers import GENERATION, face_pass, flat, found, noise, ramp, square

SIZE = Size(240, 180)


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_right_angles_are_turned_to_the_bit(degrees):
    pixels = noise(SIZE).pixels
    there = turned(pixels, degrees)
    assert there.shape[:2] == ((SIZE.height, SIZE.width) if degrees == 180 else (SIZE.width, SIZE.height))
    assert np.array_equal(returned(there, np.zeros_like(pixels), degrees), pixels)


def test_turning_is_counter_clockwise():
    pixels = np.zeros((100, 100), np.uint8)
    pixels[45:55, 80:95] = 255  # on the right
    for degrees in (90, 60):
        rows, columns = np.nonzero(turned(pixels, degrees) > 128)
        assert rows.mean() < 40, "at the top"
        assert columns.mean() == pytest.approx(50 + 38 * np.cos(np.radians(degrees)), abs=2)


def test_what_was_turned_comes_back_but_for_its_corners():
    pixels, other = ramp(Size(128, 128)).pixels, np.full((128, 128, 3), 7, np.uint8)
    back = returned(turned(pixels, 30), other, 30)
    middle = Mask.of_ellipse(Size(128, 128), Box(4, 4, 124, 124)).solid
    assert np.abs(back[middle].astype(int) - pixels[middle]).max() <= 2
    assert (back[0, 0] == 7).all()


class Upright:
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
def test_a_tilted_thing_is_found_where_it_is_with_its_turn(degrees):
    seen = sorted(found_turned(tilted(degrees, (130, 80)), Upright()), key=lambda r: -r.score)
    assert seen[0].turn == pytest.approx(degrees, abs=2 if degrees % 90 else 0)
    assert len(seen) == 1
    assert seen[0].box.center == pytest.approx((130, 80), abs=2)
    straight = turned(np.pad(seen[0].within(square(70, 20, 120)).alpha, 0), degrees)
    upright = Mask.of_box(Size(120, 120), Box(40, 30, 80, 90))
    assert overlap(Region(square(0, 0, 120), Mask(straight)), Region(square(0, 0, 120), upright)) > 0.9


def test_a_thing_that_is_seen_as_it_stands_is_not_turned():
    assert {region.turn for region in found_turned(tilted(10), Upright())} == {0.0}


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
    made = plan(canvas.size, [region], (0, face_pass(colour_correction=0.0)), GENERATION, Size(128, 128))
    (result,) = run([canvas], [made], engine)
    red = (result.picture.pixels == (255, 0, 0)).all(2) & Mask.of_box(canvas.size, box).solid
    rows, columns = np.nonzero(red)
    away = np.array([columns.mean() - 149.5, rows.mean() - 149.5])
    angle = np.degrees(np.arctan2(away[0], -away[1]))  # clockwise from up
    assert angle == pytest.approx(turn, abs=3)
    outside = result.reports[0].mask(canvas).alpha == 0
    assert np.array_equal(result.picture.pixels[outside], canvas.pixels[outside])
