"""A black-and-white or toned picture stays so; a picture in colour, or in part, keeps its colours."""

from __future__ import annotations

import functools
import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from retouch.api.service import ApiService
from retouch.engines.base import Job
from retouch.image.blend.tone import LUMA, Tone, chroma
from retouch.image.codec import decoder, encoder
from retouch.image.geometry import Box, Margins, Size
from retouch.image.picture import Picture
from retouch.image.region import Region
from retouch.outpaint.checks import CheckOptions
from retouch.outpaint.progress import Extension
from retouch.outpaint.run import extend
from retouch.outpaint.stage_steps import StagePrompts, reach_of, steps
from retouch.outpaint.stages import StageOptions, plan_stages
from retouch.pipeline.plan import PassWork, plan_pass
from retouch.pipeline.run import run_plans
from retouch.recipes.intents import INTENTS
from retouch.recipes.recipe import Generation, Pass
from retouch.recipes.shape import Shape
from retouch.testing import FakeEngine
from tests.helpers import face_pass
from tests.stand import Stand

SEPIA = np.array([[0.393, 0.769, 0.189], [0.349, 0.686, 0.168], [0.272, 0.534, 0.131]])
NATIVE = Size(128, 128)
BOX = Box(70, 60, 130, 120)
RED, AWAY = Box(150, 20, 190, 60), Box(20, 90, 60, 130)


@functools.cache
def luma() -> np.ndarray:
    """(160, 200) 0..255: a soft scene with detail from dark to light."""
    noise = np.random.default_rng(5).random((20, 25)).astype(np.float32)
    soft = np.asarray(Image.fromarray(noise).resize((200, 160), Image.Resampling.BICUBIC))
    y, x = np.mgrid[0:160, 0:200]
    return np.clip(30 + 130 * soft + 40 * np.sin(x / 9) * np.cos(y / 7) + x / 4, 0, 255)


def grey() -> np.ndarray:
    return np.repeat(np.rint(luma()).astype(np.uint8)[..., None], 3, -1)


def coloured() -> np.ndarray:
    y, x = np.mgrid[0:160, 0:200]
    return np.dstack([luma(), np.roll(luma(), 40, 1), 40 + (x + y) % 190]).astype(np.uint8)


def sepia(levels=None) -> np.ndarray:
    levels = luma() if levels is None else levels
    return np.clip(np.rint(np.repeat(levels[..., None], 3, -1) @ SEPIA.T), 0, 255).astype(np.uint8)


def mixed(dark, light, levels=None) -> np.ndarray:
    """A duotone."""
    t = (luma() if levels is None else levels)[..., None] / 255
    return np.rint(np.array(dark) * (1 - t) + np.array(light) * t).astype(np.uint8)


def cyanotype(levels=None) -> np.ndarray:
    t = (luma() if levels is None else levels) / 255
    return np.rint(255 * np.dstack([t**2, t**1.2, t**0.6])).astype(np.uint8)


def selective() -> np.ndarray:
    pixels = grey()
    pixels[RED.slices] = pixels[RED.slices] * np.array([0.4, 0.05, 0.1]) + np.array([140, 10, 20])
    return pixels


def saved(pixels, kind="JPEG", **options) -> np.ndarray:
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, kind, **options)
    return np.asarray(Image.open(out).convert("RGB"))


TONED = {
    "sepia": sepia,
    "duotone": functools.partial(mixed, (12, 30, 90), (240, 245, 220)),
    "selenium": functools.partial(mixed, (20, 5, 15), (250, 240, 235)),
    "cyanotype": cyanotype,
    "faded": functools.partial(mixed, (70, 60, 50), (215, 200, 170)),
}
GREY = {
    "exact": grey,
    "jpeg": lambda: saved(grey(), quality=70),
    "webp": lambda: saved(grey(), "WEBP", quality=70),
    "a level off": lambda: np.clip(grey() + np.array([0, 1, 2]), 0, 255).astype(np.uint8),
}
OFF = {
    "photograph": coloured,
    "flat": lambda: np.full((160, 200, 3), 128, np.uint8),
    "flat colour": lambda: np.full((160, 200, 3), (20, 90, 160), np.uint8),
    "drawing": lambda: (
        np.where((np.indices((160, 200)).sum(0) % 40 == 0)[..., None], 0, 255).repeat(3, -1).astype(np.uint8)
    ),
    "two colours": lambda: np.where((luma() > 120)[..., None], (200, 20, 30), (255, 250, 240)).astype(
        np.uint8
    ),
    "clear sky": lambda: mixed((60, 110, 200), (100, 140, 210)),
    "one pixel": lambda: np.full((1, 1, 3), 7, np.uint8),
}


class Colours(FakeEngine):
    """Paints noise in all colours."""

    @staticmethod
    def colour(job: Job) -> Picture:
        return Picture(
            np.random.default_rng(job.seed).integers(0, 256, job.picture.pixels.shape, dtype=np.uint8)
        )


def painted(pixels, box=BOX, engine=None, **how):
    picture = Picture(np.ascontiguousarray(pixels))
    recipe = face_pass(Shape(grow=0, blur=4), **{"denoising_strength": 0.9, **how})
    made = plan_pass(picture.size, [Region.of_box(box)], PassWork(0, recipe), Generation(), Size(128, 128))
    (result,) = run_plans([picture], [made], engine or Colours(128))
    assert result.reports[0].kept
    return result


def result(pixels, box=BOX, **how) -> np.ndarray:
    return painted(pixels, box, **how).picture.pixels


@pytest.mark.parametrize("kind", GREY)
@pytest.mark.parametrize("content", ["original", "fill", "noise", "latent noise"])
def test_black_and_white_picture_stays_black_and_white_after_repainting(kind, content):
    before = GREY[kind]()
    after = result(before, masked_content=content)
    assert (after[BOX.slices] != before[BOX.slices]).any()
    assert chroma(after.astype(int)).max() <= chroma(before.astype(int)).max()


def off_curve(pixels, kind) -> np.ndarray:
    """Levels from each colour of `pixels` to the nearest one of a kind of toning."""
    colours = TONED[kind](levels=np.linspace(0, 255, 2000)[None]).reshape(-1, 3).astype(np.float32)
    wanted = np.unique(pixels.reshape(-1, 3), axis=0).astype(np.float32)
    return np.array([np.abs(colours - one).max(1).min() for one in wanted])


@pytest.mark.parametrize("kind", TONED)
def test_toned_picture_keeps_its_tone_curve_after_repainting(kind):
    before = TONED[kind]()
    after = result(before)
    assert (after[BOX.slices] != before[BOX.slices]).any()
    inside = after[BOX.grown(-5).slices]  # where it fades out, two colours of a bent curve are mixed
    assert off_curve(inside, kind).max() <= 4
    assert off_curve(after, kind).max() <= 20


@pytest.mark.parametrize("kind", TONED)
def test_toned_jpeg_keeps_its_tone_curve_after_repainting(kind):
    before = saved(TONED[kind](), quality=85)
    assert off_curve(result(before)[BOX.slices], kind).max() <= 12


@pytest.mark.parametrize("kind", OFF)
def test_picture_in_colour_or_without_tonal_range_has_no_tone(kind):
    assert Tone.of(OFF[kind]()) is None


def test_a_picture_in_colour_gets_the_painted_colours():
    before = coloured()
    assert np.array_equal(result(before), result(before, keep_tone="off"))
    assert chroma(result(before)[BOX.slices].astype(int)).mean() > 60


def test_the_tone_can_be_switched_off():
    for before in (grey(), sepia(), selective()):
        after = result(before, keep_tone="off")
        assert chroma(after[BOX.slices].astype(int)).mean() > 60


@pytest.mark.parametrize("save", [lambda p: p, functools.partial(saved, quality=90)])
def test_selective_colour_picture_keeps_colour_and_grey_areas(save):
    before = save(selective())
    assert chroma(result(before, RED, compression=0.0)[RED.slices].astype(int)).mean() > 60
    assert chroma(result(before, AWAY)[AWAY.slices].astype(int)).max() <= 2


def test_region_half_grey_half_red_keeps_red_only_where_it_was():
    """A region of grey with a red thing in it."""
    both = Box(110, 10, 195, 70)
    after = result(selective(), both, masked_content="original").astype(int)
    assert chroma(after[RED.slices]).mean() > 60
    assert chroma(after[Box(112, 12, 130, 68).slices]).max() <= 2


def test_keep_tone_all_leaves_no_colour_in_repainted_pixels():
    after = result(selective(), RED, keep_tone="all", masked_content="fill")
    assert chroma(after.astype(int)[RED.slices]).max() <= 2


def test_removed_colours_are_reported_once_and_only_if_removed():
    told = painted(grey()).warnings
    assert len(told) == 1
    assert "black-and-white" in told[0]
    assert "keep_tone" in told[0]
    assert "toned" in painted(sepia()).warnings[0]
    assert not painted(coloured()).warnings
    assert not painted(grey(), keep_tone="off").warnings
    assert not [text for text in painted(grey(), engine=Same(128)).warnings if "keep_tone" in text]


class Same(FakeEngine):
    """Paints what it was given."""

    @staticmethod
    def colour(job: Job) -> Picture:
        return Picture(job.picture.pixels.copy())


def test_keep_tone_changes_an_already_toned_painting_by_at_most_3():
    for before in (grey(), sepia()):
        apart = np.abs(result(before, engine=Same(128)).astype(int) - before)
        plain = np.abs(result(before, engine=Same(128), keep_tone="off").astype(int) - before)
        assert apart.max() <= plain.max() + 3


@settings(max_examples=40, deadline=None)
@given(
    st.tuples(*[st.integers(0, 90)] * 3),
    st.tuples(*[st.integers(170, 255)] * 3),
    st.integers(0, 140),
    st.integers(0, 100),
)
def test_repainted_duotone_stays_on_the_line_between_its_colours(dark, light, left, top):
    before = mixed(dark, light)
    after = result(before, Box(left, top, left + 50, top + 50))
    span = np.array(light, float) - dark
    across = (after - np.array(dark, float)) @ span / (span @ span)
    assert np.abs(after - (dark + across[..., None] * span)).max() <= 3


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 150), st.integers(0, 110), st.floats(0.05, 1), st.sampled_from(["auto", "all"]))
def test_every_region_of_a_grey_picture_stays_grey(left, top, strength, keep):
    box = Box(left, top, left + 50, top + 50)
    after = result(grey(), box, denoising_strength=strength, keep_tone=keep)
    assert chroma(after.astype(int)).max() == 0


def test_tone_curve_preserves_luma():
    tone = Tone.of(mixed((12, 30, 90), (240, 245, 220)))
    assert tone is not None
    assert not tone.grey
    colours = tone.apply(np.full((1, 3), 120.0))
    assert abs(float((colours @ LUMA)[0]) - 120) < 1


def test_large_grey_picture_is_recognized_as_grey():
    large = np.repeat(np.repeat(grey(), 12, 0), 12, 1)
    tone = Tone.of(large)
    assert tone is not None
    assert tone.grey


@pytest.mark.parametrize("intent", INTENTS)
@pytest.mark.parametrize("keep", ["auto", "off"])
def test_every_intent_keeps_a_black_and_white_picture(intent, keep):
    mask = np.zeros((160, 200, 3), np.uint8)
    mask[BOX.slices] = 255
    body = {"image": encoder.encode_base64(Picture(grey())), "mask": encoder.encode_base64(Picture(mask))}
    asked = {**body, "intent": intent, "prompt": "a parrot", "keep_tone": keep}
    answer = ApiService(Stand(engine=Colours(128))).answer("inpaint", asked)
    after = decoder.decode_base64(answer["images"][0], "image").pixels.astype(int)
    told = [text for text in answer["warnings"] if "keep_tone" in text]
    assert bool(chroma(after).max() == 0) is (keep == "auto")
    assert len(told) == (keep == "auto")


def extended(pixels, **how) -> np.ndarray:
    picture, margins, pace = (
        Picture(np.ascontiguousarray(pixels)),
        Margins(right=96),
        StageOptions(stage_size=64, overlap=32, feather=8),
    )
    found = plan_stages(picture.size, margins, NATIVE, pace)
    reach = reach_of(pace, NATIVE)
    made = steps(found, Generation(seed=4), Pass(masked_content="noise", **how), StagePrompts(), reach)
    way = Extension(picture, margins, found, made, reach=reach)
    return extend(way, Colours(128), CheckOptions(attempts=1, cleanup=0)).way.finished().pixels


def test_an_extension_keeps_the_tone_of_the_whole_picture():
    assert chroma(extended(grey()).astype(int)).max() == 0
    assert chroma(extended(grey(), keep_tone="off")[:, 210:].astype(int)).mean() > 60
    grey_end = coloured()
    grey_end[:, 130:] = grey()[:, 130:]
    assert chroma(extended(grey_end)[:, 210:].astype(int)).mean() > 60, "a crop of a picture in colour"


def test_coloured_object_at_the_border_is_extended_in_colour():
    pixels = grey()
    pixels[40:100, 170:] = (200, 30, 40)
    assert chroma(extended(pixels)[:, 210:].astype(int)).mean() > 60
