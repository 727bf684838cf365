"""Models of SAM's family, built from their tensors: an encoder for each kind, and one decoder for all.

A. Kirillov and others, Segment Anything, 2023, arXiv:2304.02643; C. Zhang and others, Faster Segment Anything
(MobileSAM), 2023, arXiv:2306.14289; N. Ravi and others, SAM 2, 2024, arXiv:2408.00714. SAM's layers come from
the segment-anything package, the others from ultralytics.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from retouch.errors import Missing, WeightsRefused, convert_errors
from retouch.segmenters import model_file
from retouch.segmenters.sam.architecture import Encoder, Head, Shapes, count, kind_of
from retouch.segmenters.sam.decoder import Decoder, DecoderInput, DecoderOutput, Features
from retouch.weights import import_guard, versions

MEAN, DEVIATION = (123.675, 116.28, 103.53), (58.395, 57.12, 57.375)
"""Mean and standard deviation of RGB levels 0..255 over ImageNet, from the training of all these models."""


@dataclass(frozen=True, eq=False)
class SamNetwork:
    """A model on its device. `side` is that of its square input in pixels; with `stretch` a picture fills all
    of it."""

    module: Any
    decoder: Decoder
    look: Callable[[Any], Features]
    side: int
    device: str
    stretch: bool = False

    def encode(self, image: np.ndarray) -> Features:
        """The features, float32 on the CPU, of (height, width, 3) uint8 RGB of at most `side` pixels a side.

        A GPU computes in half precision, which changes masks by less than a pixel; on a CPU half precision is
        slower.
        """
        import torch

        tensor = torch.from_numpy(image.transpose(2, 0, 1).astype(np.float32)).to(self.device)
        mean, deviation = (torch.tensor(v, device=self.device)[:, None, None] for v in (MEAN, DEVIATION))
        height, width = image.shape[:2]
        padded = torch.nn.functional.pad(
            (tensor - mean) / deviation, (0, self.side - width, 0, self.side - height)
        )
        kind = torch.device(self.device).type
        # torch 2.1 checks the type even if autocast is not enabled
        half = torch.float16 if kind == "cuda" else torch.bfloat16
        with torch.inference_mode(), torch.autocast(kind, half, enabled=kind == "cuda"):
            features = self.look(padded[None])
        return Features(features.coarse.float().cpu(), tuple(part.float().cpu() for part in features.finer))

    def decode(self, features: Features, ask: DecoderInput) -> DecoderOutput:
        """The masks for the prompts `ask` on a picture's features."""
        return self.decoder.decode(features, ask, self.device)


def load(path: Path, device: str) -> SamNetwork:
    """The model in a file, loaded on `device`.

    Raises Missing without the file or its package, and WeightsRefused for a file without such a model.
    """
    weights = model_file.tensors(path)
    kind = kind_of(weights)
    if kind not in BUILDERS:
        raise WeightsRefused(
            f"{path.name} is no model that segments{f' ({kind})' if kind else ''}.",
            hint="SAM, MobileSAM and SAM 2 files do.",
        )
    with convert_errors(lambda cause: _unlike(path, kind, cause)):
        make = BUILDERS[kind](weights)
        make.module.load_state_dict(_weights_of_module(weights, make.module), strict=True, assign=True)
        module = make.module.float().eval().requires_grad_(False).to(device)
    return SamNetwork(
        module, make.decoder(module), partial(make.look, module), make.side, device, make.stretch
    )


def _unlike(path: Path, kind: str, cause: str) -> WeightsRefused:
    library = "segment-anything" if kind == "sam" else "ultralytics"
    return WeightsRefused(
        f"{path.name} is not built like any {kind} of the installed {versions.name(library)} ({cause}).",
        hint=f"Use the published file, or another version of {library}.",
    )


def _weights_of_module(weights: Mapping[str, Any], module: Any) -> dict[str, Any]:
    """The tensors of a file that the model has, without video trackers and statistics of the training."""
    names = set(module.state_dict())
    return {name: value for name, value in weights.items() if name in names}


@dataclass(frozen=True)
class LoadedNetwork:
    """A model without weights, and the functions that run it."""

    module: Any
    decoder: Callable[[Any], Decoder]
    look: Callable[[Any, Any], Features]
    side: int
    stretch: bool = False


def _shapes(weights: Mapping[str, Any]) -> Shapes:
    return {name: tuple(value.shape) for name, value in weights.items()}


def _sam(weights: Mapping[str, Any]) -> LoadedNetwork:
    shapes = _shapes(weights)
    encoder, head = Encoder.of(shapes), Head.of(shapes)
    layers = _layers()
    with _nothing_drawn():
        module = layers.Sam(_vision(layers, encoder), *_heads(layers, encoder, head))
    return LoadedNetwork(module, _sam_decoder, lambda m, x: Features(m.image_encoder(x)), encoder.side)


def _sam_decoder(module: Any) -> Decoder:
    return Decoder(module.prompt_encoder, module.mask_decoder)


def _layers() -> Any:
    try:
        from segment_anything import modeling
    except ImportError as error:
        raise Missing(
            f"this model needs segment-anything ({error}).", hint="pip install segment-anything."
        ) from error
    return modeling


def _nothing_drawn() -> Any:
    """A context in which parameters have no values, for the file's replace them: it saves time and memory."""
    import torch

    return torch.device("meta")


def _vision(layers: Any, encoder: Encoder) -> Any:
    import torch

    return layers.ImageEncoderViT(
        img_size=encoder.side,
        patch_size=encoder.patch,
        embed_dim=encoder.width,
        depth=encoder.depth,
        num_heads=encoder.heads,
        mlp_ratio=encoder.mlp / encoder.width,
        norm_layer=partial(torch.nn.LayerNorm, eps=1e-6),
        use_rel_pos=encoder.relative,
        window_size=encoder.window,
        global_attn_indexes=encoder.whole,
        out_chans=encoder.out,
    )


def _heads(layers: Any, encoder: Encoder, head: Head) -> tuple[Any, Any]:
    grid = encoder.side // encoder.patch
    transformer = layers.TwoWayTransformer(
        depth=head.depth, embedding_dim=head.width, num_heads=8, mlp_dim=head.mlp
    )
    prompts = layers.PromptEncoder(head.width, (grid, grid), (encoder.side, encoder.side), head.mask_channels)
    masks = layers.MaskDecoder(
        transformer_dim=head.width,
        transformer=transformer,
        num_multimask_outputs=head.masks,
        iou_head_depth=head.quality_depth,
        iou_head_hidden_dim=head.quality_width,
    )
    return prompts, masks


def _ultralytics() -> Any:
    try:
        import_guard.import_ultralytics()
        with import_guard.guard_imports(import_guard.OFFLINE):
            from ultralytics.models.sam import build
    except ImportError as error:
        raise Missing(f"this model needs ultralytics ({error}).", hint="pip install ultralytics.") from error
    return build


def _mobile(weights: Mapping[str, Any]) -> LoadedNetwork:
    module = _ultralytics().build_mobile_sam()
    return LoadedNetwork(module, _sam_decoder, lambda m, x: Features(m.image_encoder(x)), 1024)


SAM2_SIZES = {(96, 12): "t", (96, 16): "s", (112, 24): "b", (144, 48): "l"}
"""(width, blocks) of the published models -> suffix of ultralytics' builders."""


def _sam2(weights: Mapping[str, Any]) -> LoadedNetwork:
    shapes = _shapes(weights)
    width = shapes["image_encoder.trunk.patch_embed.proj.weight"][0]
    size = width, count(shapes, "image_encoder.trunk.blocks.")
    if size not in SAM2_SIZES:
        raise ValueError(f"width {size[0]} with {size[1]} blocks; published are {sorted(SAM2_SIZES)}")
    module = getattr(_ultralytics(), f"build_sam2_{SAM2_SIZES[size]}")()
    return LoadedNetwork(module, _sam2_decoder, _sam2_look, 1024, stretch=True)


def _sam2_decoder(module: Any) -> Decoder:
    return Decoder(module.sam_prompt_encoder, module.sam_mask_decoder, box_as_points=True)


def _sam2_look(module: Any, tensor: Any) -> Features:
    """The three finest levels. A still picture has no memory, for which the model has a vector."""
    finest, finer, coarse = module.forward_image(tensor)["backbone_fpn"][-3:]
    return Features(coarse + module.no_mem_embed.reshape(1, -1, 1, 1), (finest, finer))


BUILDERS: dict[str, Callable[[Mapping[str, Any]], LoadedNetwork]] = {
    "sam": _sam,
    "mobile-sam": _mobile,
    "sam2": _sam2,
}
