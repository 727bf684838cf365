"""Retouch: see regions, plan, paint, put back. Importing this package starts nothing heavy."""

__version__ = "0.1.0"
