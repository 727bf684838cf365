import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retouch.image.geometry import Box, Size
from retouch.image.region import Region
from retouch.pipeline.plan import PassWork, plan_pass
from retouch.recipes.prompts import LONGEST_QUOTE, PromptPair, assign, networks, resolve, without_networks
from tests.helpers import GENERATION, face_pass, square

CANVAS = Size(1000, 800)
LEFT = Region.of_box(Box(50, 300, 150, 420), "person", 0.9)
MIDDLE = Region.of_box(Box(400, 350, 620, 520), "dog", 0.8)
RIGHT = Region.of_box(Box(850, 50, 900, 90), "person", 0.7)
THREE = (LEFT, MIDDLE, RIGHT)
SAID = PromptPair("a park", "ugly")


def assigned_prompts(template, regions=THREE):
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
        ("red[SEP]blue", ("red", "blue", "blue")),
        ("red\n[ SEP ]\nblue", ("red", "blue", "blue")),
        ("[SEP] blue", ("", "blue", "blue")),
        ("red [FOR 2] blue", ("red", "blue", "red")),
        ("red [FOR  3 ] blue", ("red", "red", "blue")),
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
        ("[FOR person] human [FOR left] first [FOR 1] chosen", ("chosen", "", "human")),
        ("[FOR PERSON] human", ("human", "", "human")),
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
def test_template_gives_each_region_its_prompt(template, expected):
    assert assigned_prompts(template) == expected


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
        r"\[SEP\] and \[FOR left]",
        "a house, [for sale] sign",
        "red [sep] blue, [Sep] [skip] [Prompt]",
        "[for women] in [For left] [for 1]",
        "[FOR] [FOR ] [SEP:0.5] [SKIP|x] [FOR a|b] [FOR a:b:0.5]",
        "[SEPARATE] [FORWARD] (SEP) {SKIP}",
    ],
)
def test_webui_syntax_passes_through_untouched(text):
    assert assigned_prompts(text) == (text,) * 3


def test_prompt_tag_or_blank_template_inserts_the_pictures_prompt():
    assert prompts("[PROMPT], smiling") == ["a park, smiling"] * 3
    assert prompts("[PROMPT] [SEP] x [ PROMPT ] y") == ["a park", "x a park y", "x a park y"]
    assert prompts("") == ["a park"] * 3


def test_the_pictures_prompt_is_not_read_as_a_template():
    odd = PromptPair(r"\1 [SKIP] [SEP] x", "")
    assert resolve("[PROMPT]", "", [LEFT], CANVAS, [odd])[0] == odd


def test_skip_gives_its_region_no_prompt():
    assert prompts("red [SEP] [SKIP] [SEP] blue") == ["red", None, "blue"]
    assert prompts("[FOR dog] [SKIP]") == ["a park", None, "a park"]
    assert prompts("[SKIP]") == [None, None, None]


def test_negative_template_gives_each_region_its_negative_prompt():
    texts = resolve("a", "[PROMPT], bad [SEP] worse", THREE, CANVAS, [SAID] * 3)
    assert [text.negative_prompt for text in texts] == ["ugly, bad", "worse", "worse"]
    assert resolve("a", "", THREE, CANVAS, [SAID] * 3)[0].negative_prompt == "ugly"


def test_template_without_regions_gives_no_prompts():
    assert assigned_prompts("red [SEP] [FOR left] blue", ()) == ()


def test_place_selects_one_region_even_among_equally_placed_ones():
    twins = [Region.of_box(square(100, y)) for y in (0, 200, 400)]
    assert assign("x [FOR left] a", twins, CANVAS).count("a") == 1


def test_network_tags_are_listed_sorted_and_removed_from_the_prompt():
    prompt = "a <lora:b:0.5> c <lora:a:1>"
    assert networks(prompt) == ("<lora:a:1>", "<lora:b:0.5>")
    assert without_networks(prompt) == "a  c"
    assert networks("no < angle > here") == ()


def planned(prompt, regions=THREE, negative=""):
    how = face_pass(prompt=prompt, negative_prompt=negative)
    return plan_pass(CANVAS, regions, PassWork(0, how), GENERATION, Size(512, 512))


WORDS = ("red", "HAT", "\u5973\u6027", "caf\u00e9", "o'clock", "42", "for", "sale", "AND", "BREAK")
TAGS = (
    *("[SEP]", "[SKIP]", "[PROMPT]", "[ SEP ]", "[FOR 1]", "[FOR 7]", "[FOR left]", "[FOR person]"),
    *("[FOR wommen]", "[FOR SALE]", "[sep]", "[Skip]", "[prompt]", "[for women]", "[FOR]", "[for sale"),
    *("[", "]", "(", ")", "\\[", "\\]", "\\", "[[", ":0.5]", "|", ",", "\n", "<lora:x:1>"),
)
templates = st.lists(st.sampled_from(WORDS + TAGS), max_size=14).map(" ".join)
TAKEN = re.compile(r"\[\s*(SEP|PROMPT|SKIP|FOR (1|7|left|person))\s*\]")
"""Tags that are no words: those of FOR that name nobody are said in a warning."""


@given(templates, templates, st.integers(1, 3))
def test_every_template_word_is_in_a_prompt_or_a_warning(prompt, negative, count):
    made = planned(prompt, THREE[:count], negative)
    told = " ".join(made.warnings)
    for template, painted in (
        (prompt, " ".join(step.prompt for step in made.steps)),
        (negative, " ".join(step.negative_prompt for step in made.steps)),
    ):
        lost = [word for word in TAKEN.sub(" ", template).split() if word not in f"{painted} {told}"]
        words = [word for word in lost if re.search(r"\w", word)]
        assert not words, (words, painted, told)


@pytest.mark.parametrize(
    ("prompt", "count", "told"),
    [
        ("red [SEP] blue", 1, "[SEP] makes 2 parts for 1 region"),
        ("red [SEP] blue", 1, '"blue" is not used: no region is left for it'),
        ("red [SEP] blue", 3, "Regions 3 take the last part too"),
        ("red [FOR wommen] blue", 3, '"[FOR wommen] blue" is not used'),
        ("red [FOR wommen] blue", 3, "the labels dog, person"),
        ("a sign [FOR SALE]", 3, '"[FOR SALE]" is not used'),
        ("red [FOR left] blue", 1, '"red" is not used: no region is left for it'),
        ("[FOR person] red [FOR left] blue", 1, '"[FOR person] red" is not used'),
        ("red, [SKIP]", 1, '"red, [SKIP]" is not used: its regions are left as they are'),
        ("[for women] red", 1, '"[for women]" is read as words. The tag is written "[FOR women]"'),
        ("[Sep] red", 1, 'The tag is written "[SEP]"'),
        ("[FOR] red", 1, 'The tag is written "[FOR left]"'),
    ],
)
def test_unused_words_and_likely_mistakes_are_reported(prompt, count, told):
    warnings = planned(prompt, THREE[:count]).warnings
    assert any(told in text for text in warnings), warnings
    assert any(text.startswith("Pass 1, prompt: ") for text in warnings)


@pytest.mark.parametrize(
    "prompt", ["", "red", "red [SEP] blue [SEP] green", "[SKIP]", "[red:blue:0.5]", r"\[x\]"]
)
def test_template_fitting_its_regions_gives_no_warning(prompt):
    assert not planned(prompt).warnings


def test_negative_prompt_of_a_skipped_region_is_reported():
    (told,) = planned("[SKIP] [SEP] red [SEP] blue", THREE, "hat [SEP] scarf [SEP] beard").warnings
    assert told == 'Pass 1, negative prompt: "hat" is not used: its regions are left as they are.'


def test_skip_in_a_negative_prompt_is_reported():
    (told,) = planned("", THREE, "[SKIP]").warnings
    assert "[SKIP] in a negative prompt is read as words" in told


def test_warning_of_a_long_unused_text_is_truncated_with_a_count():
    told = " ".join(planned("a [SEP] " + "b" * 5000, THREE[:1]).warnings)
    assert f"and {5000 - LONGEST_QUOTE} more characters" in told
    assert len(told) < 2 * LONGEST_QUOTE


def test_brackets_are_read_in_linear_time():
    """A pattern that backtracks would take minutes."""
    long = " " * 19_000
    assert assigned_prompts(f"[FOR{long}x")[0] == f"[FOR{long}x"
    assert assigned_prompts(f"[{long}SEP{long}x")[0] == f"[{long}SEP{long}x"
