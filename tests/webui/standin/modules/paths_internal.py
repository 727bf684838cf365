"""Folders. The data folder is a temporary one, gone when the tests end."""

import atexit
import shutil
import tempfile
from pathlib import Path

script_path = str(Path(__file__).parent.parent)
data_path = tempfile.mkdtemp(prefix="retouch-standin-")
models_path = str(Path(data_path, "models"))
atexit.register(shutil.rmtree, data_path, ignore_errors=True)
