"""Scripts and their runner: one instance of each per tab, kept for good."""

from __future__ import annotations

import re
import sys
from collections import namedtuple
from pathlib import Path

import gradio as gr

from modules import errors, paths_internal, script_callbacks, script_loading, trace

AlwaysVisible = object()
ScriptClassData = namedtuple("ScriptClassData", ["script_class", "path", "basedir", "module"])


class MaskBlendArgs:
    def __init__(self, current_latent, nmask, init_latent, mask, blended_latent, denoiser=None, sigma=None):
        self.current_latent, self.nmask = current_latent, nmask
        self.init_latent, self.mask = init_latent, mask
        self.blended_latent = blended_latent
        self.denoiser, self.sigma = denoiser, sigma
        self.is_final_blend = denoiser is None


class PostSampleArgs:
    def __init__(self, samples):
        self.samples = samples


class PostprocessImageArgs:
    def __init__(self, image):
        self.image = image


class PostprocessBatchListArgs:
    def __init__(self, images):
        self.images = images


class PostProcessMaskOverlayArgs:
    def __init__(self, index, mask_for_overlay, overlay_image):
        self.index, self.mask_for_overlay, self.overlay_image = index, mask_for_overlay, overlay_image


class Script:
    filename = None
    args_from = None
    args_to = None
    alwayson = False
    is_txt2img = False
    is_img2img = False
    infotext_fields = None
    setup_for_ui_only = False
    controls = None

    def title(self):
        raise NotImplementedError

    def ui(self, is_img2img):
        pass

    def show(self, is_img2img):
        return True

    def setup(self, p, *args):
        pass

    def before_process(self, p, *args):
        pass

    def process(self, p, *args):
        pass

    def before_process_batch(self, p, *args, **kwargs):
        pass

    def after_extra_networks_activate(self, p, *args, **kwargs):
        pass

    def process_before_every_sampling(self, p, *args, **kwargs):
        pass

    def process_batch(self, p, *args, **kwargs):
        pass

    def on_mask_blend(self, p, mba, *args):
        pass

    def post_sample(self, p, ps, *args):
        pass

    def postprocess_batch(self, p, *args, **kwargs):
        pass

    def postprocess_batch_list(self, p, pp, *args, **kwargs):
        pass

    def postprocess_image(self, p, pp, *args):
        pass

    def postprocess_maskoverlay(self, p, ppmo, *args):
        pass

    def postprocess_image_after_composite(self, p, pp, *args):
        pass

    def postprocess(self, p, processed, *args):
        pass

    def before_hr(self, p, *args):
        pass

    def elem_id(self, item_id):
        """With the tab's name only where the script looks the same in both."""
        tab = ("img2img_" if self.is_img2img else "txt2img_") if self.show(True) == self.show(False) else ""
        title = re.sub(r"[^a-z_0-9]", "", re.sub(r"\s", "_", self.title().lower()))
        return f"script_{tab}{title}_{item_id}"


class ScriptRunner:
    def __init__(self):
        self.scripts = []
        self.alwayson_scripts = []
        self.inputs = [None]
        self.infotext_fields = []
        self.callback_map = {}

    def initialize_scripts(self, is_img2img):
        for data in scripts_data:
            script = data.script_class()
            script.filename = data.path
            script.is_img2img, script.is_txt2img = is_img2img, not is_img2img
            shown = script.show(is_img2img)
            self.scripts += [script] if shown else []
            if shown is AlwaysVisible:
                script.alwayson = True
                self.alwayson_scripts.append(script)

    def setup_ui(self):
        """Inside a Blocks. `inputs` holds a dropdown, then every script's components in order."""
        self.inputs = [gr.Dropdown(["None"], label="Script", value="None", type="index")]
        for script in self.scripts:
            with gr.Group():
                script.controls = script.ui(script.is_img2img) or []
            script.args_from = len(self.inputs)
            self.inputs += script.controls
            script.args_to = len(self.inputs)
            self.infotext_fields += script.infotext_fields or []
        return self.inputs

    def _of(self, method):
        """Those that have the method, remembered as long as the number of scripts stays."""
        count, found = self.callback_map.get(method, (-1, None))
        if count != len(self.alwayson_scripts):
            given = getattr(Script, method)
            found = [s for s in self.alwayson_scripts if getattr(type(s), method, given) is not given]
            self.callback_map[method] = len(self.alwayson_scripts), found
        return found

    def _call(self, method, p, *args, **kwargs):
        """An error is logged and the job goes on."""
        for script in self._of(method):
            trace.add("hook", method=method, script=type(script).__name__, p=type(p).__name__)
            try:
                own = p.script_args[script.args_from : script.args_to]
                getattr(script, method)(p, *args, *own, **kwargs)
            except Exception:
                errors.report(f"Error running {method}: {script.filename}", exc_info=True)

    def setup_scrips(self, p, *, is_ui=True):
        for script in self._of("setup"):
            if is_ui or not script.setup_for_ui_only:
                script.setup(p, *p.script_args[script.args_from : script.args_to])

    def before_process(self, p):
        self._call("before_process", p)

    def process(self, p):
        self._call("process", p)

    def before_process_batch(self, p, **kwargs):
        self._call("before_process_batch", p, **kwargs)

    def after_extra_networks_activate(self, p, **kwargs):
        self._call("after_extra_networks_activate", p, **kwargs)

    def process_batch(self, p, **kwargs):
        self._call("process_batch", p, **kwargs)

    def process_before_every_sampling(self, p, **kwargs):
        self._call("process_before_every_sampling", p, **kwargs)

    def before_hr(self, p):
        self._call("before_hr", p)

    def on_mask_blend(self, p, mba):
        self._call("on_mask_blend", p, mba)

    def post_sample(self, p, ps):
        self._call("post_sample", p, ps)

    def postprocess_batch(self, p, images, **kwargs):
        self._call("postprocess_batch", p, images=images, **kwargs)

    def postprocess_batch_list(self, p, pp, **kwargs):
        self._call("postprocess_batch_list", p, pp, **kwargs)

    def postprocess_image(self, p, pp):
        self._call("postprocess_image", p, pp)

    def postprocess_maskoverlay(self, p, ppmo):
        self._call("postprocess_maskoverlay", p, ppmo)

    def postprocess_image_after_composite(self, p, pp):
        self._call("postprocess_image_after_composite", p, pp)

    def postprocess(self, p, processed):
        self._call("postprocess", p, processed)


scripts_data = []
scripts_txt2img: ScriptRunner = None
scripts_img2img: ScriptRunner = None


def load_scripts(*extensions):
    """The WebUI's own scripts and those of extension folders. sys.path has an extension only meanwhile."""
    global scripts_txt2img, scripts_img2img
    scripts_data.clear()
    script_callbacks.clear_callbacks()
    for base in (paths_internal.script_path, *map(str, extensions)):
        for path in sorted(Path(base, "scripts").glob("*.py")):
            _load(path, base)
    scripts_txt2img, scripts_img2img = ScriptRunner(), ScriptRunner()


def _load(path, base):
    before = list(sys.path)
    sys.path.insert(0, base)
    try:
        module = script_loading.load_module(path)
    finally:
        sys.path[:] = before
    classes = [c for c in vars(module).values() if isinstance(c, type) and issubclass(c, Script)]
    scripts_data.extend(ScriptClassData(c, str(path), base, module) for c in classes)
