"""Pixels and places: numpy in, numpy out. No model, no recipe; no files but in `codec`."""
