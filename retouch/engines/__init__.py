"""Engines denoise jobs, which are cropped, scaled and filled beforehand. Engines make no decisions."""
