"""Inpainting around the sampler: masks, crops, what is laid over the result, colour correction."""

import cv2
import numpy as np
from PIL import Image, ImageOps

from modules import images, trace


def create_binary_mask(image, round=True):
    """Alpha of a picture that has one, else its grey; only alpha is ever made hard."""
    if image.mode != "RGBA" or image.getextrema()[-1] == (255, 255):
        return image.convert("L")
    alpha = image.getchannel("A")
    return alpha.point(lambda x: 255 if x > 128 else 0) if round else alpha


def blurred(mask, x, y):
    for radius, size in ((x, lambda k: (k, 1)), (y, lambda k: (1, k))):
        if radius > 0:
            mask = Image.fromarray(
                cv2.GaussianBlur(np.array(mask), size(2 * int(2.5 * radius + 0.5) + 1), radius)
            )
    return mask


def crop_region(mask, padding, width, height):
    """The mask's bounds with padding, grown to width : height inside the picture; None for a blank one."""
    bounds = mask.getbbox()
    if bounds is None:
        return None
    left, top = max(bounds[0] - padding, 0), max(bounds[1] - padding, 0)
    right, bottom = min(bounds[2] + padding, mask.width), min(bounds[3] + padding, mask.height)
    wanted = max(right - left, round((bottom - top) * width / height))
    left, right = _grown(left, right, min(wanted, mask.width), mask.width)
    wanted = max(bottom - top, round((right - left) * height / width))
    top, bottom = _grown(top, bottom, min(wanted, mask.height), mask.height)
    return left, top, right, bottom


def _grown(low, high, length, limit):
    start = min(max((low + high - length) // 2, 0), limit - length)
    return start, start + length


def overlay_of(image, mask):
    """The picture where it must stay, transparent where it was painted."""
    kept = Image.new("RGBa", image.size)
    kept.paste(image.convert("RGBA").convert("RGBa"), mask=ImageOps.invert(mask.convert("L")))
    return kept.convert("RGBA")


def apply_overlay(image, paste_to, overlay):
    if overlay is None:
        return image
    if paste_to is not None:
        x, y, w, h = paste_to
        whole = Image.new("RGBA", overlay.size)
        whole.paste(images.resize_image(1, image, w, h), (x, y))
        image = whole
    image = image.convert("RGBA")
    image.alpha_composite(overlay)
    return image.convert("RGB")


def color_corrected(target, image):
    """Towards the target's mean colour: a whole-picture shift, as the real one's histogram matching."""
    trace.add("color corrected", size=image.size)
    pixels = np.asarray(image, np.float32)
    shift = np.asarray(target, np.float32).mean((0, 1)) - pixels.mean((0, 1))
    return Image.fromarray((pixels + shift).clip(0, 255).astype(np.uint8))
