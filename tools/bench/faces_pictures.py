"""The pictures of bench `faces`: photographs of installed packages with their faces, and pictures without.

A face reaches from the hairline to the chin and from ear to ear. The boxes were read off the photographs by
eye, not from a detector.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from retouch.image.geometry import Box, Size

GREY = (128, 128, 128)


@dataclass(frozen=True, eq=False)
class Scene:
    """A picture, (height, width, 3) uint8 RGB, and its `faces` in pixels. Faces among `others` are neither
    sought nor false."""

    name: str
    pixels: np.ndarray
    faces: tuple[Box, ...] = ()
    others: tuple[Box, ...] = ()


def photographs() -> list[Scene]:
    """Five photographs with seven faces: frontal, half turned, with sunglasses, and two profiles."""
    from skimage import data

    return [
        Scene("astronaut", data.astronaut(), (Box(178, 58, 274, 178),)),
        Scene(
            "grace hopper", _file("matplotlib", "sample_data/grace_hopper.jpg"), (Box(172, 110, 360, 335),)
        ),
        Scene(
            "zidane",
            _file("ultralytics", "zidane.jpg"),
            (Box(915, 95, 1050, 280), Box(520, 245, 660, 460)),
        ),
        Scene("bus", _file("ultralytics", "bus.jpg"), (Box(104, 418, 159, 472), Box(265, 421, 309, 473))),
        Scene("cameraman", _rgb(data.camera()), (Box(180, 126, 255, 198),)),
    ]


def _file(package: str, name: str) -> np.ndarray:
    import gradio
    import matplotlib
    import ultralytics

    folders = {
        "gradio": Path(str(gradio.__file__)).parent / "test_data",
        "matplotlib": Path(matplotlib.get_data_path()),
        "ultralytics": Path(str(ultralytics.__file__)).parent / "assets",
    }
    return np.asarray(Image.open(folders[package] / name).convert("RGB"))


def _rgb(pixels: np.ndarray) -> np.ndarray:
    """(height, width, 3) uint8 RGB of a picture of scikit-image: grey, RGBA, or black and white."""
    levels = pixels.astype(np.uint8) * 255 if pixels.dtype == bool else pixels
    return np.asarray(Image.fromarray(levels).convert("RGB"))


def turned(scene: Scene, degrees: float) -> Scene:
    """The whole picture rotated clockwise; the corners are grey. A face is the ellipse in its box."""
    height, width = scene.pixels.shape[:2]
    across, down = abs(math.cos(math.radians(degrees))), abs(math.sin(math.radians(degrees)))
    size = (round(width * across + height * down), round(width * down + height * across))
    onto = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), -degrees, 1)
    onto[:, 2] += ((size[0] - width) / 2, (size[1] - height) / 2)
    pixels = cv2.warpAffine(scene.pixels, onto, size, flags=cv2.INTER_LINEAR, borderValue=GREY)
    boxes = tuple(_turned_box(box, onto) for box in scene.faces)
    return Scene(f"{scene.name} at {degrees:g}", pixels, boxes)


def _turned_box(box: Box, onto: np.ndarray) -> Box:
    """The box of the ellipse in `box` after the rotation `onto`, (2, 3)."""
    x, y = onto @ (*box.center, 1)
    across, down = np.hypot(onto[:, 0] * box.width / 2, onto[:, 1] * box.height / 2)
    return Box.covering(x - across, y - down, x + across, y + down)


def scaled(scene: Scene, side: int) -> list[Scene]:
    """For each face the picture at the size at which this face is `side` pixels wide."""
    return [_scaled_to(scene, face, side) for face in scene.faces]


def _scaled_to(scene: Scene, face: Box, side: int) -> Scene:
    scale = side / face.width
    size = (round(scene.pixels.shape[1] * scale), round(scene.pixels.shape[0] * scale))
    boxes = {box: _scaled_box(box, scale) for box in scene.faces}
    others = tuple(boxes[box] for box in scene.faces if box != face)
    pixels = cv2.resize(scene.pixels, size, interpolation=cv2.INTER_AREA)
    return Scene(f"{scene.name}, a face of {side}", pixels, (boxes[face],), others)


def _scaled_box(box: Box, scale: float) -> Box:
    return Box(*(round(place * scale) for place in box))


def group(scenes: Sequence[Scene], columns: int, rows: int, cell: int) -> Scene:
    """A grid of portraits of all faces in turn, each `cell` pixels wide, every second one mirrored."""
    portraits = [_portrait(scene, face, cell) for scene in scenes for face in scene.faces]
    pixels, boxes = np.zeros((rows * cell, columns * cell, 3), np.uint8), []
    for number in range(columns * rows):
        portrait = portraits[number % len(portraits)]
        portrait = _mirrored(portrait) if number % 2 else portrait
        left, top = number % columns * cell, number // columns * cell
        pixels[top : top + cell, left : left + cell] = portrait.pixels
        boxes.append(portrait.faces[0].shifted(left, top))
    return Scene(f"group of {columns * rows}", pixels, tuple(boxes))


def _portrait(scene: Scene, face: Box, cell: int) -> Scene:
    """The square of 2.5 times the face's longer side around it, `cell` pixels wide."""
    side = round(2.5 * max(face.size))
    canvas = Size(scene.pixels.shape[1], scene.pixels.shape[0])
    window = Box.around(face.center, Size(side, side)).inside(canvas)
    scale = cell / min(window.size)
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    pixels = cv2.resize(scene.pixels[window.slices], (cell, cell), interpolation=how)
    return replace(scene, pixels=pixels, faces=(_scaled_box(face.relative_to(window), scale),))


def _mirrored(scene: Scene) -> Scene:
    width = scene.pixels.shape[1]
    boxes = tuple(Box(width - box.right, box.top, width - box.left, box.bottom) for box in scene.faces)
    return replace(scene, pixels=scene.pixels[:, ::-1], faces=boxes)


def faces_in_the_wild() -> Scene:
    """The 100 faces of scikit-image's subset of LFW, crops of 25x25 enlarged four times, on a grey sheet.

    A crop counts as the face's box. The subset's pictures without a face are not used: some show half of one.
    """
    from skimage import data

    crops = np.rint(data.lfw_subset()[:100] * 255).astype(np.uint8)
    sheet, boxes = np.full((1275, 1275, 3), GREY, np.uint8), []
    for number, crop in enumerate(crops):
        box = Box(0, 0, 100, 100).shifted(25 + number % 10 * 125, 25 + number // 10 * 125)
        sheet[box.slices] = cv2.resize(crop, (100, 100), interpolation=cv2.INTER_CUBIC)[..., None]
        boxes.append(box)
    return Scene("LFW", sheet, tuple(boxes))


FACELESS = (
    "brick",
    "cell",
    "chelsea",
    "clock",
    "coffee",
    "coins",
    "colorwheel",
    "grass",
    "gravel",
    "horse",
    "hubble_deep_field",
    "immunohistochemistry",
    "logo",
    "microaneurysms",
    "moon",
    "page",
    "retina",
    "rocket",
    "text",
)
"""Pictures of scikit-image without a face."""


def without_faces() -> list[Scene]:
    """24 pictures without a human face: photographs, animals, textures, pages and micrographs."""
    from skimage import data
    from sklearn.datasets import load_sample_image

    found: dict[str, Callable[[], np.ndarray]] = {name: getattr(data, name) for name in FACELESS}
    scenes = [Scene(name, _rgb(load())) for name, load in found.items()]
    scenes.append(Scene("motorcycle", _rgb(data.stereo_motorcycle()[0])))
    scenes += [Scene(name, load_sample_image(name)) for name in ("china.jpg", "flower.jpg")]
    return [*scenes, *(Scene(name, _file("gradio", name)) for name in ("lion.jpg", "cheetah1.jpg"))]
