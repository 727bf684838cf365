# The WebUI's own module is not installed where types are checked; tests/webui holds its recorded signatures.
from typing import Any

def __getattr__(name: str) -> Any: ...
