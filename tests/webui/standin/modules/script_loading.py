"""Scripts are loaded by path, under their file's name, and never enter sys.modules."""

import importlib.util
from pathlib import Path


def load_module(path):
    spec = importlib.util.spec_from_file_location(Path(path).name, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
