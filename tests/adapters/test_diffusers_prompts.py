"""What a prompt loses on its way into a diffusers pipeline is told, by the tokenizers of that pipeline."""

from __future__ import annotations

import dataclasses
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retouch.engines import text_window
from retouch.engines.base import PromptReader
from retouch.engines.loading import Folders
from retouch.engines.text_window import Window, literals, windows
from tests.adapters import tiny
from tests.adapters.tiny import job, paint, tuned

FAMILIES = pytest.mark.parametrize("family", tiny.BUILDERS)
WINDOWS = {"SD": 77, "SDXL": 77, "SD3": 256, "FLUX": 512}
texts = st.lists(st.text("ab,.é女", min_size=1, max_size=30), max_size=120).map(" ".join)


def remarks_for(family, prompt="", negative="", **sampling):
    asked = dataclasses.replace(job(0, settings=tuned(**sampling)), prompt=prompt, negative_prompt=negative)
    return tiny.engine(family).prompt_remarks(asked)


@FAMILIES
def test_prompt_windows_have_the_token_count_of_their_family(family):
    pipe = tiny.engine(family).pipe
    assert isinstance(tiny.engine(family), PromptReader)
    assert max(window.tokens for window in windows(pipe)) == WINDOWS[family.split()[0]]


@settings(max_examples=25, deadline=None)
@given(texts, st.sampled_from(["SD", "SD3", "FLUX"]))
def test_prompt_is_cut_at_the_last_word_that_fits_the_window(text, family):
    for window in windows(tiny.engine(family).pipe):
        at = window.cut(text)
        assert window.count(text[:at]) <= window.tokens
        if at == len(text):
            assert window.count(text) <= window.tokens
        else:
            longer = re.match(r"\s*\S+", text[at:])
            assert longer
            assert window.count(text[: at + longer.end()]) > window.tokens


@FAMILIES
def test_words_left_out_do_not_change_the_picture(family):
    size = WINDOWS[family.split()[0]]
    prompt = " ".join(f"w{number % 10}" for number in range(size // 2))
    (remark,) = remarks_for(family, f"{prompt} red apple")
    left_out = re.findall(r'"([^"]*)" is left out', remark)[0]
    assert left_out.endswith("red apple")
    first, *rest = left_out.split()  # of the first word a part may be read
    kept = f"{prompt} red apple".removesuffix(left_out) + first
    others = ["blue" for _ in rest]
    asked = [dataclasses.replace(job(0), prompt=" ".join([kept, *words])) for words in (rest, others)]
    assert paint(tiny.engine(family), asked[0]) == paint(tiny.engine(family), asked[1])


@FAMILIES
def test_a_short_plain_prompt_gives_no_remark(family):
    assert remarks_for(family, "a red apple, very small") == ()


@pytest.mark.parametrize(
    "syntax",
    [
        *("(apple:1.3)", "(apple)", "[apple]", "[red:blue:0.5]", "[red|blue]", "{red|blue}", "BREAK", "AND"),
        *("__colour__", "embedding:neat", r"\(", "EasyFace"),
    ],
)
def test_webui_prompt_syntax_is_reported_as_taken_literally(syntax, tmp_path):
    (tmp_path / "EasyFace.pt").write_bytes(b"")
    engine = tiny.engine("SD")
    engine.folders = Folders(embeddings=tmp_path)
    try:
        (remark,) = remarks_for("SD", f"a tree {syntax} red")
        (negative,) = remarks_for("SD", negative=f"a tree {syntax} red")
    finally:
        engine.folders = Folders()
    assert f'"{syntax}"' in remark
    assert remark.startswith("The prompt ")
    assert negative.startswith("The negative prompt ")


def test_plain_words_are_not_taken_for_syntax():
    assert not list(literals("a <3 land, Andes, breaks; it's 5:30, file_name, x:y, EasyFaces", ["EasyFace"]))


def test_brackets_are_searched_in_linear_time():
    assert not list(literals("(" * 20_000 + "[" * 20_000 + "a " * 20_000))


@pytest.mark.parametrize("family", ["SD", "FLUX"])
def test_unused_negative_prompt_is_reported(family):
    (remark,) = remarks_for(family, negative="blurred hand", cfg_scale=1.0)
    assert '"blurred hand" is not used' in remark


def test_network_tags_of_a_negative_prompt_are_reported():
    assert any("<lora:x:1>" in remark for remark in remarks_for("SD", negative="bad <lora:x:1>"))
    assert remarks_for("SD", "good <lora:x:1>") == ()


def test_text_encoder_not_loaded_has_no_window():
    """An encoder that is not loaded reads nothing."""
    pipe = tiny.build("SD3")
    pipe.text_encoder_3 = None
    assert [window.tokens for window in windows(pipe)] == [77, 77]


def test_word_longer_than_the_window_is_cut_inside_it():
    window = next(windows(tiny.engine("SD").pipe))
    text = "女" * 400
    assert 0 < window.cut(text) < 400
    assert isinstance(window, Window)
    assert len(list(text_window.prompt_remarks(tiny.engine("SD").pipe, text, "", tuned()))) == 1
