import pytest

from retouch.recipes import library
from retouch.recipes.checks import contradictions
from retouch.recipes.recipe import Gate, Pass, Recipe
from retouch.recipes.shape import Shape
from retouch.recipes.target import Target

FACE = Target(models=("face",))


def of(*passes: Pass) -> tuple[str, ...]:
    return contradictions(Recipe("Mine", passes=passes))


@pytest.mark.parametrize("recipe", library.recipes().values(), ids=lambda r: r.name)
def test_built_in_recipe_has_no_contradictions(recipe):
    assert contradictions(recipe) == ()


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (Pass(target=Target(what="mask", models=("face",))), "'Detectors' is not used"),
        (Pass(target=Target(what="tiles", classes=("cup",))), "'Classes' is not used"),
        (Pass(target=Target(models=("face",), tile=256)), "'Tile size' is not used"),
        (Pass(target=Target(what="mask", unsharp_below=0.2)), "'Unsharp below' is not used"),
        (Pass(target=Target(what="text", classes=("cup",), tilted=True)), "'Tilted too' is not used"),
        (Pass(target=Target(what="background", classes=("cup",), tilted=True)), "there is no detector"),
        (Pass(target=Target(what="tiles", tile=256, overlap=200)), "overlap by 128 pixels"),
        (Pass(target=Target(models=("face",), top_k=2, index=(3, 4))), "nothing is found"),
        (Pass(target=FACE, denoising_strength=0), "nothing is changed"),
        (Pass(target=FACE, denoising_strength=0, masked_content="fill", variations=4), "all alike"),
        (Pass(target=FACE, denoising_strength=0.4, masked_content="latent noise"), "take 0.5 or more"),
        (Pass(target=FACE, denoising_strength=0.4, masked_content="latent nothing"), "take 0.5 or more"),
        (Pass(target=FACE, shape=Shape(area="whole picture", padding=32)), "'Only masked padding'"),
        (Pass(target=FACE, gate=Gate("on", 1, 20, 100, 0)), "no threshold"),
        (Pass(target=FACE, gate=Gate("on", drift=0)), "nearly everything"),
        (Pass(target=Target(what="regions of a pass")), "there is none"),
    ],
)
def test_contradiction_is_reported_with_its_pass(one, words):
    said = of(Pass(target=FACE, enabled=False), one)
    assert any(text.startswith("Pass 2: ") and words in text for text in said), said


@pytest.mark.parametrize(
    "one",
    [
        Pass(target=FACE, denoising_strength=0.5, masked_content="latent noise"),
        Pass(target=FACE, denoising_strength=0.1, masked_content="fill"),
        Pass(target=Target(what="background", models=("person",), tilted=True)),
        Pass(target=FACE, shape=Shape(padding=32)),
        Pass(target=FACE, gate=Gate("off", 1, 20, 100, 0)),
        Pass(target=FACE, gate=Gate("on", 1, 20, 100, 0.1)),
        Pass(target=Target(models=("face",), top_k=3, index=(3,))),
        Pass(target=Target(what="tiles", tile=256, overlap=128)),
    ],
)
def test_consistent_recipe_has_no_remarks(one):
    assert of(one) == ()


@pytest.mark.parametrize("first", [Pass(target=FACE, enabled=False), Pass()])
def test_search_within_a_disabled_pass_is_reported(first):
    eyes = Pass(target=Target(models=("eyes",), of_pass=1))
    assert of(first, eyes) == (
        "Pass 2: it looks in what pass 1 finds, which does not run: nothing is found.",
    )
    assert of(Pass(target=FACE), eyes) == ()


def test_disabled_passes_have_no_remarks():
    assert of(Pass(target=FACE), Pass(target=FACE, enabled=False, denoising_strength=0)) == ()


def test_recipe_that_paints_nothing_is_reported():
    (said,) = of(Pass())
    assert "'Mine' has no enabled pass" in said
