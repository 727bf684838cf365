"""The order in which a job is done."""

from __future__ import annotations

import random
from pathlib import Path

import torch
from PIL import Image

from modules import (
    devices,
    errors,
    extra_networks,
    face_restoration,
    images,
    infotext_utils,
    loaded,
    paths_internal,
    scripts,
    sd_models,
    sd_vae,
    shared,
)
from modules.job_base import StableDiffusionProcessing
from modules.job_img2img import StableDiffusionProcessingImg2Img
from modules.job_txt2img import StableDiffusionProcessingTxt2Img
from modules.latents import FACTOR as opt_f  # noqa: N811  (the WebUI's name)
from modules.latents import DecodedSamples, decoded, pixels_of
from modules.overlays import apply_overlay, color_corrected, create_binary_mask

__all__ = [
    "DecodedSamples",
    "StableDiffusionProcessing",
    "StableDiffusionProcessingImg2Img",
    "StableDiffusionProcessingTxt2Img",
    "create_binary_mask",
    "opt_f",
]


def decode_latent_batch(model, batch, target_device=None, check_for_nans=False):
    return decoded(batch)


class Processed:
    def __init__(
        self,
        p,
        images_list,
        seed=-1,
        info="",
        subseed=None,
        all_prompts=None,
        all_negative_prompts=None,
        all_seeds=None,
        all_subseeds=None,
        index_of_first_image=0,
        infotexts=None,
        comments="",
    ):
        self.images = images_list
        self.seed, self.info, self.subseed = seed, info, subseed
        self.comments = "".join(f"{comment}\n" for comment in p.comments)
        self.extra_generation_params = p.extra_generation_params
        self.index_of_first_image = index_of_first_image
        self.infotexts = infotexts or [info] * len(images_list)


def create_infotext(
    p,
    all_prompts,
    all_seeds,
    all_subseeds,
    comments=None,
    iteration=0,
    position_in_batch=0,
    use_main_prompt=False,
    index=None,
    all_negative_prompts=None,
):
    """A value in `extra_generation_params` may be text, a list by image, or a function."""
    if index is None:
        index = 0 if use_main_prompt else position_in_batch + iteration * p.batch_size
    negative = (p.all_negative_prompts if all_negative_prompts is None else all_negative_prompts)[index]
    said = {
        "Steps": p.steps,
        "Sampler": p.sampler_name,
        "CFG scale": p.cfg_scale,
        "Seed": all_seeds[index],
        "Size": f"{p.width}x{p.height}",
        "Model": shared.sd_model.sd_checkpoint_info.name_for_extra,
        **{key: _said(key, value, p, index) for key, value in p.extra_generation_params.items()},
    }
    line = ", ".join(f"{k}: {infotext_utils.quote(v)}" for k, v in said.items() if v is not None)
    return "\n".join([all_prompts[index], *([f"Negative prompt: {negative}"] if negative else []), line])


def _said(key, value, p, index):
    try:
        if isinstance(value, list):
            return value[index]
        return value(p=p, index=index) if callable(value) else value
    except Exception:
        errors.report(f'Error creating infotext for key "{key}"', exc_info=True)
        return None


def process_images(p):
    """Settings the job overrides are the old ones again afterwards, whatever happens."""
    if p.scripts is not None:
        p.scripts.before_process(p)
    stored = {key: shared.opts.data[key] for key in p.override_settings if key in shared.opts.data}
    try:
        _override(p)
        sd_models.apply_token_merging(p.sd_model, p.get_token_merging_ratio())
        return process_images_inner(p)
    finally:
        sd_models.apply_token_merging(p.sd_model, 0)
        if p.override_settings_restore_afterwards:
            for key, value in stored.items():
                setattr(shared.opts, key, value)
                if key == "sd_vae":
                    sd_vae.reload_vae_weights()


def _override(p):
    if sd_models.checkpoint_aliases.get(p.override_settings.get("sd_model_checkpoint")) is None:
        p.override_settings.pop("sd_model_checkpoint", None)
        sd_models.reload_model_weights()
    for key, value in p.override_settings.items():
        shared.opts.set(key, value, is_api=True, run_callbacks=False)
        if key == "sd_model_checkpoint":
            sd_models.reload_model_weights()
        if key == "sd_vae":
            sd_vae.reload_vae_weights()


def process_images_inner(p):
    _prepare(p)
    p.scripts.process(p)
    out, infotexts = [], []
    with torch.no_grad():
        p.init(p.all_prompts, p.all_seeds, p.all_subseeds)
        if shared.state.job_count == -1:
            shared.state.job_count = p.n_iter
        for number in range(p.n_iter):
            p.iteration = number
            shared.state.skipped = False
            if shared.state.interrupted or shared.state.stopping_generation:
                break
            _one_batch(p, number, out, infotexts)
    p.color_corrections = None
    extra_networks.deactivate(p, {})
    infotexts = infotexts or [create_infotext(p, p.all_prompts, p.all_seeds, p.all_subseeds)]
    processed = Processed(p, out, p.all_seeds[0], infotexts[0], infotexts=infotexts)
    p.scripts.postprocess(p, processed)
    return processed


def _prepare(p):
    devices.torch_gc()
    seed, subseed = (random.randrange(2**32) if s == -1 else s for s in (p.seed, p.subseed))
    p.restore_faces = shared.opts.face_restoration if p.restore_faces is None else p.restore_faces
    p.tiling = shared.opts.tiling if p.tiling is None else p.tiling
    p.refiner_checkpoint_info = sd_models.get_closet_checkpoint_match(p.refiner_checkpoint)
    loaded.apply_tiling(p.tiling)
    loaded.clear_remarks()
    p.setup_prompts()
    count = len(p.all_prompts)
    apart = 0 if p.subseed_strength else 1
    p.all_seeds = seed if isinstance(seed, list) else [seed + i * apart for i in range(count)]
    p.all_subseeds = subseed if isinstance(subseed, list) else [subseed + i for i in range(count)]


def _slice(p, number):
    part = slice(number * p.batch_size, (number + 1) * p.batch_size)
    p.prompts, p.negative_prompts = p.all_prompts[part], p.all_negative_prompts[part]
    return part


def _one_batch(p, number, out, infotexts):
    loaded.begin_batch(p)
    part = _slice(p, number)
    p.seeds, p.subseeds = p.all_seeds[part], p.all_subseeds[part]
    p.rng = p.new_rng(p.width, p.height)
    given = {"batch_number": number, "prompts": p.prompts, "seeds": p.seeds, "subseeds": p.subseeds}
    p.scripts.before_process_batch(p, **given)
    p.prompts, tags = extra_networks.parse_prompts(p.prompts)
    if not p.disable_extra_networks:
        extra_networks.activate(p, tags)
    p.scripts.process_batch(p, **given)
    colours = p.colours(p.prompts)
    comments, params = loaded.remarks()
    p.extra_generation_params.update(params)
    for comment in comments:
        p.comment(comment)
    if number == 0 and not shared.cmd_opts.no_prompt_history:
        text = create_infotext(p, p.all_prompts, p.all_seeds, p.all_subseeds)
        Path(paths_internal.data_path, "params.txt").write_text(text, "utf-8")
    if p.n_iter > 1:
        shared.state.job = f"Batch {number + 1} out of {p.n_iter}"
    samples = p.sample(
        conditioning=colours,
        unconditional_conditioning=None,
        seeds=p.seeds,
        subseeds=p.subseeds,
        subseed_strength=p.subseed_strength,
        prompts=p.prompts,
    )
    tensors = _decoded_batch(p, samples, number)
    saves = loaded.saves(p)  # asked once per batch, after its hook and before those of its pictures
    for index, tensor in enumerate(tensors):
        text, image = _finish(p, index, tensor)
        if saves:
            seed, prompt = p.seeds[index], p.prompts[index]
            images.save_image(image, p.outpath_samples, "", seed, prompt, "png", info=text, p=p)
        out.append(image)
        infotexts.append(text)


def _decoded_batch(p, samples, number):
    post = scripts.PostSampleArgs(samples)
    p.scripts.post_sample(p, post)
    ready = (
        post.samples
        if getattr(post.samples, "already_decoded", False)
        else decode_latent_batch(shared.sd_model, post.samples)
    )
    tensors = ((torch.stack(list(ready)).float() + 1) / 2).clamp(0, 1)
    devices.test_for_nans(tensors, "vae")
    shared.state.nextjob()
    p.scripts.postprocess_batch(p, tensors, batch_number=number)
    _slice(p, number)
    batch = scripts.PostprocessBatchListArgs(list(tensors))
    p.scripts.postprocess_batch_list(p, batch, batch_number=number)
    return batch.images


def _finish(p, index, tensor):
    p.batch_index = index
    pixels = pixels_of(tensor)
    pixels = face_restoration.restore_faces(pixels) if p.restore_faces else pixels
    post = scripts.PostprocessImageArgs(Image.fromarray(pixels))
    p.scripts.postprocess_image(p, post)
    image = _composited(p, index, post.image)
    post = scripts.PostprocessImageArgs(image)
    p.scripts.postprocess_image_after_composite(p, post)
    text = create_infotext(
        p, p.prompts, p.seeds, p.subseeds, index=index, all_negative_prompts=p.negative_prompts
    )
    return text, post.image


def _composited(p, index, image):
    overlays = p.overlay_images if shared.opts.overlay_inpaint else None
    overlay = overlays[index] if overlays and index < len(overlays) else None
    over = scripts.PostProcessMaskOverlayArgs(index, getattr(p, "mask_for_overlay", None), overlay)
    p.scripts.postprocess_maskoverlay(p, over)
    if p.color_corrections is not None and index < len(p.color_corrections):
        image = color_corrected(p.color_corrections[index], image)
    return apply_overlay(image, p.paste_to, over.overlay_image)
