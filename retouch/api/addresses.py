"""The addresses of Retouch on a server. It imports nothing: the WebUI's page needs it at the start."""

PREFIX = "/retouch/v1"
"""Prefix of the API's routes."""
FILES = "/retouch/site"
"""Prefix of the studio's files on a host that has its own page."""
