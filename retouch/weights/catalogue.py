"""The downloadable model files of detectors, with URL and sha256."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Weights:
    """One downloadable file: `size` in bytes, `sha256` in hexadecimal, `labels` the classes it detects."""

    name: str
    url: str
    sha256: str
    size: int
    kind: str
    labels: tuple[str, ...]
    about: str
    licence: str


_ADETAILER = "https://huggingface.co/Bingsu/adetailer/resolve/53cc19de382014514d9d4038601d261a7faa9b7b/"


def _adetailer(name: str, size: int, sha256: str, label: str, about: str) -> Weights:
    return Weights(name, _ADETAILER + name, sha256, size, "yolo", (label,), about, "Apache-2.0")


CATALOGUE: tuple[Weights, ...] = (
    _adetailer(
        "face_yolov8n.pt",
        6230011,
        "70b640f8f60b1cf0dcc72f30caf3da9495eb2fb6509da48c53374ad6806e6a9c",
        "face",
        "Faces, drawn and photographed; small and fast.",
    ),
    _adetailer(
        "face_yolov8s.pt",
        22507707,
        "c7237eff25787377de196961140ceaed324d859ee8de5a775d93d33a0e3fab78",
        "face",
        "Faces, drawn and photographed.",
    ),
    _adetailer(
        "face_yolov8m.pt",
        52026019,
        "717923c19b3f4bbf5250b728f1fa6b2cb72a33aed1d236ea9caf0e21ad943e5f",
        "face",
        "Faces, drawn and photographed; the most accurate of the three.",
    ),
    _adetailer(
        "hand_yolov8n.pt",
        6237883,
        "3991202eb69e9ddcb3b9ba80cdeb41e734ffaf844403d6c9f47d515cd88c6f29",
        "hand",
        "Hands, drawn and photographed.",
    ),
    _adetailer(
        "person_yolov8n-seg.pt",
        6777003,
        "38fc8aaae97cb6e70be4ec44770005b26ed473471362afcda62a0037d7ccf432",
        "person",
        "People with their outlines; small and fast.",
    ),
    _adetailer(
        "person_yolov8s-seg.pt",
        23850731,
        "53c54aec2239355faffc6c5b70d0f3d05042f386f956cbec39cec46ad456f050",
        "person",
        "People with their outlines.",
    ),
)


def entry(name: str) -> Weights | None:
    """The entry of the file `name`, None if there is none."""
    return next((item for item in CATALOGUE if item.name == name), None)
