"""Read a YOLO checkpoint without running its code, with any version of torch.

A `.pt` file is a zip of one pickle and raw tensor bytes. Python's own unpickler reads the pickle. Its
instructions that call a function are replaced (see `allowed_globals`). torch.load is not used, so its
defaults and a host's patches of it have no effect.
"""

from __future__ import annotations

import pickle
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Any, ClassVar

from retouch.errors import Missing, RetouchError, WeightsRefused, convert_errors, describe
from retouch.weights import file_contents, versions
from retouch.weights.allowed_globals import STORAGES, Global, Storage, Unknown, empty, lookup
from retouch.weights.file_contents import MAX_PICKLE

MAX_FILE = 4 * 1024**3
"""Maximum size of a file in bytes."""
_HINT = "Use the file from where its author published it; what it asks for is never run."


def load(path: Path) -> Any:
    """The content of the checkpoint: plain data, tensors on the CPU, and modules.

    Raises Missing if there is no file. Raises WeightsRefused, with file and reason, if the file is damaged,
    too large, not a checkpoint, or names a global that a YOLO model does not need.
    """
    path = Path(path)
    with convert_errors(lambda cause: _damage_error(path, cause)):
        check_file(path)
        try:
            with zipfile.ZipFile(path) as archive:
                return _read(archive, path.name)
        except zipfile.BadZipFile:
            raise WeightsRefused(f"{path.name} {_not_a_zip(path)}.", hint=_HINT) from None
        except Unknown as error:
            raise _too_new(path, error) from None


def check_file(path: Path) -> None:
    """Raises Missing if there is no file, WeightsRefused if it is not a regular file or is too large."""
    try:
        size, regular = path.stat().st_size, path.is_file()
    except FileNotFoundError:
        raise Missing(f"there is no {path.name}.", hint=f"It was looked for in {path.parent.name}.") from None
    except OSError as error:
        raise _damage_error(path, describe(error)) from None
    if not regular:
        raise WeightsRefused(f"{path.name} is no file.", hint="Put the model's file there.")
    if size > MAX_FILE:
        raise WeightsRefused(f"{path.name} is over {MAX_FILE >> 30} GiB.", hint=_HINT)


def _damage_error(path: Path, cause: str) -> RetouchError:
    return WeightsRefused(f"{path.name} is damaged, no checkpoint, or cannot be read ({cause}).", hint=_HINT)


def _too_new(path: Path, unknown: Unknown) -> RetouchError:
    """The error for a file with a layer that the installed version of its library does not have."""
    saved = file_contents.saved_by(path)
    fault = (
        f"{path.name} is made of {unknown.name}, which the installed {versions.name(unknown.library)} does "
        f"not have.{versions.saved_with(saved)} Nothing of the file was run."
    )
    return WeightsRefused(fault, hint=versions.next_step(unknown.library, saved))


def _not_a_zip(path: Path) -> str:
    with path.open("rb") as file:
        head = file.read(64)
    if head[:1] == b"\x80":
        return "is in torch's old format, which cannot be read safely: save it again with torch 1.6 or newer"
    if b"git-lfs" in head:
        return "is a git-lfs pointer, not the file it points to: download the file itself"
    return "is damaged or cut short, or no checkpoint"


def _read(archive: zipfile.ZipFile, name: str) -> Any:
    entries = {info.filename: info for info in archive.infolist()}
    if any(info.compress_type != zipfile.ZIP_STORED for info in entries.values()):
        raise WeightsRefused(f"{name} is compressed, as no checkpoint is.", hint=_HINT)
    pickles = [entry for entry in entries if entry.endswith("/data.pkl")]
    if len(pickles) != 1:
        raise WeightsRefused(f"{name} holds {len(pickles)} pickles, not one.", hint=_HINT)
    root = pickles[0][: -len("data.pkl")]
    if f"{root}constants.pkl" in entries:
        raise WeightsRefused(f"{name} is TorchScript.", hint="Use the .pt it was exported from.")
    if f"{root}byteorder" in entries and archive.read(f"{root}byteorder") != b"little":
        raise WeightsRefused(f"{name} was saved on a big-endian machine.", hint="Save it again on another.")
    if entries[pickles[0]].file_size > MAX_PICKLE:
        raise WeightsRefused(f"{name} holds a pickle over {MAX_PICKLE >> 20} MiB.", hint=_HINT)
    with archive.open(pickles[0]) as stream:
        return Unpickler(stream, name, _Storages(archive, f"{root}data/")).load()


class _Storages:
    """The tensor storages of an archive. Each is read once."""

    def __init__(self, archive: zipfile.ZipFile, folder: str) -> None:
        self._archive, self._folder = archive, folder
        self._read: dict[str, Storage] = {}

    def get(self, kind: Global, key: str, count: int) -> Storage:
        """The storage `key` of `count` elements. `kind` names its class in torch.

        Raises ValueError if it has another number of bytes.
        """
        import torch

        if key not in self._read:
            dtype = getattr(torch, STORAGES[kind.name.removeprefix("torch.")])
            data = bytearray(self._archive.read(f"{self._folder}{key}"))
            if len(data) != count * dtype.itemsize:
                raise ValueError(f"storage {key} has {len(data)} bytes")
            self._read[key] = Storage(data, dtype)
        return self._read[key]


class Unpickler(pickle._Unpickler):  # type: ignore[name-defined]  # the C one has no `dispatch`
    """An unpickler that checks each instruction that calls a function, makes an object or sets attributes.

    Only the globals of `allowed_globals` are accepted. Any other raises WeightsRefused.
    """

    dispatch: ClassVar[dict[int, Callable[[Any], None]]] = {}
    stack: list[Any]

    def __init__(self, stream: IO[bytes], name: str, storages: _Storages | None = None) -> None:
        super().__init__(stream, encoding="utf-8")
        self._name, self._storages = name, storages

    def find_class(self, module: str, name: str) -> Any:
        """The value for a global, see `lookup`. Raises Unknown as `lookup` does, and WeightsRefused."""
        try:
            return lookup(str(module), str(name))
        except Unknown:
            raise
        except LookupError as error:
            raise self._refusal(str(error.args[0])) from None

    def persistent_load(self, pid: Any) -> Storage:
        """The tensor storage for a persistent id of torch. Raises WeightsRefused for any other id."""
        if not (isinstance(pid, tuple) and len(pid) == 5 and pid[0] == "storage" and self._storages):
            raise self._refusal("something outside itself")
        _, kind, key, _, count = pid
        if not isinstance(kind, Global):
            raise self._refusal("a storage of unknown type")
        return self._storages.get(kind, str(key), int(count))

    def _refusal(self, what: str) -> WeightsRefused:
        return WeightsRefused(
            f"{self._name} asks for {what}, which no model needs; nothing of it was run.", hint=_HINT
        )

    def load_reduce(self) -> None:
        """REDUCE: call the function of an allowed global. Raises WeightsRefused for any other callable."""
        args, call = self.stack.pop(), self.stack.pop()
        if not (isinstance(call, Global) and call.make and isinstance(args, tuple)):
            raise self._refusal(f"a call of {getattr(call, 'name', type(call).__name__)}")
        self.stack.append(call.make(*args))

    def load_newobj(self) -> None:
        """NEWOBJ: make an object without its constructor. Raises ValueError if it is not allowed."""
        self.stack.pop()  # the constructor's arguments; the constructor is not called
        self.stack.append(empty(self.stack.pop()))

    def load_build(self) -> None:
        """BUILD: set the attributes of an object. Raises WeightsRefused if it may not have any."""
        state = self.stack.pop()
        _fill(self.stack[-1], state, self._refusal)

    def load_forbidden(self) -> None:
        """Raises WeightsRefused. It stands for instructions that no torch file contains."""
        raise self._refusal("an instruction that no torch file has")


Unpickler.dispatch.update(pickle._Unpickler.dispatch)  # type: ignore[attr-defined]
Unpickler.dispatch.update(
    {
        pickle.REDUCE[0]: Unpickler.load_reduce,
        pickle.NEWOBJ[0]: Unpickler.load_newobj,
        pickle.BUILD[0]: Unpickler.load_build,
    }
)
for _code in (pickle.INST, pickle.OBJ, pickle.NEWOBJ_EX, pickle.EXT1, pickle.EXT2, pickle.EXT4):
    Unpickler.dispatch[_code[0]] = Unpickler.load_forbidden


def _fill(target: Any, state: Any, refused: Any) -> None:
    """Set the attributes of an object. Only modules, namespaces and ordered dicts may have attributes."""
    import numpy as np
    import torch

    if isinstance(target, np.dtype):
        return  # the state is the byte order; numpy_dtype makes native dtypes only
    if isinstance(state, tuple) and len(state) == 2 and isinstance(state[0], Mapping):
        state = state[0]
    if not (isinstance(state, Mapping) and all(isinstance(key, str) for key in state)):
        raise refused(f"a state of type {type(state).__name__}")
    if isinstance(target, torch.nn.Module):
        torch.nn.Module.__setstate__(target, dict(state))
    elif hasattr(target, "__dict__") and not isinstance(target, (type, Global, Storage)):
        vars(target).update(state)
    else:
        raise refused(f"attributes on {type(target).__name__}")
