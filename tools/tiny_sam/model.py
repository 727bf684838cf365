"""A tiny Sam: the package's own classes with reduced widths, and its file in half precision."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import nn

FILE = Path(__file__).resolve().parents[2] / "tests" / "data" / "tiny_sam.pt"
"""The trained model, a file of the test data."""
SIDE, PATCH = 256, 16
TOKENS = SIDE // PATCH
LOW = 4 * TOKENS
"""Side of the decoder's logits in pixels."""
WIDTH, DEPTH, HEADS = 160, 6, 5
WINDOW, GLOBAL = 8, (1, 3, 5)
PROMPT = 128
SPREAD = 2.0
"""Frequencies of the positional encoding of prompts, relative to SAM's. Clicks one patch apart differ
more."""


def tiny_sam() -> Any:
    """`segment_anything.modeling.Sam` with random weights.

    Relative positions are used as in the published models. A loader infers from their shapes which blocks use
    windowed attention, the size of the windows, and the number of heads.
    """
    from segment_anything.modeling import Sam

    sam = Sam(_image_encoder(), _prompt_encoder(), _mask_decoder())
    sam.prompt_encoder.pe_layer.positional_encoding_gaussian_matrix.mul_(SPREAD)
    return sam


def _image_encoder() -> Any:
    from segment_anything.modeling import ImageEncoderViT

    encoder = ImageEncoderViT(
        img_size=SIDE,
        patch_size=PATCH,
        embed_dim=WIDTH,
        depth=DEPTH,
        num_heads=HEADS,
        mlp_ratio=4,
        out_chans=PROMPT,
        qkv_bias=True,
        norm_layer=partial(nn.LayerNorm, eps=1e-6),
        use_rel_pos=True,
        window_size=WINDOW,
        global_attn_indexes=GLOBAL,
    )
    nn.init.trunc_normal_(encoder.pos_embed, std=0.02)
    return encoder


def _prompt_encoder() -> Any:
    from segment_anything.modeling import PromptEncoder

    grid = (TOKENS, TOKENS)
    return PromptEncoder(PROMPT, grid, (SIDE, SIDE), mask_in_chans=16)


def _mask_decoder() -> Any:
    from segment_anything.modeling import MaskDecoder, TwoWayTransformer

    transformer = TwoWayTransformer(depth=2, embedding_dim=PROMPT, mlp_dim=256, num_heads=8)
    return MaskDecoder(transformer_dim=PROMPT, transformer=transformer, iou_head_hidden_dim=128)


def save(sam: Any, path: Path) -> int:
    """Write a plain state dict in half precision. Returns its size in bytes."""
    weights = {name: value.detach().half().contiguous() for name, value in sam.state_dict().items()}
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.save(weights, path)
    return path.stat().st_size


def load(path: Path = FILE) -> Any:
    """The model of a file that `save` wrote, in single precision and in evaluation mode."""
    sam = tiny_sam()
    weights = torch.load(path, map_location="cpu", weights_only=True)
    sam.load_state_dict({name: value.float() for name, value in weights.items()})
    return sam.eval()
