"""Pictures on their way in and out. Saving remembers the picture instead of writing it."""

from PIL import Image

from modules import script_callbacks, trace


def save_image(
    image,
    path,
    basename,
    seed=None,
    prompt=None,
    extension="png",
    info=None,
    short_filename=False,
    no_prompt=False,
    grid=False,
    pnginfo_section_name="parameters",
    p=None,
    existing_info=None,
    forced_filename=None,
    suffix="",
    save_to_dirs=None,
):
    trace.add("saved", image=image.copy(), path=path, seed=seed, prompt=prompt, info=info, suffix=suffix)
    name = f"{path}/{seed}{suffix}.{extension}"
    script_callbacks.image_saved_callback(script_callbacks.ImageSaveParams(image, p, name, {}))


def flatten(img, bgcolor):
    """RGB; what is transparent shows the colour."""
    if img.mode == "RGBA":
        under = Image.new("RGBA", img.size, bgcolor)
        under.alpha_composite(img)
        img = under
    return img.convert("RGB")


def resize_image(resize_mode, im, width, height, upscaler_name=None):
    """0 stretches; 1 fills the box and cuts, 2 fits into it and fills up. Both return RGB."""
    if resize_mode == 0 or im.size == (width, height):
        return im.resize((width, height), Image.LANCZOS)
    pick = max if resize_mode == 1 else min
    scale = pick(width / im.width, height / im.height)
    size = (max(1, round(im.width * scale)), max(1, round(im.height * scale)))
    out = Image.new("RGB", (width, height))
    out.paste(
        im.convert("RGB").resize(size, Image.LANCZOS), ((width - size[0]) // 2, (height - size[1]) // 2)
    )
    return out
