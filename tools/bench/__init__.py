"""Benches: what was promised about speed, measured side by side in one run. `python -m tools.bench NAME`."""
