"""Painting through the host."""
