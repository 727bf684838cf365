"""Numbers on a result: seam, colour drift, sharpness, repetition, detector confidence."""
