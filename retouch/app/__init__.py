"""Retouch without a WebUI: backend, server, page, demo."""
