"""Write models/mtcnn/mtcnn.safetensors from the wheel of facenet-pytorch 2.6.0.

`python -m tools.mtcnn_weights WHEEL`. Every value is that of the wheel, in float32. Only the layout changes:
a fully connected layer becomes the convolution over its whole input, so that all layers are convolutions.
"""

import argparse
import hashlib
import io
import zipfile
from pathlib import Path

WHEEL_SHA256 = "ecb82b27beb226d106f2219efe8f829b01b87a8595badd01545679bdb9f19cca"
OUT = Path(__file__).parent.parent / "models" / "mtcnn" / "mtcnn.safetensors"
LAYERS = {
    "pnet": {"conv1": "conv1", "conv2": "conv2", "conv3": "conv3", "conv4_1": "face", "conv4_2": "box"},
    "rnet": {
        "conv1": "conv1",
        "conv2": "conv2",
        "conv3": "conv3",
        "dense4": "dense",
        "dense5_1": "face",
        "dense5_2": "box",
    },
    "onet": {
        "conv1": "conv1",
        "conv2": "conv2",
        "conv3": "conv3",
        "conv4": "conv4",
        "dense5": "dense",
        "dense6_1": "face",
        "dense6_2": "box",
        "dense6_3": "points",
    },
}
"""For each network: the name of a layer in the wheel, and in the file."""
NAMES = {"pnet": "proposal", "rnet": "refinement", "onet": "output"}
METADATA = {
    "source": "facenet-pytorch 2.6.0, MIT, Copyright (c) 2019 Timothy Esler",
    "wheel_sha256": WHEEL_SHA256,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("wheel", type=Path, help="facenet_pytorch-2.6.0-py3-none-any.whl")
    wheel = parser.parse_args().wheel
    if hashlib.sha256(wheel.read_bytes()).hexdigest() != WHEEL_SHA256:
        parser.error(f"{wheel.name} is not the wheel of facenet-pytorch 2.6.0 on PyPI: its sha256 differs.")
    write(wheel, OUT)
    print(OUT.stat().st_size, "bytes, sha256", hashlib.sha256(OUT.read_bytes()).hexdigest())


def write(wheel: Path, out: Path) -> None:
    from safetensors.torch import save_file

    tensors = {}
    for net, layers in LAYERS.items():
        state = read_state(wheel, net)
        for theirs, ours in layers.items():
            tensors.update(converted(state, theirs, f"{NAMES[net]}.{ours}"))
    out.parent.mkdir(parents=True, exist_ok=True)
    save_file(tensors, out, METADATA)


def read_state(wheel: Path, net: str):
    """The state dict of one network. Only tensors are read; nothing in the file is run."""
    import torch

    with zipfile.ZipFile(wheel) as archive:
        data = archive.read(f"facenet_pytorch/data/{net}.pt")
    return torch.load(io.BytesIO(data), map_location="cpu", weights_only=True)


def converted(state, theirs: str, ours: str):
    """The tensors of one layer by their new names: kernel, bias, and slopes if it has a PReLU."""
    tensors = {
        f"{ours}.weight": as_kernel(state[f"{theirs}.weight"]).contiguous(),
        f"{ours}.bias": state[f"{theirs}.bias"],
    }
    slopes = state.get(theirs.replace("conv", "prelu").replace("dense", "prelu") + ".weight")
    return tensors if slopes is None else {**tensors, f"{ours}.slope": slopes}


def as_kernel(weight):
    """A convolution's kernel (out, in, height, width) from that of any layer.

    A dense layer of the wheel takes a vector, or a map of 3x3 whose slowest index is the column and whose
    fastest index is the channel.
    """
    if weight.ndim == 4:
        return weight
    if weight.shape[1] % 9 == 0:
        return weight.reshape(len(weight), 3, 3, -1).permute(0, 3, 2, 1)
    return weight.reshape(*weight.shape, 1, 1)


if __name__ == "__main__":
    main()
