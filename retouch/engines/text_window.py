"""Find the parts of a prompt that a diffusers pipeline ignores or reads as plain words.

These are words beyond the length of its text encoders, and the prompt syntax of the WebUI.
"""

from __future__ import annotations

import bisect
import inspect
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from retouch.recipes.prompts import networks, quote, without_networks
from retouch.recipes.recipe import Settings

_SYNTAX = re.compile(
    r"\\[()\[\]{}\\]|\([^()]*\)|\[[^\[\]]*\]|\{[^{}]*\}|\bBREAK\b|\bAND\b|__[\w/*-]+__|\bembedding:[^\s,]+"
)
"""Syntax of the WebUI and ComfyUI: escapes, attention, scheduling, alternation, wildcards, embeddings."""
MOST_EXAMPLES = 12
"""Maximum number of syntax examples in one sentence."""
SHORT = 60
"""Number of characters of a prompt that a remark quotes to identify it."""
LONG_WORD = 20
"""A longer word, in characters, may be cut inside. It is usually text in a script without spaces."""


@dataclass(frozen=True)
class Window:
    """One text encoder: its tokenizer and its maximum number of tokens, with the begin and end tokens."""

    tokenizer: Any
    tokens: int

    def count(self, text: str) -> int:
        """Number of tokens of `text`, with the begin and end tokens."""
        return len(self.tokenizer(text, truncation=False, verbose=False).input_ids)

    def cut(self, text: str) -> int:
        """The length in characters of the longest prefix of `text` that the encoder reads, in whole words."""
        if self.count(text) <= self.tokens:
            return len(text)
        ends = [0, *(match.end() for match in re.finditer(r"\S+", text))]
        place = bisect.bisect_right(ends, self.tokens, lo=1, key=lambda end: self.count(text[:end])) - 1
        return self._cut_word(text, ends[place], ends[place + 1])

    def _cut_word(self, text: str, begin: int, end: int) -> int:
        """The end of the part that the encoder reads of the word from `begin` to `end`, in characters.

        It is `begin` unless the word is longer than LONG_WORD.
        """
        if end - begin <= LONG_WORD:
            return begin
        inside = range(begin, end)
        return inside[
            bisect.bisect_right(inside, self.tokens, lo=1, key=lambda at: self.count(text[:at])) - 1
        ]


def windows(pipe: Any) -> Iterator[Window]:
    """Yield a window for each loaded text encoder of a pipeline.

    The length for T5 is the pipeline's default of `max_sequence_length`.
    """
    for number in ("", "_2", "_3"):
        encoder = getattr(pipe, f"text_encoder{number}", None)
        tokenizer = getattr(pipe, f"tokenizer{number}", None)
        if encoder is not None and tokenizer is not None:
            yield Window(tokenizer, _length(pipe, encoder, tokenizer))


def _length(pipe: Any, encoder: Any, tokenizer: Any) -> int:
    asked = inspect.signature(type(pipe).__call__).parameters.get("max_sequence_length")
    if encoder.config.model_type == "t5" and asked is not None:
        return int(asked.default)
    return int(tokenizer.model_max_length)


def prompt_remarks(
    pipe: Any, prompt: str, negative: str, settings: Settings, embeddings: Collection[str] = ()
) -> Iterator[str]:
    """Yield a sentence for each part of both prompts that `pipe` ignores or reads as plain words.

    `embeddings` are names of textual inversions in the folder. They are not loaded, so their names in a
    prompt are reported.
    """
    yield from _remarks(pipe, "prompt", prompt, embeddings)
    words = without_networks(negative)
    if networks(negative):
        tags = ", ".join(networks(negative))
        yield f"The negative prompt {_short(words)} leaves out {tags}: networks are read in the prompt only."
    if words and not _has_negative(pipe):
        yield f"The negative prompt {quote(words)} is not used: this model has none."
    elif words and settings.sampling.cfg_scale <= 1:
        yield f"The negative prompt {quote(words)} is not used: it takes a CFG scale above 1."
    else:
        yield from _remarks(pipe, "negative prompt", negative, embeddings)


def _has_negative(pipe: Any) -> bool:
    return not type(pipe).__name__.startswith("Flux")


def _remarks(pipe: Any, name: str, prompt: str, embeddings: Collection[str]) -> Iterator[str]:
    text = without_networks(prompt)
    found = list(dict.fromkeys(literals(text, embeddings)))
    if found:
        more = f" and {len(found) - MOST_EXAMPLES} more" if len(found) > MOST_EXAMPLES else ""
        yield (
            f"The {name} {_short(text)} has {quote(', '.join(found[:MOST_EXAMPLES]))}{more}, which this "
            "engine reads as plain words: attention weights, scheduling, BREAK, AND, wildcards and "
            "embeddings act in the WebUI only."
        )
    every = list(windows(pipe))
    cuts = [window.cut(text) for window in every]
    if cuts and max(cuts) < len(text):
        size = every[cuts.index(max(cuts))].tokens
        yield (
            f"The {name} {_short(text)} is longer than the {size} tokens that the text encoder reads: "
            f"{quote(text[max(cuts) :].strip())} is left out."
        )


def literals(text: str, embeddings: Collection[str] = ()) -> Iterator[str]:
    """Yield the parts of `text` that the WebUI reads as syntax or as the name of an embedding."""
    yield from (match[0] for match in _SYNTAX.finditer(text))
    lower = text.lower()
    for name in embeddings:
        if re.search(rf"(?<!\w){re.escape(name.lower())}(?!\w)", lower):
            yield name


def _short(text: str) -> str:
    return f'"{text}"' if len(text) <= SHORT else f'"{text[:SHORT]}..."'
