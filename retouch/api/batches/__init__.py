"""Batches on a server. Files run one after another, each in the queue like any other request."""
