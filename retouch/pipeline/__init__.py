"""The road of a picture: find targets, plan steps, run them, compare, put back, remember."""
