"""Another extension's always-on script that hangs hints on the UNet for a whole job.

It does so as ControlNet 1.1.455 does: an object of its own replaces `forward` of the UNet and `_forward` of a
block, keeps the originals on the modules, listens to each step, and ends any object of before it begins.
"""

import types

import gradio as gr
import torch
from modules import loaded, script_callbacks, scripts, trace


class Hook(torch.nn.Module):
    def hook(self, p):
        self.unet = loaded.unet()
        self.sizes = [(p.height // 8, p.width // 8)]
        self._replace_unet()
        self._replace_block(self.unet.block)
        script_callbacks.on_cfg_denoiser(self.step)

    def _replace_unet(self):
        hook, original = self, self.unet.forward

        def forward(self, x, *rest, **named):
            assert tuple(x.shape[-2:]) in hook.sizes, "a hint of another size"
            trace.add("hinted")
            return original(x, *rest, **named)

        self.unet._original_forward = original
        self.unet.forward = types.MethodType(forward, self.unet)

    def _replace_block(self, block):
        hook = self

        def inner_forward(self, x):
            trace.add("referred", sizes=hook.sizes)
            return self._original_inner_forward_cn_hijack(x)

        if getattr(block, "_original_inner_forward_cn_hijack", None) is None:
            block._original_inner_forward_cn_hijack = block._forward
        block._forward = types.MethodType(inner_forward, block)
        block.bank = []

    def step(self, params):
        trace.add("hint step")

    def restore(self):
        script_callbacks.remove_callbacks_for_function(self.step)
        self.sizes = None
        if hasattr(self.unet, "_original_forward"):
            self.unet.forward = self.unet._original_forward
            del self.unet._original_forward


class Hints(scripts.Script):
    latest_network = None

    def title(self):
        return "Hints"

    def show(self, is_img2img):
        return scripts.AlwaysVisible

    def ui(self, is_img2img):
        return [gr.Checkbox(False, label="Hint")]

    def process(self, p, enabled):
        if self.latest_network is not None:
            self.latest_network.restore()
        self.latest_network = Hook() if enabled else None
        if enabled:
            self.latest_network.hook(p)

    def postprocess(self, p, processed, enabled):
        if self.latest_network is not None:
            self.latest_network.restore()
            self.latest_network = None
