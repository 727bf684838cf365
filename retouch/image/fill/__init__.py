"""Masked content: what lies under a hole before denoising."""
