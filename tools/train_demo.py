"""Train the demo model: python -m tools.train_demo

Five courses on the photographs of `retouch.app.sample_photos`: the autoencoder, the painter, the decoder
again, and the painter twice more, on made-up continuations beyond the photographs and on leaning faces.
Training can be stopped at any time; the same command resumes it. The weights and the log of losses are
written to models/demo. With --further only the last two courses run, from the weights in that folder.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch

from retouch.engines.loading import Loader, best_device, quiet
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
FURTHER = Course("further", 4_200, 2.5e-4, 8)
LAST = Course("last", 1_500, 2e-4, 9)


def main() -> None:
    args = _arguments()
    args.state.mkdir(parents=True, exist_ok=True)
    device = args.device or best_device()
    print(f"Training on {device}; the state is kept in {args.state}.")
    vae, factor, made = _loaded(args.out) if args.further else _taught(args.state, device)
    made = _further(vae, factor, made, args.state, device)
    with quiet():
        size = export(vae, factor, made, args.out)
    log = args.out / LOG
    log.write_text(_joined(log.read_text() if args.further else "", (args.state / LOG).read_text()))
    print(f"{args.out}: {size / 1e6:.1f} MB of weights")


def _joined(before: str, now: str) -> str:
    """One log of losses: the rows of `before`, with the courses that are in `now` replaced."""
    head, *new = now.splitlines(keepends=True)
    gone_through = {row.split(",")[0] for row in (head, *new)}
    kept = [row for row in before.splitlines(keepends=True) if row.split(",")[0] not in gone_through]
    return "".join([head, *kept, *new])


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Train the demo model.")
    parser.add_argument("--out", type=Path, default=OUT, metavar="DIR", help="default: %(default)s")
    parser.add_argument("--state", type=Path, default=STATE, metavar="DIR", help="default: %(default)s")
    parser.add_argument("--further", action="store_true", help="go on from the weights in --out")
    parser.add_argument("--device", default="", help="cuda, mps or cpu; blank for the best")
    return parser.parse_args()


def _taught(state: Path, device: str) -> tuple[UnshuffleAutoencoder, float, painter.Painter]:
    """(autoencoder, scale factor of its latents, painter), all trained from random weights."""
    vae = _autoencoder(state, device)
    pools, factor = painter.pools(vae, device, PAINTER.seed)
    print(f"Latents are scaled by {factor:.6f}.")
    made = _painter(pools, state, device)
    return _polished(vae, state, device), factor, made


def _loaded(folder: Path) -> tuple[UnshuffleAutoencoder, float, painter.Painter]:
    """(autoencoder, scale factor of its latents, painter) as saved in `folder`."""
    pipe = Loader("cpu", offline=True).pipeline(str(folder))
    vae, made = UnshuffleAutoencoder(), painter.Painter()
    for part, kept in ((vae, pipe.vae), (made.unet, pipe.unet), (made.text, pipe.text_encoder)):
        part.load_state_dict(kept.float().state_dict())
    return vae.requires_grad_(False).eval(), float(pipe.vae.config.scaling_factor), made


def _autoencoder(state: Path, device: str) -> UnshuffleAutoencoder:
    torch.manual_seed(AUTOENCODER.seed)
    run = Run(AUTOENCODER, UnshuffleAutoencoder(), state, device)
    return run.go(autoencoder.Lesson(device))


def _painter(pools: list[painter.Pool], state: Path, device: str) -> painter.Painter:
    torch.manual_seed(PAINTER.seed)
    run = Run(PAINTER, painter.Painter(), state, device)
    return run.go(painter.Lesson(pools, tokenizer(state / "words"), device))


def _polished(vae: UnshuffleAutoencoder, state: Path, device: str) -> UnshuffleAutoencoder:
    """The autoencoder with a better decoder. The latents do not change, so the painter stays valid."""
    lesson = autoencoder.Polish(vae, device)
    vae.decoder.requires_grad_(True)
    vae.decoder = Run(DECODER, vae.decoder, state, device).go(lesson)
    return vae


def _further(
    vae: UnshuffleAutoencoder, factor: float, made: painter.Painter, state: Path, device: str
) -> painter.Painter:
    pools, _ = painter.pools(vae.to(device), device, FURTHER.seed, factor)
    words = tokenizer(state / "words")
    for part, course in ((2, FURTHER), (3, LAST)):
        made = Run(course, made, state, device).go(painter.Lesson(pools, words, device, part))
        made.requires_grad_(True)
    return made


if __name__ == "__main__":
    main()
