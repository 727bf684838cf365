"""Seeds of other tools, of up to 64 bits, through every door: the remainder modulo 2^32 is taken and told."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retouch.api.requests.fix import FixRequest
from retouch.api.requests.script import AutofixRequest
from retouch.api.service import ApiService
from retouch.cli.command import main
from retouch.errors import BadInput, collect_remarks
from retouch.image.codec import encoder
from retouch.knobs import load
from retouch.pipeline.pipeline import PictureInput
from retouch.recipes.infotext import CHUNK
from retouch.recipes.recipe import Generation, Pass, Recipe
from retouch.recipes.seeds import MAX_SEED, MOST_SEED, fold_seed
from retouch.recipes.sharing import read_text
from retouch.testing import FakeEngine
from tests.stand import Stand, photo

COMFY = 2**64 - 1
LARGE = 12_345_678_901_234_567_890
TAKEN = LARGE % 2**32
PHOTO = photo(96, 96)
IMAGE = encoder.encode_base64(PHOTO)


def service() -> ApiService:
    return ApiService(Stand(engine=FakeEngine(side=64)))


@given(st.integers(0, MOST_SEED))
def test_large_seed_is_reduced_modulo_2_to_32_with_a_note(seed):
    with collect_remarks() as remarks:
        taken = fold_seed(seed)
    assert 0 <= taken <= MAX_SEED
    assert taken == seed % 2**32
    assert bool(remarks) == (taken != seed)
    assert all(str(seed) in text and str(taken) in text for text in remarks)


@pytest.mark.parametrize("verb", ["fix", "inpaint", "outpaint", "plan"])
def test_every_verb_reduces_a_64_bit_seed_with_a_warning(verb):
    import numpy as np

    from retouch.api.serialize import mask_base64
    from retouch.image.mask import Mask

    mask = {"mask": mask_base64(Mask(np.full((96, 96), 255, np.uint8)))}
    more = {"outpaint": {"right": 8, "attempts": 1}, "inpaint": mask, "plan": {"verb": "fix"}}.get(verb, {})
    said = service().answer(verb, {"image": IMAGE, "seed": LARGE, **more})
    assert said["seed"] == TAKEN
    assert any(str(LARGE) in text and str(TAKEN) in text for text in said["warnings"])


@pytest.mark.parametrize("data", [LARGE, COMFY, MOST_SEED, 2**32, float(2**40), 1.8446744073709552e19])
def test_large_seed_given_as_a_float_is_reduced_modulo_2_to_32(data):
    assert load(FixRequest, {"seed": data}).seed == int(data) % 2**32


@pytest.mark.parametrize("data", [MOST_SEED + 1, 2**70, 10**400, -2, 1.5, 1e300])
def test_invalid_seed_is_refused_with_its_bounds(data):
    with pytest.raises(BadInput) as refused:
        load(FixRequest, {"seed": data})
    assert "Allowed: -1 to 18446744073709551616." in refused.value.hint
    assert refused.value.path == "seed"


def test_large_seed_of_a_recipe_pass_is_reduced_with_a_remark():
    text = json.dumps({"name": "x", "passes": [{"seed": LARGE}]})
    with collect_remarks() as remarks:
        assert read_text(text).recipe.passes[0].seed == TAKEN
    assert len(remarks) == 1
    assert Recipe(passes=(Pass(seed=LARGE),)).passes[0].seed == TAKEN


def test_large_seeds_of_an_autofix_request_are_reduced():
    asked = load(AutofixRequest, {"seed": LARGE, "outpaint": {"seed": COMFY, "right": 64}})
    assert asked.outpaint is not None
    assert (asked.seed, asked.outpaint.seed) == (TAKEN, MAX_SEED)


def test_large_seed_of_a_fix_is_reduced_with_a_warning():
    here = Stand(engine=FakeEngine(side=64))
    with here.busy("fix"):
        (result,) = here.pipeline.fix(
            [PictureInput(PHOTO, Generation(seed=LARGE))], recipe_of("whole picture")
        )
    assert any(str(LARGE) in text for text in result.warnings)
    assert result.reports[0].seed == TAKEN


def recipe_of(what: str) -> Recipe:
    return load(Recipe, {"name": "x", "passes": [{"target": {"what": what}}]})


@pytest.mark.parametrize(("seed", "taken"), [(str(LARGE), TAKEN), ("7", 7)])
def test_extension_reduces_a_large_seed_of_the_infotext(seed, taken):
    text = f"a cat\nSteps: 20, Sampler: Euler, CFG scale: 7, Seed: {seed}, Size: 96x96"
    image = encoder.encode_base64(PHOTO, {CHUNK: text})
    said = service().answer("outpaint", {"image": image, "right": 8, "attempts": 1})
    assert said["seed"] == taken
    assert any(seed in text for text in said["warnings"]) == (seed != "7")


def test_out_of_bounds_values_of_the_infotext_are_reported():
    text = "a cat\nSteps: 900, Sampler: Euler, CFG scale: 7, Seed: 5, Size: 96x96"
    image = encoder.encode_base64(PHOTO, {CHUNK: text})
    said = service().answer("outpaint", {"image": image, "right": 8, "attempts": 1})
    assert any("steps: the picture's own '900'" in text for text in said["warnings"])


def test_command_line_reduces_a_large_seed_and_reports_it(tmp_path, capsys, caplog):
    encoder.write(PHOTO, tmp_path / "a.png")
    words = ["fix", str(tmp_path / "a.png"), "-o", str(tmp_path / "out"), "--seed", str(LARGE)]
    assert main(words, service()) == 0
    assert str(TAKEN) in caplog.text + capsys.readouterr().err
