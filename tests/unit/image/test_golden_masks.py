"""The numbers the page is tested with are still the server's."""

import json

from tests.golden_masks import FILE, golden


def test_the_pages_numbers_are_what_the_server_makes_today():
    assert json.loads(FILE.read_text("utf-8")) == golden()
