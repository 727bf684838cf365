"""Converts the arguments and the generation text of ADetailer (version 25.3) to recipes."""
