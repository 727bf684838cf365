"""The architecture of a model of SAM's family, from the shapes of its tensors, not from the file's name.

Relative positions show most of it: there are 2 n - 1 of them for n cells a side, each as wide as a head, and
a block with windowed attention has fewer than one with global attention.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

Shapes = Mapping[str, tuple[int, ...]]

HEAD = 64
"""Width of a head without relative positions: that of every published SAM except the largest."""


def kind_of(names: Collection[str]) -> str:
    """sam, sam-hq, mobile-sam, sam2 or fastsam, from the names of tensors in a file; "" for anything else."""
    if "mask_decoder.hf_token.weight" in names:
        return "sam-hq"
    if "sam_mask_decoder.iou_token.weight" in names and "image_encoder.trunk.pos_embed" in names:
        return "sam2"
    if "mask_decoder.iou_token.weight" in names:
        if "image_encoder.pos_embed" in names:
            return "sam"
        if "image_encoder.patch_embed.seq.0.c.weight" in names:
            return "mobile-sam"
    if "SegmentationModel" in names and "object" in names and "person" not in names:
        return "fastsam"
    return ""


@dataclass(frozen=True)
class Encoder:
    """A vision transformer: `side` and `patch` in pixels, `window` in patches; `whole` blocks attend
    globally."""

    side: int
    patch: int
    width: int
    depth: int
    heads: int
    mlp: int
    window: int
    whole: tuple[int, ...]
    relative: bool
    out: int

    @classmethod
    def of(cls, shapes: Shapes) -> Encoder:
        """The encoder with tensors of these shapes. KeyError when one is missing."""
        _, grid, _, width = shapes["image_encoder.pos_embed"]
        patch = shapes["image_encoder.patch_embed.proj.weight"][-1]
        depth = count(shapes, "image_encoder.blocks.")
        positions = [shapes.get(f"image_encoder.blocks.{i}.attn.rel_pos_h") for i in range(depth)]
        known = [shape for shape in positions if shape]
        cells = [(shape[0] + 1) // 2 if shape else grid for shape in positions]
        return cls(
            side=grid * patch,
            patch=patch,
            width=width,
            depth=depth,
            heads=width // (known[0][1] if known else HEAD),
            mlp=shapes["image_encoder.blocks.0.mlp.lin1.weight"][0],
            window=min(cells) if min(cells) < grid else 0,
            whole=tuple(i for i in range(depth) if cells[i] == grid),
            relative=bool(known),
            out=shapes["image_encoder.neck.0.weight"][0],
        )


@dataclass(frozen=True)
class Head:
    """Prompt encoder and mask decoder: widths, depths, and the number of masks for an ambiguous prompt."""

    width: int
    mask_channels: int
    depth: int
    mlp: int
    masks: int
    quality_width: int
    quality_depth: int

    @classmethod
    def of(cls, shapes: Shapes) -> Head:
        """The decoder with tensors of these shapes. KeyError when one is missing."""
        transformer = "mask_decoder.transformer.layers."
        masks, width = shapes["mask_decoder.mask_tokens.weight"]
        return cls(
            width=width,
            mask_channels=shapes["prompt_encoder.mask_downscaling.3.weight"][0],
            depth=count(shapes, transformer),
            mlp=shapes[f"{transformer}0.mlp.lin1.weight"][0],
            masks=masks - 1,
            quality_width=shapes["mask_decoder.iou_prediction_head.layers.0.weight"][0],
            quality_depth=count(shapes, "mask_decoder.iou_prediction_head.layers."),
        )


def count(shapes: Collection[str], prefix: str) -> int:
    """The number of numbered parts whose names begin with `prefix`."""
    return len({name[len(prefix) :].split(".")[0] for name in shapes if name.startswith(prefix)})
