"""The modules of dev.py: standard library only, in the syntax of Python 3.6."""
