"""Load a pipeline by name: model folders, devices and dtypes."""

from __future__ import annotations

import contextlib
import dataclasses
import re
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from retouch.engines.model_families import FAMILIES, of_checkpoint
from retouch.errors import BadInput, Missing, WeightsRefused, convert_errors, did_you_mean
from retouch.weights import model_folders

DTYPES = ("float32", "float16", "bfloat16")


@dataclass(frozen=True)
class Folders:
    """Folders of the models that settings and prompts may name. None: no such model may be named.

    A request names a model by its file name or folder name. It cannot name a path or cause a download.
    """

    checkpoints: Path | None = None
    vaes: Path | None = None
    loras: Path | None = None
    embeddings: Path | None = None
    """Textual inversions. They are not loaded: a remark says that their names are read as plain words."""


def catalogue(folder: Path | None) -> dict[str, Path]:
    """The models of a folder by name: .safetensors files at any depth, and diffusers folders directly in it.

    The name of a file has no extension. A file replaces a folder of the same name, because that folder may
    contain only the file's config.
    """
    if folder is None or not folder.is_dir():
        return {}
    saved = {p.parent for name in ("model_index.json", "config.json") for p in folder.glob(f"*/{name}")}
    files = [p for p in model_folders.model_files(folder, (".safetensors",)) if saved.isdisjoint(p.parents)]
    return {**{p.name: p for p in saved}, **{p.stem: p for p in files}}


def embedding_names(folder: Path | None) -> list[str]:
    """Sorted names of the textual inversions below `folder`, at any depth."""
    if folder is None or not folder.is_dir():
        return []
    return sorted({p.stem for p in folder.rglob("*") if p.suffix in (".pt", ".bin", ".safetensors")})


def find(name: str, folder: Path | None, kind: str) -> Path:
    """The path of the model `name`, which may have its extension. Raises Missing with a similar name."""
    known = catalogue(folder)
    path = known.get(name) or known.get(name.removesuffix(".safetensors"))
    if path is None:
        where = f"in {folder}" if folder else "here: the engine has no folder for them"
        raise Missing(f"There is no {kind} {name!r} {where}.", path=kind, hint=did_you_mean(name, known))
    return path


def locate_model(name: str, folder: Path | None, offline: bool = False) -> str:
    """The path of a model, or its name on the hub. Nothing is loaded or downloaded.

    `name` is a diffusers folder, a .safetensors file, a model in `folder`, or `owner/name` on the hub. If
    offline, only names in the hub's cache are known. Raises Missing with a similar name.
    """
    path, known = Path(name).expanduser(), catalogue(folder)
    if path.is_file() or (path / "model_index.json").is_file():
        return str(path)
    if found := known.get(name.removesuffix(".safetensors")):
        return str(found)
    if path.is_dir():
        raise _unknown(name, "is a folder without model_index.json", known)
    if not _HUB_NAME.fullmatch(name) or (path.parent.is_dir() and not _is_cached(name)):
        beside = catalogue(path.parent) if path.name != name else {}
        raise _unknown(name, "does not exist", [*known, *map(str, beside.values())])
    if offline and not _is_cached(name):
        raise _unknown(name, "is not in the hub's cache, and the network is switched off", known)
    return name


_HUB_NAME = re.compile(r"[\w-][\w.-]*/[\w.-]*(?<!\.safetensors)(?<!\.ckpt)")


def _unknown(name: str, fault: str, known: Iterable[str]) -> Missing:
    hint = f"{_HINT} {did_you_mean(name, known)}"
    return Missing(f"The model {name!r} {fault}.", path="model", hint=hint)


def _is_cached(name: str) -> bool:
    from huggingface_hub import try_to_load_from_cache

    return isinstance(try_to_load_from_cache(name, "model_index.json"), str)


def best_device() -> str:
    """The first available device of "cuda", "mps" and "cpu"."""
    import torch

    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"


def best_dtype(device: str, pipeline: str) -> str:
    """The dtype for a pipeline class: half precision where it is fast and safe.

    SD3 and FLUX were trained in bfloat16 and overflow float16. On a Mac, SD 1.x and 2.x fit into memory in
    float32, and float16 sometimes gives black pictures. A CPU is not faster in half precision.
    """
    kind = device.split(":")[0]
    if kind == "cuda":
        return "bfloat16" if FAMILIES[pipeline].flow else "float16"
    small = pipeline == "StableDiffusionInpaintPipeline"
    return "float16" if kind == "mps" and not small else "float32"


@dataclass(frozen=True)
class Loader:
    """Loads models. A blank `dtype` is chosen by device and model. Raises BadInput for an unknown `dtype`."""

    device: str = ""
    dtype: str = ""
    offline: bool = False

    def __post_init__(self) -> None:
        if self.dtype and self.dtype not in DTYPES:
            raise BadInput(
                f"{self.dtype!r} is not a dtype.", path="dtype", hint=did_you_mean(self.dtype, DTYPES)
            )

    def resolved(self) -> Loader:
        """A loader with the best available device if `device` is blank."""
        return dataclasses.replace(self, device=self.device or best_device())

    def pipeline(self, model: str) -> Any:
        """The pipeline of a diffusers folder, a .safetensors file or a name on the hub, on the device.

        A file needs the config of its family. It is read from the folder with the file's name in the same
        folder, else from the hub. Raises Missing, BadInput or WeightsRefused with the reason.
        """
        path = Path(model)
        with convert_errors(lambda cause: _damage_error(model, cause)), quiet():
            try:
                pipe = self._file(path) if path.is_file() else self._folder(model)
            except OSError as error:  # raised by the hub, transformers and diffusers for a missing file
                raise Missing(
                    f"The model {model!r} could not be loaded ({_brief(error)}).", path="model", hint=_HINT
                ) from error
            return pipe.to(self.device, silence_dtype_warnings=True)

    def _folder(self, model: str) -> Any:
        cls = library().DiffusionPipeline
        index = cls.load_config(model, local_files_only=self.offline)
        made_by = str(index["_class_name"])
        unchecked = {"safety_checker": None, "requires_safety_checker": False}
        return cls.from_pretrained(
            model,
            torch_dtype=self._torch_dtype(inpainting_name(made_by)),
            local_files_only=self.offline,
            use_safetensors=True,
            **(unchecked if "safety_checker" in index else {}),
        )

    def _file(self, path: Path) -> Any:
        name = of_checkpoint(_shapes(path))
        beside = path.with_suffix("")
        if self.offline and not beside.is_dir():
            raise Missing(
                f"{path.name} needs its model's config files.", path="model", hint=f"Put them in {beside}."
            )
        options = {"config": str(beside)} if beside.is_dir() else {}
        return getattr(library(), name).from_single_file(
            str(path), torch_dtype=self._torch_dtype(name), **options
        )

    def _torch_dtype(self, pipeline: str) -> Any:
        import torch

        return getattr(torch, self.dtype or best_dtype(self.device, pipeline))

    def vae(self, path: Path, like: Any) -> Any:
        """The autoencoder at `path`, a file or a folder, on the device and in the dtype of `like`.

        A file is read with the config of `like`. Raises WeightsRefused if the weights do not fit it.
        """
        with convert_errors(lambda cause: _no_vae(path, cause)), quiet():
            return _read_vae(path, like).to(like.device)


def _damage_error(model: str, cause: str) -> WeightsRefused:
    hint = "Download or convert it again, or update diffusers."
    return WeightsRefused(f"{model} could not be read ({cause}).", path="model", hint=hint)


def _no_vae(path: Path, cause: str) -> WeightsRefused:
    fault = f"{path.name} is not an autoencoder of this model ({cause})."
    return WeightsRefused(fault, path="vae", hint="Use one made for the model's family.")


def _read_vae(path: Path, like: Any) -> Any:
    cls = library().AutoencoderKL
    if path.is_dir():
        return cls.from_pretrained(
            str(path), torch_dtype=like.dtype, local_files_only=True, use_safetensors=True
        )
    with tempfile.TemporaryDirectory() as config:
        like.save_config(config)
        return cls.from_single_file(str(path), config=config, torch_dtype=like.dtype)


_HINT = "Give a diffusers folder, a .safetensors file, or a hub name while there is a network."


def inpainting_name(made_by: str) -> str:
    """Name of the inpainting pipeline class for a model that was saved from the pipeline class `made_by`.

    Raises BadInput if there is none.
    """
    stem = made_by.removesuffix("Pipeline").removesuffix("Inpaint").removesuffix("Img2Img")
    for name in (made_by, f"{stem}InpaintPipeline"):
        if name in FAMILIES:
            return name
    raise BadInput(
        f"A {made_by} cannot repaint.", path="model", hint=f"Known: {', '.join(sorted(FAMILIES))}."
    )


def inpainting(pipe: Any) -> Any:
    """An inpainting pipeline over the models of `pipe`. Raises BadInput for an unknown pipeline class."""
    name = inpainting_name(type(pipe).__name__)
    if type(pipe).__name__ == name:
        return pipe
    return library().AutoPipelineForInpainting.from_pipe(pipe)


def library() -> Any:
    """The module diffusers, as Any: its exports are lazy, so a type checker cannot resolve them."""
    import diffusers

    return diffusers


def _shapes(path: Path) -> dict[str, tuple[int, ...]]:
    """The shape of every tensor in a .safetensors file by name, read from the header only."""
    from safetensors import safe_open

    with safe_open(str(path), "np") as file:
        names: list[str] = list(file.keys())
        return {name: tuple(file.get_slice(name).get_shape()) for name in names}


def _brief(error: BaseException) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Context manager: diffusers shows no progress bars and no warnings. Its settings are restored."""
    from diffusers.utils import logging

    bars, verbosity = logging.is_progress_bar_enabled(), logging.get_verbosity()
    logging.disable_progress_bar()
    logging.set_verbosity_error()
    try:
        yield
    finally:
        logging.set_verbosity(verbosity)
        if bars:
            logging.enable_progress_bar()
