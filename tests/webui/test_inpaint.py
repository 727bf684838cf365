"""Jobs whose pictures the WebUI still composites: the person's mask, colours, face restoration."""

from __future__ import annotations

import numpy as np
import pytest
from modules import shared, trace

from retouch.image.codec.decoder import from_pil
from retouch.image.geometry import Box
from tests.webui.driver import FACES, LEFT, RIGHT, changed, inner, mask_of, only_in, photo, recipe

MINE = Box(40, 40, 200, 200)
"""The person's mask: it covers the left region, and none of the right one."""
BLUR = 4
REACHED = MINE.grown(10)
"""Where the WebUI's own overlay of that blur lets pixels change."""


def inpaint(webui, retouch=None, *, whole: bool = False, **fields):
    said = {"mask": mask_of(MINE), "mask_blur": BLUR, "inpainting_fill": 1, "inpaint_full_res": not whole}
    return webui.img2img(retouch, **{**said, "inpaint_full_res_padding": 32, **fields})


def is_blank_outside(mask: np.ndarray, box: Box) -> bool:
    rest = mask.copy()
    rest[box.slices] = False
    return not rest.any()


@pytest.mark.parametrize("whole", [True, False])
def test_fix_of_an_inpaint_job_changes_only_the_user_mask(webui, whole):
    plain = inpaint(webui, whole=whole).pictures[0]
    fixed = inpaint(webui, FACES, whole=whole).pictures[0]
    # a pixel that happens to be painted as it was stays as it was
    assert changed(plain, fixed)[LEFT.slices].mean() > 0.99
    assert is_blank_outside(changed(plain, fixed), REACHED)
    assert is_blank_outside(changed(photo(), fixed), REACHED)


def looked_at(webui) -> list:
    """Every picture a detector will be shown."""
    seen = []
    find = webui.detectors.faces.find
    webui.detectors.faces.find = lambda picture, *rest: seen.append(picture) or find(picture, *rest)
    return seen


@pytest.mark.parametrize("whole", [True, False])
def test_detector_sees_the_composited_inpaint_picture(webui, whole):
    """The batch hook of an only-masked job would see the crop alone."""
    seen = looked_at(webui)
    plain = inpaint(webui, whole=whole).pictures[0]
    inpaint(webui, FACES, whole=whole)
    assert seen == [plain]


def test_a_larger_photograph_keeps_its_size(webui):
    big = photo(700, 600)
    run = inpaint(webui, FACES, image=big, mask=mask_of(MINE, size=(700, 600)))
    assert run.pictures[0].size == (700, 600)
    assert is_blank_outside(changed(big, run.pictures[0]), REACHED)
    assert len(inner()) == 1


def test_user_mask_outside_fixes_regions_outside_the_mask(webui):
    asked = {"target": {"models": ["face"], "user_mask": "outside"}}
    plain, fixed = inpaint(webui).pictures[0], inpaint(webui, recipe(asked)).pictures[0]
    assert only_in(changed(plain, fixed), (RIGHT,), 40)


def test_the_mask_may_be_ignored(webui):
    asked = {"target": {"models": ["face"], "user_mask": "ignore"}}
    plain, fixed = inpaint(webui).pictures[0], inpaint(webui, recipe(asked)).pictures[0]
    assert only_in(changed(plain, fixed), (LEFT, RIGHT), 40)


def test_inverted_user_mask_limits_the_fix_to_its_outside(webui):
    fields = {"inpainting_mask_invert": 1, "whole": True}
    plain, fixed = inpaint(webui, **fields).pictures[0], inpaint(webui, FACES, **fields).pictures[0]
    assert only_in(changed(plain, fixed), (RIGHT,), 40)
    assert not changed(photo(), fixed)[MINE.grown(-10).slices].any()


def test_batch_of_inpainted_pictures_is_fixed_singly_with_own_seeds(webui):
    run = inpaint(webui, FACES, batch_size=2, n_iter=2)
    assert [said["seeds"] for said in inner()] == [[100], [101], [102], [103]]
    assert len({picture.digest for picture in run.pictures}) == 4


def test_blank_inpaint_mask_does_not_limit_the_fix(webui):
    """The WebUI turns such a job into plain img2img."""
    fields = {"mask": mask_of(), "inpaint_full_res": True}
    plain, fixed = inpaint(webui, **fields).pictures[0], inpaint(webui, FACES, **fields).pictures[0]
    assert only_in(changed(plain, fixed), (LEFT, RIGHT), 40)


def test_color_correction_runs_before_the_fix_and_not_on_crops(webui):
    shared.opts.data["img2img_color_correction"] = True
    plain, seen = webui.img2img(), looked_at(webui)
    trace.clear()
    fixed = webui.img2img(FACES)
    assert seen == plain.pictures
    assert [said["size"] for said in trace.of("color corrected")] == [(512, 512)]
    assert only_in(changed(plain.pictures[0], fixed.pictures[0]), (LEFT, RIGHT), 40)
    assert shared.opts.img2img_color_correction


def test_face_restoration_comes_before_the_fix(webui):
    """It goes over the whole picture, and would undo what was fixed in the batch hook."""
    plain, seen = webui.txt2img(restore_faces=True), looked_at(webui)
    trace.clear()
    fixed = webui.txt2img(FACES, restore_faces=True)
    assert seen == plain.pictures
    assert len(trace.of("faces restored")) == 1
    assert only_in(changed(plain.pictures[0], fixed.pictures[0]), (LEFT, RIGHT), 40)


def test_pass_with_restore_faces_restores_its_crops(webui):
    plain = webui.txt2img(recipe({}))
    trace.clear()
    restored = webui.txt2img(recipe({"restore_faces": True}))
    assert [said["size"] for said in trace.of("faces restored")] == [(512, 512)] * 2
    assert restored.pictures != plain.pictures


def test_user_mask_limits_the_fix_with_overlay_inpaint_disabled(webui):
    """With the overlay switched off the mask still says where a fix may go."""
    shared.opts.data["overlay_inpaint"] = False
    plain, fixed = inpaint(webui, whole=True), inpaint(webui, FACES, whole=True)
    assert is_blank_outside(changed(plain.pictures[0], fixed.pictures[0]), REACHED)


def test_saved_picture_is_the_fixed_composite(webui):
    run = inpaint(webui, FACES)
    (saved,) = trace.of("saved")
    assert from_pil(saved["image"]) == run.pictures[0]
