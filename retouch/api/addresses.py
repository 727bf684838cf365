"""The addresses of Retouch on a server. Nothing is imported here: the WebUI's page needs them at its start."""

PREFIX = "/retouch/v1"
"""Prefix of the API's routes."""
FILES = "/retouch/site"
"""Prefix of the studio's files on a host that has its own page."""
