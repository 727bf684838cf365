"""Extend a picture: how far, in which stages, each stage a step of the pipeline, each join."""
