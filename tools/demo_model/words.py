"""The demo model's vocabulary: a CLIP tokenizer that knows whole words, and nothing smaller.

A word it does not know falls apart into letters that it does not know either, and CLIP writes its end
mark for each. The empty prompt is nothing but end marks, so an unknown prompt is an empty one.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from retouch.app.sample_photos import FACE_WORDS, SAMPLES

LENGTH = 77
"""As CLIP's own, so that every pipeline's arithmetic on prompts holds."""
MAX_WORDS = 3
MAX_GAP = 8
"""End marks between two words in training: what an unknown word of as many letters leaves there."""


def vocabulary() -> list[str]:
    """Every word that a photograph or a part of it goes by."""
    return sorted({word for sample in SAMPLES for word in sample.words} | set(FACE_WORDS))


def tokenizer(folder: Path) -> Any:
    """The tokenizer; its two files are written to `folder`. ValueError when words break one another.

    An earlier merge acts first, wherever its letters stand, also in a word it was not made for. So the
    words that break go to the front, until none does.
    """
    folder.mkdir(parents=True, exist_ok=True)
    order, broken = vocabulary(), vocabulary()
    for _ in range(len(order)):
        made = _tokenizer(folder, order)
        broken = [word for word in order if made.tokenize(word) != [f"{word}</w>"]]
        if not broken:
            return made
        order = broken + [word for word in order if word not in broken]
    raise ValueError(f"these words break one another, choose others: {broken}")


def _tokenizer(folder: Path, order: Sequence[str]) -> Any:
    from transformers import CLIPTokenizer

    tokens = [*(f"{word}</w>" for word in vocabulary()), "<|startoftext|>", "<|endoftext|>"]
    vocab, merges = folder / "vocab.json", folder / "merges.txt"
    vocab.write_text(json.dumps({token: i for i, token in enumerate(tokens)}, indent=1), encoding="utf-8")
    merges.write_text("\n".join(["#version: 0.2", *_merges(order), ""]), encoding="utf-8")
    return CLIPTokenizer(str(vocab), str(merges), model_max_length=LENGTH)


def _merges(words: Sequence[str]) -> list[str]:
    """Byte-pair merges that put each word together from left to right."""
    made: dict[str, None] = {}
    for word in words:
        letters = [*word[:-1], f"{word[-1]}</w>"]
        for i in range(1, len(letters)):
            made.setdefault(f"{''.join(letters[:i])} {letters[i]}")
    return [*made]


def prompt_ids(words: Sequence[str], known: Any, rng: np.random.Generator) -> list[int]:
    """A prompt as training sees it: some of the words in any order, with gaps, as `LENGTH` token ids."""
    end = known.eos_token_id
    chosen = rng.permutation(list(words))[: rng.integers(1, MAX_WORDS + 1)]
    ids = [known.bos_token_id]
    for word in chosen:
        ids += [end] * int(rng.integers(MAX_GAP + 1)) + [known.encoder[f"{word}</w>"]]
    return ids + [end] * (LENGTH - len(ids))
