"""Outline things by clicks, boxes or words, or all things of a picture."""
