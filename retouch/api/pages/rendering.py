"""The templates of the pages, rendered by jinja2. Every value comes out escaped."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jinja2 import Environment

FOLDER = Path(__file__).parent / "templates"


def render(template: str, /, **values: Any) -> str:
    """The page that a template of the folder makes of these values.

    Raises jinja2.UndefinedError if the template asks for a value that is not given.
    """
    return _open_folder().get_template(template).render(values)


@functools.cache
def _open_folder() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
