"""Denoise cropped, sized, filled Jobs; decide nothing."""
