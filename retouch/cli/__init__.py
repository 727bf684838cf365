"""`python -m retouch VERB`, in this process or through a running server."""
