"""The photographs of the demo, of its training and of the benches.

They come with scikit-image and scikit-learn. None of them is copied into this project.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PIL import Image

from retouch.image.geometry import Box, Size
from retouch.image.picture import Picture


@dataclass(frozen=True)
class Sample:
    """A photograph, its licence and origin, and the words that the demo model was trained with.

    `prompt` describes the whole photograph. `words` name its parts and its mood. `load` returns (height,
    width, 3) uint8.
    """

    name: str
    prompt: str
    words: tuple[str, ...]
    licence: str
    load: Callable[[], np.ndarray]

    @functools.cached_property
    def picture(self) -> Picture:
        """The photograph at its original size."""
        return Picture(np.asarray(self.load()))

    def scaled(self, short_side: int) -> Picture:
        """The photograph scaled to a short side of `short_side` pixels."""
        return resize(self.picture, short_side / min(self.picture.size))


def resize(picture: Picture, factor: float) -> Picture:
    """The picture scaled by `factor` with Lanczos, as everywhere in Retouch."""
    size = Size(*(round(side * factor) for side in picture.size))
    return Picture(np.asarray(Image.fromarray(picture.pixels).resize(size, Image.Resampling.LANCZOS)))


def _skimage(name: str) -> Callable[[], np.ndarray]:
    def load() -> np.ndarray:
        from skimage import data

        found = getattr(data, name)()
        return found[0] if isinstance(found, tuple) else found  # a stereo pair: the left one

    return load


def _sklearn(name: str) -> Callable[[], np.ndarray]:
    def load() -> np.ndarray:
        from sklearn.datasets import load_sample_image

        return load_sample_image(name)

    return load


SAMPLES = (
    Sample(
        "astronaut",
        "an astronaut",
        ("astronaut", "portrait", "woman", "smile", "spacesuit", "flag", "shuttle"),
        "Eileen Collins by NASA; public domain",
        _skimage("astronaut"),
    ),
    Sample(
        "coffee",
        "a cup of coffee",
        ("coffee", "cup", "spoon", "saucer", "table", "drink"),
        "Pikolo Espresso Bar by Rachel Michetti; CC0",
        _skimage("coffee"),
    ),
    Sample(
        "chelsea",
        "a cat",
        ("cat", "tabby", "fur", "whiskers", "kitten"),
        "Chelsea the cat by Stefan van der Walt; CC0",
        _skimage("chelsea"),
    ),
    Sample(
        "rocket",
        "a rocket",
        ("rocket", "launch", "night", "fire", "tower"),
        "DSCOVR on Falcon 9 by SpaceX; CC0",
        _skimage("rocket"),
    ),
    Sample(
        "motorcycle",
        "a motorcycle",
        ("motorcycle", "motorbike", "garage", "wheel", "engine"),
        "Middlebury Stereo Datasets 2014 by D. Scharstein and others; CC0",
        _skimage("stereo_motorcycle"),
    ),
    Sample(
        "china",
        "a chinese temple",
        ("temple", "pavilion", "china", "chinese", "palace", "roof"),
        "Summer Palace by Daniel Buechele; CC BY 2.0",
        _sklearn("china.jpg"),
    ),
    Sample(
        "flower",
        "a flower",
        ("flower", "dahlia", "petals", "blossom", "garden"),
        "Dahlia by vultilion; CC BY 2.0",
        _sklearn("flower.jpg"),
    ),
)

FACE = Box(150, 20, 300, 240)
"""Box of the astronaut's face with hair and chin, in pixels of the original size."""
FACE_WORDS = ("face", "woman", "astronaut", "smile", "portrait", "eyes")


def sample(name: str) -> Sample:
    """The sample of that name. Raises StopIteration for an unknown name."""
    return next(choice for choice in SAMPLES if choice.name == name)
