"""One module a verb: its request in, its answer out."""
