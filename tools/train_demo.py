"""Train the demo model: python -m tools.train_demo

Three courses on the photographs of `retouch.samples`: autoencoder, painter, and once more the decoder.
Stop it whenever you like: the same command goes on where it was. The weights and the log of losses go to
models/demo.
"""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

import torch

from retouch.engines.loading import best_device, quiet
from retouch.engines.unshuffle import UnshuffleAutoencoder
from tools.demo_model import autoencoder, painter
from tools.demo_model.export import export
from tools.demo_model.loop import LOG, Course, Run
from tools.demo_model.words import tokenizer

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "models" / "demo"
STATE = ROOT / ".demo-training"
AUTOENCODER = Course("autoencoder", 16_000, 6e-4, 7)
PAINTER = Course("painter", 7_400, 4e-4, 7)
DECODER = Course("decoder", 3_200, 4e-4, 7)


def main() -> None:
    args = _arguments()
    args.state.mkdir(parents=True, exist_ok=True)
    device = args.device or best_device()
    print(f"Training on {device}; the state is kept in {args.state}.")
    vae = _autoencoder(args.state, device)
    pools, factor = painter.pools(vae, device, PAINTER.seed)
    print(f"Latents are scaled by {factor:.6f}.")
    made = _painter(pools, args.state, device)
    vae = _polished(vae, args.state, device)
    with quiet():
        size = export(vae, factor, made, args.out)
    shutil.copyfile(args.state / LOG, args.out / LOG)
    print(f"{args.out}: {size / 1e6:.1f} MB of weights")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Train the demo model.")
    parser.add_argument("--out", type=Path, default=OUT, metavar="DIR", help="default: %(default)s")
    parser.add_argument("--state", type=Path, default=STATE, metavar="DIR", help="default: %(default)s")
    parser.add_argument("--device", default="", help="cuda, mps or cpu; blank for the best")
    return parser.parse_args()


def _autoencoder(state: Path, device: str) -> UnshuffleAutoencoder:
    torch.manual_seed(AUTOENCODER.seed)
    run = Run(AUTOENCODER, UnshuffleAutoencoder(), state, device)
    return run.go(autoencoder.Lesson(device))


def _painter(pools: list[painter.Pool], state: Path, device: str) -> painter.Painter:
    torch.manual_seed(PAINTER.seed)
    run = Run(PAINTER, painter.Painter(), state, device)
    return run.go(painter.Lesson(pools, tokenizer(state / "words"), device))


def _polished(vae: UnshuffleAutoencoder, state: Path, device: str) -> UnshuffleAutoencoder:
    """The same with a better decoder: the latents, and so the painter, stay what they were."""
    lesson = autoencoder.Polish(vae, device)
    vae.decoder.requires_grad_(True)
    vae.decoder = Run(DECODER, vae.decoder, state, device).go(lesson)
    return vae


if __name__ == "__main__":
    main()
