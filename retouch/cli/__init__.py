"""`python -m retouch VERB`, here or through a running server."""
