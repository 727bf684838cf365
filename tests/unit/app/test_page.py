from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given

from retouch.api.addresses import PREFIX
from retouch.app.page import render_doors
from tests.pages import HOSTILE_TEXTS, assert_text_stays_text


def render_doors_of(*routes: tuple[str, str]) -> str:
    """The page of an app with these routes below the prefix, each as (path, method)."""
    made = [SimpleNamespace(path=f"{PREFIX}/{path}", methods={method}) for path, method in routes]
    app: Any = SimpleNamespace(routes=made)
    return render_doors(app)


@pytest.mark.parametrize("method", ["GET", "POST"])
@given(text=HOSTILE_TEXTS)
def test_path_of_a_door_stays_text(text, method):
    without_parameters = text.replace("{", "")
    assert_text_stays_text(lambda path: render_doors_of((path, method)), without_parameters)


def test_only_a_door_that_can_be_opened_is_a_link():
    page = render_doors_of(("a", "GET"), ("b/{name}", "GET"), ("c", "POST"))
    assert re.findall('href="([^"]+)"', page) == ["./", f"{PREFIX}/a"]
