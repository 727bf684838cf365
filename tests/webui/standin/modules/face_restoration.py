"""Stands in for CodeFormer: turns every pixel of the picture given, so that a test sees it ran."""

from modules import trace


def restore_faces(np_image):
    trace.add("faces restored", size=np_image.shape[:2])
    return 255 - np_image
