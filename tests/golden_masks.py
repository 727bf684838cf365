"""What the server makes of masks and patches, in numbers, for the page to agree with.

`python -m tests.golden_masks` writes tests/js/masks.json anew.
"""

from __future__ import annotations

import base64
import json
from pathlib import Path

import numpy as np

from retouch.image.blend.composite import blend_patch
from retouch.image.mask import Mask

FILE = Path(__file__).parent / "js" / "masks.json"
HEIGHT, WIDTH = 24, 32


def masks() -> dict[str, Mask]:
    """Soft blobs with holes and islands, some cut by the border; dots; a ring, faint too; a full one."""
    noise = np.random.RandomState(7).randint(-100, 101, (HEIGHT, WIDTH))
    near = sum(np.roll(noise, (y, x), (0, 1)) for y in range(-2, 3) for x in range(-2, 3))
    soft = np.clip(near // 2 + 64, 0, 255)
    dots = np.zeros((HEIGHT, WIDTH), np.uint8)
    dots[(5, 12, 13, 23), (0, 20, 21, 31)] = (255, 200, 128, 127)
    ring = np.zeros((HEIGHT, WIDTH), np.uint8)
    ring[3:20, 4:28] = 255
    ring[7:14, 9:20] = 0
    ring[16:18, 22:25] = 0
    ring[0:9, 14:17] = 0
    return {
        "blobs": Mask(soft.astype(np.uint8)),
        "dots": Mask(dots),
        "ring": Mask(ring),
        "faint": Mask(ring // 3 + np.uint8(20) * (ring > 0)),
        "full": Mask(np.full((HEIGHT, WIDTH), 255, np.uint8)),
    }


def shaped(mask: Mask) -> dict[str, Mask]:
    grown = {f"grow {by}": mask.grown(by) for by in (1, 2, 7, -1, -3)}
    feathered = {f"feather {by}": mask.feathered(by) for by in (1, 4, 11)}
    cleaned = {"fillHoles": mask.without_holes(), "dropIslands 5": mask.without_islands(5)}
    return {**grown, **feathered, **cleaned, "invert": mask.inverted()}


def blended() -> dict[str, str]:
    """Every alpha with colours that round up, down, and not at all."""
    chance = np.random.RandomState(11)
    under, over = (chance.randint(0, 256, (8, 64, 3)).astype(np.uint8) for _ in range(2))
    alpha = np.arange(512, dtype=np.uint32).reshape(8, 64) % 256
    mask = Mask(alpha.astype(np.uint8))
    arrays = {"under": under, "over": over, "mask": mask.alpha, "result": blend_patch(under, over, mask)}
    return {name: encoded(array) for name, array in arrays.items()}


def encoded(array: np.ndarray) -> str:
    return base64.b64encode(array.tobytes()).decode()


def golden() -> dict:
    cases = [
        {
            "name": name,
            "mask": encoded(mask.alpha),
            "shaped": {k: encoded(v.alpha) for k, v in shaped(mask).items()},
        }
        for name, mask in masks().items()
    ]
    return {
        "width": WIDTH,
        "height": HEIGHT,
        "cases": cases,
        "blend": {"width": 64, "height": 8, **blended()},
    }


if __name__ == "__main__":
    FILE.write_text(json.dumps(golden(), indent=1) + "\n")
