"""Train the tiny SAM of the segmenter tests: python -m tools.train_tiny_sam

It trains on generated scenes in one course: half an hour on two idle cores. Training can be stopped at any
time; the same command resumes it. The result is a plain state dict in half precision.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch

from tools.demo_model.loop import Course, Run
from tools.tiny_sam.lesson import Lesson
from tools.tiny_sam.model import FILE, save, tiny_sam
from tools.tiny_sam.pool import Pool

ROOT = Path(__file__).resolve().parent.parent
STATE = ROOT / ".tiny-sam-training"
COURSE = Course("tiny-sam", 3400, 8e-4, 7)
SCENES = 6000


def main() -> None:
    args = _arguments()
    args.state.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(args.threads)
    pool = Pool(args.state / "scenes.npy", SCENES)
    torch.manual_seed(COURSE.seed)
    sam = Run(COURSE, tiny_sam(), args.state, "cpu").go(Lesson(pool))
    print(f"{args.out}: {save(sam, args.out) / 1e6:.1f} MB")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Train the tiny SAM.")
    parser.add_argument("--out", type=Path, default=FILE, metavar="FILE", help="default: %(default)s")
    parser.add_argument("--state", type=Path, default=STATE, metavar="DIR", help="default: %(default)s")
    parser.add_argument("--threads", type=int, default=2, help="default: %(default)s")
    return parser.parse_args()


if __name__ == "__main__":
    main()
