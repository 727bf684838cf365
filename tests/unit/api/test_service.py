from __future__ import annotations

import base64
import dataclasses
import io
import json

import numpy as np
import pytest
from PIL import Image

from retouch.api.service import ApiService
from retouch.errors import BadInput, BadPicture, Missing, PaintFailed
from retouch.image.codec import decoder, encoder
from retouch.image.geometry import Box
from retouch.image.picture import Picture
from retouch.recipes.infotext import CHUNK
from retouch.testing import FakeProgress
from tests.stand import BOX, Stand, photo

IMAGE = encoder.encode_base64(photo())
FACES = {"name": "Faces", "passes": [{"target": {"models": ["face"]}}]}
"""Without the gate of the built-in ones, which would revert the fake engine's flat colours."""


def service(**changes) -> ApiService:
    return ApiService(Stand(**changes))


def mask_of(text: str) -> np.ndarray:
    image = Image.open(io.BytesIO(base64.b64decode(text)))
    assert image.mode == "L"
    return np.asarray(image)


def file_base64(picture: Image.Image, kind: str, **options) -> str:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return base64.b64encode(out.getvalue()).decode()


def test_detect_answers_box_label_score_and_mask_of_each_region():
    stand = Stand(boxes=(BOX, Box(150, 100, 200, 160)))
    answer = ApiService(stand).answer(
        "detect", {"image": IMAGE, "targets": [{"models": ["face"], "order": "left to right"}]}
    )
    assert [r["box"] for r in answer["regions"]] == [list(BOX), [150, 100, 200, 160]]
    first = answer["regions"][0]
    assert (first["label"], first["score"], first["target"]) == ("face", 0.9, 0)
    mask = mask_of(first["mask"])
    assert mask.shape == (200, 240)
    assert mask[BOX.slices].min() == 255
    assert mask.sum() == 255 * BOX.area
    assert stand.jobs == ["detect"]


def test_detect_searches_every_target():
    targets = [{"models": ["face"], "confidence": 0.95}, {"models": ["face"]}]
    answer = service().answer("detect", {"image": IMAGE, "targets": targets})
    assert [r["target"] for r in answer["regions"]] == [1]


def test_fix_repaints_the_region_and_nothing_else():
    answer = service().answer("fix", {"image": IMAGE, "recipe": FACES, "seed": 5, "return_masks": True})
    before, after = photo().pixels, decoder.decode_base64(answer["image"]).pixels
    (report,) = answer["reports"]
    mask = mask_of(report["mask"])
    assert np.array_equal(after[mask == 0], before[mask == 0])
    assert not np.array_equal(after[BOX.slices], before[BOX.slices])
    assert report["outcome"] == "kept"
    assert report["seed"] == 5
    assert report["box"] == list(BOX)
    assert Box(*report["crop"]).contains(BOX)
    assert (answer["seed"], answer["stopped"], answer["warnings"]) == (5, False, [])


def test_masks_are_sent_only_when_asked_for():
    assert "mask" not in service().answer("fix", {"image": IMAGE})["reports"][0]


def test_the_picture_carries_its_generation_text():
    answer = service().answer("fix", {"image": IMAGE, "prompt": "a fox", "seed": 5})
    assert answer["infotext"].startswith("a fox\nSteps: 7, Sampler: Euler, CFG scale: 7, Seed: 5,")
    assert dict(decoder.decode_base64(answer["image"]).baggage.text)[CHUNK] == answer["infotext"]


def test_request_sampling_overrides_the_backends_defaults():
    stand = Stand()
    ApiService(stand).answer("fix", {"image": IMAGE, "steps": 3})
    sampling = stand.engine.calls[0][0].settings.sampling
    assert (sampling.steps, sampling.sampler) == (3, "Euler")


def test_reported_random_seed_reproduces_the_picture():
    first = service().answer("fix", {"image": IMAGE})
    again = service().answer("fix", {"image": IMAGE, "seed": first["seed"]})
    assert first["reports"][0]["seed"] == first["seed"] == again["seed"]
    assert first["image"] == again["image"]
    assert len({service().answer("fix", {"image": IMAGE})["seed"] for _ in range(4)}) > 1


def test_plan_paints_nothing_and_equals_the_steps_of_the_fix():
    stand = Stand()
    body = {"image": IMAGE, "seed": 11, "prompt": "p"}
    planned = ApiService(stand).answer("plan", {"verb": "fix", **body})
    assert stand.engine.calls == []
    fixed = ApiService(stand).answer("fix", body)
    for step, report in zip(planned["steps"], fixed["reports"], strict=True):
        assert {k: step[k] for k in ("box", "crop", "work", "seed", "prompt")} == {
            k: report[k] for k in ("box", "crop", "work", "seed", "prompt")
        }
    json.dumps(planned, allow_nan=False)


def test_source_and_result_ids_can_be_used_in_later_requests():
    stood = service()
    fixed = stood.answer("fix", {"image": IMAGE, "seed": 1})
    found = stood.answer("detect", {"image_id": fixed["source_id"]})
    assert found["image_id"] == fixed["source_id"]
    again = stood.answer("fix", {"image_id": fixed["source_id"], "seed": 1})
    assert again["image"] == fixed["image"]
    further = stood.answer("fix", {"image_id": fixed["image_id"], "seed": 2})
    assert further["source_id"] == fixed["image_id"]


@pytest.mark.parametrize(
    ("verb", "body", "path"),
    [
        ("fix", {}, "image"),
        ("fix", {"image": IMAGE, "image_id": "x"}, "image"),
        ("fix", {"image": IMAGE, "steps": float("nan")}, "steps"),
        ("fix", {"image": IMAGE, "steps": 10**400}, "steps"),
        ("fix", {"image": IMAGE, "prompt": "\ud800"}, "prompt"),
        ("fix", {"image": IMAGE, "seeed": 1}, "seeed"),
        ("fix", {"image": IMAGE, "task": "a\nb"}, "task"),
        ("fix", {"image": IMAGE, "recipe": {"passes": [{"steps": "9"}]}}, "recipe.passes[0].steps"),
        ("fix", {"image": "https://example.org/a.png"}, "image"),
        ("fix", {"image": "/etc/passwd"}, "image"),
        ("detect", {"image": IMAGE, "targets": []}, "targets"),
        ("detect", {"image": IMAGE, "targets": [{}]}, "targets[0].models"),
        ("detect", {"image": IMAGE, "targets": [{"models": ["face"]}] * 17}, "targets"),
        ("plan", {"image": IMAGE}, "verb"),
        ("plan", {"image": IMAGE, "verb": "detect"}, "verb"),
        ("plan", [], ""),
        ("fix", "x", ""),
    ],
)
def test_invalid_request_is_refused_with_its_path(verb, body, path):
    with pytest.raises(BadInput) as error:
        service().answer(verb, body)
    assert error.value.path == path
    assert error.value.what


@pytest.mark.parametrize(
    ("verb", "body", "path"),
    [
        ("fix", {"image": IMAGE, "recipe": "Face polisch"}, "recipe"),
        ("fix", {"image_id": "0" * 32}, "image_id"),
        (
            "fix",
            {"image": IMAGE, "recipe": {"passes": [{"target": {"models": ["face", "toes"]}}]}},
            "recipe.passes[0].target.models[1]",
        ),
        ("plan", {"verb": "fix", "image": IMAGE, "recipe": "nix"}, "recipe"),
        ("detect", {"image": IMAGE, "targets": [{"models": ["toes"]}]}, "targets[0].models[0]"),
    ],
)
def test_unknown_recipe_image_or_detector_is_missing_with_its_path(verb, body, path):
    stand = Stand()
    with pytest.raises(Missing) as error:
        ApiService(stand).answer(verb, body)
    assert error.value.path == path
    assert error.value.hint
    assert stand.engine.calls == []


@pytest.mark.parametrize("size", [(1, 1), (15, 200), (200, 15)])
def test_picture_narrower_than_16_pixels_is_refused(size):
    with pytest.raises(BadPicture, match="At least 16 pixels"):
        service().answer("detect", {"image": encoder.encode_base64(photo(*size))})


def test_notes_of_the_image_decoder_become_warnings():
    frames = [Image.fromarray(photo(seed=i).pixels) for i in range(3)]
    gif = file_base64(frames[0], "GIF", save_all=True, append_images=frames[1:])
    fix = {"recipe": FACES}
    for verb, body in (("fix", fix), ("detect", {}), ("plan", {"verb": "fix", **fix})):
        told = service().answer(verb, {"image": gif, **body})["warnings"]
        assert told[0] == "It has 3 frames: only the first is used."
        assert [said for said in told if "palette" in said] == (told[1:] if verb == "fix" else [])


def test_recipe_without_targets_warns_that_nothing_is_painted():
    answer = service().answer("fix", {"image": IMAGE, "recipe": {"name": "Idle"}})
    assert "nothing is painted" in answer["warnings"][0]
    assert answer["reports"] == []


def test_alpha_channel_survives_a_fix():
    picture = photo()
    alpha = np.full(picture.pixels.shape[:2], 99, np.uint8)
    sent = dataclasses.replace(picture, alpha=alpha)
    back = decoder.decode_base64(service().answer("fix", {"image": encoder.encode_base64(sent)})["image"])
    assert np.array_equal(back.alpha, alpha)


def test_interrupted_fix_answers_stopped_and_the_unchanged_picture():
    answer = service(watcher=FakeProgress(stop_after=0)).answer("fix", {"image": IMAGE})
    assert answer["stopped"] is True
    assert decoder.decode_base64(answer["image"]) == photo()


def test_a_failing_engine_becomes_a_warning_and_the_picture_comes_back():
    def fail(jobs):
        raise PaintFailed("no paint.")

    stand = Stand()
    stand.engine.before_call = fail
    answer = ApiService(stand).answer("fix", {"image": IMAGE})
    assert answer["reports"][0]["outcome"] == "skipped"
    assert "no paint" in answer["warnings"][0]
    assert decoder.decode_base64(answer["image"]) == photo()


def test_own_recipes_are_served_and_used(tmp_path):
    (tmp_path / "mine.json").write_text('{"name": "Mine", "passes": [{"target": {"models": ["face"]}}]}')
    stood = service(own_recipes=tmp_path)
    names = [recipe["name"] for recipe in stood.recipes()["recipes"]]
    assert "Mine" in names
    assert "Face polish" in names
    assert stood.answer("fix", {"image": IMAGE, "recipe": "mine"})["reports"]


def test_schemas_cover_every_request_and_the_recipe():
    schemas = service().schemas()
    assert set(schemas) == {
        "FixRequest",
        "AdetailerRequest",
        "TabArguments",
        "BatchRequest",
        "DetectRequest",
        "AutofixRequest",
        "PictureRequest",
        "SegmentRequest",
        "MaskRequest",
        "InpaintRequest",
        "OutpaintRequest",
        "HistoryRequest",
        "Recipe",
    }
    assert {"image", "recipe", "seed", "steps"} <= set(schemas["FixRequest"]["properties"])
    assert schemas["FixRequest"]["properties"]["steps"]["anyOf"][0]["maximum"] == 150


def test_fix_leaves_the_cached_source_picture_unchanged():
    stood = service()
    picture = Picture(photo().pixels)
    answer = stood.answer("fix", {"image": encoder.encode_base64(picture)})
    assert stood.pictures.get(answer["source_id"]) == picture
