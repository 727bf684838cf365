import base64
import json
import re
import zlib

import pytest
from hypothesis import given

from retouch.errors import BadInput, TooLarge
from retouch.knobs import dump
from retouch.pipeline import report_infotext
from retouch.recipes import infotext, library, sharing
from retouch.recipes.library import pretty
from retouch.recipes.migration import SCHEMA
from retouch.recipes.recipe import Pass, Recipe
from retouch.recipes.target import Target
from tests.helpers import values_of

MINE = Recipe("Für mich, 日本", 'Wenn\'s "klemmt"', library.recipe("Full refine").passes)


def packed(data: bytes) -> str:
    return sharing.PREFIX + base64.urlsafe_b64encode(zlib.compress(data, 9)).decode()


@given(values_of(Recipe))
def test_any_recipe_round_trips_through_share_string_and_json(recipe):
    assert sharing.read_text(sharing.share(recipe)).recipe == recipe
    assert sharing.read_text(pretty(recipe)).recipe == recipe


def test_share_string_has_only_ascii_word_characters():
    assert re.fullmatch(r"retouch:[\w-]+", sharing.share(MINE), re.ASCII)


def test_share_string_is_found_across_line_breaks_and_in_a_sentence():
    shared = sharing.share(MINE)
    for text in (f" {shared[:40]}\n{shared[40:]}\r\n", f"try ({shared}), it helps", shared + "=="):
        assert sharing.read_text(text).recipe == MINE


def test_recipe_is_read_from_an_infotext():
    """The WebUI's form, with what would mislead before it."""
    made = report_infotext.params(MINE)
    text = infotext.write_infotext(
        "a cat, Retouch: none\nmore", "bad", {"Steps": 20, "Seed": 1, **made, "Version": "v1"}
    )
    received = sharing.read_text(text).recipe
    assert (received.name, received.passes) == (MINE.name, MINE.passes)


def test_older_recipe_reports_its_schema():
    old = json.dumps({**dump(MINE), "schema": 1})
    assert sharing.read_text(old) == sharing.Received(MINE, 1)
    assert sharing.read_text(pretty(MINE)).migrated is None
    assert sharing.read_text('{"name": "By hand"}').migrated is None


@pytest.mark.parametrize(
    ("text", "path", "words"),
    [
        ('{"passes": [{}, {"clip_skp": 1}]}', "passes[1].clip_skp", "Did you mean 'clip_skip'"),
        ('{"passes": [{"target": {"what": "masks"}}]}', "passes[0].target.what", "Did you mean 'mask'"),
        ('{"passes": [{"steps": 900}]}', "passes[0].steps", "1 to 150"),
        ('{"schema": 99}', "schema", f"newer than {SCHEMA}"),
        ('{"name": ', "text", "line 1 column 9"),
        ("[]", "", "not an object"),
        ("[" * 100_000, "text", "nested too deeply"),
        ("a cat\nSteps: 20, Sampler: Euler, Seed: 7", "text", "share string"),
        ("", "text", "share string"),
        ("retouch:", "text", "cut off"),
        ("retouch:!!!", "text", "damaged"),
        (sharing.share(MINE)[:-12], "text", "Copy the whole"),
        (packed(b"\xff\xfe"), "text", "damaged"),
        (packed(b'{"passes": [{"stps": 3}]}'), "passes[0].stps", "Did you mean 'steps'"),
    ],
)  # fmt: skip
def test_text_without_a_recipe_is_refused_with_its_path(text, path, words):
    with pytest.raises(BadInput, match=re.escape(words)) as caught:
        sharing.read_text(text)
    assert caught.value.path == path


def test_truncated_generation_text_is_refused():
    text = infotext.write_infotext("", "", {"Steps": 20, **report_infotext.params(MINE)})
    with pytest.raises(BadInput) as caught:
        sharing.read_text(text[:-30])
    assert caught.value.path == infotext.RECIPE


def test_decompression_bomb_in_a_share_string_is_refused():
    bomb = packed(b'{"name": "' + b"a" * (300 * library.MAX_BYTES // 10))
    assert len(bomb) < 1_000_000
    with pytest.raises(TooLarge, match="far more"):
        sharing.read_text(bomb)


def test_text_over_the_byte_limit_is_refused():
    with pytest.raises(TooLarge):
        sharing.read_text("{" + " " * library.MAX_BYTES)


def test_word_like_a_share_string_is_not_read_as_one():
    with pytest.raises(BadInput, match="no recipe in this text"):
        sharing.read_text("see notretouch:abcdefghijklmnopqrstuvwxyz")


def test_pasted_json_is_read_with_its_passes():
    text = '{"passes": [{"target": {"models": ["hand"]}, "if_missing": "skip"}]}'
    assert sharing.read_text(text).recipe.passes == (
        Pass(target=Target(models=("hand",)), if_missing="skip"),
    )
