"""Retouch's keys in the generation text of a picture (infotext): writing and reading.

Two keys are read back. `Retouch` holds the recipe without knobs at their defaults. `Retouch regions` holds
the painted regions, so that a single region can be repainted. Both are JSON on one line. `write_infotext`
writes a whole generation text in the WebUI's own form, for pictures that no WebUI made.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from retouch.errors import BadInput
from retouch.image.picture import Picture
from retouch.knobs import load
from retouch.recipes.prompts import PromptPair
from retouch.recipes.recipe import Recipe

RECIPE = "Retouch"
REGIONS = "Retouch regions"
WARNINGS = "Retouch warnings"
SKIPPED = "Retouch skipped img2img"
OUTPAINT = "Retouch outpaint"
OUTPAINT_WARNINGS = "Retouch outpaint warnings"
BLANK = PromptPair("", "")
CHUNK = "parameters"
"""The PNG text chunk of the WebUI's generation text."""
_VALUE = r'(?:"(?:\\.|[^\\"])*"|[^,]*)(?=,|$)'
_KEYS = (RECIPE, REGIONS, WARNINGS, SKIPPED, OUTPAINT, OUTPAINT_WARNINGS)
_OURS = re.compile(rf"(?:^|,)\s*(?:{'|'.join(_KEYS)}):\s*{_VALUE}")
_RECIPE = re.compile(rf"(?:^|,)\s*{RECIPE}:\s*({_VALUE})", re.MULTILINE)
_PAIR = re.compile(rf"\w[\w \-/]+:\s*{_VALUE}")
_PAIRS = 3
"""The fewest pairs of a line of parameters: with fewer the WebUI takes the line for a part of the prompt."""


def recipe_in(params: Mapping[str, Any]) -> Recipe | None:
    """The recipe in the parameters of an infotext, None without one. BadInput when it is damaged."""
    text = params.get(RECIPE)
    if not text:
        return None
    try:
        return load(Recipe, json.loads(text), RECIPE)
    except (ValueError, RecursionError) as error:
        raise BadInput(f"{error}.", path=RECIPE, hint="Copy the whole generation text.") from None


def recipe_json(text: str) -> str:
    """The recipe's JSON in a whole generation text, unchanged; "" without one."""
    *_, value = ["", *(match.group(1).strip() for match in _RECIPE.finditer(text))]
    try:
        return json.loads(value) if value.startswith('"') else value
    except ValueError:  # truncated: the reader of the JSON reports it
        return value


def params_of(text: str, prefix: str) -> dict[str, str]:
    """The parameters of a whole generation text whose names begin with `prefix`, unquoted."""
    pairs = re.finditer(rf"(?:^|,)\s*({prefix}[\w \-/]*):\s*({_VALUE})", text, re.MULTILINE)
    return {pair.group(1): _unquote(pair.group(2).strip()) for pair in pairs}


def _unquote(value: str) -> str:
    try:
        return str(json.loads(value)) if value.startswith('"') else value
    except ValueError:  # truncated
        return value


@dataclass(frozen=True)
class GenerationText:
    """The content of a generation text. `params` are the WebUI's names and values."""

    prompt: str = ""
    negative_prompt: str = ""
    params: Mapping[str, str] = field(default_factory=dict)


def made_with(picture: Picture) -> GenerationText | None:
    """The generation text of a picture; None without one, or without a line of parameters in it."""
    *above, last = dict(picture.baggage.text).get(CHUNK, "").strip().split("\n")
    pairs = [pair.group(0).partition(":") for pair in _PAIR.finditer(last)]
    if len(pairs) < _PAIRS:
        return None
    prompt, _, negative = "\n".join(above).partition("Negative prompt:")
    return GenerationText(
        prompt.strip(), negative.strip(), {k.strip(): v.strip().strip('"') for k, _, v in pairs}
    )


def compact_json(value: Any) -> str:
    """JSON on one line, without spaces between its tokens."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def write_infotext(prompt: str, negative_prompt: str, params: Mapping[str, Any]) -> str:
    """Prompt, negative prompt if any, and the line of `params`, in the WebUI's form."""
    negative = [f"Negative prompt: {negative_prompt}"] if negative_prompt else []
    return "\n".join([prompt, *negative, line(params)]).strip()


def line(params: Mapping[str, Any]) -> str:
    """`key: value` pairs, separated by commas. A value with a separator in it is quoted as JSON."""
    return ", ".join(f"{key}: {_quote(str(value))}" for key, value in params.items())


def _quote(value: str) -> str:
    needs = any(mark in value for mark in ',:\n"')
    return json.dumps(value, ensure_ascii=False) if needs else value
