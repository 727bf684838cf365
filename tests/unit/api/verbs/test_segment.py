"""Pictures, clicks and masks at the service."""

from __future__ import annotations

import base64
import io
import threading

import numpy as np
import pytest
from PIL import Image

from retouch.api.service import ApiService
from retouch.errors import BadInput, Missing
from retouch.image.codec import decoder, encoder, mask_layers
from retouch.image.geometry import Box
from retouch.image.picture import Picture
from retouch.segmenters.base import Click
from tests.stand import Stand, photo

IMAGE = encoder.encode_base64(photo())
CLICK = {"points": [{"x": 60, "y": 50}]}


def gray(text: str) -> np.ndarray:
    image = Image.open(io.BytesIO(base64.b64decode(text)))
    assert image.mode == "L"
    return np.asarray(image)


def png(array: np.ndarray) -> str:
    return base64.b64encode(mask_layers.encode_gray(array)).decode()


def test_uploaded_picture_is_cached_and_encoded_before_the_first_click():
    stand = Stand()
    service = ApiService(stand)
    said = service.answer("picture", {"image": IMAGE})
    assert (said["width"], said["height"], said["warnings"]) == (240, 200, [])
    assert stand.pointer.ready.wait(30)
    assert stand.pointer.prepared == [photo()]
    assert decoder.decode(service.file(said["image_id"])) == photo()


def test_a_picture_whose_segmenter_fails_is_still_kept():
    stand, tried = Stand(), threading.Event()

    def fail(picture):
        tried.set()
        raise Missing("no weights.")

    stand.pointer.prepare = fail
    service = ApiService(stand)
    said = service.answer("picture", {"image": IMAGE})
    assert tried.wait(30)
    assert service.pictures.get(said["image_id"]) == photo()


def test_image_id_of_one_process_is_unknown_to_another_process():
    ours, theirs = ApiService(Stand()), ApiService(Stand())
    name = ours.answer("picture", {"image": IMAGE})["image_id"]
    assert name == ours.answer("picture", {"image": IMAGE})["image_id"]
    with pytest.raises(Missing) as error:
        theirs.answer("segment", {"image_id": name, **CLICK})
    assert (error.value.path, error.value.status) == ("image_id", 404)


def test_click_answers_masks_cropped_to_their_boxes_best_first():
    stand = Stand()
    said = ApiService(stand).answer("segment", {"image": IMAGE, **CLICK})
    first, second = said["masks"]
    assert first["box"] == [40, 30, 81, 71]
    assert (first["score"], first["area"], first["label"]) == (0.8, 41 * 41, "thing")
    assert gray(first["mask"]).shape == (41, 41)
    assert gray(first["mask"]).min() == 255
    assert second["box"] == [0, 0, 240, 200]
    assert said["segmenter"] == "pointer"
    assert stand.pointer.asked[0][0].clicks == (Click(60, 50),)


def test_whole_masks_have_the_size_of_the_picture():
    said = ApiService(Stand()).answer("segment", {"image": IMAGE, **CLICK, "whole_masks": True})
    mask = gray(said["masks"][0]["mask"])
    assert mask.shape == (200, 240)
    assert mask.sum() == 255 * 41 * 41
    assert mask[50, 60] == 255


def test_points_box_and_words_reach_the_segmenter():
    stand = Stand()
    points = [{"x": 1, "y": 2}, {"x": 3, "y": 4, "positive": False}]
    ApiService(stand).answer(
        "segment", {"image": IMAGE, "points": points, "box": [0, 0, 300, 20], "text": "a cat"}
    )
    prompt = stand.pointer.asked[0][0]
    assert prompt.clicks == (Click(1, 2), Click(3, 4, False))
    assert (prompt.box, prompt.text) == (Box(0, 0, 240, 20), "a cat")


def test_segment_everything_needs_no_prompt():
    stand = Stand()
    said = ApiService(stand).answer("segment", {"image": IMAGE, "everything": True})
    assert [mask["label"] for mask in said["masks"]] == ["one", "two"]
    assert said["memory"] == ""
    assert stand.pointer.asked == []


def test_segmenter_memory_is_passed_to_the_next_click():
    stand = Stand()
    service = ApiService(stand)
    first = service.answer("segment", {"image": IMAGE, **CLICK})
    again = service.answer("segment", {"image_id": first["image_id"], **CLICK, "memory": first["memory"]})
    assert [memory for _, memory in stand.pointer.asked] == [None, 1]
    assert again["warnings"] == []
    assert again["memory"] not in ("", first["memory"])


def test_memory_of_another_picture_is_ignored_with_a_warning():
    stand = Stand()
    service = ApiService(stand)
    first = service.answer("segment", {"image": IMAGE, **CLICK})
    other = encoder.encode_base64(photo(seed=5))
    for body in ({"image": other, "memory": first["memory"]}, {"image": IMAGE, "memory": "gone"}):
        said = service.answer("segment", {**body, **CLICK})
        assert "first look" in said["warnings"][0]
    assert [memory for _, memory in stand.pointer.asked] == [None, None, None]


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({}, "points"),
        ({"points": [{"x": 1, "y": 1}, {"x": 240, "y": 0}]}, "points[1]"),
        ({"points": [{"x": -1, "y": 1}]}, "points[0]"),
        ({"box": [500, 500, 600, 600]}, "box"),
        ({"points": "here"}, "points"),
    ],
)
def test_prompt_outside_the_picture_or_empty_is_refused_with_its_path(body, path):
    stand = Stand(runs_on="cuda")
    with pytest.raises(BadInput) as error:
        ApiService(stand).answer("segment", {"image": IMAGE, **body})
    assert error.value.path == path
    assert stand.jobs == []


def test_an_unknown_segmenter_is_named():
    for verb, body in (("segment", CLICK), ("picture", {})):
        with pytest.raises(Missing) as error:
            ApiService(Stand()).answer(verb, {"image": IMAGE, "segmenter": "pointr", **body})
        assert error.value.path == "segmenter"


@pytest.mark.parametrize(("device", "queued"), [("cuda:0", ["segment"]), ("cpu", [])])
def test_segment_waits_for_the_queue_only_on_a_gpu(device, queued):
    stand = Stand(runs_on=device)
    ApiService(stand).answer("segment", {"image": IMAGE, **CLICK, "task": "click"})
    assert stand.jobs == queued
    assert stand.tasks == ["click"] * len(queued)


def test_classical_segmenter_waits_for_the_queue_only_with_a_text_prompt():
    stand = Stand(runs_on="cuda")
    stand.pointer.name = "classical"
    service = ApiService(stand)
    service.answer("segment", {"image": IMAGE, **CLICK})
    assert stand.jobs == []
    service.answer("segment", {"image": IMAGE, "text": "a cat", "box": [0, 0, 9, 9]})
    assert stand.jobs == ["segment"]


def test_encoding_ahead_of_the_first_click_waits_for_the_gpu_queue():
    stand = Stand(runs_on="cuda")
    service = ApiService(stand)
    with stand.busy("fix"):
        service.answer("picture", {"image": IMAGE})
        assert not stand.pointer.ready.wait(0.2)
    assert stand.pointer.ready.wait(30)


def halves() -> tuple[Picture, np.ndarray]:
    """Black left of x = 60 and white from there on, and a mask that says 56."""
    pixels = np.zeros((80, 120, 3), np.uint8)
    pixels[:, 60:] = 255
    mask = np.zeros((80, 120), np.uint8)
    mask[20:60, 30:56] = 255
    return Picture(pixels), mask


def test_mask_snaps_to_the_adjacent_edge():
    picture, mask = halves()
    body = {"image": encoder.encode_base64(picture), "mask": png(mask), "radius": 8}
    said = ApiService(Stand()).answer("mask", body)
    left, top, right, bottom = said["box"]
    made = np.zeros((80, 120), np.uint8)
    made[top:bottom, left:right] = gray(said["mask"])
    truth = np.zeros((80, 120), bool)
    truth[20:60, 30:60] = True
    assert said["area"] == (made >= 128).sum()
    moved = np.abs(np.flatnonzero((made[40] >= 128) & (np.arange(120) > 45))[-1] - 59)
    assert moved <= 1, "the right side lies at the edge"


def test_mask_cropped_to_its_box_equals_the_full_mask():
    picture, mask = halves()
    whole = {"image": encoder.encode_base64(picture), "mask": png(mask)}
    cut = {**whole, "mask": png(mask[20:60, 30:56]), "box": [30, 20, 56, 60]}
    service = ApiService(Stand())
    assert service.answer("mask", whole) == service.answer("mask", cut)


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"mask": ""}, "mask"),
        ({"mask": png(np.zeros((200, 240), np.uint8))}, "mask"),
        ({"mask": "AAAA"}, "mask"),
        ({"box": [0, 0, 2**20, 2**20]}, "box"),
        ({"radius": -1}, "radius"),
    ],
)
def test_invalid_mask_request_is_refused_with_its_path(changes, path):
    body = {"image": IMAGE, "mask": png(np.full((200, 240), 255, np.uint8)), **changes}
    with pytest.raises(BadInput) as error:
        ApiService(Stand()).answer("mask", body)
    assert error.value.path == path


def test_refined_edges_move_the_mask_of_a_click():
    picture, _ = halves()
    body = {"image": encoder.encode_base64(picture), "points": [{"x": 38, "y": 40}]}
    plain, fine = (
        ApiService(Stand()).answer("segment", {**body, "refine_edges": fine})["masks"][0]
        for fine in (False, True)
    )
    assert plain["box"] == [18, 20, 59, 61]
    assert gray(fine["mask"]).shape == (fine["box"][3] - fine["box"][1], fine["box"][2] - fine["box"][0])
    assert fine["box"] != plain["box"] or fine["mask"] != plain["mask"]
