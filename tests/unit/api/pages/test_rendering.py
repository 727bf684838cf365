from __future__ import annotations

import jinja2
import pytest
from hypothesis import given

from retouch.api.pages.rendering import FOLDER, render
from tests.pages import HOSTILE_TEXTS, assert_text_stays_text


@given(HOSTILE_TEXTS)
def test_text_of_a_value_stays_text(text):
    assert_text_stays_text(lambda shown: render("studio.html", api=shown), text)


def test_a_template_refuses_to_render_without_a_value():
    with pytest.raises(jinja2.UndefinedError, match="api"):
        render("studio.html")


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.html")), ids=lambda path: path.name)
def test_no_template_switches_escaping_off(path):
    words = set(path.read_text("utf-8").replace("|", " ").split())
    assert not words & {"safe", "autoescape"}
