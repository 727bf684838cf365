"""Batches on a server: files one after another, each in the queue as any other request."""
