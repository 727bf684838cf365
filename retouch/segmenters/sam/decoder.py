"""Prompts and a picture's features to masks, for every model of SAM's family.

Kirillov et al., Segment Anything, 2023; Ravi et al., SAM 2, 2024. The layers are the libraries'; the order in
which they are run is ours: the picture's own part of the first layer is computed once for all prompts, and
masks are drawn only for those whose predicted quality is worth it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

CHUNK = 8
"""Prompts whose masks are drawn at once: each takes 32 MiB meanwhile."""


@dataclass(frozen=True, eq=False)
class DecoderInput:
    """Prompts, one a row, in input pixels (edge coordinates). What is None is not said.

    `points` (n, k, 2) with `labels` (n, k): 1 inside, 0 outside. `boxes` (n, 4). `masks` (n, h, w): logits of
    an earlier answer. Drawn are the masks of `levels` whose predicted quality is above `least`.
    """

    points: np.ndarray | None = None
    labels: np.ndarray | None = None
    boxes: np.ndarray | None = None
    masks: np.ndarray | None = None
    levels: tuple[int, ...] = (0, 1, 2, 3)
    least: float = -np.inf


@dataclass(frozen=True, eq=False)
class DecoderOutput:
    """Masks drawn: `logits` (m, h, w) float32 over the square input, and of each its predicted `scores`,
    the `prompts` row it answers, and its `levels`: 0 the one mask for a clear prompt, 1 to 3 for an
    ambiguous one."""

    logits: np.ndarray
    scores: np.ndarray
    prompts: np.ndarray
    levels: np.ndarray


@dataclass(frozen=True, eq=False)
class Features:
    """What an encoder makes of a picture, on the CPU: (1, c, h, w), and finer ones if the model has them."""

    coarse: Any
    finer: tuple[Any, ...] = ()


class Decoder:
    """`prompts` and `masks` are the model's prompt encoder and mask decoder.

    `box_as_points`: corners are points labelled 2 and 3, as SAM 2 was trained.
    """

    def __init__(self, prompts: Any, masks: Any, box_as_points: bool = False) -> None:
        self._prompts, self._masks, self._box_as_points = prompts, masks, box_as_points
        self._place: Any = None

    def decode(self, features: Features, ask: DecoderInput, device: Any) -> DecoderOutput:
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
        """Where the token of quality is; one for whether there is anything at all may come before it."""
        return int(getattr(self._masks, "pred_obj_scores", False))

    def _embed(self, ask: DecoderInput, device: Any) -> tuple[Any, Any]:
        import torch

        def tensor(array: np.ndarray | None) -> Any:
            return None if array is None else torch.as_tensor(array, dtype=torch.float32, device=device)

        # The encoder adds half a pixel, to make edge coordinates of a pixel's number.
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
        """(n, tokens, c), and the picture as each prompt sees it: (n, c, h, w)."""
        import torch

        own = [self._masks.iou_token.weight, self._masks.mask_tokens.weight]
        if self._first:
            own.insert(0, self._masks.obj_score_token.weight)
        tokens = torch.cat([torch.cat(own)[None].expand(len(sparse), -1, -1), sparse], 1)
        if len(dense) > 1 and dense.stride(0) == 0:
            dense = dense[:1]  # the same for all prompts: the first layer then sees the picture once
        if self._place is None or self._place.device != coarse.device:
            self._place = self._prompts.get_dense_pe()
        out, seen = self._masks.transformer(coarse + dense, self._place, tokens)
        return out, seen.transpose(1, 2).reshape(len(sparse), *coarse.shape[1:])

    def _draw_masks(self, picture: Any, tokens: Any, wanted: Any, finer: list[Any]) -> Any:
        """(m, h, w): the wanted masks, in the order of `wanted.nonzero()`."""
        import torch

        drawn = [self._sheet(picture[:0], tokens[:0], finer)[wanted[:0]]]
        rows = wanted.any(1).nonzero()[:, 0]
        for some in rows.split(CHUNK):
            drawn.append(self._sheet(picture[some], tokens[some], finer)[wanted[some]])
        return torch.cat(drawn)

    def _sheet(self, picture: Any, tokens: Any, finer: list[Any]) -> Any:
        """(n, levels, h, w): every mask of some prompts."""
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
