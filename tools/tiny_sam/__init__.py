"""A tiny model of SAM's architecture: generated scenes, training and evaluation."""
