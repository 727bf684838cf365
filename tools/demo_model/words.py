"""The demo model's vocabulary: a CLIP tokenizer that knows whole words only.

An unknown word is split into letters that are unknown, too, and CLIP writes its end mark for each. The empty
prompt consists of end marks, so an unknown prompt equals an empty one.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from retouch.app.sample_photos import FACE_WORDS, SAMPLES

LENGTH = 77
"""Number of token ids in a prompt. It is CLIP's own, so that every pipeline can compute with prompts."""
MAX_WORDS = 3
MAX_GAP = 8
"""Largest number of end marks between two words in training. An unknown word of n letters leaves n."""


def vocabulary() -> list[str]:
    """Every word of a photograph or of a part of it."""
    return sorted({word for sample in SAMPLES for word in sample.words} | set(FACE_WORDS))


def tokenizer(folder: Path) -> Any:
    """The tokenizer. Its two files are written to `folder`. Raises ValueError if two words conflict.

    An earlier merge acts first wherever its letters occur, also in other words. Words that are broken by
    others are therefore moved to the front, until no word is broken.
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
    """Byte-pair merges that join the letters of each word from left to right."""
    made: dict[str, None] = {}
    for word in words:
        letters = [*word[:-1], f"{word[-1]}</w>"]
        for i in range(1, len(letters)):
            made.setdefault(f"{''.join(letters[:i])} {letters[i]}")
    return [*made]


def prompt_ids(words: Sequence[str], known: Any, rng: np.random.Generator) -> list[int]:
    """A training prompt: some of the words in random order, with gaps, as `LENGTH` token ids."""
    end = known.eos_token_id
    chosen = rng.permutation(list(words))[: rng.integers(1, MAX_WORDS + 1)]
    ids = [known.bos_token_id]
    for word in chosen:
        ids += [end] * int(rng.integers(MAX_GAP + 1)) + [known.encoder[f"{word}</w>"]]
    return ids + [end] * (LENGTH - len(ids))
