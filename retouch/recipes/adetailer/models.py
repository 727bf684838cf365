"""The detector of Retouch for a model name of ADetailer."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class KnownDetectors:
    """The detectors here, for choosing one. The API fills it from the registry.

    `installed` are names that find something now, roles too; `downloadable` are the names of files that are
    fetched at first use. `aliases` maps names of ADetailer's to names of Retouch's. `find_role` gives the
    role for which a name stands, "" for none.
    """

    installed: Collection[str] = ()
    downloadable: Collection[str] = ()
    aliases: Mapping[str, str] = field(default_factory=dict)
    find_role: Callable[[str], str] = lambda name: ""

    def choose(self, model: str) -> tuple[str, str]:
        """(the detector to use, the rest of a sentence on the model or "").

        An installed model is used itself. For another one its role is used if a detector serves it. A name
        that nothing here stands for is kept, so that the recipe is refused by that name.
        """
        name = self.aliases.get(model, model)
        if name in self.installed:
            return name, ""
        role = self.find_role(name)
        if role in self.installed:
            return role, f"is not installed: the role {role!r} is used. Install the file to use the file."
        if name in self.downloadable:
            return name, "is not installed: it is downloaded at its first use."
        return name, ""
