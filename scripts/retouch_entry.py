"""The entry point. The host runs this file at every UI reload; the package `retouch` stays imported."""

from retouch.webui.adetailer_script import AdetailerScript  # noqa: F401
from retouch.webui.register import register_extension
from retouch.webui.script import RetouchScript  # noqa: F401  (the host looks for Script classes here)

register_extension()
