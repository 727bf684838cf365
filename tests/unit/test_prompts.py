import pytest

from retouch.geometry import Box, Size
from retouch.prompts import Said, assign, networks, resolve, without_networks
from retouch.region import Region
from tests.helpers import square

CANVAS = Size(1000, 800)
LEFT = Region.of_box(Box(50, 300, 150, 420), "person", 0.9)
MIDDLE = Region.of_box(Box(400, 350, 620, 520), "dog", 0.8)
RIGHT = Region.of_box(Box(850, 50, 900, 90), "person", 0.7)
THREE = (LEFT, MIDDLE, RIGHT)
SAID = Said("a park", "ugly")


def said(template, regions=THREE):
    return assign(template, regions, CANVAS)


def prompts(template, negative="", regions=THREE):
    texts = resolve(template, negative, regions, CANVAS, [SAID] * len(regions))
    return [text and text.prompt for text in texts]


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("", ("", "", "")),
        ("red", ("red", "red", "red")),
        ("red [SEP] blue", ("red", "blue", "blue")),
        ("red [SEP] blue [SEP] green [SEP] spare", ("red", "blue", "green")),
        ("red [sep] blue", ("red", "blue", "blue")),
        ("red[SEP]blue", ("red", "blue", "blue")),
        ("red\n[ SEP ]\nblue", ("red", "blue", "blue")),
        ("[SEP] blue", ("", "blue", "blue")),
        ("red [FOR 2] blue", ("red", "blue", "red")),
        ("red [for 3] blue", ("red", "red", "blue")),
        ("[FOR 1] a [FOR 3] c", ("a", "", "c")),
        ("[FOR left] a", ("a", "", "")),
        ("[FOR right] a", ("", "", "a")),
        ("[FOR top] a", ("", "", "a")),
        ("[FOR bottom] a", ("", "a", "")),
        ("[FOR center] a", ("", "a", "")),
        ("[FOR largest] a", ("", "a", "")),
        ("[FOR smallest] a", ("", "", "a")),
        ("[FOR person] human [FOR dog] pet", ("human", "pet", "human")),
        ("[FOR Dog] pet", ("", "pet", "")),
        ("[for person] human [for left] first [for 1] chosen", ("chosen", "", "human")),
        ("[FOR left] a [SEP] b [SEP] c", ("a", "b", "c")),
        ("x [FOR left] a [SEP] b", ("a", "x", "b")),
        ("x [FOR 0] a", ("x", "x", "x")),
        ("x [FOR 9] a", ("x", "x", "x")),
        ("x [FOR 02] a", ("x", "a", "x")),
        ("x [FOR ²] a", ("x", "x", "x")),
        ("x [FOR " + "9" * 6000 + "] a", ("x", "x", "x")),
        ("x [FOR cat] a", ("x", "x", "x")),
    ],
)
def test_a_template_is_shared_out_among_the_regions(template, expected):
    assert said(template) == expected


@pytest.mark.parametrize(
    "text",
    [
        "[red hair:blue:0.5]",
        "(a:1.2), ((b))",
        "[a|b]",
        "<lora:x:1> and <hypernet:y:0.4>",
        "[forest:sea:0.3]",
        "[for the win:blue:0.5]",
        "[for you|for me]",
        "a [b] c",
        "a AND b BREAK c",
        r"\[SEP\]",
    ],
)
def test_webui_syntax_passes_through_untouched(text):
    assert said(text) == (text,) * 3


def test_the_pictures_own_prompt_fills_in():
    assert prompts("[PROMPT], smiling") == ["a park, smiling"] * 3
    assert prompts("[prompt] [SEP] x [ Prompt ] y") == ["a park", "x a park y", "x a park y"]
    assert prompts("") == ["a park"] * 3


def test_the_pictures_prompt_is_not_read_as_a_template():
    odd = Said(r"\1 [SKIP] [SEP] x", "")
    assert resolve("[PROMPT]", "", [LEFT], CANVAS, [odd])[0] == odd


def test_skip_leaves_its_region_alone():
    assert prompts("red [SEP] [SKIP] [SEP] blue") == ["red", None, "blue"]
    assert prompts("[FOR dog] [skip]") == ["a park", None, "a park"]
    assert prompts("[SKIP]") == [None, None, None]


def test_the_negative_prompt_is_shared_out_the_same_way():
    texts = resolve("a", "[PROMPT], bad [SEP] worse", THREE, CANVAS, [SAID] * 3)
    assert [text.negative_prompt for text in texts] == ["ugly, bad", "worse", "worse"]
    assert resolve("a", "", THREE, CANVAS, [SAID] * 3)[0].negative_prompt == "ugly"


def test_no_regions_need_no_words():
    assert said("red [SEP] [FOR left] blue", ()) == ()


def test_a_place_means_one_region_even_among_equals():
    twins = [Region.of_box(square(100, y)) for y in (0, 200, 400)]
    assert assign("x [FOR left] a", twins, CANVAS).count("a") == 1


def test_networks_are_found_sorted_and_taken_out():
    prompt = "a <lora:b:0.5> c <lora:a:1>"
    assert networks(prompt) == ("<lora:a:1>", "<lora:b:0.5>")
    assert without_networks(prompt) == "a  c"
    assert networks("no < angle > here") == ()
