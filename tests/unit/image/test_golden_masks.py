"""The numbers the page is tested with are still the server's."""

import json

from tests.golden_masks import FILE, golden


def test_golden_masks_of_the_page_match_the_server():
    assert json.loads(FILE.read_text("utf-8")) == golden()
