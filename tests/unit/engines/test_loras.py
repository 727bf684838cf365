from __future__ import annotations

import pytest

from retouch.engines.loras import adapters
from retouch.errors import BadInput
from retouch.recipes.prompts import networks


def read(prompt):
    return adapters(networks(prompt))


def test_weights_are_read_and_default_to_one():
    assert read("a <lora:b:0.5> c <lora:a> <LORA: d :-1>") == (("a", 1.0), ("b", 0.5), ("d", -1.0))


def test_weights_of_a_lora_named_twice_add_up():
    assert read("<lora:a:0.5> <lora:a:0.25>") == (("a", 0.75),)


def test_prompt_without_lora_tags_names_no_loras():
    assert read("a face") == ()


@pytest.mark.parametrize("tag", ["<lora:a:strong>", "<lora:a:1:2>", "<hypernet:a:1>", "<lora:a:nan>"])
def test_invalid_lora_tag_is_refused_with_its_own_text(tag):
    with pytest.raises(BadInput, match=tag) as caught:
        read(f"face {tag}")
    assert caught.value.path == "prompt"
