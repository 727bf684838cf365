"""A very small model of SAM's architecture: its scenes, its training, its figures."""
