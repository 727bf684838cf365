from __future__ import annotations

import html
import re

from hypothesis import given

from retouch.api.batches.entry import BatchEntry
from retouch.api.pages.batch_page import BatchPage, Places, render_summary
from retouch.recipes.recipe import Pass, Recipe
from tests.pages import HOSTILE_TEXTS, REPORT, assert_text_stays_text

DONE = BatchEntry(
    "a.png", "done", seed=5, reports=({**REPORT, "outcome": "kept", "why": ""}, REPORT), pictured=True
)


def page(
    *entries: BatchEntry, recipe: Recipe = Recipe("Mine", "When <i>.", (Pass(),)), note: str = ""
) -> str:
    return render_summary(BatchPage(recipe, entries, note), lambda i: Places(f"b{i}", f"a{i}", f"r{i}"))


def test_page_shows_scores_before_and_after_and_why_a_region_was_reverted():
    said = page(DONE)
    assert "0.25 → 0.75" in said
    assert "<td>reverted the seam &lt;b&gt;" in said
    assert "Regions: 1 kept, 1 reverted. Seed 5." in said
    assert re.findall(r"<th>([^<]*)", said) == [
        "Region",
        "Score",
        "Box",
        "Painted at",
        "Seed",
        "Outcome",
        "Seam",
    ]


def test_page_has_a_pass_column_for_a_recipe_of_several_passes():
    assert "<th>Pass" in page(DONE, recipe=Recipe("Two", passes=(Pass(), Pass())))


def test_page_shows_pictures_only_for_files_that_have_them():
    said = page(BatchEntry("first.png", "failed", "no"), DONE, BatchEntry("last.png"))
    assert 'src="b1"' in said
    assert 'src="a1"' in said
    assert 'href="r1"' in said
    assert '"b0"' not in said
    assert '"b2"' not in said


def test_failures_come_first_with_their_reasons():
    said = page(DONE, BatchEntry("bad.png", "failed", "cannot <be> read"))
    assert said.index("bad.png</b> cannot &lt;be&gt; read") < said.index(">a.png")


def test_page_shows_common_warnings_once_and_others_at_their_file():
    both = [BatchEntry(name, "done", warnings=("of all", f"of {name}")) for name in ("a", "b")]
    said = page(*both)
    assert said.count("of all") == 1
    assert said.index("of all") < said.index("<section>") < said.index("of a<")
    assert said.count("of b<") == 1


def test_page_contains_the_full_recipe_with_html_escaped():
    said = page(
        BatchEntry("<script>", "failed", "<script>"),
        recipe=Recipe("</title><script>", "<script>"),
        note="<script>",
    )
    assert said.count("<script>") == 1, "the page's own"
    assert said.count("</title>") == 1
    assert '"name": "</title><script>"' in html.unescape(said)


def page_with(text: str) -> str:
    """A page that has this text in every field that a person or another program writes."""
    report = {**REPORT, "label": text, "why": text}
    entries = [
        BatchEntry(text, "done", reports=(report,), warnings=(text, f"own {text}"), pictured=True),
        BatchEntry(text, "done", warnings=(text,)),
        BatchEntry(text, "failed", text, pictured=True),
    ]
    batch = BatchPage(Recipe(text, text, (Pass(prompt=text),)), entries, text, (f"all {text}",))
    return render_summary(batch, lambda _: Places(text, text, text))


@given(HOSTILE_TEXTS)
def test_text_in_any_field_stays_text(text):
    assert_text_stays_text(page_with, text)
