"""The host runs this file on every UI reload; everything else lives in the package, which stays."""

from retouch.webui.register import register_extension
from retouch.webui.script import RetouchScript  # noqa: F401  (the host looks for Script classes here)

register_extension()
