"""Outline what is pointed at, named, or everything."""
