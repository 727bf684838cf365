"""Success where nothing can be seen: what becomes opaque, and what is said where nothing changes."""

import base64
import dataclasses
import io
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from retouch.api.service import ApiService
from retouch.cli import command
from retouch.errors import BadInput, NotANumber
from retouch.image.blend.composite import blend_patch, composite_alpha
from retouch.image.codec import decoder, encoder
from retouch.image.codec.mask_layers import encode_gray
from retouch.image.geometry import Box, Size
from retouch.image.mask import Mask
from retouch.image.picture import Picture
from retouch.image.quality.visibility import SEEN_LEVELS, visible_pixels
from retouch.image.region import Region
from retouch.knobs import dump, load
from retouch.pipeline.candidate import Candidate, put_on
from retouch.pipeline.history import History
from retouch.recipes.recipe import Pass, Recipe
from retouch.recipes.selection import Selection, select, why_none
from retouch.recipes.shape import Shape
from retouch.recipes.target import Target
from retouch.testing import FakeEngine
from tests.helpers import masks, noise, sizes
from tests.stand import BOX, Stand, photo

HOLE = Box(60, 50, 120, 110)
SIZE = Size(240, 200)
FACE = Target(models=("face",))


@dataclasses.dataclass
class Tracer(FakeEngine):
    """Paints what it was shown, `levels` brighter."""

    levels: int = 0

    def paint(self, jobs, progress) -> list[Picture | None]:
        self.calls.append(tuple(jobs))
        return [
            Picture(np.minimum(j.picture.pixels.astype(int) + self.levels, 255).astype("u1")) for j in jobs
        ]


def png(array: np.ndarray) -> str:
    return base64.b64encode(encode_gray(array)).decode()


def mask_png(box: Box = HOLE, level: int = 255) -> str:
    return png(Mask.of_box(SIZE, box).alpha // 255 * np.uint8(level))


def inpaint(stand: Stand | None = None, picture: Picture | None = None, **body):
    asked = {"image": encoder.encode_base64(picture or photo()), "mask": mask_png(), "seed": 5, **body}
    return ApiService(stand or Stand()).answer("inpaint", asked)


def fix(stand: Stand | None = None, how: Pass | None = None, **body):
    recipe = dump(Recipe("t", passes=(how or Pass(target=FACE),)))
    return ApiService(stand or Stand()).answer(
        "fix", {"image": encoder.encode_base64(photo()), "recipe": recipe, **body}
    )


def file_bytes(picture: Picture) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(encoder.encode(picture))).convert("RGBA"))


# What is painted becomes opaque.


@given(st.data())
def test_compositing_raises_alpha_by_the_mask_and_keeps_other_alpha(data):
    size = data.draw(sizes())
    mask, alpha = data.draw(masks(size)), data.draw(masks(size)).alpha
    picture = Picture(noise(size, 1).pixels, alpha)
    over = noise(size, 2)
    made = put_on(picture, [Candidate(1, over, size.box, mask)])
    assert made.alpha is not None
    assert np.array_equal(made.pixels[mask.alpha == 0], picture.pixels[mask.alpha == 0])
    assert np.array_equal(made.alpha[mask.alpha == 0], alpha[mask.alpha == 0])
    assert (made.alpha[mask.alpha == 255] == 255).all()
    assert (made.alpha >= np.maximum(alpha, mask.alpha)).all()
    assert (made.alpha.astype(int) <= alpha.astype(int) + mask.alpha).all()
    assert np.array_equal(made.pixels[mask.alpha == 255], over.pixels[mask.alpha == 255])


@given(st.data())
def test_compositing_on_opaque_alpha_equals_compositing_without_alpha(data):
    size = data.draw(sizes())
    mask, opaque = data.draw(masks(size)), np.full((size.height, size.width), 255, np.uint8)
    after, colours = composite_alpha(opaque, mask)
    assert np.array_equal(after, opaque)
    assert colours == mask
    candidate = Candidate(1, noise(size, 2), size.box, mask)
    plain, clear = noise(size, 1), Picture(noise(size, 1).pixels, opaque)
    assert np.array_equal(put_on(plain, [candidate]).pixels, put_on(clear, [candidate]).pixels)


@pytest.mark.parametrize("share", [1, 40, 128, 254])
def test_colour_under_full_transparency_is_not_blended_in(share):
    size = Size(8, 8)
    clear = Picture(np.zeros((8, 8, 3), np.uint8), np.zeros((8, 8), np.uint8))
    mask, over = Mask(np.full((8, 8), share, np.uint8)), Picture(np.full((8, 8, 3), 200, np.uint8))
    made = put_on(clear, [Candidate(1, over, size.box, mask)])
    assert (made.pixels == 200).all()
    assert (np.asarray(made.alpha) == share).all()
    assert not (blend_patch(clear.pixels, over.pixels, mask) == 200).all()


def with_hole() -> Picture:
    alpha = np.full((200, 240), 255, np.uint8)
    alpha[HOLE.slices] = 0
    alpha[:20] = 77
    return Picture(photo().pixels, alpha)


def test_filled_transparent_hole_is_opaque_and_other_alpha_is_kept():
    answer = inpaint(picture=with_hole(), return_history=True, return_masks=True)
    made = np.asarray(Image.open(io.BytesIO(base64.b64decode(answer["images"][0]))).convert("RGBA"))
    assert (made[HOLE.slices][..., 3] == 255).all()
    assert (made[:20, :, 3] == 77).all()
    mask = decoder.decode_base64(answer["reports"][0]["mask"]).pixels[..., 0]
    assert np.array_equal(made[mask == 0], file_bytes(with_hole())[mask == 0])
    assert (answer["outcome"], answer["warnings"]) == ("changed", [])


def test_reverting_a_filled_hole_makes_it_transparent_again():
    service = ApiService(Stand())
    body = {
        "image": encoder.encode_base64(with_hole()),
        "mask": mask_png(),
        "seed": 5,
        "return_history": True,
    }
    made = service.answer("inpaint", body)
    back = service.answer("history", {"history": made["history"], "revert": [1]})
    assert np.array_equal(file_bytes(decoder.decode_base64(back["image"])), file_bytes(with_hole()))
    assert back["outcome"] == "changed"
    again = service.answer("history", {"history": back["history"], "restore": [1]})
    assert np.array_equal(
        file_bytes(decoder.decode_base64(again["image"])),
        file_bytes(decoder.decode_base64(made["images"][0])),
    )


def test_recipe_on_a_transparent_picture_paints_opaque_pixels():
    both = Recipe("t", passes=(Pass(target=FACE), Pass(target=FACE, denoising_strength=0.9)))
    clear = Picture(photo().pixels, np.zeros((200, 240), np.uint8))
    answer = ApiService(Stand()).answer("fix", {"image": encoder.encode_base64(clear), "recipe": dump(both)})
    made = file_bytes(decoder.decode_base64(answer["image"]))
    assert (made[BOX.slices][..., 3] == 255).all()
    assert (made[150:, :, 3] == 0).all()


# What is painted and cannot be seen.


def test_identical_painting_is_unseen_and_warned_of():
    answer = inpaint(Stand(engine=Tracer()), intent="refine")
    assert answer["outcome"] == "unchanged"
    assert answer["reports"][0]["outcome"] == "unseen"
    assert answer["reports"][0]["changed"] == 0
    assert "nothing of it can be seen" in answer["warnings"][0]


@pytest.mark.parametrize("strength", [0.0, 0.01])
def test_denoising_strength_without_effect_is_reported_unchanged(strength):
    answer = inpaint(Stand(engine=Tracer()), intent="refine", denoising_strength=strength)
    assert (answer["outcome"], answer["reports"][0]["outcome"]) == ("unchanged", "unseen")


def test_faint_mask_is_painted_and_warned_of():
    answer = inpaint(mask=mask_png(level=3))
    assert answer["outcome"] == "unchanged"
    assert any("3 of 255" in told for told in answer["warnings"])
    assert any("nothing of it can be seen" in told for told in answer["warnings"])


def test_change_of_a_single_pixel_is_warned_of():
    one = mask_png(Box(100, 100, 101, 101))
    answer = inpaint(mask=one, shape={"grow": 0, "blur": 0})
    assert "only 1 of its pixels changed" in answer["warnings"][0]
    assert inpaint(mask=one)["outcome"] == "changed"


def test_extension_counts_as_changed_and_a_failed_one_as_unchanged():
    body = {"image": encoder.encode_base64(photo()), "left": 64, "attempts": 1, "seed": 1}
    answer = ApiService(Stand()).answer("outpaint", body)
    assert (answer["outcome"], answer["reports"][0]["outcome"]) == ("changed", "kept")

    def fail(jobs):
        raise NotANumber("the sampler returned NaN.")

    failed = ApiService(Stand(engine=FakeEngine(before_call=fail))).answer("outpaint", body)
    assert (failed["outcome"], failed["reports"][0]["outcome"]) == ("unchanged", "skipped")
    assert "NaN" in failed["warnings"][0]


def test_variations_without_effect_are_reported_unchanged():
    answer = inpaint(Stand(engine=Tracer()), intent="refine", variations=3)
    assert answer["outcome"] == "unchanged"
    assert len(answer["images"]) == 3


@given(st.integers(0, 12))
def test_change_is_visible_from_the_threshold_level_on(levels):
    before = np.full((9, 9, 3), 100, np.uint8)
    after = before + np.uint8(levels)
    assert (visible_pixels(before, after) > 0) == (levels >= SEEN_LEVELS)
    clear, opaque = np.zeros((9, 9), np.uint8), np.full((9, 9), 255, np.uint8)
    assert visible_pixels(before, after, clear, clear) == 0
    assert visible_pixels(before, before, clear, opaque) == 81


# What was to be painted and is not there any more.


@pytest.mark.parametrize(
    ("shape", "told"),
    [
        ({"x_offset": 240}, "outside of the picture after the shift"),
        ({"y_offset": -1000}, "outside of the picture after the shift"),
        ({"grow": -40, "blur": 0}, "shrinking by 40 pixels"),
        ({"grow": -400}, "shrinking by 400 pixels"),
    ],
)
@pytest.mark.parametrize("verb", ["inpaint", "fix", "plan"])
def test_mask_shifted_or_shrunk_to_nothing_is_warned_of_by_every_verb(shape, told, verb):
    if verb == "fix":
        answer = fix(how=Pass(target=FACE, shape=Shape(**shape)))
    elif verb == "inpaint":
        answer = inpaint(shape=shape)
    else:
        asked = {
            "verb": "inpaint",
            "image": encoder.encode_base64(photo()),
            "mask": mask_png(),
            "shape": shape,
        }
        answer = ApiService(Stand()).answer("plan", asked)
    assert any(told in warning for warning in answer["warnings"]), answer["warnings"]
    assert not answer.get("reports")
    assert answer.get("outcome", "unchanged") == "unchanged"


def test_mask_entirely_outside_the_user_mask_is_warned_of():
    shape = Shape(x_offset=-20, blur=0, grow=0)
    answer = fix(how=Pass(target=FACE, shape=shape), mask=mask_png(Box(85, 30, 130, 90)))
    assert any("outside of the inpaint mask" in told for told in answer["warnings"])
    assert answer["outcome"] == "unchanged"


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"min_area": 0.5}, "1 smaller than Mask min area ratio 0.5"),
        ({"max_area": 0.001}, "1 larger than Mask max area ratio 0.001"),
        ({"index": (4,)}, "1 not among Only numbers 4"),
        ({"user_mask": "inside"}, "1 not inside the inpaint mask"),
    ],
)
def test_selection_that_drops_every_region_is_warned_of(changes, told):
    target = dataclasses.replace(FACE, **changes)
    answer = fix(
        how=Pass(target=target), mask=mask_png(Box(200, 150, 240, 200)) if "user_mask" in changes else ""
    )
    assert any(told in warning for warning in answer["warnings"]), answer["warnings"]
    assert answer["outcome"] == "nothing found"


@given(
    st.builds(
        Selection,
        confidence=st.sampled_from([0.0, 0.5, 1.0]),
        min_area=st.sampled_from([0.0, 0.05]),
        max_area=st.sampled_from([0.06, 1.0]),
        index=st.sampled_from([(), (1,), (3,)]),
        user_mask=st.sampled_from(["touching", "inside", "outside", "ignore"]),
    ),
    st.booleans(),
)
def test_reason_for_an_empty_selection_counts_every_region(choice, masked):
    regions = [Region.of_box(Box(10, 10, 40, 40), score=0.4), Region.of_box(Box(50, 60, 120, 120), score=0.9)]
    user_mask = Mask.of_box(SIZE, Box(0, 0, 45, 45)) if masked else None
    told = why_none(regions, choice, SIZE, user_mask)
    if not select(regions, choice, SIZE, user_mask):
        assert sum(int(part.split()[0]) for part in told.split(", ") if part.split()[0].isdigit()) >= 2


def test_region_skipped_by_its_prompt_gives_no_warning():
    answer = fix(how=Pass(target=FACE, prompt="[SKIP]"))
    assert (answer["warnings"], answer["outcome"]) == ([], "nothing found")


def test_region_reverted_by_the_gate_has_outcome_reverted():
    gate = {"mode": "on", "seam": 0.1}
    answer = fix(how=load(Pass, {"target": {"models": ["face"]}, "gate": gate}))
    assert (answer["outcome"], answer["reports"][0]["outcome"]) == ("reverted", "reverted")
    assert "was left as it is" in answer["warnings"][0]


def test_a_blank_user_mask_is_refused():
    with pytest.raises(BadInput, match="nothing may change"):
        fix(mask=mask_png(level=0))


def test_reverting_a_step_twice_is_warned_of():
    service = ApiService(Stand())
    body = {"image": encoder.encode_base64(photo()), "mask": mask_png(), "seed": 5, "return_history": True}
    name = service.answer("inpaint", body)["history"]
    once = service.answer("history", {"history": name, "revert": [1]})
    twice = service.answer("history", {"history": once["history"], "revert": [1]})
    assert (once["outcome"], once["warnings"]) == ("changed", [])
    assert twice["outcome"] == "unchanged"
    assert "as it was before" in twice["warnings"][0]
    assert service.answer("history", {"history": name})["outcome"] == ""


def test_empty_history_keeps_the_alpha_of_its_picture():
    clear = Picture(photo().pixels, np.zeros((200, 240), np.uint8))
    empty = History(clear)
    assert np.array_equal(np.asarray(empty.now().alpha), np.asarray(clear.alpha))


# The command line.


@pytest.fixture
def picture_file(tmp_path) -> Path:
    path = tmp_path / "a.png"
    path.write_bytes(encoder.encode(photo()))
    return path


def run(*words: object, stand: Stand | None = None) -> int:
    return command.main([str(word) for word in words], ApiService(stand or Stand()))


def recipe_file(tmp_path: Path, how: Pass) -> Path:
    path = tmp_path / "recipe.json"
    path.write_text(json.dumps(dump(Recipe("t", passes=(how,)))))
    return path


def test_unseen_fix_counts_as_unchanged_with_exit_status_3(picture_file, tmp_path, capsys):
    out = tmp_path / "out"
    assert run("fix", picture_file, "--target", "face", "-o", out, stand=Stand(engine=Tracer())) == 3
    said = capsys.readouterr().err
    assert "1 unchanged." in said
    assert "1 done" not in said
    assert f"unchanged: {picture_file}" in said
    assert (out / "a.png").read_bytes() == picture_file.read_bytes()


def test_shape_that_leaves_no_mask_gives_exit_status_3(picture_file, tmp_path, capsys):
    recipe = recipe_file(tmp_path, Pass(target=FACE, shape=Shape(x_offset=500)))
    assert run("fix", picture_file, "--recipe", recipe, "-o", tmp_path / "out") == 3
    assert "outside of the picture" in capsys.readouterr().err
    assert run("run", recipe, picture_file, "-o", tmp_path / "run") == 3


def test_no_detections_are_counted_with_exit_status_0(picture_file, tmp_path, capsys):
    assert run("fix", picture_file, "--target", "face", "-o", tmp_path / "out", stand=Stand(boxes=())) == 0
    assert "1 with nothing found." in capsys.readouterr().err


def test_mask_file_reading_is_reported(picture_file, tmp_path, capsys):
    file = tmp_path / "mask.png"
    file.write_bytes(base64.b64decode(mask_png()))
    assert run("inpaint", picture_file, "--mask", file, "-o", tmp_path / "out") == 0
    assert "mask read as grey levels; 7.5 % of the picture" in capsys.readouterr().err
    faint = ["--mask", file, "--x-offset", 400, "-o", tmp_path / "out", "--force"]
    assert run("inpaint", picture_file, *faint) == 3
    assert "1 unchanged." in capsys.readouterr().err


def test_ambiguous_mask_file_is_refused_without_mask_channel(picture_file, tmp_path, capsys):
    file = tmp_path / "mask.png"
    rgba = np.dstack([*[Mask.of_box(SIZE, HOLE).alpha] * 3, Mask.of_box(SIZE, Box(9, 9, 200, 80)).alpha])
    Image.fromarray(rgba).save(file)
    words = ["inpaint", picture_file, "--mask", file, "-o", tmp_path / "out"]
    assert run(*words) == 1
    assert "luminance, alpha, inverted alpha" in capsys.readouterr().err
    assert run(*words, "--mask-channel", "luminance") == 0


def test_history_command_without_effect_gives_exit_status_3(picture_file, tmp_path, capsys):
    out = tmp_path / "out"
    assert run("fix", picture_file, "--target", "face", "--history", "-o", out) == 0
    file = out / "a.png.retouch"
    assert run("history", file, "--restore", 1, "-o", tmp_path / "b.png") == 3
    assert "as it was before" in capsys.readouterr().err
    assert run("history", file, "--revert", 1, "-o", tmp_path / "b.png") == 0
    assert run("history", file) == 0
