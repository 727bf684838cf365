"""Train the very small YOLO-seg model that the tests detect with: python tools/train_test_yolo.py

It finds bright discs and squares on dull, noisy ground. Some minutes on a CPU; the result is a whole
ultralytics checkpoint, saved as ultralytics saves them: half precision, model and training arguments.
"""

import argparse
from copy import deepcopy
from pathlib import Path

import cv2
import numpy as np
import torch
from ultralytics.cfg import get_cfg
from ultralytics.nn.tasks import SegmentationModel
from ultralytics.utils import DEFAULT_CFG, DEFAULT_CFG_DICT

OUT = Path(__file__).resolve().parent.parent / "tests" / "data" / "shapes-seg.pt"
NAMES = {0: "disc", 1: "square"}
SIDE = 160
ARCHITECTURE = {
    "nc": len(NAMES),
    "scales": {"n": [0.33, 0.0625, 1024]},
    "scale": "n",
    "backbone": [
        [-1, 1, "Conv", [64, 3, 2]],
        [-1, 1, "Conv", [128, 3, 2]],
        [-1, 3, "C2f", [128, True]],
        [-1, 1, "Conv", [256, 3, 2]],
        [-1, 6, "C2f", [256, True]],
        [-1, 1, "Conv", [512, 3, 2]],
        [-1, 6, "C2f", [512, True]],
        [-1, 1, "Conv", [1024, 3, 2]],
        [-1, 1, "SPPF", [1024, 5]],
    ],
    "head": [
        [-1, 1, "nn.Upsample", [None, 2, "nearest"]],
        [[-1, 6], 1, "Concat", [1]],
        [-1, 3, "C2f", [512]],
        [-1, 1, "nn.Upsample", [None, 2, "nearest"]],
        [[-1, 4], 1, "Concat", [1]],
        [-1, 3, "C2f", [256]],
        [[14, 11, 8], 1, "Segment", ["nc", 32, 256]],
    ],
}


def ground(rng: np.random.Generator) -> np.ndarray:
    """A ground of dull colours that change slowly, with grain and a few dull shapes."""
    grid = rng.integers(40, 200, (rng.integers(2, 9), rng.integers(2, 9), 1)) + rng.integers(-25, 25, 3)
    picture = cv2.resize(grid.clip(0, 255).astype(np.uint8), (SIDE, SIDE), interpolation=cv2.INTER_CUBIC)
    for _ in range(rng.integers(0, 8)):
        points = rng.integers(0, SIDE, (rng.integers(2, 6), 2)).astype(np.int32)
        grey = int(rng.integers(20, 230))
        colour = tuple(int(v) for v in np.clip(grey + rng.integers(-30, 30, 3), 0, 255))
        cv2.polylines(picture, [points], bool(rng.integers(2)), colour, int(rng.integers(1, 6)))
    return (picture + rng.normal(0, rng.uniform(1, 14), picture.shape)).clip(0, 255).astype(np.uint8)


def bright(rng: np.random.Generator) -> tuple:
    """A random saturated colour."""
    hue = np.uint8([[[rng.integers(0, 180), rng.integers(200, 256), rng.integers(180, 256)]]])
    return tuple(int(v) for v in cv2.cvtColor(hue, cv2.COLOR_HSV2RGB)[0, 0])


def scene(rng: np.random.Generator) -> tuple:
    """(picture, boxes as centre and size 0..1, classes, overlapping-index mask a quarter the size)."""
    picture, owner = ground(rng), np.zeros((SIDE, SIDE), np.uint8)
    boxes, classes = [], []
    for _ in range(rng.integers(0, 6)):
        half = round(np.exp(rng.uniform(np.log(5), np.log(55))))
        x, y = (int(v) for v in rng.integers(half + 1, SIDE - half, 2))
        kind = int(rng.integers(2))
        area = (slice(max(y - half - 3, 0), y + half + 3), slice(max(x - half - 3, 0), x + half + 3))
        if owner[area].any():
            continue
        classes.append(kind)
        boxes.append([x / SIDE, y / SIDE, (2 * half + 1) / SIDE, (2 * half + 1) / SIDE])
        for canvas, colour in ((picture, bright(rng)), (owner, (len(classes),))):
            if kind == 0:
                cv2.circle(canvas, (x, y), half, colour, -1)
            else:
                cv2.rectangle(canvas, (x - half, y - half), (x + half, y + half), colour, -1)
    return picture, boxes, classes, owner[2::4, 2::4]


def batch_of(rng: np.random.Generator, size: int) -> dict:
    """A batch of `size` scenes for the loss of ultralytics: "img" (size, 3, H, W) 0..1, and targets."""
    scenes = [scene(rng) for _ in range(size)]
    pictures = np.stack([s[0] for s in scenes]).transpose(0, 3, 1, 2)
    index = [np.full(len(s[1]), i) for i, s in enumerate(scenes)]
    boxes = np.array([box for s in scenes for box in s[1]], np.float32).reshape(-1, 4)
    return {
        "img": torch.from_numpy(pictures.copy()).float() / 255,
        "batch_idx": torch.from_numpy(np.concatenate(index)).float(),
        "cls": torch.tensor([[float(c)] for s in scenes for c in s[2]]).reshape(-1, 1),
        "bboxes": torch.from_numpy(boxes),
        "masks": torch.from_numpy(np.stack([s[3] for s in scenes])).float(),
    }


def train(steps: int, size: int, seed: int) -> SegmentationModel:
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    model = SegmentationModel(deepcopy(ARCHITECTURE), ch=3, nc=len(NAMES), verbose=False)
    model.args, model.names = get_cfg(DEFAULT_CFG), NAMES
    optimizer = torch.optim.AdamW(model.parameters(), lr=4e-3, weight_decay=1e-4)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 4e-3, total_steps=steps)
    for step in range(steps):
        loss = model.loss(batch_of(rng, size))[0].sum() / size
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 10)
        optimizer.step()
        schedule.step()
        if step % 50 == 0:
            print(f"step {step}: loss {loss.item():.3f}", flush=True)
    return model


def save(model: SegmentationModel, path: Path) -> None:
    arguments = {**DEFAULT_CFG_DICT, "task": "segment", "imgsz": SIDE}
    model.args, model.criterion, model.task = arguments, None, "segment"
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.save({"model": model.eval().half(), "ema": None, "train_args": arguments}, path)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=900)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--out", type=Path, default=OUT)
    args = parser.parse_args()
    save(train(args.steps, args.batch, args.seed), args.out)
    print(f"{args.out.name}: {args.out.stat().st_size} bytes")


if __name__ == "__main__":
    main()
