"""The training of a Sam. Each picture is encoded once and prompted for several objects, twice each.

Kirillov et al., "Segment Anything", 2023, appendix A: clicks and boxes alike, a corrective click with the
logits of the first answer, three masks of which the best one counts, and a head that learns the quality of
each.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch.nn import functional

from tools.tiny_sam.model import LOW, SIDE
from tools.tiny_sam.pool import Batch, Pool
from tools.tiny_sam.prompts import correction, inner_point

PICTURES, THINGS = 8, 6
"""Pictures of a batch, and prompts of each picture. The first half of the prompts are clicks, the rest
boxes."""
CELL = SIDE // LOW
PIXELWISE, WORSE, QUALITY = 5.0, 0.2, 0.5
"""Weights of the focal loss relative to the Dice loss, of the masks other than the best, and of the
quality head."""


class Lesson:
    def __init__(self, pool: Pool) -> None:
        self.pool = pool

    def __call__(self, sam: Any, step: int, rng: np.random.Generator) -> torch.Tensor:
        batch = self.pool.draw(PICTURES, THINGS, rng)
        truths = functional.avg_pool2d(batch.truths, CELL)
        with torch.autocast("cpu", torch.bfloat16):
            seen = sam.image_encoder(batch.pictures).float()
        seen = seen.repeat_interleave(THINGS, 0)
        clicked = torch.arange(len(truths)) % THINGS < THINGS // 2
        logits, quality = decoded(sam, seen, *_first(sam, batch, clicked))
        loss = taught(logits, quality, truths)
        best = chosen(logits, quality).detach()
        sparse, dense = _second(sam, batch, clicked, best, _corrections(best, truths, rng))
        return loss + taught(*decoded(sam, seen, sparse, dense), truths)


def decoded(
    sam: Any, seen: torch.Tensor, sparse: torch.Tensor, dense: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """Logits (N, 4, 64, 64) and predicted qualities (N, 4) of N prompts, each with its own embedding `seen`.

    The package's decoder takes one picture at a time. The picture's embedding is only added to `dense`, so N
    of them can be passed as `dense`.
    """
    with torch.autocast("cpu", torch.bfloat16):
        logits, quality = sam.mask_decoder.predict_masks(
            torch.zeros_like(seen[:1]), sam.prompt_encoder.get_dense_pe(), sparse, seen + dense
        )
    return logits.float(), quality.float()


def chosen(logits: torch.Tensor, quality: torch.Tensor) -> torch.Tensor:
    """(N, 1, 64, 64): the one of the three masks with the best predicted quality."""
    return logits[torch.arange(len(logits)), 1 + quality[:, 1:].argmax(1)][:, None]


def taught(logits: torch.Tensor, quality: torch.Tensor, truths: torch.Tensor) -> torch.Tensor:
    """Loss: the single mask, the best of three, the others with a small weight, and the qualities."""
    wrong = _pixelwise(logits, truths) * PIXELWISE + _overlap(logits, truths)
    masks = wrong[:, 0] + wrong[:, 1:].amin(1) + WORSE * wrong[:, 1:].mean(1)
    with torch.no_grad():
        inside, truth = logits > 0, truths >= 0.5
        iou = (inside & truth).sum((2, 3)) / (inside | truth).sum((2, 3)).clamp_min(1)
    return masks.mean() + QUALITY * functional.mse_loss(quality, iou)


def _pixelwise(logits: torch.Tensor, truths: torch.Tensor) -> torch.Tensor:
    """Focal loss with soft truths: Li et al., "Generalized Focal Loss", 2020, with power 1."""
    entropy = functional.binary_cross_entropy_with_logits(logits, truths.expand_as(logits), reduction="none")
    return (entropy * (logits.sigmoid() - truths).abs()).mean((2, 3))


def _overlap(logits: torch.Tensor, truths: torch.Tensor) -> torch.Tensor:
    """One minus the Dice coefficient."""
    inside = logits.sigmoid()
    both = (inside * truths).sum((2, 3))
    return 1 - (2 * both + 1) / (inside.square().sum((2, 3)) + truths.square().sum((2, 3)) + 1)


def _first(sam: Any, batch: Batch, clicked: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Sparse and dense embeddings of one click or one box for each object. Both are two tokens."""
    prompts = sam.prompt_encoder
    points = batch.clicks[clicked], torch.ones(int(clicked.sum()), 1)
    by_click, none = prompts(points, None, None)
    by_box, _ = prompts(None, batch.boxes[~clicked], None)
    return _merged(clicked, by_click, by_box), none[:1]


def _second(
    sam: Any, batch: Batch, clicked: torch.Tensor, logits: torch.Tensor, corrections: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """Embeddings with the first logits and a corrective click. Both kinds of prompt are three tokens.

    `corrections` (N, 3) are x, y in pixels, and 1 if the pixel belongs to the object, else 0.
    """
    prompts, more = sam.prompt_encoder, corrections[:, None]
    two = torch.cat([batch.clicks, more[..., :2]], 1)[clicked]
    labels = torch.cat([torch.ones(len(more), 1), more[..., 2]], 1)[clicked]
    by_click, _ = prompts((two, labels), None, None)
    by_box, _ = prompts((more[~clicked][..., :2], more[~clicked][..., 2]), batch.boxes[~clicked], None)
    _, dense = prompts(None, None, logits)
    return _merged(clicked, by_click, by_box), dense


def _merged(clicked: torch.Tensor, by_click: torch.Tensor, by_box: torch.Tensor) -> torch.Tensor:
    merged = by_click.new_empty(len(clicked), *by_click.shape[1:])
    merged[clicked], merged[~clicked] = by_click, by_box
    return merged


def _corrections(logits: torch.Tensor, truths: torch.Tensor, rng: np.random.Generator) -> torch.Tensor:
    """Corrective clicks (N, 3): x, y in pixels and 1 or 0.

    A random point of the object if there is no error.
    """
    rows = []
    for mask, truth in zip((logits[:, 0] > 0).numpy(), (truths[:, 0] >= 0.5).numpy(), strict=True):
        x, y, inside = correction(mask, truth) or (*inner_point(truth, rng), True)
        rows.append([*(np.array([x, y]) * CELL + rng.uniform(0.5, CELL - 0.5, 2)), inside])
    return torch.tensor(np.array(rows), dtype=torch.float32)
