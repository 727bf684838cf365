"""Extending a picture: how far, in which stages, and each stage as a step of the one road."""
