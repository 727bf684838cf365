"""Outpainting: the canvas size, the stages, the steps that paint them, and the joins."""
