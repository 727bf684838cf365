"""Prompts and a picture's features to masks, for every model of SAM's family.

A. Kirillov and others, Segment Anything, 2023, arXiv:2304.02643; N. Ravi and others, SAM 2: Segment Anything
in Images and Videos, 2024, arXiv:2408.00714. The layers are the libraries'. They run in another order here:
the picture's part of the first layer is computed once for all prompts, and masks are computed only for a
sufficient predicted quality.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

CHUNK = 8
"""Prompts whose masks are computed at once: each needs 32 MiB."""


@dataclass(frozen=True, eq=False)
class DecoderInput:
    """Prompts, one in each row, in input pixels (edge coordinates); None for parts that are not given.

    `points` are (n, k, 2) float x, y with `labels`, (n, k): 1 inside, 0 outside. `boxes` are (n, 4) float
    left, top, right, bottom. `masks` are (n, h, w) float32, the logits of an earlier answer. The answer has
    the masks of `levels`, 0..3, whose predicted quality is above `least`.
    """

    points: np.ndarray | None = None
    labels: np.ndarray | None = None
    boxes: np.ndarray | None = None
    masks: np.ndarray | None = None
    levels: tuple[int, ...] = (0, 1, 2, 3)
    least: float = -np.inf


@dataclass(frozen=True, eq=False)
class DecoderOutput:
    """The masks of an answer: `logits` are (m, h, w) float32 over the square input.

    All others are (m,): `scores` are predicted qualities, about 0..1; `prompts` are the rows of the prompts;
    `levels` are 0 for the mask of a clear prompt and 1 to 3 for those of an ambiguous one.
    """

    logits: np.ndarray
    scores: np.ndarray
    prompts: np.ndarray
    levels: np.ndarray


@dataclass(frozen=True, eq=False)
class Features:
    """The output of an encoder on the CPU: (1, c, h, w) float32, and finer levels if the model has them."""

    coarse: Any
    finer: tuple[Any, ...] = ()


class Decoder:
    """Runs a model's prompt encoder, `prompts`, and its mask decoder, `masks`.

    With `box_as_points` the corners of a box are points labelled 2 and 3, as in the training of SAM 2.
    """

    def __init__(self, prompts: Any, masks: Any, box_as_points: bool = False) -> None:
        self._prompts, self._masks, self._box_as_points = prompts, masks, box_as_points
        self._place: Any = None

    def decode(self, features: Features, ask: DecoderInput, device: Any) -> DecoderOutput:
        """The masks for the prompts `ask` on a picture's features, computed on `device`."""
        import torch

        with torch.inference_mode(), torch.autocast(torch.device(device).type, enabled=False):
            sparse, dense = self._embed(ask, device)
            tokens, picture = self._attend(features.coarse.to(device), sparse, dense)
            scores = self._masks.iou_prediction_head(tokens[:, self._first])
            wanted = torch.zeros_like(scores, dtype=torch.bool)
            wanted[:, list(ask.levels)] = scores[:, list(ask.levels)] > ask.least
            logits = self._draw_masks(picture, tokens, wanted, [f.to(device) for f in features.finer])
            rows, levels = wanted.nonzero(as_tuple=True)
            return DecoderOutput(
                *(part.cpu().numpy() for part in (logits, scores[rows, levels], rows, levels))
            )

    @property
    def _first(self) -> int:
        """The index of the quality token; a token for the presence of an object may come before it."""
        return int(getattr(self._masks, "pred_obj_scores", False))

    def _embed(self, ask: DecoderInput, device: Any) -> tuple[Any, Any]:
        import torch

        def tensor(array: np.ndarray | None) -> Any:
            return None if array is None else torch.as_tensor(array, dtype=torch.float32, device=device)

        # The encoder adds half a pixel, which converts the number of a pixel to edge coordinates.
        points, boxes, labels = (tensor(a) for a in (ask.points, ask.boxes, ask.labels))
        points, boxes = (None if part is None else part - 0.5 for part in (points, boxes))
        if boxes is not None and self._box_as_points:
            corners, kinds = boxes.reshape(-1, 2, 2), torch.tensor([[2.0, 3.0]], device=device)
            kinds = kinds.expand(len(corners), -1)
            points = corners if points is None else torch.cat([corners, points], 1)
            labels = kinds if labels is None else torch.cat([kinds, labels], 1)
            boxes = None
        masks = tensor(ask.masks)
        clicks = None if points is None else (points, labels)
        return self._prompts(points=clicks, boxes=boxes, masks=None if masks is None else masks[:, None])

    def _attend(self, coarse: Any, sparse: Any, dense: Any) -> tuple[Any, Any]:
        """(tokens (n, tokens, c), picture (n, c, h, w)) after attention, for each prompt."""
        import torch

        own = [self._masks.iou_token.weight, self._masks.mask_tokens.weight]
        if self._first:
            own.insert(0, self._masks.obj_score_token.weight)
        tokens = torch.cat([torch.cat(own)[None].expand(len(sparse), -1, -1), sparse], 1)
        if len(dense) > 1 and dense.stride(0) == 0:
            dense = dense[:1]  # equal for all prompts, so the first layer runs on the picture once
        if self._place is None or self._place.device != coarse.device:
            self._place = self._prompts.get_dense_pe()
        out, picture = self._masks.transformer(coarse + dense, self._place, tokens)
        return out, picture.transpose(1, 2).reshape(len(sparse), *coarse.shape[1:])

    def _draw_masks(self, picture: Any, tokens: Any, wanted: Any, finer: list[Any]) -> Any:
        """(m, h, w): the wanted masks, in the order of `wanted.nonzero()`."""
        import torch

        parts = [self._sheet(picture[:0], tokens[:0], finer)[wanted[:0]]]
        rows = wanted.any(1).nonzero()[:, 0]
        for chunk in rows.split(CHUNK):
            parts.append(self._sheet(picture[chunk], tokens[chunk], finer)[wanted[chunk]])
        return torch.cat(parts)

    def _sheet(self, picture: Any, tokens: Any, finer: list[Any]) -> Any:
        """(n, levels, h, w): all masks of these prompts."""
        import torch

        masks, start = self._masks, self._first + 1
        grown = self._upscale(picture, finer)
        pens = [pen(tokens[:, start + level]) for level, pen in enumerate(masks.output_hypernetworks_mlps)]
        return torch.einsum("nlc,nchw->nlhw", torch.stack(pens, 1), grown)

    def _upscale(self, picture: Any, finer: list[Any]) -> Any:
        if not finer:
            return self._masks.output_upscaling(picture)
        finest, finer_one = finer
        first, norm, act, second, last = self._masks.output_upscaling
        return last(second(act(norm(first(picture) + finer_one))) + finest)
