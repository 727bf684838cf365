"""The host runs this file on every UI reload; everything else lives in the package, which stays."""

from retouch.webui.autofix import RetouchScript  # noqa: F401  (the host looks for Script classes here)
from retouch.webui.register import register

register()
