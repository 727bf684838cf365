import pytest

from retouch.errors import BadInput
from retouch.image.geometry import Box, Size
from retouch.image.region import Region
from retouch.knobs import dump, load
from retouch.pipeline.pipeline import PictureInput, Pipeline
from retouch.recipes.people import Person, assign_people, prompts_for, read, write_people
from retouch.recipes.prompts import PromptPair
from retouch.recipes.recipe import Generation, Recipe
from retouch.testing import FakeDetector, FakeEngine
from tests.helpers import noise

CANVAS = Size(600, 400)
ANN, BEN = Box(60, 40, 120, 110), Box(400, 60, 470, 130)
BODY_OF_ANN, BODY_OF_BEN = Box(20, 20, 200, 390), Box(330, 30, 560, 395)
LEFT, RIGHT = Person("red hair", who="left"), Person("blue hat", "cap", who="right")
AT = Person("freckles", at=(0.1, 1 / 3))
AROUND = PromptPair("two people", "blurry")


def regions(*boxes):
    return [Region.of_box(box) for box in boxes]


def whose(boxes, people, earlier=()):
    return [region.person for region in assign_people(regions(*boxes), people, CANVAS, earlier)]


def test_people_are_assigned_by_place_in_the_first_pass():
    assert whose([BEN, ANN], (LEFT, RIGHT)) == [2, 1]
    assert whose([BEN, ANN], (Person("x", who="2"),)) == [0, 1]


def test_person_stays_the_same_in_nested_and_enclosing_regions():
    seen = [(2, BEN), (1, ANN)]
    eye = Box(70, 50, 85, 60)
    assert whose([eye], (LEFT, RIGHT), seen) == [1]
    assert whose([BODY_OF_BEN], (LEFT, RIGHT), seen) == [2]
    hand = Box(180, 300, 198, 330)
    assert whose([hand], (LEFT, RIGHT), [(1, BODY_OF_ANN), (2, BODY_OF_BEN)]) == [1]


def test_lone_region_of_a_later_pass_is_not_assigned_to_the_left_person():
    assert whose([BEN], (LEFT,), [(0, BEN), (1, ANN)]) == [0]


def test_point_of_a_person_selects_the_smallest_region_around_it():
    pointed = Person("red hair", at=(0.15, 0.2))
    assert whose([BODY_OF_ANN, ANN, BEN], (pointed,)) == [0, 1, 0]
    assert whose([BODY_OF_BEN, BODY_OF_ANN], (pointed,)) == [0, 1]
    assert whose([BEN], (pointed,)) == [0]


def test_prompts_of_a_person_override_the_pictures():
    region = assign_people(regions(ANN), (LEFT,), CANVAS)[0]
    assert prompts_for(region, (LEFT,), AROUND) == PromptPair("red hair", "blurry", own=True)
    assert prompts_for(regions(BEN)[0], (LEFT,), AROUND) == AROUND


@pytest.mark.parametrize(
    "data", [{}, {"at": [0.5]}, {"at": [0.5, 1.5]}, {"prompt": "x"}, {"who": "lefft"}, {"who": "0"}]
)
def test_person_without_a_valid_place_or_point_is_refused(data):
    with pytest.raises(BadInput):
        load(Person, data)


PEOPLE = (Person("red (hair:1.2), <lora:x:1>", "hat", who="left"), Person("", "beard", who="2"), AT)


def test_people_text_has_a_line_per_person_and_round_trips():
    text = write_people(PEOPLE)
    assert text.splitlines() == [
        "left: red (hair:1.2), <lora:x:1>",
        "Negative prompt: hat",
        "2:",
        "Negative prompt: beard",
        "0.1, 0.3333333333333333: freckles",
    ]
    assert read(text) == PEOPLE
    assert (read(""), write_people(())) == ((), "")
    assert read(" LEFT :a\n\n  negative PROMPT:b ") == (Person("a", "b", who="left"),)
    assert read(write_people([Person("a\nb", who="top")])) == (Person("a b", who="top"),)
    twice = "left: a\nNegative prompt: b\nNegative prompt: c"
    assert read(twice) == (Person("a", "b, c", who="left"),)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("left: x\nlefft: y", 2),
        ("a girl", 1),
        ("Negative prompt: x", 1),
        ("left: x\n\n0.5, 1.5: y", 3),
        ("0.5: x", 1),
        ("0.5, 0.5, 0.5: x", 1),
        ("0: x", 1),
    ],
)
def test_invalid_line_is_refused_with_the_allowed_places(text, line):
    with pytest.raises(
        BadInput, match=f"^people: line {line}: .* is nobody. .*left, right, .*0.3, 0.6"
    ) as caught:
        read(text)
    assert caught.value.path == "people"


def prompts_of(passes, people):
    """(pass, prompt) of every step, by its place from the left."""
    recipe = load(Recipe, {"passes": passes, "people": [dump(person) for person in people]})
    finders = {"face": FakeDetector((BEN, ANN)), "person": FakeDetector((BODY_OF_ANN, BODY_OF_BEN))}
    studio = Pipeline(FakeEngine(), finders.__getitem__)
    canvas = PictureInput(noise(CANVAS), Generation(prompt="two people"))
    plan, (result,) = studio.plan(canvas, recipe), studio.fix([canvas], recipe)
    steps = sorted(plan.steps, key=lambda s: (s.pass_index, s.box.left))
    painted = sorted((r.step for r in result.reports), key=lambda s: (s.pass_index, s.box.left))
    assert [s.prompt for s in painted] == [s.prompt for s in steps]
    return [(s.pass_index + 1, s.prompt) for s in steps]


def test_prompts_stay_with_their_person_through_all_passes_of_a_recipe():
    passes = [
        {"target": {"models": ["face"], "order": "right to left"}},
        {"target": {"models": ["person"], "order": "left to right"}, "prompt": "full body, [PROMPT]"},
        {"target": {"models": ["face"]}, "prompt": "sharp eyes"},
    ]
    assert prompts_of(passes, (LEFT, RIGHT)) == [
        (1, "red hair"),
        (1, "blue hat"),
        (2, "full body, red hair"),
        (2, "full body, blue hat"),
        (3, "sharp eyes, red hair"),
        (3, "sharp eyes, blue hat"),
    ]


def test_without_people_regions_use_the_prompt_of_picture_or_pass():
    passes = [{"target": {"models": ["face"]}}, {"target": {"models": ["face"]}, "prompt": "sharp"}]
    assert [said for _, said in prompts_of(passes, ())] == ["two people"] * 2 + ["sharp"] * 2


def test_person_without_a_region_is_reported():
    nobody = Person("green scarf", "beard", who="9")
    recipe = load(
        Recipe, {"passes": [{"target": {"models": ["face"]}}], "people": [dump(LEFT), dump(nobody)]}
    )
    studio = Pipeline(FakeEngine(), {"face": FakeDetector((BEN, ANN))}.__getitem__)
    (result,) = studio.fix([PictureInput(noise(CANVAS), Generation(prompt="two people"))], recipe)
    assert result.warnings == (
        'Person 2 (9): no region is theirs, so that "green scarf, beard" is not used.',
    )
