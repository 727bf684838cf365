"""Benches: the promised speed and quality, measured side by side in one run.

`python -m tools.bench NAME`.
"""
