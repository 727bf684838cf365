"""All detectors by name: built-in ones, model files, and roles that choose the best available detector."""

from __future__ import annotations

import importlib.util
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from retouch.detectors import (
    centre,
    mediapipe_detectors,
    mediapipe_graphs,
    mtcnn,
    mtcnn_networks,
    opencv_cascades,
)
from retouch.detectors.base import Detector
from retouch.detectors.tiling import Searcher, wanted_labels
from retouch.detectors.vocabulary import Vocabulary
from retouch.detectors.yolo import Yolo, free_cache
from retouch.errors import Missing, RetouchError, add_remark, did_you_mean
from retouch.image.picture import Picture
from retouch.image.region import Region
from retouch.weights import catalogue, download, file_contents, model_folders

ALIASES = {
    "mediapipe_face_full": "mediapipe face full",
    "mediapipe_face_short": "mediapipe face short",
    "mediapipe_face_mesh": "mediapipe face mesh",
    "mediapipe_face_mesh_eyes_only": "mediapipe eyes",
}
"""ADetailer's names."""


@dataclass(frozen=True)
class RoleSpec:
    """The detectors for a role, in order: files whose name has one of `words`, then built-in detectors."""

    words: tuple[str, ...]
    built_in: tuple[str, ...]


ROLES = {
    "face": RoleSpec(("face",), ("mediapipe face", mtcnn.NAME, "opencv face")),
    "hand": RoleSpec(("hand",), ("mediapipe hands",)),
    "person": RoleSpec(("person",), ("mediapipe person",)),
    "eyes": RoleSpec(("eye",), ("mediapipe eyes", "opencv eyes")),
    "lips": RoleSpec(("lip", "mouth"), ("mediapipe lips",)),
}


def role_of(name: str) -> str:
    """The role for which a detector or file of this name is searched, "" for none.

    The roles of parts of a face come before `face`, because names of such files contain both.
    """
    matching = [
        role
        for role, spec in reversed(ROLES.items())
        if name in spec.built_in or any(word in name.casefold() for word in spec.words)
    ]
    return matching[0] if matching else ""


@dataclass(frozen=True)
class Requirement:
    """What the built-in detectors of one kind need. `demand` raises Missing with advice for the detector of
    this name."""

    packages: str
    is_installed: Callable[[], bool]
    demand: Callable[[str], None]


REQUIREMENTS = {
    "mediapipe": Requirement(
        f"mediapipe {mediapipe_graphs.SERVES}", mediapipe_graphs.is_installed, mediapipe_graphs.demand
    ),
    "mtcnn": Requirement(mtcnn_networks.PACKAGES, mtcnn_networks.is_installed, mtcnn_networks.demand),
}
"""By the kind of a detector, see `ModelInfo`; the other kinds need nothing."""


@dataclass(frozen=True)
class ModelInfo:
    """One detector in a list. `kind` is role, yolo, mediapipe, mtcnn, opencv or shape; `size` is in bytes, 0
    if built in."""

    name: str
    kind: str
    installed: bool
    size: int = 0
    labels: tuple[str, ...] = ()
    description: str = ""


class DetectorRegistry:
    """All detectors. Each is made once; its model is loaded at its first `find` and kept. Thread-safe.

    `folders` and their subfolders are searched for .pt files in order; downloads go to the first. `device`
    returns "cpu", "cuda:0" and so on when a model is loaded. Loading and downloading wait for `get` or
    `find`; with `offline` there are no downloads.
    """

    def __init__(
        self,
        folders: Sequence[Path] = (),
        device: Callable[[], str] = lambda: "cpu",
        offline: bool = False,
        watch: download.Watch | None = None,
    ) -> None:
        self._folders = tuple(Path(folder) for folder in folders)
        self._device, self._offline, self._watch = device, offline, watch
        self._lock = threading.RLock()
        self._graphs = mediapipe_graphs.Graphs()
        self._mtcnn = mtcnn_networks.Networks(device, self.unload)
        self._built_in: dict[str, Searcher | centre.CenterDetector] = {
            **mediapipe_detectors.detectors(self._graphs),
            **mtcnn.detectors(self._mtcnn),
            **opencv_cascades.detectors(),
            **centre.detectors(),
        }
        self._vocabulary = Vocabulary(self._file)
        self._yolos: dict[Path, tuple[tuple[int, int] | None, Yolo]] = {}

    def get(self, name: str) -> Detector:
        """The detector of this name. Its `find` loads the model, and downloads it if the catalogue has it.

        Raises Missing: with the closest name for an unknown one, and with advice on installation or download
        for one that is not available.
        """
        name = ALIASES.get(name, name)
        with self._lock:
            if name in ROLES:
                return Role(name, self._players(name))
            if name in self._built_in:
                return self._build(name)
            return self._yolo(self._path(name))

    def available(self) -> tuple[ModelInfo, ...]:
        """Every name that `get` knows, roles first. Loads no model and uses no network."""
        with self._lock:
            files = self._files()
            listed = [_file_info(name, files.get(name)) for name in self._known_files(files)]
            return (*map(self._role_info, ROLES), *listed, *map(self._built_info, self._built_in))

    def unload(self) -> None:
        """Free every model that is not in use; it is loaded again at its next `find`."""
        with self._lock:
            for _, yolo in self._yolos.values():
                yolo.unload()
            self._yolos.clear()
        self._graphs.close()
        self._mtcnn.unload()
        self._vocabulary.unload()
        opencv_cascades.unload()
        free_cache()

    def _build(self, name: str) -> Detector:
        if requirement := REQUIREMENTS.get(_kind(name)):
            requirement.demand(name)
        return self._built_in[name]

    def _files(self) -> dict[str, Path]:
        """Model files by name; for equal names the one of the first folder, then of the first path."""
        files: dict[str, Path] = {}
        for folder in self._folders:
            for path in model_folders.model_files(folder, (".pt",)):
                if path.name not in weights_of_text() and not file_contents.segments(path):
                    files.setdefault(path.name, path)
        return files

    def _known_files(self, files: dict[str, Path]) -> list[str]:
        catalogued = [item.name for item in catalogue.CATALOGUE]
        return catalogued + sorted(set(files) - set(catalogued))

    def _file(self, name: str) -> Path | None:
        """A file of this name in the folders, such as a text encoder, or None."""
        paths = (path for folder in self._folders for path in model_folders.model_files(folder, (name,)))
        return next((path for path in paths if path.name == name), None)

    def _path(self, name: str) -> Path:
        """The path of a file, or its future path if it must be downloaded. Raises Missing for an unknown
        name."""
        files, item = self._files(), catalogue.entry(name)
        if name in files:
            return files[name]
        if item and self._folders:
            if self._offline:
                download.fetch(item, self._folders[0], offline=True)
            return self._folders[0] / name
        known = [*ROLES, *self._built_in, *self._known_files(files)]
        raise Missing(f"there is no detector {name!r}.", hint=did_you_mean(name, known))

    def _yolo(self, path: Path) -> Yolo:
        """The model of a file; a replaced file is another model."""
        state = model_folders.state_of(path)
        state_before, yolo = self._yolos.get(path, (None, None))
        if yolo is None or (state_before and state_before != state):
            yolo = Yolo(path, self._fetch, self._device, self._vocabulary.embed, self.unload)
        self._yolos[path] = state, yolo
        return yolo

    def _fetch(self, path: Path) -> Path:
        """The file, downloaded if it is missing and the catalogue has it."""
        item = catalogue.entry(path.name)
        if item is None or path.is_file():
            return path
        return download.fetch(item, path.parent, offline=self._offline, watch=self._watch)

    def _players(self, role: str) -> list[Detector]:
        """The available detectors for `role`, best first. Raises Missing when there are none."""
        names = self._player_names(role)
        if not names:
            spec = ROLES[role]
            mediapipe_graphs.demand(f"{role!r} (by {spec.built_in[0]})")
        files = self._files()
        return [self._yolo(files[n]) if n in files else self._built_in[n] for n in names]

    def _player_names(self, role: str) -> list[str]:
        spec, files = ROLES[role], self._files()
        here = [name for name in self._known_files(files) if name in files and _has_ultralytics()]
        fitting = [name for name in here if any(word in name.casefold() for word in spec.words)]
        return fitting + [name for name in spec.built_in if _serves(name)]

    def _role_info(self, role: str) -> ModelInfo:
        names = self._player_names(role)
        about = (
            f"The best here: {names[0]}."
            if names
            else f"Needs mediapipe {mediapipe_graphs.SERVES} or a YOLO .pt."
        )
        return ModelInfo(role, "role", bool(names), 0, (role,), about)

    def _built_info(self, name: str) -> ModelInfo:
        kind, here = _kind(name), _serves(name)
        about = "A fixed part of every picture." if kind == "shape" else ""
        about = about if here else f"Needs {REQUIREMENTS[kind].packages}."
        return ModelInfo(name, kind, here, 0, self._built_in[name].labels, about)


def _kind(name: str) -> str:
    """The kind of a built-in detector, see `ModelInfo`."""
    return name.split()[0] if " " in name else "shape"


def _serves(name: str) -> bool:
    """Whether what a built-in detector needs is installed."""
    requirement = REQUIREMENTS.get(_kind(name))
    return requirement is None or requirement.is_installed()


def weights_of_text() -> frozenset[str]:
    """Names of the text encoders, which lie in the models folders and are no detectors."""
    from retouch.detectors.vocabulary import ENCODERS

    return frozenset(ENCODERS.values())


def _has_ultralytics() -> bool:
    return importlib.util.find_spec("ultralytics") is not None


def _file_info(name: str, path: Path | None) -> ModelInfo:
    item = catalogue.entry(name)
    labels, about = (item.labels, item.about) if item else ((), "Your own model file.")
    state = path and model_folders.state_of(path)
    if state:
        return ModelInfo(name, "yolo", True, state[1], labels, about)
    if item is None:  # deleted since the folder was listed
        return ModelInfo(name, "yolo", False, 0, labels, about)
    return ModelInfo(name, "yolo", False, item.size, labels, f"{about} Downloaded at first use.")


class Role:
    """A Detector that uses the best detector for its role, and the next one if that fails."""

    def __init__(self, name: str, players: Sequence[Detector]) -> None:
        self.name, self._players = name, list(players)

    def find(self, picture: Picture, confidence: float, classes: tuple[str, ...] = ()) -> tuple[Region, ...]:
        """Regions labelled with the role. Adds a remark for each detector that fails before one works.

        Raises the error of the last detector when all fail.
        """
        wanted_labels(classes, (self.name,), self.name)
        for player in self._players[:-1]:
            try:
                return self._relabel(player.find(picture, confidence, ()))
            except RetouchError as error:
                add_remark(f"{player.name} cannot be used for {self.name!r}, another detector is: {error}")
        return self._relabel(self._players[-1].find(picture, confidence, ()))

    def _relabel(self, regions: Sequence[Region]) -> tuple[Region, ...]:
        return tuple(replace(region, label=self.name) for region in regions)
