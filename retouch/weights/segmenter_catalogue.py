"""The downloadable model files of segmenters. models/README.md gives the source of sizes and hashes."""

from __future__ import annotations

from retouch.weights.catalogue import Weights

_META = "https://dl.fbaipublicfiles.com/"


def _meta(path: str, size: int, sha256: str, kind: str, about: str) -> Weights:
    name = path.rpartition("/")[2]
    return Weights(name, _META + path, sha256, size, kind, (), about, "Apache-2.0")


CATALOGUE: tuple[Weights, ...] = (
    _meta(
        "segment_anything/sam_vit_b_01ec64.pth",
        375042383,
        "ec2df62732614e57411cdcf32a23ffdf28910380d03139ee0f4fcbe91eb8c912",
        "sam",
        "Segment Anything, the smallest of three.",
    ),
    _meta(
        "segment_anything/sam_vit_l_0b3195.pth",
        1249524607,
        "3adcc4315b642a4d2101128f611684e8734c41232a17c648ed1693702a49a622",
        "sam",
        "Segment Anything, the middle one.",
    ),
    _meta(
        "segment_anything/sam_vit_h_4b8939.pth",
        2564550879,
        "a7bf3b02f3ebf1267aba913ff637d9a2d5c33d3173bb679e46d9f338c26f262e",
        "sam",
        "Segment Anything, the largest.",
    ),
    _meta(
        "segment_anything_2/092824/sam2.1_hiera_tiny.pt",
        156008466,
        "7402e0d864fa82708a20fbd15bc84245c2f26dff0eb43a4b5b93452deb34be69",
        "sam2",
        "SAM 2.1, the fastest; by ultralytics.",
    ),
    _meta(
        "segment_anything_2/092824/sam2.1_hiera_small.pt",
        184416285,
        "6d1aa6f30de5c92224f8172114de081d104bbd23dd9dc5c58996f0cad5dc4d38",
        "sam2",
        "SAM 2.1, small; by ultralytics.",
    ),
    _meta(
        "segment_anything_2/092824/sam2.1_hiera_base_plus.pt",
        323606802,
        "a2345aede8715ab1d5d31b4a509fb160c5a4af1970f199d9054ccfb746c004c5",
        "sam2",
        "SAM 2.1, the middle one; by ultralytics.",
    ),
    _meta(
        "segment_anything_2/092824/sam2.1_hiera_large.pt",
        898083611,
        "2647878d5dfa5098f2f8649825738a9345572bae2d4350a2468587ece47dd318",
        "sam2",
        "SAM 2.1, the most accurate; by ultralytics.",
    ),
)


def entry(name: str) -> Weights | None:
    """The entry of the file `name`, None if there is none."""
    return next((item for item in CATALOGUE if item.name == name), None)
