"""Recipes as text for sending, and reading the recipe in a pasted text.

A share string is "retouch:" and the recipe's JSON, zlib-compressed (RFC 1950), in URL-safe base64
(RFC 4648) without padding: one word, safe in any chat.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

from retouch.errors import BadInput, TooLarge
from retouch.knobs import dump, load
from retouch.recipes import infotext
from retouch.recipes.adetailer.conversion import convert
from retouch.recipes.adetailer.generation_text import read_tabs
from retouch.recipes.adetailer.models import KnownDetectors
from retouch.recipes.adetailer.payload import TITLE
from retouch.recipes.library import MAX_BYTES, plain
from retouch.recipes.migration import SCHEMA
from retouch.recipes.recipe import Recipe

PREFIX = "retouch:"
_WORD = re.compile(r"(?<!\w)retouch:([\w-]{16,}=*)", re.ASCII)
_KINDS = "Paste a recipe's JSON, a share string (retouch:...), or a picture's whole generation text."
_CUT = "Copy the whole of it again."


@dataclass(frozen=True)
class Received:
    """The recipe of a text. `migrated` is the older schema that it was written in, None for the current
    one. `remarks` are the differences of a recipe that was converted from ADetailer's."""

    recipe: Recipe
    migrated: int | None = None
    remarks: tuple[str, ...] = ()


def share(recipe: Recipe) -> str:
    """The share string of a recipe, for `read_text`."""
    data = json.dumps(dump(recipe), ensure_ascii=False, separators=(",", ":")).encode()
    return PREFIX + base64.urlsafe_b64encode(zlib.compress(data, 9)).decode("ascii").rstrip("=")


def read_text(text: str, detectors: KnownDetectors = KnownDetectors()) -> Received:
    """The recipe in a pasted text: its JSON, a share string, or a generation text, ADetailer's too.

    A recipe of Retouch's has priority over ADetailer's tabs, whose models are looked up in `detectors`.
    Raises BadInput, with the JSON path of an error or for a text of another kind, and TooLarge.
    """
    if len(text) > MAX_BYTES:
        raise TooLarge(f"{len(text)} characters are no recipe.", path="text", hint=f"At most {MAX_BYTES}.")
    found = _json_in(text.strip().lstrip("\ufeff"))
    if found is None:
        return _read_adetailer(text, detectors)
    encoded, path = found
    data = plain(encoded, path or "text")
    recipe = load(Recipe, data, path)
    version = data.get("schema", SCHEMA) if isinstance(data, Mapping) else SCHEMA
    return Received(recipe, version if version < SCHEMA else None)


def _read_adetailer(text: str, detectors: KnownDetectors) -> Received:
    """The recipe of ADetailer's tabs in a generation text. BadInput without any."""
    found = read_tabs(infotext.params_of(text, TITLE))
    if found is None:
        raise BadInput("there is no recipe in this text.", path="text", hint=_KINDS)
    payload, unknown = found
    conversion = convert(payload, detectors)
    return Received(conversion.recipe, remarks=(*unknown, *conversion.warnings))


def _json_in(text: str) -> tuple[str, str] | None:
    """(JSON, its path in the text), None without a recipe of Retouch's."""
    if text.startswith(("{", "[")):
        return text, ""
    if text.lower().startswith(PREFIX) and not text[len(PREFIX) :].lstrip().startswith(('"', "{")):
        return _unpack("".join(text[len(PREFIX) :].split())), ""  # a mail may have broken its line
    if encoded := infotext.recipe_json(text):
        return encoded, infotext.RECIPE
    if word := _WORD.search(text):
        return _unpack(word.group(1)), ""
    return None


def _unpack(word: str) -> str:
    """The JSON in a share string, decompressed to at most `MAX_BYTES`."""
    unpacker = zlib.decompressobj()
    try:
        packed = base64.b64decode(word.rstrip("=") + "=" * (-len(word.rstrip("=")) % 4), b"-_", validate=True)
        data = unpacker.decompress(packed, MAX_BYTES)
        decoded = data.decode()
    except (binascii.Error, zlib.error, ValueError):
        raise BadInput("the share string is damaged.", path="text", hint=_CUT) from None
    if unpacker.unconsumed_tail:
        raise TooLarge("the share string holds no recipe, but far more.", path="text", hint=_CUT)
    if not unpacker.eof:
        raise BadInput("the share string is cut off.", path="text", hint=_CUT)
    return decoded
