""" "Do not run the img2img itself": the given picture is fixed as it is, to the byte."""

from __future__ import annotations

import contextlib

import pytest
from modules import processing, shared, trace
from PIL import Image

from retouch.image.codec.decoder import from_pil
from retouch.image.geometry import Box
from tests.webui.driver import FACES, LEFT, RIGHT, Run, changed, inner, mask_of, only_in, outer, photo

SKIP = {**FACES, "skip_img2img": True}


def test_skipped_img2img_samples_only_the_fix(webui):
    run = webui.img2img(SKIP)
    assert outer() == []
    assert [said["batch"] for said in inner()] == [2]
    assert only_in(changed(photo(), run.pictures[0]), (LEFT, RIGHT), 40)


@pytest.mark.parametrize("size", [(333, 517), (700, 300)])
def test_a_picture_of_any_size_keeps_size_and_bytes(webui, size):
    webui.detectors.faces.boxes = (Box(100, 100, 180, 180),)
    run = webui.img2img(SKIP, photo(*size))
    assert run.pictures[0].size == size
    assert f"Size: {size[0]}x{size[1]}," in run.infotexts[0]
    assert only_in(changed(photo(*size), run.pictures[0]), webui.detectors.faces.boxes, 50)


def test_skipped_img2img_without_detections_returns_the_picture(webui):
    webui.detectors.faces.boxes = ()
    run = webui.img2img(SKIP, photo(333, 517))
    assert run.pictures == [from_pil(photo(333, 517))]
    assert trace.of("encoded") == trace.of("decoded") == []


def test_transparent_pixels_show_the_background_color_setting(webui):
    webui.detectors.faces.boxes = ()
    shared.opts.data["img2img_background_color"] = "#102030"
    clear = Image.new("RGBA", (256, 256), (255, 0, 0, 0))
    assert webui.img2img(SKIP, clear).processed.images[0].getpixel((3, 3)) == (16, 32, 48)


def test_user_mask_limits_the_fix_of_a_skipped_img2img(webui):
    """Its blur may only soften what changes, and the WebUI's own overlay has nothing to lay over."""
    mine = Box(40, 40, 200, 200)
    fields = {"mask": mask_of(mine), "mask_blur": 32}
    run = webui.img2img(SKIP, **fields)
    difference = changed(photo(), run.pictures[0])
    assert difference[LEFT.slices].all()
    difference[mine.slices] = False
    assert not difference.any()


def test_an_inverted_mask_protects_its_inside(webui):
    fields = {"mask": mask_of(Box(40, 40, 200, 200)), "inpainting_mask_invert": 1}
    run = webui.img2img(SKIP, **fields)
    assert only_in(changed(photo(), run.pictures[0]), (RIGHT,), 40)


def test_a_batch_of_one_picture_is_fixed_with_each_seed(webui):
    run = webui.img2img(SKIP, batch_size=2, n_iter=2)
    assert [said["seeds"] for said in inner()] == [[100, 101, 101, 102], [102, 103, 103, 104]]
    assert len({picture.digest for picture in run.pictures}) == 4


def batch_tab(webui, files, retouch, masks=None):
    """One `p` for every file, as the img2img Batch tab has it."""
    p = processing.StableDiffusionProcessingImg2Img(
        prompt="a portrait", seed=100, subseed=7, denoising_strength=0.5, outpath_samples="out"
    )
    runs = []
    with webui.generating(), contextlib.closing(p):
        webui.prepare(p, retouch)
        for i, image in enumerate(files):
            p.init_images = [image] * p.batch_size
            p.image_mask = masks[i] if masks else None
            runs.append(Run(p, processing.process_images(p)))
    return runs


SIZES = [(512, 512), (600, 400), (333, 517)]


def test_batch_tab_fixes_files_of_different_sizes(webui):
    webui.detectors.faces.boxes = (Box(100, 100, 180, 180),)
    files = [photo(*size, seed=n) for n, size in enumerate(SIZES)]
    for image, run in zip(files, batch_tab(webui, files, SKIP), strict=True):
        assert run.pictures[0].size == image.size
        assert only_in(changed(image, run.pictures[0]), webui.detectors.faces.boxes, 60)


def test_batch_tab_applies_each_files_own_mask(webui):
    box = Box(100, 100, 180, 180)
    webui.detectors.faces.boxes = (box,)
    files = [photo(*size, seed=n) for n, size in enumerate(SIZES)]
    masks = [mask_of(box, size=SIZES[0]), mask_of(size=SIZES[1]), mask_of(box, size=SIZES[2])]
    changes = [
        changed(image, run.pictures[0])
        for image, run in zip(files, batch_tab(webui, files, SKIP, masks), strict=True)
    ]
    assert [change.any() for change in changes] == [True, False, True]
    assert only_in(changes[0], (box,), 0)


def test_reused_job_object_runs_img2img_again(webui):
    """What was hung on `p` for one file is off it afterwards."""
    p = batch_tab(webui, [photo()], SKIP)[0].p
    assert "init" not in vars(p)
    assert "sample" not in vars(p)
    trace.clear()
    with webui.generating():
        p.script_args = webui.args(True, webui.values(True))
        processing.process_images(p)
    assert len(outer()) == 1


def test_without_skipping_the_batch_tab_runs_img2img(webui):
    files = [photo(seed=1), photo(seed=2)]
    batch_tab(webui, files, FACES)
    assert len(outer()) == len(inner()) == 2


def test_infotext_reports_that_img2img_was_skipped(webui):
    assert "Retouch skipped img2img: True" in webui.img2img(SKIP).infotexts[0]


def test_skip_img2img_is_ignored_in_txt2img(webui):
    webui.txt2img(SKIP)
    assert len(outer()) == len(inner()) == 1


def test_every_picture_of_a_skipped_batch_is_returned(webui):
    webui.detectors.faces.boxes = ()
    given = [photo(seed=1), photo(seed=2)]
    p = processing.StableDiffusionProcessingImg2Img(
        prompt="x", seed=1, subseed=1, batch_size=2, outpath_samples="o"
    )
    p.init_images = given
    run = webui.run(p, SKIP)
    assert run.pictures == [from_pil(image) for image in given]


def test_pictures_of_several_sizes_are_refused_by_name(webui):
    p = processing.StableDiffusionProcessingImg2Img(
        prompt="x", seed=1, subseed=1, batch_size=2, outpath_samples="o"
    )
    p.init_images = [photo(256, 256), photo(320, 256)]
    assert "several sizes" in webui.run(p, SKIP).warnings


def test_replaced_attributes_of_the_job_are_restored(webui):
    """Size, face restoration, and a hook another extension had put there."""
    p = processing.StableDiffusionProcessingImg2Img(
        prompt="x", seed=1, subseed=1, width=512, height=448, restore_faces=True, outpath_samples="o"
    )
    p.init_images = [photo(333, 517)]
    theirs = p.sample = lambda *_, **__: None
    webui.run(p, SKIP)
    assert (p.width, p.height, p.restore_faces, p.sample) == (512, 448, True, theirs)
    assert "init" not in p.__dict__
