"""Another extension's always-on script: it replaces a block's `forward` for a job, and keeps that it did."""

import gradio as gr
from modules import loaded, scripts, trace


class Signs(scripts.Script):
    hooked = False

    def title(self):
        return "Signs"

    def show(self, is_img2img):
        return scripts.AlwaysVisible

    def ui(self, is_img2img):
        return [gr.Checkbox(False, label="Signs")]

    def process_batch(self, p, enabled, **kwargs):
        if enabled:
            block = loaded.unet().block
            original = type(block).forward

            def forward(x):
                trace.add("signed", script=self.title(), p=type(p).__name__)
                return -original(block, -x)

            block.forward = forward
            self.hooked = True

    def postprocess(self, p, processed, enabled):
        if self.hooked:
            vars(loaded.unet().block).pop("forward", None)
            self.hooked = False
